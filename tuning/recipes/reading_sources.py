"""Examples for the span reader from the public sets' training parts.

One function a set, each a generator of ``Example``: question sets over paragraphs; CUAD (chunks of contracts,
clauses marked in them); ContractNLI (statements about chunks of agreements, and its published pairs of
evidence and statement); TAT-QA (spans of tables and paragraphs). Lines that are not for training are never
read (``eval.training_data``); documents that also lie in a set for measuring are left out.
"""

from __future__ import annotations

import random
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.near_copies import Excluded
from eval.papers import context_name, context_paper, write_papers
from eval.training_data import training_lines
from ingest.parse import read_files
from ingest.reader import ReadDocument
from rag.generator.span.verdicts import CONTRADICTED, ENTAILED, NOT_MENTIONED
from rag.settings import IngestSettings
from rag.types import Chunk
from tuning.ranking import FirstStage
from tuning.reading import Example
from tuning.recipes.apart import draw
from tuning.recipes.ranking_sources import read_documents, worded

_LABELS = {"Entailment": ENTAILED, "Contradiction": CONTRADICTED, "NotMentioned": NOT_MENTIONED}
_MOST_POSITIVE = 3
"""Windows with an answer that a question gives at most."""
_HARD = 8
"""Windows without an answer are drawn from so many that BM25 finds first."""
_AS_QUESTION = ("Does the agreement provide that {}?", "Is it the case that {}?", "Is it true that {}?")


def paragraph_examples(path: Path, docs: Path, source: str) -> Iterator[Example]:
    """SQuAD 2.0 or PolicyQA: the paragraph asked about, the first of its answers or none."""
    texts: dict[str, str] = {}
    for row in training_lines(path):
        name = str(row["doc_id"])
        if name not in texts:
            texts[name] = (docs / f"{name}.txt").read_text(encoding="utf-8")
        start, end = row["paragraph"]
        answers = [
            (a["start"] - start, a["end"] - start) for a in row["answers"] if start <= a["start"] < end
        ]
        titled = draw(0, str(row["id"]), "title").random() < 0.5
        yield Example(
            source=source,
            document=name,
            question=str(row["question"]),
            text=texts[name][start:end],
            context=name.removeprefix("dev_").replace("_", " ") if titled else "",
            spans=tuple(answers[:1]),
        )


def clause_examples(
    folder: Path, *, excluded: Excluded, seed: int, absent: float = 0.35, beside: float = 0.5
) -> Iterator[Example]:
    """CUAD: chunks with a marked clause, and chunks that a search finds but that hold none.

    ``absent`` is the share of questions without an answer that give a window, ``beside`` of those with one
    that give one more, without it.
    """
    for read, rows in _documents(folder, excluded, seed):
        stage = FirstStage([chunk.text for chunk in read.chunks], None)
        for row in rows:
            generator = draw(seed, str(row["id"]))
            question = worded(str(row["question"]), read.chunks[0], generator)
            marked = _marked(read, row)
            positive = [i for i, spans in enumerate(marked) if spans]
            chosen = generator.sample(positive, min(_MOST_POSITIVE, len(positive)))
            if generator.random() < (beside if positive else absent):
                chosen += _without(stage, str(row["question"]), marked, generator, 1)
            for i in sorted(chosen):
                yield _example("cuad", read, i, question, marked[i], None)


def statement_examples(folder: Path, *, excluded: Excluded, seed: int, beside: int = 3) -> Iterator[Example]:
    """ContractNLI: chunks with evidence and the label, and chunks that do not speak of the statement."""
    for read, rows in _documents(folder, excluded, seed):
        stage = FirstStage([chunk.text for chunk in read.chunks], None)
        for row in rows:
            generator = draw(seed, str(row["id"]))
            question = _asked(str(row["question"]), generator)
            marked = _marked(read, row)
            positive = [i for i, spans in enumerate(marked) if spans]
            for i in positive + _without(stage, str(row["question"]), marked, generator, beside):
                verdict = _LABELS[str(row["label"])] if marked[i] else NOT_MENTIONED
                yield _example("contractnli", read, i, question, marked[i], verdict)


def pair_examples(rows: Iterable[Mapping[str, Any]], *, seed: int) -> Iterator[Example]:
    """ContractNLI's pairs: the evidence among passages of agreements that do not speak of the statement."""
    pairs = list(rows)
    silent: dict[str, list[str]] = {}
    for row in pairs:
        if row["label"] == NOT_MENTIONED:
            silent.setdefault(row["hypothesis"], []).append(str(row["concatenated_spans"]))
    for number, row in enumerate(pairs):
        generator = draw(seed, "pair", str(number))
        own = str(row["concatenated_spans"]).strip()
        others = silent[row["hypothesis"]]
        parts = [_piece(generator.choice(others), generator) for _ in range(generator.choice((0, 1, 1, 2)))]
        place = generator.randint(0, len(parts))
        before = "".join(f"{part}\n" for part in parts[:place])
        text = before + own + "".join(f"\n{part}" for part in parts[place:])
        said = row["label"] != NOT_MENTIONED
        yield Example(
            source="contractnli_pairs",
            document=f"pairs of {row['num_spans']} spans and {row['num_tokens']} tokens",
            question=_asked(str(row["hypothesis"]), generator),
            text=text,
            spans=((len(before), len(before) + len(own)),) if said else (),
            verdict=int(row["label"]),
        )


