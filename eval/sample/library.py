"""Writing the library: every deal's PDFs, then the questions; an interrupted writing is simply done again.

The questions come last and a small marker names what they were made from, so that a complete library is
recognised and left as it is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TypedDict, cast

from eval.sample.blocks import Block, Format
from eval.sample.drafting import roman
from eval.sample.drawing import BANNER, Furniture, draw, measurer
from eval.sample.firms import STYLES
from eval.sample.house import house_lines
from eval.sample.indenture import anchors_of, indenture
from eval.sample.layout import Placed, place
from eval.sample.questions import more_lines, question_lines
from eval.sample.records import Deal, Printed
from eval.sample.report import report
from eval.sample.sampling import FURTHER, LOGGED, SLOTS, draw_deal
from eval.sample.supplement import supplement
from eval.sample.terms import DealTerms
from eval.sample.values import canonical
from eval.sample.wording import scope_of, source
from rag.errors import UsageError
from rag.storage import write_bytes, write_text

MARKER = "library.made.json"
_QUESTIONS = "questions.jsonl"
_MORE = "more-questions.jsonl"
_LABELS = "labels.py"
_README = f"""\
# Synthetic sample library

{BANNER}.

Every deal, party, place, number and borrower in these documents is invented and was drawn by a seeded
generator; the wording was written for it. `docs/` holds the indentures, supplemental indentures and
payment-date reports as PDF, `questions.jsonl` the questions with their exact answers and evidence,
`more-questions.jsonl` further ones about the tuning deals, to learn from. Questions of the category
`house_words` call things by names that an imagined desk has for them, and `labels.py` is what its experts
know of those names: labeling functions to put in a workspace before `covenant tune`.
"""


class _Facts(TypedDict):
    """The marker's content."""

    identity: str
    pages: int
    deals: int
    documents: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleLibrary:
    """A written library: its PDFs, its questions' file, and how many pages and deals there are."""

    documents: tuple[Path, ...]
    questions: Path
    pages: int
    deals: int


def write_library(
    folder: Path, *, seed: int = 7, deals: int | None = None, logged: bool = False
) -> SampleLibrary:
    """Write the library of ``deals`` deals (None: all of them) below ``folder``, unless it is there.

    The same seed gives the same bytes; the first deals of a larger library are those of a smaller one.
    ``logged`` adds the logged deals, of which only house words are asked, for tuning.

    Raises:
        UsageError: ``deals`` is not between 2 and the number there are.
        MissingExtraError: reportlab is not installed.
        StorageError: the disk is full or not writable.
    """
    number = len(SLOTS) if deals is None else deals
    if not 2 <= number <= len(SLOTS):
        raise UsageError(
            f"a sample library of {number} deals cannot be made",
            f"ask for 2 to {len(SLOTS)} deals: both splits need one",
        )
    numbers = [*range(number), *(range(len(SLOTS), len(SLOTS) + len(LOGGED)) if logged else ())]
    return _written(folder, numbers, number, f"deals={number} logged={logged}", seed)


def write_further(folder: Path, *, seed: int = 7) -> SampleLibrary:
    """Write the library of the further deals below ``folder``, unless it is there: all is to learn from.

    Raises:
        MissingExtraError: reportlab is not installed.
        StorageError: the disk is full or not writable.
    """
    first = len(SLOTS) + len(LOGGED)
    numbers = range(first, first + len(FURTHER))
    return _written(folder, numbers, len(numbers), "further", seed)


def _written(folder: Path, numbers: Sequence[int], whole: int, what: str, seed: int) -> SampleLibrary:
    """The library of these deals; of the first ``whole`` all is asked, of the others house words alone."""
    identity = f"{generator_version()} seed={seed} {what}"
    earlier = _earlier(folder)
    if earlier is not None and earlier["identity"] == identity and _is_complete(folder, earlier):
        return _library(folder, earlier)
    (folder / MARKER).unlink(missing_ok=True)
    for name in [] if earlier is None else earlier["documents"]:
        (folder / "docs" / name).unlink(missing_ok=True)
    write_text(folder / "README.md", _README)
    bound: list[Deal] = []
    documents: list[Path] = []
    for deal, pdfs in (_write_deal(draw_deal(i, seed)) for i in numbers):
        bound.append(deal)
        for stem, data in pdfs.items():
            documents.append(folder / "docs" / f"{stem}.pdf")
            write_bytes(documents[-1], data)
    lines = [*question_lines(bound[:whole], seed), *house_lines(bound, seed)]
    write_text(folder / _QUESTIONS, "\n".join(lines) + "\n")
    write_text(folder / _MORE, "\n".join(more_lines(bound[:whole], seed)) + "\n")
    write_text(folder / _LABELS, source(_LABELS))
    facts: _Facts = {
        "identity": identity,
        "pages": sum(printed.pages for deal in bound for printed in deal.documents.values()),
        "deals": len(bound),
        "documents": [path.name for path in documents],
    }
    write_text(folder / MARKER, json.dumps(facts, indent=1) + "\n")
    return _library(folder, facts)


