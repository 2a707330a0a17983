"""Parties of a contract, by name, from its title page or preamble; else from labels, letter or signatures.

Leaves reading a list of names to ``ingest.facts.party_names``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from ingest.facts.dates import DATE
from ingest.facts.opening import Found, Opening
from ingest.facts.party_names import distinct, name_at, names_of_list
from ingest.facts.signers import find_correspondents, find_labelled, find_signers

_SEARCH_CHARS = 12_000
_LEAD_CHARS = 400
_MOST_LISTS = 12
_FEWEST = 2
_INSTRUMENT = re.compile(
    r"\b(?:agreement|indenture|contract|amendment|deed|lease|made|entered|dated|guaranty|parties)\b", re.I
)
_ANCHOR = re.compile(
    r"\b(?:by\s{1,6}and\s{1,6})?(?:between|among|amongst)\b(?!\s{1,6}(?:the\s{1,4})?(?:parties|other|them|themselves)\b)"
    r"\s{0,6}:?(?:\s{1,6}the\s{1,4}following\s{1,4}parties:?)?|\bparties:?\s{1,6}(?=\(?1[.)])"
    r"|\bparties(?:\s{1,4}(?:hereto|to\s{1,4}this\s{1,4}\w{1,20}(?:\s\w{1,20})?))?\s{1,4}are:?\s"
    r"|\bby\s{1,6}(?!and\b|way\b|(?:the\s{1,4})?(?:parties|undersigned)\b|[^;]{0,80}?\b(?:between|among)\b)",
    re.I,
)
_MADE = re.compile(r"\b(?:made|entered|executed|given|delivered)\b[^;]{0,120}$|\binto\s{1,6}$", re.I)
_BARE_BY = re.compile(r"by\s{1,6}", re.I)
_AFTER_TITLE = re.compile(rf"[\s.:]{{0,80}}(?:{DATE}[\s.:]{{0,40}})?", re.I)


def find_parties(opening: Opening, title: Found) -> list[Found]:
    """The parties in the first list of two or more; else those of labels, letter and signatures too."""
    best: list[Found] = []
    for begin, lawful in islice(_beginnings(opening.text), _MOST_LISTS):
        found = names_of_list(opening, begin, lawful=lawful)
        if len(found) > 1 and (not best or best[0].value in {name.value for name in found}):
            return found
        best = best or found
    following = _names_below(opening, title)
    if len(following) > 1:
        return following
    for find in (find_labelled, find_correspondents, find_signers):
        if len(best) < _FEWEST:
            best = distinct([*best, *find(opening)])
    return best


def _beginnings(text: str) -> Iterator[tuple[int, bool]]:
    """Where lists of parties may begin, and whether to trust only companies' names in them.

    They do behind words that announce one, where a contract is spoken of.
    """
    for anchor in _ANCHOR.finditer(text, 0, _SEARCH_CHARS):
        before = text[max(0, anchor.start() - _LEAD_CHARS) : anchor.end()]
        bare = _BARE_BY.fullmatch(anchor.group()) is not None
        if _MADE.search(before[: -len(anchor.group())]) if bare else _INSTRUMENT.search(before):
            yield anchor.end(), bare


def _names_below(opening: Opening, title: Found) -> list[Found]:
    """The list of parties that begins with a company's name right below a title, or its date."""
    lead = _AFTER_TITLE.match(opening.text, title.end)
    begin = lead.end() if lead else title.end
    first, _ = name_at(opening, begin, len(opening.text), opens=False)
    return names_of_list(opening, begin, lawful=True) if first else []
