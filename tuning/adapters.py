"""LoRA adapters: put a fresh one on an encoder or go on with one, save a trained one as an artifact.

A fresh adapter changes nothing (its second factor is zero); trainers move it. Saved are PEFT's two files
and a ``manifest.json`` with their SHA-256, which ``rag.adapters`` checks before it merges them. Leaves
losses, data and schedules to the trainers.

Source: Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from rag.adapters import FILES, MANIFEST, adapter_fingerprint
from rag.errors import ModelError
from rag.fingerprints import hash_file
from rag.storage import new_folder

if TYPE_CHECKING:
    from peft import PeftModel
    from torch import nn


@dataclass(frozen=True, slots=True, kw_only=True)
class LoraShape:
    """Size of an adapter: ``rank`` columns per matrix, scaled by ``alpha / rank``, on these modules.

    ``layers`` are the layers adapted, from 0; none stands for all. Training the upper ones alone is cheaper:
    nothing is propagated back below them.
    """

    rank: int = 8
    alpha: float = 16.0
    dropout: float = 0.0
    targets: tuple[str, ...] = ("query", "key", "value", "dense")
    layers: tuple[int, ...] = ()


def minilm_base(*, setting: str) -> tuple[Any, Any]:
    """The packaged MiniLM, in evaluation mode, and its tokenizer; ``setting`` is named in errors.

    Raises:
        ModelError: the weights are missing or were changed.
    """
    from transformers import AutoModel, AutoTokenizer

    from rag.weights import loading, packaged_minilm

    source = packaged_minilm()
    with loading(source, setting=setting):
        tokenizer = AutoTokenizer.from_pretrained(source.name, local_files_only=True)
        base = AutoModel.from_pretrained(source.name, local_files_only=True, use_safetensors=True)
    return base.eval(), tokenizer


def add_adapter(base: nn.Module, shape: LoraShape, *, seed: int) -> PeftModel:
    """The base with a fresh, trainable adapter; the base's own weights are frozen.

    Raises:
        ValueError: the base has none of the target modules.
    """
    import torch
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(
        r=shape.rank,
        lora_alpha=shape.alpha,  # type: ignore[arg-type] # annotated as int; any float works
        lora_dropout=shape.dropout,
        target_modules=list(shape.targets),
        layers_to_transform=list(shape.layers) or None,
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return get_peft_model(base, config)


def with_adapter(plain: Any, shape: LoraShape, start: Path | None, *, seed: int) -> PeftModel:  # noqa: ANN401
    """A transformers model with a trainable adapter: the one in ``start``, or a fresh one.

    Raises:
        ModelError: the adapter in ``start`` does not fit.
    """
    from peft import PeftModel

    if start is None:
        return add_adapter(plain, replace(shape, targets=_fitting(plain, shape.targets)), seed=seed)
    adapter_fingerprint(start)
    try:
        return PeftModel.from_pretrained(plain, str(start), is_trainable=True)
    except (ValueError, RuntimeError, KeyError) as error:
        raise ModelError(
            f"the adapter {start} does not fit its base: {str(error).splitlines()[0]}",
            "use the base that its manifest names",
        ) from error


def _fitting(plain: Any, targets: Sequence[str]) -> tuple[str, ...]:  # noqa: ANN401 - untyped
    """The names that the model has; all its linear layers where it has none of them."""
    from torch import nn

    linear = {name.rsplit(".", 1)[-1] for name, one in plain.named_modules() if isinstance(one, nn.Linear)}
    return tuple(sorted(linear & set(targets)) or sorted(linear))


def save_adapter(
    model: PeftModel,
    folder: Path,
    facts: Mapping[str, object],
    *,
    beside: Mapping[str, Callable[[Path], object]] = MappingProxyType({}),
) -> None:
    """Write an adapter with its manifest; ``facts`` are what else the manifest states (base, data, seed).

    ``beside`` names further files of the artifact, each with what writes it.

    Raises:
        FileExistsError: the folder exists: artifacts are immutable.
        StorageError: the disk is full or not writable.
    """
    if folder.exists():
        raise FileExistsError(folder)
    with new_folder(folder) as aside:
        # PEFT would note where this machine keeps the base; the manifest says which base it is.
        model.peft_config["default"].base_model_name_or_path = str(facts.get("base", ""))
        model.save_pretrained(str(aside), safe_serialization=True, save_embedding_layers=False)
        (aside / "README.md").unlink(missing_ok=True)  # PEFT's empty model card
        _sorted_targets(aside / FILES[0])
        for name, write in beside.items():
            write(aside / name)
        hashes = {name: hash_file(aside / name) for name in (*FILES, *beside)}
        manifest = {**facts, "sha256": hashes}
        (aside / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _sorted_targets(path: Path) -> None:
    """PEFT writes a set in an order that differs from process to process; equal adapters are equal files."""
    config = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(config["target_modules"], list):
        config["target_modules"].sort()
    path.write_text(json.dumps(config, indent=2, sort_keys=True), encoding="utf-8")
