"""Scanned pages from file to index: mixed PDFs go through ``ingest``, a program stands for Tesseract.

The program is a real process that answers as Tesseract does; which pages are pictures, drawing, caching, the
catalog, the index and the report are ours.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.build import ingest
from ingest.loaders.ocr import installed
from rag.catalog import Catalog
from rag.settings import Settings
from rag.types import Page
from rag.workspace import Workspace
from tests.ingest.papers import HEIGHT, WIDTH, paragraph, pdf
from tests.ingest.test_build import NOON

# No types come with it.
pymupdf: Any = importlib.import_module("pymupdf")
FAKE = r"""#!/bin/sh
case "$*" in
*--version*) echo "tesseract 9.9.9" ;;
*--list-langs*) printf 'List of available languages (1):\neng\n' ;;
*)
    /bin/cat > "{folder}/picture"
    printf x >> "{folder}/calls"
    if [ -e "{folder}/jammed" ]; then echo "Error during processing" >&2; exit 1; fi
    at=300
    for word in Wombat fees were 1,577 in 2018; do
        printf '5\t1\t1\t1\t1\t1\t%d\t300\t100\t40\t96.5\t%s\n' "$at" "$word"
        at=$((at + 120))
    done ;;
esac
"""
TEXT = (
    "SCHEDULE OF FEES",
    "The numbat fee of this page is $42, and it is printed as text that no program need read.",
)


class Program:
    """The program on the PATH and what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self) -> None:
        """Install it."""
        path = self.folder / "tesseract"
        path.write_text(FAKE.format(folder=self.folder))
        path.chmod(0o755)
        installed.cache_clear()

    def take_away(self) -> None:
        """Uninstall it."""
        (self.folder / "tesseract").unlink()
        installed.cache_clear()

    def jam(self, *, jammed: bool) -> None:
        """Let it fail on every page, or no more."""
        (self.folder / "jammed").touch() if jammed else (self.folder / "jammed").unlink()

    @property
    def calls(self) -> int:
        """How many pages it was asked to read."""
        calls = self.folder / "calls"
        return len(calls.read_text()) if calls.exists() else 0


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", os.fspath(folder))
    found = Program(folder)
    found.put()
    yield found
    installed.cache_clear()


@pytest.fixture(params=["pymupdf", "pypdfium2"])
def settings(request: pytest.FixtureRequest) -> Settings:
    chosen = f"ingest.pdf_parser={request.param}"
    return Settings.load(None, environ={}, overrides=["embedder.kind=hashing", "ingest.workers=1", chosen])


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "work")


def mixed(*kinds: str) -> bytes:
    """A PDF with a page for each kind: "text", or "scan" with the degrees that it is turned ("scan90")."""
    with pymupdf.open() as file, pymupdf.open(stream=pdf(paragraph(72, 100, *TEXT))) as printed:
        for number, kind in enumerate(kinds):
            if kind == "text":
                file.insert_pdf(printed)
                continue
            with pymupdf.open(stream=pdf(paragraph(72, 100 + 20 * number, f"Page {number}"))) as one:
                pixels = one[0].get_pixmap(dpi=60, colorspace="GRAY")
            page = file.new_page(width=WIDTH, height=HEIGHT)
            page.insert_image(page.rect, pixmap=pixels)
            page.set_rotation(int(kind.removeprefix("scan") or 0))
        return bytes(file.tobytes(deflate=True))


def pages_of(workspace: Workspace) -> list[tuple[Page, str]]:
    """The pages of the one document of a workspace, each with its text."""
    with Catalog(workspace.catalog_file) as catalog:
        (record,) = catalog.documents()
        text = catalog.text(record.id)
        return [(page, text[page.start : page.end]) for page in catalog.pages(record.id)]


