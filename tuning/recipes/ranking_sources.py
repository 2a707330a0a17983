"""Graded groups for rerankers from the public sets' training splits.

One function a set, each a generator of ``Group``: CUAD, ContractNLI (spans to passages that overlap them),
ACORD (graded clauses), FinQA (rows and sentences of a page), question sets with spans in paragraphs. What
a set's lines do not say to be for training is never read (``eval.training_data``); documents that also lie
in a set for measuring are left out (``tuning.recipes.apart``).
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.near_copies import Excluded
from eval.training_data import Question, training_grades, training_lines, training_questions
from ingest.parse import read_files
from ingest.reader import ReadDocument
from rag.protocols import Embedder
from rag.settings import IngestSettings
from rag.types import Chunk
from tuning.ranking import FirstStage, Group, Passage, searched
from tuning.recipes.apart import draw, held_out

SHORT_TOKENS = 110
"""Half of the documents are cut into chunks of half the usual size: both lengths occur in use."""
MAX_CHUNKS = 150
"""Documents with more are left out of span sets: a few of them would be most of the work."""
LISTED = 24
"""Passages a group holds, besides relevant ones that the first stage misses."""
_HALF_SHOWN = 6
"""Of a graded query's clauses of the kind, and of those that are not, beside a relevant one."""
_CUAD = re.compile(r'related to "(?P<name>[^"]+)".*?Details: (?P<details>.+)', re.DOTALL)


def span_groups(
    folder: Path, source: str, *, embedder: Embedder | None, excluded: Excluded, seed: int
) -> Iterator[Group]:
    """CUAD or ContractNLI: a chunk that overlaps a marked span is relevant, others of the document not."""
    asked: dict[str, list[Question]] = {}
    for question in training_questions(folder / "questions.jsonl").questions:
        asked.setdefault(question.documents[0], []).append(question)
    paths = [folder / "docs" / f"{name}.txt" for name in sorted(asked)]
    for read in read_documents(paths, seed):
        name = read.document.name
        if len(read.chunks) > MAX_CHUNKS or excluded.has(read.document.text):
            continue
        yield from _of_document(source, read, asked[name], embedder if held_out(name) else None, seed)


def _of_document(
    source: str, read: ReadDocument, asked: Sequence[Question], embedder: Embedder | None, seed: int
) -> Iterator[Group]:
    name = read.document.name
    relevant = {question.id: _overlapping(read, question) for question in asked}
    topics: dict[int, set[str]] = {}
    for question in asked:
        for index in relevant[question.id]:
            topics.setdefault(index, set()).add(_topic(source, question))
    bare = draw(seed, name, "context").random() < 0.5
    texts = [chunk.text if bare else chunk.passage for chunk in read.chunks]
    stage = FirstStage(texts, embedder)
    for question in asked:
        grades = dict.fromkeys(relevant[question.id], 1)
        if grades and len(texts) > len(grades):
            text = worded(question.text, read.chunks[0], draw(seed, question.id))
            listed = searched(stage, text, grades, LISTED)
            yield Group(
                source=source,
                document=name,
                question=text,
                topic=_topic(source, question),
                passages=tuple(Passage(text=texts[i], topics=frozenset(topics.get(i, ()))) for i in listed),
                grades=tuple(grades.get(i, 0) for i in listed),
            )


def _overlapping(read: ReadDocument, question: Question) -> list[int]:
    spans = [
        (one.start, one.end)
        for one in question.evidence
        if one.start is not None and one.end is not None
        and read.document.text[one.start : one.end] == one.text
    ]  # fmt: skip
    return [
        i for i, chunk in enumerate(read.chunks)
        if any(start < chunk.end and chunk.start < end for start, end in spans)
    ]  # fmt: skip


def _topic(source: str, question: Question) -> str:
    return f"{source}:{question.facets.get('category', question.text)}"


def _label(chunk: Chunk) -> str:
    return chunk.context.split(" > ")[0]


def worded(question: str, chunk: Chunk, generator: random.Random) -> str:
    """CUAD's one form of words, varied: as it is, its name, its question, both, or the document named."""
    match = _CUAD.search(question)
    if match is None:
        return question
    name, details = match["name"], match["details"].strip()
    forms = (question, name, details, f"{name}: {details}", f"In {_label(chunk)}: {details}")
    return generator.choices(forms, weights=(3, 2, 4, 1, 2))[0]


