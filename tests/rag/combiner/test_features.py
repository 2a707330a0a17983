"""Features of candidates, each on a case that can be checked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.combiner.features import FEATURES, features
from rag.combiner.signals import asks_for_figure, defines_asked, is_table, sections_asked, stands_in_section
from rag.types import Chunk, ChunkId, DocumentId, Hit, Rankings, SectionId

WORDS = st.sampled_from(["rent", "2019", "7.2", "Section 7.2", "“Rent” means", "$1,577", "| total", "liens"])


def chunk(name: str, text: str, context: str = "", document: str = "d") -> Chunk:
    return Chunk(
        id=ChunkId(name),
        document_id=DocumentId(document),
        section_id=SectionId("s"),
        ordinal=0,
        start=0,
        end=len(text),
        first_page=0,
        last_page=0,
        text=text,
        context=context,
    )


def hit(name: str, score: float, document: str = "d") -> Hit:
    return Hit(chunk_id=ChunkId(name), document_id=DocumentId(document), score=score, stage="dense")


def rankings(question: str, **lists: tuple[Hit, ...]) -> Rankings:
    return Rankings(question=question, lexical=lists.get("lexical", ()), dense=lists.get("dense", ()))


def of(name: str, row: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> float:
    return float(row[FEATURES.index(name)])


def test_scores_are_shares_of_the_best_and_ranks_are_summed() -> None:
    found = rankings("rent", lexical=(hit("a", 8.0), hit("b", 2.0)), dense=(hit("b", 0.9), hit("c", 0.5)))
    rows = features(found, [chunk(name, "rent") for name in "abc"])

    assert [of("lexical", row) for row in rows] == [1.0, 0.25, 0.0]
    assert [of("dense", row) for row in rows] == [0.0, 1.0, 0.0]
    ranks = [60 / 61, 60 / 62 + 60 / 61, 60 / 62]
    assert [of("ranks", row) for row in rows] == pytest.approx(ranks)


def test_preferred_documents_come_by_their_place() -> None:
    found = Rankings(
        question="rent", lexical=(hit("a", 1, "x"), hit("b", 1, "y"), hit("c", 1, "z")), dense=(),
        preferred=(DocumentId("y"), DocumentId("x")),
    )  # fmt: skip
    rows = features(found, [chunk(n, "rent", document=d) for n, d in zip("abc", "xyz", strict=True)])

    assert [of("scope", row) for row in rows] == pytest.approx([60 / 61, 1.0, 0.0])


def test_rarer_terms_weigh_more() -> None:
    chunks = [chunk("a", "rent"), chunk("b", "rent of the mill"), chunk("c", "mill wheel")]
    found = rankings("mill wheel rent", lexical=tuple(hit(one.id, 1.0) for one in chunks))
    covered = [of("coverage", row) for row in features(found, chunks)]

    assert covered[2] > covered[1] > covered[0] > 0
    assert sum(covered) > 1


def test_form_speaks_for_a_chunk() -> None:
    question = "What is the total Rent under Section 7.2 in 2019?"
    clause = chunk("a", "“Rent” means what the tenant pays.", "Lease > ARTICLE VII > Section 7.2 Rent")
    table = chunk("b", "Total 2019 1,577", "Lease > Schedule | Rent, USD")
    rows = features(rankings(question, lexical=(hit("a", 1.0), hit("b", 1.0))), [clause, table])

    assert [
        of(name, rows[0]) for name in ("section", "defines", "table", "figure", "period")
    ] == pytest.approx([1, 1 / 3, 0, 0, 0])
    assert [of(name, rows[1]) for name in ("section", "defines", "table", "figure", "period")] == [
        0,
        0,
        1,
        1,
        1,
    ]
    assert of("heading", rows[0]) > 0


def test_no_candidates_no_rows() -> None:
    assert features(rankings("rent"), []).shape == (0, len(FEATURES))


@given(
    question=st.lists(WORDS, max_size=6), texts=st.lists(st.lists(WORDS, max_size=8), min_size=1, max_size=5)
)
def test_every_feature_lies_in_its_range(question: list[str], texts: list[list[str]]) -> None:
    chunks = [chunk(str(at), " ".join(words), "Lease > Section 7.2") for at, words in enumerate(texts)]
    hits = tuple(hit(one.id, 5.0 - at) for at, one in enumerate(chunks))
    rows = features(rankings(" ".join(question) or "x", lexical=hits, dense=hits[::-1]), chunks)

    assert rows.dtype == np.float32
    assert np.isfinite(rows).all()
    assert (rows >= 0).all()
    assert (np.delete(rows, FEATURES.index("ranks"), axis=1) <= 1 + 1e-6).all()


def test_signals() -> None:
    assert sections_asked("Does Clause 4.1(a) or Item 1A apply?") == {"4.1", "1a"}
    assert stands_in_section(frozenset({"4.1"}), "Lease", "Section 4.1 Rent. The tenant pays.")
    assert not stands_in_section(frozenset({"4.1"}), "Lease", "The tenant pays as Section 4.1 says.")
    assert not stands_in_section(frozenset(), "Lease > Section 4.1", "")
    assert defines_asked(("payment", "date"), "“Payment Date” means each Monday.") == pytest.approx(2 / 3)
    assert defines_asked(("date",), "“Payment Date” means each Monday.") == 0
    assert asks_for_figure("By how much did sales grow?")
    assert not asks_for_figure("Who is the trustee?")
    assert is_table("", ["120", "100", "total"])
    assert not is_table("", [])
