"""From a question's words to the documents it means: who is named, which year, which kind of document.

Names come from what documents say of themselves: companies, symbols, parties, titles, file names, in the
shorter forms people use ("3M", "JP Morgan", "AMD", "J&J"). A name restricts the search to its documents;
a year or a kind only puts some of them first, because next year's report also holds this year's figures.
Nothing is known here of any particular company. Leaves to retrieval what it does with the result.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from rag.scope.about import asks_for_results, asks_of_contract, find_partner
from rag.scope.mentions import NOTHING_NAMED, Mention, Scope
from rag.scope.names import (
    LONGEST_NAME,
    Form,
    Token,
    key_of,
    name_forms,
    setting_of,
    telling_words,
    title_forms,
    tokens_of,
    trust,
)
from rag.scope.times import Asked, find_times_and_kinds, what_is_asked
from rag.scope.words import ABBREVIATIONS
from rag.structure import Fact
from rag.types import DocumentId

__all__ = ["NOTHING_NAMED", "Mention", "Scope", "ScopeIndex"]

_MOST_PREFERRED = 50
_WIDEST_WORD = 50
_ANNUAL = frozenset({"10-K", "20-F", "annual report"})
_OF_QUARTER = frozenset({"10-Q", "earnings release"})
_REPORTS = _ANNUAL | _OF_QUARTER | {"8-K"}
_CONTRACTS = frozenset({"agreement", "credit agreement", "merger agreement", "NDA"})
_YEARS_BEFORE, _YEARS_AFTER = 1, 2


class _Profile(NamedTuple):
    """What is known of one document for ranking."""

    kind: str
    fiscal_year: int
    years: frozenset[int]
    days: frozenset[str]


@dataclass(frozen=True, slots=True)
class ScopeIndex:
    """The names, years and kinds of a library. Built once; asking changes nothing."""

    _forms: Mapping[str, Mapping[Form, frozenset[DocumentId]]]
    _words: Mapping[str, frozenset[DocumentId]]
    _profiles: Mapping[DocumentId, _Profile]
    _by_year: Mapping[int, frozenset[DocumentId]]

    @classmethod
    def build(cls, facts: Mapping[DocumentId, Sequence[Fact]], names: Mapping[DocumentId, str]) -> ScopeIndex:
        """The index of a library: the facts of its documents, and what they are called on the screen."""
        forms: dict[str, dict[Form, set[DocumentId]]] = defaultdict(lambda: defaultdict(set))
        words: dict[str, set[DocumentId]] = defaultdict(set)
        by_year: dict[int, set[DocumentId]] = defaultdict(set)
        profiles = {}
        for document in sorted({*facts, *names}):
            known, name = facts.get(document, ()), names.get(document, "")
            profiles[document] = _profile(known)
            for form in {*_fact_forms(known, profiles[document].kind), *title_forms(name)}:
                forms[form.key][form].add(document)
            titles = [fact.value for fact in known if fact.name in {"title", "party", "company"}]
            for word in telling_words([name, *titles]):
                words[word].add(document)
            for year in profiles[document].years:
                by_year[year].add(document)
        return cls(
            {key: {form: frozenset(group) for form, group in of.items()} for key, of in forms.items()},
            {word: frozenset(group) for word, group in words.items() if len(group) <= _WIDEST_WORD},
            profiles,
            {year: frozenset(group) for year, group in by_year.items()},
        )

    def is_report(self, document: DocumentId) -> bool:
        """Whether a document is a filing or report of a company, by its kind, and no contract."""
        profile = self._profiles.get(document)
        return profile is not None and profile.kind in _REPORTS

    def resolve(self, question: str) -> Scope:
        """What a question means, by name, year and kind.

        Documents named restrict it; reports of years far from the one asked for are left out where there is
        one of that year. At most fifty of the rest are preferred: those of the day, the kind and the year
        asked for, then those that hold that year beside their own; none of several that fit alike.
        """
        names = tuple(self._names(question))
        rest = tuple(find_times_and_kinds(question, [one for one in names if one.sure]))
        asked = what_is_asked(rest)
        if self._speaks_of_others(question, names, asked):
            names = tuple(replace(one, sure=False) for one in names)
        named = self._narrowed(self._named([one.documents for one in names if one.sure]), asked)
        weights = self._weights(question, names)
        of_years = (self._by_year.get(year, frozenset()) for year in asked.years)
        candidates = named or frozenset(weights).union(*of_years)
        scores = {one: self._fit(one, asked) + weights.get(one, 0.0) for one in candidates}
        least = min(scores.values(), default=0.0) if named is not None and len(named) > 1 else 0.0
        fitting = (
            (-score, -self._profiles[one].fiscal_year, one) for one, score in scores.items() if score > least
        )
        best = heapq.nsmallest(_MOST_PREFERRED, fitting)
        mentions = tuple(sorted((*names, *rest), key=lambda one: (one.start, one.end, one.kind)))
        return Scope(named=named, preferred=tuple(one for _, _, one in best), mentions=mentions)

    def _names(self, question: str) -> Iterator[Mention]:
        """The names in a question, the longest at each place.

        A company's or a deal's name counts before a paper's that begins with it: who asks of "the Corvane
        2019-1 indenture" needs its supplements too, so the paper is then only preferred.
        """
        tokens = tokens_of(question)
        at = 0
        while at < len(tokens):
            sure, other, width = None, None, 1
            for wide in range(min(LONGEST_NAME, len(tokens) - at), 0, -1):
                mention, of_paper = self._named_by(question, tokens, at, at + wide)
                if mention is None:
                    continue
                width = max(width, wide)
                if mention.sure and not of_paper:
                    sure = mention
                    break
                other = other or mention
            if sure:
                yield sure
            if other:
                yield replace(other, sure=other.sure and sure is None)
            at += width

    def _named_by(
        self, question: str, tokens: Sequence[Token], start: int, end: int
    ) -> tuple[Mention | None, bool]:
        """The mention that the words ``tokens[start:end]`` are, if any, and whether they name papers only."""
        part = tokens[start:end]
        text = [token.text for token in part]
        forms = self._forms.get(key_of(text))
        if not forms:
            return None, False
        setting = setting_of(question, tokens, start, end)
        groups: dict[tuple[bool, bool], set[DocumentId]] = defaultdict(set)
        for form, documents in forms.items():
            sure = trust(form, part, setting)
            if sure is not None:
                groups[sure, not form.paper] |= documents
        if not groups:
            return None, False
        sure, of_name = best = max(groups)
        return (
            Mention(
                kind="name",
                value=" ".join(text),
                start=part[0].start,
                end=part[-1].end,
                documents=frozenset(groups[best]),
                sure=sure,
            ),
            not of_name,
        )

    def _speaks_of_others(self, question: str, names: Sequence[Mention], asked: Asked) -> bool:
        """Whether a question means something else than the documents that its names stand in.

        Of parties of contracts it does where it asks for what a company reports, or for nothing that
        contracts say; of all in a contract, where it names another party that no document has. It does not
        where those named have a contract with each other.
        """
        sure = [one for one in names if one.sure]
        kinds = {self._profiles[document].kind for one in sure for document in one.documents}
        if not sure or (len(sure) > 1 and frozenset.intersection(*(one.documents for one in sure))):
            return False
        of_contracts = kinds <= _CONTRACTS
        if of_contracts and not asked.kinds - _REPORTS:
            results = asks_for_results(question, sure, dated=bool(asked.years))
            if results or not asks_of_contract(question):
                return True
        if not of_contracts and not asked.kinds & _CONTRACTS:
            return False
        partner = find_partner(question, sure)
        telling = telling_words([partner]) if partner else set()
        return bool(telling) and not telling & self._words.keys()

    def _named(self, groups: Sequence[frozenset[DocumentId]]) -> frozenset[DocumentId] | None:
        """The documents of all names; of a contract's parties only the contracts that all of them signed."""
        if not groups:
            return None
        every, common = frozenset[DocumentId]().union(*groups), frozenset.intersection(*groups)
        reports = any(self._profiles[one].kind in _REPORTS for one in every)
        return common if common and not reports else every

    def _narrowed(self, named: frozenset[DocumentId] | None, asked: Asked) -> frozenset[DocumentId] | None:
        """Without reports of years too far from those asked for, if there is one of a year asked for."""
        if named is None or not asked.years:
            return named
        if not any(self._profiles[one].years & asked.years for one in named):
            return named
        span = range(min(asked.years) - _YEARS_BEFORE, max(asked.years) + _YEARS_AFTER + 1)
        return frozenset(
            one
            for one in named
            if self._profiles[one].kind not in _REPORTS
            or not self._profiles[one].years
            or any(year in span for year in self._profiles[one].years)
        )

    def _weights(self, question: str, names: Sequence[Mention]) -> dict[DocumentId, float]:
        """How much the words of titles, and names that may be none, speak for documents."""
        weights: dict[DocumentId, float] = defaultdict(float)
        for word in telling_words([question], capital=True):
            for document in self._words.get(word, ()):
                weights[document] += 1.0 / (1 + len(self._words[word]))
        for mention in names:
            for document in mention.documents:
                weights[document] += 0.5
        return weights

    def _fit(self, document: DocumentId, asked: Asked) -> float:
        """How well a document fits the year, day, quarter and kind asked for; 0 not at all."""
        profile = self._profiles[document]
        fit = 3.0 * (profile.kind in asked.kinds) + 4.0 * bool(profile.days & asked.days)
        if not asked.years:
            return fit + 0.5 * (profile.kind in _ANNUAL and not asked.quarter)
        year = _year_fit(profile, asked.years)
        if asked.quarter:
            suits = profile.kind in _OF_QUARTER or (asked.quarter == "4" and profile.kind in _ANNUAL)
        else:
            suits = profile.kind in _ANNUAL
        return fit + year + 1.5 * (suits and year >= 1.5)


