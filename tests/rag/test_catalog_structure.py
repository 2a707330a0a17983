from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.catalog import Catalog
from rag.catalog_rows import BLOCK_CHARS, text_in, text_rows
from rag.layout import Place, pack_places
from rag.structure import (
    Cell,
    Column,
    Definition,
    DocumentLink,
    Fact,
    Period,
    Reference,
    Row,
    Structure,
    Table,
)
from rag.types import Box, Chunk, Document, DocumentId, Line, Page
from tests.library import ALDER, BIRCH, fill, make_document

DOCUMENT, SECTIONS, CHUNKS = make_document("alder", ALDER)
YEAR = Period("2018-12-31", 12)
TABLE = Table(
    document_id=DOCUMENT.id,
    ordinal=0,
    start=140,
    end=170,
    first_page=1,
    last_page=1,
    title="Notes issued",
    title_start=130,
    title_end=138,
    caption="(in millions, except per share)",
    statement="balance_sheet",
    scale=1_000_000,
    currency="USD",
    columns=(Column(header=("Year ended", "2018"), period=YEAR), Column(header=())),
    rows=(
        Row(path=("Assets", "Class B — “notes”"), start=140, end=150, total=True),
        Row(path=("2018",), start=151, end=160, period=Period("2018")),
    ),
    cells=(
        Cell(
            row=0,
            column=0,
            start=141,
            end=149,
            page=1,
            text="$(1,310.10)",
            box=Box(page=1, x0=72.03, y0=84.0, x1=99.123456789, y1=94.0),
            value=Decimal("-1310.10"),
            scale=1_000_000,
            unit="money",
            currency="USD",
            period=YEAR,
            notes=("1", "*"),
        ),
        Cell(row=1, column=1, start=152, end=153, page=1, text="n/a"),
    ),
)
STRUCTURE = Structure(
    facts=(
        Fact(document_id=DOCUMENT.id, name="date", value="2024-05-01", start=3, end=9),
        Fact(document_id=DOCUMENT.id, name="kind", value="indenture", start=0, end=4),
    ),
    definitions=(
        Definition(
            document_id=DOCUMENT.id, term="Trustee", start=24, end=62, term_start=28, term_end=35,
            uses=(36, 90, 1_500_000),
        ),
        Definition(document_id=DOCUMENT.id, term="Notes", start=70, end=80, term_start=70, term_end=75),
    ),
    references=(
        Reference(
            document_id=DOCUMENT.id, kind="section", label="7.2", start=10, end=21, section_id=SECTIONS[1].id,
            target_start=24, target_end=62,
        ),
        Reference(document_id=DOCUMENT.id, kind="exhibit", label="B", start=100, end=109, document="Note"),
    ),
    links=(
        DocumentLink(
            document_id=DOCUMENT.id, kind="amends", title="Indenture", date="2020-01-02", start=5, end=6
        ),
    ),
    tables=(TABLE,),
)  # fmt: skip


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    catalog = Catalog(tmp_path / "catalog.db")
    fill(catalog)
    catalog.put_document(DOCUMENT, SECTIONS, CHUNKS, structure=STRUCTURE, fingerprint="test", added_at="")
    return catalog


def test_a_structure_comes_out_as_it_went_in(catalog: Catalog) -> None:
    with catalog:
        read = Structure(
            facts=tuple(catalog.facts(DOCUMENT.id)),
            definitions=tuple(catalog.definitions(DOCUMENT.id)),
            references=tuple(catalog.references(DOCUMENT.id)),
            links=tuple(catalog.links(DOCUMENT.id)),
            tables=tuple(catalog.tables(DOCUMENT.id)),
        )
    assert read == STRUCTURE
    assert str(read.tables[0].cells[0].value) == "-1310.10"


def test_what_stands_in_a_span(catalog: Catalog) -> None:
    with catalog:
        assert [r.label for r in catalog.references(DOCUMENT.id, 10, 100)] == ["7.2"]
        assert [r.label for r in catalog.references(DOCUMENT.id, 11)] == ["B"]
        assert catalog.tables(DOCUMENT.id, 0, 140) == catalog.tables(DOCUMENT.id, 170) == []
        assert catalog.tables(DOCUMENT.id, 169, 171) == [TABLE]


def test_all_facts_and_links_are_those_of_the_library(catalog: Catalog) -> None:
    with catalog:
        assert catalog.all_facts() == {DOCUMENT.id: list(STRUCTURE.facts)}
        assert catalog.all_links() == {DOCUMENT.id: list(STRUCTURE.links)}
        catalog.end_sources(["/library/alder.txt"], at="later")
        assert catalog.all_facts() == {}
        assert catalog.facts(DOCUMENT.id) == list(STRUCTURE.facts)


def test_storing_again_replaces_the_structure(catalog: Catalog) -> None:
    with catalog:
        catalog.put_document(DOCUMENT, SECTIONS, CHUNKS, fingerprint="test", added_at="")
        assert catalog.facts(DOCUMENT.id) == []
        assert catalog.tables(DOCUMENT.id) == []


def test_the_text_around(catalog: Catalog) -> None:
    with catalog:
        chunk = CHUNKS[1]
        section, text = catalog.section_of(chunk)
        assert section.id == chunk.section_id
        assert text == ALDER[section.start : section.end]
        assert catalog.text_of(DOCUMENT.id, chunk.start, chunk.end) == chunk.text
        assert catalog.text_of(DOCUMENT.id, 10**6, 10**6 + 5) == ""
        assert catalog.section_at(DOCUMENT.id, chunk.start) == section
        assert catalog.section_at(DOCUMENT.id, 10**6) is None
        assert catalog.chunks_of_section(section.id) == [chunk]
        assert tuple(catalog.chunks_of_section(SECTIONS[0].id)) == CHUNKS
        assert catalog.chunks_over(DOCUMENT.id, chunk.end - 1, CHUNKS[2].start + 1) == list(CHUNKS[1:3])
        assert [page.number for page in catalog.pages(DOCUMENT.id, chunk.start, chunk.end)] == [1]


