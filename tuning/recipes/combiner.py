"""The combiner that comes with Covenant: learned from training questions of three sources, in four groups.

    python -m tuning.recipes.combiner --data DIR --sample DIR --work DIR [--out FILE]

``--data`` holds ``cuad/`` (CC BY 4.0) and ``finqa/`` (MIT), ``--sample`` the synthetic library that
``covenant demo`` writes (its tuning deals, in both scopes). Documents are indexed in workspaces below
``--work``, where a second run finds them. The same data give the same file.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

from eval.runs import Scope
from eval.training_data import Question, training_questions
from ingest.build import ingest
from ingest.progress import TerminalProgress
from rag import reranker
from rag.assembly import open_pipeline
from rag.combiner.model import BUILT_IN, Combiner
from rag.settings import LateInteractionSettings, RetrievalSettings, Settings
from rag.storage import write_text
from rag.workspace import Workspace
from tuning.combiner import Group, Reread, learn, learn_reranker
from tuning.combiner_groups import groups_of, reread
from tuning.recipes.apart import chosen, sample_questions

QUESTIONS = 500
"""Taken of each source, those with the smallest hashes of their ids."""
REREAD = 150
"""Of the sample's, those that the reranker reads the candidates of."""
SCOPES: tuple[Scope, ...] = ("single", "shared")
SETTINGS = Settings(retrieval=RetrievalSettings(fusion="reciprocal_rank"))


def sample_groups(folder: Path, work: Path) -> Iterator[Group]:
    """The synthetic library's tuning questions, each asked of its own documents and of all."""
    questions = _chosen(sample_questions(folder / "questions.jsonl").questions)
    paths = sorted((folder / "docs").iterdir())
    for scope in SCOPES:
        yield from _groups(paths, work / "sample", questions, f"sample, {scope}", scope)


def cuad_groups(folder: Path, work: Path) -> Iterator[Group]:
    """CUAD's training questions over their contracts."""
    questions = _chosen(training_questions(folder / "questions.jsonl").questions)
    names = sorted({name for question in questions for name in question.documents})
    yield from _groups([folder / "docs" / f"{name}.txt" for name in names], work / "cuad", questions, "cuad")


def finqa_groups(folder: Path, work: Path) -> Iterator[Group]:
    """FinQA's training questions over the pages they are about, written as HTML."""
    rows = training_questions(folder / "questions.jsonl", _finqa_line)
    questions = _chosen(rows.questions)
    paths = []
    for question in questions:
        path = work / "finqa-pages" / f"{question.documents[0]}.html"
        write_text(path, _page(rows.rows[question.id]["contexts"]))
        paths.append(path)
    yield from _groups(sorted(set(paths)), work / "finqa", questions, "finqa")


def reranker_weight(combiner: Combiner, sample: Path, work: Path) -> float:
    """How much the generic late-interaction reranker is believed: on the sample, in both scopes.

    Held-out contracts of CUAD would have it believed twice as much: their questions are of the kinds that it
    was trained on.
    """
    questions = _chosen(sample_questions(sample / "questions.jsonl").questions)[:REREAD]
    model = reranker.load(LateInteractionSettings())
    assert model is not None  # noqa: S101 - of this kind there is one
    lists: list[Reread] = []
    with open_pipeline(Workspace.open(work / "sample"), SETTINGS) as pipeline:
        for scope in SCOPES:
            found = reread(
                pipeline, questions, combiner, model, scope=scope, limit=SETTINGS.retrieval.reranked
            )
            lists += [replace(one, source=f"sample, {scope}") for one in found]
    return learn_reranker(lists)


def _finqa_line(row: dict[str, Any]) -> dict[str, Any]:
    """A line in our form: supporting rows and sentences are evidence, by their words."""
    name = _page_name(row["doc_id"])
    facts = set(row.get("supporting_facts") or ())
    evidence = [
        {"doc_id": name, "page": 0, "text": text} for key, text in _pieces(row["contexts"]) if key in facts
    ]
    return {**row, "doc_id": name, "answer": str(row["exe_ans"]), "scale": None, "evidence": evidence}


def _page_name(name: str) -> str:
    return name.replace("/", "-").removesuffix(".pdf")


def _pieces(contexts: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for part in contexts:
        if part.get("rows") is None:
            yield str(part["id"]), str(part["text"])
        else:
            yield from ((f"table_{n}", " ".join(map(str, cells))) for n, cells in enumerate(part["rows"]))


def _page(contexts: list[dict[str, Any]]) -> str:
    parts = []
    for part in contexts:
        if part.get("rows") is None:
            parts.append(f"<p>{escape(str(part['text']))}</p>")
        else:
            cells = ("".join(f"<td>{escape(str(cell))}</td>" for cell in row) for row in part["rows"])
            parts.append("<table>" + "".join(f"<tr>{row}</tr>\n" for row in cells) + "</table>")
    return "<!doctype html><html><body>\n" + "\n".join(parts) + "\n</body></html>\n"


def _chosen(questions: tuple[Question, ...]) -> tuple[Question, ...]:
    return chosen((question for question in questions if question.evidence), QUESTIONS)


def _groups(
    paths: list[Path],
    work: Path,
    questions: tuple[Question, ...],
    source: str,
    scope: Scope = "single",
) -> Iterator[Group]:
    workspace = Workspace.create(work)
    with TerminalProgress() as progress:
        ingest(workspace, paths, SETTINGS, progress=progress)
        with open_pipeline(workspace, SETTINGS) as pipeline:
            progress.start(f"rank {source}", len(questions), "questions")
            for group in groups_of(pipeline, questions, source, scope=scope):
                progress.advance()
                yield group


def main(arguments: list[str]) -> None:
    """Learn the weights and write them."""
    parser = argparse.ArgumentParser(prog="python -m tuning.recipes.combiner", description=__doc__)
    for name in ("data", "sample", "work"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=BUILT_IN)
    given = parser.parse_args(arguments)
    groups = [
        *sample_groups(given.sample, given.work),
        *cuad_groups(given.data / "cuad", given.work),
        *finqa_groups(given.data / "finqa", given.work),
    ]
    facts = {"recipe": "tuning.recipes.combiner", "questions_per_source": QUESTIONS}
    combiner = learn(groups, facts)
    weight = reranker_weight(combiner, given.sample, given.work)
    write_text(given.out, replace(combiner, rerankers={"late_interaction": weight}).to_json())
    sys.stdout.write(given.out.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main(sys.argv[1:])
