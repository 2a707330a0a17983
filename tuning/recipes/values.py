"""The value model that comes with Covenant: learned from questions of two sources.

    python -m tuning.recipes.values --data DIR --sample DIR --work DIR [--out FILE]

``--sample`` is the synthetic library that ``covenant demo`` writes (its tuning deals, in both scopes),
``--data`` holds ``tatqa/`` (its tuning half). Documents are indexed in workspaces below ``--work``, where a
second run finds them. Calibrated on what was held out: a firm's deals of the sample at a time, a fifth of
TAT-QA's documents. The same data give the same file.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from eval.metrics.answers import grade
from eval.papers import context_name, context_paper, write_papers
from eval.runs import Scope
from eval.training_data import Question, training_lines, training_questions
from ingest.build import ingest
from ingest.progress import TerminalProgress
from rag.assembly import open_pipeline
from rag.fingerprints import hash_bytes
from rag.generator.manner import manner
from rag.generator.valued.features import Found, describe
from rag.generator.valued.model import BUILT_IN
from rag.generator.valued.wanted import wanted
from rag.settings import BestSentenceSettings, Settings
from rag.storage import write_text
from rag.types import Answer, Query
from rag.workspace import Workspace
from tuning.recipes.apart import chosen
from tuning.values import Example, calibrated, cross_fitted, learn

QUESTIONS = 500
"""Taken of each source, those with the smallest hashes of their ids."""
_FOLDS = 5


def main(arguments: list[str]) -> None:
    """Ask, judge, learn the weights and write them."""
    parser = argparse.ArgumentParser(prog="python -m tuning.recipes.values", description=__doc__)
    for name in ("data", "sample", "work"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=BUILT_IN)
    given = parser.parse_args(arguments)
    examples = list(_examples(given.data, given.sample, given.work))
    held_out = cross_fitted(examples)
    right = {
        source: round(float(np.mean([one.right for one in held_out if one.source == source])), 3)
        for source in sorted({one.source for one in held_out})
    }
    facts = {"recipe": "tuning.recipes.values", "questions": len(examples), "held_out_right": right}
    model = calibrated(learn(examples, facts), held_out)
    write_text(given.out, model.to_json())
    sys.stdout.write(json.dumps(dict(model.facts), indent=1) + "\n")


def _examples(data: Path, sample: Path, work: Path) -> Iterator[Example]:
    work.mkdir(parents=True, exist_ok=True)
    questions = training_questions(sample / "questions.jsonl").questions
    paths = sorted((sample / "docs").iterdir())
    for scope in ("single", "shared"):
        yield from _asked(paths, work / "sample", questions, "sample", scope)
    file = data / "tatqa" / "questions.jsonl"
    questions = training_questions(
        file, lambda row: {**row, "doc_id": context_name(row)}, halves=True
    ).questions
    papers = {context_name(row): context_paper(row) for row in training_lines(file)}
    pages = list(write_papers(papers.values(), work / "tatqa-pages"))
    yield from _asked(pages, work / "tatqa", questions, "tatqa", "single")


def _asked(
    paths: Sequence[Path], work: Path, questions: Sequence[Question], source: str, scope: Scope
) -> Iterator[Example]:
    settings = Settings(generator=BestSentenceSettings(compute=False))
    workspace = Workspace.create(work)
    with TerminalProgress() as progress:
        ingest(workspace, list(paths), settings, progress=progress)
        with open_pipeline(workspace, settings) as pipeline:
            asked = [
                one
                for one in chosen(questions, QUESTIONS)
                if manner(one.text) == "open" and wanted(one.text).kinds
            ]
            progress.start(f"ask {source}, {scope}", len(asked), "questions")
            for question in asked:
                named = pipeline.scope(question.documents) if scope == "single" else None
                found, features = describe(pipeline.prompt(Query(text=question.text, document_ids=named)))
                if found:
                    yield Example(
                        found=tuple(found),
                        features=features,
                        right=_right(question, found),
                        together=_together(source, question),
                        source=source,
                    )
                progress.advance()


def _right(question: Question, found: Sequence[Found]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which values are the answer, whatever they stand in."""
    known: dict[tuple[str, str], bool] = {}
    for one in found:
        key = (one.value.kind, one.text)
        if key not in known:
            answer = Answer(text=one.text, confidence=1.0, citations=())
            known[key] = grade(question.gold, answer).correct
    return np.array([known[one.value.kind, one.text] for one in found])


def _together(source: str, question: Question) -> str:
    """What a question is held out with: the documents of one firm, or a fifth of all documents."""
    name = question.documents[0] if question.documents else question.id
    if source == "sample":
        return f"{source} {name.partition('-')[0]}"
    return f"{source} {int(hash_bytes(name.encode())[:8], 16) % _FOLDS}"


if __name__ == "__main__":
    main(sys.argv[1:])
