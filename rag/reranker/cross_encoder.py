"""Sentence-transformers cross-encoders as rerankers, by folder or by hub name pinned to a revision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from rag.adapters import adapter_fingerprint, merge_adapter
from rag.fingerprints import fingerprint
from rag.protocols import Scores
from rag.settings import CrossEncoderSettings
from rag.weights import loading, locate

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class CrossEncoderReranker:
    """One forward pass per (question, passage) pair; the model's raw score, higher is better."""

    def __init__(self, model: CrossEncoder, identity: str, *, batch_size: int) -> None:
        """Wrap a loaded model; ``identity`` is a hash of its weights and of all that shapes output."""
        self._model = model
        self._identity = identity
        self._batch_size = batch_size

    @classmethod
    def load(cls, settings: CrossEncoderSettings) -> CrossEncoderReranker:
        """Weights from the settings, adapted.

        Raises:
            ModelError: the weights are missing, were changed or do not fit.
        """
        from sentence_transformers import CrossEncoder

        source = locate(settings.model, settings.revision, setting="reranker")
        adapter = adapter_fingerprint(settings.adapter) if settings.adapter else ""
        with loading(source, setting="reranker"):
            model = CrossEncoder(
                source.name,
                revision=source.revision,
                num_labels=1,
                local_files_only=source.is_folder,
                model_kwargs={"use_safetensors": True},
            )
        if settings.adapter:
            merge_adapter(model[0], settings.adapter)
        identity = fingerprint({"reranker": source.identity, "adapter": adapter})
        return cls(model, identity, batch_size=settings.batch_size)

    @property
    def fingerprint(self) -> str:
        """Identity of weights and adapter."""
        return self._identity

    def score(self, query: str, passages: Sequence[str]) -> Scores:
        """``[n]``, in the order given."""
        if not passages:
            return np.zeros(0, dtype=np.float32)
        pairs = [(query, passage) for passage in passages]
        scores = self._model.predict(pairs, batch_size=self._batch_size, show_progress_bar=False)
        return np.asarray(scores, dtype=np.float32).reshape(len(passages))