def _year_fit(profile: _Profile, asked: frozenset[int]) -> float:
    """3 for the last year asked for, less for a later report, which also holds earlier years."""
    last = max(asked)
    if profile.fiscal_year == last:
        return 3.0
    if last in profile.years:
        return 2.5
    if profile.kind in _ANNUAL and 0 < profile.fiscal_year - last <= _YEARS_AFTER:
        return 2.0 - 0.5 * (profile.fiscal_year - last)
    return 1.0 if profile.years & asked else 0.0


def _profile(facts: Sequence[Fact]) -> _Profile:
    values: dict[str, str] = {}
    for fact in facts:
        values.setdefault(fact.name, fact.value)
    days = frozenset(values[name] for name in ("period_end", "date") if name in values)
    fiscal = values.get("fiscal_year", "")
    years = {int(fiscal)} if fiscal.isdigit() else set()
    for name in ("period_end",) if years else ("period_end", "date"):
        if name in values:
            years.add(int(values[name][:4]))
    year = int(fiscal) if fiscal.isdigit() else 0
    return _Profile(values.get("kind", ""), year, frozenset(years), days)


def _fact_forms(facts: Sequence[Fact], kind: str) -> Iterator[Form]:
    for fact in facts:
        if fact.name in {"company", "party"}:
            yield from name_forms(fact.value, filer=fact.name == "company" and kind in _REPORTS)
        elif fact.name == "title":
            yield from title_forms(fact.value)
        elif fact.name == "ticker" and len(fact.value) > 1 and fact.value.casefold() not in ABBREVIATIONS:
            yield Form(key_of([fact.value]), exact=True)
