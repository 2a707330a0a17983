"""The forms that English has for putting values of one document together, and what each asks for.

``FORMS`` are over what is asked for, without who asks and where: "sum of the sizes of Class A and Class B";
``WHOLE`` over whole questions: "by how much does it exceed its trigger?". Leaves that to ``within``.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from rag.parts.plan import NAME, Operation

Made = tuple[Operation, tuple[str, ...], tuple[str, ...]]
"""What is done, what is asked for, and the figures that the question itself gives."""
_Make = Callable[[re.Match[str]], Made]

_LETTER = r"(?:[A-Z]\b(?:-\d)?|\d+)"
_KIND = r"(?P<kind>class(?:es)?|tranches?|series)"
_A_AND_B = (
    rf"{_KIND} (?P<a>{_LETTER})(?: notes)? (?:and|plus|with) (?:the )?(?P<b>(?:class )?{_LETTER})(?: notes)?"
)
_ALL = r"(?:all |the |total )*"
_LEVEL = r"(?:trigger|requirement|limit|threshold|minimum|maximum|test|levels?|covenant|floor|cap|hurdle)"
_BOUND = r"(?:minimum|maximum)"
_SOME_LEVEL = rf"(?:[\w’'-]+ ){{0,4}}?{_LEVEL}"
_REQUIRED = (
    rf"(?:its |the |their )?{_SOME_LEVEL}(?: (?:ratio|value|percentage|amount|level))?"
    r"(?: (?:in (?:force|effect)|required))?"
)
_OVER = r"(?:over|above|against|to|versus|beyond|relative to|compared (?:to|with)|in relation to)"
_LOSSES = r"(?:\w+ ){0,2}(?:loss|losses|accounts|debts?|returns|obsolescence)"
_ROOM = rf"(?:room|headroom|capacity|space|allowance(?! for {_LOSSES}\b)|availability|leeway|slack)"
"""An allowance for credit losses is an amount, no room."""
_CUSHION = r"(?:cushion|margin|headroom|excess|surplus|buffer|clearance)"
_PART = r"(?:share|part|portion|percentage|proportion|fraction|per ?cent)"
_MORE = r"(?:higher|larger|greater|bigger|wider|more|longer|lower|smaller|less|narrower)"
_PLAIN = r"(?:(?! and | between |[?,:;]).)+?(?: \([^()?]*\))?"
"""A few words of one thing, with what stands in brackets behind."""
_SHORT = r"(?:(?! and | between | of |[?,:;]).)+?(?: \([^()?]*\))?"
_ONE = r"(?!(?:fy|fiscal|years?|q)?\s?\d)(?:(?! and |[?:;]).)+?"
"""What is no year: figures of several years are another engine's."""
_CALLED = r"(?-i:[A-Z])(?:(?! and |[?:;]).)*?"
"""Two names: "second lien loans and unsecured loans together" may be one item."""


def headroom(x: str) -> Made:
    """What a ratio is over what it has to be."""
    return "difference", (f"actual result of the {x}", f"required level of the {x}"), ()


def _sum(match: re.Match[str]) -> Made:
    """As in "the sizes of Classes A and B together"."""
    kind, rest = match["x"].strip(), (match.groupdict().get("z") or "").strip()
    kind = re.sub(r"^(?:the )?(?:combined|total|aggregate|joint) ", "", kind, flags=re.I)
    kind = re.sub(r"(\w{2}[^s\W])s( (?:of|on|to|for))?$", r"\1\2", kind)
    word = re.sub(r"es$", "", match["kind"]) if match["kind"].lower().startswith("class") else match["kind"]

    def of(letter: str) -> str:
        letter = re.sub(r"^class(?:es)?\s+", "", letter, flags=re.I)
        return f"{kind} {word} {letter} {rest}".strip()

    return "sum", (of(match["a"]), of(match["b"])), ()


def share(match: re.Match[str]) -> Made:
    """As in "X as a percentage of Y", which may also be what a single figure is called."""
    return "share", (match["x"], match["y"]), ()


def _share(match: re.Match[str]) -> Made:
    return share(match)


def _amount_share(match: re.Match[str]) -> Made:
    return "share", (f"amount of {match['x']}", match["y"]), ()


def _of_letters(match: re.Match[str]) -> Made:
    x = re.sub(r"s$", "", match["x"])
    return "difference", (f"{x} of Class {match['a']}", f"{x} of Class {match['b']}"), ()


def _of_each(match: re.Match[str]) -> Made:
    x = match["x"]
    return "difference", (f"{x} of {match['a']}", f"{x} of {match['b']}"), ()


def _flow(match: re.Match[str]) -> Made:
    x = match["x"]
    return "difference", (f"{match['a']} of {x}", f"{match['b']} of {x}"), ()


