"""What holds of every method: orders do not matter, labels add up, pairs mirror, known truth is found."""

from __future__ import annotations

import numpy as np
import pytest

from tests.tuning.label_model.cases import QUICK, pairs, three_classes
from tuning.label_model import LabelError, LabelMatrix, LabelModel, LabelModelSettings, choose, fit
from tuning.label_model.settings import Method
from tuning.label_model.synthetic import COPIED, Kind, gold_of, made

METHODS: tuple[Method, ...] = ("majority", "em", "anchored", "naive_bayes")
ROWS = 1500


def settings_of(method: str) -> LabelModelSettings:
    return LabelModelSettings.model_validate({**QUICK.model_dump(), "method": method})


@pytest.mark.parametrize("method", METHODS)
def test_the_order_of_rows_and_functions_changes_no_bit(method: Method) -> None:
    one = made("A", ROWS, seed=4)
    gold = gold_of(one.truth, 60, seed=5)
    random = np.random.default_rng(6)
    rows, columns = random.permutation(ROWS), random.permutation(12)
    shuffled = one.matrix.take(rows).select([one.matrix.names[j] for j in columns])
    plain = fit(one.matrix, gold, settings_of(method))
    other = fit(shuffled, gold[rows], settings_of(method))
    assert other.fingerprint == plain.fingerprint
    assert np.array_equal(other.probabilities(shuffled), plain.probabilities(one.matrix)[rows])


@pytest.mark.parametrize("method", METHODS)
def test_the_choice_of_thinned_rows_does_not_depend_on_their_order(method: Method) -> None:
    one = made("C", ROWS, seed=4)
    gold = gold_of(one.truth, 60, seed=5)
    settings = settings_of(method).model_copy(update={"choice_rows": 300})
    rows = np.random.default_rng(6).permutation(ROWS)
    shuffled = fit(one.matrix.take(rows), gold[rows], settings)
    assert shuffled.fingerprint == fit(one.matrix, gold, settings).fingerprint


@pytest.mark.parametrize("method", METHODS)
def test_explanations_add_up_to_the_label(method: Method) -> None:
    for matrix, truth in (three_classes(400, seed=1), pairs(400, seed=1)):
        model = fit(matrix, np.where(np.arange(400) < 60, truth, -1), settings_of(method))
        labels, scores = model.probabilities(matrix), model.scores(matrix)
        assert np.allclose(labels.sum(axis=1), 1)
        for row in range(0, 400, 7):
            for of, against in ((0, 1), (1, 0), *([(2, 0)] if matrix.classes > 2 else [])):
                found = model.explain(matrix, row, of=of, against=against)
                total = found.prior + found.offset + sum(term.amount for term in found.terms)
                assert total == pytest.approx(found.log_odds, abs=1e-9)
                assert found.log_odds == pytest.approx(
                    np.log(labels[row, of] / labels[row, against]), abs=1e-9
                )
                assert found.log_odds == scores[row, of] - scores[row, against]
                assert all(t.amount == pytest.approx(t.weight * t.log_ratio) for t in found.terms)


def test_an_explanation_compares_the_two_likeliest_classes() -> None:
    matrix, truth = three_classes(400, seed=1)
    model = fit(matrix, truth, settings_of("naive_bayes"))
    order = np.argsort(-model.probabilities(matrix)[3])
    found = model.explain(matrix, 3)
    assert (found.of, found.against) == (order[0], order[1])
    for row, of in ((400, None), (-1, None), (0, 3)):
        with pytest.raises(LabelError):
            model.explain(matrix, row, of=of)
    with pytest.raises(LabelError, match="class 1 against 1"):
        model.explain(matrix, 0, of=1, against=1)


def test_votes_and_their_conflicts_are_told() -> None:
    matrix = LabelMatrix.of([[1, 0, -1], [1, 1, -1]], ["a", "b", "c"])
    model = fit(matrix, settings=settings_of("majority"))
    assert model.explain(matrix, 0).conflict
    assert not model.explain(matrix, 1).conflict
    assert model.explain(matrix, 1).independent_votes == 2
    assert [term.vote for term in model.explain(matrix, 0).terms] == [1, 0, -1]


