"""The quality model that comes with Covenant: learned from candidates for training questions of four sources.

    python -m tuning.recipes.quality --data DIR --sample DIR --work DIR [--adapter DIR] [--out FILE]

``--data`` holds ``cuad/``, ``contractnli/`` and ``tatqa/``, ``--sample`` the synthetic library that
``covenant demo`` writes (its tuning deals, in both scopes). Of CUAD only contracts are asked about that the
reader was not trained on; kinds of clause are learned from the contracts that it was trained on. Of
ContractNLI agreements of the development part's tuning half are asked about, since the reader knows the
training part by heart; kinds of statement are learned from the training part's pairs. Documents are indexed
in workspaces below ``--work``, where a second run finds them, and judged candidates are kept there. The same
data and the same reader give the same file.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from eval.metrics.answers import grade
from eval.papers import context_name, context_paper, write_papers
from eval.runs import Scope
from eval.training_data import Question, training_lines, training_pairs, training_questions
from ingest.build import ingest
from ingest.progress import TerminalProgress
from rag.assembly import open_pipeline
from rag.generator.clauses import ClauseKind
from rag.generator.manner import manner
from rag.generator.quality import BUILT_IN, KNOWN_CLAUSE, KNOWN_STATEMENT, QualityModel, describe
from rag.generator.statements import StatementKind
from rag.settings import Settings, SpanReaderSettings
from rag.storage import write_text
from rag.types import Answer, Candidate, Query
from rag.workspace import Workspace
from tuning.clauses import learn_clauses
from tuning.quality import Judged, learn
from tuning.recipes.apart import chosen, held_out, sample_questions
from tuning.statements import learn_statements

QUESTIONS = 200
"""Taken of each source but CUAD and ContractNLI, those with the smallest hashes of their ids."""
OF_CONTRACTS = 550
"""The same of CUAD: two of three have no answer."""
OF_STATEMENTS = 600
"""The same of ContractNLI: one in eleven is contradicted."""
MOST = 3
"""Candidates of a kind that are judged of each question, the first ones."""
MANNERS = {"cuad": "clause", "contractnli": "statement"}
"""How the questions of a source are meant; of the others, openly. What is read otherwise teaches nothing."""
LEAST = {KNOWN_CLAUSE: 0.2}
"""Leaves six of seven clauses that are not there unanswered, in contracts that no weight was learned from.

Chosen by ``docs/experiments.md``, "Kinds of clause", five folds of the held-out contracts.
"""


def main(arguments: list[str]) -> None:
    """Ask, judge, learn the weights and write them."""
    parser = argparse.ArgumentParser(prog="python -m tuning.recipes.quality", description=__doc__)
    for name in ("data", "sample", "work"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--adapter", type=Path)
    parser.add_argument("--out", type=Path, default=BUILT_IN)
    given = parser.parse_args(arguments)
    clauses, statements = _clauses(given.data), _statements(given.data)
    asked = _asked(given.data, given.sample, given.work, given.adapter)
    judged = [one for each in asked for one in judge(each, clauses, statements)]
    lines = "".join(json.dumps(asdict(one), sort_keys=True) + "\n" for one in judged)
    write_text(given.work / "judged.jsonl", lines)
    facts = {"recipe": "tuning.recipes.quality", "sources": sorted({one.source for one in judged})}
    model = replace(learn(judged, facts), clauses=clauses, statements=statements, least=LEAST)
    write_text(given.out, model.to_json())
    sys.stdout.write(given.out.read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question of a source, and what was proposed."""

    source: str
    question: Question
    candidates: Sequence[Candidate]


