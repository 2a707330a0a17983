"""What speaks for a value being the answer: its kind, the words around it, its row and column, its place.

Leaves weights to ``model``.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rag.generator.tables import row_cells
from rag.generator.valued.found import Kind, Value, values_in
from rag.generator.valued.units import Asked, Unit, letters_in, stems, units_of
from rag.generator.valued.wanted import Wanted, wanted
from rag.prompt import Prompt
from rag.types import Chunk, ChunkId, Support

_NEAR = 70
_SURELY = 0.75
_NEW = re.compile(
    r"\b(?:substitut\w+(?: therefor)?|replac\w+ (?:\w+ )?(?:with|by)|insert\w+|so"
    r" that\b.{0,60}?\breads?|to read(?: as follows)?"
    r"|(?:is|are) (?:increased|reduced|extended|changed) to|adding\b)",
    re.IGNORECASE | re.DOTALL,
)
_OLD = re.compile(r"\b(?:delet\w+|strik\w+|replac\w+|remov\w+)\b", re.IGNORECASE)
_AMENDS = re.compile(
    r"\bamended\b|\bdelet(?:ed|ing)\b|\bsubstitut\w+|\breplaced (?:with|by)\b", re.IGNORECASE
)
_WORDS = r"(?:[\w’']+[ ,.-]+){0,5}?"
_CHANGED = r"(?:amend|supplement|modif|revis|restat)\w*"
_ASKS_NEW = re.compile(
    r"\b(?:as|after|following|since|once|given|with|under|upon|reflecting|applying|incorporating|including"
    r"|considering"
    rf"|regard to|effect to|account of|account|light of|view of|per|by|to|pursuant to|post)"
    rf" {_WORDS}{_CHANGED}"
    rf"|\b(?:has|have|was|were|been) (?:since |now )?(?:been )?{_CHANGED}|\bhas {_CHANGED}"
    rf"|\b(?:an?|the|its|any|all) {_WORDS}{_CHANGED} (?:\w+ )?(?:into account|considered|applied|in"
    rf" (?:place|force|effect))\b"
    r"|\bpost-amendment\b|\bcurrent(?:ly)?\b|\bnow(?:adays)?\b|\btoday\b|\b(?:at )?present(?:ly)?\b|\bin"
    r" (?:force|effect)\b"
    r"|\blatest\b(?! (?:date|time|day))|\bmost recent\b|\bup to date\b|\blive (?:term|level|version)|\bas"
    r" (?:it|they|things) stands?\b|\bto date\b"
    r"|\bthe (?:new|updated|governing|prevailing|applicable|operative)\b|\bthen (?:governed|in force"
    r"|applicable)\b",
    re.IGNORECASE,
)
_ASKS_OLD = re.compile(
    r"\boriginal(?:ly)?\b(?! (?:principal|amount|balance|size|notional))|\b(?:un|pre-)amended\b"
    r"|\bpre-(?:amendment|supplement)"
    r"|\b(?:ignor|disregard|exclud|discount)\w* "
    rf"{_WORDS}{_CHANGED}|\b(?:before|until|till|prior to|preceding|ahead of|leaving|setting|without|apart"
    rf"|aside|absent"
    rf"|but for|yet|predat\w+) {_WORDS}(?:it was|{_CHANGED})"
    r"|\b(?:on|at|as of|as at) (?:its |the )?(?:closing(?: date)?|issuance|signing|inception|outset|launch"
    r"|start)\b(?! (?:deposit|balance))"
    r"|\bclosing[- ]day\b|\bnot the (?:amended|current|latest|new)\b|\b(?:do not|don['’]t) want the"
    r" (?:amended|current|latest)"
    r"|\bon day one\b|\bused to be\b|\b(?:previous|former|prior|earlier|superseded)(?:ly)?\b(?! to\b)"
    r"|\b(?:initial|first|earliest) (?:terms|position|version|text|wording|indenture|agreement|documents?"
    r"|drafting)\b"
    r"|\b(?:first|initially) (?:signed|executed|drafted|agreed|written|issued|set|entered|made)\b"
    r"|\b(?:when|as) (?:it|they|[\w ]{1,40}) (?:closed|was (?:signed|executed|issued|entered into))\b",
    re.IGNORECASE,
)
_STEP = re.compile(r"\(\w+\)")
_MARK = re.compile(r"(?:^|\n)\s*(\(\w{1,5}\))")
_ZEROS = re.compile(r"(?<=\.)0+(?=\d)")

NAMES = (
    "amount", "percent", "date", "count", "number", "rating",
    "wanted", "sure", "unwanted", "unit same", "unit differs", "plain amount",
    "near", "sentence", "heading", "before", "all", "all best", "sentence best", "near best",
    "rank", "asked", "referred", "brought",
    "beside", "in question", "letters", "other letters", "quoted", "place", "not in place",
    "clause", "not in clause",
    "again", "row", "label", "label precise", "header", "header precise", "cell", "cell best",
    "new, asked new", "old, asked new", "original, asked new",
    "new, asked old", "old, asked old", "original, asked old", "new", "old", "original",
    "defines", "defines asked", "hop", "hop words", "hop all",
)  # fmt: skip
_AT = {name: place for place, name in enumerate(NAMES)}

Features = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A value ``[start, end)`` of a chunk, and the span of it that it rests on."""

    value: Value
    chunk: Chunk
    support: Support

    @property
    def text(self) -> str:
        """The value as printed, on one line."""
        return " ".join(self.chunk.text[self.value.start : self.value.end].split())


