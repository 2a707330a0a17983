"""Sentence-transformers models as embedders: MiniLM from its package, or any other by folder or name.

Vectors do not depend on the company a text is embedded in: every forward pass has a shape from a short
list (rows × length), so the same text gets the same bits alone, in a batch of a thousand, or after an
interrupted run. That makes caches and resumed indexes exact.

Leaves caching to ``rag.index.vectors``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rag.adapters import adapter_fingerprint, merge_adapter
from rag.embedder.forms import model_key, recall_form
from rag.fingerprints import fingerprint
from rag.protocols import Told, Vectors, untold
from rag.settings import MiniLMEmbedderSettings, SentenceTransformerSettings
from rag.threads import side_by_side
from rag.weights import loading, locate, packaged_minilm, torch_dtype

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

_LENGTH_STEP = 16


class Asking(NamedTuple):
    """The model that questions are embedded with, and what identifies it beside the passages' own."""

    model: SentenceTransformer
    identity: str


class TransformerEmbedder:
    """A sentence-transformers model with unit-length output."""

    def __init__(
        self,
        model: SentenceTransformer,
        identity: str,
        *,
        batch_size: int,
        query_prompt: str = "",
        passage_prompt: str = "",
        asking: Asking | None = None,
    ) -> None:
        """Wrap a loaded model; ``identity`` is a hash of its weights and of all that shapes output.

        ``asking`` is the model that questions are embedded with, where it is another.
        """
        self._model = model.eval()
        self._identity = identity
        self._batch_size = batch_size
        self._query_prompt = query_prompt
        self._passage_prompt = passage_prompt
        self._asking = asking

    @classmethod
    def load(cls, settings: MiniLMEmbedderSettings | SentenceTransformerSettings) -> TransformerEmbedder:
        """Weights from the settings, checked, adapted, in the precision asked for.

        Raises:
            ModelError: the weights are missing, were changed or do not fit.
        """
        from sentence_transformers import SentenceTransformer

        prompts = {"query_prompt": "", "passage_prompt": ""}
        device = None
        if isinstance(settings, MiniLMEmbedderSettings):
            source = packaged_minilm()
            device = "cpu"  # small enough; and the same bits wherever it runs
        else:
            source = locate(settings.model, settings.revision, setting="embedder")
            prompts = {"query_prompt": settings.query_prompt, "passage_prompt": settings.passage_prompt}
        adapter = adapter_fingerprint(settings.adapter) if settings.adapter else ""

        def adapted(folder: Path | None) -> SentenceTransformer:
            with loading(source, setting="embedder"):
                model = SentenceTransformer(
                    source.name,
                    device=device,
                    revision=source.revision,
                    local_files_only=source.is_folder,
                    model_kwargs={"use_safetensors": True},
                )
            if folder:
                merge_adapter(model[0], folder)
            return model

        model = adapted(settings.adapter)
        dtype = torch_dtype(_form(settings.dtype, model_key(source.identity, adapter)))
        identity = fingerprint(
            {
                "embedder": source.identity,
                "adapter": adapter,
                "dtype": str(dtype),
                "max_tokens": model.max_seq_length,
                **prompts,
            }
        )
        asking = None
        if settings.query_adapter:
            own = adapter_fingerprint(settings.query_adapter)
            asking = Asking(
                model=adapted(settings.query_adapter).to(dtype).eval(),
                identity=fingerprint({"passages": identity, "questions": own}),
            )
        return cls(model.to(dtype), identity, batch_size=settings.batch_size, asking=asking, **prompts)

    @staticmethod
    def key_of(settings: MiniLMEmbedderSettings | SentenceTransformerSettings) -> str:
        """What the choice of this model's form is remembered under.

        Raises:
            ModelError: the weights are missing or were changed.
        """
        if isinstance(settings, MiniLMEmbedderSettings):
            source = packaged_minilm()
        else:
            source = locate(settings.model, settings.revision, setting="embedder")
        adapter = adapter_fingerprint(settings.adapter) if settings.adapter else ""
        return model_key(source.identity, adapter)

    @property
    def model(self) -> SentenceTransformer:
        """The library's own object, adapter merged."""
        return self._model

    @property
    def fingerprint(self) -> str:
        """Identity of weights, adapters, precision and prompts."""
        return self._identity if self._asking is None else self._asking.identity

    @property
    def passage_fingerprint(self) -> str:
        """The same without the adapter that questions alone have."""
        return self._identity

    @cached_property
    def dim(self) -> int:
        """Number of columns."""
        return int(self.embed_queries([""]).shape[1])

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """``[n, dim]``, each computed on its own: questions come one at a time."""
        prompted = [self._query_prompt + text for text in texts]
        return self._embed(prompted, rows=1, model=self._asking.model if self._asking else self._model)

    def embed_passages(self, texts: Sequence[str], told: Told = untold) -> Vectors:
        """``[n, dim]``; most economical for a thousand texts or more at once. Told batch by batch."""
        prompted = [self._passage_prompt + text for text in texts]
        return self._embed(prompted, rows=self._batch_size, model=self._model, told=told)

    def _embed(
        self, texts: Sequence[str], rows: int, model: SentenceTransformer, told: Told = untold
    ) -> Vectors:
        """Batches of exactly ``rows`` texts of one padded length; a short batch is filled with blanks."""
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        limit = self._model.max_seq_length or 512
        encoded = self._model.tokenizer(list(texts), truncation=True, max_length=limit)["input_ids"]
        lengths = np.array([min(limit, -(-len(ids) // _LENGTH_STEP) * _LENGTH_STEP) for ids in encoded])
        order = np.argsort(lengths, kind="stable")[::-1]
        batches = []
        for length in np.unique(lengths)[::-1]:
            group = order[lengths[order] == length]
            batches += [(group[first : first + rows], int(length)) for first in range(0, len(group), rows)]
        padded = [self._padded([encoded[i] for i in batch], length, rows) for batch, length in batches]
        result: Vectors | None = None
        for (batch, _), vectors in zip(batches, self._forward_all(padded, model), strict=True):
            if result is None:
                result = np.empty((len(texts), vectors.shape[1]), dtype=np.float32)
            result[batch] = vectors[: len(batch)]
            told(len(batch))
        assert result is not None  # noqa: S101 - texts is not empty
        return result

    def _padded(self, token_ids: list[list[int]], length: int, rows: int) -> Mapping[str, torch.Tensor]:
        tokenizer = self._model.tokenizer
        filled = token_ids + [self._blank] * (rows - len(token_ids))
        features: Mapping[str, torch.Tensor] = tokenizer.pad(
            {"input_ids": filled}, padding="max_length", max_length=length, return_tensors="pt"
        )
        return features

    @cached_property
    def _blank(self) -> list[int]:
        """The tokens of an empty text."""
        tokens: list[int] = self._model.tokenizer("")["input_ids"]
        return tokens

    def _forward_all(
        self, batches: Sequence[Mapping[str, torch.Tensor]], model: SentenceTransformer
    ) -> Iterator[Vectors]:
        """``[rows, dim]`` of each batch, in order."""
        forward = partial(_forward, model)
        return side_by_side(forward, batches) if model.device.type == "cpu" else map(forward, batches)


def _forward(model: SentenceTransformer, features: Mapping[str, torch.Tensor]) -> Vectors:
    import torch

    with torch.inference_mode():
        moved = {name: tensor.to(model.device) for name, tensor in features.items()}
        output = model(moved)["sentence_embedding"]
        unit = torch.nn.functional.normalize(output.float(), dim=1)
    vectors: Vectors = unit.cpu().numpy()
    return vectors


def _form(name: str, key: str) -> str:
    """``auto``: what was measured to be fastest here, where it was measured."""
    return (recall_form(key) or name) if name == "auto" else name
