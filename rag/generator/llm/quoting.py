"""A language model as generator: several replies, checked against the passages, scored by their agreement.

A reply counts if its quotes stand in the passages and its answer stands in its quotes, word for word or
claim by claim (``rag.standing``); others count for nothing but as replies that do not agree. Of n replies of
which s agree, the score is (s + 1) / (n + 2): the rule of succession, what to expect of the next reply;
times ``WRITTEN`` where the answer is in the model's own words, which are checked less closely. The number
engine stands beside it for what has to be computed.

Source: Wang et al., "Self-Consistency Improves Chain of Thought Reasoning in Language Models", 2022.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from rag.errors import ModelError
from rag.fingerprints import fingerprint
from rag.generator.llm.asking import VERSION, Asked, ask
from rag.generator.llm.chat import ChatModel
from rag.generator.llm.replies import NotFound, find_quotes, read_reply
from rag.prompt import Prompt
from rag.standing import claims_stand, stands
from rag.tokens import terms
from rag.types import Candidate, Support
from rag.watching import Written, is_watched, tell

WRITTEN = 0.9
"""Factor for an answer in the model's own words."""
NOT_FOUND = "the language model found no answer in the passages"


class QuotingGenerator:
    """Candidates that a chat model wrote, each with the spans of the quotes it rests on."""

    def __init__(self, model: ChatModel, *, replies: int, budget: int) -> None:
        """Ask ``model`` for so many replies a question, within ``budget`` tokens of prompt."""
        self._model = model
        self._replies = replies
        self._budget = budget

    @property
    def chat(self) -> ChatModel:
        """The model that replies."""
        return self._model

    @property
    def fingerprint(self) -> str:
        """Identity of the model, the prompt's form and how much of the evidence is shown."""
        return fingerprint(
            {
                "generator": "quoting",
                "version": VERSION,
                "model": self._model.fingerprint,
                "replies": self._replies,
                "budget": self._budget,
            }
        )

    def complete(self, prompts: Sequence[Prompt]) -> list[tuple[Candidate, ...]]:
        """Candidates per prompt, best first; none where no reply holds.

        Whoever watches one prompt sees the most likely reply being written first.

        Raises:
            ModelError: the model does not reply.
        """
        asked = [self._ask(prompt) for prompt in prompts]
        shown = [one for one in asked if one is not None]
        if is_watched() and len(shown) == 1:
            # A look ahead only: what is not written to its end here is asked for below.
            with suppress(ModelError):
                for piece in self._model.stream(shown[0].conversation):
                    tell(Written(piece))
        replies = iter(
            self._model.replies([one.conversation for one in shown], self._replies) if shown else ()
        )
        return [
            () if one is None else candidates(prompt.question, one, next(replies))
            for prompt, one in zip(prompts, asked, strict=True)
        ]

    def stream(self, prompt: Prompt) -> Iterator[str]:
        """The most likely reply in pieces; unchecked: ``read`` says what it is worth when it is whole.

        Raises:
            ModelError: the model does not reply, or breaks off.
        """
        asked = self._ask(prompt)
        if asked is not None:
            yield from self._model.stream(asked.conversation)

    def read(self, prompt: Prompt, reply: str) -> tuple[Candidate, ...]:
        """The candidate that one whole reply to a prompt amounts to, or none."""
        asked = self._ask(prompt)
        return () if asked is None else candidates(prompt.question, asked, [reply])

    def _ask(self, prompt: Prompt) -> Asked | None:
        return ask(prompt, self._budget, self._model.count, self._model.special)


def candidates(question: str, asked: Asked, replies: Sequence[str]) -> tuple[Candidate, ...]:
    """What replies to one question amount to: a candidate for each answer that holds, best first."""
    groups: dict[tuple[str, ...], list[Candidate]] = {}
    for reply in replies:
        candidate = checked(question, asked, reply)
        if candidate is not None:
            groups.setdefault(_sense(candidate), []).append(candidate)
    scored = [_scored(group, len(replies)) for group in groups.values()]
    return tuple(sorted(scored, key=lambda candidate: -candidate.score))


def checked(question: str, asked: Asked, reply: str) -> Candidate | None:
    """A reply as a candidate of score 1, or None where it does not hold.

    Of one that found nothing only that is kept: what else it says is not checked, hence not said.
    """
    said = read_reply(reply)
    if said is None:
        return None
    if isinstance(said, NotFound):
        return Candidate(text=NOT_FOUND, score=1.0, supports=())
    supports = find_quotes(said.quotes, asked.passages)
    if supports is None:
        return None
    chunks = {one.chunk.id: one.chunk for one in asked.passages}
    quotes = [_text(support, chunks[support.chunk_id].text) for support in supports]
    captions = [chunks[support.chunk_id].table_line for support in supports]
    written = not stands(said.answer, quotes)
    if written and not claims_stand(said.answer, quotes, question=question, captions=captions):
        return None
    return Candidate(text=said.answer, score=1.0, supports=supports, written=written)


def _text(support: Support, text: str) -> str:
    return text[support.start : support.end]


def _sense(candidate: Candidate) -> tuple[str, ...]:
    """What makes two answers the same: their words, without regard to order, case and punctuation."""
    if not candidate.supports:
        return ()
    return tuple(sorted(set(terms(candidate.text)))) or (candidate.text.casefold(),)


def _scored(group: Sequence[Candidate], replies: int) -> Candidate:
    """The first of answers that agree, with their score; one that is word for word before others."""
    best = min(group, key=lambda candidate: candidate.written)
    score = (len(group) + 1) / (replies + 2) * (WRITTEN if best.written else 1.0)
    return Candidate(text=best.text, score=score, supports=best.supports, written=best.written)
