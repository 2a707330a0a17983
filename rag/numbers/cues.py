"""What the words of a question say of the operation it is after: cues, as a ranker's features.

Rules of thumb; several may hold, and none decides. Leaves weighing to ``ranker``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_SHARE = r"(?:percent(?:age)?s?|%|percentual)"
_MOVED = (
    r"(?:chang\w*|increas\w*|decreas\w*|grow\w*|declin\w*"
    r"|reduc\w*|ris[ei]\w*|rose|drop\w*|fall|fell|variation|varied)"
)
_CUES: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "percent": rf"{_SHARE}",
        "moved": rf"\b{_MOVED}",
        "growth": rf"{_SHARE}\s+(?:of\s+)?(?:the\s+|an?\s+)?(?:\w+\s+)?{_MOVED}"
        rf"|\b{_MOVED}\b[^?]*\b(?:in|by|as) (?:an? )?{_SHARE}"
        rf"|\bgrowth\b|{_MOVED} rate|\brate of {_MOVED}|by (?:what|how many) {_SHARE}|\broi\b|rate of return"
        r"|return on (?:an? )?(?:the )?invest",
        "moved plainly": rf"^(?!.*{_SHARE})(?!.*\b(?:rate|growth)\b).*\b{_MOVED}",
        "share": rf"(?:what|which)\s+(?:is |was |were |are )?(?:the )?(?:{_SHARE}|portion"
        rf"|proportion|share|part|fraction) of"
        rf"|as an? (?:{_SHARE}|portion|proportion|share|fraction) of"
        rf"|{_SHARE} of (?:the )?(?:total|overall)|how much of",
        "percent of": rf"^(?!.*\b{_MOVED})(?=.*(?:{_SHARE}|\bportion\b|\bproportion\b|\bfraction\b)).*\bof\b",
        "ratio": r"\bratio\b|\btimes\b|\bmultiple of\b|\bmargin\b|\bper\b|\bturnover\b",
        "average": r"\baverage\b|\bmean\b",
        "average per": r"\baverage\b.*\bper\b",
        "sum": r"\bsum\b|\bcombined\b|\btogether\b|\bin total\b|\btotal\b.*\b(?:and|between|from|over)\b",
        "difference": r"\bdifference\b|how (?:much|many) (?:more|less|higher|lower|greater|longer)"
        r"|\bexceed|\bspread\b",
        "product": r"\btotal (?:value|cost|price|cash|amount paid|paid)|\bhow much (?:cash|money)"
        r"|\bvalue of (?:the )?(?:shares|stock)"
        r"|\bproceeds\b|\bcash outflow\b|\binterest expense\b|\bmarket value\b",
        "respectively": r"\brespective(?:ly)?\b",
        "most": r"\bhighest\b|\blargest\b|\bmaximum\b|\bmost\b|\bgreatest\b|\bpeak\b",
        "least": r"\blowest\b|\bsmallest\b|\bminimum\b|\bleast\b",
        "return": r"\b(?:total|cumulative|shareholder|stock)\b[^?]*\breturn"
        r"|\breturn\b[^?]*\b(?:stock|index|s ?& ?p)\b|s ?& ?p ?500",
        "count": r"\bhow many (?:years|quarters|items|components|categor\w+|types?|segments"
        r"|\w+ segments)|\bnumber of (?:years|quarters)\b",
        "words": r"^\s*(?:why|who|whose|where|when|how (?:does|did|do|is|are|was|were|has|have"
        r"|can)|which|does|did|do|is|are|was|were|has|have"
        r"|can|describe|explain)\b|\bin which (?:year|quarter|period)|\bwhat (?:does"
        r"|do|did|kinds?|types?|drove|caused|led|factors)\b"
        r"|\breasons?\b|\bdefin|\bcomponents\b|\bwhich years?\b|\bwhy\b|\bcompris\w+ of\b|\bconsists?\b"
        r"|\bdue to\s*\?|\bengaged in\b|\bexcluded\b|\baccordance\b|\brelated? to\s*\?",
        "without": r"\bwithout\b|\bexclud\w+|\bremaining\b|\bnet of\b|\bafter (?:deducting|subtracting)",
        "if": r"\bif\b|\bassum\w+|\bwould\b",
        "between": r"\bbetween\b",
        "from to": r"\bfrom\b.*\bto\b",
    }.items()
}
_OPERATIONS = (
    "growth", "moved plainly", "share", "average", "ratio", "sum", "difference", "product", "most", "least",
)  # fmt: skip
NUMERATOR_FIRST = re.compile(
    rf"as an? (?:{_SHARE}|portion|proportion|share|fraction|multiple) of"
    rf"|\bratio of\b|\bdivided by\b|\bper\b|relative to",
    re.IGNORECASE,
)
DENOMINATOR_FIRST = re.compile(
    rf"(?:{_SHARE}|portion|proportion|share|fraction|part"
    rf"|how much) of\b[^?]*\b(?:is|was|were|are|came|comes?|due|comprised|made"
    rf"|represent\w*|related|attribut\w*|account\w*|in|from|includ\w*|consist\w*)\b",
    re.IGNORECASE,
)
"""Which of two named operands stands first in words of shares and ratios."""


def cues(question: str) -> Iterator[str]:
    """The cues of a question, with ":" before their names.

    >>> sorted(cues("What was the percentage change in revenue from 2016 to 2018?"))
    [':from to', ':growth', ':moved', ':percent', ':sole growth']
    """
    found = {name for name, pattern in _CUES.items() if pattern.search(question)}
    yield from (f":{name}" for name in found)
    main = [name for name in _OPERATIONS if name in found]
    if len(main) <= 1:
        yield f":sole {main[0] if main else 'lookup'}"
    numerator, denominator = NUMERATOR_FIRST.search(question), DENOMINATOR_FIRST.search(question)
    if numerator:
        yield ":numerator first"
    elif denominator:
        yield ":denominator first"
