"""What a file is, by its first bytes."""

from __future__ import annotations

import pytest

from ingest.loaders import suffix_of
from rag.errors import DocumentError


@pytest.mark.parametrize(
    ("start", "name", "suffix"),
    [
        (b"%PDF-1.7\n", "a.txt", ".pdf"),
        (b"junk before\n%PDF-1.4", "a", ".pdf"),
        (b"PK\x03\x04...", "a.pdf", ".docx"),
        (b"<!DOCTYPE html><p>", "a.txt", ".html"),
        (b"\xef\xbb\xbf  <html>", "a.pdf", ".html"),
        (b"Section 1.1", "a.pdf", ".txt"),
        (b"# Notes", "a.MD", ".md"),
        ("Größe".encode("utf-16"), "a.txt", ".txt"),
    ],
)
def test_the_bytes_decide(start: bytes, name: str, suffix: str) -> None:
    assert suffix_of(start, name) == suffix


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        (b"", "empty"),
        (b" \n\x00", "empty"),
        (b"\x89PNG\r\n", "unsupported"),
        (b"\xd0\xcf\x11\xe0....", "unsupported"),
        (b"MZ\x90\x00\x03", "unsupported"),
        (b"{\\rtf1", "unsupported"),
    ],
)
def test_what_cannot_be_read_is_refused(start: bytes, reason: str) -> None:
    with pytest.raises(DocumentError) as refused:
        suffix_of(start, "a.pdf")
    assert refused.value.reason == reason