def acord_groups(folder: Path, *, seed: int, per_query: int = 30) -> Iterator[Group]:
    """ACORD: each relevant clause (grade 2 and up) in a group of its own, beside irrelevant ones.

    Half of these are clauses of grade 1, of the kind but without what is asked for: what tells them from the
    relevant ones is what the query says beyond the kind. The others are those that the query finds first.
    """
    graded = training_grades(folder)
    names = sorted(graded.passages)
    topics: dict[str, set[str]] = {}
    for query, grades in graded.grades.items():
        for name, grade in grades.items():
            if grade > 1:
                topics.setdefault(name, set()).add(query)
    stage = FirstStage([graded.passages[name] for name in names], None)
    for query in sorted(graded.queries):
        text = graded.queries[query]
        grades = graded.grades[query]
        order = [names[int(i)] for i in stage.order(text)]
        place = {name: i for i, name in enumerate(order)}
        relevant = sorted(name for name, grade in grades.items() if grade > 1)
        near = sorted(name for name, grade in grades.items() if grade == 1)
        far = [name for name in order[: 4 * LISTED] if grades.get(name, 0) == 0]
        generator = draw(seed, query)
        generator.shuffle(relevant)
        for name in relevant[:per_query]:
            others = [
                *generator.sample(near, min(_HALF_SHOWN, len(near))),
                *generator.sample(far, min(_HALF_SHOWN, len(far))),
            ]
            listed = sorted([name, *others], key=place.__getitem__)
            yield Group(
                source="acord",
                document=query,
                question=text,
                topic=query,
                passages=tuple(
                    Passage(text=graded.passages[one], topics=frozenset(topics.get(one, ())))
                    for one in listed
                ),
                grades=tuple(grades[one] if one == name else 0 for one in listed),
            )


def finqa_groups(folder: Path) -> Iterator[Group]:
    """FinQA: a page's rows and sentences packed into passages; those with a supporting fact are relevant."""
    questions = training_questions(
        folder / "questions.jsonl", lambda row: {**row, "answer": str(row["exe_ans"])}
    )
    for question in questions.questions:
        row = questions.rows[question.id]
        packed = _packed(row["contexts"])
        facts = set(row.get("supporting_facts") or ())
        grades = {i: 1 for i, (names, _) in enumerate(packed) if facts & names}
        if not grades or len(grades) == len(packed):
            continue
        texts = [text for _, text in packed]
        listed = searched(FirstStage(texts, None), question.text, grades, LISTED)
        yield Group(
            source="finqa",
            document=str(row["doc_id"]),
            question=question.text,
            topic=question.id,
            passages=tuple(
                Passage(text=texts[i], topics=frozenset({question.id} if i in grades else ())) for i in listed
            ),
            grades=tuple(grades.get(i, 0) for i in listed),
        )


def _packed(contexts: Sequence[Mapping[str, object]], words: int = 90) -> list[tuple[set[str], str]]:
    """Pieces of a page in order, packed to about so many words, each pack with the names of its pieces."""
    pieces: list[tuple[str, str]] = []
    for part in contexts:
        rows = part.get("rows")
        if isinstance(rows, list):
            pieces += [(f"table_{n}", " | ".join(map(str, cells))) for n, cells in enumerate(rows)]
        else:
            pieces.append((str(part["id"]), str(part["text"])))
    packed: list[tuple[set[str], str]] = []
    for name, text in pieces:
        if packed and len(packed[-1][1].split()) + len(text.split()) <= words:
            packed[-1][0].add(name)
            packed[-1] = (packed[-1][0], f"{packed[-1][1]}\n{text}")
        else:
            packed.append(({name}, text))
    return packed


def paragraph_groups(path: Path, docs: Path, source: str) -> Iterator[Group]:
    """Span questions over paragraphs: the one asked about is relevant, others of the document are not."""
    asked: dict[str, list[Mapping[str, Any]]] = {}
    for line in training_lines(path):
        if line["answers"]:
            asked.setdefault(str(line["doc_id"]), []).append(line)
    for name in sorted(asked):
        text = (docs / f"{name}.txt").read_text(encoding="utf-8")
        spans = {str(row["id"]): tuple(row["paragraph"]) for row in asked[name]}
        order = sorted(set(spans.values()))
        passages = [text[start:end] for start, end in order]
        stage = FirstStage(passages, None)
        for row in asked[name]:
            grades = {order.index(spans[str(row["id"])]): 1}
            listed = searched(stage, str(row["question"]), grades, LISTED)
            yield Group(
                source=source,
                document=name,
                question=str(row["question"]),
                topic=str(row["id"]),
                passages=tuple(Passage(text=passages[i]) for i in listed),
                grades=tuple(grades.get(i, 0) for i in listed),
            )


def read_documents(paths: Sequence[Path], seed: int) -> Iterator[ReadDocument]:
    """Each document, in chunks of the usual size or half of it; files that cannot be read are left out."""
    usual = IngestSettings(workers=1)
    short = IngestSettings(workers=1, chunk_tokens=SHORT_TOKENS)
    for path in paths:
        settings = short if draw(seed, path.stem, "size").random() < 0.5 else usual
        for _, outcome in read_files([path], settings):
            if isinstance(outcome, ReadDocument):
                yield outcome
