"""The same passage of other documents does not fill the first places; another figure, or document, does."""

from __future__ import annotations

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from rag.repeats import repeats_behind
from rag.types import Chunk, ChunkId, DocumentId, Hit, SectionId

CLAUSE = "The Issuer shall pay the Trustee a fee of {} on each Payment Date, in arrears, out of the proceeds"
_IDS = count()


def chunk(text: str, document: str) -> Chunk:
    return Chunk(
        id=ChunkId(f"chunk-{next(_IDS)}"),
        document_id=DocumentId(document),
        section_id=SectionId("s"),
        ordinal=0,
        start=0,
        end=len(text),
        first_page=0,
        last_page=0,
        text=text,
        context="",
    )


def order(chunks: list[Chunk], room: int) -> list[int]:
    """Where each chunk stood before, in the order after."""
    hits = [
        Hit(chunk_id=one.id, document_id=one.document_id, score=-float(place), stage="fused")
        for place, one in enumerate(chunks)
    ]
    behind = repeats_behind(hits, {one.id: one for one in chunks}, room)
    return [int(-hit.score) for hit in behind]


def test_a_repetition_goes_behind_the_first_that_are_not() -> None:
    chunks = [
        chunk(CLAUSE.format("$5,000"), "a"),
        chunk(CLAUSE.format("$5,000").upper(), "b"),
        chunk("Notices are sent to the address of the Issuer in its own town.", "b"),
        chunk("The Notes are governed by the law of that State and no other.", "a"),
    ]
    assert order(chunks, room=3) == [0, 2, 3, 1]
    assert order(chunks, room=2) == [0, 2, 1, 3]


def test_another_figure_is_another_fact() -> None:
    chunks = [chunk(CLAUSE.format("$5,000"), "a"), chunk(CLAUSE.format("$7,500"), "b"), chunk("Else.", "c")]
    assert order(chunks, room=3) == [0, 1, 2]


def test_a_document_may_repeat_itself() -> None:
    chunks = [chunk(CLAUSE.format("$5,000"), "a"), chunk(CLAUSE.format("$5,000"), "a"), chunk("Else.", "c")]
    assert order(chunks, room=3) == [0, 1, 2]


def test_short_passages_say_too_little_to_repeat_each_other() -> None:
    chunks = [chunk("Yes.", "a"), chunk("Yes.", "b"), chunk("Else.", "c")]
    assert order(chunks, room=3) == [0, 1, 2]


@given(
    st.lists(st.tuples(st.sampled_from(["fee", "notice", "law"]), st.sampled_from("abc")), max_size=12),
    st.integers(0, 14),
)
def test_nothing_is_lost_and_the_rest_keeps_its_order(drawn: list[tuple[str, str]], room: int) -> None:
    chunks = [chunk(CLAUSE.format("a sum") + " of " + word, document) for word, document in drawn]
    found = order(chunks, room)
    assert sorted(found) == list(range(len(chunks)))
    if found:
        assert found[0] == 0
