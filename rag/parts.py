"""Questions that ask for several things at once: taken apart into questions for one value each.

"Which of A and B has the higher fee?" asks for A's fee and for B's; "the cushion of the Class C ratio over
its required level" for what the ratio is and for what it has to be; "the sizes of Class C and Class D
together" for two sizes. Each part is asked for itself, and what is found is put together by the plan's
operation. Rules over the forms that English has for this; a question of no such form has no plan. Leaves
asking the parts to ``rag.pipeline``, putting together to ``rag.generator.composed``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.types import DocumentId

Operation = Literal["most", "least", "difference", "sum", "share", "accrued"]

_MORE = r"higher|larger|greater|bigger|longer|later|more|highest|largest|greatest|biggest|longest|latest|most"
_LESS = r"lower|smaller|lesser|shorter|earlier|less|fewer|lowest|smallest|shortest|earliest|least|fewest"
_CHOICE = re.compile(
    r"\b(?:which|whose|who|name the|for which)\b|\b(?:is|are|does|do|has|have|was|were)\b[^?]*\bor\b", re.I
)
_APART = re.compile(
    r"\bby how (?:much|many)\b|\bhow (?:much|many|far)\b[^?]*\b(?:than|apart|above"
    r"|below)\b|\bdifference\b|\bthe amount by which\b",
    re.I,
)
_NAME = "\x00"
_MOST_THAN = rf"(?:{_MORE}|{_LESS})"
_X = rf"(?P<x>[^?{_NAME}]+?)"
_SAME = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"\bdifference in (?:the )?{_X} (?:between|of) {_NAME}",
        rf"\bapart (?:are|were|is|was) {_NAME} and {_NAME} in (?:their|its) {_X}\s*[?.]",
        rf"\bhow much {_MOST_THAN} (?:is|was|are|were) (?:the )?{_X} (?:in|of|at|for) {_NAME}",
        rf"\b(?:the|a) {_MOST_THAN} {_X}\s*(?: than {_NAME}|[:?;,]|$)",
        rf"\bwhose {_X} (?:is|are|was|were|comes?|falls?) {_MOST_THAN}\b",
        rf"\bwhich \w+['’]s {_X} (?:is|are|was|were|comes?|falls?) {_MOST_THAN}\b",
        rf"\bthe {_X} of {_NAME} (?:exceeds?|is (?:above|below|over)|with that of|and that of|and {_NAME})",
        rf"\b(?:is|was|are|were) the {_X} {_MOST_THAN}\b",
        rf"\bthe {_X} (?:of|in|at|for) {_NAME}",
    )
)
"""What is asked of several names, marked by a zero, in the forms that English has for it."""
_LONGEST = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Words ``question[start:end]`` that surely name documents."""

    start: int
    end: int
    documents: frozenset[DocumentId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A question for one value; of what is compared the name, and the documents that it names."""

    question: str
    name: str = ""
    documents: frozenset[DocumentId] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is done with the values of the parts.

    ``numbers`` are figures that the question itself gives. ``unsigned``: asked for as how far apart.
    """

    operation: Operation
    parts: tuple[Part, ...]
    numbers: tuple[str, ...] = ()
    unsigned: bool = False


def taken_apart(question: str, names: Sequence[Named] = ()) -> Plan | None:
    """The plan of a question, None where it has none; ``names`` are those in it.

    >>> plan = taken_apart("What is the total interest paid on Class C and Class D?")
    >>> plan.operation, [part.question for part in plan.parts]
    ('sum', ['What is the interest paid on Class C?', 'What is the interest paid on Class D?'])
    """
    if len(question) > _LONGEST:
        return None
    groups = {one.documents for one in names}
    if len(groups) > 1:
        return _compared(question, names)
    return _within(question)


def _compared(question: str, names: Sequence[Named]) -> Plan | None:
    """The same asked of each name."""
    first: dict[frozenset[DocumentId], Named] = {}
    for one in names:
        first.setdefault(one.documents, one)
    rest = question
    for one in sorted(names, key=lambda one: -one.start):
        rest = f"{rest[: one.start]}{_NAME}{rest[one.end :]}"
    rest = re.sub(rf"{_NAME}['’]s\b", _NAME, rest)
    apart = _APART.search(rest)
    more, less = re.search(rf"\b(?:{_MORE})\b", rest, re.I), re.search(rf"\b(?:{_LESS})\b", rest, re.I)
    operation: Operation
    if apart:
        operation = "difference"
    elif (more or less) and (_CHOICE.search(rest) or re.search(r"\bcompare\b", rest, re.I)):
        operation = "least" if less and not more else "most"
    else:
        return None
    found = next((match for pattern in _SAME if (match := pattern.search(rest))), None)
    if found is None:
        return None
    asked = found["x"].strip(" ,")
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
    unsigned = re.search(r"\bdifference\b|\bapart\b", rest, re.I) is not None
    return Plan(operation=operation, parts=parts, unsigned=unsigned)


# Within one document

_OPENING = re.compile(
    r"^(?P<lead>.*?)\b(?P<ask>what (?:is|was|are|were)|what does (?:the"
    r" )?[^?]{0,80}? (?:show|give|state)s? as|tell me|give|compute"
    r"|calculate)\s+(?:the )?(?P<x>.+?)(?P<end>[?.]?)\s*$",
    re.I | re.S,
)
_Made = tuple[Operation, tuple[str, ...], tuple[str, ...]]
_PERCENT = r",? ?\b(?:in|as a|expressed as a) (?:per ?cent(?:age)?(?: points)?(?!\w| of\b)|%)"
_REQUIRED = (
    r"(?:its|the|their)? ?(?:required|minimum|trigger|covenant|threshold|target"
    r"|maximum)(?: (?:level|ratio|value|percentage|amount))?(?: in force)?|its"
    r" (?:test|trigger|limit|level)|the level that"
)


def _both(match: re.Match[str]) -> _Made:
    kind, rest = match["x"].strip(), (match.groupdict().get("z") or "").strip()
    word = re.sub(r"es$", "", match["kind"]) if match["kind"].lower().startswith("class") else match["kind"]

    def of(letter: str) -> str:
        letter = re.sub(r"^class(?:es)?\s+", "", letter, flags=re.I)
        return f"{kind} {word} {letter} {rest}".strip()

    return "sum", (of(match["a"]), of(match["b"])), ()


_NEEDED = frozenset({"trigger", "requirement", "limit", "threshold"})
_LETTER = r"(?:[A-Z]\b(?:-\d)?|\d+)"
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], _Made]], ...] = (
    (
        re.compile(

                rf"^(?:sum of (?:the )?|(?:combined|total|aggregate) )(?P<x>.+?(?: of| on| to|"
                rf" for)?) (?P<kind>class(?:es)?|tranches?|series) (?P<a>{_LETTER}) and"
                rf" (?P<b>(?:class )?{_LETTER})(?: notes)?(?: together| combined)?(?P<z>)$",
            re.I,
        ),
        _both,
    ),
    (
        re.compile(

                rf"^(?P<x>.+? (?:of|on|to|for)) (?P<kind>class(?:es)?|tranches?|series)"
                rf" (?P<a>{_LETTER}) and (?P<b>(?:class )?{_LETTER})(?: notes)? (?:together"
                rf"|combined|in total)(?P<z>)$",
            re.I,
        ),
        _both,
    ),
    (
        re.compile(
            r"^(?P<x>.+?) as a (?:percentage|share|proportion|fraction) of (?:all |the "
            r"|total )?(?P<y>.+?)$", re.I),
        lambda m: ("share", (m["x"], m["y"]), ()),
    ),
    (
        re.compile(r"^ratio of (?P<x>.+?) to (?:the |total )?(?P<y>.+?)(?:,? as a percentage)?$", re.I),
        lambda m: ("share", (m["x"], m["y"]), ()),
    ),
    (
        re.compile(
            r"^(?:share|part|portion|percentage) of (?:all |the |total )?(?P<y>.+?) (?:that"
            r" (?:went|goes|was paid) to|used for|spent on|paid (?:to|as)|distributed to)"
            r" (?:the )?(?P<x>.+?)$", re.I),
        lambda m: ("share", (m["x"], m["y"]), ()),
    ),
    (
        re.compile(
            r"^(?:share|part|portion|percentage) of (?:all |the |total )?(?P<y>.+?) that"
            r" (?:the )?(?P<x>.+?) (?:finances?|makes? up|represents?|accounts? for|is)$", re.I),
        lambda m: ("share", (f"amount of {m['x']}", m["y"]), ()),
    ),
    (
        re.compile(
            r"^(?:difference between (?:the )?)(?P<x>.+?)s? (?:of|for|on)"
            r" (?P<kind>class(?:es)?) (?P<a>[A-Z](?:-\d)?) and (?:class"
            r" )?(?P<b>[A-Z](?:-\d)?)$", re.I),
        lambda m: ("difference", (f"{m['x']} of Class {m['a']}", f"{m['x']} of Class {m['b']}"), ()),
    ),
    (
        re.compile(r"^extra (?P<x>.+?) of (?:the )?(?P<a>.+?) over (?:the )?(?P<b>.+?)$", re.I),
        lambda m: ("difference", (f"{m['x']} of {m['a']}", f"{m['x']} of {m['b']}"), ()),
    ),
    (
        re.compile(r"^(?P<x>.+?) (?:minus|less) (?:the )?(?P<y>(?!withdrawals).+?)$", re.I),
        lambda m: _less(m["x"], m["y"]),
    ),
    (
        re.compile(
            r"^(?:net )?(?:change|movement|flow) \((?P<a>[\w ]+?) (?:less|minus)"
            r" (?P<b>[\w ]+?)\) (?:of|in|to) (?:the )?(?P<x>.+?)$", re.I),
        lambda m: ("difference", (f"{m['a']} of {m['x']}", f"{m['b']} of {m['x']}"), ()),
    ),
    (
        re.compile(
            r"^amount by which (?:the )?(?P<a>[\w ]+?) (?:to|of|from|in) (?:the )?(?P<x>.+?)"
            r" exceeds? (?:the )?(?P<b>[\w]+)(?: \([^)]*\))?$", re.I),
        lambda m: ("difference", (f"{m['a']} of {m['x']}", f"{m['b']} of {m['x']}"), ()),
    ),
    (
        re.compile(r"^difference between the (?P<a>\w+) and the (?P<b>\w+) of (?:the )?(?P<x>.+?)$", re.I),
        lambda m: _headroom(m["x"]) if m["b"].lower() in _NEEDED else _of_both(m),
    ),
    (
        re.compile(
            r"^(?:gap|difference) between the (?P<a>\w+) and the (?P<b>\w+)(?P<c> \w+)?"
            r" (?:for|of|under) (?:the )?(?P<x>.+?)$", re.I),
        lambda m: _of_both(m, m["c"] or ""),
    ),
    (
        re.compile(
            r"^(?:unused )?(?:room|headroom),?(?:[^,]*,)? (?:under|for|of) (?:the"
            r" )?(?:limit(?:ation)? )?(?P<x>.+?)$", re.I),
        lambda m: _room(m["x"]),
    ),
    (
        re.compile(
            rf"^(?:cushion|margin|headroom|excess)(?: of)? (?:by which )?(?:the )?(?P<x>.+?)"
            rf" (?:over|above|against|to) (?:{_REQUIRED})(?: .*)?$", re.I),
        lambda m: _headroom(m["x"]),
    ),
    (
        re.compile(
            r"^(?:cushion|margin|headroom) by which (?:the )?(?P<x>.+?) (?:passes|exceeds"
            r"|clears) (?:its|the) .+$", re.I),
        lambda m: _headroom(m["x"]),
    ),
    (
        re.compile(

                r"^(?:accrued )?(?:amount of )?interest (?:on|that) (?:the )?(?P<x>.+?),?"
                r" (?:earns )?if the (?:benchmark|base rate|reference rate|index)(?: rate)? is"
                r" (?P<r>\d+(?:\.\d+)?)% and the (?:accrual )?period has (?P<n>\d+) days"
                r" \(actual/360\)$",
            re.I,
        ),
        lambda m: _accrued(_plain(m["x"]), m["r"], m["n"]),
    ),
)  # fmt: skip


