"""Chat models without weights: one that says what a test scripts, and one that copies."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from rag.generator.llm.chat import Conversation
from rag.pieces import estimate_pieces

Speaker = Callable[[Conversation, int], str]
"""From a conversation and the number of the reply to its text."""


class ScriptedChat:
    """A chat model that says what a function returns, and keeps what it was asked."""

    fingerprint = "scripted"
    special: tuple[str, ...] = ()

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker
        self.asked: list[Conversation] = []

    def count(self, text: str) -> float:
        """As the endpoint's."""
        return estimate_pieces(text)

    def replies(self, conversations: Sequence[Conversation], count: int) -> list[tuple[str, ...]]:
        """What the speaker says."""
        self.asked += conversations
        return [tuple(self._speaker(one, n) for n in range(count)) for one in conversations]

    def stream(self, conversation: Conversation) -> Iterator[str]:
        """The first reply word by word."""
        yield from re.findall(r"\S+\s*", self.replies([conversation], 1)[0][0])


def saying(*replies: str) -> ScriptedChat:
    """Reply n is the n-th text, the last again and again."""
    return ScriptedChat(lambda _, n: replies[min(n, len(replies) - 1)])


def passages(conversation: Conversation) -> list[str]:
    """The texts between the marks, in order."""
    mark = re.search(r"the mark (\w+)", conversation[0].content)
    assert mark is not None
    pattern = rf"^passage \[\d+\] {mark[1]}\n\(from: [^\n]*\)\n(.*?)\nend of passage \[\d+\] {mark[1]}$"
    return re.findall(pattern, conversation[1].content, re.DOTALL | re.MULTILINE)


def copying() -> ScriptedChat:
    """Answers any question with the last line of the first passage."""

    def copy(conversation: Conversation, _: int) -> str:
        line = passages(conversation)[0].splitlines()[-1]
        return f'ANSWER: {line}\nQUOTE [1]: "{line}"'

    return ScriptedChat(copy)
