"""What a team looks at after labeling: functions over all and by kind of question, conflicts, what to add.

Everything is plain data, so that it can be printed, saved or compared. Leaves figures of functions to
``tuning.label_model.analysis``, printing to ``tuning.labeling.printed``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuning.items import PassageItem
from tuning.label_model import LabelMatrix, LabelModel, LabelModelSettings
from tuning.label_model.analysis import (
    conflict_rows,
    correlated_pairs,
    function_reports,
    leanings,
    rows_report,
)
from tuning.label_model.leaving_out import left_out
from tuning.label_model.matrix import NO_GOLD, Array, Classes
from tuning.labeling.applier import Applied
from tuning.labeling.soft import Fitted, Gold, classes_of

_CHARS = 240
_CLUSTERS = 8
_FEW = 20
"""Items below which a cluster is not worth a function."""
_USUAL = 0.85
"""How often a new function is taken to be right."""


def label_report(
    items: Sequence[PassageItem],
    applied: Applied,
    fitted: Sequence[Fitted],
    gold: Gold | None,
    *,
    examples: int = 3,
    without: bool = False,
) -> dict[str, Any]:
    """The whole report of the models of ``fit_passages``, as JSON has it; ``gold`` are classes by item.

    Figures are of the first model's items; those of the other, where there is one, are under "unsearched".
    ``without`` says what labels would be without each function.
    """
    parts: list[dict[str, Any]] = []
    for one in fitted:
        own = list(compress(items, one.rows))
        ran = applied if not parts else None
        parts.append(_of_part(own, one, classes_of(own, gold), examples, ran))
        if without:
            parts[-1]["without"] = gains(one.matrix, classes_of(own, gold), one.model)
    report = parts[0] | {
        "failures": [
            {"function": one.name, "items": one.raised, "first": one.first}
            for one in applied.ran
            if one.raised
        ]
    }
    return report | ({"unsearched": parts[1]} if len(parts) > 1 else {})


def _of_part(
    items: Sequence[PassageItem], fitted: Fitted, gold: Classes, examples: int, applied: Applied | None
) -> dict[str, Any]:
    """What is said of one model's items ``[r]``; of what was run where ``applied`` is given."""
    matrix, model, shares = fitted.matrix, fitted.model, fitted.shares
    known = gold if (gold != NO_GOLD).any() else None
    kinds = np.array([item.question.kind for item in items])
    slices = {kind: kinds == kind for kind in sorted(set(kinds.tolist()))}
    return {
        "items": len(items),
        "questions": len({item.question.id for item in items}),
        "rows": asdict(rows_report(matrix)),
        "label_model": {
            "id": model.fingerprint,
            "method": model.method,
            "balance": model.balance.tolist(),
            **dict(model.facts),
        },
        "functions": _functions(matrix, known, model, applied),
        "slices": {
            kind: {
                "items": int(rows.sum()),
                "expected_relevant": float(shares[rows].sum()),
                "functions": _functions(matrix.take(rows), None if known is None else known[rows], model),
                **_measured(shares[rows], gold[rows]),
            }
            for kind, rows in slices.items()
        },
        "measured": _measured(shares, gold),
        "conflicts": _conflicts(items, matrix, shares, examples),
        "correlated": [asdict(pair) for pair in correlated_pairs(matrix, model)],
        "clusters": clusters(items, matrix, shares),
    }


def gains(matrix: LabelMatrix, gold: Classes, model: LabelModel) -> list[dict[str, Any]]:
    """What labels would be without each function: fitted anew without it, by the model's own method."""
    balance = tuple(model.balance.tolist())
    known = gold if (gold != NO_GOLD).any() else None
    found = left_out(matrix, known, method=model.method, settings=LabelModelSettings(balance=balance))
    return [asdict(one) for one in sorted(found, key=lambda one: (-one.moved, one.name))]


