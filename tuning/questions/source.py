"""A document as makers of questions see it: its text and structure, and what people call it.

Everything is read once for a document. Leaves questions to the makers, wordings to
``tuning.questions.wording``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import chain

from rag.catalog import Catalog
from rag.sentences import sentence_spans
from rag.structure import Definition, DocumentLink, Fact, FactName, Period, Reference, Table, values_by_name
from rag.types import DocumentId, Section, SectionId
from tuning.questions.figures import Figure, figures

_LEGAL_FORM = re.compile(
    r",?\s+(?:and Subsidiaries|Ltd|LLC|L\.L\.C|Inc|Incorporated|Corp|Corporation|Co|Company|L\.?P|LLP"
    r"|Limited|plc|PLC"
    r"|N\.A|S\.A|AG|GmbH|B\.V|N\.V)\.?$",
    re.IGNORECASE,
)
_REPORTS = {"10-K": "annual report", "20-F": "annual report", "annual report": "annual report"}
_UNNAMED = frozenset({"other", "agreement"})
_PAPER = re.compile(
    r"\b(?:agreement|contract|report|indenture|notice|certificate|letter|plan|policy|amendment|supplement"
    r"|lease"
    r"|licen[cs]e|deed|statement|memorandum|guaranty|guarantee|note|charter|bylaws|endorsement|addendum)\b"
)
_LONGEST_NAME = 48
_LONGEST_SENTENCE = 900


Facts = Mapping[FactName, Sequence[str]]


@dataclass(frozen=True)
class Source:
    """A document of the library; ``facts`` are what it says of itself by name, ``spans`` where."""

    id: DocumentId
    name: str
    text: str
    facts: Facts
    spans: Mapping[str, Sequence[tuple[int, int]]]
    sections: Sequence[Section]
    definitions: Sequence[Definition]
    references: Sequence[Reference]
    tables: Sequence[Table]
    links: Sequence[DocumentLink]

    @classmethod
    def read(cls, catalog: Catalog, document: DocumentId, facts: Iterable[Fact]) -> Source:
        """Everything of a document, in one go."""
        known = list(facts)
        spans: dict[str, list[tuple[int, int]]] = {}
        for one in known:
            spans.setdefault(one.name, []).append((one.start, one.end))
        return cls(
            id=document,
            name=catalog.name(document),
            text=catalog.text(document),
            facts=values_by_name(known),
            spans=spans,
            sections=catalog.sections(document),
            definitions=catalog.definitions(document),
            references=catalog.references(document),
            tables=catalog.tables(document),
            links=catalog.links(document),
        )

    @property
    def kind(self) -> str:
        """What kind of document it says it is, "other" where it does not."""
        return next(iter(self.facts.get("kind", ())), "other")

    @property
    def is_report(self) -> bool:
        """Whether it reports figures of a company for a time."""
        return _is_report(self.facts)

    @property
    def year(self) -> str:
        """Its fiscal year, empty where it has none."""
        return next(iter(self.facts.get("fiscal_year", ())), "")

    @cached_property
    def parties(self) -> tuple[str, ...]:
        """The company or the parties in the forms people use, the first ones first."""
        return _parties(self.facts)

    @cached_property
    def called(self) -> tuple[str, ...]:
        """What people call it ("the Alder CLO 2021-2 indenture"), usual forms first; may be empty."""
        return called(self.facts)

    @cached_property
    def terms(self) -> Mapping[str, str]:
        """Defined terms as printed by their small letters."""
        return {one.term.lower(): one.term for one in self.definitions}

    @cached_property
    def folded(self) -> str:
        """The text in small letters, white space as single blanks."""
        return " ".join(self.text.split()).lower()

    @cached_property
    def figures(self) -> Sequence[Sequence[Figure]]:
        """Of each table the cells that can be named."""
        return [figures(table) for table in self.tables]

    @cached_property
    def _amounts(self) -> Mapping[tuple[str, str, Period | None], frozenset[Decimal | None]]:
        found: dict[tuple[str, str, Period | None], set[Decimal | None]] = {}
        for one in chain.from_iterable(self.figures):
            found.setdefault(one.key, set()).add(one.cell.amount)
        return {key: frozenset(amounts) for key, amounts in found.items()}

    def is_plain(self, figure: Figure) -> bool:
        """Whether row and column or period tell a figure from those of other tables; a statement's tell."""
        return bool(figure.table.statement) or len(self._amounts[figure.key]) == 1

    @cached_property
    def small_words(self) -> frozenset[str]:
        """The words that the text has in small letters somewhere."""
        return frozenset(re.findall(r"\b[a-z]+\b", self.text))

    @cached_property
    def _starts(self) -> Sequence[int]:
        return [one.start for one in self.leaves]

    @cached_property
    def leaves(self) -> Sequence[Section]:
        """Headed sections without headed sections inside, by start."""
        parents = {one.parent_id for one in self.sections}
        return [one for one in self.sections if one.level and one.id not in parents]

    @cached_property
    def _by_id(self) -> Mapping[SectionId, Section]:
        return {one.id: one for one in self.sections}

    def around(self, section: Section) -> Iterator[Section]:
        """The headed sections that a section is in, from the innermost out."""
        outer = self._by_id.get(section.parent_id) if section.parent_id else None
        while outer is not None and outer.level:
            yield outer
            outer = self._by_id.get(outer.parent_id) if outer.parent_id else None

    def section_at(self, offset: int) -> Section | None:
        """The headed section around a character that has no other inside; None where there is none."""
        found = bisect_right(self._starts, offset) - 1
        return self.leaves[found] if found >= 0 and offset < self.leaves[found].end else None

    def sentences(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Sentences of a span, as spans of the document; those too long to ask of are left out."""
        for first, last in sentence_spans(self.text[start:end]):
            if last - first <= _LONGEST_SENTENCE:
                yield start + first, start + last

    def text_of(self, document_id: DocumentId, start: int, end: int) -> str:
        """A span of this document; empty for another."""
        return self.text[start:end] if document_id == self.id else ""

    def said(self, start: int, end: int) -> str:
        """The words of a span on one line."""
        return " ".join(self.text[start:end].split())


def short_name(name: str) -> str:
    """A company's name without its legal form, names all in capitals as one writes them.

    >>> short_name("Alder CLO 2021-2, Ltd."), short_name("THE BOEING COMPANY"), short_name("AMD, INC.")
    ('Alder CLO 2021-2', 'The Boeing', 'AMD')
    """
    short = " ".join(name.split())
    for _ in range(2):
        short = _LEGAL_FORM.sub("", short)
    words = short.split()
    if short.isupper() and any(len(word) > _ACRONYM for word in words):
        words = [
            word if any(c.isdigit() for c in word) or "&" in word else word.capitalize() for word in words
        ]
    return " ".join(words).strip(" ,")


_ACRONYM = 4


def called(facts: Facts) -> tuple[str, ...]:
    """What people call a document that says this of itself, usual forms first; empty where nothing fits."""
    return tuple(dict.fromkeys(_called(facts)))


def _parties(facts: Facts) -> tuple[str, ...]:
    said = (*facts.get("company", ()), *facts.get("party", ()))
    short = (short_name(one) for one in said)
    return tuple(dict.fromkeys(one for one in short if 2 < len(one) <= _LONGEST_NAME))


def _is_report(facts: Facts) -> bool:
    kind = next(iter(facts.get("kind", ())), "other")
    return bool(facts.get("fiscal_year")) and kind in (*_REPORTS, "10-Q", "earnings release")


def _called(facts: Facts) -> Iterator[str]:
    parties = _parties(facts)
    if not parties:
        return
    first, kind = parties[0], next(iter(facts.get("kind", ())), "other")
    if _is_report(facts):
        year, noun = facts["fiscal_year"][0], _REPORTS.get(kind, kind)
        yield f"{possessive(first)} {year} {noun}"
        yield f"{possessive(first)} {kind} for fiscal {year}"
        yield f"the {kind} of {first} for fiscal year {year}"
        return
    title = next(iter(facts.get("title", ())), "").lower()
    changes = re.search(r"\b(?:amend|supplement|addendum|restate)", title)
    noun = kind if kind not in _UNNAMED and not changes else _noun_of(title)
    if not noun:
        return
    yield f"the {first} {noun}"
    if len(parties) > 1 and noun.endswith("agreement"):
        yield f"the {noun} between {first} and {parties[1]}"
    yield f"{possessive(first)} {noun}"


def possessive(name: str) -> str:
    """A name's possessive.

    >>> possessive("Boeing"), possessive("Paratek Pharmaceuticals")
    ("Boeing's", "Paratek Pharmaceuticals'")
    """
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def _noun_of(title: str) -> str:
    """The kind of paper that a title names: its words where they are few, else the last that names one."""
    words = re.sub(r"\W*\d.*$", "", title).strip(" –-").split()
    if 0 < len(words) <= 4 and all(map(str.isalpha, words)) and _PAPER.search(words[-1]):
        return " ".join(words)
    named = _PAPER.findall(title)
    return named[-1] if named else ""
