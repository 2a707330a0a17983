"""Choosing among candidates: features from all of them, weights from a file."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.generator.clauses import ClauseKind
from rag.generator.quality import BUILT_IN, KNOWN_CLAUSE, KNOWN_STATEMENT, QualityModel, describe
from rag.generator.statements import StatementKind, Telling
from rag.types import Candidate, ChunkId, Support

QUESTION = "What interest rate do the Class B Notes bear?"


def candidate(text: str, chunk: str, span: tuple[int, int], **signals: float) -> Candidate:
    support = Support(chunk_id=ChunkId(chunk), start=span[0], end=span[1])
    return Candidate(text=text, score=0.5, supports=(support,), signals=signals)


READ = candidate("4.25%", "a", (10, 40), margin=3.0, share=-0.1, rank=0.0, length=0.0)
OTHER = candidate("the Class B Notes", "b", (0, 20), margin=1.0, share=-1.0, rank=0.7, length=1.4)
WORDS = candidate("4.25%", "a", (0, 50), words=0.8)
FAR = candidate("5.10%", "c", (0, 50), words=0.6)
COMPUTED = Candidate(text="7", score=0.9, supports=READ.supports)


def test_features_of_each_kind() -> None:
    described = describe(QUESTION, [READ, OTHER, WORDS, FAR, COMPUTED])
    assert [kind for kind, _ in described] == ["span, open", "span, open", "words, open", "words, open", ""]
    read, other, words, far, computed = (features for _, features in described)
    assert (read["lead"], other["lead"]) == (2.0, -2.0)
    assert (read["words"], read["agreed"], read["fits"]) == (0.8, 1.0, 1.0)
    assert (other["words"], other["agreed"], other["fits"]) == (0.0, 0.0, -1.0)
    assert (words["read"], words["best"], words["agreed"]) == (3.0, 3.0, 1.0)
    assert (far["read"], far["agreed"]) == (-12.0, 0.0)
    assert computed == {}


def test_order_does_not_matter_to_features() -> None:
    given = [READ, OTHER, WORDS, FAR]
    there, back = describe(QUESTION, given), describe(QUESTION, given[::-1])
    assert there == back[::-1]


def test_probabilities_replace_the_scores_of_known_kinds_alone() -> None:
    model = QualityModel(weights={"span, open": {"bias": -1.0, "margin": 0.5}})
    chosen = model.choose(QUESTION, [OTHER, READ, FAR, COMPUTED])
    assert [(one.text, round(one.score, 3)) for one in chosen] == [
        ("7", 0.9),
        ("4.25%", round(1 / (1 + math.exp(-0.5)), 3)),
        ("5.10%", 0.5),
        ("the Class B Notes", 0.378),
    ]


def test_the_model_that_comes_with_covenant_is_read_and_written_alike() -> None:
    model = QualityModel.load()
    assert {"span, open", "words, open", "span, clause", "verdict, statement"} <= set(model.weights)
    assert {"span, known clause", "words, known clause"} <= set(model.weights)
    assert model.clauses["governing law"].usual > 0 > model.clauses["source code escrow"].usual
    assert model.weights["span, known clause"]["telling"] > 0 < model.weights["span, known clause"]["usual"]
    assert KNOWN_CLAUSE in model.least
    assert model.to_json() == BUILT_IN.read_text(encoding="utf-8")


AUDIT = ClauseKind(usual=-0.5, words={"audit": 3.0, "record": 1.0})
HIGHLIGHT = 'Highlight the parts related to "Audit Rights".'


def test_a_clause_of_a_known_kind_is_a_manner_of_its_own() -> None:
    found = candidate("The Buyer may audit.", "a", (0, 20), margin=3.0)
    clauses = {"audit rights": AUDIT}
    ((kind, features),) = describe(HIGHLIGHT, [found], clauses)
    assert kind == f"span, {KNOWN_CLAUSE}"
    assert (features["usual"], features["telling"]) == (-0.5, 0.75)
    for question, known in ((HIGHLIGHT, {}), ('Highlight the "Rent".', clauses)):
        ((kind, features),) = describe(question, [found], known)
        assert kind == "span, clause"
        assert not {"usual", "telling"} & set(features)
    ((kind, _),) = describe("Who has audit rights?", [found], clauses)
    assert kind == "span, open"


def test_words_of_the_kind_lift_a_candidate_and_the_manner_says_from_where_it_is_given() -> None:
    weights = {
        "span, clause": {"bias": -1.0, "margin": 0.5},
        "span, known clause": {"bias": -2.0, "margin": 0.5, "telling": 4.0},
    }
    model = QualityModel(weights=weights, clauses={"audit rights": AUDIT}, least={KNOWN_CLAUSE: 0.2})
    read = candidate("The Buyer shall pay.", "a", (0, 20), margin=2.0)
    told = candidate("The Buyer may audit.", "b", (0, 20), margin=1.0)
    best, second = model.choose(HIGHLIGHT, [read, told])
    assert best.text == told.text
    assert best.score == pytest.approx(1 / (1 + math.exp(-1.5)))
    assert (best.least, second.least) == (0.2, 0.2)
    best, _ = model.choose('Highlight the "Rent".', [read, told])
    assert (best.text, best.least) == (read.text, 0.0)


def test_what_is_known_of_clauses_is_kept_and_counts_for_the_fingerprint(tmp_path: Path) -> None:
    plain = QualityModel(weights={"span, clause": {"bias": 1.0}})
    model = QualityModel(weights=plain.weights, clauses={"audit rights": AUDIT}, least={KNOWN_CLAUSE: 0.2})
    path = tmp_path / "quality.json"
    path.write_text(model.to_json(), encoding="utf-8")
    assert QualityModel.load(path) == model
    assert model.fingerprint != plain.fingerprint
    assert not {"clauses", "least"} & set(json.loads(plain.to_json()))
    path.write_text(model.to_json().replace('"usual"', '"unusual"'), encoding="utf-8")
    with pytest.raises(ModelError, match="cannot be read"):
        QualityModel.load(path)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("no json", "cannot be read"),
        ("{}", "cannot be read"),
        ('{"format": 0, "weights": {}}', "another release"),
    ],
)
def test_a_bad_file_is_named(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "quality.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=why):
        QualityModel.load(path)


def test_the_fingerprint_is_that_of_the_weights() -> None:
    one = QualityModel(weights={"a": {"x": 1.0}}, facts={"when": "now"})
    assert one.fingerprint == QualityModel(weights={"a": {"x": 1.0}}).fingerprint
    assert one.fingerprint != QualityModel(weights={"a": {"x": 2.0}}).fingerprint
    assert json.loads(one.to_json())["facts"] == {"when": "now"}


def test_a_candidate_with_signals_can_be_kept_in_a_set() -> None:
    assert len({READ, READ, FAR}) == 2


STATEMENT = "Recipient shall not copy the data."
KNOWN = StatementKind(
    text=STATEMENT,
    entailed=-1.0,
    contradicted=2.0,
    says=Telling(start=-1.0, words={}),
    denies=Telling(start=-2.0, words={"copy": 3.0}),
)
VERDICTS = [
    replace(candidate("Yes", "a", (0, 40), margin=1.0), judged=True, quoted="It keeps the data."),
    replace(candidate("No", "a", (0, 40), margin=-1.0), judged=True, quoted="It may copy them."),
    WORDS,
]


def test_what_agreements_usually_say_of_a_known_statement_counts() -> None:
    model = QualityModel(
        weights={
            "verdict, statement": {"margin": 1.0},
            f"verdict, {KNOWN_STATEMENT}": {"margin": 1.0, "usual": 1.0},
            f"denial, {KNOWN_STATEMENT}": {"margin": 1.0, "usual": 1.0},
            "words, statement": {"bias": -3.0},
        },
        statements=(KNOWN,),
    )
    assert [one.text for one in model.choose(STATEMENT, VERDICTS)] == ["No", "Yes", "4.25%"]
    assert model.choose("Recipient shall copy the data.", VERDICTS)[0].text == "Yes"
    described = describe(STATEMENT, VERDICTS, {}, model.statements)
    assert [kind for kind, _ in described] == [
        f"verdict, {KNOWN_STATEMENT}",
        f"denial, {KNOWN_STATEMENT}",
        "words, statement",
    ]
    yes, no = described[0][1], described[1][1]
    assert (yes["margin"], yes["telling"], yes["usual"]) == (1.0, -1.0, -1.0)
    assert (no["margin"], no["telling"], no["usual"]) == (-1.0, 1.0, 2.0)
    assert {name.removeprefix("against "): value for name, value in yes.items() if name.startswith("a")} == {
        name: value for name, value in no.items() if not name.startswith("a")
    }


def test_known_statements_are_kept_in_the_file(tmp_path: Path) -> None:
    model = QualityModel(weights={"verdict, statement": {"margin": 1.0}}, statements=(KNOWN,))
    path = tmp_path / "quality.json"
    path.write_text(model.to_json())
    assert QualityModel.load(path).statements == (KNOWN,)
    assert QualityModel.load(path).fingerprint != replace(model, statements=()).fingerprint