def _of_two(match: re.Match[str]) -> Made:
    """As in "the difference in size between X and Y"; in "A and B of X" what is asked of X has two names."""
    one, other, what = match["a"].strip(), match["b"].strip(), (match.groupdict().get("x") or "").strip()
    if not what:
        head, _, of = other.partition(" of ")
        one, other = (f"{one} of {of}", f"{head} of {of}") if of and " of " not in one else (one, other)
        return "difference", (one, other), ()
    return "difference", (f"{what} of {one}", f"{what} of {other}"), ()


def _apart(match: re.Match[str]) -> Made:
    """As in "how far apart are the opening and the closing of X"."""
    return "difference", (f"{match['a']} of {match['x']}", f"{match['b']} of {match['x']}"), ()


def _together(match: re.Match[str]) -> Made:
    """As in "the opening of X and Y together", "what do X and Y add up to (size)"."""
    one, other, what = match["a"].strip(), match["b"].strip(), (match.groupdict().get("x") or "").strip()
    return "sum", (f"{what} of {one}", f"{what} of {other}") if what else (one, other), ()


def _of_both(match: re.Match[str]) -> Made:
    """As in "the gap between the maximum and the actual share for X"."""
    one, other, noun, x = match["a"], match["b"], match.groupdict().get("c") or "", match["x"]
    if re.fullmatch(_BOUND, other, re.I) and not noun:
        return "difference", (f"{one} {x}", f"{other} {x}"), ()
    if re.fullmatch(_LEVEL, other, re.I) and not noun:
        return headroom(x)
    return "difference", (f"{one}{noun} {x}", f"{other}{noun} {x}"), ()


def _room(match: re.Match[str]) -> Made:
    x = match["x"]
    return headroom(x) if "ratio" in x.lower() else ("difference", (f"maximum {x}", f"actual {x}"), ())


def _headroom(match: re.Match[str]) -> Made:
    return headroom(" ".join(filter(None, (match["x"], (match.groupdict().get("rest") or "").strip(" ?.")))))


def _accrued(match: re.Match[str]) -> Made:
    found = re.search(r"Class [A-Z](?:-\d)?", match["x"])
    item = found[0] if found else match["x"]
    return "accrued", (f"original principal amount of {item}", f"spread of {item}"), (match["r"], match["n"])


def _less(match: re.Match[str]) -> Made:
    """As in "Class C spread minus the Class D spread", "the closing less the opening balance of X"."""
    x, y = match["x"], match["y"]
    if " of " in y and len(x.split()) == 1:
        head, _, of = y.partition(" of ")
        return "difference", (f"{x} {head.split()[-1]} of {of}", f"{head} of {of}"), ()
    if re.fullmatch(rf"(?:its |the )?{_SOME_LEVEL}(?: .*)?", y, re.I) and "Class" not in y:
        return headroom(x)
    return "difference", (x, y), ()


def _than(match: re.Match[str]) -> Made:
    """As in "how much higher is X than Y", where Y may be "that of Class B"."""
    x, y = match["x"].strip(), match["y"].strip(" ?.")
    if re.match(rf"(?:its|the) {_SOME_LEVEL}\b", y, re.I) and "class" not in y.lower():
        return headroom(x)
    that = re.match(r"(?:that|those|the one) (?P<of>(?:of|on|for) .+)", y, re.I)
    head = re.match(r"(?P<x>.+?) (?:of|on|for) ", x) if that else None
    if that and head:
        y = f"{head['x']} {that['of']}"
    return "difference", (x, re.sub(r"^the ", "", y)), ()


