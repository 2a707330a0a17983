"""What ``covenant label`` found, kept as JSON for whoever looks at it later: the report, examples of votes.

It lies in the workspace's cache, because it quotes documents: it goes with the next one that is deleted.
Leaves the report to ``tuning.labeling.report``.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping, Sequence
from itertools import compress
from textwrap import dedent
from typing import Any

import numpy as np

from rag.catalog import Catalog
from rag.storage import write_text
from rag.workspace import Workspace
from tuning.items import Asked, PassageItem
from tuning.label_model import LabelMatrix
from tuning.label_model.analysis import leanings
from tuning.label_model.matrix import Array
from tuning.labeling.functions import LabelingFunction
from tuning.labeling.soft import Fitted

_EACH = 6
"""Examples of each kind: votes for, votes against, votes that others contradict."""
_CHARS = 500


def keep_report(
    workspace: Workspace, report: Mapping[str, Any], examples: Mapping[str, Any], *, made_at: str
) -> None:
    """Write the report, in place of the one before.

    Raises:
        StorageError: the disk is full or not writable.
    """
    told = {"made_at": made_at, "report": dict(report), "examples": dict(examples)}
    write_text(workspace.label_report, json.dumps(told, ensure_ascii=False))


def function_examples(
    items: Sequence[PassageItem],
    functions: Sequence[LabelingFunction],
    fitted: Sequence[Fitted],
    catalog: Catalog,
) -> dict[str, dict[str, Any]]:
    """By function: what it is, and some of the items ``[n]`` it voted on, by each of the models.

    Those that others contradict come first, the most doubtful of them before the others; then its votes for
    each class, spread evenly over the items.
    """
    known = {one.name: one for one in functions}
    found: dict[str, dict[str, Any]] = {}
    for model in fitted:
        own = list(compress(items, model.rows))
        for name, examples in _by_function(own, model, catalog).items():
            one = known.get(name)
            told = {
                "description": "" if one is None else one.about or inspect.getdoc(one.call) or "",
                "source": "" if one is None else _source(one),
                "examples": [],
            }
            found.setdefault(name, told)["examples"] += examples
    return found


def _by_function(
    items: Sequence[PassageItem], fitted: Fitted, catalog: Catalog
) -> dict[str, list[dict[str, Any]]]:
    """Examples among one model's items ``[r]``."""
    matrix, shares = fitted.matrix, fitted.shares
    votes = leanings(matrix)
    return {
        name: [
            {
                **_example(items[row], votes[row], column, matrix, shares[row], catalog),
                "unsearched": fitted.unsearched,
            }
            for row in _chosen(votes, votes[:, column], shares)
        ]
        for column, name in enumerate(matrix.names)
    }


def _chosen(votes: np.ndarray, own: np.ndarray, shares: Array) -> list[int]:
    voted = own >= 0
    others = (votes >= 0) & (votes != own[:, None])
    conflict = np.flatnonzero(voted & others.any(axis=1))
    doubtful = conflict[np.argsort(np.abs(shares[conflict] - 0.5), kind="stable")][:_EACH]
    rows: list[int] = doubtful.tolist()
    for vote in (1, 0):
        alike = np.flatnonzero(voted & (own == vote) & ~others.any(axis=1))
        picked = np.linspace(0, len(alike) - 1, min(_EACH, len(alike))).round().astype(int)
        rows += alike[picked].tolist()
    return rows


def _example(
    item: PassageItem, votes: np.ndarray, column: int, matrix: LabelMatrix, share: float, catalog: Catalog
) -> dict[str, Any]:
    vote = int(votes[column])
    others = [
        {"name": name, "vote": int(other)}
        for at, (name, other) in enumerate(zip(matrix.names, votes, strict=True))
        if at != column and other >= 0
    ]
    chunk = item.chunk
    return {
        "question": item.question.text,
        "asked_of": _asked_of(item.question),
        "document": catalog.name(chunk.document_id),
        "document_id": chunk.document_id,
        "page": chunk.first_page,
        "start": chunk.start,
        "end": chunk.end,
        "text": chunk.text[:_CHARS],
        "vote": vote,
        "label": int(share >= 0.5),
        "probability": round(float(max(share, 1 - share)), 6),
        "conflict": any(other["vote"] != vote for other in others),
        "others": others,
    }


def _asked_of(question: Asked) -> list[str] | None:
    """The documents that a question is asked of or was made from; None for the whole library.

    None, too, of one that somebody asked the service, who may have seen more than these.
    """
    if question.origin == "log":
        return None
    places = {place.document_id for place in question.places}
    return sorted({*(question.document_ids or ()), *places}) or None


def _source(one: LabelingFunction) -> str:
    """The text of the function; empty where there is none to be read."""
    try:
        return dedent(inspect.getsource(one.call))
    except (OSError, TypeError):
        return ""