@cache
def generator_version() -> str:
    """A hash of the generator's own sources: other sources may write another library."""
    digest = hashlib.sha256()
    package = files("eval.sample")
    sources = [*package.iterdir(), *package.joinpath("text").iterdir()]
    for path in sorted(sources, key=lambda p: p.name):
        if path.is_file():
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:20]


def _earlier(folder: Path) -> _Facts | None:
    """What the marker says, if there is one and it can be read."""
    try:
        facts = json.loads((folder / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    known = isinstance(facts, dict) and facts.keys() >= _Facts.__annotations__.keys()
    return cast("_Facts", facts) if known else None


def _is_complete(folder: Path, facts: _Facts) -> bool:
    return (
        all((folder / "docs" / name).is_file() for name in facts["documents"])
        and (folder / _QUESTIONS).is_file()
        and (folder / _MORE).is_file()
        and (folder / _LABELS).is_file()
    )


def _library(folder: Path, facts: _Facts) -> SampleLibrary:
    return SampleLibrary(
        documents=tuple(folder / "docs" / name for name in facts["documents"]),
        questions=folder / _QUESTIONS,
        pages=facts["pages"],
        deals=facts["deals"],
    )


def make_deal(terms: DealTerms) -> Deal:
    """A deal with its documents laid out but not drawn: what questions and tests need."""
    laid = {name: _lay_out(terms, blocks) for name, blocks in _blocks(terms)}
    return _bind(terms, laid)


def _write_deal(terms: DealTerms) -> tuple[Deal, dict[str, bytes]]:
    style = STYLES[terms.style]
    laid = {name: _lay_out(terms, blocks) for name, blocks in _blocks(terms)}
    pdfs = {
        _stem(terms, name): draw(
            placed, style.shape, style.family, _furniture(terms, name, placed), f"{terms.title} {name}"
        )
        for name, placed in laid.items()
    }
    return _bind(terms, laid), pdfs


def _bind(terms: DealTerms, laid: dict[str, Placed]) -> Deal:
    documents = {
        name: Printed(stem=_stem(terms, name), quotes=placed.quotes, pages=len(placed.sheets))
        for name, placed in laid.items()
    }
    return Deal(terms=terms, scope=scope_of(terms, anchors_of(terms)), documents=documents)


def _blocks(terms: DealTerms) -> Iterator[tuple[str, list[Block]]]:
    yield "indenture", indenture(terms)
    if terms.amendments:
        yield "supplement", supplement(terms)
    yield "report", report(terms)


def _lay_out(terms: DealTerms, blocks: list[Block]) -> Placed:
    style = STYLES[terms.style]
    shape: Format = style.shape
    return place(blocks, shape, measurer(style.family))


def _stem(terms: DealTerms, name: str) -> str:
    when = terms.report_date.value
    endings = {"indenture": "indenture", "supplement": "supplement-1", "report": f"report-{when:%Y-%m}"}
    return f"{terms.slug}-{endings[name]}"


def _furniture(terms: DealTerms, name: str, placed: Placed) -> Furniture:
    style = STYLES[terms.style]
    kinds = {"indenture": "Indenture", "supplement": "First Supplemental Indenture",
             "report": f"Report for {canonical(terms.report_date)}"}  # fmt: skip
    start = placed.body_start

    def number(page: int) -> str:
        if page == 0 and name != "report":
            return ""
        if page < start:
            return roman(page).lower()
        return str(page - start + 1)

    lower = style.key in "BDF"
    return Furniture(
        header="" if lower else f"{terms.title} – {kinds[name]}",
        footer=f"{terms.title} – {kinds[name]}" if lower else "",
        number=number,
    )
