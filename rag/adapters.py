"""LoRA adapters as artifacts: identify, check by hash, merge into a base for inference.

An adapter is a folder in PEFT's layout (``adapter_config.json``, ``adapter_model.safetensors``) with a
``manifest.json`` beside it that states the SHA-256 of both. Only safetensors are read, never a pickle.
Leaves making and training them to ``tuning``.

Source: Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import ModelError
from rag.fingerprints import fingerprint, hash_file

if TYPE_CHECKING:
    from torch import nn

MANIFEST = "manifest.json"
FILES = ("adapter_config.json", "adapter_model.safetensors")


def adapter_fingerprint(folder: Path) -> str:
    """The identity of an adapter's weights and configuration, after checking them by hash.

    Raises:
        ModelError: a file is missing, or is not the one the manifest names.
    """
    return check_files(folder, FILES)


def check_files(folder: Path, names: Sequence[str]) -> str:
    """The identity of files of an artifact, after checking them by the hashes that its manifest states.

    Raises:
        ModelError: a file is missing, or is not the one the manifest names.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        stated = dict(manifest["sha256"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"{folder} is not an adapter: no readable {MANIFEST}", "name the folder that a trainer wrote"
        ) from error
    for name in names:
        path = folder / name
        if not path.is_file():
            raise ModelError(f"{path} is missing", "restore the adapter or train it again")
        if hash_file(path) != stated.get(name):
            raise ModelError(
                f"{path} is not the file its manifest names (SHA-256 differs)",
                "restore the adapter or train it again",
            )
    return fingerprint({"adapter": {name: stated[name] for name in names}})


def merge_adapter(transformer: nn.Module, folder: Path) -> None:
    """Add an adapter's deltas to the weights of a sentence-transformers module: no cost at inference.

    Raises:
        ModelError: the adapter does not fit the base.
    """
    transformer.model = merged(transformer.get_submodule("model"), folder)


def merged(base: nn.Module, folder: Path) -> nn.Module:
    """A transformers model with an adapter's deltas added to its weights.

    Raises:
        ModelError: the adapter does not fit the base.
    """
    from peft import PeftModel

    # PEFT 0.21 asks transformers 5 under an old name; users cannot do anything about it.
    warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is deprecated", FutureWarning)
    try:
        adapted = PeftModel.from_pretrained(base, str(folder), is_trainable=False)
        whole: nn.Module = adapted.merge_and_unload(safe_merge=True)
    except (ValueError, RuntimeError, KeyError) as error:
        raise ModelError(
            f"the adapter {folder} does not fit its base: {str(error).splitlines()[0]}",
            "use the base that its manifest names",
        ) from error
    return whole
