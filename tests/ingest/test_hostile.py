"""Malformed, truncated and hostile files of every format: read, or refused with a reason, within limits."""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.loaders import load
from ingest.parse import read_files
from ingest.reader import read_file
from rag.errors import DocumentError
from rag.settings import IngestSettings
from rag.types import Document
from tests.ingest.papers import Print, check_document, lines_of, paragraph, pdf
from tests.ingest.words import docx, level, lists, p, root, run, table, unzipped, zipped

ENGINES = tuple(IngestSettings(pdf_parser=name) for name in ("pymupdf", "pypdfium2"))
REASONS = {"empty", "encrypted", "broken", "unsupported", "no-text", "too-large"}
PDF = pdf(paragraph(72, 100, "The Borrower shall not", "create any Lien."), [Print(72, 90, "Item 7", 14)])
WORD = docx(
    p("Definitions", item=(1, 0)),
    table([["Revenue", "1,577"], [table([["in"]]) + p(), "x"]]),
    p(run("words", "<w:b/>")),
    numbering=lists([level(0, "decimal", "%1.")]),
    styles="",
)
HTML = (
    b"<html><head><title>T</title></head><body><p style='font-size:10pt'>a<b>b</b></p><table><tr>"
    b"<td colspan='2'>Revenue</td><td rowspan=2>1,577</td></tr></table>"
    b"<div style='page-break-before:always'>&#151;c</div></body>"
)
FILES = {
    "pdf": PDF,
    "docx": WORD,
    "html": HTML,
    "md": b"# A\n\n```\n# b\n\xff\n",
    "txt": b"a\r\n\x0cb\xc3\n<PAGE>\n",
}
slowly = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def attempt(name: str, data: bytes, how: IngestSettings = ENGINES[0]) -> Document | None:
    """The document in the data, sound; or None where it was refused properly."""
    try:
        document = load(Path(name), data, how)
    except DocumentError as error:
        refused = error
    else:
        check_document(document)
        return document
    assert refused.reason in REASONS
    assert refused.message.startswith(name)
    assert refused.remedy
    assert "\n" not in str(refused)
    return None


def flipped(data: bytes, changes: list[tuple[float, int]]) -> bytes:
    result = bytearray(data)
    for where, bits in changes:
        result[int(where * len(result)) % len(result)] ^= bits
    return bytes(result)


CHANGES = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=12)


@pytest.mark.slow
@pytest.mark.parametrize("kind", FILES)
@slowly
@given(changes=CHANGES)
def test_flipped_bits(kind: str, changes: list[tuple[float, int]]) -> None:
    for how in ENGINES if kind == "pdf" else ENGINES[:1]:
        attempt(f"a.{kind}", flipped(FILES[kind], changes), how)


@pytest.mark.slow
@pytest.mark.parametrize("kind", FILES)
@slowly
@given(cut=st.floats(0, 1), junk=st.binary(max_size=40))
def test_truncated_and_with_junk(kind: str, cut: float, junk: bytes) -> None:
    data = FILES[kind]
    at = int(cut * len(data))
    for how in ENGINES if kind == "pdf" else ENGINES[:1]:
        attempt(f"a.{kind}", data[:at] + junk, how)
        attempt(f"a.{kind}", data[:at] + junk + data[at:], how)


@pytest.mark.slow
@slowly
@given(changes=CHANGES, part=st.sampled_from(["document", "styles", "numbering"]))
def test_flipped_bits_inside_of_a_word_file(changes: list[tuple[float, int]], part: str) -> None:
    parts = unzipped(WORD)
    inside = parts[f"word/{part}.xml"]
    assert isinstance(inside, bytes)
    attempt("a.docx", zipped({**parts, f"word/{part}.xml": flipped(inside, changes)}))


@given(st.binary(max_size=200), st.sampled_from(["a.pdf", "a.docx", "a.html", "a.md", "a.txt", "a"]))
def test_any_bytes(data: bytes, name: str) -> None:
    attempt(name, data)
    for start in (b"%PDF-1.7\n", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"<html>", b"\xff\xfe"):
        attempt(name, start + data)


