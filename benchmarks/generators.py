r"""The reader tuned without gold on documents apart, each choice of data beside the others, then best of n.

    python -m tuning.recipes.reader --data DIR --out START --steps 400 \
        --without cuad --without contractnli --without tatqa
    python -m benchmarks.generators cuad --data DIR --start START/adapter --cache DIR --out DIR

A reader that has seen none of the sets reads the training contracts of CUAD, or the tuning half of TAT-QA,
with the questions asked of them but without their answers, and questions made from them; functions label what
is proposed, and every choice of data trains a reader. Each then reads the same evidence for the measured
questions, which documents of the other part answer. Measured is the F1 of what the reader itself holds
likeliest, a refusal where nothing is asked for is there, by the words of the nearest gold answer; of TAT-QA's
the questions that spans answer. Where most questions have no answer, who always refuses is right most often:
questions that have one are also measured by themselves, by the likeliest span, however unlikely. Last comes
the best of n, of the reader that the labels of questions apart like best, by a quality model that soft labels
taught from nothing. Leaves training to ``tuning.choice_bench``, voting to ``tuning.answer_supervision``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import compress
from pathlib import Path
from time import perf_counter
from typing import Any

import click

from eval.bench import BenchOptions, prepare, set_folder
from eval.metrics.hybrid import hybrid_scores
from eval.metrics.text import token_f1
from eval.sets import SETS
from eval.sets.contexts import context_name
from eval.splits import may_train
from eval.stats import compare_paired
from ingest.progress import TerminalProgress
from rag.assembly import open_pipeline
from rag.catalog import Catalog
from rag.fingerprints import hash_bytes
from rag.generator import load as load_generator
from rag.generator.quality import QualityModel
from rag.generator.span.model import SpanModel
from rag.generator.span.reader import SpanReader
from rag.glossary import Glossary
from rag.prompt import Prompt
from rag.releases import NONE
from rag.settings import Settings, SpanReaderSettings
from rag.storage import write_text
from rag.types import Candidate, DocumentId, Query
from rag.workspace import Workspace
from tuning.answer_groups import AnswerGroup, drawn
from tuning.answer_supervision import labelled_answers
from tuning.choice_bench import ChoiceRow, Held, asked_by_document, compare_choices
from tuning.generator_stage import QUALITY, train_quality
from tuning.items import Asked
from tuning.preferring import expected_right
from tuning.questions import make_questions, read_asked
from tuning.reader_labels import ReaderTuning, choices_in
from tuning.supervision import families_of

RANDOM, BEST = "random pairs", "best against worst"
SURE = 0.5
"""An answer that is less likely than this gives way to the refusal."""
Answered = Sequence[Candidate | None]
"""``[n]``: the best answer to each measured question; None where nothing is proposed."""
Score = Callable[[Mapping[str, Any], str], float]
"""How right an answer's text is, by a line of the set; "" is the refusal."""


def clause_f1(line: Mapping[str, Any], given: str) -> float:
    """Of CUAD: F1 by words with the nearest marked clause; 1 for refusing where none is marked.

    >>> clause_f1({"answers": []}, ""), clause_f1({"answers": [{"text": "two years"}]}, "two full years")
    (1.0, 0.8)
    """
    marked = [str(one["text"]) for one in line["answers"]]
    return max((token_f1(given, text) for text in marked), default=float(not given))