def _plain(item: str) -> str:
    found = re.search(r"Class [A-Z](?:-\d)?", item)
    return found[0] if found else item


def _of_both(match: re.Match[str], noun: str = "") -> _Made:
    one, other, x = match["a"], match["b"], match["x"]
    return "difference", (f"{one}{noun} {x}", f"{other}{noun} {x}"), ()


def _room(x: str) -> _Made:
    if "ratio" in x.lower():
        return _headroom(x)
    return "difference", (f"maximum {x}", f"actual {x}"), ()


def _accrued(item: str, rate: str, days: str) -> _Made:
    return "accrued", (f"original principal amount of {item}", f"spread of {item}"), (rate, days)


def _headroom(x: str) -> _Made:
    return "difference", (f"actual result of the {x}", f"required level of the {x}"), ()


def _less(x: str, y: str) -> _Made:
    """As in "Class C spread minus the Class D spread", "the closing less the opening balance of X"."""
    words = y.split()
    if " of " in y and len(x.split()) == 1:
        head, _, of = y.partition(" of ")
        noun = head.split()[-1]
        return "difference", (f"{x} {noun} of {of}", f"{head} of {of}"), ()
    if re.fullmatch(rf"(?:its|the) {words[-2]} {words[-1]}" if len(words) > 1 else r"$^", y):
        return _headroom(x)
    if re.match(r"its (?:required|minimum|trigger)", y, re.I):
        return _headroom(x)
    return "difference", (x, y), ()


