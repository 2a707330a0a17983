"""Label models on matrices whose truth is known: ours, majority vote, Dawid-Skene, Snorkel's.

``python -m benchmarks.label_models [--json]``. Rows are 20,000 of ``tuning.label_model.synthetic``, one in
ten positive, 100 of them gold; figures are means over seeds of average precision (of the positive class) and
log-loss on the other rows, and of seconds to fit and predict. Crowd-Kit and Snorkel come with the extra
``compare``; those that are not installed are left out. Both get what gold gives them: Snorkel the balance,
Dawid-Skene the balance for rows without votes and, in a row of its own, the gold classes.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from importlib.util import find_spec

import click
import numpy as np

from tuning.label_model import LabelModelSettings, fit
from tuning.label_model.matrix import Array, Classes, LabelMatrix
from tuning.label_model.settings import Method
from tuning.label_model.synthetic import KINDS, Kind, gold_of, made

ROWS = 20_000
GOLD = 100
LEAST = 1e-6
"""Probabilities are held this far from 0 and 1 before their logarithm is taken: few methods promise it."""

Labeler = Callable[[LabelMatrix, Classes], Array]
"""Votes ``[n, m]`` and gold ``[n]`` to probabilities ``[n, 2]``."""


def ours(method: Method | None = None, *, with_gold: bool = True) -> Labeler:
    """Our label model, of a method or chosen by gold."""
    settings = LabelModelSettings() if method is None else LabelModelSettings(method=method)

    def label(matrix: LabelMatrix, gold: Classes) -> Array:
        return fit(matrix, gold if with_gold else None, settings).probabilities(matrix)

    return label


def majority_share(matrix: LabelMatrix, gold: Classes) -> Array:
    """Shares of votes, with one vote's worth of the balance."""
    counts = np.stack([(matrix.votes == c).sum(axis=1) for c in range(2)], axis=1) + balance(gold)
    found: Array = counts / counts.sum(axis=1, keepdims=True)
    return found


def dawid_skene(*, with_gold: bool) -> Labeler:
    """Crowd-Kit's Dawid-Skene, which knows votes only; rows without any get the balance."""

    def label(matrix: LabelMatrix, gold: Classes) -> Array:
        import pandas as pd
        from crowdkit.aggregation import DawidSkene

        rows, columns = np.nonzero(matrix.votes >= 0)
        votes = pd.DataFrame({"task": rows, "worker": columns, "label": matrix.votes[rows, columns]})
        judged = np.intersect1d(np.flatnonzero(gold >= 0), rows)
        true_labels = pd.Series(gold[judged], index=judged) if with_gold else None
        shares = DawidSkene(n_iter=100).fit_predict_proba(votes, true_labels=true_labels)
        found = np.tile(balance(gold), (len(matrix), 1))
        found[shares.index.to_numpy()] = shares.reindex(columns=[0, 1], fill_value=0.0).to_numpy()
        return found

    return label


def snorkel(epochs: int) -> Labeler:
    """Snorkel's label model with the balance."""

    def label(matrix: LabelMatrix, gold: Classes) -> Array:
        from snorkel.labeling.model import LabelModel

        model = LabelModel(cardinality=2, verbose=False)
        model.fit(
            matrix.votes.astype(np.int64),
            class_balance=balance(gold).tolist(),
            n_epochs=epochs,
            seed=1,
            progress_bar=False,
        )
        found: Array = model.predict_proba(matrix.votes.astype(np.int64))
        return found

    return label


def balance(gold: Classes) -> Array:
    """``[2]``: the classes' shares among gold rows, one more of each."""
    counts = np.bincount(gold[gold >= 0], minlength=2) + 1.0
    found: Array = counts / counts.sum()
    return found


def average_precision(truth: Classes, scores: Array) -> float:
    """The mean over positives of precision at their score; equal scores are taken together.

    >>> average_precision(np.array([1, 0, 1]), np.array([0.9, 0.5, 0.5]))
    0.8333333333333333
    """
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(truth[order])
    ends = np.flatnonzero(np.append(np.diff(scores[order]) < 0, True))
    gained = np.diff(hits[ends], prepend=0)
    return float((gained * hits[ends] / (ends + 1)).sum() / hits[-1])


def log_loss(truth: Classes, probabilities: Array) -> float:
    """The mean of minus the logarithm of the true class's probability."""
    said = np.clip(probabilities[np.arange(len(truth)), truth], LEAST, 1 - LEAST)
    return float(-np.log(said).mean())


def labelers() -> dict[str, Labeler]:
    """What is installed, by the name it has in the table."""
    found = {
        "ours: chosen by gold": ours(),
        "ours: em, no gold": ours("em", with_gold=False),
        "ours: em": ours("em"),
        "ours: anchored": ours("anchored"),
        "ours: naive bayes on gold": ours("naive_bayes"),
        "ours: majority": ours("majority"),
        "majority, shares of votes": majority_share,
    }
    if find_spec("crowdkit"):
        found["Dawid-Skene"] = dawid_skene(with_gold=False)
        found["Dawid-Skene with gold"] = dawid_skene(with_gold=True)
    if find_spec("snorkel"):
        found["Snorkel, 100 epochs"] = snorkel(100)
        found["Snorkel, 500 epochs"] = snorkel(500)
    return found


def measured(kind: Kind, seeds: int) -> dict[str, dict[str, float]]:
    """Figures of all labelers on a kind of matrix."""
    figures: dict[str, list[tuple[float, float, float]]] = {}
    for seed in range(seeds):
        one = made(kind, ROWS, seed=1000 + seed)
        gold = gold_of(one.truth, GOLD, seed=2000 + seed)
        test = gold < 0
        for name, labeler in labelers().items():
            begin = time.perf_counter()
            labels = labeler(one.matrix, gold)
            seconds = time.perf_counter() - begin
            truth, said = one.truth[test], labels[test]
            figures.setdefault(name, []).append(
                (average_precision(truth, said[:, 1]), log_loss(truth, said), seconds)
            )
    names = ("average_precision", "log_loss", "seconds")
    return {
        name: {what: round(float(value), 4) for what, value in zip(names, np.mean(rows, axis=0), strict=True)}
        for name, rows in figures.items()
    }


@click.command()
@click.option("--seeds", default=5, show_default=True, help="Matrices of each kind.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def main(seeds: int, as_json: bool) -> None:
    """Compare label models."""
    found = {kind: measured(kind, seeds) for kind in KINDS}
    if as_json:
        print(
            json.dumps({"name": "label_models", "rows": ROWS, "gold": GOLD, "seeds": seeds, "kinds": found})
        )
        return
    print("average precision / log-loss / seconds")
    print(f"{'':28}" + "".join(f"{kind:>22}" for kind in found))
    for name in found[KINDS[0]]:
        cells = [found[kind][name] for kind in found]
        row = [f"{c['average_precision']:.3f} / {c['log_loss']:.3f} / {c['seconds']:.2f}" for c in cells]
        print(f"{name:28}" + "".join(f"{cell:>22}" for cell in row))


if __name__ == "__main__":
    main()
