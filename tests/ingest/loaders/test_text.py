"""Plain text and Markdown: the text is what was decoded, pages and lines are spans of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.loaders import load, text
from rag.errors import DocumentError
from rag.settings import IngestSettings
from tests.ingest.papers import check_document, lines_of


@example("\ufffd")
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\r\t\f #<>")))
def test_text_is_exactly_what_was_written(words: str) -> None:
    for media_type in (text.PLAIN, text.MARKDOWN):
        if not words.strip():
            with pytest.raises(DocumentError, match="white space"):
                text.load(Path("a.txt"), words.encode(), media_type)
        else:
            document = text.load(Path("a.txt"), words.encode(), media_type)
            assert document.text == words
            check_document(document)
            assert "".join("".join(lines_of(document)).split()) == "".join(
                words.replace("\ufeff", "").split()
            )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32", "utf-16-le-bom", "cp1252"])
def test_encodings(encoding: str) -> None:
    words = "“Naïve” — §7.2\r\n€5"
    data = b"\xff\xfe" + words.encode("utf-16-le") if encoding == "utf-16-le-bom" else words.encode(encoding)
    assert load(Path("a.txt"), data, IngestSettings()).text == words


def test_a_byte_order_mark_counts_as_it_does_for_other_readers(tmp_path: Path) -> None:
    path = tmp_path / "marked.txt"
    path.write_bytes(b"\xef\xbb\xbfFirst line\r\nSecond")
    document = load(path, path.read_bytes(), IngestSettings())
    with path.open(encoding="utf-8", newline="") as stream:
        assert document.text == stream.read()
    assert lines_of(document) == ["First line", "Second"]


@pytest.mark.parametrize(
    "data", [b"\x7fELF\x01\x02\x00\x00" * 40, bytes(range(256)) * 4, b"\x93\x00\x01" * 99]
)
def test_binary_data_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentError) as caught:
        load(Path("a.txt"), data, IngestSettings())
    assert caught.value.reason == "unsupported"


def test_form_feeds_and_page_lines_break_pages() -> None:
    document = load(Path("a.txt"), b"one\n\ftwo\n<PAGE>\nthree\n\f", IngestSettings())
    assert [document.text[p.start : p.end] for p in document.pages] == [
        "one\n\f",
        "two\n",
        "<PAGE>\nthree\n\f",
    ]


def test_markdown_headings_have_levels() -> None:
    source = "# Top Matters\n\nText # no\n\n## Second ##\n```\n# code\n```\nSetext\n======\n\n- item\n---\n"
    document = load(Path("a.md"), source.encode(), IngestSettings())
    levels = {
        document.text[x.start : x.end]: x.heading_level for x in document.pages[0].lines if x.heading_level
    }
    assert levels == {"# Top Matters": 1, "## Second ##": 2, "Setext": 1, "- item": 2}
    assert (document.title, document.media_type) == ("Top Matters", "text/markdown")
