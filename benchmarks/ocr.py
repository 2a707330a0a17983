"""How well scanned filings are read: figures and words of pages drawn, put into a PDF and read back.

What the filing itself holds as text is the truth, so nothing is judged by hand; needs Tesseract.
``python -m benchmarks.ocr [--pages N] [--seed N] [--parser pymupdf|pypdfium2] [--json]``
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import pymupdf

from benchmarks.data_folder import data_folder
from ingest.loaders import load
from ingest.loaders.ocr import installed
from rag.settings import IngestSettings
from rag.types import Document

_FIGURE = re.compile(r"\d[\d,]{0,20}(?:\.\d{1,8})?")
_WORD = re.compile(r"[a-z]{3,40}")
_LEAST_TEXT = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """How pages are scanned: dots an inch, and degrees by which the paper lies askew."""

    dpi: int
    skew: float = 0.0


SCANS = (Scan(dpi=300), Scan(dpi=200), Scan(dpi=150), Scan(dpi=200, skew=0.5), Scan(dpi=200, skew=1.0))


def figures(text: str) -> Counter[str]:
    """The figures of two characters and more in a text; a digit alone is a list's or a footnote's number.

    Percent signs are left out: files set them apart or not, whatever the page looks like.

    >>> figures("Item 7: $1,577 (12.5%), 1,577")
    Counter({'1,577': 2, '12.5': 1})
    """
    found = (match.rstrip(",") for match in _FIGURE.findall(text))
    return Counter(figure for figure in found if len(figure) > 1)


def words(text: str) -> Counter[str]:
    """The words of three letters and more in a text, in lower case."""
    return Counter(_WORD.findall(text.lower()))


def share(truth: Iterable[Counter[str]], read: Iterable[Counter[str]]) -> float:
    """How many of some pages' words are on the same pages as read, each counted as often as it stands.

    >>> share([Counter(a=2, b=2)], [Counter(a=1, b=3)])
    0.75
    """
    pairs = list(zip(truth, read, strict=True))
    return sum((one & other).total() for one, other in pairs) / max(sum(one.total() for one, _ in pairs), 1)


def sample(paths: Sequence[Path], count: int, seed: int) -> list[tuple[Path, int]]:
    """Pages with text on them, of different filings as far as there are as many."""
    chance = random.Random(seed)  # noqa: S311 - a sample, no secret
    order = chance.sample(paths, len(paths))
    found: list[tuple[Path, int]] = []
    for path in order * (count // len(order) + 1):
        if len(found) == count:
            break
        with pymupdf.open(path) as file:  # type: ignore[no-untyped-call]
            number = chance.randrange(file.page_count)
            if len(file[number].get_text()) >= _LEAST_TEXT:
                found.append((path, number))
    return found


def scanned(pages: Sequence[tuple[Path, int]], scan: Scan) -> bytes:
    """A PDF of pictures of some pages."""
    with pymupdf.open() as result:  # type: ignore[no-untyped-call]
        for path, number in pages:
            with pymupdf.open(path) as file:  # type: ignore[no-untyped-call]
                _add_scan(result, file[number], scan)
        return bytes(result.tobytes(deflate=True))


def _add_scan(result: Any, page: Any, scan: Scan) -> None:  # noqa: ANN401 - the library has no types
    scale = scan.dpi / 72
    matrix = pymupdf.Matrix(scale, scale).prerotate(scan.skew)  # type: ignore[no-untyped-call]
    pixels = page.get_pixmap(matrix=matrix, colorspace=pymupdf.csGRAY, alpha=False)
    new = result.new_page(width=pixels.width / scale, height=pixels.height / scale)
    new.insert_image(new.rect, stream=pixels.tobytes("jpeg"))


def page_texts(document: Document) -> list[str]:
    """The text of each page."""
    return [document.text[page.start : page.end] for page in document.pages]


def measure(pages: Sequence[tuple[Path, int]], scan: Scan, settings: IngestSettings) -> dict[str, float]:
    """Shares of figures and words read, share of the figures read that are right, seconds a page."""
    truth = []
    for path, number in pages:
        with pymupdf.open(path) as file:  # type: ignore[no-untyped-call]
            truth.append(file[number].get_text())
    data = scanned(pages, scan)
    start = perf_counter()
    read = page_texts(load(Path("scan.pdf"), data, settings))
    seconds = perf_counter() - start
    gold, found = [figures(text) for text in truth], [figures(text) for text in read]
    return {
        "figures": share(gold, found),
        "figures_right": share(found, gold),
        "words": share([words(text) for text in truth], [words(text) for text in read]),
        "seconds_per_page": seconds / len(pages),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=12, help="how many pages, each of another filing")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--parser", choices=("pymupdf", "pypdfium2"), default="pymupdf")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    settings = IngestSettings(pdf_parser=arguments.parser)
    if installed(settings.ocr_language) is None:
        sys.exit("Tesseract is not on the PATH; install it")
    paths = sorted(data_folder("financebench").glob("docs/*.pdf"))
    pages = sample(paths, arguments.pages, arguments.seed)
    results = {f"{scan.dpi} dpi, {scan.skew:g}°": measure(pages, scan, settings) for scan in SCANS}
    if arguments.json:
        print(json.dumps({"pages": len(pages), "scans": results}, ensure_ascii=False))
        return
    print(f"{len(pages)} pages      figures found  of these right  words found  s/page")
    for name, row in results.items():
        found = "".join(f"{row[key]:14.3f}" for key in ("figures", "figures_right", "words"))
        print(f"{name:<14}{found}{row['seconds_per_page']:9.1f}")


if __name__ == "__main__":
    main()
