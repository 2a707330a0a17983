"""Reading a file end to end: every reason to refuse, process borders, damaged files, fingerprints."""

from __future__ import annotations

import json
import os
import pickle
import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.reader import SUFFIXES, ReadDocument, read_file, reader_fingerprint
from rag.errors import DocumentError
from rag.settings import IngestSettings
from tests.ingest.papers import Print, check_document, paragraph, pdf

SETTINGS = IngestSettings()
SAMPLE = pdf(
    [
        Print(72, 80, "1. Definitions", 12, bold=True),
        *paragraph(72, 110, "The Borrower shall pay.", "So it is agreed."),
    ],
    paragraph(72, 90, "More of the same on page two."),
)
REASONS = {"empty", "encrypted", "broken", "unsupported", "no-text", "too-large", "unreadable"}


def refused(path: Path, settings: IngestSettings = SETTINGS) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        read_file(path, settings)
    assert path.name in caught.value.message
    assert caught.value.remedy
    return caught.value


def test_a_file_is_read_to_chunks(tmp_path: Path) -> None:
    path = tmp_path / "ACME_2020.pdf"
    path.write_bytes(SAMPLE)
    result = read_file(path, SETTINGS)
    check_document(result.document)
    assert result.sections[1].title == "Definitions"
    assert [chunk.document_id for chunk in result.chunks] == [result.document.id] * len(result.chunks)
    assert "".join("".join(c.text for c in result.chunks).split()) == "".join(result.document.text.split())


def test_results_and_errors_cross_process_borders(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(SAMPLE)
    result = read_file(path, SETTINGS)
    assert pickle.loads(pickle.dumps(result)) == result  # noqa: S301 - our own bytes
    error = refused(tmp_path / "missing.txt")
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert (copy.reason, str(copy)) == (error.reason, str(error))


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    assert refused(tmp_path / "missing.txt").reason == "unreadable"
    assert refused(tmp_path).reason == "unreadable"


def test_files_that_are_too_large(tmp_path: Path) -> None:
    path = tmp_path / "big.txt"
    with path.open("wb") as stream:
        stream.truncate(2 * 1024 * 1024)
    assert refused(path, IngestSettings(max_file_mb=1)).reason == "too-large"


def test_suffixes_are_lower_case_with_a_dot() -> None:
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in SUFFIXES)
    assert {".pdf", ".html", ".txt", ".md"} <= SUFFIXES


def test_the_fingerprint_changes_exactly_when_results_could() -> None:
    one = reader_fingerprint(SETTINGS)
    assert reader_fingerprint(IngestSettings(workers=3, max_file_mb=1, file_timeout_s=1)) == one
    others = {
        reader_fingerprint(IngestSettings(pdf_parser="pypdfium2")),
        reader_fingerprint(IngestSettings(chunk_tokens=100)),
    }
    assert len(others | {one}) == 3


@given(
    st.binary(max_size=400),
    st.sampled_from(sorted(SUFFIXES)),
    st.sampled_from([b"", b"%PDF-1.4\n", b"<html>"]),
)
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, suffix: str, head: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any{suffix}"
    path.write_bytes(head + data)
    read_or_refused(path, SETTINGS)


@pytest.mark.slow
@pytest.mark.parametrize("parser", ["pymupdf", "pypdfium2"])
def test_damaged_pdfs_are_read_or_refused(parser: str, tmp_path: Path) -> None:
    rng = random.Random(7)  # noqa: S311 - which bytes are damaged is no secret
    settings = IngestSettings(pdf_parser=parser)
    seen: Counter[str] = Counter()
    for number in range(80):
        data = bytearray(SAMPLE)
        if number % 2:
            data = data[: rng.randrange(len(data))]
        else:
            for _ in range(rng.choice((1, 10, 100))):
                data[rng.randrange(len(data))] = rng.randrange(256)
        path = tmp_path / "damaged.pdf"
        path.write_bytes(data)
        seen[read_or_refused(path, settings)] += 1
    assert seen["read"]
    assert seen["broken"]


def read_or_refused(path: Path, settings: IngestSettings) -> str:
    try:
        result = read_file(path, settings)
    except DocumentError as error:
        refusal = error
    else:
        check_document(result.document)
        return "read"
    assert "\n" not in str(refusal)
    # A refusal names the file's fault, not a slip of ours.
    assert "cannot be read (" not in refusal.message
    return refusal.reason


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("name", ["cuad", "contractnli", "legalbenchrag"])
def test_offsets_of_the_judged_sets_hold(name: str) -> None:
    folder = os.environ.get("COVENANT_DATA")
    if not folder:
        pytest.skip("set COVENANT_DATA to the folder of the judged sets")
    root = Path(folder) / name
    documents: dict[str, ReadDocument] = {}
    checked = 0
    for line in (root / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        question = json.loads(line)
        for answer in question["answers"]:
            key = answer.get("doc_id") or question["doc_id"]
            if key not in documents:
                path = root / "docs" / f"{key}.txt"
                documents[key] = read_file(path if path.exists() else root / "docs" / key, SETTINGS)
            text = documents[key].document.text
            assert text[answer["start"] : answer["end"]] == answer["text"]
            checked += 1
    assert checked > 1000
