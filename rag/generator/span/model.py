"""MiniLM with the reader's adapter and heads: windows to logits over their pieces, and verdicts.

Every window is a forward pass of its own, of a length from a short list, so a window's logits do not depend
on company. Leaves what to make of logits to ``decode``, training to ``tuning.reader``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rag.adapters import check_files
from rag.errors import ModelError
from rag.fingerprints import fingerprint
from rag.generator.span.windows import Encoded, Window, encode
from rag.minilm import token_encoder
from rag.settings import SpanReaderSettings
from rag.threads import side_by_side
from rag.weights import torch_dtype

if TYPE_CHECKING:
    from torch import nn

HEADS = "heads.safetensors"
GENERIC_ADAPTER = Path(__file__).parent / "adapters" / "generic"
"""Comes with the project; its model card says what it was trained on and what it does."""
_LENGTH_STEP = 32
_VERSION = 1

Logits = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the model says of a window: start and end logits ``[n]`` of its pieces, probabilities ``[3]``.

    The first piece stands for "no answer here"; others that no answer consists of have -inf.
    """

    encoded: Encoded
    start: Logits
    end: Logits
    verdict: NDArray[np.float32]


class SpanModel:
    """Safe to share between threads."""

    def __init__(self, encoder: nn.Module, heads: nn.Module, tokenizer: Any, identity: str) -> None:  # noqa: ANN401
        """Wrap an encoder and its heads; ``identity`` is a hash of weights and of all that shapes output."""
        self._encoder = encoder.eval()
        self._heads = heads.eval()
        self._tokenizer = tokenizer
        self.fingerprint = identity

    @classmethod
    def load(cls, settings: SpanReaderSettings) -> SpanModel:
        """The packaged MiniLM, adapted, in the precision asked for.

        Raises:
            ModelError: the weights are missing, were changed or do not fit.
        """
        from safetensors.torch import load_file

        from rag.generator.span.heads import ReaderHeads

        folder = GENERIC_ADAPTER if settings.adapter == "generic" else settings.adapter
        heads_hash = check_files(folder, (HEADS,))
        encoder = token_encoder(folder, settings.dtype, setting="generator")
        config: Any = encoder.module.config
        heads = ReaderHeads(int(config.hidden_size))
        try:
            heads.load_state_dict(load_file(str(folder / HEADS)))
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelError(
                f"the heads in {folder} do not fit: {str(error).splitlines()[0]}", "train the reader again"
            ) from error
        identity = fingerprint(
            {"generator": "span_reader", "version": _VERSION, "heads": heads_hash, **encoder.identity}
        )
        return cls(encoder.module, heads.to(torch_dtype(settings.dtype)), encoder.tokenizer, identity)

    def read(self, windows: Sequence[Window]) -> list[Reading]:
        """One reading a window, in their order."""
        encoded = encode(self._tokenizer, windows)
        # The longest first: threads finish together.
        order = sorted(range(len(encoded)), key=lambda i: -len(encoded[i].ids))
        readings: list[Reading | None] = [None] * len(encoded)
        found = side_by_side(self._forward, [encoded[i] for i in order])
        for i, reading in zip(order, found, strict=True):
            readings[i] = reading
        return [one for one in readings if one is not None]

    def _forward(self, one: Encoded) -> Reading:
        import torch

        n = len(one.ids)
        length = -(-n // _LENGTH_STEP) * _LENGTH_STEP
        ids, types, mask = (torch.zeros(1, length, dtype=torch.long) for _ in range(3))
        ids[0, :n], types[0, :n], mask[0, :n] = torch.tensor(one.ids), torch.tensor(one.types), 1
        with torch.inference_mode():
            hidden = self._encoder(input_ids=ids, token_type_ids=types, attention_mask=mask).last_hidden_state
            start, end, verdict = self._heads(hidden)
            probabilities = torch.softmax(verdict[0].float(), dim=0).numpy()
        own = one.starts >= 0
        own[0] = True
        return Reading(
            encoded=one,
            start=np.where(own, start[0, :n].float().numpy(), -np.inf).astype(np.float32),
            end=np.where(own, end[0, :n].float().numpy(), -np.inf).astype(np.float32),
            verdict=probabilities,
        )
