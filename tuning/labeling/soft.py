"""Soft labels: functions applied, their votes put in a matrix, a label model fitted, probabilities kept.

    label_passages(items, functions, resources, store)  ─►  labels, model

Passages have a label model or two: questions in words that searches do not know have one of their own.
Gold classes by item anchor and choose the model where there are some; without any it is fitted on agreement
alone. Scores become bins whose edges are kept with the function's version, so that later items fall into the
same ones. Labels are never cut here: where to cut is among the model's facts when enough gold says it.
Leaves running functions to ``tuning.labeling.applier``, models to ``tuning.label_model``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuning.items import AnswerItem, Asked, Item, Labelled, PassageItem
from tuning.label_model import Function, LabelMatrix, LabelModel, LabelModelSettings, choose, fit
from tuning.label_model.binning import binned, quantile_edges
from tuning.label_model.fitting import DEFAULTS
from tuning.label_model.matrix import ABSTAIN, NO_GOLD, Array, Classes, Votes
from tuning.label_model.saving import save
from tuning.label_model.thresholds import for_f_measure, for_precision
from tuning.labeling.applier import Applied, apply
from tuning.labeling.functions import FunctionError, LabelingFunction, Values, checked
from tuning.labeling.item_rows import question_of
from tuning.labeling.resources import Resources
from tuning.labeling.store import LabelStore

_PRECISE = 0.9
_BEARING = 1.5
"""Passages of a question that bear its answer."""
_LEAST_SHARE = 0.001
Gold = Mapping[str, int]
"""Classes that people gave, by item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledAnswer:
    """How likely an answer is right, well supported and complete, by the model ``label_model``."""

    item: str
    question: Asked
    answer: AnswerItem
    probability: float
    label_model: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fitted:
    """A label model of passages, with the items it is of: ``[n]`` of all, ``[r]`` that are its own.

    ``unsearched``: their questions use words that searches do not know. ``rows`` ``[n]`` says which items
    they are, ``shares`` ``[r]`` how likely each is relevant by the votes ``matrix``.
    """

    unsearched: bool
    rows: NDArray[np.bool_]
    matrix: LabelMatrix
    model: LabelModel
    shares: Array


def label_passages(
    items: Sequence[PassageItem],
    functions: Sequence[LabelingFunction],
    resources: Resources,
    store: LabelStore,
    *,
    gold: Gold | None = None,
    settings: LabelModelSettings = DEFAULTS,
) -> tuple[list[Labelled], LabelModel]:
    """How likely each passage bears its question's answer ``[n]``, and the model that says so.

    The model that is returned is that of ``fit_passages`` that comes first.

    Votes that the store has are not made again; give all items of a question together. The same votes, gold
    and settings give the same labels to the last bit.

    Raises:
        FunctionError: no function votes on passages, or names repeat.
        ResourceError: a function declares what there is not.
        LabelError: gold and settings do not fit together.
        StorageError: the disk is full or not writable.
    """
    applied = apply(items, _of(functions, "passage"), resources, store)
    fitted = fit_passages(applied, items, store, gold=gold, settings=settings)
    said: dict[int, tuple[float, str]] = {}
    for one in fitted:
        name = one.model.fingerprint
        said |= {
            int(row): (float(share), name)
            for row, share in zip(np.flatnonzero(one.rows), one.shares, strict=True)
        }
    labels = [
        Labelled(
            item=item.id,
            question=item.question,
            chunk_id=item.chunk.id,
            document=item.chunk.document_id,
            passage=item.chunk.passage,
            probability=said[row][0],
            label_model=said[row][1],
        )
        for row, item in enumerate(items)
    ]
    return labels, fitted[0].model


def fit_passages(
    applied: Applied,
    items: Sequence[PassageItem],
    store: LabelStore,
    *,
    gold: Gold | None = None,
    settings: LabelModelSettings = DEFAULTS,
) -> tuple[Fitted, ...]:
    """The label models of passages ``[n]``, kept with their labels: what trains, and what experts look at.

    Questions in words that searches do not know have one of their own, since functions are right otherwise
    there. That of the others, where there are any, comes first.

    Raises:
        FunctionError: no function has anything to say of some of the items.
        LabelError: gold and settings do not fit together.
        StorageError: the disk is full or not writable.
    """
    _settle_edges(applied, store)
    found = []
    # The others' model is kept last, so that it is the latest.
    for unsearched in sorted(set(applied.unsearched.tolist()), reverse=True) or [False]:
        rows = applied.unsearched == unsearched
        own = list(compress(items, rows))
        model, matrix, shares = model_of(
            applied.part(unsearched=unsearched), own, store, gold=gold, settings=settings
        )
        found.append(Fitted(unsearched=unsearched, rows=rows, matrix=matrix, model=model, shares=shares))
    return tuple(reversed(found))


def label_answers(
    items: Sequence[AnswerItem],
    functions: Sequence[LabelingFunction],
    resources: Resources,
    store: LabelStore,
    *,
    gold: Gold | None = None,
    settings: LabelModelSettings = DEFAULTS,
) -> tuple[list[LabelledAnswer], LabelModel]:
    """How likely each answer is good ``[n]``, and the model that says so; see ``label_passages``."""
    applied = apply(items, _of(functions, "answer"), resources, store)
    model, _, shares = model_of(applied, items, store, gold=gold, settings=settings)
    name = model.fingerprint
    labels = [
        LabelledAnswer(
            item=item.id, question=item.question, answer=item, probability=float(share), label_model=name
        )
        for item, share in zip(items, shares, strict=True)
    ]
    return labels, model


