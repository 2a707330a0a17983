"""The value model that comes with Covenant: learned from the sample library's tuning deals, in both scopes.

    python -m tuning.recipes.values --sample DIR --work DIR [--out FILE]

``--sample`` is the synthetic library that ``covenant demo`` writes. It is indexed in a workspace below
``--work``, where a second run finds it. Calibrated on what was held out, the deals of a firm at a time. The
same library gives the same file.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.metrics.answers import grade
from eval.runs import Scope
from eval.training_data import Question, training_questions
from ingest.build import ingest
from ingest.progress import TerminalProgress
from rag.assembly import open_pipeline
from rag.generator.manner import manner
from rag.generator.valued.features import Found, describe
from rag.generator.valued.model import BUILT_IN
from rag.generator.valued.wanted import wanted
from rag.settings import BestSentenceSettings, Settings
from rag.storage import write_text
from rag.types import Answer, Query
from rag.workspace import Workspace
from tuning.values import Example, calibrated, cross_fitted, learn

SCOPES: tuple[Scope, ...] = ("single", "shared")


def main(arguments: list[str]) -> None:
    """Ask, judge, learn the weights and write them."""
    parser = argparse.ArgumentParser(prog="python -m tuning.recipes.values", description=__doc__)
    for name in ("sample", "work"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=BUILT_IN)
    given = parser.parse_args(arguments)
    examples = list(_examples(given.sample, given.work))
    held_out = cross_fitted(examples)
    right = round(float(np.mean([one.right for one in held_out])), 3)
    facts = {"recipe": "tuning.recipes.values", "questions": len(examples), "held_out_right": right}
    model = calibrated(learn(examples, facts), held_out)
    write_text(given.out, model.to_json())
    sys.stdout.write(json.dumps(dict(model.facts), indent=1) + "\n")


def _examples(sample: Path, work: Path) -> Iterator[Example]:
    questions = training_questions(sample / "questions.jsonl").questions
    paths = sorted((sample / "docs").iterdir())
    for scope in SCOPES:
        yield from _asked(paths, work / "sample", questions, scope)


def _asked(
    paths: Sequence[Path], work: Path, questions: Sequence[Question], scope: Scope
) -> Iterator[Example]:
    settings = Settings(generator=BestSentenceSettings(compute=False))
    workspace = Workspace.create(work)
    with TerminalProgress() as progress:
        ingest(workspace, list(paths), settings, progress=progress)
        with open_pipeline(workspace, settings) as pipeline:
            asked = [one for one in questions if manner(one.text) == "open" and wanted(one.text).kinds]
            progress.start(f"ask {scope}", len(asked), "questions")
            for question in asked:
                named = pipeline.scope(question.documents) if scope == "single" else None
                found, features = describe(pipeline.prompt(Query(text=question.text, document_ids=named)))
                if found:
                    yield Example(
                        found=tuple(found),
                        features=features,
                        right=_right(question, found),
                        together=_firm(question),
                    )
                progress.advance()


def _right(question: Question, found: Sequence[Found]) -> NDArray[np.float64]:
    """Which values are the answer, whatever they stand in."""
    known: dict[tuple[str, str], bool] = {}
    for one in found:
        key = (one.value.kind, one.text)
        if key not in known:
            answer = Answer(text=one.text, confidence=1.0, citations=())
            known[key] = grade(question.gold, answer).correct
    return np.array([float(known[one.value.kind, one.text]) for one in found])


def _firm(question: Question) -> str:
    """Who drafted the documents of a question: the first word of their names."""
    name = question.documents[0] if question.documents else question.id
    return name.partition("-")[0]


if __name__ == "__main__":
    main(sys.argv[1:])
