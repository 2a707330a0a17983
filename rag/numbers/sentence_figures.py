"""The figures of a sentence, with their units, the words beside them and the years they speak of.

"Expense was $3.8 million, $4.0 million and $4.9 million in 2009, 2008 and 2007, respectively": the first
figure is of 2009. Leaves out what names rather than measures (dates, "Note 7", "Section 5.1").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from rag.numbers.reading import SCALES
from rag.structure import Unit

_FIGURE = re.compile(
    r"(?<![\w.,/'’-])(?P<open>\(\s?)?(?P<minus>[-−]\s?)?(?P<currency>US\s?\$|S\$|A\$|C\$|[$€£]|RMB|USD)?\s?(?P<minus2>[-−]\s?)?"
    r"(?P<numeral>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)(?P<close>\s?\))?"
    r"(?:\s?(?P<unit>%|percent\b|per cent\b|thousand\b|million\b|billion\b|basis points\b))?(?![\w/]|[.,]\d)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\d.,$])(?:19|20)\d\d(?![\d%]|[.,]\d)")
_NAMING = re.compile(
    r"(?:\b(?:sections?|notes?|items?|pages?|exhibits?|class|clauses?|paragraphs?|schedules?|form|chapter|rule|level|tranche"
    r"|series|part|no|topic|asu|ifrs|ias|sfas|fas|asc|statement|step|tier|phase"
    r"|january|february|march|april|may|june|july|august|september|october|november|december)|§|#)\.?\s*$",
    re.IGNORECASE,
)
_MONTH_BEHIND = re.compile(
    r"\s?(?:st|nd|rd|th)?\s?(?:january|february|march|april|may|june|july|august|september|october|november"
    r"|december)\b",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"(?P<first>(?P<numeral>\d[\d,.]*)\s?(?:%|percent)?\s?)\(\s?(?P=numeral)\s?(?:%|percent)?\s?\)"
)
"""As in "17% ( 17 % )": one figure."""
_JOINED = re.compile(r"^[\s,;$€£]*(?:and|or|to|&)?[\s,;$€£]*$", re.IGNORECASE)
_WORDS_BEFORE, _WORDS_BEHIND = 8, 5
_NEAR = 60
"""Characters between a figure and the year that it speaks of, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceFigure:
    """A figure as printed, and what it is; ``around`` are the words beside it, ``year`` may be unknown."""

    text: str
    value: Decimal
    scale: int
    unit: Unit
    currency: str
    around: str
    year: int | None


def sentence_figures(text: str) -> list[SentenceFigure]:
    """All figures of a sentence, from left to right.

    >>> found = sentence_figures("It was $3.8 and $4.0 in 2009 and 2008, respectively.")
    >>> [(one.text, one.year) for one in found]
    [('$3.8', 2009), ('$4.0', 2008)]
    >>> [one.text for one in sentence_figures("Note 7 of May 5, 2019 counts 12 sites and 3.5%")]
    ['12', '3.5%']
    >>> [one.text for one in sentence_figures("At 31 March 2019 it was 59.1")]
    ['59.1']
    """
    text = _AGAIN.sub(lambda match: match["first"] + " " * (len(match[0]) - len(match["first"])), text)
    matches = [match for match in _FIGURE.finditer(text) if _measures(match, text)]
    years = [(match.start(), match.end(), int(match[0])) for match in _YEAR.finditer(text)]
    aligned = _aligned(text, matches, years)
    return [
        _figure(match, text, aligned.get(place) or _nearest(match, years))
        for place, match in enumerate(matches)
    ]


def _measures(match: re.Match[str], text: str) -> bool:
    numeral, before = match["numeral"], text[max(0, match.start("numeral") - 20) : match.start("numeral")]
    if match["currency"] or match["unit"]:
        return True
    if re.fullmatch(r"(?:19|20)\d\d", numeral) or _NAMING.search(before):
        return False
    if len(numeral) <= 2 and _MONTH_BEHIND.match(text[match.end() :]):
        return False  # the day of a date
    if match["open"] and match["close"] and len(numeral) <= 2:
        return False  # an enumerator
    return not re.match(r"\s?,?\s?(?:19|20)\d\d\b", text[match.end() :]) or "," in numeral or "." in numeral


def _figure(match: re.Match[str], text: str, year: int | None) -> SentenceFigure:
    unit = (match["unit"] or "").lower()
    value = Decimal(match["numeral"].replace(",", ""))
    if match["minus"] or match["minus2"]:
        value = -value
    kind: Unit = "percent" if unit in {"%", "percent", "per cent"} else "money" if match["currency"] else ""
    if unit == "basis points":
        kind = "basis_points"
    before = " ".join(text[: match.start()].split()[-_WORDS_BEFORE:])
    behind = " ".join(text[match.end() :].split()[:_WORDS_BEHIND])
    return SentenceFigure(
        text=match[0].strip("( )") if not match["close"] else match[0].strip(),
        value=value,
        scale=SCALES.get(unit, 1),
        unit=kind,
        currency="USD" if (match["currency"] or "") in {"$", "US$", "US $", "USD"} else "",
        around=f"{before} {behind}",
        year=year,
    )


def _aligned(text: str, figures: list[re.Match[str]], years: list[tuple[int, int, int]]) -> dict[int, int]:
    """The years of figures in a row, where as many years stand in a row behind or before them."""
    found: dict[int, int] = {}
    year_runs = _runs(text, [(a, b) for a, b, _ in years])
    for run in _runs(text, [match.span() for match in figures]):
        if len(run) < 2:
            continue
        same = [one for one in year_runs if len(one) == len(run)]
        if same:
            at = figures[run[0]].start()
            nearest = min(same, key=lambda one: abs(years[one[0]][0] - at))
            found |= {place: years[year][2] for place, year in zip(run, nearest, strict=True)}
    return found


def _runs(text: str, spans: list[tuple[int, int]]) -> list[list[int]]:
    """Places of spans that are joined by commas and "and" only."""
    runs: list[list[int]] = []
    for place, (start, _) in enumerate(spans):
        if place and _JOINED.match(text[spans[place - 1][1] : start]):
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def _nearest(match: re.Match[str], years: list[tuple[int, int, int]]) -> int | None:
    behind = [year for start, _, year in years if 0 <= start - match.end() <= _NEAR]
    if behind:
        return behind[0]
    before = [year for _, end, year in years if 0 <= match.start() - end <= _NEAR]
    return before[-1] if before else None
