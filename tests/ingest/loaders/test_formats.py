"""What a file is, its content decides."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.loaders import load
from rag.errors import DocumentError
from rag.fingerprints import hash_bytes
from rag.settings import IngestSettings
from tests.ingest.papers import Print, pdf

PDF = pdf([Print(72, 72, "Words")])
HTML = b"<!DOCTYPE html><html><p>Words</p></html>"


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("a.txt", PDF, "application/pdf"),
        ("a", b"\r\n" + PDF, "application/pdf"),
        ("a.html", HTML, "text/html"),
        ("a.txt", HTML, "text/html"),
        ("a.pdf", HTML, "text/html"),
        ("a.HTM", b"<p>Words", "text/html"),
        ("a.txt", b"Words", "text/plain"),
        ("a.csv", b"Words", "text/plain"),
        ("a.markdown", b"Words", "text/markdown"),
        ("a.md", b"<html> is a tag", "text/markdown"),
    ],
)
def test_media_type(name: str, data: bytes, media_type: str) -> None:
    document = load(Path("folder") / name, data, IngestSettings())
    assert document.media_type == media_type
    assert document.text.split()[0] in {"Words", "<html>"}
    assert document.id == hash_bytes(data)
    assert document.name == "a"


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", b"", "empty"),
        ("a.pdf", b"", "empty"),
        ("a.html", b" \n\t ", "empty"),
        ("a.docx", b"PK\x03\x04rest", "broken"),
        ("a.txt", b"\x89PNG\r\n\x1a\n rest", "unsupported"),
        ("a.pdf", b"PK\x03\x04rest", "broken"),
        ("a.pdf", b"Words", "broken"),
        ("a.doc", b"\xd0\xcf\x11\xe0rest", "unsupported"),
    ],
)
def test_refusals(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(DocumentError) as caught:
        load(Path(name), data, IngestSettings())
    assert caught.value.reason == reason
    assert caught.value.message.startswith(name)
    assert caught.value.remedy