def table_examples(path: Path, *, seed: int) -> Iterator[Example]:
    """TAT-QA: chunks of a table and its paragraphs with the spans that answer, and one without."""
    asked: dict[str, list[Mapping[str, Any]]] = {}
    for line in training_lines(path):
        if line["answer_type"] in ("span", "multi-span"):
            asked.setdefault(context_name(line), []).append(line)
    with tempfile.TemporaryDirectory() as folder:
        papers = [context_paper(rows[0]) for rows in asked.values()]
        for _, read in read_files(write_papers(papers, Path(folder)), IngestSettings(workers=1)):
            if not isinstance(read, ReadDocument):
                continue
            for row in asked[read.document.name]:
                spans = _mapped(read.document.text, row)
                marked = [_clipped(chunk, spans) for chunk in read.chunks]
                positive = [i for i, own in enumerate(marked) if own]
                others = [i for i, own in enumerate(marked) if not own]
                generator = draw(seed, str(row["id"]))
                for i in positive[:_MOST_POSITIVE] + generator.sample(others, min(1, len(others))):
                    yield _example("tatqa", read, i, str(row["question"]), marked[i], None)


def _documents(
    folder: Path, excluded: Excluded, seed: int
) -> Iterator[tuple[ReadDocument, list[Mapping[str, Any]]]]:
    asked: dict[str, list[Mapping[str, Any]]] = {}
    for row in training_lines(folder / "questions.jsonl"):
        asked.setdefault(str(row["doc_id"]), []).append(row)
    for read in read_documents([folder / "docs" / f"{name}.txt" for name in sorted(asked)], seed):
        if not excluded.has(read.document.text):
            yield read, asked[read.document.name]


def _marked(read: ReadDocument, row: Mapping[str, Any]) -> list[tuple[tuple[int, int], ...]]:
    """The spans of each chunk that are marked, clipped to it; nothing where the loader's text differs."""
    spans = [(a["start"], a["end"]) for a in row["answers"]]
    text = read.document.text
    spans = [span for span, a in zip(spans, row["answers"], strict=True) if text[slice(*span)] == a["text"]]
    return [_clipped(chunk, spans) for chunk in read.chunks]


def _clipped(chunk: Chunk, spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    found = ((max(start, chunk.start), min(end, chunk.end)) for start, end in spans)
    return tuple((start - chunk.start, end - chunk.start) for start, end in found if start < end)


def _without(
    stage: FirstStage,
    question: str,
    marked: Sequence[tuple[tuple[int, int], ...]],
    generator: random.Random,
    count: int,
) -> list[int]:
    found = [int(i) for i in stage.order(question) if not marked[i]][:_HARD]
    return generator.sample(found, min(count, len(found)))


def _example(
    source: str,
    read: ReadDocument,
    place: int,
    question: str,
    spans: tuple[tuple[int, int], ...],
    verdict: int | None,
) -> Example:
    chunk = read.chunks[place]
    return Example(
        source=source,
        document=read.document.name,
        question=question,
        text=chunk.text,
        context=chunk.context,
        spans=spans,
        verdict=verdict,
    )


def _asked(statement: str, generator: random.Random) -> str:
    """A statement as it stands, or, one time in four, as a question."""
    if generator.random() >= 0.25:
        return statement
    plain = statement.strip().rstrip(".")
    return generator.choice(_AS_QUESTION).format(plain[:1].lower() + plain[1:])


def _piece(text: str, generator: random.Random) -> str:
    """One line of a passage, drawn."""
    return generator.choice([line for line in text.split("\n") if line.strip()] or [text]).strip()


def _mapped(text: str, row: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Where the parts stand that a TAT-QA line maps its answer to: cells and spans of paragraphs."""
    places: dict[str, int] = {}
    cells: dict[tuple[int, int], tuple[int, int]] = {}
    position = 0
    for part in row["contexts"]:
        if part.get("rows") is None:
            start = text.find(str(part["text"])[:40], position)
            places[str(part["id"])] = start
            position = max(position, start)
            continue
        for r, cols in enumerate(part["rows"]):
            for c, cell in enumerate(cols):
                words = r"\s+".join(map(re.escape, str(cell).split()))
                match = re.compile(words).search(text, position) if words else None
                if match:
                    cells[r, c] = match.span()
                    position = match.end()
    spans = []
    for mapping in row["mappings"]:
        for name, where in mapping.items():
            if name == "table" and tuple(where) in cells:
                spans.append(cells[tuple(where)])
            elif name != "table" and places.get(name, -1) >= 0:
                spans.append((places[name] + where[0], places[name] + where[1]))
    return sorted(set(spans))
