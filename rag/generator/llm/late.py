"""A language model that is opened when it is first asked: most runs of what may ask it never do.

Leaves which model it is to whoever gives the opening.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from rag.generator.llm.chat import ChatModel, Conversation


class LateChat:
    """A chat model in the place of the one that ``opening`` returns, whose errors any use may raise."""

    def __init__(self, opening: Callable[[], ChatModel]) -> None:
        self._opening = opening

    @cached_property
    def _model(self) -> ChatModel:
        return self._opening()

    @property
    def fingerprint(self) -> str:
        """That of the model."""
        return self._model.fingerprint

    @property
    def special(self) -> tuple[str, ...]:
        """Those of the model's tokenizer."""
        return self._model.special

    def count(self, text: str) -> float:
        """How many tokens a text has, as the model counts."""
        return self._model.count(text)

    def replies(self, conversations: Sequence[Conversation], count: int) -> list[tuple[str, ...]]:
        """The model's replies.

        Raises:
            ModelError: it cannot be opened, or does not reply.
        """
        return self._model.replies(conversations, count)

    def stream(self, conversation: Conversation) -> Iterator[str]:
        """The model's reply in pieces.

        Raises:
            ModelError: it cannot be opened, could not begin, or broke off.
        """
        return self._model.stream(conversation)
