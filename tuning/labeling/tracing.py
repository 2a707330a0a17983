"""From a label back to what it came from, and forward to what was trained with it.

Back: the question and who made it, the passage or answer with its document, each function's version, source
and vote, and the exact sum of which the label's log-odds are made. Forward: the artifacts whose
``examples.jsonl`` names the item. Leaves printing to ``tuning.label_commands``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from rag.catalog_reader import CatalogReader
from rag.errors import CovenantError, UsageError
from rag.types import ChunkId, DocumentId
from tuning.label_model import ABSTAIN, LabelMatrix, LabelModel
from tuning.label_model.binning import binned
from tuning.label_model.saving import load
from tuning.labeling.blocks import NOT_RUN, RAISED
from tuning.labeling.store import LabelStore

EXAMPLES = "examples.jsonl"


class TraceError(UsageError):
    """There is no such item, or it has no label."""


def trace(
    item: str, store: LabelStore, catalog: CatalogReader, artifacts: Path, model: str = ""
) -> dict[str, Any]:
    """All that is known of an item's label, as JSON has it; of the model named, else the latest.

    Raises:
        TraceError: the store does not know the item, or the model did not label it.
        ModelError: the label model's file is missing or was changed.
    """
    try:
        number, content = store.content(item)
    except KeyError:
        raise TraceError(
            f"no item {item!r} has been labelled here", "copy an id from examples.jsonl or covenant label"
        ) from None
    labels = store.labels_of(number)
    said = next(((name, share) for name, share in labels if model in ("", name)), None)
    found: dict[str, Any] = {
        "item": item,
        **content,
        "where": _where(content, catalog),
        "labels": [{"model": name, "probability": share} for name, share in labels],
        "artifacts": sorted(trained_with(item, artifacts)),
    }
    if said is None:
        if model:
            raise TraceError(f"model {model!r} has no label of {item}", "leave the model out for the latest")
        return found
    return {**found, "label": _explained(number, said, content["kind"], store)}


def _explained(number: int, said: tuple[str, float], kind: str, store: LabelStore) -> dict[str, Any]:
    name, share = said
    model, (_, versions) = load(store.model_file(name)), store.model(name)
    label: dict[str, Any] = {"model": name, "method": model.method, "probability": share}
    if kind == "preference":
        return {**label, "functions": [{"name": one, "version": v} for one, v in sorted(versions.items())]}
    votes, states = _votes(number, model, versions, store)
    explanation = model.explain(LabelMatrix(votes=votes, functions=model.functions), 0)
    terms = {term.function: term for term in explanation.terms}
    return {
        **label,
        "log_odds": explanation.log_odds,
        "prior": explanation.prior,
        "offset": explanation.offset,
        "independent_votes": explanation.independent_votes,
        "functions": [
            {
                **asdict(terms[one]),
                "version": versions[one],
                "state": states[one],
                "source": store.source(store.find_function(one, versions[one])),
            }
            for one in (term.function for term in explanation.terms)
        ],
    }


def _votes(
    number: int, model: LabelModel, versions: Mapping[str, str], store: LabelStore
) -> tuple[Any, dict[str, str]]:
    """The item's row of votes as the model heard it, and what became of each function on it."""
    numbers, row, states = np.array([number], dtype=np.int64), [], {}
    for function in model.functions:
        value = store.read(store.find_function(function.name, versions[function.name]), numbers)
        states[function.name] = (
            "not asked" if value[0] == NOT_RUN
            else "raised" if value[0] == RAISED
            else "abstained" if np.isnan(value[0])
            else "voted"
        )  # fmt: skip
        if not np.isfinite(value[0]):
            row.append(ABSTAIN)
        else:
            row.append(int(binned(value, function.edges)[0]) if function.edges else int(value[0]))
    return np.array([row], dtype=np.int8), states


def _where(content: Mapping[str, Any], catalog: CatalogReader) -> list[dict[str, Any]]:
    """The passages that an item is about: document, pages, and the text that stands there."""
    if content["kind"] == "passage":
        ids = [content["chunk"]]
    else:
        answers = [content] if content["kind"] == "answer" else [content["first"], content["second"]]
        ids = [one["chunk_id"] for answer in answers for one in answer["supports"]]
    places = []
    for name in dict.fromkeys(ids):
        try:
            [chunk] = catalog.chunks([ChunkId(name)])
            document = catalog.name(DocumentId(chunk.document_id))
        except (KeyError, CovenantError):
            places.append({"chunk": name, "document": "", "text": "no longer stored"})
            continue
        places.append(
            {
                "chunk": name,
                "document": document,
                "document_id": chunk.document_id,
                "pages": [chunk.first_page, chunk.last_page],
                "headings": chunk.headings,
                "text": chunk.text,
            }
        )
    return places


def trained_with(item: str, artifacts: Path) -> Iterator[str]:
    """The artifacts below a folder that learned from an item, by folder name."""
    for path in sorted(artifacts.glob(f"*/{EXAMPLES}")):
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                # Most lines are of other items: looked at before they are read.
                if item in line and item in _ids(json.loads(line)):
                    yield path.parent.name
                    break


def _ids(row: object) -> set[str]:
    values = row.values() if isinstance(row, dict) else ()
    return {one for one in values if isinstance(one, str)}