def span_f1(line: Mapping[str, Any], given: str) -> float:
    """Of TAT-QA: the F1 of its paper."""
    gold = line["answer"] if isinstance(line["answer"], list) else [line["answer"]]
    scale = str(line.get("scale") or "")
    return hybrid_scores(given, [str(one) for one in gold], scale, computed=False)[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A set: the name of a line's document, what is measured, how answers score.

    ``refuses`` says whether a question may have no answer; where none may, the reader always answers.
    """

    document: Callable[[Mapping[str, Any]], str]
    measured: Callable[[Mapping[str, Any]], bool]
    score: Score
    refuses: bool


CASES = {
    "cuad": Case(
        document=lambda line: str(line["doc_id"]),
        measured=lambda line: not may_train(line),
        score=clause_f1,
        refuses=True,
    ),
    "tatqa": Case(
        document=context_name,
        measured=lambda line: not may_train(line) and "span" in line["answer_type"],
        score=span_f1,
        refuses=False,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What is asked for on the command line."""

    questions: int
    made: int
    documents: int
    measured: int
    epochs: int
    seed: int


class _Measured:
    """Questions with their evidence, read once, that one reader after the other answers."""

    def __init__(self, case: Case, lines: Sequence[Mapping[str, Any]], prompts: Sequence[Prompt]) -> None:
        self._case, self._lines, self._prompts = case, lines, prompts
        self._there = [case.score(line, "") < 1.0 for line in lines]
        self.documents = [case.document(line) for line in lines]

    def by_reader(self, own: SpanReaderSettings, adapter: Path) -> Answered:
        """What the reader of a folder likes best."""
        model = SpanModel.load(own.model_copy(update={"adapter": adapter}))
        reader = SpanReader(model, candidates=own.candidates, windows=own.windows)
        return self._answered(reader.complete)

    def by_generator(self, own: SpanReaderSettings) -> Answered:
        """The first answers of the whole generator."""
        return self._answered(load_generator(own, Glossary.load()).complete)

    def beside(self, before: Answered, after: Answered) -> dict[str, Any]:
        """Both compared: over all questions and, where some have none, over those that have an answer."""
        found = _beside(self.f1(before), self.f1(after), self.documents)
        if self._case.refuses:
            documents = list(compress(self.documents, self._there))
            found["answerable"] = _beside(self._forced(before), self._forced(after), documents)
        return found

    def f1(self, answers: Answered) -> list[float]:
        """``[n]``: with the refusal, where answers may be refused."""
        least = SURE if self._case.refuses else 0.0
        return [
            self._case.score(line, "" if best is None or best.score < least else best.text)
            for line, best in zip(self._lines, answers, strict=True)
        ]

    def _forced(self, answers: Answered) -> list[float]:
        """Of the questions that have an answer: without the refusal."""
        return [
            self._case.score(line, "" if best is None else best.text)
            for line, best in compress(zip(self._lines, answers, strict=True), self._there)
        ]

    def _answered(self, complete: Callable[[Sequence[Prompt]], Sequence[Sequence[Candidate]]]) -> Answered:
        return [next(iter(complete([prompt])[0]), None) for prompt in self._prompts]


def _first(names: Collection[str], count: int) -> set[str]:
    """So many of the names, those with the smallest hashes."""
    return set(sorted(set(names), key=lambda one: hash_bytes(one.encode()))[:count])


def _asked(
    workspace: Workspace, case: Case, lines: Sequence[Mapping[str, Any]], given: Given, out: Path
) -> tuple[list[Asked], list[Asked]]:
    """Questions about documents apart, to learn from and to choose by; answers are not written down."""
    own = [line for line in lines if may_train(line)]
    apart = _first([case.document(line) for line in own], given.documents)
    rows = [
        {"id": line["id"], "question": line["question"], "doc_id": case.document(line), "split": "tuning"}
        for line in own
        if case.document(line) in apart
    ]
    path = out / "asked.jsonl"
    write_text(path, "".join(json.dumps(row) + "\n" for row in rows))
    with Catalog(workspace.catalog_file) as catalog:
        known = {catalog.resolve(name) for name in apart}
        asked = drawn(read_asked(path, catalog), given.questions)
        asked += make_questions(catalog, seed=given.seed, count=given.made, documents=known)
        families = families_of(catalog.all_facts())
    return asked_by_document(list({one.id: one for one in asked}.values()), families, seed=given.seed)


def _prompts(
    workspace: Workspace,
    settings: Settings,
    asked: Sequence[tuple[str, DocumentId | str]],
    progress: TerminalProgress,
) -> list[Prompt]:
    """The evidence for each question, within its document."""
    progress.start("evidence", len(asked), "questions")
    found = []
    with open_pipeline(workspace, settings, NONE) as pipeline:
        for text, name in asked:
            own = (pipeline.catalog.resolve(name),)
            found.append(pipeline.prompt(Query(text=text, document_ids=own)))
            progress.advance()
    return found


@click.command()
@click.argument("name", type=click.Choice(sorted(CASES)))
@click.option("--data", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True)
@click.option("--start", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True)
@click.option("--cache", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--questions", default=300, show_default=True, help="Of the set, without answers.")
@click.option("--made", default=300, show_default=True, help="Made from the documents apart.")
@click.option("--documents", default=60, show_default=True, help="Apart, learned from.")
@click.option("--measured", default=400, show_default=True, help="Questions that measure.")
@click.option("--epochs", default=2, show_default=True, help="Of supervision.")
@click.option("--seed", default=7, show_default=True)
@click.option("--choice", "only", multiple=True, help="Compare this choice of data; repeatable. Else all.")
def main(
    name: str, data: Path, start: Path, cache: Path, out: Path, only: tuple[str, ...], **given: int
) -> None:
    """Tune the reader in START choice by choice, and measure each on the set NAME."""
    case, asking = CASES[name], Given(**given)
    out.mkdir(parents=True, exist_ok=True)
    reader = SpanReaderSettings(adapter=start, compute=False, quality=_blank(out / "blank.json"))
    settings = Settings().model_copy(update={"generator": reader})
    folder = set_folder(name, data, cache)
    text = (folder / "questions.jsonl").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    with TerminalProgress() as progress:
        prepared = prepare(SETS[name], folder, cache, Settings(), BenchOptions(), progress)
        workspace = prepared.workspace
        wanted = [line for line in lines if case.measured(line)]
        chosen = _first([str(line["id"]) for line in wanted], asking.measured)
        wanted = [line for line in wanted if str(line["id"]) in chosen]
        prompts = _prompts(
            workspace, settings, [(line["question"], case.document(line)) for line in wanted], progress
        )
        measured = _Measured(case, wanted, prompts)
        asked = _asked(workspace, case, lines, asking, out)
        begin = perf_counter()
        groups, held = labelled_answers(workspace, settings, asked, progress, "answers")
        labelling = perf_counter() - begin
        tuning = ReaderTuning(start=start, epochs=asking.epochs, seed=asking.seed)
        read = lru_cache(maxsize=None)(partial(measured.by_reader, reader))
        judged = Held(documents=measured.documents, score=lambda adapter: measured.f1(read(adapter)))
        compared = sorted({*only, RANDOM, BEST}) if only else ()
        rows = compare_choices(groups, judged, tuning, out / "readers", only=compared)
        kept = _kept(rows, held, tuning)
        tuned = reader.model_copy(update={"adapter": kept.reader})
        settled = settings.model_copy(update={"generator": tuned})
        groups, held = labelled_answers(workspace, settled, asked, progress, "tuned answers")
        found = train_quality(groups, held, tuned.quality, out / "quality")
    random, best = (next(row for row in rows if row.name == name) for name in (RANDOM, BEST))
    result: dict[str, Any] = {
        "set": name,
        "measured": len(wanted),
        "learned from": {"train": len(asked[0]), "dev": len(asked[1]), "seconds": round(labelling, 1)},
        "choices": [row.as_dict() | measured.beside(read(start), read(row.reader)) for row in rows],
        "best against worst beside random pairs": measured.beside(read(random.reader), read(best.reader)),
        "kept": kept.name,
    }
    if found is not None:
        choosing = tuned.model_copy(update={"quality": found / QUALITY})
        result["best of n"] = measured.beside(read(start), measured.by_generator(choosing))
        result["temperature"] = QualityModel.load(found / QUALITY).temperature
    click.echo(json.dumps(result, indent=1))


def _kept(rows: Sequence[ChoiceRow], held: Sequence[AnswerGroup], tuning: ReaderTuning) -> ChoiceRow:
    """The reader whose likeliest answers are most probably right by the labels of questions held apart."""
    apart = choices_in(held, tuning.windows)[: tuning.held]
    return max(rows, key=lambda row: sum(expected_right(apart, row.reader, tuning.preferring)))


def _blank(path: Path) -> Path:
    """A quality model that knows nothing: every candidate keeps its own score."""
    write_text(path, QualityModel(weights={}).to_json())
    return path


def _beside(before: Sequence[float], after: Sequence[float], documents: Sequence[str]) -> dict[str, Any]:
    found = compare_paired(before, after, documents)
    return {
        "before": found.before.as_dict(),
        "after": found.after.as_dict(),
        "difference": found.difference.as_dict(),
        "p": found.p_value,
    }


if __name__ == "__main__":
    main()