@dataclass(frozen=True, slots=True)
class _Cell:
    """Of a value in a row: the words left of it and above it, and where its row begins in the chunk."""

    start: int
    end: int
    label: str
    header: str
    row: int


class _Asks(NamedTuple):
    """1 where a question asks for the terms as amended, or as they were before; else 0."""

    new: float
    old: float


def describe(prompt: Prompt) -> tuple[list[Found], Features]:
    """All values of the evidence that may answer, with features ``[n, len(NAMES)]``."""
    asked, units = units_of(prompt)
    wants = wanted(prompt.question)
    asks = _asks(asked)
    found: list[Found] = []
    rows: list[dict[str, float]] = []
    cells = _cells(prompt)
    for unit in units:
        for value, features in _of_unit(unit, asked, wants, asks, cells.get(unit.chunk.id, ())):
            start = features.pop("from", unit.start)
            support = Support(chunk_id=unit.chunk.id, start=int(start), end=unit.end)
            found.append(Found(value=value, chunk=unit.chunk, support=support))
            rows.append(features)
    matrix = np.array([[row.get(name, 0.0) for name in NAMES] for row in rows], dtype=np.float32)
    matrix = matrix.reshape(len(rows), len(NAMES))
    if rows:
        for own, best in (
            ("all", "all best"),
            ("sentence", "sentence best"),
            ("near", "near best"),
            ("cell", "cell best"),
        ):
            matrix[:, _AT[best]] = matrix[:, _AT[own]] - matrix[:, _AT[own]].max()
        times = Counter((one.value.kind, one.value.key) for one in found)
        matrix[:, _AT["again"]] = [math.log(times[one.value.kind, one.value.key]) for one in found]
    return found, matrix


