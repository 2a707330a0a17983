"""A conversation as the text that a language model reads, and how its replies end: served or trained.

What is trained on has to be what is asked, to the letter, so both come here. Leaves what is asked to
``rag.generator.llm.asking``, and weights to ``rag.generator.llm.opening``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rag.generator.llm.chat import Conversation, Message

if TYPE_CHECKING:
    from transformers import PreTrainedModel

_SAID = "42"
"""Stands for a reply, to see what the template writes after one."""


def rendered(tokenizer: Any, conversation: Conversation) -> str:  # noqa: ANN401 - untyped
    """The conversation by the model's template, up to where a reply begins.

    Rules go before the question where the template knows no system.
    """
    from jinja2 import TemplateError

    try:
        return _templated(tokenizer, conversation)
    except TemplateError:
        joined = "\n\n".join(message.content for message in conversation)
        return _templated(tokenizer, (Message("user", joined),))


def special_of(tokenizer: Any) -> tuple[str, ...]:  # noqa: ANN401
    """All that the tokenizer has added to its vocabulary, turns and ends among them."""
    return tuple(sorted({*tokenizer.all_special_tokens, *tokenizer.get_added_vocab()}))


def token_ids(tokenizer: Any, text: str) -> list[int]:  # noqa: ANN401
    """The tokens of a text; the template has written what begins one already."""
    ids: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    return ids


def ends_of(model: PreTrainedModel, tokenizer: Any) -> frozenset[int]:  # noqa: ANN401
    """The tokens that end a reply, by the model's configuration or else the tokenizer's."""
    stated = getattr(model.generation_config, "eos_token_id", None)
    if stated is None:
        stated = tokenizer.eos_token_id
    return frozenset(one for one in (stated if isinstance(stated, list) else [stated]) if one is not None)


def end_of_reply(tokenizer: Any, ends: frozenset[int]) -> int | None:  # noqa: ANN401
    """Of several ``ends`` the one that the template writes after a reply; None where there is none at all."""
    talk = [{"role": "user", "content": _SAID}, {"role": "assistant", "content": _SAID}]
    text: str = tokenizer.apply_chat_template(talk, tokenize=False)
    written = token_ids(tokenizer, text.rpartition(_SAID)[2])
    return next((one for one in written if one in ends), min(ends, default=None))


def _templated(tokenizer: Any, conversation: Conversation) -> str:  # noqa: ANN401
    messages = [message._asdict() for message in conversation]
    text: str = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    return text
