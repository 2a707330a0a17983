"""Which form of a model is fastest on this machine: remembered from a measurement, for ``dtype = auto``.

One small JSON file in the user's cache folder, keyed by machine and model; without it the processor's
features decide. Leaves measuring to ``covenant bench speed``.
"""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path

from rag.fingerprints import fingerprint
from rag.storage import write_text

FORMS = ("float32", "bfloat16")
MIN_COSINE = 0.99
"""What a form's vectors must agree with those of float32, the worst of them, to be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """The form chosen, and what it was chosen by."""

    form: str
    min_cosine: float
    speedup: float


def forms_file() -> Path:
    """Where choices are kept: ``XDG_CACHE_HOME`` or the home folder's ``.cache``."""
    root = os.environ.get("XDG_CACHE_HOME")
    return (Path(root) if root else Path.home() / ".cache") / "covenant" / "forms.json"


def model_key(identity: str, adapter: str = "") -> str:
    """What a choice is kept under: this machine's processors and libraries, and a model's weights."""
    import torch

    features = {name: value for name, value in torch.cpu.get_capabilities().items() if value}
    return fingerprint(
        {
            "machine": [platform.machine(), platform.processor(), os.cpu_count()],
            "features": {name: str(value) for name, value in features.items()},
            "torch": torch.__version__,
            "model": identity,
            "adapter": adapter,
        }
    )


def recall_form(key: str) -> str | None:
    """The form chosen for a key, or None; a file that cannot be read says nothing."""
    chosen = _read().get(key)
    form = chosen.get("form") if isinstance(chosen, dict) else None
    return form if isinstance(form, str) and form in FORMS else None


def remember_form(key: str, chosen: Remembered) -> Path:
    """Keep a choice, in place of an earlier one; returns the file.

    Raises:
        StorageError: the file cannot be written.
        ValueError: the form does not agree with float32.
    """
    if chosen.form not in FORMS or chosen.min_cosine < MIN_COSINE:
        raise ValueError(f"{chosen.form} agrees with float32 to {chosen.min_cosine:.4f}, not to {MIN_COSINE}")
    path = forms_file()
    kept = {**_read(), key: asdict(chosen)}
    write_text(path, json.dumps(kept, indent=1, sort_keys=True) + "\n")
    return path


def _read() -> dict[str, object]:
    try:
        kept = json.loads(forms_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}
