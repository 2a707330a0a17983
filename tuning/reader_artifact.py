"""A trained reader as an artifact: PEFT's two files, the heads beside them, a manifest with all hashes.

Leaves adapters alone to ``tuning.adapters``, training to ``tuning.reader``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import torch

from rag.generator.span.model import HEADS
from tuning.adapters import save_adapter

if TYPE_CHECKING:
    from peft import PeftModel

    from rag.generator.span.heads import ReaderHeads


def save_reader(
    model: PeftModel,
    heads: ReaderHeads,
    folder: Path,
    facts: Mapping[str, object],
    *,
    beside: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Write adapter and heads, in bfloat16: half the size, and what the reader computes in where it can.

    ``beside`` are further files of the artifact, with their texts.

    Raises:
        FileExistsError: the folder exists: artifacts are immutable.
        StorageError: the disk is full or not writable.
    """
    from safetensors.torch import save_file

    tensors = {name: one.to(torch.bfloat16).contiguous() for name, one in heads.state_dict().items()}
    written: dict[str, Callable[[Path], object]] = {
        name: partial(_write, text) for name, text in beside.items()
    }
    written[HEADS] = lambda path: save_file(tensors, str(path))
    save_adapter(model.to(torch.bfloat16), folder, facts, beside=written)


def _write(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")