_ABOVE = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"\bhow far (?:above|over|below) (?:the|its) [^?]*?\b(?:level|trigger|limit"
        r"|requirement|threshold)\b[^?]*? (?:was|is|were) (?:the )?(?P<x>[^?]+)",
        r"\bby how (?:much|many (?:percentage )?points) (?:does|did) (?:the"
        r" )?(?P<x>[^?]+?) (?:exceed|pass|clear) (?:the|its) [^?]*?\b(?:level|trigger"
        r"|limit|test|threshold)\b",
        r"\bhow many (?:percentage )?points (?:above|over|below) (?:the|its)"
        r" [^?]*?\b(?:level|trigger|limit|threshold)\b[^?]*? (?:did|does|was|is) (?:the"
        r" )?(?P<x>[^?]+?)(?: stand)?\s*\?",
    )
)
"""How much of a ratio is left over what is required."""


def _within(question: str) -> Plan | None:
    for pattern in _ABOVE:
        match = pattern.search(question)
        if match is not None:
            lead = question[: match.start()]
            operation, items, numbers = _headroom(match["x"])
            return Plan(
                operation=operation,
                parts=tuple(Part(question=f"{lead}What is the {item}?") for item in items),
                numbers=numbers,
            )
    opening = _OPENING.match(question)
    if opening is None:
        return None
    asked = re.sub(_PERCENT, "", " ".join(opening["x"].split()), flags=re.I)
    asked = re.sub(r"^the ", "", asked)
    trail = ""
    named = re.search(
        r"\s+(?:in|of|for) (?:the )?(?:[A-Z][\w&.’'-]*\s+){1,5}\d{4}-\d+(?: (?:indenture"
        r"|documents|report)s?)?$|\s+according to .+$",
        asked,
    )
    if named:
        asked, trail = asked[: named.start()], asked[named.start() :]
    for pattern, make in _FORMS:
        match = pattern.match(asked)
        if match is not None:
            operation, items, numbers = make(match)
            lead = opening["lead"]
            parts = tuple(
                Part(
                    question=f"{lead}What is the {item.strip()}{trail}?"
                    if not lead
                    else f"{lead}what is the {item.strip()}{trail}?"
                )
                for item in items
            )
            return Plan(operation=operation, parts=parts, numbers=numbers)
    return None
