from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag import reranker
from rag.adapters import MANIFEST
from rag.errors import ModelError
from rag.reranker.late_interaction import GENERIC_ADAPTER, LIMIT, LateInteractionReranker, TokenCodes
from rag.settings import LateInteractionSettings
from rag.weights import MINILM_WEIGHTS_SHA256

QUERY = "When does the Borrower repay the Term Loan?"
PASSAGES = (
    "The Borrower shall repay the outstanding principal of the Term Loan on June 21, 2029.",
    "The Trustee is Corvane Trust Company.",
    "Notices are in writing. " * 120,
    "",
    "No lien on the Collateral is granted under this Section 7.01, save for Permitted Liens.",
)


def unit(rng: np.random.Generator, rows: int, dim: int = 16) -> NDArray[np.float32]:
    made = rng.standard_normal((rows, dim))
    rows_of_length_one: NDArray[np.float32] = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(
        "f4"
    )
    return rows_of_length_one


def test_max_sim_is_the_loop_of_the_paper() -> None:
    rng = np.random.default_rng(3)
    question, passage = unit(rng, 7), unit(rng, 23)
    best = [max(float(q @ p) for p in passage) for q in question]
    assert TokenCodes.of(passage).max_sim(question) == pytest.approx(sum(best) / len(best), abs=0.01)


def test_codes_take_a_byte_a_component() -> None:
    codes = TokenCodes.of(unit(np.random.default_rng(1), 10, 384))
    assert codes.nbytes == 10 * (384 + 4)


@pytest.fixture(scope="module")
def component() -> LateInteractionReranker:
    return LateInteractionReranker.load(LateInteractionSettings())


@pytest.mark.slow
def test_a_score_depends_neither_on_company_nor_on_what_is_kept(component: LateInteractionReranker) -> None:
    together = component.score(QUERY, PASSAGES)
    forgetful = reranker.load(LateInteractionSettings(cache_mb=0))
    assert forgetful is not None
    alone = [float(forgetful.score(QUERY, [passage])[0]) for passage in PASSAGES]
    assert together.tolist() == alone
    assert component.score(QUERY, PASSAGES).tolist() == alone
    assert component.fingerprint == forgetful.fingerprint


@pytest.mark.slow
def test_the_passage_that_answers_comes_first(component: LateInteractionReranker) -> None:
    scores = component.score(QUERY, PASSAGES)
    assert int(np.argmax(scores)) == 0
    assert np.all(np.abs(scores) <= 1.01)


@pytest.mark.slow
def test_parts_of_a_passage_are_scored_by_their_own_tokens(component: LateInteractionReranker) -> None:
    text, long = PASSAGES[0], PASSAGES[2]
    half = text.index("Term Loan")
    whole, none, *halves = component.score_spans(
        QUERY, [(text, [(0, len(text)), (5, 5), (0, half), (half, len(text))])]
    )[0]
    assert none == -1.0
    # Special tokens stand in no part.
    assert max(halves) <= whole <= component.score(QUERY, [text])[0]
    read, behind = component.score_spans(QUERY, [(text, []), (long, [(0, 24), (len(long) - 24, len(long))])])[
        1
    ]
    assert read > behind == -1.0


@pytest.mark.slow
def test_what_is_kept_stays_within_its_budget() -> None:
    small = LateInteractionReranker.load(LateInteractionSettings(cache_mb=1))
    texts = [f"Note {number} bears interest. " * 60 for number in range(40)]
    codes = small.encode(texts)
    assert {len(one.codes) for one in codes.values()} == {LIMIT}
    assert sum(one.nbytes for one in codes.values()) > 2 * 1024 * 1024
    assert small._kept._used <= 1024 * 1024
    assert small._kept._used == sum(one.nbytes for one in small._kept._codes.values())


def test_a_folder_without_an_adapter_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="not an adapter"):
        reranker.load(LateInteractionSettings(adapter=tmp_path))


@pytest.mark.slow
def test_the_adapter_that_comes_along_is_whole_and_ranks_a_clause_over_its_like() -> None:
    component = LateInteractionReranker.load(LateInteractionSettings())
    plain = LateInteractionReranker.load(LateInteractionSettings(adapter=None))
    assert component.fingerprint != plain.fingerprint
    stated = json.loads((GENERIC_ADAPTER / MANIFEST).read_text(encoding="utf-8"))
    assert stated["base_sha256"] == MINILM_WEIGHTS_SHA256
    clauses = [
        "Either party may end this Agreement at any time, for any reason, on sixty days' written notice.",
        "This Agreement may be ended by a party if the other is in material breach and fails to cure it.",
        "Upon any ending of this Agreement each party shall return the other's Confidential Information.",
    ]
    assert int(np.argmax(component.score("Termination for convenience", clauses))) == 0
