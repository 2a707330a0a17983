"""What was measured and labelled, over HTTP: runs, their slices and errors, labeling functions.

A run is seen whole or not at all (``service.run_files``). Of labels everybody who may judge sees the figures
of functions; an example only where its passage and the documents that its question is asked of are seen.
Leaves figures to the commands that make them (``service.reports``, ``covenant label``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from service.callers import AnnotatorOf, Caller
from service.develop_schemas import (
    ErrorsReply,
    LabelExamplesReply,
    LabelsReply,
    RunOut,
    RunsReply,
    SlicesReply,
)
from service.errors import NotThereError
from service.openapi import guarded
from service.records import Records, RecordsOf
from service.run_files import RunFile, find_run, latest_runs, may_see

router = APIRouter(tags=["develop"])
_NO_RUN = (404, "not_there", "there is no such run, or it is not for this key", "see GET /v1/runs")
_NO_LABELS = (404, "not_there", "nothing was labelled yet", "start a label job, or run covenant label")
_BUSY = (
    (429, "overloaded", "reports are being made already", "try again in a moment"),
    (504, "timed_out", "there was no report within 60 s", "try again when the machine is less busy"),
)
Words = Annotated[str, Path(min_length=1, max_length=200)]
RunOf = Annotated[
    str | None, Query(min_length=1, max_length=300, description="A run's id; the latest one by default.")
]


@router.get("/v1/runs", summary="List runs", responses=guarded())
def runs(who: AnnotatorOf, records: RecordsOf, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> RunsReply:
    """Saved runs, the newest first: those of `covenant eval`, and those that releases were gated by."""
    found = []
    with records.sight(who) as sees:
        for run in latest_runs(records.workspace):
            if may_see(run, who, sees):
                found.append(RunOut.of(run))
            if len(found) == limit:
                break
    return RunsReply(runs=found)


@router.get("/v1/slices", summary="How far was it right?", responses=guarded(_NO_RUN, *_BUSY))
def slices(who: AnnotatorOf, records: RecordsOf, run: RunOf = None) -> SlicesReply:
    """The matrix of slices and criteria of a run, as `covenant report --json` prints it.

    The first look at a run takes a few seconds: the report is made, and kept.
    """
    chosen = _chosen(records, who, run)
    return SlicesReply.model_validate({**records.reports.of(chosen, "report"), "run": RunOut.of(chosen)})


@router.get("/v1/errors", summary="What went wrong?", responses=guarded(_NO_RUN, *_BUSY))
def errors(who: AnnotatorOf, records: RecordsOf, run: RunOf = None) -> ErrorsReply:
    """The errors of a run by the stage that failed first, and groups of them, as by `covenant errors`."""
    chosen = _chosen(records, who, run)
    return ErrorsReply.model_validate({**records.reports.of(chosen, "errors"), "run": RunOut.of(chosen)})


@router.get("/v1/labels", summary="What do labeling functions do?", responses=guarded(_NO_LABELS))
def labels(who: AnnotatorOf, records: RecordsOf) -> LabelsReply:
    """What `covenant label` last found: how often each function votes, agrees and is right."""
    kept = _label_report(records)
    whole = who.collections is None
    report = kept["report"]
    unseen: dict[str, list[Any]] = {} if whole else {"clusters": [], "failures": []}
    told = {**report, **unseen, "made_at": kept["made_at"]}
    return LabelsReply.model_validate({**told, "wanted": told["clusters"]})


@router.get(
    "/v1/labels/{function}/examples",
    summary="What did a labeling function vote on?",
    responses=guarded((404, "not_there", "there is no such function", "see GET /v1/labels")),
)
def examples(function: Words, who: AnnotatorOf, records: RecordsOf) -> LabelExamplesReply:
    """Items that a function voted on, those that others contradict first, with what the others said."""
    found = _label_report(records)["examples"].get(function)
    if found is None:
        raise NotThereError(f"there is no labeling function {function!r:.80}", "see GET /v1/labels")
    with records.sight(who) as sees:
        shown = [one for one in found["examples"] if _is_seen(one, who, sees)]
    source = found["source"] if who.collections is None else ""
    return LabelExamplesReply.model_validate({**found, "name": function, "source": source, "examples": shown})


def _chosen(records: Records, who: Caller, run_id: str | None) -> RunFile:
    """The run of that name, or the latest, that a caller may see.

    Raises:
        NotThereError: there is none.
    """
    with records.sight(who) as sees:
        if run_id is not None:
            found = find_run(records.workspace, run_id)
            if found is not None and may_see(found, who, sees):
                return found
            raise NotThereError("there is no such run", "see GET /v1/runs")
        for run in latest_runs(records.workspace):
            if may_see(run, who, sees):
                return run
    raise NotThereError("there is no run yet", "start an eval job, or run covenant eval")


def _label_report(records: Records) -> Mapping[str, Any]:
    """What ``covenant label`` has kept.

    Raises:
        NotThereError: nothing, or what is not to be read.
    """
    try:
        found = json.loads(records.workspace.label_report.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise NotThereError(*_NO_LABELS[2:])
    return found


def _is_seen(example: Mapping[str, Any], who: Caller, sees: Callable[[Iterable[str]], bool]) -> bool:
    """Whether the words of an example's passage and of its question are for a caller."""
    if who.collections is None:
        return True
    asked_of = example.get("asked_of")
    return bool(asked_of) and sees([example["document_id"], *(asked_of or ())])
