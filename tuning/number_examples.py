"""Examples for the number engine's ranker: questions of tuning halves, asked of their own pages.

Each page is indexed alone and given as a whole, as ``rag.numbers.ranked`` needs it. Leaves which programs are
right to ``tuning.number_answers``, learning to ``tuning.numbers``.
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
from rag.numbers.mentions import mentions_of
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
from tuning.number_answers import number_answer, right_programs
from tuning.numbers import Example

SETTINGS = Settings(
    embedder=HashingEmbedderSettings(),
    reranker=NoRerankerSettings(),
    generator=BestSentenceSettings(compute=False),
    retrieval=RetrievalSettings(fusion="reciprocal_rank", reranked=0),
)
"""Pages are given whole, so that their order is all that retrieval decides."""


def examples_of(path: Path, work: Path) -> Iterator[Example]:
    """An example for each question of a file's tuning half that has figures at hand.

    Raises:
        SourceError: the file cannot be read or has no tuning half.
    """
    for row, prompt in _prompts(training_lines(path), work):
        mentions = mentions_of(prompt)
        if not mentions:
            continue
        asked = Asked.of(prompt.question)
        made = candidates(match(asked, mentions))
        yield Example(
            source=str(row["dataset"]),
            together=str(row["doc_id"]).partition("/")[0],
            asked=asked,
            made=made,
            right=right_programs(number_answer(row), made),
        )


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