def _of_unit(
    unit: Unit, asked: Asked, wants: Wanted, asks: _Asks, cells: Sequence[_Cell]
) -> list[tuple[Value, dict[str, float]]]:
    text = unit.text
    inside = [one for one in values_in(text) if _may_answer(one.kind, wants)]
    if not inside:
        return []
    shared = _shared(unit, asked)
    amends = _amends(text, asks)
    kinds = Counter(one.kind for one in inside)
    described = []
    for one in inside:
        value = Value(
            kind=one.kind, start=unit.start + one.start, end=unit.start + one.end, key=one.key, unit=one.unit
        )
        around = text[max(0, one.start - _NEAR) : one.start] + " " + text[one.end : one.end + _NEAR]
        cell = next((c for c in cells if c.start < value.end and value.start < c.end), None)
        features = {**shared, **_fit(one, text, wants), **_in_row(cell, unit, asked)}
        header = frozenset(stems(cell.header)) & asked.words if cell else frozenset[str]()
        label = frozenset(stems(cell.label)) & asked.words if cell else frozenset[str]()
        features["near"] = asked.weigh(
            frozenset(stems(around)) | header | label if cell is None else header | label
        )
        features["all"] = asked.weigh(unit.own | unit.heading | unit.before | header | label)
        features["beside"] = math.log(kinds[one.kind])
        features["in question"] = float(" ".join(text[one.start : one.end].split()) in asked.text)
        features |= amends(one.start)
        if cell is not None and unit.chunk.id and cell.row < unit.start:
            features["from"] = float(cell.row)
        described.append((value, features))
    return described


def _may_answer(kind: Kind, wants: Wanted) -> bool:
    """Sections answer only who asks for them; where a kind is surely asked for, no other answers."""
    if (kind == "section") != ("section" in wants.kinds):
        return False
    fits = kind in wants.kinds or (kind == "number" and "count" in wants.kinds)
    return fits or max(wants.kinds.values(), default=0.0) < _SURELY


def _fit(one: Value, text: str, wants: Wanted) -> dict[str, float]:
    """How the value's kind and unit fit what is asked for; a kind counts by itself where nothing is known."""
    fit = wants.kinds.get(one.kind, 0.0)
    if one.kind == "number":
        fit = max(fit, 0.6 * wants.kinds.get("count", 0.0))
    features = {"wanted": fit, "sure": float(fit >= 1.0)}
    if not wants.kinds or one.kind == "number":
        features[one.kind] = 1.0
    features["unwanted"] = max(wants.kinds.values(), default=0.0) if fit == 0.0 else 0.0
    if one.kind == "count" and wants.unit:
        same = wants.unit.split()[-1] == one.unit.split()[-1]
        features["unit same"] = 1.0 if wants.unit == one.unit else 0.5 if same else 0.0
        features["unit differs"] = float(not same)
    if one.kind == "amount":
        features["plain amount"] = float(text[one.start].isdigit())
    return features


def _shared(unit: Unit, asked: Asked) -> dict[str, float]:
    """What holds for all values of a unit."""
    evidence, text = unit.evidence, unit.text
    features = {
        "sentence": asked.weigh(unit.own),
        "heading": asked.weigh(unit.heading - unit.own),
        "before": asked.weigh(unit.before - unit.own - unit.heading),
        "rank": math.log1p(unit.rank),
        "asked": float(evidence.why == "asked"),
        "referred": float(evidence.why in ("referred", "used")),
        "brought": float(evidence.why in ("beside", "table")),
        "quoted": float(any(one in " ".join(text.lower().split()) for one in asked.quoted)),
        "defines": float(bool(unit.defines)),
        "defines asked": asked.weigh(frozenset(stems(unit.defines))),
        **_placed(unit, asked),
    }
    if asked.letters:
        own = letters_in(text) | letters_in(unit.chunk.context)
        features["letters"] = len(asked.letters & own) / len(asked.letters)
        features["other letters"] = float(bool(letters_in(text)) and not asked.letters & own)
    if unit.hop is not None:
        features["hop"] = 1.0
        features["hop words"] = asked.weigh(unit.hop - unit.own)
        features["hop all"] = asked.weigh(unit.hop | unit.own)
    return features


def _in_row(cell: _Cell | None, unit: Unit, asked: Asked) -> dict[str, float]:
    """How row and column of a value are called in the question."""
    if cell is None:
        return {}
    label, header = frozenset(stems(cell.label)), frozenset(stems(cell.header))
    letters = letters_in(f"{cell.label} {cell.header}")
    features = {
        "row": 1.0,
        "label": asked.weigh(label),
        "label precise": len(label & asked.words) / len(label) if label else 0.0,
        "header": asked.weigh(header - label),
        "header precise": len(header & asked.words) / len(header) if header else 0.0,
        "cell": asked.weigh(header | label),
    }
    if asked.letters and letters:
        features["letters"] = len(asked.letters & letters) / len(asked.letters)
        features["other letters"] = float(not asked.letters & letters)
    return features