def judge(
    asked: Asked, clauses: Mapping[str, ClauseKind], statements: tuple[StatementKind, ...] = ()
) -> Iterator[Judged]:
    """The first candidates of each kind and verdict, judged by the question's gold.

    Those for a kind that is known teach twice: what to make of them, and of them if it were not. Verdicts on
    a known statement are described alike, so that the first of each teaches for all. A question that is read
    in another manner than its source's has none.
    """
    question = asked.question
    if manner(question.text) != MANNERS.get(asked.source, "open"):
        return
    known = describe(question.text, asked.candidates, clauses, statements)
    unknown = describe(question.text, asked.candidates)
    again = [one if one != other else ("", {}) for one, other in zip(unknown, known, strict=True)]
    for described in (known, again):
        seen: Counter[tuple[str, str]] = Counter()
        for candidate, (kind, features) in zip(asked.candidates, described, strict=True):
            alike = (kind, candidate.text if candidate.judged else "")
            seen[alike] += 1
            if kind and seen[alike] <= (1 if kind.endswith(KNOWN_STATEMENT) else MOST):
                answer = Answer(text=candidate.text, confidence=1.0, citations=())
                right = grade(question.gold, answer).correct
                yield Judged(source=asked.source, kind=kind, features=features, right=right)


def _clauses(data: Path) -> dict[str, ClauseKind]:
    """Kinds of clause in the contracts that the reader was trained on."""
    questions = training_questions(data / "cuad" / "questions.jsonl").questions
    return learn_clauses(one for one in questions if not held_out(one.documents[0]))


def _statements(data: Path) -> tuple[StatementKind, ...]:
    """Kinds of statement, by what the agreements of the training part say of each."""
    pairs = training_pairs(data / "contractnli" / "train_pairs.jsonl")
    return learn_statements(
        (str(one["hypothesis"]), str(one["concatenated_spans"]), int(one["label"])) for one in pairs
    )


def _asked(data: Path, sample: Path, work: Path, adapter: Path | None) -> Iterator[Asked]:
    work.mkdir(parents=True, exist_ok=True)
    silent = work / "no-quality.json"
    write_text(silent, QualityModel(weights={}).to_json())
    generator = SpanReaderSettings(adapter=adapter or "generic", quality=silent, compute=False)
    settings = Settings(generator=generator)
    questions = sample_questions(sample / "questions.jsonl").questions
    paths = sorted((sample / "docs").iterdir())
    for scope in ("single", "shared"):
        asked = chosen(questions, QUESTIONS)
        yield from _ask(paths, work / "sample", asked, f"sample, {scope}", settings, scope)
    questions = training_questions(data / "cuad" / "questions.jsonl").questions
    apart = [one for one in questions if held_out(one.documents[0])]
    asked = chosen(apart, OF_CONTRACTS)
    yield from _ask(_texts(data / "cuad", apart), work / "cuad", asked, "cuad", settings)
    file = data / "contractnli" / "questions.jsonl"
    questions = training_questions(file, halves=True).questions
    half = [one for one in questions if one.facets.get("half") == "tuning"]
    asked = chosen(half, OF_STATEMENTS)
    yield from _ask(_texts(data / "contractnli", half), work / "contractnli", asked, "contractnli", settings)
    file = data / "tatqa" / "questions.jsonl"
    questions = training_questions(
        file, lambda row: {**row, "doc_id": context_name(row)}, halves=True
    ).questions
    papers = {context_name(row): context_paper(row) for row in training_lines(file)}
    pages = list(write_papers(papers.values(), work / "tatqa-pages"))
    yield from _ask(pages, work / "tatqa", chosen(questions, QUESTIONS), "tatqa", settings)


def _texts(folder: Path, questions: Sequence[Question]) -> list[Path]:
    names = sorted({name for question in questions for name in question.documents})
    return [folder / "docs" / f"{name}.txt" for name in names]


def _ask(
    paths: Sequence[Path],
    work: Path,
    questions: Sequence[Question],
    source: str,
    settings: Settings,
    scope: Scope = "single",
) -> Iterator[Asked]:
    workspace = Workspace.create(work)
    with TerminalProgress() as progress:
        ingest(workspace, list(paths), settings, progress=progress)
        with open_pipeline(workspace, settings) as pipeline:
            progress.start(f"ask {source}", len(questions), "questions")
            for question in questions:
                named = pipeline.scope(question.documents) if scope == "single" else None
                response = pipeline.ask(Query(text=question.text, document_ids=named))
                yield Asked(source=source, question=question, candidates=response.candidates)
                progress.advance()


if __name__ == "__main__":
    main(sys.argv[1:])
