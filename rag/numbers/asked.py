"""What a question says, as far as figures may fit it: its naming words, its years, its phrases.

Leaves to ``matching`` how well a figure fits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.numbers.cues import cues
from rag.numbers.mentions import months_in, stems
from rag.numbers.reading import scale_asked

_YEAR = re.compile(r"(?<![\d.,$])((?:19|20)\d\d)(?!\d|,\d|\.\d|%)")
_RUN = re.compile(
    r"((?:19|20)\d\d)\s*(?:-|–|—|to|through|and the end of|until)\s*"
    r"(?:FY\s?|fiscal(?: year)? )?((?:19|20)\d\d)",
    re.I,
)
_SHORT = re.compile(r"\b(?:FY|F|CY)\s?'?(\d\d)\b")
"""As in "FY19"."""
_GLUED = re.compile(
    r"\b((?:january|february|march|april|may|june|july|august|september|october|november|december)"
    r"\s+\d\d?)((?:19|20)\d\d)\b",
    re.I,
)
"""As in "december 312016"."""
_WORD = re.compile(r"[a-z]+|\d[\d,]*(?:\.\d+)?%?|[%$]")
_ASKING = frozenset(
    stems(
        "change percentage percent difference increase decrease average ratio growth rate sum proportion"
        " portion share much many total amount value compare respectively considering assuming respective"
        " company mean decline grow grew fall rise rose higher lower between"
        " represent due attributable comprised"
    )
)
_LONGEST_RUN = 8
_MANY = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question: the stems that name something in order, which of them only ask, its years, its phrases.

    ``run`` are all years from the first to the last, where it names a range. ``phrases`` are words and pairs
    of words, numbers as "#" and years as "@".
    """

    text: str
    naming: tuple[str, ...]
    weak: frozenset[str]
    years: tuple[int, ...]
    run: frozenset[int]
    months: frozenset[str]
    phrases: frozenset[str]
    scale: int | None

    @classmethod
    def of(cls, question: str) -> Asked:
        """Read a question.

        >>> asked = Asked.of("What was the change in net revenue from 2016 to 2018?")
        >>> asked.naming, asked.years, sorted(asked.run)
        (('change', 'net', 'revenu'), (2016, 2018), [2016, 2017, 2018])
        """
        plain = _SHORT.sub(r"20\1", _GLUED.sub(r"\1 \2", question))
        naming = stems(plain)
        years = tuple(dict.fromkeys(int(match[1]) for match in _YEAR.finditer(plain)))
        found = frozenset(cues(plain))
        return cls(
            text=question,
            naming=naming,
            weak=frozenset(naming) & _ASKING,
            years=years,
            run=_run(plain) or _compared(years, found),
            months=months_in(plain),
            phrases=frozenset((*_phrases(plain), *found, "", f"years {min(len(years), _MANY)}")),
            scale=scale_asked(plain),
        )


def _run(text: str) -> frozenset[int]:
    match = _RUN.search(text)
    if match is None:
        return frozenset()
    first, last = sorted((int(match[1]), int(match[2])))
    return frozenset(range(first, last + 1)) if last - first < _LONGEST_RUN else frozenset({first, last})


def _compared(years: tuple[int, ...], found: frozenset[str]) -> frozenset[int]:
    """The years of a question without a range; what moved in one year is compared with the year before."""
    if len(years) == 1 and found & {":growth", ":moved plainly"}:
        return frozenset({years[0] - 1, years[0]})
    return frozenset(years)


def _phrases(text: str) -> Iterator[str]:
    words = [_class(word) for word in _WORD.findall(text.lower())]
    yield from words
    yield from (f"{a} {b}" for a, b in zip(["<", *words], [*words, ">"], strict=True))


def _class(word: str) -> str:
    if re.fullmatch(r"(?:19|20)\d\d", word):
        return "@"
    return "#" if word[0].isdigit() else word
