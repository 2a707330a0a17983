"""A causal language model of transformers in this process, on a processor or a GPU, LoRA adapter merged.

Replies of one or several questions are written side by side; of each question one is greedy and the others
are sampled, each by a seed of its own made of the settings' seed and the question, so that company in a
batch does not decide what is drawn. Only safetensors are read. Leaves what is asked and what a reply is
worth to its callers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from rag.adapters import adapter_fingerprint, merged
from rag.fingerprints import fingerprint, hash_parts
from rag.generator.llm.chat import UNUSABLE, Conversation
from rag.generator.llm.opening import check_fits, memory, moved, open_model
from rag.generator.llm.rendering import ends_of, rendered, special_of, token_ids
from rag.settings import CausalLMSettings

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

_SEEDS = 2**63
_LESS = "lower generator.batch_size or generator.prompt_tokens"


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

        check_fits(model, tokenizer, settings)
        tokenizer.padding_side = "left"
        self._ends = ends_of(model, tokenizer)
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
        opened = open_model(settings)
        adapter = adapter_fingerprint(settings.adapter) if settings.adapter else ""
        model = merged(opened.model, settings.adapter) if settings.adapter else opened.model
        identity = fingerprint({"causal_lm": opened.identity, "adapter": adapter, "dtype": opened.dtype})
        return cls(moved(model, opened.device), opened.tokenizer, identity, settings)

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
        return special_of(self._tokenizer)

    def count(self, text: str) -> float:
        """How many tokens a text has."""
        return len(token_ids(self._tokenizer, text))

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
        return rendered(self._tokenizer, conversation)

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

        with torch.inference_mode(), memory(_LESS):
            output: torch.Tensor = self._model.generate(**encoded, **how)
        return output

    def _decoded(self, ids: list[int]) -> str:
        """The text up to the end that the model set; ``UNUSABLE`` where it set none in the tokens allowed."""
        end = next((at for at, one in enumerate(ids) if one in self._ends), None)
        if end is None:
            return UNUSABLE
        return str(self._tokenizer.decode(ids[:end], skip_special_tokens=True)).strip()
