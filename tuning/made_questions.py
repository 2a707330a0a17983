"""Questions made over a page's own figures, each with the program that answers it: more to learn from.

What moved between years of a row, what part one row is of another, sums, averages and the like, of tables;
pairs of figures of one sentence. Rows are called by their words, often by fewer, as people do. Deterministic:
drawn by a hash of the page. Leaves the words of patterns to ``made_wordings``, features and what else comes
to the same to ``number_examples``.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.fingerprints import hash_bytes
from rag.numbers.mentions import Mention
from rag.numbers.programs import Operation, Program
from tuning import made_wordings as words

_ASIDE = re.compile(r"\([^()]*\)|\[[^\]]*\]|[\"“”]|\.{2,}|[—–]")
_NO_NAME = re.compile(r"(?:19|20)\d\d|[$:;,*]|\b\d+\b")
_LETTER = re.compile(r"[a-z]")
_WORD = re.compile(r"[a-z][a-z-]+")
_MOST_WORDS = 12
_FEWER, _SINGULAR, _WITH_ABOVE = 0.3, 0.12, 0.25
"""How often a row is called by fewer words, in the singular, with the label above it."""
_BARE = frozenset({"total", "net", "other", "subtotal"})
_SMALL = frozenset(
    "the of a an and or for in to on at by with as was were is are be been from that which we our its their"
    " this these those respectively approximately million billion thousand compared december january february"
    " march april may june july august september october november year years ended also had has have into"
    " than".split()
)
_TRIES = 15
"""Draws for each question that is wanted: many fit no row of a page."""


@dataclass(frozen=True, slots=True)
class MadeQuestion:
    """A question in free words, and the program over the page's mentions that it means."""

    text: str
    program: Program


def made_questions(mentions: Sequence[Mention], count: int) -> list[MadeQuestion]:
    """Up to ``count`` different questions over a page's figures."""
    page = _Page(mentions)
    kinds, weights = zip(*_KINDS.items(), strict=True)
    found: dict[Program, MadeQuestion] = {}
    for _ in range(count * _TRIES):
        if len(found) == count:
            break
        made = page.rng.choices(kinds, weights)[0](page)
        if made is not None and made.program not in found:
            found[made.program] = made
    return list(found.values())


