"""Learning which value answers, from made values with known right ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rag.generator.valued.features import NAMES, Found
from rag.generator.valued.found import Value
from rag.types import Chunk, ChunkId, DocumentId, SectionId, Support
from tuning.values import Example, HeldOut, _Batch, _start, calibrated, cross_fitted, learn, moved

_CHUNK = Chunk(
    id=ChunkId("c"),
    document_id=DocumentId("d"),
    section_id=SectionId("s"),
    ordinal=0,
    start=0,
    end=40,
    first_page=0,
    last_page=0,
    text="0% 1% 2% 3% 4% 5% 6% 7% 8% 9%",
    context="",
)


def _found(place: int) -> Found:
    value = Value(kind="percent", start=3 * place, end=3 * place + 2, key=str(place))
    return Found(value=value, chunk=_CHUNK, support=Support(chunk_id=_CHUNK.id, start=0, end=29))


def made_examples(count: int, seed: int) -> list[Example]:
    """Questions of four values: right is the one whose sentence covers most; none where little is covered."""
    generator = np.random.default_rng(seed)
    examples = []
    for number in range(count):
        features = np.zeros((4, len(NAMES)), dtype=np.float32)
        covered = generator.uniform(0, 1 if number % 3 else 0.3, 4)
        features[:, NAMES.index("sentence")] = covered
        features[:, NAMES.index("rank")] = generator.uniform(0, 3, 4)
        right = ((np.arange(4) == covered.argmax()) & bool(number % 3)).astype(np.float64)
        found = tuple(_found(place) for place in range(4))
        examples.append(Example(found=found, features=features, right=right, together=f"firm {number % 2}"))
    return examples


def test_what_made_the_answers_is_learned() -> None:
    examples = made_examples(120, seed=5)
    model = learn(examples, {"made": True})
    assert model.weights[NAMES.index("sentence")] > 1
    assert abs(model.weights[NAMES.index("rank")]) < 1
    fresh = made_examples(60, seed=6)
    right = [
        bool(one.right[int(model.rank(one.found, one.features, limit=1)[0].found.value.key)])
        for number, one in enumerate(fresh)
        if number % 3
    ]
    assert np.mean(right) > 0.9


def test_soft_labels_are_learned_by_the_gradient_of_their_likelihood() -> None:
    examples = [
        replace(one, right=np.random.default_rng(number).uniform(0, 1, 4))
        for number, one in enumerate(made_examples(5, seed=3))
    ]
    batch = _Batch.of(examples)
    at = _start(0) + np.random.default_rng(1).normal(0, 0.3, len(_start(0)))
    held, to = np.full(len(at), 0.1), np.full(len(at), 0.2)
    _, gradient = batch.loss(at, held, to)
    for place in np.random.default_rng(2).choice(len(at), 120, replace=False):
        step = np.zeros_like(at)
        step[place] = 1e-5
        slope = (batch.loss(at + step, held, to)[0] - batch.loss(at - step, held, to)[0]) / 2e-5
        assert slope == pytest.approx(gradient[place], rel=1e-4, abs=1e-6)


def test_where_little_is_found_less_is_sure() -> None:
    examples = made_examples(120, seed=5)
    model = calibrated(learn(examples, {}), cross_fitted(examples))
    best = [model.rank(one.found, one.features, limit=1)[0].probability for one in examples]
    answered = [p for number, p in enumerate(best) if number % 3]
    silent = [p for number, p in enumerate(best) if not number % 3]
    assert np.mean(answered) > np.mean(silent) + 0.3


def test_only_those_named_are_held_out_and_the_others_teach() -> None:
    examples = [
        replace(one, together="ab"[number % 2]) for number, one in enumerate(made_examples(40, seed=6))
    ]
    own = [one for one in examples if one.together == "b"]
    held_out = cross_fitted(examples, {"b"})
    assert len(held_out) == len(own) < len(examples)
    assert held_out == tuple(cross_fitted(examples)[-len(own) :])
    assert cross_fitted(examples, set()) == ()


def test_the_same_examples_give_the_same_file() -> None:
    examples = made_examples(30, seed=1)
    assert learn(examples, {}).to_json() == learn(examples, {}).to_json()


def test_what_goes_on_from_a_model_is_held_to_it() -> None:
    start = calibrated(learn(made_examples(60, seed=5), {}), [HeldOut(share=0.9, right=1.0)] * 3)
    fresh = made_examples(40, seed=6)
    held = moved(start, fresh, {"from": "start"}, l2=1e9)
    logits = [fresh[0].features @ one.weights + one.hidden(fresh[0].features) for one in (start, held)]
    np.testing.assert_allclose(logits[1], logits[0], atol=1e-4)
    np.testing.assert_allclose(held.none, start.none, atol=1e-4)
    assert (held.slope, held.intercept) == (start.slope, start.intercept)
    assert held.facts == {"from": "start"}


def test_what_goes_on_from_a_model_learns_what_is_new() -> None:
    # From here on the value that stands further down is right, whatever its sentence covers.
    turned = []
    for one in made_examples(80, seed=6):
        last = np.arange(4) == one.features[:, NAMES.index("rank")].argmax()
        turned.append(replace(one, right=last * 0.95))
    start = learn(made_examples(60, seed=5), {})
    taught = moved(start, turned[:60], {}, l2=0.5)
    right = [
        [
            one.right[int(model.rank(one.found, one.features, limit=1)[0].found.value.key)] > 0
            for one in turned[60:]
        ]
        for model in (start, taught)
    ]
    assert np.mean(right[1]) > 0.8 > np.mean(right[0]) + 0.2
    assert moved(start, turned[:60], {}, l2=0.5).to_json() == taught.to_json()


def test_nothing_teaches_nothing() -> None:
    with pytest.raises(ValueError, match="no question"):
        learn([], {})
    with pytest.raises(ValueError, match="no question"):
        moved(learn(made_examples(3, seed=1), {}), [], {}, l2=1.0)
