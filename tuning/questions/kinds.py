"""Questions of a file of kinds, asked of each document that has words of the kind.

Who wrote the file says how people ask, not where answers stand: that is for labeling functions to find, so
these questions know no place and no answer. Leaves the file to ``tuning.kinds``.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence

from rag.catalog import Catalog
from rag.structure import FactName, values_by_name
from rag.types import DocumentId
from tuning.items import Asked
from tuning.kinds import ClauseKinds, fields_of
from tuning.questions.filters import Filter
from tuning.questions.source import short_name

_NOUNS = ("agreement", "contract", "document")


def ask_by_kinds(
    catalog: Catalog,
    kinds: ClauseKinds,
    *,
    seed: int,
    count: int,
    documents: Collection[DocumentId] | None = None,
) -> list[Asked]:
    """Up to ``count`` questions, about as many of each document; the same seed gives the same ones.

    A kind is asked of a document once, in one of its wordings. Those with a company or a year are asked only
    where the document says which.
    """
    facts = catalog.all_facts()
    check = Filter()
    drawn: list[tuple[float, Asked]] = []
    for record in catalog.documents():
        if documents is not None and record.id not in documents:
            continue
        text, known = catalog.text(record.id), values_by_name(facts.get(record.id, ()))
        draw = random.Random(f"{seed}/{record.id}")  # noqa: S311 - reproducible, not secret
        fields = _fields(known, draw)
        own = []
        for kind in kinds.kinds:
            wordings = [one for one in kind.questions if fields_of(one) <= fields.keys()]
            if wordings and kind.said.search(text):
                said = draw.choice(wordings).format(**fields)
                own.append(_asked(said, kind.name, record.id))
        draw.shuffle(own)
        # The first of every document before the second of any, by chance within.
        drawn += [(place + draw.random(), one) for place, one in enumerate(own)]
    in_order = (one for _, one in sorted(drawn, key=lambda pair: pair[0]))
    kept: list[Asked] = []
    for one in in_order:
        if len(kept) == count:
            break
        if check.keeps(one, catalog.text_of):
            kept.append(one)
    return kept


def _fields(known: Mapping[FactName, Sequence[str]], draw: random.Random) -> dict[str, str]:
    """What stands for the fields of wordings, as far as the document says."""
    fields = {"d": draw.choice(_NOUNS)}
    if company := next(iter(known.get("company", ())), ""):
        fields["c"] = short_name(company)
    if year := next(iter(known.get("fiscal_year", ())), ""):
        fields["y"] = draw.choice((year, f"FY{year}", f"fiscal {year}"))
    return fields


def _asked(said: str, kind: str, document: DocumentId) -> Asked:
    return Asked(text=f"{said[:1].upper()}{said[1:]}?", kind=kind, origin="file", document_ids=(document,))
