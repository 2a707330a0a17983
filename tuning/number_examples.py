"""Examples for the number engine's ranker: questions of tuning halves, asked of their own pages.

Each page is indexed alone and given as a whole, as ``rag.numbers.ranked`` needs it; questions made from its
figures come with those that were asked of it. Leaves which programs are right to ``tuning.number_answers``,
making questions to ``tuning.made_questions``, learning to ``tuning.numbers``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from eval.papers import Paper, as_html, context_parts, write_papers
from eval.training_data import training_lines
from ingest.build import ingest
from ingest.progress import TerminalProgress
from rag.assembly import open_pipeline
from rag.fingerprints import hash_bytes
from rag.numbers.asked import Asked
from rag.numbers.matching import match
from rag.numbers.mentions import Mention, mentions_of
from rag.numbers.program_features import candidates
from rag.prompt import Prompt
from rag.settings import (
    BestSentenceSettings,
    HashingEmbedderSettings,
    NoRerankerSettings,
    RetrievalSettings,
    Settings,
)
from rag.types import Query
from rag.workspace import Workspace
from tuning.made_questions import made_questions
from tuning.number_answers import answer_of, number_answer, right_programs
from tuning.numbers import Example

SETTINGS = Settings(
    embedder=HashingEmbedderSettings(),
    reranker=NoRerankerSettings(),
    generator=BestSentenceSettings(compute=False),
    retrieval=RetrievalSettings(fusion="reciprocal_rank", reranked=0),
)
"""Pages are given whole, so that their order is all that retrieval decides."""


def examples_of(path: Path, work: Path, *, made: int = 0) -> Iterator[Example]:
    """An example for each question of a file's tuning half that has figures at hand.

    Of each page up to ``made`` questions more, made from its figures.

    Raises:
        SourceError: the file cannot be read or has no tuning half.
    """
    pages = set()
    for row, prompt in _prompts(training_lines(path), work):
        mentions = mentions_of(prompt)
        if not mentions:
            continue
        asked = Asked.of(prompt.question)
        programs = candidates(match(asked, mentions))
        right = right_programs(number_answer(row), programs)
        source, together = str(row["dataset"]), str(row["doc_id"]).partition("/")[0]
        yield Example(source=source, together=together, asked=asked, made=programs, right=right)
        page = _paper(row).name
        if made and page not in pages:
            pages.add(page)
            yield from _from_templates(source, together, mentions, made)


def _from_templates(source: str, together: str, mentions: Sequence[Mention], count: int) -> Iterator[Example]:
    for one in made_questions(mentions, count):
        asked = Asked.of(one.text)
        programs = candidates(match(asked, mentions))
        right = right_programs(answer_of(one.program, programs), programs)
        example = Example(
            source=source, together=together, asked=asked, made=programs, right=right, from_template=True
        )
        if example.reachable:
            yield example


def _prompts(rows: Sequence[Mapping[str, Any]], work: Path) -> Iterator[tuple[Mapping[str, Any], Prompt]]:
    papers = {paper.name: paper for paper in map(_paper, rows)}
    paths = write_papers((papers[name] for name in sorted(papers)), work / "pages")
    workspace = Workspace.create(work / "workspace")
    with TerminalProgress() as progress:
        ingest(workspace, list(paths), SETTINGS, progress=progress)
    with open_pipeline(workspace, SETTINGS) as pipeline:
        for row in rows:
            scope = pipeline.scope([_paper(row).name])
            yield row, pipeline.prompt(Query(text=str(row["question"]), document_ids=scope))


def _paper(row: Mapping[str, Any]) -> Paper:
    """A question's table and text, without a title, named by the set and what it holds."""
    paper = Paper(name="", title="", parts=context_parts(row["contexts"]))
    return replace(paper, name=f"{row['dataset']}-{hash_bytes(as_html(paper).encode())}")
