"""Learning a fusion: gradients, recovery of known weights, equal voice of sources; groups of a library."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import check_grad

from eval.training_data import training_questions
from rag.assembly import open_pipeline
from rag.combiner.features import FEATURES
from rag.types import Query
from tests.library import SETTINGS, make_workspace
from tuning.combiner import Array, Group, Reread, learn, learn_reranker, loss_and_gradient
from tuning.combiner_groups import groups_of

GENERATOR_SEED = 5


def made(source: str, weights: dict[str, float], count: int, seed: int = GENERATOR_SEED) -> list[Group]:
    """Groups whose evidence is the best candidate by these weights."""
    generator = np.random.default_rng(seed)
    groups = []
    for _ in range(count):
        rows = generator.random((12, len(FEATURES))).astype(np.float32)
        scores = sum(rows[:, FEATURES.index(name)] * weight for name, weight in weights.items())
        gains = np.zeros(12, dtype=np.float32)
        gains[int(np.argmax(scores))] = 1.0
        groups.append(Group(source=source, rows=rows, gains=gains))
    return groups


def test_the_gradient_is_that_of_the_loss() -> None:
    groups = made("a", {"lexical": 1.0}, 3)
    shares = [0.5, 0.3, 0.2]
    point, center = np.random.default_rng(1).random((2, len(FEATURES)))

    def loss(weights: Array) -> float:
        return loss_and_gradient(weights, groups, shares, 0.01, center)[0]

    def gradient(weights: Array) -> Array:
        return loss_and_gradient(weights, groups, shares, 0.01, center)[1]

    assert check_grad(loss, gradient, point) < 1e-5


def test_the_features_that_decide_are_found() -> None:
    combiner = learn(made("a", {"dense": 3.0, "section": 1.0}, 200), {})
    ordered = sorted(FEATURES, key=lambda name: -combiner.weights[name])

    assert ordered[:2] == ["dense", "section"]
    assert combiner.weights["dense"] / combiner.weights["section"] == pytest.approx(3, rel=0.25)
    assert combiner.facts["groups"] == {"a": 200}


def test_weights_are_not_negative() -> None:
    assert min(learn(made("a", {"dense": 1.0, "length": -1.0}, 60), {}).weights.values()) == 0.0


def test_sources_have_the_same_voice() -> None:
    small, large = made("a", {"dense": 1.0}, 20), made("b", {"lexical": 1.0}, 200, seed=6)
    weights = learn([*small, *large], {}).weights

    assert weights["dense"] == pytest.approx(weights["lexical"], rel=0.4)


def test_scores_become_probabilities() -> None:
    groups = made("a", {"dense": 4.0}, 200)
    combiner = learn(groups, {})
    said = np.concatenate([combiner.probabilities(group.rows) for group in groups])
    is_evidence = np.concatenate([group.gains > 0 for group in groups])

    assert said.mean() == pytest.approx(is_evidence.mean(), abs=0.01)
    assert said[is_evidence].mean() > 3 * said[~is_evidence].mean()


def test_the_same_groups_teach_the_same() -> None:
    assert learn(made("a", {"dense": 1.0}, 30), {}) == learn(made("a", {"dense": 1.0}, 30), {})


def test_groups_that_teach_nothing_are_refused() -> None:
    nothing = Group(source="a", rows=np.zeros((2, len(FEATURES)), np.float32), gains=np.zeros(2, np.float32))

    with pytest.raises(ValueError, match="evidence"):
        learn([nothing], {})


def test_groups_mark_the_chunks_that_hold_the_evidence(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    quote = "The Class B Notes bear interest at 4.25%"
    lines = [
        {"id": "q1", "question": "What interest do the Class B Notes bear?", "doc_id": "alder",
         "answer": "4.25%", "split": "train", "evidence": [{"page": 1, "text": quote}]},
        {"id": "q2", "question": "Who is it?", "doc_id": "nowhere", "answer": "x", "split": "train",
         "evidence": [{"page": 0, "text": "x"}]},
    ]  # fmt: skip
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    with open_pipeline(make_workspace(tmp_path / "work"), SETTINGS) as pipeline:
        (group,) = groups_of(pipeline, training_questions(path).questions, "made", scope="single")
        _, chunks = pipeline.candidates(
            Query(text=str(lines[0]["question"]), document_ids=pipeline.scope(["alder"]))
        )

    assert group.source == "made"
    assert group.rows.shape == (len(chunks), len(FEATURES))
    assert [quote[:20] in chunk.text for chunk in chunks] == [bool(gain) for gain in group.gains]
    assert group.teaches


def test_a_reranker_is_believed_as_far_as_it_helps() -> None:
    generator = np.random.default_rng(3)

    def lists(noise: float) -> list[Reread]:
        made_lists = []
        for _ in range(150):
            truth = generator.random(10)
            gains = (truth == truth.max()).astype(np.float32)
            sums = (truth + generator.normal(0, 0.3, 10)).astype(np.float32)
            scores = (truth + generator.normal(0, noise, 10)).astype(np.float32)
            made_lists.append(Reread(source="a", sums=sums, scores=scores, gains=gains))
        return made_lists

    assert learn_reranker(lists(0.05)) > 5 * learn_reranker(lists(3.0))
    with pytest.raises(ValueError, match="evidence"):
        learn_reranker([])
