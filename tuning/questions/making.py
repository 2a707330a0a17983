"""Documents to questions: every maker on every document, wordings, filters, and the mix of kinds.

One document is held at a time. What depends on chance is drawn from generators seeded with the document's id,
so that a document's questions do not change with the library around it, but for comparisons and for what it
lacks that those before it have.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from rag.catalog import Catalog
from rag.structure import values_by_name
from rag.types import DocumentId
from tuning.items import Asked
from tuning.questions.amendments import from_amendments
from tuning.questions.arithmetic import from_arithmetic
from tuning.questions.clauses import from_clauses
from tuning.questions.comparisons import Value, compared, values_of
from tuning.questions.definitions import from_definitions
from tuning.questions.facts import from_facts
from tuning.questions.filters import Filter
from tuning.questions.missing import Offer, from_missing, offers_of
from tuning.questions.mix import mixed
from tuning.questions.readings import Reading
from tuning.questions.references import from_references
from tuning.questions.source import Source, called
from tuning.questions.synonyms import Synonyms
from tuning.questions.table_cells import from_tables
from tuning.questions.wording import ask, ask_of

MAKERS: tuple[Callable[[Source, random.Random], Iterator[Reading]], ...] = (
    from_definitions,
    from_clauses,
    from_references,
    from_amendments,
    from_facts,
    from_tables,
    from_arithmetic,
)
ENOUGH = 400
"""Questions kept of a kind and document, drawn: more of one long document teach little."""


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

    ``mix`` are shares of kinds (``tuning.questions.readings.Kind``), by default all alike; a kind with fewer
    questions leaves its share to others. ``documents`` restricts whose questions are made; ``advance`` is
    called after each document.
    """
    facts = catalog.all_facts()
    records = catalog.documents()
    names = Counter(name for one in records for name in called(values_by_name(facts.get(one.id, ()))))
    unique = frozenset(name for name, times in names.items() if times == 1)
    synonyms, check = Synonyms.load(), Filter()
    kept: dict[str, list[Asked]] = {}
    offers: list[Offer] = []
    values: list[Value] = []
    for record in records:
        if documents is not None and record.id not in documents:
            continue
        source = Source.read(catalog, record.id, facts.get(record.id, ()))
        draw = random.Random(f"{seed}/{record.id}")  # noqa: S311 - reproducible, not secret
        for reading in _of_document(source, offers, draw):
            asked = ask(synonyms.reworded(reading, draw), source, draw, unique)
            if check.keeps(asked, source.text_of):
                kept.setdefault(asked.kind, []).append(asked)
        offers += offers_of(source, draw)
        values += values_of(source)
        advance()
    draw = random.Random(seed)  # noqa: S311
    for reading, about in compared(values, draw, count):
        asked = ask_of(reading, about, draw)
        if check.keeps(asked, catalog.text_of):
            kept.setdefault(asked.kind, []).append(asked)
    return mixed(kept, count, mix or dict.fromkeys(kept, 1.0), seed)


def _of_document(source: Source, offers: Sequence[Offer], draw: random.Random) -> Iterator[Reading]:
    """All makers' readings of a document, of each kind at most so many."""
    kinds: dict[str, list[Reading]] = {}
    for maker in MAKERS:
        for reading in maker(source, draw):
            kinds.setdefault(reading.kind, []).append(reading)
    for reading in from_missing(source, offers, draw):
        kinds.setdefault(reading.kind, []).append(reading)
    for own in kinds.values():
        yield from own if len(own) <= ENOUGH else draw.sample(own, ENOUGH)