def test_pages_keep_label_and_origin_and_words_their_boxes(tmp_path: Path) -> None:
    text = "Rate 4.25% Class B\nplain line\nno box"
    places = pack_places([Place(0, 72, 90), Place(5, 100, 130), Place(11, 140, 160), Place(17, 162, 168)])
    lines = (
        Line(start=0, end=18, box=Box(page=0, x0=72, y0=10, x1=168, y1=20), places=places),
        Line(start=19, end=29, box=Box(page=0, x0=72, y0=22, x1=120, y1=32)),
        Line(start=30, end=36),
    )
    blank = Page(number=1, start=len(text), end=len(text), label="F-2", origin="unreadable")
    page = Page(
        number=0, start=0, end=len(text), width=612, height=792, lines=lines, label="F-1", origin="ocr"
    )
    document = Document(
        id=DocumentId("e" * 20), name="x", media_type="", title="", text=text, pages=(page, blank)
    )
    with Catalog(tmp_path / "catalog.db") as catalog:
        catalog.put_document(document, (), (), fingerprint="", added_at="")
        assert [(p.label, p.origin) for p in catalog.pages(document.id)] == [
            ("F-1", "ocr"),
            ("F-2", "unreadable"),
        ]
        assert catalog.boxes(document.id, 5, 10) == (Box(page=0, x0=100, y0=10, x1=130, y1=20),)
        assert catalog.boxes(document.id, 12, 25) == (
            Box(page=0, x0=140, y0=10, x1=168, y1=20),
            Box(page=0, x0=72, y0=22, x1=120, y1=32),
        )
        assert catalog.boxes(document.id, 30, 36) == ()


@settings(max_examples=30, deadline=None)
@given(
    text=st.text(alphabet="ab\n\x00é—𝄞", max_size=30),
    times=st.sampled_from([1, 3_000]),
    span=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_blocks_hold_any_span(text: str, times: int, span: tuple[float, float]) -> None:
    text *= times
    start, end = sorted(round(share * len(text)) for share in span)
    document = Document(id=DocumentId("d"), name="", media_type="", title="", text=text, pages=())
    blocks = [row[2] for row in text_rows(document)]
    first, last = start // BLOCK_CHARS, max(end - 1, 0) // BLOCK_CHARS
    assert text_in(blocks[first : last + 1], first, start, end) == text[start:end]  # type: ignore[arg-type]


def test_versions_of_a_path(tmp_path: Path) -> None:
    birch = make_document("birch", BIRCH)[0].id
    path = "/library/alder.txt"
    with Catalog(tmp_path / "catalog.db") as catalog:
        fill(catalog)
        for document, at in ((birch, "1"), (birch, "2"), (DOCUMENT.id, "3")):
            catalog.put_source(path, document, at=at)
        versions = [(v.document_id, v.since, v.until) for v in catalog.versions() if v.path == path]
        assert versions == [(DOCUMENT.id, "", "1"), (birch, "1", "3"), (DOCUMENT.id, "3", None)]
        assert catalog.source_of(path) == DOCUMENT.id


def test_what_is_active_follows_other_connections_and_holds_still_in_a_snapshot(tmp_path: Path) -> None:
    birch = make_document("birch", BIRCH)[0].id
    with Catalog(tmp_path / "catalog.db") as reader, Catalog(tmp_path / "catalog.db") as writer:
        fill(writer)
        assert reader.active_ids() == {DOCUMENT.id, birch}
        with reader.snapshot():
            assert reader.active_ids() == {DOCUMENT.id, birch}
            writer.begin_delete([birch])
            with reader.snapshot():
                assert birch in reader.active_ids()
            assert reader.active_ids() == {DOCUMENT.id, birch}
        assert reader.active_ids() == writer.active_ids() == {DOCUMENT.id}
        alive = [chunk.document_id for chunk in reader.active_chunks(chunk.id for chunk in _all_chunks())]
        assert set(alive) == {DOCUMENT.id}
        assert writer.deleting() == [birch]
        assert writer.text(birch) == BIRCH
        writer.drop_documents([birch])
        writer.end_delete([birch])
        assert writer.deleting() == []
        assert [record.id for record in writer.stored()] == [DOCUMENT.id]


def _all_chunks() -> list[Chunk]:
    return [*make_document("birch", BIRCH)[2], *CHUNKS]


def test_a_replaced_document_is_named_by_its_id(tmp_path: Path) -> None:
    with Catalog(tmp_path / "catalog.db") as catalog:
        fill(catalog, [("alder", ALDER), ("alder", BIRCH)])
        assert catalog.resolve("alder") == make_document("alder", BIRCH)[0].id
        assert catalog.resolve(DOCUMENT.id[:8], stored=True) == DOCUMENT.id


def test_scrubbing_leaves_no_bytes(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    with Catalog(path) as catalog:
        fill(catalog)
        catalog.put_document(DOCUMENT, SECTIONS, CHUNKS, structure=STRUCTURE, fingerprint="", added_at="")
        catalog.drop_documents([DOCUMENT.id])
        assert catalog.scrub()
        remains = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"Dunmore" in remains
    assert b"Corvane" not in remains
    assert b"indenture" not in remains
