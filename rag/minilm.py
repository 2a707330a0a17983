"""The packaged MiniLM as an encoder of tokens, with an adapter merged into it.

What late interaction and the span reader read with; the embedder pools and keeps the whole model
(``rag.embedder.transformer``). Leaves what is made of hidden states to the components.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from rag.adapters import adapter_fingerprint, merge_adapter
from rag.weights import loading, packaged_minilm, torch_dtype

if TYPE_CHECKING:
    from torch import nn


class TokenEncoder(NamedTuple):
    """An encoder whose output has ``last_hidden_state``, its tokenizer, and what identifies its weights."""

    module: nn.Module
    tokenizer: Any
    identity: dict[str, str]


def token_encoder(adapter: Path | None, dtype: str, *, setting: str) -> TokenEncoder:
    """MiniLM with the adapter of a folder, or none, in a precision; ``setting`` is named in errors.

    Raises:
        ModelError: the weights are missing, were changed or do not fit.
    """
    from sentence_transformers import SentenceTransformer

    source = packaged_minilm()
    fingerprint = adapter_fingerprint(adapter) if adapter else ""
    with loading(source, setting=setting):
        model = SentenceTransformer(
            source.name, device="cpu", local_files_only=True, model_kwargs={"use_safetensors": True}
        )
    if adapter:
        merge_adapter(model[0], adapter)
    precision = torch_dtype(dtype)
    return TokenEncoder(
        module=model[0].get_submodule("model").to(precision),
        tokenizer=model.tokenizer,
        identity={"base": source.identity, "adapter": fingerprint, "dtype": str(precision)},
    )
