"""The main job from end to end on synthetic documents: write the library, ingest, ask, evaluate.

Each step keeps what is done: a complete library is left as it is, ingest goes on where it stopped. The
documents are generated, and what is printed says so.
"""

from __future__ import annotations

import os
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice, zip_longest
from pathlib import Path

from eval.harness import Plan, run_questions
from eval.questions import Question, QuestionSet, read_questions
from eval.report import make_report
from eval.report_tables import print_report
from eval.runs import save_run
from eval.sample import write_library
from ingest.build import IngestReport, ingest
from ingest.progress import TerminalProgress
from rag.assembly import open_pipeline
from rag.fingerprints import hash_parts
from rag.pipeline import Pipeline
from rag.settings import Settings
from rag.types import Abstention, Answer, Query, Response
from rag.workspace import Workspace

SEED = 7
SHORT_DEALS = 3
SHORT_QUESTIONS = 60
SHOWN_ANSWERS = 4
ASKED_AT_MOST = 100
SHOWN_FIRST = ("lookup", "table_cell", "cross_reference", "amendment")
"""Kinds of question that a quote can answer; the others need arithmetic or several places."""

Say = Callable[[str], object]


def run_demo(folder: Path, overrides: Sequence[str], *, short: bool, say: Say) -> bool:
    """Do all of it below ``folder``, telling each step through ``say``; true where nothing failed.

    Raises:
        MissingExtraError: the PDF writer is not installed.
        StorageError: the disk is full or not writable.
    """
    root = folder.resolve() / ("short" if short else "full")
    say("A library of synthetic CLO documents (invented deals, invented numbers) …")
    library = write_library(root / "sample", seed=SEED, deals=SHORT_DEALS if short else None)
    say(f"Written: {len(library.documents)} documents, {library.pages} pages, in {root / 'sample'}")
    workspace = Workspace.create(root / "workspace")
    settings = Settings.load(workspace.settings_file, environ=os.environ, overrides=overrides)
    with TerminalProgress() as progress:
        report = ingest(workspace, library.documents, settings, progress=progress)
    say(_ingested(report))
    everything = read_questions(library.questions)
    count = SHORT_QUESTIONS if short else len(everything.questions)
    questions = replace(everything, questions=tuple(spread(everything.questions, count)))
    with open_pipeline(workspace, settings) as pipeline:
        say("\nQuestions that it finds an answer to, right or wrong, and one that it rightly leaves:")
        for shown in _shown(pipeline, everything.questions):
            say(shown)
        return report.count("failed") == 0 and _evaluate(pipeline, questions, workspace, settings, say)


def spread(questions: Sequence[Question], count: int) -> list[Question]:
    """At most ``count`` questions, from each category and split in turn, in the order of the set.

    Within a category they are drawn by the hash of their ids, so that they are not all of one deal.
    """
    queues: dict[tuple[str, str], list[Question]] = {}
    for question in sorted(questions, key=lambda q: hash_parts(q.id)):
        key = question.facets.get("category", ""), question.facets.get("split", "")
        queues.setdefault(key, []).append(question)
    turns = zip_longest(*(queues[key] for key in sorted(queues)))
    chosen = {q.id for q in islice((q for turn in turns for q in turn if q is not None), count)}
    return [question for question in questions if question.id in chosen]


def _shown(pipeline: Pipeline, questions: Sequence[Question]) -> list[str]:
    """Questions of the evaluation deals with their answers, over the categories in turn, and one without."""
    held_out = [q for q in questions if q.facets.get("split") == "evaluation"] or questions
    answered: dict[str, list[str]] = {}
    left: list[str] = []
    for question in sorted(held_out, key=lambda q: hash_parts(q.id))[:ASKED_AT_MOST]:
        response = _ask(pipeline, question)
        if isinstance(response.outcome, Answer) and question.gold.kind != "none":
            answered.setdefault(question.facets.get("category", ""), []).append(_told(question, response))
        elif isinstance(response.outcome, Abstention) and question.gold.kind == "none":
            left.append(_told(question, response))
    order = sorted(answered, key=lambda category: (category not in SHOWN_FIRST, category))
    turns = zip_longest(*(answered[category] for category in order))
    return [*islice((told for turn in turns for told in turn if told), SHOWN_ANSWERS), *left[:1]]


def _ask(pipeline: Pipeline, question: Question) -> Response:
    return pipeline.ask(Query(text=question.text, document_ids=pipeline.scope(question.documents)))


def _evaluate(
    pipeline: Pipeline, questions: QuestionSet, workspace: Workspace, settings: Settings, say: Say
) -> bool:
    plan = Plan(scope="single", settings=settings.model_dump(mode="json"), seed=SEED)
    say(f"\nEvaluating {len(questions.questions)} questions about the synthetic library …")
    with TerminalProgress() as progress:
        progress.start("ask", len(questions.questions), "questions")
        run = run_questions(pipeline, questions, plan, advance=progress.advance)
    path = save_run(run, workspace.runs)
    print_report(make_report(run))
    say(f"Run saved: {path}\nThe documents and questions are synthetic: these figures say that the parts work"
        " together, not how well they do on real filings.")  # fmt: skip
    return run.failed == 0


def _ingested(report: IngestReport) -> str:
    read, index = report.seconds["read"], report.seconds["index"]
    rate = f" at {report.pages_read / read:.0f} pages/s" if report.pages_read and read else ""
    return (
        f"Indexed: {report.pages} pages, {report.chunks} passages of {report.documents} documents\n"
        f"  {report.count('added')} documents read{rate}, {report.count('unchanged')} unchanged,"
        f" {report.count('failed')} not readable ({read:.1f} s); passages indexed in {index:.1f} s"
    )


def _told(question: Question, response: Response) -> str:
    outcome = response.outcome
    lines = [f"\nQ ({question.facets.get('category', 'question')}): {question.text}"]
    expected = ", ".join(question.gold.texts) or "not in these documents"
    if isinstance(outcome, Answer):
        lines.append(f"A: {outcome.text}   (confidence {outcome.confidence:.2f}; expected: {expected})")
        for citation in outcome.citations:
            where = (citation.document_name, f"page {citation.first_page + 1}", *citation.section_path)
            quote = textwrap.shorten(citation.quote, 300, placeholder=" …")
            lines += [f"   {' > '.join(where)}", f'   "{quote}"']
    else:
        lines.append(f"A: not in these documents   ({outcome.reason}; expected: {expected})")
    return "\n".join(lines)
