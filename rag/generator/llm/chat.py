"""What a language model is to a generator: messages to texts, whole or in pieces.

Leaves what is asked to ``rag.generator.llm.asking``, and what a reply is worth to
``rag.generator.llm.quoting``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, Protocol


class Message(NamedTuple):
    """A turn of a conversation."""

    role: Literal["system", "user"]
    content: str


Conversation = tuple[Message, ...]
UNUSABLE = ""
"""Stands for a reply that was cut off, failed or came back without text."""


def chat_of(generator: object) -> ChatModel | None:
    """The language model inside a generator that is open already; None where it is none."""
    found: ChatModel | None = getattr(generator, "chat", None)
    return found


class ChatModel(Protocol):
    """A language model that follows a conversation."""

    @property
    def fingerprint(self) -> str:
        """Identity of weights, adapter and all settings that replies depend on."""
        ...

    @property
    def special(self) -> tuple[str, ...]:
        """Texts that the model's tokenizer takes for more than their letters, as far as it is known."""
        ...

    def count(self, text: str) -> float:
        """How many tokens a text has, at least about."""
        ...

    def replies(self, conversations: Sequence[Conversation], count: int) -> list[tuple[str, ...]]:
        """``count`` replies to each conversation: the most likely first, the others sampled.

        ``UNUSABLE`` where one was cut off or failed.

        Raises:
            ModelError: there is not one reply to some conversation.
        """
        ...

    def stream(self, conversation: Conversation) -> Iterator[str]:
        """The most likely reply in pieces, as they come.

        Raises:
            ModelError: it could not be begun, or broke off.
        """
        ...