TAGS = (
    "p div table tr td th b i ul li h1 hr br script style pre font span title body html form s page".split()
)
MARKUP = st.lists(
    st.one_of(
        st.sampled_from(TAGS).map("<{}>".format),
        st.sampled_from(TAGS).map("</{}>".format),
        st.sampled_from(["<td colspan=-1>", "<td colspan=99999999>", "<td rowspan=1e9>", "&#0;", "&lt"]),
        st.sampled_from(["<p style='font-size:1e99pt;margin-left:-5in'>", "<p style='display:none", "<"]),
        st.sampled_from(["<!--", "-->", "]]>"]),
        st.text(max_size=5),
    ),
    max_size=60,
)  # fmt: skip


@given(MARKUP)
def test_any_tags_in_any_order(pieces: list[str]) -> None:
    attempt("a.html", "".join(["<html>", *pieces]).encode("utf-8", "surrogatepass"))


BLOCKS = st.recursive(
    st.text(alphabet="ab \t\n1", max_size=6).map(lambda words: p(words, item=(1, len(words)))),
    lambda inside: st.one_of(
        st.lists(st.lists(inside, min_size=1, max_size=3), min_size=1, max_size=3).map(
            lambda rows: table([[cell + p() for cell in row] for row in rows])
        ),
        inside.map(lambda block: f"<w:sdt><w:sdtContent>{block}</w:sdtContent></w:sdt>"),
        inside.map(lambda block: p(f"<w:r><w:pict><w:txbxContent>{block}</w:txbxContent></w:pict></w:r>")),
        inside.map(lambda block: f"<w:tr>{block}</w:tr><w:tc>{block}</w:tc>"),
        inside.map(lambda block: p('<w:r><w:br w:type="page"/></w:r>') + block),
    ),
    max_leaves=12,
)


@given(st.lists(BLOCKS, max_size=5))
def test_any_nesting_of_a_word_files_blocks(blocks: list[str]) -> None:
    attempt("a.docx", docx(*blocks, numbering=lists([level(0, "decimal", "%1.%9")])))