FORMS: tuple[tuple[re.Pattern[str], _Make], ...] = tuple(
    (re.compile(rf"^{pattern}$", re.I), make)
    for pattern, make in (
        (rf"(?:sum of (?:the )?|(?:combined|total|aggregate|joint) )(?P<x>.+?(?: of| on| to| for)?)"
         rf" {_A_AND_B}"
         r"(?: together| combined| in total)?(?P<z>)", _sum),
        (rf"(?P<x>.+? (?:of|on|to|for)) {_A_AND_B},? (?:together|combined|in total|in sum|in the aggregate"
         rf"|taken together)(?P<z>)", _sum),
        (rf"(?P<x>.+?),? (?:(?:expressed |stated )?as a|in) (?:percentage|share|proportion|fraction"
         rf"|per ?cent) of {_ALL}(?P<y>.+?)", share),
        (r"ratio (?:of|between) (?:the )?(?P<x>.+?) (?:to|and) (?:the |total )*(?P<y>.+?)(?:,? as a"
         r" percentage)?", _share),
        (rf"{_PART} of {_ALL}(?P<y>.+?) (?:that|which)? ?(?:(?:went|goes|was paid|is paid|flowed|was"
         rf" allocated) to|(?:was )?used for"
         r"|(?:was )?spent on|paid (?:to|as)|distributed (?:to|as)|applied to|taken by|absorbed by|consumed"
         r" by) (?:the )?(?P<x>.+?)", _share),
        (rf"{_PART} of {_ALL}(?P<y>.+?) (?:that|which) (?:the )?(?P<x>.+?) (?:finances?|funds?|makes? up"
         rf"|represents?|accounts? for"
         r"|constitutes?|forms?|is|covers?)", _amount_share),
        (rf"{_PART} of {_ALL}(?P<y>.+?) (?:represented|financed|funded|made up|accounted for|constituted"
         rf"|formed) by (?:the )?(?P<x>.+?)",
         _amount_share),
        (rf"(?:difference|gap|distance) (?:between|in) (?:the )?(?P<x>.+?) (?:of|for|on|between)"
         rf" (?P<kind>class(?:es)?)"
         rf" (?P<a>{_LETTER}) and (?:class )?(?P<b>{_LETTER})", _of_letters),
        (r"(?:extra|additional|excess) (?P<x>.+?) (?:of|on|for) (?:the )?(?P<a>.+?) (?:over|above|compared"
         r" (?:to|with)|versus)"
         r" (?:the )?(?P<b>.+?)", _of_each),
        (r"(?P<x>.+?) (?:minus|less) (?:the )?(?P<y>(?!withdrawals|than\b).+?)", _less),
        (r"(?:net )?(?:change|movement|flow|balance) \((?P<a>[\w ]+?) (?:less|minus) (?P<b>[\w ]+?)\) (?:of"
         r"|in|to|on) (?:the )?(?P<x>.+?)",
         _flow),
        (r"(?:amount by which|excess of) (?:the )?(?P<a>[\w ]+?) (?:to|of|from|in|into) (?:the )?(?P<x>.+?)"
         r" (?:exceeds?|over)"
         r" (?:the )?(?P<b>\w+)(?: \([^)]*\))?", _flow),
        (r"(?:gap|difference|distance) between (?:the )?(?P<a>\w+) and (?:the )?(?P<b>\w+)(?P<c> \w+)?"
         r" (?:for|of|under|in) (?:the )?(?P<x>.+?)",
         _of_both),
        (rf"(?:difference|gap|distance) between (?:the )?(?P<a>{_SHORT}) and (?:the )?(?P<b>{_SHORT}) (?:for"
         r"|of) (?:the )?(?P<x>.+?)", _apart),
        (rf"(?:difference|gap|distance) in (?:the )?(?P<x>{_PLAIN}) between (?:the )?(?P<a>{_ONE})"
         rf" and (?:the )?(?P<b>{_ONE})", _of_two),
        (rf"(?P<x>{_PLAIN}) of (?:the )?(?P<a>{_CALLED}) and (?:the )?(?P<b>{_CALLED}) (?:together|combined"
         r"|in total|taken together)", _together),
        (rf"(?:unused |remaining |available |spare |free )?{_ROOM}(?: left| remaining|"
         rf" available)?,?(?:[^,]*,)?"
         r" (?:under|for|of|within|on) (?:the )?(?:limit(?:ation)? )?(?:on |for )?(?P<x>.+?)", _room),
        (rf"{_CUSHION} (?:between|from) (?:the )?(?P<x>.+?) (?:and|to) {_REQUIRED}(?: .*)?", _headroom),
        (rf"{_CUSHION}(?: of| by which| that)? (?:the )?(?P<x>.+?) {_OVER} {_REQUIRED}(?: .*)?", _headroom),
        (rf"(?P<x>.+? (?:ratio|test)) {_CUSHION}(?:,? .*)?", _headroom),
        (rf"{_CUSHION} (?:by|with) which (?:the )?(?P<x>.+?) (?:passes|exceeds|clears|meets|satisfies"
         rf"|beats) (?:its|the) .+", _headroom),
        (r"(?:accrued )?(?:amount of )?interest (?:on|that|for) (?:the )?(?P<x>.+?),? (?:earns "
         r"|accrues )?if the (?:benchmark|base rate"
         r"|reference rate|index)(?: rate)? is (?P<r>\d+(?:\.\d+)?)% and the (?:accrual )?period has"
         r" (?P<n>\d+) days \(actual/360\)",
         _accrued),
    )
)  # fmt: skip
"""Over what is asked for; the first that fits is meant."""

