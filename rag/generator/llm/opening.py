"""Opens a causal language model of transformers: tokenizer, weights in the precision wanted, on its device.

Only safetensors are read. Leaves writing replies to ``rag.generator.llm.causal`` and learning to ``tuning``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from rag.errors import ModelError
from rag.settings import CausalLMSettings
from rag.weights import loading, locate, torch_dtype

if TYPE_CHECKING:
    import torch

TEMPLATE_TOKENS = 64
"""What a chat template adds to the messages, at most."""


class Opened(NamedTuple):
    """A transformers model and its tokenizer, without types; the identity of the weights, the precision."""

    model: Any
    tokenizer: Any
    identity: str
    dtype: str
    device: str


def open_model(settings: CausalLMSettings) -> Opened:
    """The model of the settings without its adapter, still on the processor; ``device`` is where it belongs.

    Raises:
        ModelError: the weights are missing or were changed, or there is no such device.
    """
    from transformers import AutoModelForCausalLM, AutoTokenizer

    source = locate(settings.model, settings.revision, setting="generator")
    device = _device(settings.device)
    dtype = _dtype(settings.dtype, device)
    where: dict[str, Any] = {"revision": source.revision, "local_files_only": source.is_folder}
    with loading(source, setting="generator"):
        tokenizer = AutoTokenizer.from_pretrained(source.name, **where)
        model = AutoModelForCausalLM.from_pretrained(
            source.name, dtype=dtype, use_safetensors=True, trust_remote_code=False, **where
        )
    return Opened(model, tokenizer, source.identity, str(dtype), device)


def check_fits(model: Any, tokenizer: Any, settings: CausalLMSettings) -> None:  # noqa: ANN401 - untyped
    """Refuse a model that cannot be asked as the settings want.

    Raises:
        ModelError: it has no chat template, or reads fewer tokens than the settings want to show.
    """
    if not getattr(tokenizer, "chat_template", None):
        raise ModelError(
            f"{settings.model} has no chat template", "take a model that was trained to follow a chat"
        )
    longest = getattr(model.config, "max_position_embeddings", None)
    wanted = settings.prompt_tokens + settings.reply_tokens + TEMPLATE_TOKENS
    if longest is not None and wanted > longest:
        raise ModelError(
            f"{settings.model} reads {longest} tokens; generator.prompt_tokens and reply_tokens with "
            f"{TEMPLATE_TOKENS} for its chat template come to {wanted}",
            "lower generator.prompt_tokens",
        )


def moved(model: Any, device: str) -> Any:  # noqa: ANN401
    """The model on its device.

    Raises:
        ModelError: it does not fit there.
    """
    try:
        return model.to(device)
    except RuntimeError as error:
        raise ModelError(
            f"the generator does not fit on {device}: {str(error).splitlines()[0]}",
            "set generator.device = cpu, or take a smaller model",
        ) from error


@contextmanager
def memory(remedy: str) -> Iterator[None]:
    """Run a model in the block; ``remedy`` says what to do where there is not enough memory for it.

    Raises:
        ModelError: memory is exhausted.
    """
    import torch

    try:
        yield
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise ModelError("the language model has run out of memory", remedy) from error


def _device(name: str) -> str:
    import torch

    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if name.startswith("cuda") and not torch.cuda.is_available():
        raise ModelError(f"there is no GPU for generator.device = {name}", "set it to auto or cpu")
    return name


def _dtype(name: str, device: str) -> torch.dtype:
    import torch

    if name == "auto" and device.startswith("cuda"):
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    return torch_dtype(name)