def clusters(items: Sequence[PassageItem], matrix: LabelMatrix, shares: Array) -> list[dict[str, Any]]:
    """Where one more function would tell most: kinds of question and headings whose labels are unsure.

    ``gain`` is by how many nats the labels' entropy would fall, all items of the cluster together, if a
    function that is right in 17 of 20 cases voted on each; ``silent`` the share that no function votes on.
    """
    voted: NDArray[np.bool_] = np.asarray((leanings(matrix) >= 0).any(axis=1))
    groups: dict[tuple[str, str], list[int]] = {}
    for index, item in enumerate(items):
        key = item.question.kind, item.chunk.headings.rpartition(" > ")[2]
        groups.setdefault(key, []).append(index)
    gained = _information(shares)
    found = [
        {
            "kind": kind,
            "heading": heading,
            "items": len(rows),
            "gain": float(gained[rows].sum()),
            "silent": float(1 - voted[rows].mean()),
        }
        for (kind, heading), rows in groups.items()
        if len(rows) >= _FEW
    ]
    return sorted(found, key=lambda one: (-float(str(one["gain"])), str(one["kind"]), str(one["heading"])))[
        :_CLUSTERS
    ]


def _information(shares: Array) -> Array:
    """``[n]``: what one more vote is expected to tell about each label, in nats."""
    yes = shares * _USUAL + (1 - shares) * (1 - _USUAL)
    after = yes * _entropy(shares * _USUAL / yes) + (1 - yes) * _entropy(shares * (1 - _USUAL) / (1 - yes))
    return _entropy(shares) - after


def _entropy(shares: Array) -> Array:
    held = np.clip(shares, 1e-12, 1 - 1e-12)
    found: Array = -(held * np.log(held) + (1 - held) * np.log(1 - held))
    return found


def _functions(
    matrix: LabelMatrix, gold: Classes | None, model: LabelModel, applied: Applied | None = None
) -> list[dict[str, Any]]:
    ran = {} if applied is None else {one.name: one for one in applied.ran}
    rows = []
    for one in function_reports(matrix, gold, model):
        row = asdict(one)
        if one.name in ran:
            fact = ran[one.name]
            row |= {"version": fact.version, "ran": fact.ran, "seconds": fact.seconds, "raised": fact.raised}
        rows.append(row)
    return rows


def _measured(shares: Array, gold: Classes) -> dict[str, Any]:
    """Average precision and log-loss on gold rows; nothing where there are none of both classes."""
    known = gold != NO_GOLD
    truth, said = gold[known], np.clip(shares[known], 1e-6, 1 - 1e-6)
    if not known.any() or not truth.any():
        return {}
    right = np.where(truth == 1, said, 1 - said)
    return {
        "gold": int(known.sum()),
        "average_precision": average_precision(truth, said),
        "log_loss": float(-np.log(right).mean()),
    }


def average_precision(truth: Classes, said: Array) -> float:
    """The mean over positives of precision at their probability; equal ones are taken together.

    >>> average_precision(np.array([1, 0, 1]), np.array([0.9, 0.5, 0.5]))
    0.8333333333333333
    """
    order = np.argsort(-said, kind="stable")
    hits = np.cumsum(truth[order])
    ends = np.flatnonzero(np.append(np.diff(said[order]) < 0, True))
    return float((np.diff(hits[ends], prepend=0) * hits[ends] / (ends + 1)).sum() / hits[-1])


def _conflicts(
    items: Sequence[PassageItem], matrix: LabelMatrix, shares: Array, examples: int
) -> list[dict[str, Any]]:
    """For each function some items on which others contradict it, the most doubtful first."""
    found = []
    for name in matrix.names:
        rows = conflict_rows(matrix, name, limit=len(matrix))
        for row in sorted(rows.tolist(), key=lambda row: (abs(shares[row] - 0.5), items[row].id))[:examples]:
            leaning = leanings(matrix.take([row]))[0]
            votes = {one: int(vote) for one, vote in zip(matrix.names, leaning, strict=True) if vote >= 0}
            found.append(
                {
                    "function": name,
                    "item": items[row].id,
                    "question": items[row].question.text,
                    "passage": items[row].chunk.text[:_CHARS],
                    "probability": float(shares[row]),
                    "votes": votes,
                }
            )
    return found
