"""A public set from its folder to a report: its documents indexed, its questions asked, its paper's measures.

Documents are indexed in a workspace of their own below a cache folder, named by their content, so that a
second run on the same documents starts at once; its ``runs/`` holds the runs. What is measured are the
questions of the folder that are not for training. Leaves what a set is to ``eval.sets``, figures to
``eval.report``, the command to ``eval.bench_commands``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from eval.grading.protocol import Grader, RulesGrader
from eval.harness import Plan, choose, run_questions
from eval.judgements import document_names
from eval.papers import write_papers
from eval.questions import QuestionSet
from eval.report import Report, make_report
from eval.runs import Run, Scope, save_run
from eval.sample import write_library
from eval.sets.contract import BenchSet, Documents
from eval.units import Units, align
from ingest.build import ingest
from ingest.progress import Progress
from rag.assembly import open_pipeline
from rag.catalog import Catalog
from rag.errors import SourceError
from rag.fingerprints import fingerprint, hash_bytes
from rag.releases import NONE, Release, apply
from rag.settings import Settings
from rag.workspace import Workspace

SAMPLE_SEED = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchOptions:
    """What is asked of a set; by default its published scope, and all splits that are not for training.

    ``release`` is the one to answer with, of whichever workspace; None: the settings as they are. ``beside``
    are documents that the library holds beside the set's own, and that nothing is asked about.
    """

    scope: Scope | None = None
    split: str | None = None
    limit: int | None = None
    slices: Sequence[str] = ()
    grader: Grader = field(default_factory=RulesGrader)
    release: Release | None = None
    beside: Documents = field(default_factory=Documents)


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchResult:
    """The report over a run, and where the run was saved."""

    report: Report
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A set with its documents indexed in a workspace, and the questions that are asked of it."""

    one: BenchSet
    folder: Path
    documents: Documents
    questions: QuestionSet
    workspace: Workspace


def run_bench(
    one: BenchSet, folder: Path, cache: Path, settings: Settings, options: BenchOptions, progress: Progress
) -> BenchResult:
    """Measure a set whose questions and documents lie in a folder.

    Raises:
        SourceError: the folder is not such a set, a document cannot be read, or questions and documents do
            not fit; nothing was asked.
        StorageError: the cache cannot be written.
    """
    prepared = prepare(one, folder, cache, settings, options, progress)
    return measure(prepared, prepared.workspace, settings, options, progress)


def prepare(
    one: BenchSet, folder: Path, cache: Path, settings: Settings, options: BenchOptions, progress: Progress
) -> Prepared:
    """Read a set and index its documents below ``cache``, where that has not been done.

    Raises:
        SourceError, StorageError: see ``run_bench``.
    """
    everything = one.read(folder).checked()
    documents = one.documents(folder, everything)
    questions = choose(everything, split=options.split, limit=options.limit, held_out=True)
    applied = apply(settings, options.release)
    beside = options.beside
    name, together = one.name, documents
    if beside.files or beside.papers:
        name = f"{name}-apart"
        together = Documents(
            files=(*documents.files, *beside.files), papers=(*documents.papers, *beside.papers)
        )
    workspace = index_documents(name, together, cache, applied, progress)
    return Prepared(one=one, folder=folder, documents=documents, questions=questions, workspace=workspace)


def measure(
    prepared: Prepared,
    workspace: Workspace,
    settings: Settings,
    options: BenchOptions,
    progress: Progress,
) -> BenchResult:
    """Ask a prepared set's questions of a workspace over its documents, which may be another than its own.

    Raises:
        SourceError: questions and documents do not fit; nothing was asked.
        StorageError: the run cannot be saved.
    """
    one, questions = prepared.one, prepared.questions
    applied, release = apply(settings, options.release), options.release
    selected = {"split": options.split, "limit": options.limit}
    origin = {} if release is None else {"workspace": str(release.root)}
    with open_pipeline(workspace, applied, release or NONE) as pipeline:
        plan = Plan(
            scope=options.scope or one.scope,
            task=one.task,
            grader=options.grader,
            units=find_units(prepared.documents, pipeline.catalog),
            scorers=one.scorers,
            own_measures=one.own_measures,
            settings=applied.model_dump(mode="json"),
            source={
                "bench": one.name,
                "data": str(prepared.folder),
                "cache": str(prepared.workspace.root.parent),
                **origin,
            },
            selection={key: value for key, value in selected.items() if value is not None},
        )
        progress.start("ask", len(questions.questions), "questions")
        run = run_questions(pipeline, replace(questions, name=one.name), plan, advance=progress.advance)
    report = report_of(one, run, questions, options.slices)
    return BenchResult(report=report, path=save_run(run, workspace.runs))


def report_of(one: BenchSet, run: Run, questions: QuestionSet, slices: Sequence[str] = ()) -> Report:
    """The report of a run over a set, with the measures that only a whole run has."""
    report = make_report(run, slices, strata=one.strata)
    if one.overall is None:
        return report
    own = one.overall(run.rows, questions.rows, run.header.seed)
    return replace(report, measures={**report.measures, **own})


def set_folder(name: str, data: Path | None, cache: Path) -> Path:
    """Where a set lies: below ``data`` under its name, or ``data`` itself; the sample library is made anew.

    Raises:
        SourceError: nothing like it is there.
    """
    if name == "sample" and (data is None or not (data / name).is_dir()):
        return write_library(cache / "sample-library", seed=SAMPLE_SEED, logged=True).questions.parent
    if data is None:
        raise SourceError(f"{name} needs its data", "name their folder with --data DIR")
    for folder in (data / name, data / "ranking" / name, data):
        if any((folder / file).is_file() for file in ("questions.jsonl", "queries.jsonl")):
            return folder
    raise SourceError(
        f"{data} holds no {name}", f"name the folder that has {name}/questions.jsonl and {name}/docs/ in it"
    )


def index_documents(
    name: str, documents: Documents, cache: Path, settings: Settings, progress: Progress
) -> Workspace:
    """The workspace over exactly these documents, brought up to date."""
    content = {
        "files": [(path.name, hash_bytes(path.read_bytes())) for path in documents.files],
        "papers": [(paper.name, hash_bytes(repr(paper).encode())) for paper in documents.papers],
    }
    workspace = Workspace.create(cache / f"{name}-{fingerprint(content)[:12]}")
    papers = write_papers(documents.papers, workspace.root / "papers")
    report = ingest(workspace, [*documents.files, *papers], settings, progress=progress)
    unread = [outcome for outcome in report.files if outcome.status == "failed"]
    if unread:
        raise SourceError(
            f"{len(unread)} documents of {name} cannot be read, first {unread[0].message}",
            "unpack the set again",
        )
    return workspace


def find_units(documents: Documents, catalog: Catalog) -> Mapping[str, Units] | None:
    """The pieces that a set is judged by, found in the documents as this library reads them."""
    if not documents.pieces:
        return None
    found: dict[str, Units] = {}
    names = document_names(catalog)
    for name, pieces in documents.pieces.items():
        document = names.get(name) or catalog.resolve(name)
        try:
            spans = align(catalog.text(document), pieces)
        except ValueError as error:
            raise SourceError(
                f"the pieces of {name!r} cannot be found in it: {error}", "report this document"
            ) from error
        # Equal papers are one document, whose pieces are the same.
        found[document] = Units(document=document, spans=spans)
    return found
