"""Other words for the same: questions are seldom asked in the words of the document.

Groups of words and phrases in ``synonyms.toml`` beside this module, general English of contracts and reports,
and the concepts of the product's glossary. Defined terms and names, which have capitals, stay.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from rag.glossary import Glossary
from tuning.questions.readings import Reading

BUILT_IN = Path(__file__).with_name("synonyms.toml")
_SHARE = 0.6
"""Share of questions that are reworded at all."""
_MOST = 2
"""Wordings of a question that are replaced, at most."""
_OF_TOPICS = frozenset({"clause", "cross_reference"})
"""Kinds that ask by headings, which the glossary's wordings do not fit as they are."""


@dataclass(frozen=True, slots=True)
class Synonyms:
    """What may stand for a wording: by general English, and by the glossary."""

    general: Mapping[str, tuple[str, ...]]
    concepts: Mapping[str, tuple[str, ...]]

    @classmethod
    def load(cls, path: Path = BUILT_IN) -> Synonyms:
        """The groups of a file, and the concepts of the product's glossary."""
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        concepts = [[wording.text for wording in concept] for concept in Glossary.load().concepts]
        return cls(
            {first: tuple(others) for first, *others in table["groups"]},
            {one: tuple(other for other in own if other != one) for own in concepts for one in own},
        )

    def reworded(self, reading: Reading, draw: random.Random) -> Reading:
        """A reading with some words of its question replaced; as it was where there is nothing to replace."""
        if draw.random() >= _SHARE:
            return reading
        known = self.general if reading.kind in _OF_TOPICS else {**self.concepts, **self.general}
        said = reading.question
        found = [match.span() for match in _pattern(tuple(sorted(known))).finditer(said)]
        for start, end in sorted(draw.sample(found, min(_MOST, len(found))), reverse=True):
            said = said[:start] + draw.choice(known[said[start:end]]) + said[end:]
        return replace(reading, question=_articles(said))


@lru_cache(maxsize=4)
def _pattern(wordings: tuple[str, ...]) -> re.Pattern[str]:
    """What finds any of some wordings, the longest first, outside of quotes and of compounds."""
    longest = sorted(wordings, key=len, reverse=True)
    return re.compile(rf"(?<![\w“-])(?:{'|'.join(map(re.escape, longest))})(?![\w”-])")


def _articles(text: str) -> str:
    """Articles put right before vowels and consonants, as far as letters tell."""
    text = re.sub(r"\ba (?=[aeio])(?!one\b|once\b|eu)", "an ", text)
    return re.sub(r"\ban (?=[bcdfgjklmnpqrstvwxyz])", "a ", text)