class _Page:
    """A page's figures by rows, columns and sentences, and the generator that draws of them."""

    def __init__(self, mentions: Sequence[Mention]) -> None:
        printed = "\n".join(f"{one.printed} {one.text}" for one in mentions)
        self.rng = random.Random(int(hash_bytes(printed.encode())[:12], 16))  # noqa: S311 - no secret
        self.mentions = mentions
        rows: dict[tuple[int, int], list[int]] = defaultdict(list)
        columns: dict[tuple[int, int], list[int]] = defaultdict(list)
        sentences: dict[int, list[int]] = defaultdict(list)
        for place, one in enumerate(mentions):
            if not one.in_table:
                sentences[one.source].append(place)
            elif len(one.years) <= 1:
                rows[one.source, one.row].append(place)
                columns[one.source, one.column].append(place)
        self.rows = [row for row in rows.values() if len(row) > 1]
        self.dated = [row for row in self.rows if len({self.year(i) for i in row} - {0}) == len(row)]
        self.columns = [column for column in columns.values() if len(column) > 1]
        self.sentences = [one for one in sentences.values() if 1 < len(one) <= _MOST_IN_SENTENCE]

    def year(self, place: int) -> int:
        return max(self.mentions[place].years, default=0)

    def one_of(self, lists: Sequence[list[int]]) -> list[int]:
        return self.rng.choice(lists) if lists else []

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def name(self, place: int) -> str:
        """What a question calls the row of a figure, or the words beside it in a sentence; may be empty."""
        if not self.mentions[place].in_table:
            return self._beside(self.mentions[place].printed)
        parts = [" ".join(_NO_NAME.sub("", _ASIDE.sub(" ", one)).split()).strip(" .-")
                 for one in self.mentions[place].printed.lower().split(" > ")]  # fmt: skip
        parts = [one for one in parts if _LETTER.search(one)]
        if not parts:
            return ""
        name, above = parts[-1], parts[-2] if len(parts) > 1 else ""
        if above and (name in _BARE or self.chance(_WITH_ABOVE)):
            name = self.rng.choice([f"{name} of {above}", f"{above} {name}", f"{name} for {above}"])
        own = name.split()
        if len(own) > _MOST_WORDS:
            return ""
        if len(own) > 2 and self.chance(_FEWER):
            own.pop(self.rng.randrange(len(own)))
        if self.chance(_SINGULAR):
            own = [re.sub(r"(?<=\w{3}[^s])s$", "", one) for one in own]
        return " ".join(own)

    def _beside(self, printed: str) -> str:
        own = [one for one in _WORD.findall(printed.lower()) if one not in _SMALL]
        size = min(len(own), self.rng.choice([2, 3, 3, 4, 5]))
        start = self.rng.randrange(len(own) - size + 1)
        return " ".join(own[start : start + size])

    def question(
        self,
        patterns: Sequence[str],
        operation: Operation,
        operands: Sequence[int],
        *,
        up: bool,
        **said: object,
    ) -> MadeQuestion:
        """A pattern filled in; what moved is said to have gone up or down, mostly as it did."""
        small = {name: self.rng.choice(one) for name, one in words.SMALL.items()}
        way = words.UP if up == self.chance(0.8) else words.DOWN
        small |= {name: self.rng.choice(one) for name, one in way.items()}
        if self.chance(0.5):
            small |= {name: self.rng.choice(one) for name, one in words.PLAIN.items()}
        text = self.rng.choice(patterns).format(**small, **said)
        text = f"{self.rng.choice(words.BEFORE)}{text}{self.rng.choice(words.BEHIND)}".strip(" ,")
        text = " ".join(f"{text}{self.rng.choice(words.MARKS)}".split())
        return MadeQuestion(text, Program(operation, tuple(operands)))

    def span(self, earlier: int, later: int) -> str:
        near = later - earlier == 1 and self.chance(0.2)
        pattern = self.rng.choice(words.FROM_BEFORE if near else words.SPAN)
        return pattern.format(earlier=earlier, later=later)

    def when(self, place: int) -> str:
        year = self.year(place)
        return self.rng.choice(words.WHEN).format(year=year) if year else ""

    def over(self, places: Sequence[int]) -> str:
        years = sorted({self.year(place) for place in places} - {0})
        if len(years) < len(places):
            return self.rng.choice(words.OVER_UNDATED)
        listed = " , ".join(map(str, years[:-1])) + f" and {years[-1]}"
        return self.rng.choice(words.OVER).format(
            earlier=years[0], later=years[-1], count=len(years), listed=listed
        )


_MOST_IN_SENTENCE = 6
_Maker = Callable[[_Page], MadeQuestion | None]


def _of_years(page: _Page, *, relative: bool) -> MadeQuestion | None:
    """What a row moved by between two of its years."""
    row = page.one_of(page.dated)
    if not row:
        return None
    first, second = sorted(page.rng.sample(row, 2), key=page.year)
    old, new = page.mentions[first], page.mentions[second]
    name = page.name(second)
    if not name or old.value in (0, new.value) or (not relative and old.unit == "percent"):
        return None
    earlier, later = page.year(first), page.year(second)
    return page.question(
        words.GROWTH if relative else words.DIFFERENCE,
        "growth" if relative else "difference",
        (second, first),
        up=new.value > old.value,
        x=name,
        earlier=earlier,
        later=later,
        span=page.span(earlier, later),
    )


def _ratio_of_years(page: _Page) -> MadeQuestion | None:
    row = page.one_of(page.dated)
    if not row:
        return None
    first, second = page.rng.sample(row, 2)
    name = page.name(first)
    if not name or page.mentions[second].value == 0:
        return None
    years = {"first": page.year(first), "second": page.year(second)}
    return page.question(words.RATIO_OF_YEARS, "ratio", (first, second), up=True, x=name, **years)


def _of_two(page: _Page, patterns: Sequence[str], operation: Operation) -> MadeQuestion | None:
    """Two rows of one column; a share is mostly one of the total, if there is one."""
    column = page.one_of(page.columns)
    if not column:
        return None
    first, second = page.rng.sample(column, 2)
    totals = [place for place in column if page.mentions[place].total]
    parts = [place for place in column if not page.mentions[place].total]
    if operation == "share" and totals and parts and (patterns is words.SHARE_OF_TOTAL or page.chance(0.7)):
        first, second = page.rng.choice(parts), page.rng.choice(totals)
    elif patterns is words.SHARE_OF_TOTAL:
        return None
    return _pair(page, patterns, operation, (first, second))


