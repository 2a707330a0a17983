"""A generator that stands in for another while that one fails, and says so.

After a failure the other is left alone for some seconds: not every question waits for the same time-out. The
next question after the pause tries it again. Leaves what counts as failing to the first: whatever it raises
as ModelError.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from rag.errors import EndpointError, ModelError
from rag.fingerprints import fingerprint
from rag.generator.llm.chat import ChatModel, chat_of
from rag.notices import say
from rag.prompt import Prompt
from rag.protocols import Generator
from rag.types import Candidate


class FallbackGenerator:
    """The candidates of ``first``, or those of ``second`` while the first fails."""

    def __init__(
        self,
        first: Generator,
        second: Generator,
        *,
        second_name: str,
        pause_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Say ``second_name`` to whoever asks; try the first again after ``pause_s`` seconds."""
        self._first = first
        self._second = second
        self._second_name = second_name
        self._pause_s = pause_s
        self._clock = clock
        self._failed_until = -float("inf")
        self._reason = ""

    @property
    def chat(self) -> ChatModel | None:
        """The language model among them, if there is one."""
        return chat_of(self._first)

    @property
    def fingerprint(self) -> str:
        """Identity of both; which of them answered is among the notices of an answer."""
        return fingerprint({"first": self._first.fingerprint, "fallback": self._second.fingerprint})

    def complete(self, prompts: Sequence[Prompt]) -> list[tuple[Candidate, ...]]:
        """Candidates per prompt, best first."""
        if self._clock() >= self._failed_until:
            try:
                return self._first.complete(prompts)
            except ModelError as error:
                self._reason = error.reason if isinstance(error, EndpointError) else "failed"
                self._failed_until = self._clock() + self._pause_s
        say(f"the language model did not answer ({self._reason}); {self._second_name} did instead")
        return self._second.complete(prompts)
