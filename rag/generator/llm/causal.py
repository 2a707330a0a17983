"""A causal language model of transformers in this process, on a processor or a GPU, LoRA adapter merged.

Replies of one or several questions are written side by side; of each question one is greedy and the others
are sampled, each by a seed of its own made of the settings' seed and the question, so that company in a
batch does not decide what is drawn. Only safetensors are read. Leaves what is asked and what a reply is
worth to its callers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from rag.adapters import adapter_fingerprint, merged
from rag.errors import ModelError
from rag.fingerprints import fingerprint, hash_parts
from rag.generator.llm.chat import UNUSABLE, Conversation, Message
from rag.settings import CausalLMSettings
from rag.weights import loading, locate, torch_dtype

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

_TEMPLATE_TOKENS = 64
"""What a chat template adds to the messages, at most."""
_SEEDS = 2**63


class CausalChat:
    """A chat model; see the module. Not for several threads at once."""

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        identity: str,
        settings: CausalLMSettings,
    ) -> None:
        """Wrap a loaded model; ``identity`` is a hash of its weights, adapter and precision.

        Raises:
            ModelError: it has no chat template, or reads fewer tokens than the settings want to show.
        """
        from transformers import GenerationConfig

        _check(model, tokenizer, settings)
        tokenizer.padding_side = "left"
        self._ends = _ends(model, tokenizer)
        if tokenizer.pad_token_id is None:
            tokenizer.pad_token_id = min(self._ends, default=0)
        make: Any = GenerationConfig  # without types
        # The model's own defaults (penalties, sampling) are set aside: what is set here is what is done.
        model.generation_config = make(
            max_new_tokens=settings.reply_tokens,
            do_sample=False,
            eos_token_id=sorted(self._ends),
            pad_token_id=tokenizer.pad_token_id,
        )
        untyped: Any = model
        self._model = untyped.eval()
        self._tokenizer: Any = tokenizer
        self._identity = fingerprint({"model": identity, "template": str(tokenizer.chat_template)})
        self._settings = settings

    @classmethod
    def load(cls, settings: CausalLMSettings) -> CausalChat:
        """Weights from the settings, checked, adapted, in the precision and on the device asked for.

        Raises:
            ModelError: the weights are missing, were changed or do not fit.
        """
        from transformers import AutoModelForCausalLM, AutoTokenizer

        source = locate(settings.model, settings.revision, setting="generator")
        adapter = adapter_fingerprint(settings.adapter) if settings.adapter else ""
        device = _device(settings.device)
        dtype = _dtype(settings.dtype, device)
        where: dict[str, Any] = {"revision": source.revision, "local_files_only": source.is_folder}
        with loading(source, setting="generator"):
            tokenizer = AutoTokenizer.from_pretrained(source.name, **where)
            model: Any = AutoModelForCausalLM.from_pretrained(
                source.name, dtype=dtype, use_safetensors=True, trust_remote_code=False, **where
            )
        if settings.adapter:
            model = merged(model, settings.adapter)
        identity = fingerprint({"causal_lm": source.identity, "adapter": adapter, "dtype": str(dtype)})
        try:
            return cls(model.to(device), tokenizer, identity, settings)
        except RuntimeError as error:
            raise ModelError(
                f"the generator does not fit on {device}: {str(error).splitlines()[0]}",
                "set generator.device = cpu, or take a smaller model",
            ) from error

    @property
    def fingerprint(self) -> str:
        """Identity of weights, adapter, precision and sampling."""
        names = ("temperature", "seed", "reply_tokens")
        return fingerprint(
            {"chat": self._identity, **{name: getattr(self._settings, name) for name in names}}
        )

    @cached_property
    def special(self) -> tuple[str, ...]:
        """All that the tokenizer has added to its vocabulary, turns and ends among them."""
        return tuple(sorted({*self._tokenizer.all_special_tokens, *self._tokenizer.get_added_vocab()}))

    def count(self, text: str) -> float:
        """How many tokens a text has."""
        return len(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def replies(self, conversations: Sequence[Conversation], count: int) -> list[tuple[str, ...]]:
        """``count`` replies to each: the greedy one first, then sampled ones.

        Raises:
            ModelError: memory is exhausted.
        """
        texts = [self._rendered(conversation) for conversation in conversations]
        rows = [(text, self._seed(text, n)) for text in texts for n in range(count)]
        size = self._settings.batch_size
        written: list[str] = []
        for first in range(0, len(rows), size):
            written += self._write(rows[first : first + size])
        return [tuple(written[at : at + count]) for at in range(0, len(written), count)]

    def stream(self, conversation: Conversation) -> Iterator[str]:
        """The greedy reply in pieces; the model stops when the caller does.

        Raises:
            ModelError: memory is exhausted.
        """
        from transformers import StoppingCriteriaList, TextIteratorStreamer

        streamer: Any = TextIteratorStreamer(self._tokenizer, skip_prompt=True, skip_special_tokens=True)
        left = Event()
        failed: list[Exception] = []

        def write() -> None:
            try:
                self._generate(
                    self._encoded([self._rendered(conversation)]),
                    streamer=streamer,
                    stopping_criteria=StoppingCriteriaList([lambda *_, **__: left.is_set()]),
                )
            except Exception as error:  # raised again by the thread that reads
                failed.append(error)
            finally:
                streamer.end()

        writer = Thread(target=write, name="causal-lm", daemon=True)
        writer.start()
        try:
            yield from filter(None, streamer)
        finally:
            left.set()
            writer.join()
        if failed:
            raise failed[0]

    def _rendered(self, conversation: Conversation) -> str:
        """The conversation by the model's template; rules go before the question where it knows no system."""
        from jinja2 import TemplateError

        try:
            return self._templated(conversation)
        except TemplateError:
            joined = "\n\n".join(message.content for message in conversation)
            return self._templated((Message("user", joined),))

    def _templated(self, conversation: Conversation) -> str:
        messages = [message._asdict() for message in conversation]
        text: str = self._tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        return text

    def _seed(self, text: str, n: int) -> int | None:
        return int(hash_parts(self._settings.seed, text, n), 16) % _SEEDS if n else None

    def _write(self, rows: Sequence[tuple[str, int | None]]) -> list[str]:
        from transformers import LogitsProcessorList

        from rag.generator.llm.sampling import GumbelNoise

        encoded = self._encoded([text for text, _ in rows])
        noise = GumbelNoise([seed for _, seed in rows], self._settings.temperature)
        output = self._generate(encoded, logits_processor=LogitsProcessorList([noise]))
        return [self._decoded(ids) for ids in output[:, encoded["input_ids"].shape[1] :].tolist()]

    def _encoded(self, texts: Sequence[str]) -> dict[str, torch.Tensor]:
        # The template has written what begins a text already.
        encoded = self._tokenizer(list(texts), add_special_tokens=False, padding=True, return_tensors="pt")
        return {name: encoded[name].to(self._model.device) for name in ("input_ids", "attention_mask")}

    def _generate(self, encoded: dict[str, torch.Tensor], **how: object) -> torch.Tensor:
        import torch

        with torch.inference_mode(), _memory():
            output: torch.Tensor = self._model.generate(**encoded, **how)
        return output

    def _decoded(self, ids: list[int]) -> str:
        """The text up to the end that the model set; ``UNUSABLE`` where it set none in the tokens allowed."""
        end = next((at for at, one in enumerate(ids) if one in self._ends), None)
        if end is None:
            return UNUSABLE
        return str(self._tokenizer.decode(ids[:end], skip_special_tokens=True)).strip()


def _check(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, settings: CausalLMSettings) -> None:
    if not getattr(tokenizer, "chat_template", None):
        raise ModelError(
            f"{settings.model} has no chat template", "take a model that was trained to follow a chat"
        )
    longest = getattr(model.config, "max_position_embeddings", None)
    wanted = settings.prompt_tokens + settings.reply_tokens + _TEMPLATE_TOKENS
    if longest is not None and wanted > longest:
        raise ModelError(
            f"{settings.model} reads {longest} tokens; generator.prompt_tokens and reply_tokens with "
            f"{_TEMPLATE_TOKENS} for its chat template come to {wanted}",
            "lower generator.prompt_tokens",
        )


def _ends(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> frozenset[int]:
    """The tokens that end a reply, by the model's configuration or else the tokenizer's."""
    stated = getattr(model.generation_config, "eos_token_id", None)
    if stated is None:
        stated = tokenizer.eos_token_id
    return frozenset(one for one in (stated if isinstance(stated, list) else [stated]) if one is not None)


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


@contextmanager
def _memory() -> Iterator[None]:
    import torch

    try:
        yield
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise ModelError(
            "the language model has run out of memory",
            "lower generator.batch_size or generator.prompt_tokens",
        ) from error
