"""Positions: what a loader says stands at a span stands there, and on PDF pages boxes cover its words."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfbase.pdfmetrics import stringWidth

from ingest.loaders import load
from rag.layout import box_of, unpack_places
from rag.settings import IngestSettings
from rag.types import Box, Document, Line
from tests.ingest.papers import HEIGHT, Print, check_document, lines_of, pdf
from tests.ingest.words import PAGE_BREAK, docx, p, run, table

# No types come with it.
pymupdf: Any = importlib.import_module("pymupdf")
ENGINES = ("pymupdf", "pypdfium2")
CELLS = st.lists(st.sampled_from(["", "Revenue", "1,577", "$", "(370)", "as of"]), min_size=1, max_size=4)
PARAGRAPHS = st.text(alphabet="ab \t“é1.", max_size=20)
BLOCK = st.one_of(
    PARAGRAPHS.map(lambda words: ("p", words)),
    st.lists(CELLS, min_size=1, max_size=3).map(lambda rows: ("table", rows)),
    st.just(("page", None)),
)
BLOCKS = st.lists(BLOCK, max_size=8)


def read(name: str, data: bytes, engine: str = ENGINES[0]) -> Document:
    document = load(Path(name), data, IngestSettings(pdf_parser=engine))
    check_document(document)
    for _, line in lines(document):
        places = unpack_places(line.places)
        assert [place.offset for place in places] == sorted({place.offset for place in places})
        assert all(place.offset < line.end - line.start and place.x0 <= place.x1 for place in places)
    return document


def lines(document: Document) -> Iterator[tuple[int, Line]]:
    return ((page.number, line) for page in document.pages for line in page.lines)


def words_of(document: Document) -> list[str]:
    return document.text.split()


def expected_words(blocks: list[tuple[str, Any]]) -> str:
    """The letters of the blocks in order, without white space: cells of one figure are joined."""
    parts: list[str] = []
    for kind, content in blocks:
        if kind == "p":
            parts.append(content)
        elif kind == "table":
            parts += [cell for row in content for cell in row]
    return "".join("".join(parts).split())


# Formats without a layout: nothing lost, nothing added, each line at its span


def html_of(blocks: list[tuple[str, Any]]) -> str:
    parts = []
    for kind, content in blocks:
        if kind == "p":
            parts.append(f"<p>{content}</p>")
        elif kind == "table":
            rows = ("".join(f"<td>{cell}</td>" for cell in row) for row in content)
            parts.append(f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>")
        else:
            parts.append('<hr style="page-break-after: always">')
    return f"<html><body><p>start{''.join(parts)}</body></html>"


def docx_of(blocks: list[tuple[str, Any]]) -> bytes:
    parts = []
    for kind, content in blocks:
        if kind == "p":
            parts.append(p(run(content)))
        else:
            parts.append(table(content) if kind == "table" else p(PAGE_BREAK))
    return docx(p("start"), *parts)


@given(BLOCKS)
def test_html_and_word_files_keep_every_letter_in_order(blocks: list[tuple[str, Any]]) -> None:
    for document in (read("a.html", html_of(blocks).encode()), read("a.docx", docx_of(blocks))):
        if document.media_type == "text/html" and len(document.pages) > 1:
            # Lone numbers at a page's end are taken for its number and are not text.
            continue
        assert "".join(words_of(document)) == "start" + expected_words(blocks)
        assert "".join("".join(lines_of(document)).split()) == "".join(words_of(document))


@given(st.text(alphabet="ab #-\t\r\n\x0c<PAGE>“é`", max_size=60), st.sampled_from(["a.txt", "a.md"]))
def test_text_is_unchanged_and_all_of_it_stands_in_lines(text: str, name: str) -> None:
    text = f"x{text}"
    document = read(name, text.encode())
    assert document.text == text
    assert "".join("".join(lines_of(document)).split()) == "".join(text.split())


# PDF


@st.composite
def printed_pages(draw: st.DrawFn) -> list[list[Print]]:
    """Pages of words, each of them unique, on a grid that keeps them apart."""
    pages = []
    for number in range(draw(st.integers(1, 3))):
        size = draw(st.sampled_from([7, 10, 12]))
        places = draw(
            st.sets(st.tuples(st.integers(0, 6), st.integers(0, 20)), min_size=1, max_size=30).map(sorted)
        )
        pages.append(
            [
                Print(
                    50 + 75 * x + draw(st.integers(0, 20)),
                    60 + 30 * y,
                    f"w{number}x{x}y{y}",
                    size,
                    y % 3 == 0,
                )
                for x, y in places
            ]
        )
    return pages


@pytest.mark.slow
@settings(max_examples=40)
@given(printed_pages())
def test_boxes_are_where_the_words_were_printed(pages: list[list[Print]]) -> None:
    data = pdf(*pages)
    for engine in ENGINES:
        document = read("a.pdf", data, engine)
        for number, marks in enumerate(pages):
            for mark in marks:
                line, box = box_at(document, mark.text)
                font = "Times-Bold" if mark.bold else "Times-Roman"
                assert line.places
                assert box.page == number
                assert box.x0 == pytest.approx(mark.x, abs=1.0), engine
                assert box.x1 == pytest.approx(mark.x + stringWidth(mark.text, font, mark.size), abs=1.0), (
                    engine
                )
                # From the letters' tops to below the line they stand on.
                assert box.y0 < mark.y - 0.6 * mark.size < mark.y <= box.y1 + 0.1 < HEIGHT


def box_at(document: Document, word: str) -> tuple[Line, Box]:
    """The line that holds a word, and the word's box."""
    for _, line in lines(document):
        words = document.text[line.start : line.end]
        at = f"{words} ".find(f"{word} ")
        if at >= 0:
            start = line.start + at
            assert document.text[start : start + len(word)] == word
            box = box_of(line, start, start + len(word))
            assert box is not None
            return line, box
    pytest.fail(f"{word} is not in the text")


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("folder", ["financebench/docs", "cuad/pdf"])
def test_boxes_cover_the_words_of_real_pages(folder: str, engine: str) -> None:
    root = os.environ.get("COVENANT_DATA")
    if root is None:
        pytest.skip("COVENANT_DATA is not set")
    files = sorted((Path(root) / folder).glob("*.pdf"), key=lambda path: path.stat().st_size)[:4]
    assert files
    right = total = 0
    for path in files:
        found = covered(read(path.name, path.read_bytes(), engine), path)
        right, total = right + found[0], total + found[1]
    assert total > 1_000
    assert right >= 0.99 * total, f"{right} of {total}"


