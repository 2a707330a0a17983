"""What house words mean, learned from soft labels: the words of likely passages that make searches find them.

    phrase of questions ─► wordings of their likely passages ─► those with which searches find these
                                                                └─► kept where it helps on families held apart

A wording is a run of up to four words. It has to stand in what labels point at, or in the heading above, for
most questions that use the phrase, whatever document they ask of, and seldom elsewhere. Which one, or which
few together, is chosen by asking with them in the phrase's place: whether searches find the likely passages,
and whether the answer rests on what labels point at. Asked with are those that searches find most with, alone
and together, and those that tell what labels point at from what stands beside it: a heading leads to a list,
not to one of its items. The kind of value that stands beside them is asked for too, unless that makes either
worse. Phrases that help most come first, and a question that one explains teaches no other: words of asking
("look", "I'm putting together") stand in the same questions. Leaves phrases to ``tuning.unspoken``, what
labels point at to ``tuning.narrowing``, searching to whoever calls, and what becomes of the words to
``tuning.house_words_stage``.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import log

from rag.house_words import HouseWord, HouseWords
from rag.sentences import sentence_spans
from tuning.asked_values import asking_for
from tuning.items import Labelled
from tuning.narrowing import Pointed
from tuning.soft_lists import Cuts, SoftList
from tuning.unspoken import LEAST_QUESTIONS, Phrase, phrases

Standing = Callable[[SoftList, str], float]
"""How well a search with a text in the question's place finds a list's passages: best probability / rank."""
Resting = Callable[[SoftList, str], float]
"""How far the answer to a text in the question's place rests on what labels point at: 0 to 1."""
_NAMED = re.compile(r"[^\W\d_]{3}")
"""Something is named by three letters together: "n/a", "(c)" and "no" of a table's row name nothing."""
_Each = Sequence[float]
_Group = tuple[str, ...]
"""Wordings that are asked with together."""
_Chosen = tuple[str, float, _Each]
"""A meaning, the share of answers that rest, and the standing of each question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """How meanings are chosen.

    A wording stands in what is likely for ``least_share`` of the questions, which times its rarity in nats is
    ``least_score``; the best ``wordings`` are searched with. Of these the best ``answered`` by what is found,
    and as many by what they tell apart, are asked with, alone and in pairs, and up to ``together`` that find
    more together; of those that come to no more than ``alike`` below the best, the one that tells most
    counts. Where searches find ``found_already`` of what labels allow, nothing is missing. A meaning has to
    help ``least_helped`` of the questions that it is learned from, and of those held apart. Searched for are
    ``searched`` questions of a phrase at most, asked are ``asked`` of them.
    """

    least_share: float = 0.4
    least_score: float = 1.2
    wordings: int = 12
    answered: int = 2
    together: int = 3
    alike: float = 0.1
    found_already: float = 0.5
    least_helped: float = 0.7
    searched: int = 6
    asked: int = 3
    longest: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """A house word, and the mean standing of its questions before and after, to learn from and held apart.

    ``resting`` is the share of the questions it is learned from whose answers rest on what labels point at.
    """

    word: HouseWord
    before: float
    after: float
    held_before: float
    held_after: float
    resting: float
    questions: int
    held: int


Look = Callable[[Phrase, Sequence[SoftList]], Meaning | None]
"""What a phrase means, by its questions and those held apart; None where nothing helps."""


class Frequencies:
    """In how many pieces of text each wording stands: the background that a meaning stands out from."""

    def __init__(self, pieces: Iterable[str], longest: int) -> None:
        self.count = 0
        self._in: Counter[str] = Counter()
        for piece in pieces:
            self.count += 1
            self._in.update(set(phrases(piece, longest)))

    def rarity(self, wording: str) -> float:
        """Nats: 0 where it stands in every piece."""
        return log((self.count + 1) / (self._in[wording] + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Teacher:
    """What meanings are learned with: labels as cut, what they point at, the background, searches."""

    cuts: Cuts
    pointed: Pointed
    frequencies: Frequencies
    standing: Standing
    resting: Resting
    settings: Learning

    def meaning(self, phrase: Phrase, held: Sequence[SoftList]) -> Meaning | None:
        """What a phrase means; None where no wording helps its questions, or those ``held`` apart."""
        lists, apart = phrase.lists[: self.settings.searched], held[: self.settings.searched]
        tried = self.wordings(lists) if apart else []
        before = self._each(lists, phrase.text, "") if tried else []
        if not before or sum(before) > self.settings.found_already * sum(one.weight for one in lists):
            return None
        found = {one: self._each(lists, phrase.text, one) for one in tried}
        helping = [one for one in tried if self._helps(before, found[one])]
        if not helping:
            return None
        meant, resting, after = self._chosen(phrase.text, lists, before, helping, found)
        held_before, held_after = (self._each(apart, phrase.text, text) for text in ("", meant))
        if not (self._helps(before, after) and self._helps(held_before, held_after)):
            return None
        return Meaning(
            word=HouseWord(said=phrase.text, meant=meant),
            before=sum(before) / len(lists),
            after=sum(after) / len(lists),
            held_before=sum(held_before) / len(apart),
            held_after=sum(held_after) / len(apart),
            resting=resting,
            questions=len(lists),
            held=len(apart),
        )

    def wordings(self, lists: Sequence[SoftList]) -> list[str]:
        """Wordings that stand in what is likely for the questions and seldom elsewhere, best first.

        Of one and a longer one around it that is as good, the longer is tried.
        """
        shares: defaultdict[str, float] = defaultdict(float)
        counted = 0
        for one in lists:
            likely = one.positives(self.cuts)
            total = sum(label.probability for label in likely)
            counted += bool(total)
            for label in likely:
                for wording in self._inside(label):
                    shares[wording] += label.probability / total
        scores = {
            wording: share / counted * self.frequencies.rarity(wording)
            for wording, share in shares.items()
            if share >= self.settings.least_share * counted
        }
        scores = {one: score for one, score in scores.items() if score >= self.settings.least_score}
        chosen: list[str] = []
        for wording in sorted(scores, key=lambda one: (-scores[one], -len(one), one)):
            if not any(f" {wording} " in f" {other} " for other in chosen):
                chosen.append(wording)
            if len(chosen) == self.settings.wordings:
                break
        return chosen

    def _inside(self, label: Labelled) -> set[str]:
        """The wordings of what a label points at, and of the heading above it."""
        pointed = self.pointed(label)
        texts = {one.text for one in pointed} | {one.headings.rpartition(" > ")[2] for one in pointed}
        return {one for text in texts for one in self._wordings_of(text) if _NAMED.search(one)}

    def _chosen(
        self,
        said: str,
        lists: Sequence[SoftList],
        before: _Each,
        helping: Sequence[str],
        found: Mapping[str, _Each],
    ) -> _Chosen:
        """The wording, or the few, with the best answers and searches together."""
        told = self._telling(lists)
        best = self._worth_asking(helping, found, told)
        groups = [*((one,) for one in best), *combinations(best, 2), *self._together(said, lists, found)]
        asked = lists[: self.settings.asked]
        pointed = [self._pointed_at(one) for one in lists]
        asking: dict[_Group, str] = {}
        rests: dict[_Group, float] = {}
        came_to: dict[_Group, float] = {}
        for group in groups:
            text = " ".join(group)
            asking[group] = f"{asking_for(pointed, text)} {text}".strip()
            rests[group] = self._resting(asked, said, asking[group])
            came_to[group] = rests[group] + sum(self._each(asked, said, asking[group]))
        near = max(came_to.values()) - self.settings.alike
        chosen = max(
            (group for group in groups if came_to[group] >= near),
            key=lambda group: sum(told[one] for one in group) / len(group),
        )
        meant, plain, resting = asking[chosen], " ".join(chosen), rests[chosen]
        after = self._each(lists, said, meant)
        if meant != plain:
            plainly = self._resting(asked, said, plain)
            if plainly > resting or not self._helps(before, after):
                meant, resting, after = plain, plainly, self._each(lists, said, plain)
        return meant, resting / len(asked), after

    def _worth_asking(
        self, helping: Sequence[str], found: Mapping[str, _Each], told: Mapping[str, float]
    ) -> list[str]:
        """Those that searches find most with, and those that tell most apart, best first."""
        finding = sorted(helping, key=lambda one: -sum(found[one]))
        telling = sorted(helping, key=lambda one: -told[one])
        count = self.settings.answered
        return list(dict.fromkeys((*finding[:count], *telling[:count])))

    def _together(self, said: str, lists: Sequence[SoftList], found: Mapping[str, _Each]) -> list[_Group]:
        """The wording that searches find most with, and beside it those that make them find more.

        One wording may lead to the list of some documents only, another to those of the others.
        """
        used = [max(found, key=lambda one: sum(found[one]))]
        reached = sum(found[used[0]])
        grown: list[_Group] = []
        while len(used) < self.settings.together:
            longer = {
                other: sum(self._each(lists, said, " ".join((*used, other))))
                for other in found
                if other not in used
            }
            best = max(longer, key=lambda one: longer[one], default="")
            if not best or longer[best] <= reached:
                break
            used.append(best)
            reached = longer[best]
            grown.append(tuple(used))
        return grown

    def _telling(self, lists: Sequence[SoftList]) -> Mapping[str, float]:
        """How far wordings tell what labels point at from the other sentences of their passages."""
        told: defaultdict[str, float] = defaultdict(float)
        for one in lists:
            likely = one.positives(self.cuts)
            total = sum(label.probability for label in likely)
            for label in likely:
                passage = label.passage
                sentences = [self._wordings_of(passage[s:e]) for s, e in sentence_spans(passage)]
                inside = set[str]().union(*(self._wordings_of(piece.text) for piece in self.pointed(label)))
                weight = label.probability / total
                for wording in inside:
                    told[wording] += weight
                for wording, count in Counter(w for own in sentences for w in own).items():
                    told[wording] -= weight * count / len(sentences)
        return told

    def _wordings_of(self, text: str) -> set[str]:
        return set(phrases(text, self.settings.longest))

    def _pointed_at(self, one: SoftList) -> list[tuple[str, float]]:
        likely = one.positives(self.cuts)
        return [(piece.text, label.probability) for label in likely for piece in self.pointed(label)]

    def _each(self, lists: Sequence[SoftList], said: str, meant: str) -> _Each:
        return [self.standing(one, asked_with(one.question.text, said, meant)) for one in lists]

    def _resting(self, asked: Sequence[SoftList], said: str, meant: str) -> float:
        """How far the answers to these questions rest on what labels point at, added up."""
        return sum(self.resting(one, asked_with(one.question.text, said, meant)) for one in asked)

    def _helps(self, before: Sequence[float], after: Sequence[float]) -> bool:
        helped = sum(new > old for old, new in zip(before, after, strict=True))
        return helped >= self.settings.least_helped * len(before) and sum(after) > sum(before)


def meanings(
    found: Sequence[Phrase], dev: Sequence[SoftList], look: Look, expired: Callable[[], bool]
) -> Iterator[Meaning | None]:
    """What phrases mean, one after the other as they are looked at; None for one without a meaning.

    Each phrase is looked at with its own questions first; then those with a meaning again, the one that helps
    most first, without the questions that others explain. Only what comes of that is yielded as a meaning.
    """
    first: list[tuple[Phrase, Meaning]] = []
    for phrase in found:
        meaning = None if expired() else look(phrase, using(phrase, dev))
        if meaning is not None:
            first.append((phrase, meaning))
        yield None
    explained: set[str] = set()
    for phrase, meaning in sorted(first, key=lambda one: -_gain(one[1])):
        left = [one for one in phrase.lists if one.question.id not in explained]
        apart = [one for one in using(phrase, dev) if one.question.id not in explained]
        if len(left) < LEAST_QUESTIONS or not apart:
            continue
        again = meaning
        if len(left) < len(phrase.lists):
            checked = look(replace(phrase, lists=tuple(left)), apart)
            if checked is None:
                continue
            again = checked
        explained |= {one.question.id for one in (*left, *apart)}
        yield again


def using(phrase: Phrase, lists: Iterable[SoftList]) -> list[SoftList]:
    """The questions that use a phrase."""
    words = HouseWords.of(phrase.text)
    return [one for one in lists if words.understand(one.question.text).found]


def asked_with(text: str, said: str, meant: str) -> str:
    """A question with a meaning in the place of a phrase; as it is where the meaning is empty."""
    if not meant:
        return text
    return HouseWords(words=(HouseWord(said=said, meant=meant),)).understand(text).text


def figures(found: Sequence[Meaning]) -> Mapping[str, float]:
    """Means over the questions held apart that use a word which was learned."""
    held = sum(one.held for one in found)
    if not held:
        return {"before": 0.0, "after": 0.0, "words": 0, "held": 0}
    return {
        "before": round(sum(one.held_before * one.held for one in found) / held, 6),
        "after": round(sum(one.held_after * one.held for one in found) / held, 6),
        "words": len(found),
        "held": held,
    }


def _gain(meaning: Meaning) -> float:
    """Of all questions that use it, so that a phrase of many comes before one of few."""
    learned = (meaning.after - meaning.before) * meaning.questions
    return learned + (meaning.held_after - meaning.held_before) * meaning.held
