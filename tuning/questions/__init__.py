"""Questions to learn from, without annotators: made from documents, or asked by users and read from a file.

    asked = make_questions(catalog, seed=7, count=1000)
    asked += read_asked(Path("questions.jsonl"), catalog)

A file of questions has an object a line with ``question`` and, where it is asked of some documents only,
``documents`` (or ``doc_id``, ``doc_ids``): names as the library has them. Answers in it are not read. Leaves
the rules to ``tuning.questions.makers``, the items to vote on to ``tuning.questions.candidates``.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from eval.splits import may_train
from rag.catalog import Catalog
from rag.errors import SourceError
from rag.tokens import terms
from rag.types import DocumentId
from tuning.items import Asked
from tuning.questions.makers import from_definitions, from_tables

_FEWEST_WORDS = 3
_KIND_FIELDS = ("kind", "category")


def make_questions(
    catalog: Catalog,
    *,
    seed: int,
    count: int,
    mix: Mapping[str, float] | None = None,
    documents: Collection[DocumentId] | None = None,
    advance: Callable[[], None] = lambda: None,
) -> list[Asked]:
    """Up to ``count`` different questions by the documents' structure; the same seed gives the same ones.

    ``mix`` are shares of kinds, by default all alike; a kind with fewer questions leaves its share to others.
    ``documents`` restricts whose questions are made; ``advance`` is called after each document.
    """
    made: dict[str, list[Asked]] = {}
    seen: set[tuple[DocumentId, tuple[str, ...]]] = set()
    for record in catalog.documents():
        if documents is not None and record.id not in documents:
            continue
        draw = random.Random(f"{seed}/{record.id}")  # noqa: S311 - reproducible, not secret
        for asked in (
            *from_definitions(catalog, record.id, draw),
            *from_tables(catalog, record.id, draw),
        ):
            key = (record.id, tuple(sorted(set(terms(asked.text)))))
            if key in seen or len(asked.text.split()) < _FEWEST_WORDS or not asked.answer.strip():
                continue
            seen.add(key)
            made.setdefault(asked.kind, []).append(asked)
        advance()
    return _mixed(made, count, mix or dict.fromkeys(made, 1.0), random.Random(seed))  # noqa: S311


def read_asked(
    path: Path, catalog: Catalog, *, documents: Collection[DocumentId] | None = None
) -> list[Asked]:
    """The questions of a file, without their answers; only those asked of ``documents``, where given.

    Lines that say they are of a split for measuring are left behind: not even their words are learned from.

    Raises:
        SourceError: the file cannot be read, a line is no question, or names a document that is not there.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"cannot read {path}: {error}", "check the path") from error
    found: dict[str, Asked] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            text = " ".join(str(row["question"]).split())
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise SourceError(
                f"{path}:{number}: no question: {error}", 'write {"question": …} on each line'
            ) from error
        if row.get("split") and not may_train(row):
            continue
        names = row.get("documents") or row.get("doc_ids") or ([row["doc_id"]] if row.get("doc_id") else [])
        ids = tuple(sorted(catalog.resolve(str(name)) for name in names)) or None
        if documents is not None and (ids is None or not set(ids) <= set(documents)):
            continue
        kind = next((str(row[name]) for name in _KIND_FIELDS if row.get(name)), "asked")
        asked = Asked(text=text, kind=kind, origin="log", document_ids=ids)
        found.setdefault(asked.id, asked)
    return list(found.values())


def _mixed(
    made: Mapping[str, Sequence[Asked]], count: int, mix: Mapping[str, float], draw: random.Random
) -> list[Asked]:
    """Questions of each kind by its share, drawn; what a kind lacks goes to the others, in rounds."""
    pools = {
        kind: draw.sample(list(own), len(own)) for kind, own in sorted(made.items()) if mix.get(kind, 0.0) > 0
    }
    chosen: list[Asked] = []
    while pools and len(chosen) < count:
        left, total = count - len(chosen), sum(mix[kind] for kind in pools)
        for kind in sorted(pools):
            share = max(1, round(left * mix[kind] / total))
            taken, pools[kind] = pools[kind][:share], pools[kind][share:]
            chosen += taken
        pools = {kind: own for kind, own in pools.items() if own}
    return sorted(chosen[:count], key=lambda asked: asked.id)