def _of_sentence(page: _Page) -> MadeQuestion | None:
    sentence = page.one_of(page.sentences)
    if not sentence:
        return None
    first, second = page.rng.sample(sentence, 2)
    patterns, operation = page.rng.choice(_IN_SENTENCES)
    return _pair(page, patterns, operation, (first, second))


def _pair(
    page: _Page, patterns: Sequence[str], operation: Operation, pair: tuple[int, int]
) -> MadeQuestion | None:
    one, other = (page.mentions[place] for place in pair)
    smaller_first = operation == "share" and abs(one.amount) > abs(other.amount)
    larger_first = operation == "difference" and one.amount < other.amount
    first, second = reversed(pair) if smaller_first or larger_first else pair
    a, b = page.name(first), page.name(second)
    alike = one.unit == other.unit or "percent" not in (one.unit, other.unit)
    if not a or not b or a == b or not alike or 0 in (one.value, other.value):
        return None
    ordered = sorted(pair) if operation in ("sum", "average") else (first, second)
    return page.question(patterns, operation, ordered, up=True, a=a, b=b, when=page.when(first))


def _of_row(page: _Page, patterns: Sequence[str], operation: Operation) -> MadeQuestion | None:
    """All figures of a row, or two years of it that follow each other."""
    row = page.one_of(page.dated if page.chance(0.7) else page.rows)
    few = 3 if operation in ("most", "least") else 2
    if not few <= len(row) <= _LONGEST_ROW:
        return None
    if few == 2 and len(row) > few and row in page.dated and page.chance(0.4):
        ordered = sorted(row, key=page.year)
        start = page.rng.randrange(len(row) - 1)
        row = ordered[start : start + 2]
    name = page.name(row[0])
    if not name or len({page.mentions[place].unit for place in row}) > 1:
        return None
    return page.question(patterns, operation, sorted(row), up=True, x=name, over=page.over(row))


def _return(page: _Page) -> MadeQuestion | None:
    """What an index that starts at 100 came to."""
    rows = [row for row in page.dated if all(page.mentions[place].indexed for place in row)]
    row = sorted(page.one_of(rows), key=page.year)
    if not row or page.mentions[row[0]].value != _HUNDRED:
        return None
    last = page.rng.choice(row[1:])
    name = page.name(last)
    span = page.span(page.year(row[0]), page.year(last))
    up = page.mentions[last].value > _HUNDRED
    return page.question(words.RETURN, "over 100", (last,), up=up, x=name, span=span) if name else None


def _lookup(page: _Page) -> MadeQuestion | None:
    row = page.one_of(page.rows)
    place = page.rng.choice(row) if row else 0
    name = page.name(place) if row else ""
    return (
        page.question(words.LOOKUP, "lookup", (place,), up=True, x=name, when=page.when(place))
        if name
        else None
    )


_HUNDRED = 100
_LONGEST_ROW = 6
_IN_SENTENCES: Sequence[tuple[Sequence[str], Operation]] = (
    (words.SHARE, "share"), (words.SHARE, "share"), (words.SHARE, "share"),
    (words.SUM, "sum"), (words.APART, "difference"), (words.RATIO, "ratio"),
)  # fmt: skip
_KINDS: dict[_Maker, int] = {
    lambda page: _of_years(page, relative=True): 42,
    lambda page: _of_years(page, relative=False): 28,
    _ratio_of_years: 4,
    lambda page: _of_two(page, words.SHARE, "share"): 26,
    lambda page: _of_two(page, words.SHARE_OF_TOTAL, "share"): 3,
    lambda page: _of_two(page, words.RATIO, "ratio"): 5,
    lambda page: _of_two(page, words.APART, "difference"): 4,
    lambda page: _of_two(page, words.SUM, "sum"): 4,
    lambda page: _of_two(page, words.MEAN, "average"): 2,
    lambda page: _of_row(page, words.AVERAGE_OF_ROW, "average"): 8,
    lambda page: _of_row(page, words.SUM_OF_ROW, "sum"): 6,
    lambda page: _of_row(page, words.MOST_OF_ROW, "most"): 2,
    lambda page: _of_row(page, words.LEAST_OF_ROW, "least"): 1,
    _return: 5,
    _lookup: 2,
    _of_sentence: 10,
}
"""How often each kind is tried, roughly as FinQA's tuning half asks."""
