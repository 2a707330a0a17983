"""When the quarters of a document's fiscal year end, as far as its facts tell.

Leaves finding the facts to ``ingest.facts`` and the words of headers to ``ingest.tables.periods``.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass

from rag.structure import Fact

_YEARLY = frozenset({"10-K", "20-F", "annual report"})
_FULL_DATE = len("2018-12-31")
_WEEKS = re.compile(
    r"\b(?:5[23](?:nd|rd)?|fifty-(?:two|three))(?:[ -](?:or|to)|/5[23])?[ -](?:5[23][ -])?weeks?\b", re.I
)


@dataclass(frozen=True, slots=True)
class YearEnd:
    """The month on whose last day a fiscal year ends, ``later`` years after the one it is named by."""

    month: int
    later: int = 0


def year_end(facts: Sequence[Fact], text: str) -> YearEnd | None:
    """When the fiscal year of a yearly report ends; None if not told, or if it is one of whole weeks.

    ``text`` is the document's. The months of a year of weeks end on days that are not printed.
    """
    values = {fact.name: fact.value for fact in facts}
    end = values.get("period_end", "")
    if values.get("kind") not in _YEARLY or len(end) != _FULL_DATE:
        return None
    year, month, day = (int(part) for part in end.split("-"))
    if day != monthrange(year, month)[1] or _WEEKS.search(text):
        return None
    named = values.get("fiscal_year", "")
    later = year - int(named) if named.isdecimal() else 0
    return YearEnd(month, later) if later in {0, 1} else None


def quarter_end(year: int, quarter: int, ends: YearEnd) -> str:
    """The last day of a quarter of the fiscal year that is named by a year.

    >>> [quarter_end(2018, quarter, YearEnd(12)) for quarter in (1, 2, 3, 4)]
    ['2018-03-31', '2018-06-30', '2018-09-30', '2018-12-31']
    >>> quarter_end(2016, 1, YearEnd(6)), quarter_end(2019, 4, YearEnd(1, later=1))
    ('2015-09-30', '2020-01-31')
    """
    months = (year + ends.later) * 12 + ends.month - 1 - 3 * (4 - quarter)
    end_year, month = months // 12, months % 12 + 1
    return f"{end_year}-{month:02}-{monthrange(end_year, month)[1]}"
