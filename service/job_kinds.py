"""The kinds of jobs: which options each takes, and the command that it runs.

A job is a ``covenant`` command in a process of its own: serving imports no trainer and no harness, and what
goes on after an interruption is what the command itself goes on with. Files that a job reads lie in the
workspace or below ``service.job_folders``: nobody reads any other file of the machine by starting a job.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from rag.collection import PATTERN
from rag.errors import UsageError
from rag.settings import Settings
from rag.workspace import Workspace
from service.schemas import Reason, encodable

_PRINTABLE = r"^[^\x00-\x1f\x7f]+$"
GivenPath = Annotated[
    str, Field(min_length=1, max_length=1000, pattern=_PRINTABLE), AfterValidator(encodable)
]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[\w.@-]+$")]
Files = Annotated[list[GivenPath], Field(max_length=20)]
Names = Annotated[list[GivenPath], Field(max_length=100)]
Slices = Annotated[list[Name], Field(max_length=20)]
Paraphrases = Annotated[
    int, Field(ge=0, le=20, description="Other wordings of each made question, by the language model.")
]
Kinds = Annotated[
    list[Literal["contracts", "filings"]],
    Field(max_length=2, description="Each document is asked for these kinds of thing too."),
]
ReleaseId = Annotated[str, Field(pattern=r"^[0-9a-f]{4,20}$")]


class JobOptions(BaseModel):
    """What every kind has: options that the command has too, and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class IngestOptions(JobOptions):
    """Read files and folders into the library."""

    paths: Annotated[list[GivenPath], Field(min_length=1, max_length=100)] = Field(
        description="Files and folders, in the workspace or below service.job_folders."
    )
    prune: bool = False
    collection: Annotated[str, Field(pattern=PATTERN)] | None = None


class EvalOptions(JobOptions):
    """Ask a set of questions and grade the answers."""

    questions: GivenPath | None = Field(None, description="The questions people wrote, if none is named.")
    scope: Literal["single", "shared"] = "single"
    split: Name | None = None
    slices: Slices = Field([], description="Fields whose slices are reported.")
    limit: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    judged: GivenPath | None = Field(
        None, description="People's grades of some answers, which correct accuracy."
    )
    release: Name | None = None


class LabelOptions(JobOptions):
    """Let the labeling functions vote."""

    questions: Files = Field([], description="Files of questions to learn from.")
    logged: int = Field(1000, ge=0, le=100_000, description="So many of the last that people asked here.")
    made: int = Field(600, ge=0, le=100_000, description="So many are made from the documents besides.")
    kinds: Kinds = []
    paraphrases: Paraphrases = 0
    seed: int = Field(7, ge=0, le=2**31)
    gold: GivenPath | None = Field(None, description="Questions with evidence, as experts judged.")
    examples: int = Field(1, ge=0, le=100, description="Contradictions shown of each function.")
    without: bool = Field(False, description="Fit again without each function and say what it changes.")


class TuneOptions(JobOptions):
    """Train on the labels, gate the result, and use it if it is better."""

    questions: Files = Field([], description="Files of questions to learn from.")
    logged: int = Field(1000, ge=0, le=100_000, description="So many of the last that people asked here.")
    made: int = Field(600, ge=0, le=100_000, description="So many are made from the documents besides.")
    kinds: Kinds = []
    paraphrases: Paraphrases = 0
    documents: Names = Field([], description="Learn from these documents only.")
    gate: GivenPath | None = Field(None, description="Questions with answers that decide.")
    gate_split: Name | None = None
    target: Name = "accuracy"
    slices: Slices = Field([], description="Fields whose slices must not get worse.")
    scope: Literal["single", "shared"] = "shared"
    minutes: Annotated[float, Field(ge=0.1, le=10_000)] | None = None
    parts: list[Literal["house_words", "embedder", "reranker", "combiner", "values", "generator"]] = Field(
        [], max_length=6
    )
    mode: Literal["queries", "both"] = Field(
        "queries", description="queries: vectors of passages stay; both: an index of its own is made."
    )
    teacher: Literal["labels", "reranker"] = Field("labels", description="What the embedder learns from.")
    seed: int = Field(7, ge=0, le=2**31)
    promote: bool = True


class RetuneOptions(TuneOptions):
    """Take new documents in, and go on training from what is in use."""

    paths: Annotated[list[GivenPath], Field(max_length=100)] = []
    replay: float = Field(1.0, ge=0, le=100)
    least_loss: float = Field(
        0.05, ge=0, le=1, description="From which loss on new documents on what finds is trained again."
    )


