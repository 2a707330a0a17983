"""The trainable side of an embedder: a sentence-transformers model with a LoRA adapter that learns.

The packaged MiniLM or any other base that the settings name, on a GPU where there is one, with bfloat16
arithmetic if asked for. Texts go through in small batches sorted by length; what they leave for the way back
is computed anew there, so that memory is that of one small batch, however many texts a step has.

Inference has its own form (``rag.embedder.transformer``); a test holds both to the same vectors.

Source: Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016; the same effect as the cached
losses of sentence-transformers (Gao et al., "Scaling Deep Contrastive Learning Batch Size", 2021).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.adapters import adapter_fingerprint
from rag.protocols import Vectors
from rag.settings import MiniLMEmbedderSettings, SentenceTransformerSettings
from rag.weights import Source, loading, locate, packaged_minilm
from tuning.adapters import LoraShape, with_adapter

if TYPE_CHECKING:
    import torch
    from peft import PeftModel
    from sentence_transformers import SentenceTransformer

    from tuning.stopping import Named

BaseSettings = MiniLMEmbedderSettings | SentenceTransformerSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """How a trainable encoder computes: texts per pass, and whether in bfloat16 where that loses little."""

    rows: int = 16
    bfloat16: bool = True


class SentenceEncoder:
    """A sentence-transformers model whose adapter alone is trainable."""

    def __init__(self, model: SentenceTransformer, base: BaseSettings, precision: Precision) -> None:
        """Wrap a model that has an adapter already."""
        self._model = model
        self._precision = precision
        self._prompts = (
            (base.query_prompt, base.passage_prompt)
            if isinstance(base, SentenceTransformerSettings)
            else ("", "")
        )

    @property
    def adapted(self) -> PeftModel:
        """The transformer with its adapter."""
        found: Any = self._model[0].get_submodule("model")
        return found  # type: ignore[no-any-return]

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return self._model.device

    @property
    def trainable(self) -> Named:
        """The adapter's parameters with their names."""
        return [(name, one) for name, one in self.adapted.named_parameters() if one.requires_grad]

    def queries(self, texts: Sequence[str]) -> torch.Tensor:
        """``[n, dim]`` unit vectors of questions, float32, with gradients where they are on."""
        return self._encode([self._prompts[0] + text for text in texts])

    def passages(self, texts: Sequence[str]) -> torch.Tensor:
        """``[n, dim]`` unit vectors of passages."""
        return self._encode([self._prompts[1] + text for text in texts])

    def query_vectors(self, texts: Sequence[str]) -> Vectors:
        """``queries`` as an array, without gradients."""
        return self._without_gradients(self.queries, texts)

    def passage_vectors(self, texts: Sequence[str]) -> Vectors:
        """``passages`` as an array, without gradients."""
        return self._without_gradients(self.passages, texts)

    def _without_gradients(self, encode: Any, texts: Sequence[str]) -> Vectors:  # noqa: ANN401
        import torch

        with torch.no_grad():
            vectors: Vectors = encode(texts).cpu().numpy()
        return vectors

    def _encode(self, texts: Sequence[str]) -> torch.Tensor:
        import torch
        from torch.utils.checkpoint import checkpoint

        limit = self._model.max_seq_length or 512
        ids = self._model.tokenizer(list(texts), truncation=True, max_length=limit)["input_ids"]
        order = np.argsort([len(one) for one in ids], kind="stable")
        parts = []
        for first in range(0, len(order), self._precision.rows):
            rows = [ids[i] for i in order[first : first + self._precision.rows]]
            features = self._model.tokenizer.pad({"input_ids": rows}, return_tensors="pt")
            tensors = (
                features["input_ids"].to(self.device),
                features["attention_mask"].to(self.device),
            )
            if torch.is_grad_enabled() and len(order) > self._precision.rows:
                parts.append(checkpoint(self._forward, *tensors, use_reentrant=False))
            else:
                parts.append(self._forward(*tensors))
        back = torch.from_numpy(np.argsort(order, kind="stable")).to(self.device)
        return torch.cat(parts)[back]

    def _forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        import torch

        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self._precision.bfloat16):
            features: Mapping[str, torch.Tensor] = self._model(
                {"input_ids": input_ids, "attention_mask": attention_mask}
            )
        return torch.nn.functional.normalize(features["sentence_embedding"].float(), dim=1)


def located(base: BaseSettings) -> Source:
    """Where the weights of a base are.

    Raises:
        ModelError: they are missing or were changed.
    """
    if isinstance(base, MiniLMEmbedderSettings):
        return packaged_minilm()
    return locate(base.model, base.revision, setting="embedder")


def adapter_identity(start: Path | None) -> str:
    """The identity of the adapter that training goes on from, or "none"."""
    return adapter_fingerprint(start) if start else "none"


def trainable_encoder(
    base: BaseSettings, shape: LoraShape, start: Path | None, precision: Precision, *, seed: int
) -> SentenceEncoder:
    """The base with a fresh adapter of that shape, or with the adapter that ``start`` holds, to go on from.

    Raises:
        ModelError: weights are missing, were changed or do not fit.
    """
    from sentence_transformers import SentenceTransformer

    source = located(base)
    with loading(source, setting="embedder"):
        model = SentenceTransformer(
            source.name,
            device="cpu" if isinstance(base, MiniLMEmbedderSettings) else None,
            revision=source.revision,
            local_files_only=source.is_folder,
            model_kwargs={"use_safetensors": True},
        )
    plain = model[0].get_submodule("model")
    model[0].model = with_adapter(plain, shape, start, seed=seed)
    return SentenceEncoder(model.eval(), base, precision)