def _asks(asked: Asked) -> _Asks:
    """Whether a question is about what amendments left, or about what there was before."""
    old = _ASKS_OLD.search(asked.whole) is not None
    # "Before the first supplement" speaks of a supplement, too.
    return _Asks(new=float(not old and _ASKS_NEW.search(asked.whole) is not None), old=float(old))


def _amends(text: str, asks: _Asks) -> Callable[[int], dict[str, float]]:
    """Features by place in a unit: what an amendment puts in, what it takes out, what no amendment says."""
    if _AMENDS.search(text) is None:
        original = {"original": 1.0, "original, asked new": asks.new, "original, asked old": asks.old}
        return lambda start: original
    new_at = [match.end() for match in _NEW.finditer(text)]
    old_at = [match.end() for match in _OLD.finditer(text)]

    def at(start: int) -> dict[str, float]:
        new = float(bool(new_at) and start >= new_at[-1])
        old = float(not new and bool(old_at) and start >= old_at[0])
        return {
            "new": new,
            "old": old,
            "new, asked new": new * asks.new,
            "old, asked new": old * asks.new,
            "new, asked old": new * asks.old,
            "old, asked old": old * asks.old,
        }

    return at


def _placed(unit: Unit, asked: Asked) -> dict[str, float]:
    """Whether a unit stands in the section that the question names, and in the clause of it."""
    headings = _ZEROS.sub("", unit.chunk.headings)
    for number, steps in asked.places:
        plain = re.escape(_ZEROS.sub("", number))
        if not re.search(rf"(?<![\d.]){plain}(?![\d.]\d|\d)", headings):
            continue
        last = _STEP.findall(steps)
        if not last:
            return {"place": 1.0}
        marks = _MARK.findall(unit.chunk.text[: unit.start + 6])
        inside = bool(marks) and marks[-1] == last[-1]
        return {"place": 1.0, "clause": float(inside), "not in clause": float(not inside)}
    return {"not in place": float(bool(asked.places))}


def _cells(prompt: Prompt) -> dict[ChunkId, tuple[_Cell, ...]]:
    """The cells of the evidence, in its chunks: as printed, else as tables have them, else by spaces."""
    found: dict[ChunkId, tuple[_Cell, ...]] = {}
    for chunk in (one.chunk for one in prompt.evidence):
        own = [
            _Cell(c.start - chunk.start, c.end - chunk.start, c.label, c.header, max(0, c.row - chunk.start))
            for c in prompt.cells.get(chunk.id, ())
        ]
        if not own:
            own = list(_of_tables(chunk, prompt)) or list(_by_spaces(chunk))
        found[chunk.id] = tuple(own)
    return found


def _of_tables(chunk: Chunk, prompt: Prompt) -> Iterator[_Cell]:
    for table, _ in prompt.tables:
        if table.document_id != chunk.document_id or table.end <= chunk.start or chunk.end <= table.start:
            continue
        for cell in table.cells:
            if chunk.start <= cell.start and cell.end <= chunk.end:
                header = (
                    " ".join(table.columns[cell.column].header) if cell.column < len(table.columns) else ""
                )
                row = table.rows[cell.row]
                label = row.path[-1] if row.path else ""
                yield _Cell(
                    cell.start - chunk.start,
                    cell.end - chunk.start,
                    label,
                    header,
                    max(0, row.start - chunk.start),
                )


def _by_spaces(chunk: Chunk) -> Iterator[_Cell]:
    position = 0
    for line in chunk.text.splitlines(keepends=True):
        end = position + len(line.rstrip())
        if "  " in line.strip() or "\t" in line:
            cells = row_cells(chunk.text, position, end)
            if cells:
                label = chunk.text[position : cells[0].start].strip()
                for cell in cells:
                    yield _Cell(cell.start, cell.end, label, cell.header, position)
        position += len(line)
