"""How fast filings are read: pages per CPU second of one process, stage after stage, all in one run.

The first two rows are what a reader without structure does and stand for the machine: machines differ,
ratios do not. ``python -m benchmarks.reading [--files N] [--parser pymupdf|pypdfium2] [--json]``
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from time import process_time
from typing import Any

import pymupdf

from benchmarks.data_folder import data_folder
from ingest.chunking import cut_chunks
from ingest.loaders import load
from ingest.sections import find_sections
from ingest.structure import find_structure
from ingest.tables.build import find_tables
from rag.settings import IngestSettings
from rag.structure import Structure

_SAME_ROW = 3.0


def plain_text(path: Path) -> int:
    """Every page's text as the engine gives it; returns the number of pages."""
    with pymupdf.open(path) as document:  # type: ignore[no-untyped-call]
        for page in document:
            page.get_text()
        return int(document.page_count)


def plain_rows(path: Path) -> int:
    """Every page's words sorted into rows by their height alone."""
    with pymupdf.open(path) as document:  # type: ignore[no-untyped-call]
        for page in document:
            rows: dict[int, list[tuple[float, str]]] = {}
            for word in page.get_text("words"):
                rows.setdefault(round(word[3] / _SAME_ROW), []).append((word[0], word[4]))
            "\n".join(" ".join(text for _, text in sorted(rows[key])) for key in sorted(rows))
        return int(document.page_count)


def stages(settings: IngestSettings) -> dict[str, Callable[[Path], int]]:
    """What is timed: each does all that the one before does, and more."""

    def loaded(path: Path) -> Any:  # noqa: ANN401
        return load(path, path.read_bytes(), settings)

    def text(path: Path) -> int:
        return len(loaded(path).pages)

    def sections(path: Path) -> int:
        document = loaded(path)
        cut_chunks(document, find_sections(document), settings.chunk_tokens)
        return len(document.pages)

    def tables(path: Path) -> int:
        document = loaded(path)
        found = find_sections(document)
        structure = Structure(tables=find_tables(document, found))
        cut_chunks(document, found, settings.chunk_tokens, structure)
        return len(document.pages)

    def everything(path: Path) -> int:
        document = loaded(path)
        found = find_sections(document)
        cut_chunks(document, found, settings.chunk_tokens, find_structure(document, found))
        return len(document.pages)

    return {
        "text of the engine alone": plain_text,
        "words sorted to rows": plain_rows,
        "text, lines, boxes": text,
        "… with sections and chunks": sections,
        "… with tables": tables,
        "… with facts, definitions, references": everything,
    }


def measure(paths: Sequence[Path], settings: IngestSettings) -> dict[str, float]:
    """Pages per CPU second by stage; files are taken in turn, so that drift hits all stages alike."""
    named = stages(settings)
    pages = dict.fromkeys(named, 0)
    seconds = dict.fromkeys(named, 0.0)
    for path in paths:
        for name, stage in named.items():
            start = process_time()
            pages[name] += stage(path)
            seconds[name] += process_time() - start
    return {name: pages[name] / seconds[name] for name in named}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10, help="how many filings, evenly over the set")
    parser.add_argument("--parser", choices=("pymupdf", "pypdfium2"), default="pymupdf")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    paths = sorted(data_folder("financebench").glob("docs/*.pdf"))
    paths = paths[:: max(1, len(paths) // arguments.files)][: arguments.files]
    rates = measure(paths, IngestSettings(pdf_parser=arguments.parser))
    if arguments.json:
        print(json.dumps({"files": len(paths), "pages_per_cpu_second": rates}))
        return
    base = next(iter(rates.values()))
    for name, rate in rates.items():
        print(f"{name:<40} {rate:7.0f} pages/cpu-s  {rate / base:5.2f}")


if __name__ == "__main__":
    main()