def model_of(
    applied: Applied,
    items: Sequence[Item],
    store: LabelStore,
    *,
    gold: Gold | None = None,
    settings: LabelModelSettings = DEFAULTS,
) -> tuple[LabelModel, LabelMatrix, Array]:
    """A label model, kept with its labels; the votes it is of; the probability of class 1 by item ``[n]``.

    Raises:
        LabelError: gold and settings do not fit together.
        StorageError: the disk is full or not writable.
    """
    matrix = matrix_of(applied, store)
    known = classes_of(items, gold)
    if settings.balance is None and applied.functions[0].on == "passage" and (known == NO_GOLD).all():
        settings = settings.model_copy(update={"balance": expected_balance(items)})
    model = fitted(matrix, known, settings)
    shares = model.probabilities(matrix)[:, 1]
    keep(model, applied, shares, store, kind=applied.functions[0].on)
    return model, matrix, shares


def matrix_of(applied: Applied, store: LabelStore) -> LabelMatrix:
    """Values as votes ``[n, m]``; scores that tell no items apart are left out.

    Raises:
        FunctionError: no function is left.
    """
    columns: list[Votes] = []
    functions: list[Function] = []
    for one, ran, values in zip(applied.functions, applied.ran, applied.values.T, strict=True):
        edges = _edges(one, ran.number, values, store) if one.scored else ()
        if one.scored and not edges:
            continue
        columns.append(binned(values, edges) if one.scored else _classes(values))
        functions.append(Function(name=one.name, family=one.family, edges=edges, favours=one.favours))
    if not columns:
        raise FunctionError("no labeling function has anything to say of these items", "write another")
    return LabelMatrix(votes=np.stack(columns, axis=1), functions=tuple(functions))


def expected_balance(items: Sequence[Item]) -> tuple[float, float]:
    """Shares of passages that bear no answer and that bear one, where nobody has judged any.

    An answer stands in one or two of a question's passages, however many were found. Agreement among
    functions cannot learn a share so small: it would rather tell apart what is easily told apart.

    >>> expected_balance([])
    (0.5, 0.5)
    """
    questions = len({question_of(item).id for item in items})
    share = min(0.5, max(_LEAST_SHARE, _BEARING * questions / len(items))) if items else 0.5
    return 1 - share, share


def classes_of(items: Sequence[Item], gold: Gold | None) -> Classes:
    """Gold classes ``[n]``, -1 where nobody judged."""
    known = gold or {}
    return np.array([known.get(item.id, NO_GOLD) for item in items], dtype=np.int64)


def fitted(
    matrix: LabelMatrix,
    gold: Classes,
    settings: LabelModelSettings = DEFAULTS,
    start: LabelModel | None = None,
) -> LabelModel:
    """A label model; where gold chooses it, its facts say at which probabilities labels may be cut."""
    judged = gold != NO_GOLD
    if judged.sum() < max(settings.least_gold, settings.folds) or len(set(gold[judged])) < matrix.classes:
        return fit(matrix, gold if judged.any() else None, settings, start)
    choice = choose(matrix, gold, settings, start)
    said, positive = choice.held_out[:, 1], gold[judged] == 1
    best, precise = for_f_measure(said, positive), for_precision(said, positive, _PRECISE)
    cuts: dict[str, Any] = {"f_measure": {"value": best.value, "f1": best.f_measure()}}
    if precise is not None:
        cuts["precision"] = {"value": precise.value, "recall": precise.recall.value}
    return replace(choice.model, facts={**choice.model.facts, "thresholds": cuts})


def keep(model: LabelModel, applied: Applied, shares: Array, store: LabelStore, *, kind: str) -> None:
    """The model as a file, its labels and the functions' versions in the store.

    Raises:
        StorageError: the disk is full or not writable.
    """
    name = model.fingerprint
    heard = {function.name for function in model.functions}
    versions = {one: version for one, version in applied.versions.items() if one in heard}
    save(model, store.model_file(name))
    store.put_labels(name, kind, versions, (applied.numbers, shares.tolist()))


def _of(functions: Sequence[LabelingFunction], kind: Any) -> list[LabelingFunction]:  # noqa: ANN401
    chosen = checked(functions, kind)
    if not chosen:
        raise FunctionError(f"no labeling function votes on {kind}s", "write one with on={kind!r}")
    return chosen


def _settle_edges(applied: Applied, store: LabelStore) -> None:
    """Cut scores by those of all items, so that it is all one which part is looked at first."""
    for one, ran, values in zip(applied.functions, applied.ran, applied.values.T, strict=True):
        if one.scored:
            _edges(one, ran.number, values, store)


def _edges(function: LabelingFunction, number: int, values: Values, store: LabelStore) -> tuple[float, ...]:
    """Where scores are cut: as declared, as kept, or at quantiles of these."""
    known = function.edges or store.edges(number)
    if known or len(np.unique(values[~np.isnan(values)])) < 2:
        return known
    found = quantile_edges(values, function.bins)
    store.put_edges(number, found)
    return found


def _classes(values: Values) -> Votes:
    votes: Votes = np.where(np.isnan(values), ABSTAIN, values).astype(np.int8)
    return votes
