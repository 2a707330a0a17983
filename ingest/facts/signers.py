"""Parties that no list names: behind labels, the writer and the reader of a letter, signers."""

from __future__ import annotations

import re
from itertools import islice

from ingest.facts.opening import Found, Opening
from ingest.facts.party_names import distinct, name_at, names_of_list

_LONGEST_NAME = 200
_LABEL_CHARS = 6000
_MOST_LABELS = 12
_LABEL = re.compile(
    r"\bParty\s{1,2}[A-D1-4]\s{0,2}[:：]\s{0,6}"
    r"|(?<!\w )\b(?:the\s)?(?:Borrower|Lender|Seller|Buyer(?:/End-User)?|Licensor|Licensee"
    r"|Franchis(?:or|ee)|Client|Company|Customer|Supplier|Purchaser|Distributor|Reseller|Sponsor|Sender|Shipper"
    r"|Consultant)"
    r"(?:\sName)?\s{0,2}[:：]\s{0,6}(?:Name:\s{1,4})?",
    re.I,
)
_SALUTATION = re.compile(r"\b(?:Dear\s[^\n:;]{2,60}|(?:Ladies\s(?:and|&)\s)?Gentlemen|Dear\sSirs?)\s?[:,]")
_GREETED = 6000
_ADDRESS_CHARS = 500
_WRITER_CHARS = 900
_SENTENCE_END = re.compile(r"[a-z)]{3}\.\s")
_NAMES_START = re.compile(r"(?<=[\n\t:])\s{0,40}(?=[A-Z0-9])|\s{3,40}(?=[A-Z0-9])|(?<=\d{4})\s(?=[A-Z])")
_SIGNED = re.compile(
    r"\b(?:in\s{1,4}(?:witness|evidence)\s{1,4}whereof|the\s{1,4}undersigned|dated?:|acknowledged\s{1,4}and\s{1,4}agreed"
    r"|accepted\s{1,4}by)",
    re.I,
)
_BY = re.compile(r"\s{0,6}:?\s{0,40}(?:By\s{0,2}:|/s/|BY\s{0,2}:|By\s{1,4}/s/)")
_SIGNATURE = re.compile(r"\b(?:By|BY)\s{0,2}:|/s/")
_BLOCK_CHARS = 400
_MOST_SIGNATURES = 60
_OFFICE = (
    r"(?:Officer|President|Director|Secretary|Signatory|Counsel|Member|Treasurer|Chairman|Trustee|Attorney|CEO|CFO"
    r"|[Aa]ttorney-in-[Ff]act|Fact|Esq\.|Developer|Client|Customer|ATTEST|[Dd]ate|Title|General\sPartner)"
)
_OFFICE_OR_DATE = re.compile(rf"\b{_OFFICE}:?(?=\s)|\b(?:19|20)\d\d\.?(?=\s)")
_BEFORE_NAME = re.compile(r"\n|\s{4}")
_MOST_TOGETHER = 8
_PERSON = re.compile(
    r"/s/\s{1,4}((?:[A-Z][\w.’'-]{0,20}\s){1,3}[A-Z][\w.’'-]{1,20})\s{1,60}(?:Name:\s{1,4})?\1(?![\w,])"
)
_SIGNS_FOR = re.compile(r"\b(?:By|BY)\W{0,20}$")
_HOLDS_OFFICE = re.compile(rf"\s{{0,40}}(?:Title\b|Its\b|(?:\w{{1,20}}[ -]){{0,4}}{_OFFICE})")


def find_labelled(opening: Opening) -> list[Found]:
    """The parties of a contract that sets each behind a label ("Party A: …")."""
    names = []
    for label in islice(_LABEL.finditer(opening.text, 0, _LABEL_CHARS), _MOST_LABELS):
        found, _ = name_at(opening, label.end(), label.end() + _LONGEST_NAME, opens=True)
        if found:
            names.append(found)
    return distinct(names)


def find_correspondents(opening: Opening) -> list[Found]:
    """The reader above a salutation, and those whom the letter's first sentence names."""
    text = opening.text
    greeting = _SALUTATION.search(text, 0, _GREETED)
    if greeting is None:
        return []
    begin = max(0, greeting.start() - _ADDRESS_CHARS)
    readers = []
    for start in _NAMES_START.finditer(text, begin, greeting.start()):
        found, _ = name_at(opening, start.end(), greeting.start(), opens=False)
        if found:
            readers.append(found)
    end = _SENTENCE_END.search(text, greeting.end() + 40, greeting.end() + _WRITER_CHARS)
    stop = end.start() if end else greeting.end() + _WRITER_CHARS
    writers = [name for name in names_of_list(opening, greeting.end(), lawful=True) if name.end <= stop]
    return distinct([*readers[-1:], *writers])


def find_signers(opening: Opening) -> list[Found]:
    """Who signs: the companies that stand right above "By:", and persons who sign for themselves."""
    text = opening.text
    opens = _SIGNED.search(text)
    if opens is None:
        return []
    names, block = [], opens.end()
    for mark in islice(_SIGNATURE.finditer(text, opens.end()), _MOST_SIGNATURES):
        names += _above(opening, max(block, mark.start() - _BLOCK_CHARS), mark.start())
        block = mark.end()
    persons = (match for match in _PERSON.finditer(text, opens.end()) if _for_oneself(text, match))
    names += [opening.words(*match.span(1)) for match in persons]
    return distinct(sorted(names, key=lambda name: name.start))


def _above(opening: Opening, begin: int, mark: int) -> list[Found]:
    """The companies' names that stand between an office, a date or a line's start and a signature."""
    text = opening.text
    leads = [lead.end() for lead in _BEFORE_NAME.finditer(text, begin, mark)]
    offices = [lead.end() for lead in _OFFICE_OR_DATE.finditer(text, begin, mark)]
    for lead in [*offices[-1:], *(lead for lead in leads if not offices or lead > offices[-1])]:
        names: list[Found] = []
        at = mark - len(text[lead:mark].lstrip())
        while len(names) < _MOST_TOGETHER:
            found, end = name_at(opening, at, mark, opens=False)
            if found is None:
                break
            names.append(found)
            if _BY.match(text, end):
                return names
            at = mark - len(text[end:mark].lstrip())
    return []


def _for_oneself(text: str, signature: re.Match[str]) -> bool:
    """Whether a person signs in their own name, not for a company."""
    signs_for = _SIGNS_FOR.search(text, max(0, signature.start() - 30), signature.start())
    return not signs_for and not _HOLDS_OFFICE.match(text, signature.end())
