"""How many numbers of gold evidence are found as table cells, with the right value, scale and period.

    python -m benchmarks.tables [--json] [--wrong]

Reads the FinanceBench filings under COVENANT_DATA. Which numbers stand in tables is decided without our
table finder: words of a page are grouped to printed rows by their height and to cells by the gaps between
them; a cell that is a figure counts where its row has a label before it or another figure, its label
begins with words of the evidence, and its digits stand in the evidence. Scales and column periods were
read by a person from the page images (``data/tables.json``): per table the page, the vertical range, the
scale, rows and columns with another one, and each column's period as ``end/months``, null where no single
one is printed. A period is right if its end is (as far as both are exact) and its length, where printed.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

import pymupdf

from benchmarks.data_folder import data_folder
from ingest.loaders import load
from ingest.sections import find_sections
from ingest.tables.build import find_tables
from rag.settings import IngestSettings
from rag.structure import Cell, Period

_LABELS = Path(__file__).parent / "data" / "tables.json"
_FIGURE = re.compile(r"\(?\s?[$€£]?\s?\(?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)\)?\s?%?\)?")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?|\.\d+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SPEED_FILES = 5
_LABEL_CHARS = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure as it stands on a page: its middle, its right edge, how many stand in its row."""

    x: float
    y: float
    right: float
    text: str
    value: Decimal
    percent: bool
    label: str
    in_row: int


@dataclass(slots=True)
class Counts:
    """What was found of the numbers in gold evidence that stand in tables."""

    numbers: int = 0
    value: int = 0
    scale: int = 0
    period: int = 0
    all_right: int = 0


def figures_of(page: pymupdf.Page) -> Iterator[Figure]:
    """The figures of a page that stand in a row with a label or another figure."""
    for row in _printed_rows(page):
        cells = _printed_cells(row)
        texts = [" ".join(word[4] for word in cell) for cell in cells]
        figures = [(text, cell) for text, cell in zip(texts, cells, strict=True) if _FIGURE.fullmatch(text)]
        label = "" if _FIGURE.fullmatch(texts[0]) else texts[0]
        if all(_YEAR.fullmatch(text) for text, _ in figures) or (len(figures) < 2 and not label):
            continue
        first_year = bool(_YEAR.fullmatch(texts[0]))
        for text, cell in figures:
            match = _FIGURE.fullmatch(text)
            if match is None or (cell is cells[0] and first_year):
                continue
            yield Figure(
                x=(cell[0][0] + cell[-1][2]) / 2,
                y=(cell[0][1] + cell[0][3]) / 2,
                right=cell[-1][2],
                text=match[1],
                value=Decimal(match[1].replace(",", "")) * (-1 if "(" in text else 1),
                percent="%" in text,
                label=label or (texts[0] if first_year else ""),
                in_row=len(figures) - first_year,
            )


def _printed_rows(page: pymupdf.Page) -> list[list[Any]]:
    rows: list[tuple[float, list[Any]]] = []
    words = page.get_text("words")  # type: ignore[no-untyped-call]
    for word in sorted(words, key=lambda word: ((word[1] + word[3]) / 2, word[0])):
        middle = (word[1] + word[3]) / 2
        if rows and abs(middle - rows[-1][0]) < 2.5:
            rows[-1][1].append(word)
        else:
            rows.append((middle, [word]))
    return [sorted(words, key=lambda word: word[0]) for _, words in rows]


def _printed_cells(row: Sequence[Any]) -> list[list[Any]]:
    cells: list[list[Any]] = []
    for word in row:
        near = bool(cells) and word[0] - cells[-1][-1][2] < 0.5 * (word[3] - word[1])
        if cells and (near or word[4] in ")%"):
            cells[-1].append(word)
        else:
            cells.append([word])
    return cells


def gold_figures(figures: Sequence[Figure], evidence: str) -> list[Figure]:
    """The figures that the evidence text holds with their row's label."""
    numbers = set(_NUMBER.findall(evidence))
    letters = _letters(evidence)
    return [f for f in figures if f.text in numbers and _letters(f.label)[:_LABEL_CHARS] in letters]


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def cell_at(cells: Sequence[Cell], figure: Figure) -> Cell | None:
    """The cell that stands where a figure stands and has its value, if one was found."""
    for cell in cells:
        box = cell.box
        if (
            box
            and box.y0 - 2 <= figure.y <= box.y1 + 2
            and box.x0 - 3 <= figure.x <= box.x1 + 3
            and cell.value == figure.value
        ):
            return cell
    return None


