"""Line items and standard ratios by their wordings, from a data file that a team may edit.

Leaves the grammar of formulas to ``formula``, finding an item's figure to ``statements``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rag.errors import SettingsError
from rag.fingerprints import hash_bytes
from rag.numbers.formula import FormulaError, Item, Node, parse, replaced
from rag.structure import Statement
from rag.tokens import terms

BUILT_IN = Path(__file__).with_name("finance.toml")

ResultUnit = Literal["amount", "percent", "number"]
Words = tuple[str, ...]

_IGNORED = frozenset({"unadjusted", "year", "end", "amount", "figure", "value", "statement"})
_TIMES = frozenset(
    "year month week ended ending end fiscal period three six nine twelve thousand million billion dollar usd"
    " january february march april may june july august september october november december".split()
)
_YEAR = re.compile(r"(?:19|20)\d\d$")
_DEEPEST = 5
_ASIDE = re.compile(r"\([^()]*\)")


class _ItemEntry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    statement: Literal["income", "balance_sheet", "cash_flow"]
    rows: tuple[str, ...] = Field(min_length=1)
    asked: tuple[str, ...] = ()
    outflow: bool = False
    otherwise: str = Field("", alias="else")


class _RatioEntry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    asked: tuple[str, ...] = ()
    formula: str
    unit: ResultUnit


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    item: tuple[_ItemEntry, ...]
    ratio: tuple[_RatioEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class LineItem:
    """A row of a statement: its wordings there as index terms, the best first.

    ``outflow``: printed as money spent, asked for as an amount; ``otherwise`` computes it where no row is.
    """

    name: str
    statement: Statement
    rows: tuple[Words, ...]
    outflow: bool
    otherwise: Node | None


@dataclass(frozen=True, slots=True)
class Ratio:
    """Something computed: a formula over items alone, and what its result is."""

    name: str
    formula: Node
    unit: ResultUnit


class Mention(NamedTuple):
    """An item or ratio in a list of words, at ``[start, end)``."""

    start: int
    end: int
    found: LineItem | Ratio


@dataclass(frozen=True, slots=True)
class Ontology:
    """All items and ratios by every wording that asks for them."""

    fingerprint: str
    items: Mapping[str, LineItem]
    ratios: Mapping[str, Ratio]
    by_words: Mapping[Words, LineItem | Ratio]

    @classmethod
    def load(cls, path: Path = BUILT_IN) -> Ontology:
        """Read the data file.

        Raises:
            SettingsError: it cannot be read, or a formula in it is none or names what is not in it.
        """
        try:
            content = path.read_bytes()
            file = _File.model_validate(tomllib.loads(content.decode("utf-8")))
            return cls._of(file, hash_bytes(content))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError, FormulaError) as error:
            problem = " ".join(str(error).split())
            raise SettingsError(f"the ontology {path} cannot be used: {problem}", "correct it") from error

    @classmethod
    def _of(cls, file: _File, identity: str) -> Ontology:
        items = {
            one.name: LineItem(
                one.name,
                one.statement,
                tuple(dict.fromkeys(map(words_of, one.rows))),
                one.outflow,
                parse(one.otherwise) if one.otherwise else None,
            )
            for one in file.item
        }
        formulas = {one.name: parse(one.formula) for one in file.ratio}
        ratios = {
            one.name: Ratio(one.name, _opened(formulas[one.name], formulas, items), one.unit)
            for one in file.ratio
        }
        known: Mapping[str, LineItem | Ratio] = {**items, **ratios}
        by_words = {
            words_of(wording): known[entry.name]
            for entries in (file.ratio, file.item)
            for entry in entries
            for wording in (entry.name, *entry.asked)
        }
        for item in items.values():
            for row in item.rows:
                # A row called "interest" or "basic" is known by where it stands; a question is not.
                if len(row) > 1:
                    by_words.setdefault(row, item)
        return cls(identity, items, ratios, by_words)

    def named(self, text: str) -> LineItem | Ratio | None:
        """What a phrase names as a whole, words without meaning of their own aside; None where unknown."""
        words = words_of(text)
        return self.by_words.get(words) or self.by_words.get(tuple(w for w in words if w not in _IGNORED))

    def mentions(self, words: Sequence[str]) -> list[Mention]:
        """The longest wordings in a list of words, from left to right, none over another."""
        longest = max(map(len, self.by_words))
        found, position = [], 0
        while position < len(words):
            for length in range(min(longest, len(words) - position), 0, -1):
                known = self.by_words.get(tuple(words[position : position + length]))
                if known is not None:
                    found.append(Mention(position, position + length, known))
                    position += length - 1
                    break
            position += 1
        return found

    def opened(self, node: Node) -> Node:
        """A formula whose items are those of the ontology by name, ratios in it opened.

        Raises:
            FormulaError: it names what is not known.
        """

        def known(item: Item) -> Node:
            named = self.named(item.words)
            if named is None:
                raise FormulaError(f"{item.words!r} is no known line item")
            if isinstance(named, Ratio):
                return replaced(named.formula, lambda one: Item(one.words, item.year, item.back + one.back))
            return Item(named.name, item.year, item.back)

        return replaced(node, known)


def words_of(text: str) -> Words:
    """Index terms, compounds taken apart; "a", "and", "of" and their like left out.

    >>> words_of("Property, plant & equipment — net")
    ('property', 'plant', 'equipment', 'net')
    """
    return tuple(terms(text.replace("-", " ").replace("—", " ")))


def naming(words: Words) -> Words:
    """Of some words those that name something: no times, no scales, no numbers.

    >>> naming(words_of("Net sales, year ended December 2019"))
    ('net', 'sale')
    """
    return tuple(word for word in words if word not in _TIMES and not word[0].isdigit())


def years_among(words: Words) -> frozenset[int]:
    """The years among some words.

    >>> sorted(years_among(words_of("2019 and 2018")))
    [2018, 2019]
    """
    return frozenset(int(word) for word in words if _YEAR.match(word))


def label_words(label: str) -> Words:
    """The words of a printed label, what stands in parentheses aside.

    >>> label_words("Inventories, net (Note 5)")
    ('inventory', 'net')
    """
    return words_of(_ASIDE.sub(" ", label))


def _opened(node: Node, formulas: Mapping[str, Node], items: Mapping[str, LineItem], depth: int = 0) -> Node:
    """A formula over items alone."""

    def inner(item: Item) -> Node:
        if item.words in items:
            return item
        if item.words not in formulas or depth > _DEEPEST:
            raise FormulaError(f"{item.words!r} is neither an item nor a ratio, or names itself")
        within = _opened(formulas[item.words], formulas, items, depth + 1)
        return replaced(within, lambda one: Item(one.words, one.year, one.back + item.back))

    return replaced(node, inner)
