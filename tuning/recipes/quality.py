"""The quality model that comes with Covenant: learned from candidates for training questions of four sources.

    python -m tuning.recipes.quality --data DIR --sample DIR --work DIR [--adapter DIR] [--out FILE]

``--data`` holds ``cuad/``, ``contractnli/`` and ``tatqa/``, ``--sample`` the synthetic library that
``covenant demo`` writes (its tuning deals, in both scopes). Of CUAD only contracts are asked about that the
reader was not trained on. Documents are indexed in workspaces below ``--work``, where a second run finds
them, and judged candidates are kept there. The same data and the same reader give the same file.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from eval.metrics.answers import grade
from eval.papers import context_name, context_paper, write_papers
from eval.runs import Scope
from eval.training_data import Question, training_lines, training_questions
from ingest.build import ingest
from ingest.progress import TerminalProgress
from rag.assembly import open_pipeline
from rag.generator.quality import BUILT_IN, QualityModel, describe
from rag.settings import Settings, SpanReaderSettings
from rag.storage import write_text
from rag.types import Answer, Query
from rag.workspace import Workspace
from tuning.quality import Judged, learn
from tuning.recipes.apart import chosen, held_out

QUESTIONS = 200
"""Taken of each source, those with the smallest hashes of their ids."""
MOST = 3
"""Candidates of a kind that are judged of each question, the first ones."""


def main(arguments: list[str]) -> None:
    """Ask, judge, learn the weights and write them."""
    parser = argparse.ArgumentParser(prog="python -m tuning.recipes.quality", description=__doc__)
    for name in ("data", "sample", "work"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--adapter", type=Path)
    parser.add_argument("--out", type=Path, default=BUILT_IN)
    given = parser.parse_args(arguments)
    judged = list(_judged(given.data, given.sample, given.work, given.adapter))
    lines = "".join(json.dumps(asdict(one), sort_keys=True) + "\n" for one in judged)
    write_text(given.work / "judged.jsonl", lines)
    facts = {"recipe": "tuning.recipes.quality", "sources": sorted({one.source for one in judged})}
    write_text(given.out, learn(judged, facts).to_json())
    sys.stdout.write(given.out.read_text(encoding="utf-8"))


def _judged(data: Path, sample: Path, work: Path, adapter: Path | None) -> Iterator[Judged]:
    work.mkdir(parents=True, exist_ok=True)
    silent = work / "no-quality.json"
    write_text(silent, QualityModel(weights={}).to_json())
    generator = SpanReaderSettings(adapter=adapter or "generic", quality=silent, compute=False)
    settings = Settings(generator=generator)
    questions = training_questions(sample / "questions.jsonl").questions
    paths = sorted((sample / "docs").iterdir())
    for scope in ("single", "shared"):
        yield from _asked(paths, work / "sample", questions, f"sample, {scope}", settings, scope)
    questions = training_questions(data / "cuad" / "questions.jsonl").questions
    apart = [one for one in questions if held_out(one.documents[0])]
    yield from _asked(_texts(data / "cuad", apart), work / "cuad", apart, "cuad", settings)
    questions = training_questions(data / "contractnli" / "questions.jsonl").questions
    folder = data / "contractnli"
    yield from _asked(_texts(folder, questions), work / "contractnli", questions, "contractnli", settings)
    file = data / "tatqa" / "questions.jsonl"
    questions = training_questions(
        file, lambda row: {**row, "doc_id": context_name(row)}, halves=True
    ).questions
    papers = {context_name(row): context_paper(row) for row in training_lines(file)}
    pages = list(write_papers(papers.values(), work / "tatqa-pages"))
    yield from _asked(pages, work / "tatqa", questions, "tatqa", settings)


def _texts(folder: Path, questions: Sequence[Question]) -> list[Path]:
    names = sorted({name for question in questions for name in question.documents})
    return [folder / "docs" / f"{name}.txt" for name in names]


def _asked(
    paths: Sequence[Path],
    work: Path,
    questions: Sequence[Question],
    source: str,
    settings: Settings,
    scope: Scope = "single",
) -> Iterator[Judged]:
    workspace = Workspace.create(work)
    with TerminalProgress() as progress:
        ingest(workspace, list(paths), settings, progress=progress)
        with open_pipeline(workspace, settings) as pipeline:
            asked = chosen(questions, QUESTIONS)
            progress.start(f"ask {source}", len(asked), "questions")
            for question in asked:
                named = pipeline.scope(question.documents) if scope == "single" else None
                response = pipeline.ask(Query(text=question.text, document_ids=named))
                seen: dict[str, int] = {}
                described = describe(question.text, response.candidates)
                for candidate, (kind, features) in zip(response.candidates, described, strict=True):
                    seen[kind] = seen.get(kind, 0) + 1
                    if kind and seen[kind] <= MOST:
                        answer = Answer(text=candidate.text, confidence=1.0, citations=())
                        right = grade(question.gold, answer).correct
                        yield Judged(source=source, kind=kind, features=features, right=right)
                progress.advance()


if __name__ == "__main__":
    main(sys.argv[1:])