def nested(depth: int) -> dict[str, bytes]:
    """Deep nesting in the formats that nest."""
    cell = "<w:tbl><w:tr><w:tc>"
    return {
        "tags.html": b"<html>" + b"<div>" * depth + b"words",
        "tables.html": b"<html>" + b"<table><tr><td>" * depth + b"words",
        "bold.html": b"<html>" + b"<b><p>" * depth + b"words",
        "tables.docx": docx(cell * depth + p("words") + "</w:tc></w:tr></w:tbl>" * depth),
        "runs.docx": docx(p("<w:ins>" * depth + run("words") + "</w:ins>" * depth)),
        "quotes.md": b"> " * depth + b"words",
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", nested(1))
@pytest.mark.parametrize("depth", [60, 5_000])
def test_deep_nesting(name: str, depth: int) -> None:
    document = attempt(name, nested(depth)[name])
    assert document is None or "words" in lines_of(document)[-1]
    assert document is not None or depth > 60


FIELD = '<w:r><w:fldChar w:fldCharType="begin"/><w:fldChar w:fldCharType="separate"/><w:t>a</w:t></w:r>'


def large(name: str) -> bytes:
    """Large contents of little structure, or little content of large structure."""
    makers: dict[str, Callable[[], bytes]] = {
        "cells.html": lambda: b"<html><table>" + b"<tr>" + b"<td>1</td>" * 100_000,
        "rows.html": lambda: b"<html><table>" + b"<tr><td>a<td>1<td>2" * 60_000,
        "style.html": lambda: b"<html><p style='" + b"font:" * 600_000 + b"'>words",
        "attribute.html": lambda: b"<html><p style='color:" + b"x" * 900_000 + b"' id='" + b"x" * 5_000_000,
        "script.html": lambda: b"<html><script>" + b"document.write('x');" * 200_000 + b"</script>words",
        "unclosed.html": lambda: b"<html>" + b"<p><b><i>word " * 30_000,
        "comments.html": lambda: b"<html>" + b"<!--" * 500_000 + b"words",
        "entities.html": lambda: b"<html>" + b"&amp;&#x41;&nosuch;" * 200_000,
        "brackets.html": lambda: b"<html>" + b"<" * 1_000_000,
        "spaces.txt": lambda: b" " * 3_000_000 + b"words",
        "line.txt": lambda: b"Section 1.1 (a) " * 150_000,
        "hashes.md": lambda: b"# a\n- \n" * 150_000,
        "paragraphs.docx": lambda: docx(p("a") * 20_000),
        "cells.docx": lambda: docx(table([["1"] * 100] * 400)),
        "fields.docx": lambda: docx(p(FIELD * 20_000), p("a") * 5_000),
        "styles.docx": lambda: docx(p("words", style="s0"), styles=styles_chain(20_000)),
    }  # fmt: skip
    return makers[name]()


LARGE = (
    "cells.html rows.html style.html attribute.html script.html unclosed.html comments.html entities.html"
    " brackets.html spaces.txt line.txt hashes.md paragraphs.docx cells.docx fields.docx styles.docx"
).split()


def styles_chain(count: int) -> str:
    """Styles of which each is based on the next, the last on the first."""
    return "".join(
        f'<w:style w:type="paragraph" w:styleId="s{n}"><w:basedOn w:val="s{(n + 1) % count}"/></w:style>'
        for n in range(count)
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_large_files_take_time_in_proportion(name: str) -> None:
    data = large(name)
    start = time.process_time()
    attempt(name, data)
    # Far less than what a step takes that is quadratic in any of them.
    assert time.process_time() - start < 10.0


# The whole way, through worker processes


BOMB = zipped({**unzipped(WORD), "word/document.xml": root("document", " " * (120 * 1024 * 1024))})
NESTED_ZIP = zipped({"word/a.docx": zipped({"word/b.docx": BOMB}), "a.docx": WORD})


@pytest.mark.slow
def test_a_folder_of_hostile_files_is_read_to_its_end(tmp_path: Path) -> None:
    files = {
        "bomb.docx": BOMB,
        "nested.docx": NESTED_ZIP,
        "cut.pdf": PDF[: len(PDF) // 3],
        "garbage.pdf": b"%PDF-1.7\n" + random.Random(3).randbytes(5_000),  # noqa: S311
        "picture.docx": b"\x89PNG\r\n\x1a\n" + b"x" * 99,
        "zeros.txt": bytes(10_000),
        "lines.txt": b"a\n" * 8_000_000,
        "good.docx": WORD,
        "good.pdf": PDF,
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    how = IngestSettings(workers=2, file_timeout_s=60, file_memory_mb=256)
    found = dict(read_files([tmp_path / name for name in files], how))
    assert [path.name for path in found] == list(files)
    reasons = {
        path.name: outcome.reason for path, outcome in found.items() if isinstance(outcome, DocumentError)
    }
    assert reasons.pop("garbage.pdf") in {"broken", "no-text"}
    assert reasons.pop("cut.pdf", "broken") in {"broken", "no-text"}
    assert reasons == {
        "bomb.docx": "too-large",
        "nested.docx": "broken",
        "picture.docx": "unsupported",
        "lines.txt": "out-of-memory",
        "zeros.txt": "empty",
    }


@pytest.mark.slow
def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    path.write_bytes(BOMB)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(DocumentError, match="packed more than"):
        read_file(path, IngestSettings())
    # In KiB; the whole would be 120 MiB.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60 * 1024


def test_attempts_are_checked() -> None:
    assert [attempt(f"a.{kind}", data) is not None for kind, data in FILES.items()] == [True] * len(FILES)