_ELSEWHERE = rf"(?P<rest>,? (?:according to|in|under) [^?]*{NAME}[^?]*)?[?.]?\s*$"
WHOLE: tuple[tuple[re.Pattern[str], _Make], ...] = tuple(
    (re.compile(pattern, re.I), make)
    for pattern, make in (
        (rf"\bhow far (?:above|over|below|clear of) (?:the|its) [^?]*?\b{_LEVEL}\b[^?]*? (?:was|is|were)"
         rf" (?:the )?(?P<x>[^?]+)", _headroom),
        (rf"\bby (?:how (?:much|many (?:percentage )?points)|what (?:amount|margin)) (?:does|did|do)"
         rf" (?:the )?(?P<x>[^?]+?)"
         rf" (?:exceed|pass|clear|beat|satisfy|surpass) (?:the|its)"
         rf" {_SOME_LEVEL}\b", _headroom),
        (rf"\bby (?:how (?:much|many (?:percentage )?points)|what (?:amount|margin)) (?:was|is|were|are)"
         rf" (?:the )?(?P<x>[^?]+?)"
         rf" (?:above|over|ahead of|below|in excess of|clear of) (?:the|its)"
         rf" {_SOME_LEVEL}\b", _headroom),
        (rf"\bhow (?:many (?:percentage )?points|much|far) (?:above|over|below) (?:the|its)"
         rf" [^?]*?\b{_LEVEL}\b[^?]*? (?:did|does|was|is)"
         r" (?:the )?(?P<x>[^?]+?)(?: stand| lie| come)?\s*\?", _headroom),
        (rf"\b(?:what|how much) (?:{_CUSHION}|{_ROOM}) (?:does|did|do|has|had) (?:the )?(?P<x>[^?]+?)"
         rf" (?:have|show|enjoy|keep|leave)\b(?P<rest>[^?]*)",
         _headroom),
        (rf"\bhow (?:much|large a|big a) (?:{_CUSHION}|{_ROOM}) (?:is|was|remains)? ?(?:there "
         rf"|left )?(?:for|in|on|under) (?:the )?(?P<x>[^?]+)", _headroom),
        (rf"\b(?:what|which) {_PART} of {_ALL}(?P<y>[^?]+?) (?:does|do|did) (?:the )?(?P<x>[^?]+?)"
         rf" (?:represent|finance|fund|make up"
         r"|account for|constitute|form|cover)\b", _amount_share),
        (rf"\b(?:what|which) {_PART} of {_ALL}(?P<y>[^?]+?) (?:went|goes|was paid|is paid|was allocated"
         rf"|flowed) to (?:the )?(?P<x>[^?]+)", _share),
        (rf"\b(?:what|which) {_PART} of {_ALL}(?P<y>[^?]+?) (?:was|is|were) (?:used for|spent on|applied to"
         rf"|taken by|absorbed by) (?:the )?(?P<x>[^?]+)",
         _share),
        (rf"\bhow much (?P<x>[^?]+? (?:was|were|is) (?:\w+ )?(?:on|to|for|of)) {_A_AND_B}(?:,? (?:together"
         rf"|combined|in total))?(?P<z>)", _sum),
        (rf"\bhow far apart (?:is|are|was|were) (?:the )?(?P<a>{_SHORT}) and (?:the )?(?P<b>{_SHORT}) (?:for"
         rf"|of) (?:the )?(?P<x>[^?]+?){_ELSEWHERE}", _apart),
        (rf"\bby how much (?:do|does|did) (?:the )?(?P<a>{_ONE}) and (?:the )?(?P<b>{_ONE}) differ in"
         rf" (?:the |their )?(?P<x>{_PLAIN}){_ELSEWHERE}", _of_two),
        (rf"\bby how much (?:do|does|did) (?:the )?(?P<a>{_ONE}) and (?:the )?(?P<b>{_ONE})"
         rf" differ{_ELSEWHERE}", _of_two),
        (rf"\bwhat (?:do|does|did) (?:the )?(?P<a>{_CALLED}) and (?:the )?(?P<b>{_CALLED}) add up to"
         rf"(?: \((?P<x>{_PLAIN})\))?{_ELSEWHERE}", _together),
        (rf"\bhow (?:much|many (?:percentage )?points) {_MORE} (?:is|was|are|were) (?:the )?(?P<x>[^?]+?)"
         rf" than (?:the )?(?P<y>[^?]+)", _than),
        (r"\bby (?:how (?:much|many (?:percentage )?points)|what (?:amount|margin)) (?:does|did|do)"
         r" (?:the )?(?P<x>[^?]+?)"
         r" (?:exceed|surpass) (?:the )?(?P<y>[^?]+)", _than),
    )
)  # fmt: skip
"""Over a whole question; ``rest`` says where or when it is asked of."""