def expected(label: dict[str, Any], figure: Figure, figures: Sequence[Figure]) -> tuple[int, str | None]:
    """The scale and the period ("end/months" or None) of a figure, by what a person read on the page."""
    columns: list[str | None] = label["columns"]
    rows: dict[float, list[float]] = {}
    for other in figures:
        if _inside(label, other) and other.in_row == len(columns):
            rows.setdefault(other.y, []).append(other.right)
    edges = [
        median(right)
        for right in zip(*(sorted(row) for row in rows.values() if len(row) == len(columns)), strict=True)
    ]
    column = min(range(len(edges)), key=lambda at: abs(edges[at] - figure.right), default=0)
    scale = label.get("column_scales", [label["scale"]] * len(columns))[column]
    scale = next((own for top, bottom, own in label.get("rows", ()) if top <= figure.y <= bottom), scale)
    scale = 1 if figure.percent else scale
    if label.get("periods_by") == "row":
        return scale, figure.label if _YEAR.fullmatch(figure.label) else None
    return scale, columns[column]


def _inside(label: dict[str, Any], figure: Figure) -> bool:
    return bool(label.get("top", 0) <= figure.y <= label.get("bottom", 10_000))


def is_period_right(found: Period | None, wanted: str | None) -> bool:
    """Whether a period is the one printed.

    >>> is_period_right(Period("2018", 12), "2018-12-31/12")
    True
    >>> is_period_right(Period("2018-12-31", 0), "2018-12-31/12")
    False
    """
    if found is None or wanted is None:
        return found is None and wanted is None
    end, _, months = wanted.partition("/")
    if not (found.end.startswith(end) or end.startswith(found.end)):
        return False
    return not months or found.months == int(months)


def measure(data: Path, wrong: list[str]) -> Counts:
    """Counts over the labelled evidence pages; what is not right is added to ``wrong``."""
    evidence: dict[tuple[str, int], str] = {}
    with (data / "questions.jsonl").open(encoding="utf-8") as lines:
        for question in map(json.loads, lines):
            for item in question["evidence"]:
                key = (question["doc_id"], item["page"])
                evidence[key] = evidence.get(key, "") + "\n" + item["text"]
    labels = json.loads(_LABELS.read_text(encoding="utf-8"))
    counts = Counts()
    for name in sorted({label["doc"] for label in labels}):
        path = data / "docs" / f"{name}.pdf"
        document = load(path, path.read_bytes(), IngestSettings())
        tables = find_tables(document, find_sections(document))
        with pymupdf.open(path) as pdf:  # type: ignore[no-untyped-call]
            for page in sorted({label["page"] for label in labels if label["doc"] == name}):
                cells = [
                    cell
                    for table in tables
                    for cell in table.cells
                    if cell.page == page and cell.value is not None
                ]
                figures = list(figures_of(pdf[page]))
                here = [label for label in labels if label["doc"] == name and label["page"] == page]
                for figure in gold_figures(figures, evidence[name, page]):
                    label = next((label for label in here if _inside(label, figure)), None)
                    if label is not None:
                        problem = _count(counts, cell_at(cells, figure), expected(label, figure, figures))
                        wrong += (
                            [f"{name} p{page} {figure.label[:40]} {figure.text}: {problem}"]
                            if problem
                            else []
                        )
    return counts


def _count(counts: Counts, cell: Cell | None, wanted: tuple[int, str | None]) -> str:
    counts.numbers += 1
    if cell is None:
        return "not found"
    scale = cell.scale == wanted[0]
    period = is_period_right(cell.period, wanted[1])
    counts.value += 1
    counts.scale += scale
    counts.period += period
    counts.all_right += scale and period
    return "" if scale and period else f"scale {cell.scale} period {cell.period} wanted {wanted}"


def speed(data: Path) -> dict[str, float]:
    """Pages per CPU second of finding tables alone and together with loading, over a few filings."""
    pages, loading, finding = 0, 0.0, 0.0
    for path in sorted((data / "docs").glob("*10K.pdf"))[:: max(1, 30 // _SPEED_FILES)][:_SPEED_FILES]:
        content = path.read_bytes()
        start = time.process_time()
        document = load(path, content, IngestSettings())
        sections = find_sections(document)
        middle = time.process_time()
        find_tables(document, sections)
        loading += middle - start
        finding += time.process_time() - middle
        pages += len(document.pages)
    return {
        "pages": pages,
        "tables_alone": pages / finding,
        "with_loading_and_sections": pages / (loading + finding),
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--wrong", action="store_true", help="list every number that is not right")
    options = parser.parse_args()
    data = data_folder("financebench")
    wrong: list[str] = []
    counts = measure(data, wrong)
    rates = speed(data)
    if options.json:
        print(json.dumps({**asdict(counts), "pages_per_cpu_second": rates, "wrong": wrong}))
        return 0
    print(f"numbers of gold evidence in tables  {counts.numbers}")
    for name in ("value", "scale", "period", "all_right"):
        found = getattr(counts, name)
        print(f"{name:<35} {found:>5}  {found / max(counts.numbers, 1):.1%}")
    alone, together = rates["tables_alone"], rates["with_loading_and_sections"]
    print(f"pages per CPU second: tables alone {alone:.0f}, with loading {together:.0f}")
    if options.wrong:
        print("\n".join(wrong))
    return 0


if __name__ == "__main__":
    sys.exit(main())
