"""Examples for the number engine's ranker: questions of tuning halves, asked of their own pages.

Each page is indexed alone and given as a whole, as ``rag.numbers.ranked`` needs it. Leaves which programs are
right to ``tuning.number_answers``, learning to ``tuning.numbers``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

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
from rag.storage import write_text
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


def examples_of(path: Path, work: Path, advance: Callable[[], None] = lambda: None) -> Iterator[Example]:
    """An example for each question of a file's tuning half that has figures at hand.

    Raises:
        SourceError: the file cannot be read or has no tuning half.
    """
    for row, prompt in _prompts(training_lines(path), work):
        mentions = mentions_of(prompt)
        advance()
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
    pages = {_name(row): row["contexts"] for row in rows}
    paths = []
    for name, contexts in sorted(pages.items()):
        path = work / "pages" / f"{name}.html"
        write_text(path, page(contexts))
        paths.append(path)
    workspace = Workspace.create(work / "workspace")
    with TerminalProgress() as progress:
        ingest(workspace, paths, SETTINGS, progress=progress)
    with open_pipeline(workspace, SETTINGS) as pipeline:
        for row in rows:
            document = pipeline.catalog.resolve(_name(row))
            yield row, pipeline.prompt(Query(text=str(row["question"]), document_ids=(document,)))


def _name(row: Mapping[str, Any]) -> str:
    content = hash_bytes(page(row["contexts"]).encode())
    return f"{row['dataset']}-{content}"


def page(contexts: Sequence[Mapping[str, Any]]) -> str:
    r"""A question's table and text as an HTML page.

    >>> page([{"text": "x < y"}])
    '<!doctype html><html><body>\n<p>x &lt; y</p>\n</body></html>\n'
    """
    parts = []
    for part in contexts:
        if part.get("rows") is None:
            parts += [f"<p>{escape(line)}</p>" for line in str(part["text"]).split("\n") if line.strip()]
        else:
            rows = ("".join(f"<td>{escape(str(cell))}</td>" for cell in row) for row in part["rows"])
            parts.append("<table>\n" + "".join(f"<tr>{row}</tr>\n" for row in rows) + "</table>")
    return "<!doctype html><html><body>\n" + "\n".join(parts) + "\n</body></html>\n"
