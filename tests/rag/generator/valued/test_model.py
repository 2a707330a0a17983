"""Weights of values in a file, and what they make of values."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from rag.errors import ModelError
from rag.generator.valued.features import NAMES, describe
from rag.generator.valued.model import BUILT_IN, Hidden, ValueModel
from rag.prompt import Prompt
from rag.types import Chunk, ChunkId, DocumentId, Evidence, SectionId


def _prompt(question: str, *texts: str) -> Prompt:
    evidence = [
        Evidence(
            chunk=Chunk(
                id=ChunkId(f"c{number}"),
                document_id=DocumentId("d"),
                section_id=SectionId("s"),
                ordinal=number,
                start=1000 * number,
                end=1000 * number + len(text),
                first_page=0,
                last_page=0,
                text=text,
                context="Alder deal indenture",
            )
        )
        for number, text in enumerate(texts)
    ]
    return Prompt(question=question, evidence=tuple(evidence))


def _best(prompt: Prompt) -> str:
    return ValueModel.load().rank(*describe(prompt), limit=1)[0].found.text


def test_the_value_of_the_sentence_asked_about() -> None:
    prompt = _prompt(
        "What is the notice period for the resignation of the trustee?",
        "The Manager may resign upon 90 days' notice to the Issuer.",
        "The Trustee may at any time resign by written notice of 40 days or more. The fee is $5,000.",
    )
    assert _best(prompt) == "40 days"


def test_what_an_amendment_puts_in_governs_as_amended() -> None:
    amendment = (
        "the definition of “Senior Fee Rate” in Section 1.1 is amended by deleting “0.20%” and"
        " substituting therefor “0.15%”;"
    )
    prompt = _prompt("What is the senior fee rate, as amended?", amendment, "“Senior Fee Rate” means 0.20%.")
    assert _best(prompt) == "0.15%"


def test_a_term_is_followed_into_the_definition_it_uses() -> None:
    prompt = _prompt(
        "What is the dollar part of the Expense Cap?",
        "“Expense Cap” means the sum of the Fixed Component in dollar and a share of the Fee Basis.",
        "“Fixed Component” means an amount of $175,000 a year.\n\n“Other Fee” means $90,000 a year.",
    )
    assert _best(prompt) == "$175,000"


def test_nothing_has_no_values() -> None:
    found, features = describe(_prompt("What is the fee?", "No figure stands here."))
    assert found == []
    assert features.shape == (0, len(NAMES))
    assert ValueModel.load().rank(found, features) == []


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    model = ValueModel.load()
    path = tmp_path / "values.json"
    path.write_text(model.to_json(), encoding="utf-8")
    again = ValueModel.load(path)
    assert np.allclose(again.weights, model.weights)
    assert again.fingerprint == model.fingerprint


def test_a_hidden_unit_adds_what_it_says() -> None:
    inputs = np.zeros((1, len(NAMES)))
    inputs[0, 2] = 0.5
    unit = Hidden(inputs=inputs, offsets=np.array([-1.0]), outputs=np.array([3.0]))
    features = np.zeros((2, len(NAMES)), dtype=np.float32)
    features[1, 2] = 4.0
    assert unit(features) == pytest.approx([3 * np.tanh(-1.0), 3 * np.tanh(1.0)])
    again = Hidden.of_lines(unit.lines())
    assert again(features) == pytest.approx(unit(features))
    assert Hidden.empty()(features).tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    "change",
    [
        {"features": 0},
        {"weights": {"unheard of": 1.0}},
        {"none": 3},
        {"hidden": ["1 2 3"]},
        {"hidden": [" ".join(["nan"] * (len(NAMES) + 2))]},
        {"hidden": 7},
    ],
)
def test_other_files_are_refused(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "values.json"
    path.write_text(json.dumps({**json.loads(BUILT_IN.read_text()), **change}), encoding="utf-8")
    with pytest.raises(ModelError, match="train it again"):
        ValueModel.load(path)