@pytest.mark.parametrize("method", METHODS)
def test_rows_without_votes_get_the_prior_where_abstaining_says_nothing(method: Method) -> None:
    one = made("B", ROWS, seed=2)
    votes = one.matrix.votes.copy()
    votes[0] = -1
    matrix = LabelMatrix.of(votes)
    settings = settings_of(method).model_copy(
        update={"abstain_weight": 0.0, "calibrated": False, "balance": (0.8, 0.2)}
    )
    model = fit(matrix, gold_of(one.truth, 60, seed=1), settings)
    assert np.allclose(model.probabilities(matrix)[0], [0.8, 0.2])


@pytest.mark.parametrize("method", METHODS)
def test_swapping_pairs_negates_the_log_odds_exactly(method: Method) -> None:
    matrix, truth = pairs(800, seed=3)
    gold = np.where(np.arange(800) < 80, truth, -1)
    model = fit(matrix, gold, settings_of(method))
    scores, swapped = model.scores(matrix), model.scores(matrix.swapped())
    assert np.array_equal(swapped[:, 1] - swapped[:, 0], scores[:, 0] - scores[:, 1])
    assert np.array_equal(swapped, scores[:, ::-1])
    other = fit(matrix.swapped(), np.where(gold < 0, -1, 1 - gold), settings_of(method))
    assert other.fingerprint == model.fingerprint


def test_better_functions_count_more_among_pairs() -> None:
    matrix, truth = pairs(4000, seed=3)
    model = fit(matrix, truth, settings_of("naive_bayes"))
    tables = dict(zip(matrix.names, model.evidence, strict=True))
    log_odds = [float(tables[name][2, 1] - tables[name][2, 0]) for name in matrix.names]
    assert np.allclose(log_odds, np.log([0.9 / 0.1, 0.75 / 0.25, 0.6 / 0.4, 0.7 / 0.3]), atol=0.2)
    right = (model.probabilities(matrix)[:, 1] > 0.5) == truth
    assert right.mean() > 0.8


@pytest.mark.parametrize(("kind", "tolerance"), [("A", 0.03), ("B", 0.03), ("C", 0.06)])
def test_em_recovers_known_likelihoods(kind: Kind, tolerance: float) -> None:
    one = made(kind, 20_000, seed=3)
    model = fit(one.matrix, settings=LabelModelSettings(method="em", balance=(0.9, 0.1)))
    truth = {name: table.T for name, table in zip(one.matrix.names, one.likelihoods, strict=True)}
    misses = [
        np.abs(np.exp(table) - truth[f.name]).mean()
        for f, table in zip(model.functions, model.evidence, strict=True)
    ]
    assert np.mean(misses) < tolerance


@pytest.mark.parametrize("kind", ["A", "C", "D"])
def test_copies_share_one_voice(kind: Kind) -> None:
    one = made(kind, 8000, seed=1)
    weights = fit(one.matrix, gold_of(one.truth, 100, seed=2), settings_of("anchored")).weights_by_name
    copies = {j for group in COPIED[kind] for j in group}
    alone = [weights[f"f{j}"] for j in range(12) if j not in copies]
    for group in COPIED[kind]:
        assert sum(weights[f"f{j}"] for j in group) == pytest.approx(1, abs=0.35)
    assert np.mean(alone) > 0.75


def average_loss(model: LabelModel, matrix: LabelMatrix, truth: np.ndarray) -> float:
    return float(-np.log(model.probabilities(matrix)[np.arange(len(truth)), truth]).mean())


def test_gold_rescues_what_a_cluster_captured() -> None:
    one = made("D", 6000, seed=7)
    gold = gold_of(one.truth, 100, seed=8)
    plain = LabelModelSettings(method="em", tempered=False)
    alone = average_loss(fit(one.matrix, settings=plain), one.matrix, one.truth)
    anchored = average_loss(fit(one.matrix, gold, settings_of("anchored")), one.matrix, one.truth)
    prior = -(
        one.truth.mean() * np.log(one.truth.mean()) + (1 - one.truth.mean()) * np.log(1 - one.truth.mean())
    )
    assert anchored < 0.8 * prior
    assert anchored < 0.5 * alone


