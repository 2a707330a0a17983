from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.tuning.labeling.cases import answer, asked, passages
from tuning.items import AnswerItem, PassageItem
from tuning.label_model.saving import load
from tuning.labeling import (
    ABSTAIN,
    BAD,
    GOOD,
    IRRELEVANT,
    RELEVANT,
    FunctionError,
    LabelStore,
    Resources,
    Vote,
    apply,
    label_answers,
    label_passages,
    labeling_function,
)
from tuning.labeling.soft import matrix_of

ITEMS = [
    item
    for number in range(40)
    for item in passages(
        asked(f"What is the rent of flat {number}?"),
        [
            f"The rent of flat {number} is ${number}.",
            f"Flat {number} has a door.",
            f"Contents {number} .... 3",
        ],
    )
]
TRUTH = {item.id: int("rent of" in item.chunk.text) for item in ITEMS}


@labeling_function(on="passage", kind="pattern")
def says_rent(item: PassageItem) -> Vote:
    return RELEVANT if "rent" in item.chunk.text else IRRELEVANT


@labeling_function(on="passage", kind="number")
def has_amount(item: PassageItem) -> Vote:
    return RELEVANT if "$" in item.chunk.text else ABSTAIN


@labeling_function(on="passage", kind="counter")
def is_contents(item: PassageItem) -> Vote:
    return IRRELEVANT if "...." in item.chunk.text else ABSTAIN


@labeling_function(on="passage", kind="model", scored=True, bins=3)
def rank(item: PassageItem) -> Vote:
    return item.score


FUNCTIONS = [says_rent, has_amount, is_contents, rank]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LabelStore]:
    with LabelStore(tmp_path) as opened:
        yield opened


def test_labels_are_soft_and_kept_with_their_model(store: LabelStore) -> None:
    labels, model = label_passages(ITEMS, FUNCTIONS, Resources(), store)
    right = [one.probability for one in labels if TRUTH[one.item]]
    wrong = [one.probability for one in labels if not TRUTH[one.item]]
    assert min(right) > 0.5 > max(wrong)
    assert labels[0].passage == ITEMS[0].chunk.passage
    assert labels[0].label_model == model.fingerprint == load(store.model_file(model.fingerprint)).fingerprint
    number, _ = store.content(labels[0].item)
    assert store.labels_of(number) == [(model.fingerprint, labels[0].probability)]
    assert store.latest_model("passage") == model.fingerprint
    kind, versions = store.model(model.fingerprint)
    assert (kind, sorted(versions)) == ("passage", sorted(one.name for one in FUNCTIONS))


def test_the_same_votes_give_the_same_labels(store: LabelStore, tmp_path: Path) -> None:
    first, model = label_passages(ITEMS, FUNCTIONS, Resources(), store)
    with LabelStore(tmp_path / "other") as other:
        second, again = label_passages(ITEMS[::-1], FUNCTIONS[::-1], Resources(), other)
    assert again.fingerprint == model.fingerprint
    assert {one.item: one.probability for one in first} == {one.item: one.probability for one in second}


def test_gold_chooses_the_model_and_says_where_to_cut(store: LabelStore) -> None:
    gold = dict(list(TRUTH.items())[:60])
    _, model = label_passages(ITEMS, FUNCTIONS, Resources(), store, gold=gold)
    assert model.facts["choice"]
    cut = model.facts["thresholds"]["f_measure"]
    assert cut["f1"] == 1.0
    assert 0 < cut["value"] < 1


def test_a_score_keeps_its_edges(store: LabelStore) -> None:
    first = matrix_of(apply(ITEMS, [rank], Resources(), store), store)
    [function] = first.functions
    assert len(function.edges) == 2
    some = matrix_of(apply(ITEMS[:2], [rank], Resources(), store), store)
    assert some.functions == first.functions  # two items alone would be cut elsewhere


def test_scores_that_tell_nothing_apart_are_left_out(store: LabelStore) -> None:
    same = labeling_function(on="passage", kind="model", name="same", scored=True)(lambda item: 1.0)
    assert matrix_of(apply(ITEMS, [same, says_rent], Resources(), store), store).names == ("says_rent",)
    with pytest.raises(FunctionError, match="anything to say"):
        matrix_of(apply(ITEMS, [same], Resources(), store), store)


def test_answers_are_labelled_by_functions_on_answers(store: LabelStore) -> None:
    @labeling_function(on="answer", kind="answer")
    def is_amount(item: AnswerItem) -> Vote:
        return GOOD if item.candidate.text.startswith("$") else BAD

    answers = [
        answer(item.question, item.chunk, said)
        for item in ITEMS[::3]
        for said in (item.chunk.text.split()[-1].rstrip("."), "flat")
    ]
    labels, model = label_answers(answers, [is_amount, *FUNCTIONS], Resources(), store)
    assert [function.name for function in model.functions] == ["is_amount"]
    shares = np.array([one.probability for one in labels])
    assert shares[::2].min() > shares[1::2].max()
    assert labels[0].answer is answers[0]
    with pytest.raises(FunctionError, match="no labeling function votes on answers"):
        label_answers(answers, FUNCTIONS, Resources(), store)


@labeling_function(on="passage", kind="pattern", proposes=True)
def knows_the_pad(item: PassageItem) -> Vote:
    if "the pad" not in item.question.text:
        return ABSTAIN
    return RELEVANT if "rent" in item.chunk.text else IRRELEVANT


def test_of_words_that_searches_do_not_know_ranks_say_nothing(store: LabelStore) -> None:
    """Searches rank the right passage of such questions last, as often as not; what is known decides."""
    misled = [
        replace(item, score=1.0 - item.score)
        for number in range(40)
        for item in passages(
            asked(f"What does the pad {number} cost?"),
            [
                f"The rent of flat {number} is ${number}.",
                f"Flat {number} has a door.",
                f"Pad {number} .... 3",
            ],
        )
    ]
    functions = [*FUNCTIONS, knows_the_pad]
    applied = apply([*ITEMS, *misled], functions, Resources(), store)
    assert applied.unsearched.tolist() == [False] * len(ITEMS) + [True] * len(misled)
    ranks = [one.name for one in applied.functions].index("rank")
    assert np.isnan(applied.values[applied.unsearched, ranks]).all()
    assert not np.isnan(applied.values[~applied.unsearched, ranks]).any()
    labels, model = label_passages([*ITEMS, *misled], functions, Resources(), store)
    own, others = (
        {one.label_model for one in labels if ("pad" in one.question.text) == pad} for pad in (True, False)
    )
    assert others == {model.fingerprint}
    assert len(own) == 1
    assert own != others
    assert load(store.model_file(next(iter(own)))).fingerprint in own
    assert store.latest_model("passage") == model.fingerprint
    for one in labels:
        assert (one.probability > 0.5) == ("rent of" in one.passage)
