"""Late interaction: question and passage meet only in the cosines of their tokens, so passages can be kept.

A passage's score is the mean over the question's tokens of the best cosine with any token of the passage
(MaxSim), between the normalised last hidden states of MiniLM, special tokens included. Passages are scored
from 8-bit codes of their token vectors; those of passages scored lately are kept within a budget of memory.
Codes are what is scored whether they were kept or not, and forward passes have shapes from a short list, so
a score does not depend on company or history.

Sentence-transformers' ``MultiVectorEncoder`` has the same arithmetic, but pads a batch to its longest
passage, which makes scores depend on company, and returns float vectors only.

Source: Khattab and Zaharia, "ColBERT: Efficient and Effective Passage Search via Contextualized Late
Interaction over BERT", SIGIR 2020.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rag.fingerprints import fingerprint, hash_bytes
from rag.minilm import token_encoder
from rag.protocols import Scores, Span
from rag.settings import LateInteractionSettings
from rag.threads import side_by_side

if TYPE_CHECKING:
    from torch import nn

LIMIT = 256
"""Word pieces of a text that are read, special ones included: what the base was trained with."""
GENERIC_ADAPTER = Path(__file__).parent / "adapters" / "generic"
"""Comes with the project; its model card says what it was trained on and what it does."""
_LENGTH_STEP = 32
_VERSION = 1
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class TokenCodes:
    """Token vectors of one passage in 8 bits: row i is ``codes[i] * scales[i]``; ``[n, dim]`` and ``[n]``."""

    codes: NDArray[np.int8]
    scales: NDArray[np.float32]

    @classmethod
    def of(cls, vectors: NDArray[np.float32]) -> TokenCodes:
        """Each row by its own largest component; relative error of a cosine below .5 %.

        >>> codes = TokenCodes.of(np.array([[0.6, -0.8]], dtype=np.float32))
        >>> codes.codes.tolist()
        [[95, -127]]
        """
        scales = np.maximum(np.abs(vectors).max(axis=1), 1e-12) / 127.0
        codes = np.rint(vectors / scales[:, None]).astype(np.int8)
        return cls(codes, scales.astype(np.float32))

    @property
    def nbytes(self) -> int:
        """Memory in bytes."""
        return int(self.codes.nbytes + self.scales.nbytes)

    def cosines(self, question: NDArray[np.float32]) -> NDArray[np.float32]:
        """``[n, m]`` of each row with each row of ``question``, ``[m, dim]`` of unit length."""
        found: NDArray[np.float32] = (self.codes.astype(np.float32) @ question.T) * self.scales[:, None]
        return found

    def max_sim(self, question: NDArray[np.float32]) -> float:
        """Mean over the rows of ``question``, ``[m, dim]`` of unit length, of the best cosine with a row."""
        return float(self.cosines(question).max(axis=0).mean())


class LateInteractionReranker:
    """MaxSim over MiniLM's token vectors: mean cosines in [-1, 1]. Safe to share between threads."""

    def __init__(
        self,
        encoder: nn.Module,
        tokenizer: Any,  # noqa: ANN401 - untyped
        identity: str,
        *,
        batch_size: int,
        cache_mb: int,
    ) -> None:
        """Wrap an encoder; ``identity`` is a hash of its weights and of all that shapes output."""
        self._encoder = encoder.eval()
        self._tokenizer = tokenizer
        self._identity = identity
        self._rows = batch_size
        self._kept = _Kept(cache_mb * _MIB)

    @classmethod
    def load(cls, settings: LateInteractionSettings) -> LateInteractionReranker:
        """The packaged MiniLM, adapted, in the precision asked for.

        Raises:
            ModelError: the weights are missing, were changed or do not fit.
        """
        folder = GENERIC_ADAPTER if settings.adapter == "generic" else settings.adapter
        encoder = token_encoder(folder, settings.dtype, setting="reranker")
        identity = fingerprint({"reranker": "late_interaction", "version": _VERSION, **encoder.identity})
        return cls(
            encoder.module,
            encoder.tokenizer,
            identity,
            batch_size=settings.batch_size,
            cache_mb=settings.cache_mb,
        )

    @property
    def fingerprint(self) -> str:
        """Identity of weights, adapter and precision."""
        return self._identity

    def score(self, query: str, passages: Sequence[str]) -> Scores:
        """``[n]`` mean cosines, in the order given."""
        if not passages:
            return np.zeros(0, dtype=np.float32)
        question = self._vectors([query], rows=1)[0]
        codes = self.encode(passages)
        return np.array([codes[passage].max_sim(question) for passage in passages], dtype=np.float32)

    def score_spans(self, query: str, passages: Sequence[tuple[str, Sequence[Span]]]) -> list[Scores]:
        """``[n]`` mean cosines of the parts ``[start, end)`` of each passage; -1 behind what is read of it.

        A part's tokens are those that begin in it, read within the passage: no part scores more than it.
        """
        question = self._vectors([query], rows=1)[0]
        codes = self.encode([passage for passage, _ in passages])
        return [self._parts(codes[passage].cosines(question), passage, spans) for passage, spans in passages]

    def _parts(self, cosines: NDArray[np.float32], passage: str, spans: Sequence[Span]) -> Scores:
        read = self._tokenizer(passage, truncation=True, max_length=LIMIT, return_offsets_mapping=True)
        starts, ends = np.array(read["offset_mapping"], dtype=np.int64).T
        scores = np.full(len(spans), -1.0, dtype=np.float32)
        for i, (start, end) in enumerate(spans):
            inside = (starts >= start) & (starts < end) & (ends > starts)
            if inside.any():
                scores[i] = cosines[inside].max(axis=0).mean()
        return scores

    def encode(self, passages: Sequence[str]) -> dict[str, TokenCodes]:
        """The codes of each passage, kept ones taken, others computed and kept."""
        found = {passage: self._kept.get(passage) for passage in passages}
        missing = [passage for passage, codes in found.items() if codes is None]
        fresh = {
            passage: TokenCodes.of(vectors)
            for passage, vectors in zip(missing, self._vectors(missing, rows=self._rows), strict=True)
        }
        for passage, codes in fresh.items():
            self._kept.put(passage, codes)
        return {passage: codes if codes is not None else fresh[passage] for passage, codes in found.items()}

    def _vectors(self, texts: Sequence[str], rows: int) -> list[NDArray[np.float32]]:
        """Unit token vectors ``[length, dim]`` of each text; ``rows`` of one padded length at a time."""
        if not texts:
            return []
        ids = self._tokenizer(list(texts), truncation=True, max_length=LIMIT)["input_ids"]
        padded = np.array([-(-len(one) // _LENGTH_STEP) * _LENGTH_STEP for one in ids])
        order = np.argsort(padded, kind="stable")
        result: list[NDArray[np.float32]] = [np.zeros((0, 0), dtype=np.float32)] * len(texts)
        batches: list[tuple[NDArray[np.int64], int]] = []
        for length in np.unique(padded)[::-1]:
            group = order[padded[order] == length]
            batches += [(group[first : first + rows], int(length)) for first in range(0, len(group), rows)]

        def forward(batch: tuple[NDArray[np.int64], int]) -> NDArray[np.float32]:
            return self._forward([ids[i] for i in batch[0]], batch[1], rows)

        for (batch, _), vectors in zip(batches, side_by_side(forward, batches), strict=True):
            for i, one in zip(batch, vectors, strict=False):
                result[i] = one[: len(ids[i])]
        return result

    def _forward(self, token_ids: list[list[int]], length: int, rows: int) -> NDArray[np.float32]:
        """``[rows, length, dim]``: a short batch is filled with blanks."""
        import torch

        blank = self._tokenizer("")["input_ids"]
        filled = token_ids + [blank] * (rows - len(token_ids))
        features = self._tokenizer.pad(
            {"input_ids": filled}, padding="max_length", max_length=length, return_tensors="pt"
        )
        with torch.inference_mode():
            hidden = self._encoder(
                input_ids=features["input_ids"], attention_mask=features["attention_mask"]
            ).last_hidden_state
            vectors: NDArray[np.float32] = torch.nn.functional.normalize(hidden.float(), dim=2).numpy()
        return vectors


class _Kept:
    """Codes by text, those used longest ago given up first when a budget of bytes is full."""

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._used = 0
        self._codes: OrderedDict[str, TokenCodes] = OrderedDict()
        self._lock = Lock()

    def get(self, text: str) -> TokenCodes | None:
        key = hash_bytes(text.encode())
        with self._lock:
            codes = self._codes.get(key)
            if codes is not None:
                self._codes.move_to_end(key)
            return codes

    def put(self, text: str, codes: TokenCodes) -> None:
        key = hash_bytes(text.encode())
        with self._lock:
            if key not in self._codes:
                self._codes[key] = codes
                self._used += codes.nbytes
            while self._used > self._budget:
                _, old = self._codes.popitem(last=False)
                self._used -= old.nbytes