def test_only_scanned_pages_are_read_and_are_found(
    tmp_path: Path, workspace: Workspace, settings: Settings, program: Program
) -> None:
    path = tmp_path / "mixed.pdf"
    path.write_bytes(mixed("text", "scan", "text", "scan90"))
    (outcome,) = ingest(workspace, [path], settings, clock=lambda: NOON).files
    assert (outcome.status, outcome.pages, outcome.unreadable) == ("added", 4, ())
    assert program.calls == 2
    pages = pages_of(workspace)
    assert [page.origin for page, _ in pages] == ["text", "ocr", "text", "ocr"]
    assert ["1,577" in text for _, text in pages] == [False, True, False, True]
    assert ["$42" in text for _, text in pages] == [True, False, True, False]
    with Catalog(workspace.catalog_file) as catalog:
        (record,) = catalog.documents()
        at = catalog.text(record.id).index("Wombat fees")
        (box,) = catalog.boxes(record.id, at, at + len("Wombat"))
        assert any("1,577" in catalog.text_of(record.id, c.start, c.end) for c in catalog.iter_chunks())
    assert box.page == 1
    assert (box.x0, box.y0) == pytest.approx((72, 72), abs=1)


def test_a_page_is_read_once_whatever_is_ingested_again(
    tmp_path: Path, workspace: Workspace, settings: Settings, program: Program
) -> None:
    path = tmp_path / "mixed.pdf"
    path.write_bytes(mixed("scan", "text", "scan"))
    ingest(workspace, [path], settings, clock=lambda: NOON)
    again = ingest(workspace, [path], settings, clock=lambda: NOON)
    assert (again.count("unchanged"), program.calls) == (1, 2)
    finer = settings.model_copy(update={"ingest": settings.ingest.model_copy(update={"chunk_tokens": 100})})
    assert ingest(workspace, [path], finer, clock=lambda: NOON).count("added") == 1
    assert program.calls == 2


def test_without_the_program_pages_are_named_and_read_once_it_is_there(
    tmp_path: Path, workspace: Workspace, settings: Settings, program: Program
) -> None:
    path = tmp_path / "mixed.pdf"
    path.write_bytes(mixed("scan", "text", "scan"))
    program.take_away()
    (outcome,) = ingest(workspace, [path], settings, clock=lambda: NOON).files
    assert (outcome.status, outcome.unreadable) == ("added", (0, 2))
    assert [page.origin for page, _ in pages_of(workspace)] == ["unreadable", "text", "unreadable"]
    (outcome,) = ingest(workspace, [path], settings, clock=lambda: NOON).files
    assert (outcome.status, outcome.unreadable) == ("unchanged", (0, 2))
    program.put()
    (outcome,) = ingest(workspace, [path], settings, clock=lambda: NOON).files
    assert (outcome.status, outcome.unreadable) == ("added", ())
    assert [page.origin for page, _ in pages_of(workspace)] == ["ocr", "text", "ocr"]


def test_a_file_of_scans_alone_is_no_text_until_the_program_is_there(
    tmp_path: Path, workspace: Workspace, settings: Settings, program: Program
) -> None:
    path = tmp_path / "scans.pdf"
    path.write_bytes(mixed("scan", "scan"))
    program.take_away()
    (outcome,) = ingest(workspace, [path], settings, clock=lambda: NOON).files
    assert (outcome.status, outcome.reason) == ("failed", "no-text")
    assert "Tesseract" in outcome.message
    program.put()
    (outcome,) = ingest(workspace, [path], settings, clock=lambda: NOON).files
    assert (outcome.status, outcome.pages) == ("added", 2)


def test_a_program_that_fails_costs_the_page_not_the_file(
    tmp_path: Path, workspace: Workspace, settings: Settings, program: Program
) -> None:
    path = tmp_path / "mixed.pdf"
    path.write_bytes(mixed("text", "scan"))
    program.jam(jammed=True)
    (outcome,) = ingest(workspace, [path], settings, clock=lambda: NOON).files
    assert (outcome.status, outcome.unreadable, program.calls) == ("added", (1,), 1)
    assert not [path for path in workspace.cache.rglob("*") if path.is_file()]
