"""A trained reader as an artifact: PEFT's two files, the heads beside them, a manifest with all hashes.

Leaves adapters alone to ``tuning.adapters``, training to ``tuning.reader``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from rag.generator.span.model import HEADS
from tuning.adapters import save_adapter

if TYPE_CHECKING:
    from peft import PeftModel

    from rag.generator.span.heads import ReaderHeads


def save_reader(model: PeftModel, heads: ReaderHeads, folder: Path, facts: Mapping[str, object]) -> None:
    """Write adapter and heads, in bfloat16: half the size, and what the reader computes in where it can.

    Raises:
        FileExistsError: the folder exists: artifacts are immutable.
        StorageError: the disk is full or not writable.
    """
    from safetensors.torch import save_file

    tensors = {name: one.to(torch.bfloat16).contiguous() for name, one in heads.state_dict().items()}
    save_adapter(
        model.to(torch.bfloat16), folder, facts, beside={HEADS: lambda path: save_file(tensors, str(path))}
    )
