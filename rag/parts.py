"""Questions that ask for several things at once: taken apart into questions for one value each.

"Which of A and B has the higher fee?" asks for A's fee and for B's; "the cushion of the Class C ratio over its
required level" for what the ratio is and for what it has to be; "the sizes of Class C and Class D together" for
two sizes. Each part is asked for itself, and what is found is put together by the plan's operation. Rules over
the forms that English has for this; a question of no such form has no plan. Leaves asking the parts to
``rag.pipeline``, putting together to ``rag.generator.composed``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.scope.mentions import Mention

Operation = Literal["most", "least", "difference", "sum", "share", "accrued"]

_MORE = r"higher|larger|greater|bigger|longer|later|more|highest|largest|greatest|biggest|longest|latest|most"
_LESS = r"lower|smaller|lesser|shorter|earlier|less|fewer|lowest|smallest|shortest|earliest|least|fewest"
_CHOICE = re.compile(r"\b(?:which|whose|who|name the|for which)\b|\b(?:is|are|does|do|has|have|was|were)\b[^?]*\bor\b", re.I)
_APART = re.compile(
    r"\bby how (?:much|many)\b|\bhow (?:much|many|far)\b[^?]*\b(?:than|apart|above|below)\b|\bdifference\b|\bthe amount by which\b|\bgap between\b",
    re.I,
)
_GLUE = re.compile(
    rf"\b(?:which|whose|who|what|of the two|one|deals?|compan(?:y|ies)|compare[ds]?|between|versus|vs\.?|against|with that|than in|than|that of|those of"
    rf"|exceeds?|is above|is below|above the|below the|apart|how far|how much|how many|by how much|by|does|do|did|has|have|had|is|are|was|were|falls?|comes?|shows?|state[sd]?"
    rf"|name|the amount by which|give|difference(?: in| between)?|in their|the one|it|and|or|for|{_MORE}|{_LESS})\b",
    re.I,
)
_NAME = "\x00"
_EDGE = r"(?:of|in|the|a|an|with|to|at|as|,|;|:|\.|\?|'s|’s|s\b|percentage points|points)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A question for one value, and the name of the one of the things compared that it is about, if any."""

    question: str
    name: str = ""
    mention: Mention | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is done with the values of the parts.

    ``numbers`` are figures that the question itself gives. ``unsigned``: asked for as how far apart.
    """

    operation: Operation
    parts: tuple[Part, ...]
    numbers: tuple[str, ...] = ()
    unsigned: bool = False


def taken_apart(question: str, mentions: Sequence[Mention] = ()) -> Plan | None:
    """The plan of a question, None where it has none; ``mentions`` are the names in it.

    >>> plan = taken_apart("What is the total interest paid on Class C and Class D?")
    >>> plan.operation, [part.question for part in plan.parts]
    ('sum', ['What is the interest paid on Class C?', 'What is the interest paid on Class D?'])
    """
    if len(question) > _LONGEST:
        return None
    names = [one for one in mentions if one.kind == "name" and one.sure]
    groups = {one.documents for one in names}
    if len(groups) > 1:
        return _compared(question, names)
    return _within(question)


_LONGEST = 600


def _compared(question: str, names: Sequence[Mention]) -> Plan | None:
    """The same asked of each name."""
    first: dict[frozenset[str], Mention] = {}
    for one in names:
        first.setdefault(frozenset(map(str, one.documents)), one)
    rest = question
    for one in sorted(names, key=lambda one: -one.start):
        rest = f"{rest[: one.start]}{_NAME}{rest[one.end :]}"
    apart = _APART.search(rest)
    more, less = re.search(rf"\b(?:{_MORE})\b", rest, re.I), re.search(rf"\b(?:{_LESS})\b", rest, re.I)
    operation: Operation
    if apart:
        operation = "difference"
    elif _CHOICE.search(rest) and (more or less):
        operation = "least" if less and not more else "most"
    elif re.search(r"\bcompare\b", rest, re.I) and (more or less):
        operation = "least" if less and not more else "most"
    else:
        return None
    asked = _asked_for(rest)
    if not asked:
        return None
    parts = tuple(
        Part(question=f"What is the {asked} in {question[one.start : one.end]}?", name=question[one.start : one.end], mention=one)
        for one in first.values()
    )
    if operation == "difference" and len(parts) != 2:
        return None
    return Plan(operation=operation, parts=parts, unsigned=re.search(r"\bdifference\b|\bapart\b", rest, re.I) is not None)


def _asked_for(rest: str) -> str:
    """What is compared: a question without the names, and without the words that compare them."""
    plain = re.sub(rf"(?:\b(?:of|in|for|from|that of|the one of)\s+)?{_NAME}(?:['’]s)?", " \x01 ", rest)
    pieces = [_trimmed(_GLUE.sub("\x01", piece)) for piece in plain.split("\x01")]
    pieces = [inner for piece in pieces for inner in map(_trimmed, piece.split("\x01")) if inner]
    return max(pieces, key=lambda piece: len(piece.split()), default="")


def _trimmed(text: str) -> str:
    text = " ".join(text.split())
    before = None
    while before != text:
        before = text
        text = re.sub(rf"^(?:{_EDGE})\s*(?=\W|\s|$|\b)", "", text, flags=re.I) if re.match(rf"^{_EDGE}(?:\s|$)", text, re.I) else text
        text = re.sub(rf"(?:\s|^){_EDGE}$", "", text, flags=re.I).strip(" ,;:?.")
    return text


# Within one document

_ITEM = r"Class(?:es)? [A-Z](?:-\d)?(?:/[A-Z])?|Tranche [A-Z](?:-\d)?|Series [A-Z0-9](?:-\d)?|[A-Z](?:-\d)?"
_OPENING = re.compile(
    r"^(?P<lead>.*?)\b(?P<ask>what (?:is|was|are|were)|what does (?:the )?[^?]{0,80}? (?:show|give|state)s? as|tell me|give|compute|calculate)\s+(?:the )?(?P<x>.+?)(?P<end>[?.]?)\s*$",
    re.I | re.S,
)
_Made = tuple[Operation, tuple[str, ...], tuple[str, ...]]
_PERCENT = r",? ?\b(?:in|as a|expressed as a) (?:per ?cent(?:age)?(?: points)?|%)"
_REQUIRED = r"(?:its|the|their)? ?(?:required|minimum|trigger|covenant|threshold|target|maximum)(?: (?:level|ratio|value|percentage|amount))?(?: in force)?|its (?:test|trigger|limit|level)"


def _both(match: re.Match[str]) -> _Made:
    kind, rest = match["x"].strip(), (match.groupdict().get("z") or "").strip()
    word = re.sub(r"es$", "", match["kind"]) if match["kind"].lower().startswith("class") else match["kind"]
    def of(letter: str) -> str:
        letter = re.sub(r"^class(?:es)?\s+", "", letter, flags=re.I)
        return f"{kind} {word} {letter} {rest}".strip()
    return "sum", (of(match["a"]), of(match["b"])), ()


_LETTER = r"(?:[A-Z]\b(?:-\d)?|\d+)"
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], _Made]], ...] = (
    (
        re.compile(
            rf"^(?:sum of (?:the )?|(?:combined|total|aggregate) )(?P<x>.+?(?: of| on| to| for)?) (?P<kind>class(?:es)?|tranches?|series) (?P<a>{_LETTER}) and (?P<b>(?:class )?{_LETTER})(?: notes)?(?: together| combined)?(?P<z>)$",
            re.I,
        ),
        _both,
    ),
    (
        re.compile(
            rf"^(?P<x>.+? (?:of|on|to|for)) (?P<kind>class(?:es)?|tranches?|series) (?P<a>{_LETTER}) and (?P<b>(?:class )?{_LETTER})(?: notes)? (?:together|combined|in total)(?P<z>)$",
            re.I,
        ),
        _both,
    ),
    (
        re.compile(r"^(?P<x>.+?) as a (?:percentage|share|proportion|fraction) of (?:all |the |total )?(?P<y>.+?)$", re.I),
        lambda m: ("share", (m["x"], m["y"]), ()),
    ),
    (
        re.compile(r"^ratio of (?P<x>.+?) to (?:the |total )?(?P<y>.+?)(?:,? as a percentage)?$", re.I),
        lambda m: ("share", (m["x"], m["y"]), ()),
    ),
    (
        re.compile(r"^(?:share|part|portion|percentage) of (?:all |the |total )?(?P<y>.+?) (?:that (?:went|goes|was paid) to|used for|spent on|paid (?:to|as)|distributed to) (?:the )?(?P<x>.+?)$", re.I),
        lambda m: ("share", (m["x"], m["y"]), ()),
    ),
    (
        re.compile(r"^(?:share|part|portion|percentage) of (?:all |the |total )?(?P<y>.+?) that (?:the )?(?P<x>.+?) (?:finances?|makes? up|represents?|accounts? for|is)$", re.I),
        lambda m: ("share", (f"amount of {m['x']}", m["y"]), ()),
    ),
    (
        re.compile(r"^(?:difference between (?:the )?)(?P<x>.+?)s? (?:of|for|on) (?P<kind>class(?:es)?) (?P<a>[A-Z](?:-\d)?) and (?:class )?(?P<b>[A-Z](?:-\d)?)$", re.I),
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
        re.compile(r"^(?:net )?(?:change|movement|flow) \((?P<a>[\w ]+?) (?:less|minus) (?P<b>[\w ]+?)\) (?:of|in|to) (?:the )?(?P<x>.+?)$", re.I),
        lambda m: ("difference", (f"{m['a']} of {m['x']}", f"{m['b']} of {m['x']}"), ()),
    ),
    (
        re.compile(r"^amount by which (?:the )?(?P<a>[\w ]+?) (?:to|of|from|in) (?:the )?(?P<x>.+?) exceeds? (?:the )?(?P<b>[\w]+)(?: \([^)]*\))?$", re.I),
        lambda m: ("difference", (f"{m['a']} of {m['x']}", f"{m['b']} of {m['x']}"), ()),
    ),
    (
        re.compile(r"^difference between the (?P<a>\w+) and the (?P<b>\w+) of (?:the )?(?P<x>.+?)$", re.I),
        lambda m: _headroom(m["x"]) if m["b"].lower() in ("trigger", "requirement", "limit", "threshold") else ("difference", (f"{m['a']} {m['x']}", f"{m['b']} {m['x']}"), ()),
    ),
    (
        re.compile(r"^(?:gap|difference) between the (?P<a>\w+) and the (?P<b>\w+)(?P<c> \w+)? (?:for|of|under) (?:the )?(?P<x>.+?)$", re.I),
        lambda m: ("difference", (f"{m['a']}{m['c'] or ''} {m['x']}", f"{m['b']}{m['c'] or ''} {m['x']}"), ()),
    ),
    (
        re.compile(r"^(?:unused )?(?:room|headroom)(?:,[^,]*,)? (?:under|for|of) (?:the )?(?:limit(?:ation)? )?(?P<x>.+?)$", re.I),
        lambda m: ("difference", (f"maximum {m['x']}", f"actual {m['x']}"), ()) if "ratio" not in m["x"].lower() else _headroom(m["x"]),
    ),
    (
        re.compile(rf"^(?:cushion|margin|headroom|excess)(?: of)? (?:by which )?(?:the )?(?P<x>.+?) (?:over|above|against|to) (?:{_REQUIRED})(?: .*)?$", re.I),
        lambda m: _headroom(m["x"]),
    ),
    (
        re.compile(r"^(?:cushion|margin|headroom) by which (?:the )?(?P<x>.+?) (?:passes|exceeds|clears) (?:its|the) .+$", re.I),
        lambda m: _headroom(m["x"]),
    ),
    (
        re.compile(
            r"^(?:accrued )?(?:amount of )?interest (?:on|that) (?:the )?(?P<x>.+?),? (?:earns )?if the (?:benchmark|base rate|reference rate|index)(?: rate)? is (?P<r>\d+(?:\.\d+)?)% and the (?:accrual )?period has (?P<n>\d+) days \(actual/360\)$",
            re.I,
        ),
        lambda m: ("accrued", (f"original principal amount of {_plain(m['x'])}", f"spread of {_plain(m['x'])}"), (m["r"], m["n"])),
    ),
)  # fmt: skip


def _plain(item: str) -> str:
    found = re.search(r"Class [A-Z](?:-\d)?", item)
    return found[0] if found else item


def _headroom(x: str) -> _Made:
    return "difference", (f"actual result of the {x}", f"required level of the {x}"), ()


def _less(x: str, y: str) -> _Made:
    """"Class C spread minus the Class D spread"; "the closing less the opening balance of X"."""
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


def _within(question: str) -> Plan | None:
    opening = _OPENING.match(question)
    if opening is None:
        return None
    asked = re.sub(_PERCENT, "", " ".join(opening["x"].split()), flags=re.I)
    asked = re.sub(r"^the ", "", asked)
    trail = ""
    named = re.search(r"\s+(?:in|of|for) (?:the )?(?:[A-Z][\w&.’'-]*\s+){1,5}\d{4}-\d+(?: (?:indenture|documents|report)s?)?$|\s+according to .+$", asked)
    if named:
        asked, trail = asked[: named.start()], asked[named.start() :]
    for pattern, make in _FORMS:
        match = pattern.match(asked)
        if match is not None:
            operation, items, numbers = make(match)
            lead = opening["lead"]
            parts = tuple(Part(question=f"{lead}What is the {item.strip()}{trail}?" if not lead else f"{lead}what is the {item.strip()}{trail}?") for item in items)
            return Plan(operation=operation, parts=parts, numbers=numbers)
    return None
