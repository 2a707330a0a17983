"""What a language model learns from: labelled answers as it is asked for them and as it is to reply.

    AnswerGroup ─► Lessons (a reply to learn) | Replies (answers to one question) ─► ReplyDuels

Messages and replies have the form of serving (``rag.generator.llm``), and only replies are taught or compared
that serving would accept. A lesson shows the passages that the answer rests on among others, in an order that
is drawn, so that where a passage stands says nothing; some questions are asked again without any passage that
may hold the answer, and the reply to these is that nothing was found. Duels are asked as in use. Leaves
labels to ``tuning.answer_groups``, training to ``tuning.causal``.

Source: Zhang et al., "RAFT: Adapting Language Model to Domain Specific RAG", 2024 (distractors, and
questions without the right passage).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from rag.generator.llm import asking
from rag.generator.llm.chat import Conversation
from rag.generator.llm.quoting import checked
from rag.generator.llm.replies import MOST_QUOTES
from rag.prompt import Prompt
from rag.types import Candidate, Evidence
from tuning.answer_groups import AnswerGroup
from tuning.choices import Selection, flipped, pairs_of
from tuning.items import AnswerItem
from tuning.labeling.library.answer_parts import plain
from tuning.questions.candidates import REFUSAL

NOTHING = "NOT FOUND"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How the model in use is asked: ``budget`` of tokens for a prompt, ``longest`` of a reply."""

    budget: int
    longest: int
    count: Callable[[str], float]
    special: tuple[str, ...] = ()

    def ask(self, question: str, evidence: Sequence[Evidence]) -> asking.Asked | None:
        """The messages; None where no passage fits."""
        prompt = Prompt(question=question, evidence=tuple(evidence))
        return asking.ask(prompt, self.budget, self.count, self.special)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A reply to learn; ``document`` is what it is held out by."""

    document: str
    conversation: Conversation
    reply: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A reply, how likely it is right, and what the generator in use gave it."""

    text: str
    probability: float
    score: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies:
    """A question as it is asked in use, and the replies that answers to it amount to, each once."""

    item: str
    document: str
    conversation: Conversation
    answers: tuple[Reply, ...]

    def among(self, most: int) -> Replies:
        """The same with at most so many replies: the likeliest right one, then what the generator liked best.

        >>> made = [Reply(text=text, probability=p, score=s) for text, p, s in
        ...         (("a", 0.1, 0.9), ("b", 0.8, 0.0), ("c", 0.1, 0.5))]
        >>> whole = Replies(item="q", document="d", conversation=(), answers=tuple(made))
        >>> [one.text for one in whole.among(2).answers]
        ['b', 'a']
        """
        best = max(self.answers, key=lambda one: one.probability)
        others = sorted((one for one in self.answers if one is not best), key=lambda one: -one.score)
        kept = (best, *others[: most - 1])
        return Replies(item=self.item, document=self.document, conversation=self.conversation, answers=kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyDuel:
    """Two replies, of which the first is better unless, with probability ``flipped``, the second is."""

    conversation: Conversation
    better: str
    worse: str
    flipped: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Teaching:
    """What lessons are made of: ``right`` and ``wrong`` are probabilities.

    ``distractors`` is the number of other passages shown beside the right ones; ``absent`` the share of
    questions that are asked again without a right passage.
    """

    right: float = 0.5
    wrong: float = 0.1
    distractors: int = 4
    absent: float = 0.25
    seed: int = 7


def lessons(groups: Sequence[AnswerGroup], how: Asking, teaching: Teaching) -> Iterator[Lesson]:
    """The likely right answer to each question as a reply, and for some the reply where it is not shown."""
    for group in groups:
        best = max(range(len(group.items)), key=lambda i: group.probabilities[i])
        if group.probabilities[best] < teaching.right:
            continue
        item, generator = group.items[best], random.Random(f"{teaching.seed}/{group.question.id}")  # noqa: S311
        taught = [(item.candidate, _shown(item, teaching.distractors, generator))]
        if item.candidate.supports and generator.random() < teaching.absent:
            taught.append((REFUSAL, without_answer(group, teaching)[: teaching.distractors + 1]))
        for candidate, evidence in taught:
            found = _lesson(group, candidate, evidence, how)
            if found is not None:
                yield found


def one_drawn(group: AnswerGroup, how: Asking, *, seed: int) -> AnswerGroup | None:
    """As if one of the answers, drawn, were right and no other: what selecting by labels is compared with.

    Drawn among those that a reply may say in use; None where none may.
    """
    asked = how.ask(group.question.text, group.items[0].evidence)
    if asked is None:
        return None
    said = [
        place
        for place, item in enumerate(group.items)
        if accepted(group.question.text, asked, item.candidate, how) is not None
    ]
    if not said:
        return None
    chosen = random.Random(f"{seed}/{group.question.id}/drawn").choice(said)  # noqa: S311
    return replace(group, probabilities=tuple(float(place == chosen) for place in range(len(group.items))))


def replies_of(group: AnswerGroup, how: Asking) -> Replies | None:
    """The answers to a question as replies to the prompt in use; None where fewer than two are.

    Of answers that come to the same reply the one that is likelier right counts.
    """
    evidence = group.items[0].evidence
    asked = how.ask(group.question.text, evidence)
    if asked is None:
        return None
    found: dict[str, Reply] = {}
    for item, probability in zip(group.items, group.probabilities, strict=True):
        text = accepted(group.question.text, asked, item.candidate, how)
        if text is not None and (text not in found or probability > found[text].probability):
            found[text] = Reply(text=text, probability=probability, score=item.candidate.score)
    if len(found) < 2:
        return None
    return Replies(
        item=group.question.id,
        document=group.document,
        conversation=asked.conversation,
        answers=tuple(found[text] for text in sorted(found)),
    )


def reply_duels(
    groups: Sequence[Replies], selection: Selection, *, least: float, seed: int
) -> Iterator[ReplyDuel]:
    """One duel of each question between replies that differ by ``least`` in probability."""
    for group in groups:
        pairs = pairs_of(group.answers, selection, least=least, draw=f"{seed}/{group.item}/{selection}")
        for better, worse in pairs[:1]:
            yield ReplyDuel(
                conversation=group.conversation,
                better=better.text,
                worse=worse.text,
                flipped=flipped(better, worse),
            )


def accepted(question: str, asked: asking.Asked, candidate: Candidate, how: Asking) -> str | None:
    """An answer as a reply to these messages that serving would take for it; None where there is none."""
    text = as_reply(candidate, asked.passages)
    # One token stands for the end of the reply.
    if text is None or how.count(text) + 1 > how.longest:
        return None
    read = checked(question, asked, text)
    return text if read is not None and bool(read.supports) == bool(candidate.supports) else None


def as_reply(candidate: Candidate, passages: Sequence[asking.Passage]) -> str | None:
    """An answer in the form that is demanded; None where it was computed, or rests on what is not shown."""
    if not candidate.supports:
        return NOTHING
    if candidate.derivation is not None or len(candidate.supports) > MOST_QUOTES:
        return None
    places = {one.chunk.id: (number, one) for number, one in enumerate(passages, start=1)}
    lines = [f"ANSWER: {' '.join(candidate.text.split())}"]
    for support in candidate.supports:
        if support.chunk_id not in places:
            return None
        number, passage = places[support.chunk_id]
        quote = " ".join(passage.shown[support.start : support.end].split())
        lines.append(f'QUOTE [{number}]: "{quote}"')
    return "\n".join(lines)


def without_answer(group: AnswerGroup, teaching: Teaching) -> list[Evidence]:
    """The evidence on which no answer rests that may be right, and in which no such answer's words stand."""
    likely = [
        item.candidate
        for item, probability in zip(group.items, group.probabilities, strict=True)
        if probability > teaching.wrong and item.candidate.supports
    ]
    resting = {support.chunk_id for one in likely for support in one.supports}
    words = {plain(one.text) for one in likely}
    return [
        one
        for one in group.items[0].evidence
        if one.chunk.id not in resting and not any(word in plain(one.chunk.text) for word in words)
    ]


def _lesson(
    group: AnswerGroup, candidate: Candidate, evidence: Sequence[Evidence], how: Asking
) -> Lesson | None:
    asked = how.ask(group.question.text, evidence)
    text = None if asked is None else accepted(group.question.text, asked, candidate, how)
    if asked is None or text is None:
        return None
    return Lesson(document=group.document, conversation=asked.conversation, reply=text)


def _shown(item: AnswerItem, distractors: int, generator: random.Random) -> list[Evidence]:
    """The passages that an answer rests on among so many others, the first of the evidence, shuffled.

    Those of a refusal are as in use: all, in their order.
    """
    resting = {support.chunk_id for support in item.candidate.supports}
    if not resting:
        return list(item.evidence)
    right = [one for one in item.evidence if one.chunk.id in resting]
    others = [one for one in item.evidence if one.chunk.id not in resting]
    shown = [*right, *others[:distractors]]
    generator.shuffle(shown)
    return shown
