"""What house words mean, learned from soft labels: the words of likely passages that make searches find them.

    phrase of questions ─► wordings of their likely passages ─► those with which searches find these
                                                                └─► kept where it helps on families held apart

A wording is a run of up to four words. It has to stand in the likely passages of most questions that use the
phrase, whatever document they ask of, and seldom elsewhere; which of them, and how many together, is chosen
by searching with them in the phrase's place. Leaves phrases to ``tuning.unspoken``, searching to whoever
calls, and what becomes of the words to ``tuning.house_words_stage``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

from rag.house_words import HouseWord, HouseWords
from tuning.items import Labelled
from tuning.soft_lists import Cuts, SoftList
from tuning.unspoken import Phrase, phrases

Standing = Callable[[SoftList, str], float]
"""How well a search with a text in the question's place finds a list's passages: best probability / rank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """How meanings are chosen.

    A wording stands in the likely passages of ``least_share`` of the questions; the best ``wordings`` are
    tried, up to ``together`` in a row, each of which adds ``least_gain`` of standing; searched for are
    ``asked`` questions of a phrase at most.
    """

    least_share: float = 0.5
    wordings: int = 12
    together: int = 3
    least_gain: float = 0.02
    asked: int = 8
    longest: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """A house word, and the mean standing of its questions before and after, to learn from and held apart."""

    word: HouseWord
    before: float
    after: float
    held_before: float
    held_after: float
    questions: int
    held: int


class Frequencies:
    """In how many labelled passages each wording stands: the background that a meaning stands out from."""

    def __init__(self, labels: Iterable[Labelled], longest: int) -> None:
        passages = {one.chunk_id: one.passage for one in labels}
        self.count = len(passages)
        self._in: Counter[str] = Counter()
        for passage in passages.values():
            self._in.update(set(phrases(passage, longest)))

    def rarity(self, wording: str) -> float:
        """Nats: 0 where it stands in every passage."""
        return log((self.count + 1) / (self._in[wording] + 1))


def learn_meaning(
    phrase: Phrase,
    held: Sequence[SoftList],
    frequencies: Frequencies,
    standing: Standing,
    cuts: Cuts,
    settings: Learning,
) -> Meaning | None:
    """What a phrase means; None where no wording helps its questions, or those ``held`` apart."""
    lists = phrase.lists[: settings.asked]
    tried = candidates(lists, frequencies, cuts, settings)
    if not tried or not held:
        return None
    before = _mean(standing, lists, phrase.text, "")
    meant, after = "", before
    for _ in range(settings.together):
        longer = {one: f"{meant} {one}".strip() for one in tried if one not in meant}
        found = {one: _mean(standing, lists, phrase.text, text) for one, text in longer.items()}
        best = max(found, key=lambda one: found[one], default=None)
        if best is None or found[best] < after + settings.least_gain:
            break
        meant, after = longer[best], found[best]
    if not meant:
        return None
    apart = held[: settings.asked]
    held_before, held_after = (_mean(standing, apart, phrase.text, text) for text in ("", meant))
    if held_after <= held_before:
        return None
    return Meaning(
        word=HouseWord(said=phrase.text, meant=meant),
        before=before,
        after=after,
        held_before=held_before,
        held_after=held_after,
        questions=len(lists),
        held=len(apart),
    )


def candidates(
    lists: Sequence[SoftList], frequencies: Frequencies, cuts: Cuts, settings: Learning
) -> list[str]:
    """Wordings that stand in the likely passages of the questions and seldom elsewhere, best first.

    Of one and a longer one around it that stand in the same passages, the longer is tried.
    """
    shares: defaultdict[str, float] = defaultdict(float)
    counted = 0
    for one in lists:
        likely = one.positives(cuts)
        total = sum(label.probability for label in likely)
        if not total:
            continue
        counted += 1
        for label in likely:
            for wording in set(phrases(label.passage, settings.longest)):
                shares[wording] += label.probability / total
    scores = {
        wording: share / counted * frequencies.rarity(wording)
        for wording, share in shares.items()
        if share >= settings.least_share * counted
    }
    ranked = sorted(scores, key=lambda wording: (-scores[wording], -len(wording), wording))
    chosen: list[str] = []
    for wording in ranked:
        if not any(f" {wording} " in f" {other} " and scores[other] >= scores[wording] for other in chosen):
            chosen.append(wording)
        if len(chosen) == settings.wordings:
            break
    return chosen


def asked_with(text: str, said: str, meant: str) -> str:
    """A question with a meaning in the place of a phrase; as it is where the meaning is empty."""
    if not meant:
        return text
    return HouseWords(words=(HouseWord(said=said, meant=meant),)).understand(text).text


def figures(found: Sequence[Meaning]) -> Mapping[str, float]:
    """Means over the questions held apart that use a word which was learned."""
    held = sum(one.held for one in found)
    if not held:
        return {"before": 0.0, "after": 0.0, "words": 0.0, "held": 0.0}
    return {
        "before": round(sum(one.held_before * one.held for one in found) / held, 6),
        "after": round(sum(one.held_after * one.held for one in found) / held, 6),
        "words": float(len(found)),
        "held": float(held),
    }


def _mean(standing: Standing, lists: Sequence[SoftList], said: str, meant: str) -> float:
    return sum(standing(one, asked_with(one.question.text, said, meant)) for one in lists) / len(lists)