def covered(document: Document, path: Path) -> tuple[int, int]:
    """Of the words that stand in lines, how many have a box that MuPDF's box of the same word lies in."""
    right = total = 0
    with pymupdf.open(path) as file:
        for page in document.pages:
            printed: dict[str, list[tuple[float, ...]]] = {}
            for x0, y0, x1, y1, word, *_ in file[page.number].get_text("words"):
                printed.setdefault(word, []).append((x0, y0, x1, y1))
            for line in page.lines:
                for word, box in boxed_words(document, line):
                    if word in printed:
                        total += 1
                        right += any(holds(box, edges) for edges in printed[word])
    return right, total


def boxed_words(document: Document, line: Line) -> Iterator[tuple[str, Box]]:
    starts = [line.start + place.offset for place in unpack_places(line.places)]
    for start, end in pairwise([*starts, line.end]):
        word = document.text[start:end].rstrip()
        box = box_of(line, start, start + len(word))
        assert box is not None
        yield word, box


def holds(box: Box, edges: tuple[float, ...], slack: float = 1.5) -> bool:
    """Whether the middle of a printed word lies in the box, and the box is no wider than the word."""
    x0, y0, x1, y1 = edges
    inside = box.y0 - slack <= (y0 + y1) / 2 <= box.y1 + slack
    return inside and abs(box.x0 - x0) <= slack and abs(box.x1 - x1) <= slack + 0.05 * (x1 - x0)
