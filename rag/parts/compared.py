"""The same asked of several names: "Which of A and B has the higher fee?" asks for A's fee and for B's."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.direct import directly
from rag.direct.words import IS
from rag.parts.loosely import LESS, MORE, direction, loosely_compared
from rag.parts.plan import NAME, UNSIGNED, Named, Operation, Part, Plan, marked
from rag.types import DocumentId

_CHOICE = re.compile(
    r"\b(?:which|whose|who|name the|for which|in which|compar\w+|beats?|tops?|on top|order|rank|sort|the"
    r" (?:one|deal|transaction) with)\b|\b(?:is|are|does|do|has|have|was|were)\b[^?]*\bor\b"
    r"|\bwhat (?:deal|document|agreement|company|transaction|issuer)\b",
    re.I,
)
_APART = re.compile(
    r"\bdiff\b|\bextent to which\b|\bby (?:how (?:much|many)|what (?:amount|margin|number))\b"
    r"|\bdifferences?\b|\bgap\b|\bdistance\b|\bdiffers?\b"
    r"|\bhow (?:much|many|far)\b[^?]*\b(?:than|apart|above|below|exceeds?|compared|versus|against|over"
    r"|under)\b"
    r"|\bthe amount by which\b|\bspread between\b|\bsubtract(?:ing)?\b"
    rf"|\b(?:minus|less) {NAME}",
    re.I,
)
_FROM = re.compile(
    rf"\b(?:subtract|deduct|take)\w* (?:the )?{NAME}[^?{NAME}]* from (?:the |that of )?{NAME}", re.I
)
"""The second less the first."""
_MOST_THAN = rf"(?:{MORE}|{LESS})"
_X = rf"(?P<x>[^?{NAME}]+?)"
_SAME = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"\b(?:order|rank|sort) {NAME} and {NAME} by (?:the |their )?{_X}\s*(?:and\b|[?.,:]|$)",
        rf"\b(?:gap|difference|distance|spread|margin) between (?:the )?{_X} (?:of|in|at|for|under) {NAME}",
        rf"\b(?:differences?|gap|distance) (?:in|as to|regarding) (?:the |their )?{_X} (?:between|of|for)"
        rf" {NAME}",
        rf"\bbetween {NAME} {_X} and (?:that of )?{NAME}",
        rf"\bbetween {NAME} and {NAME} (?:in|on|as to|for|regarding) (?:the |their )?{_X}\s*(?:[?.,:]|$)",
        rf"\bthe {_X} {IS} (?:not the same|different) (?:in|for|at|under) {NAME}",
        rf"\bapart {IS} {NAME} and {NAME} (?:in|on|as to|regarding) (?:their|its|the) {_X}\s*[?.]",
        rf"\bhow far apart {IS} (?:the )?{_X} (?:of|in|at|for) {NAME}",
        rf"\bhow do(?:es)? (?:the )?{_X} (?:of|in|at|for) {NAME}",
        rf"\bbetween (?:their|its) {_X}\s*[?.,]",
        rf"\b(?:in|on|as to|regarding|by|with regard to) (?:their|its) {_X}\s*[?.,:]",
        rf"\bhow much {_MOST_THAN} {IS} (?:the )?{_X} (?:in|of|at|for|under) {NAME}",
        rf"\b(?:the|a) {_MOST_THAN} {_X}\s*(?: than {NAME}|[:?;,]|$)",
        rf"\bwhose {_X} (?:is|are|was|were|comes?|falls?|lies?|ends?) {_MOST_THAN}\b",
        rf"\bwhich \w+['’]s {_X} (?:is|are|was|were|comes?|falls?|lies?) {_MOST_THAN}\b",
        rf"\bthe {_X} of {NAME} (?:exceeds?|is (?:above|below|over)|with that of|and that of|and {NAME})",
        rf"\b{IS} the {_X} (?:the )?{_MOST_THAN}\b",
        rf"\bthe {_X} (?:of|in|at|for|under) {NAME}",
        rf"\b(?:does|do|did) {NAME} {_X} exceed",
        rf"\bsubtract(?:ing)? {NAME} {_X} from {NAME}",
        rf"\b(?:beats?|tops?|exceeds?|is (?:above|ahead of)|comes? out on top|looks? \w+)(?: {NAME})? (?:on"
        rf"|in|for|by) (?:the )?{_X}\s*[?.,:]",
        rf"\bcompar\w+ {NAME} (?:and|with|to|against) {NAME}\b[^?]*? (?:on|in|for|by) (?:the "
        rf"|their )?{_X}\s*(?:and\b|[?.,:]|$)",
        rf"\blooking at (?:the )?{_X}, ",
        rf"\bdifference in (?:the )?{_X} \(",
        rf"^(?:the )?{_X}, {NAME} (?:minus|less|versus|vs\.?|against|over) {NAME}",
        rf"^(?:{NAME}\W+(?:or|and|vs\.?|versus|against)\W+{NAME}\W+)(?:the )?{_X}, {_MOST_THAN}\b",
    )
)
"""What is asked of several names, marked by a zero, in the forms that English has for it."""


def compared(question: str, names: Sequence[Named]) -> Plan | None:
    """The plan of a question with names of several groups of documents, None where it has none."""
    first: dict[frozenset[DocumentId], Named] = {}
    for one in names:
        first.setdefault(one.documents, one)
    rest = directly(re.sub(rf"{NAME}['’]s?\b", NAME, marked(question, names)))
    operation, unsigned = _operation(rest), UNSIGNED.search(rest) is not None
    found = next((match for pattern in _SAME if (match := pattern.search(rest))), None)
    if operation is not None and found is not None:
        asked = found["x"].strip(" ,")
    elif (loose := loosely_compared(rest)) is not None:
        (operation, asked), unsigned = loose, True
    else:
        return None
    parts = tuple(
        Part(
            question=f"What is the {asked} in {question[one.start : one.end]}?",
            name=question[one.start : one.end],
            documents=one.documents,
        )
        for one in first.values()
    )
    if operation == "difference" and len(parts) != 2:
        return None
    if _FROM.search(rest):
        parts = parts[::-1]
    return Plan(operation=operation, parts=parts, unsigned=unsigned)


def _operation(rest: str) -> Operation | None:
    """What is done with the values, None where nothing is compared."""
    if _APART.search(rest):
        return "difference"
    return direction(rest) if _CHOICE.search(rest) else None
