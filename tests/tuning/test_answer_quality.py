"""Scores of question, answer and evidence; the functions on answers in somebody's own words."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from click.testing import CliRunner

from rag.errors import SourceError
from tuning.answer_quality import Triple, read_triples, score_triples, triple_votes
from tuning.quality_commands import quality

EVIDENCE = (
    "Total assets  59,268  55,556\nCapital spending was $2.8 billion, for new warehouses and depots.",
)
QUESTION = "What is the amount of total assets of Acme in FY2021 (in USD millions)?"


def triple(answer: str, question: str = QUESTION) -> Triple:
    return Triple(question=question, answer=answer, evidence=EVIDENCE)


def votes(name: str, *triples: Triple) -> list[float]:
    names, found = triple_votes(triples)
    return [float(one) for one in found[:, names.index(name)]]


def test_figures_that_the_evidence_prints() -> None:
    said = [triple("$59,268 million."), triple("They are 58,111, or 59,268."), triple("Many.")]
    assert votes("figures_printed", *said)[:2] == [1.0, 0.5]
    assert math.isnan(votes("figures_printed", *said)[2])
    assert votes("figures_printed", triple("2,800 million"), triple("$59.27 billion")) == [1.0, 1.0]
    assert math.isnan(votes("figures_printed", triple("In FY2021 and 2020."))[0])


@pytest.mark.parametrize(
    "text",
    [
        "I cannot determine the total assets.",
        "The filing does not provide this.",
        "That is not specified in the text.",
        "I don't have access to it.",
    ],
)
def test_refusals_are_told(text: str) -> None:
    assert votes("says_refusal", triple(text)) == [0.0]


def test_what_is_no_refusal() -> None:
    found = votes("says_refusal", triple("The margin does not matter; it is 5%."), triple("Assets: $5."))
    assert all(math.isnan(one) for one in found)


def test_yes_or_no_is_said_at_the_beginning() -> None:
    asked = "Does Acme have positive working capital?"
    found = votes("yes_or_no", triple("Yes, it has.", asked), triple("It has.", asked), triple("$5"))
    assert math.isnan(found[0])
    assert found[1] == 0.0
    assert math.isnan(found[2])


def test_others_that_agree() -> None:
    said = ["59,268", "It is $59.3 billion.", "$59,268 million", "$12 million", "I cannot determine it."]
    found = votes("others_agree", *(triple(one) for one in said))
    assert found[0] == pytest.approx(2 / 3)
    assert found[3] == found[4] == 0.0
    assert math.isnan(votes("others_agree", triple("5"), triple("5"))[0]), "too few to go by"
    words = ["Warehouses and depots", "Depots, warehouses", "Warehouses", "Unrelated airlines"]
    near = votes("like_others", *(triple(one) for one in words))
    assert max(near[:3]) == 0.0
    assert near[3] < min(near[:3])


def test_words_that_stand_and_doubts() -> None:
    good, bad = triple("New warehouses and depots."), triple("Acquired wholly unrelated airlines.")
    stand = votes("words_stand", good, bad)
    assert stand[0] == 1.0 > stand[1]
    assert votes("hedges", triple("Assuming that it is so, 5."))[0] == 0.0


def test_right_answers_score_above_wrong_ones() -> None:
    said = [
        triple(f"Total assets are ${figure} million.", QUESTION.replace("Acme", f"Acme {number}"))
        for number in range(12)
        for figure in ("59,268", "59,268", "59,268", "12,345", "1,111")
    ]
    scores = score_triples(said)
    right = [one.answer.find("59,268") >= 0 for one in said]
    assert min(s for s, r in zip(scores, right, strict=True) if r) > max(
        s for s, r in zip(scores, right, strict=True) if not r
    )


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_the_command(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "question": QUESTION, "answer": "$59,268 million", "evidence": EVIDENCE[0]},
        {
            "question": QUESTION,
            "answer": "Unclear; it is not disclosed.",
            "evidence": [{"text": EVIDENCE[0]}],
        },
        {"question": QUESTION, "answer": "$7", "evidence": list(EVIDENCE)},
    ]
    path = write(tmp_path / "triples.jsonl", *rows)
    result = CliRunner().invoke(quality, [str(path), "--json"])
    assert result.exit_code == 0, result.output
    found = [json.loads(line) for line in result.output.splitlines()]
    assert [one["id"] for one in found] == ["a", "2", "3"]
    assert found[0]["quality"] > found[1]["quality"]
    assert found[1]["votes"]["says_refusal"] == 0.0
    assert "59,268" in CliRunner().invoke(quality, [str(path)]).output


@pytest.mark.parametrize("row", [{"question": "q"}, {"question": "q", "answer": 5, "evidence": "e"}, [1]])
def test_lines_that_are_no_triples_are_named(tmp_path: Path, row: object) -> None:
    path = write(tmp_path / "t.jsonl", {"question": "q", "answer": "a", "evidence": "e"}, row)
    with pytest.raises(SourceError, match=r"t\.jsonl:2"):
        read_triples(path)


def test_an_empty_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no line"):
        read_triples(write(tmp_path / "none.jsonl"))
