"""The value model that comes with Covenant: learned from the sample library and from deals by further firms.

    python -m eval.sample SAMPLE
    python -m eval.sample --further FURTHER
    python -m tuning.recipes.values --sample SAMPLE --further FURTHER --work DIR [--out FILE]

Of the first library the tuning deals teach, of the second, by other firms, all. Each is indexed in a
workspace below ``--work``, where a second run finds it. Of a question that is computed from values, each of
these is learned from: the derivation that comes with its answer says which they are. Calibrated on the
sample's tuning deals, those of a firm held out at a time. The same libraries give the same file, where numpy
adds up in one thread (``OPENBLAS_NUM_THREADS=1``).
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.metrics.answers import grade
from eval.runs import Scope
from eval.training_data import Question, QuestionSet
from ingest.build import ingest
from ingest.progress import TerminalProgress
from rag.assembly import open_pipeline
from rag.generator.manner import manner
from rag.generator.valued.features import Found, describe
from rag.generator.valued.model import BUILT_IN
from rag.generator.valued.wanted import wanted
from rag.numbers.checking import stated
from rag.prompt import Prompt
from rag.settings import BestSentenceSettings, Settings
from rag.storage import write_text
from rag.types import Answer, Query
from rag.workspace import Workspace
from tuning.recipes.apart import sample_questions
from tuning.values import Example, calibrated, cross_fitted, learn

SCOPES: Mapping[str, tuple[Scope, ...]] = {
    "questions.jsonl": ("single", "shared"),
    "more-questions.jsonl": ("single",),
}
"""The files of a library, and how their questions are asked."""
_BETWEEN = re.compile(r"\s[-+/*>]\s|=")


def main(arguments: list[str]) -> None:
    """Ask, judge, learn the weights and write them."""
    parser = argparse.ArgumentParser(prog="python -m tuning.recipes.values", description=__doc__)
    for name in ("sample", "further", "work"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=BUILT_IN)
    given = parser.parse_args(arguments)
    examples = list(_examples(given.sample, given.work / "sample"))
    firms = {one.together for one in examples}
    examples += _examples(given.further, given.work / "further")
    held_out = cross_fitted(examples, firms)
    right = round(float(np.mean([one.right for one in held_out])), 3)
    facts = {"recipe": "tuning.recipes.values", "questions": len(examples), "held_out_right": right}
    model = calibrated(learn(examples, facts), held_out)
    write_text(given.out, model.to_json())
    sys.stdout.write(json.dumps(dict(model.facts), indent=1) + "\n")


def _examples(library: Path, work: Path) -> Iterator[Example]:
    paths = sorted((library / "docs").iterdir())
    for name, scopes in SCOPES.items():
        questions = sample_questions(library / name)
        for scope in scopes:
            yield from _asked(paths, work, questions, scope)


def _operands(derivation: str) -> tuple[Decimal, ...]:
    """The figures on the left of a derivation, in its order: "2.37 - 1.88 = 0.49"."""
    left, equals, _ = derivation.partition("=")
    if not equals and ">" not in derivation:
        return ()
    found = (stated(one) for one in _BETWEEN.split(left))
    return tuple(one for one in found if one is not None)


def _asked(paths: Sequence[Path], work: Path, questions: QuestionSet, scope: Scope) -> Iterator[Example]:
    settings = Settings(generator=BestSentenceSettings(compute=False))
    workspace = Workspace.create(work)
    with TerminalProgress() as progress:
        ingest(workspace, list(paths), settings, progress=progress)
        with open_pipeline(workspace, settings) as pipeline:
            asked = [
                one for one in questions.questions if manner(one.text) == "open" and wanted(one.text).kinds
            ]
            progress.start(f"ask {scope}", len(asked), "questions")
            for question in asked:
                named = pipeline.scope(question.documents) if scope == "single" else None
                prompt = pipeline.prompt(Query(text=question.text, document_ids=named))
                if prompt.plan is not None:
                    yield from _of_parts(prompt, question, questions.rows[question.id])
                else:
                    yield from _example(prompt, question)
                progress.advance()


def _example(prompt: Prompt, question: Question) -> Iterator[Example]:
    found, features = describe(prompt)
    if found:
        right = _right(question, found)
        yield Example(found=tuple(found), features=features, right=right, together=_firm(question))


def _of_parts(prompt: Prompt, question: Question, row: Mapping[str, Any]) -> Iterator[Example]:
    """The values that are put together; of what is compared, the answer's comes first in a derivation."""
    plan, operands = prompt.plan, _operands(str(row.get("derivation") or ""))
    if plan is None:
        return
    parts = list(zip(plan.parts, prompt.parts, strict=True))
    if plan.operation in ("most", "least"):
        parts.sort(key=lambda part: part[0].name != row["answer"])
    if plan.operation == "accrued" and len(operands) > 1:
        operands = (operands[0], operands[1] - Decimal(plan.numbers[0]))
    for (_, part), operand in zip(parts, operands, strict=False):
        found, features = describe(part)
        if found:
            right = np.array([float(stated(one.text) == operand) for one in found])
            yield Example(found=tuple(found), features=features, right=right, together=_firm(question))


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