@pytest.mark.slow
def test_gold_chooses_the_method_that_labels_best() -> None:
    one = made("A", 6000, seed=9)
    gold = gold_of(one.truth, 100, seed=10)
    choice = choose(one.matrix, gold, QUICK)
    losses = [trial.log_loss for trial in choice.trials]
    assert losses == sorted(losses)
    assert {trial.plan.method for trial in choice.trials} == set(METHODS)
    assert choice.model.facts["plan"] == choice.chosen.plan.name
    worse = choice.chosen.losses - choice.trials[0].losses
    assert worse.mean() <= worse.std() / 10
    assert [row["plan"] for row in choice.model.facts["choice"]] == [t.plan.name for t in choice.trials]
    (starred,) = [line for line in choice.table().splitlines() if line.endswith("*")]
    assert starred.startswith(choice.chosen.plan.name)
    assert choice.held_out.shape == (100, 2)
    assert fit(one.matrix, gold, QUICK).fingerprint == choice.model.fingerprint
    majority = average_loss(fit(one.matrix, gold, settings_of("majority")), one.matrix, one.truth)
    assert average_loss(choice.model, one.matrix, one.truth) < 0.8 * majority


def test_without_gold_em_is_fitted_and_with_a_little_anchored() -> None:
    one = made("A", ROWS, seed=9)
    assert fit(one.matrix).method == "em"
    assert fit(one.matrix, gold_of(one.truth, 8, seed=1)).method == "anchored"
    with pytest.raises(LabelError, match="needs gold"):
        fit(one.matrix, settings=settings_of("naive_bayes"))
    with pytest.raises(LabelError, match="for 5 folds"):
        choose(one.matrix, gold_of(one.truth, 4, seed=1))
    with pytest.raises(LabelError, match="balance of 3"):
        fit(one.matrix, settings=LabelModelSettings(balance=(0.2, 0.3, 0.5)))


def test_new_rows_are_labeled_without_fitting_again() -> None:
    one, new = made("A", ROWS, seed=9), made("A", 200, seed=9)
    model = fit(one.matrix)
    before = model.fingerprint
    labels = model.probabilities(new.matrix)
    assert np.array_equal(model.probabilities(new.matrix.take([5])), labels[[5]])
    assert model.fingerprint == before


def test_a_former_model_is_a_start() -> None:
    one = made("A", 3000, seed=9)
    settings = settings_of("em").model_copy(update={"tolerance": 1e-10, "iterations": 500})
    model = fit(one.matrix, settings=settings)
    again = fit(one.matrix, settings=settings, start=model)
    assert again.facts["iterations"] <= model.facts["iterations"]
    assert np.abs(again.probabilities(one.matrix) - model.probabilities(one.matrix)).mean() < 0.005
    fewer = one.matrix.select(one.matrix.names[:-3])
    more = fit(one.matrix, settings=settings, start=fit(fewer, settings=settings))
    assert np.abs(more.probabilities(one.matrix) - model.probabilities(one.matrix)).mean() < 0.01
    with pytest.raises(LabelError, match="other classes"):
        fit(one.matrix, start=fit(three_classes(50, seed=1)[0]))


def test_a_model_refuses_votes_of_other_functions() -> None:
    one = made("A", 300, seed=9)
    model = fit(one.matrix)
    with pytest.raises(LabelError, match="differ in labeling functions: f11"):
        model.probabilities(one.matrix.select(one.matrix.names[:-1]))
    with pytest.raises(LabelError, match="of pairs"):
        model.probabilities(LabelMatrix.of(one.matrix.votes, mirrored=True))


def test_a_family_is_one_voice_where_it_votes_together() -> None:
    one = made("B", 3000, seed=2)
    together = LabelMatrix.of(one.matrix.votes, families={"f0": "words", "f1": "words"})
    free, bound = (fit(matrix).weights_by_name for matrix in (one.matrix, together))
    overlap = np.sum((one.matrix.votes[:, 0] >= 0) & (one.matrix.votes[:, 1] >= 0))
    least = min(np.sum(one.matrix.votes[:, 0] >= 0), np.sum(one.matrix.votes[:, 1] >= 0))
    assert 1 / bound["f0"] == pytest.approx(1 / free["f0"] + overlap / least, abs=0.15)
    assert bound["f5"] == pytest.approx(free["f5"], abs=0.05)