class PromoteOptions(JobOptions):
    """Put a release in use; the index that it needs is made first, beside the one in use."""

    release: ReleaseId = Field(description="Its id, or the first digits of it.")
    gate: Annotated[list[Name], Field(min_length=2, max_length=2)] | None = Field(
        None, description="Measure it first: a run of the release in use, and one of this release."
    )
    target: Name = "accuracy"
    slices: Slices = Field([], description="Fields whose slices must not get worse.")
    force: bool = Field(False, description="Whatever the gate says; needs a reason.")
    reason: Reason = Field("", description="Why, for the history.")


class RollbackOptions(JobOptions):
    """Go back behind the last promotion; the index that this needs is made first."""

    to: Literal["none"] | ReleaseId = Field(
        description="What was in use before it. A job that is begun again does not go back twice."
    )
    reason: Reason = Field("", description="Why, for the history.")


KINDS: Mapping[str, type[JobOptions]] = {
    "ingest": IngestOptions,
    "eval": EvalOptions,
    "label": LabelOptions,
    "tune": TuneOptions,
    "retune": RetuneOptions,
    "promote": PromoteOptions,
    "rollback": RollbackOptions,
}


def options_of(kind: str, given: Mapping[str, Any]) -> JobOptions:
    """The options of a job, checked.

    Raises:
        UsageError: there is no such kind, or one of them does not fit.
    """
    if kind not in KINDS:
        raise UsageError(f"there is no job {kind!r:.40}", f"the kinds are {', '.join(KINDS)}")
    try:
        return KINDS[kind].model_validate(dict(given))
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:3])
        raise UsageError(f"options of the job do not fit: {told}", "see POST /v1/jobs at /docs") from None


def arguments_of(
    kind: str, options: JobOptions, workspace: Workspace, settings: Settings, *, by: str = ""
) -> list[str]:
    """What follows ``covenant --workspace FOLDER`` on the command line of a job.

    ``by`` is who started it, for the history of releases.

    Raises:
        UsageError: a file is not there, or not where jobs may read; a promotion by force has no reason.
    """
    files = _Files(workspace, settings)
    found: list[str] = []
    match options:
        case IngestOptions() | RetuneOptions():
            found = [*_given(options, files, skip={"paths"}), *map(files, options.paths)]
        case EvalOptions():
            questions = options.questions or str(workspace.regression)
            found = [*_given(options, files, skip={"questions"}), files(questions)]
        case LabelOptions() | TuneOptions():
            found = [*_given(options, files)]
        case PromoteOptions():
            found = [*_promoting(options, workspace), *_by(by), options.release]
        case RollbackOptions():
            found = [*_given(options, files), *_by(by)]
    return [kind, "--json", *found]


_FILES = {"questions", "gate", "gold", "judged"}
_FLAGS = {"parts": "--part", "slices": "--slice", "documents": "--doc"}


def _given(options: JobOptions, files: Callable[[str], str], skip: Collection[str] = ()) -> Iterator[str]:
    """Options as the command line has them, ``--name=value``, so that no value is taken for an option."""
    for name, value in options.model_dump(exclude=set(skip)).items():
        flag = _FLAGS.get(name, f"--{name.replace('_', '-')}")
        match value:
            case bool() if name == "promote":
                yield from () if value else ("--no-promote",)
            case bool():
                yield from (flag,) if value else ()
            case None:
                pass
            case _:
                for one in value if isinstance(value, list) else [value]:
                    yield f"{flag}={files(one) if name in _FILES else one}"


def _promoting(options: PromoteOptions, workspace: Workspace) -> Iterator[str]:
    if options.force and not options.reason:
        raise UsageError("a promotion by force needs a reason", "say why, for the history")
    yield f"{'--force' if options.force else '--reason'}={options.reason}"
    yield f"--target={options.target}"
    yield from (f"--slice={one}" for one in options.slices)
    if options.gate is not None:
        yield "--gate"
        for run in options.gate:
            path = workspace.runs / f"{run.removesuffix('.jsonl')}.jsonl"
            if not path.is_file():
                raise UsageError(f"there is no run {run!r:.100}", "see GET /v1/runs")
            yield str(path)


def _by(name: str) -> list[str]:
    return [f"--by={name}"] if name else []


class _Files:
    """The absolute path of a file that a job may read."""

    def __init__(self, workspace: Workspace, settings: Settings) -> None:
        self._root = workspace.root
        self._folders = [workspace.root, *(Path(one).resolve() for one in settings.service.job_folders)]

    def __call__(self, given: str) -> str:
        try:
            path = (self._root / given).resolve()
            there = any(path.is_relative_to(folder) for folder in self._folders) and path.exists()
        except (OSError, RuntimeError):
            there, path = False, Path(given)
        if not there:
            # What lies outside is not told to be there or not.
            raise UsageError(
                f"{given!r:.200} is not there, or not where jobs may read",
                "name a file of the workspace, or of a folder that service.job_folders lists",
            )
        return str(path)
