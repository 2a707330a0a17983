"""Orders, and questions that ask for a figure in a roundabout way: "which figure applies to the cap?"."""

from __future__ import annotations

import re

from rag.direct.words import (
    ABOUT,
    ASKS,
    CHANGE,
    GENERIC,
    HOW_MANY,
    IS,
    ITEM,
    LAST_ITEM,
    MEASURE,
    SAY,
    SOME,
    TELL,
    asked_for,
)

_ME = r"(?:\s+(?:me|us))?"
_ORDERS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(rf"^{pattern}\s+(?P<x>.+)$", re.I | re.S)
    for pattern in (
        r"(?:can|could|would|will|may|might) (?:you|we|i|anyone|someone|somebody)(?: \w+ly| perhaps| maybe)?"
        rf"(?: be able to| mind)?\s+(?:have\s+)?{TELL}(?:ing)?{_ME}(?:\s+(?:of|with|on))?",
        r"(?:can|could|may|might) (?:i|we) (?:have|know|see|ask(?: for| you for)?)",
        r"(?:do|does|would|did) (?:you|we|anyone|anybody|someone)(?: happen to)? (?:know|have|recall"
        r"|remember)",
        r"(?:i|we)(?:['’]d| would)? (?:\w+ly )?(?:like|love|need|want|wish|have)(?: you)? to"
        rf" (?:know|see|learn|understand|{TELL}){_ME}",
        r"(?:i|we) (?:\w+ly )?(?:need|want|require|seek)",
        r"(?:i|we)(?:['’]m| am|['’]re| are) (?:\w+ly )?(?:looking for|after|wondering(?: about)?|searching"
        r" for"
        r"|trying to (?:find|determine|establish|work out)|interested in|in need of|asking for|curious"
        r" about)",
        r"(?:any idea|remind (?:me|us)(?: of)?|it would (?:be \w+|help) to know)",
        rf"{TELL}{_ME}(?:\s+(?:of|with))?",
    )
)
_D = rf"(?P<d>{SOME})"
_FORMS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(rf"^{pattern}$", re.I | re.S)
    for pattern in (
        # "Which figure does the indenture give for the cap", "what number is stated as the cap"
        rf"(?:what|which) {GENERIC}(?: \w+)? (?:do|does|did|should|would|can|could) {_D} {SAY} {ABOUT}"
        rf" {LAST_ITEM}",
        rf"(?:what|which) {GENERIC}(?: \w+)? (?:is|are|was|were|has|have|had)(?: \w+ly| been){{0,2}} {SAY}"
        rf"(?: (?:by|in) {SOME})? {ABOUT} {LAST_ITEM}",
        # "Which value applies to the cap", "what level is in force for the cap"
        rf"(?:what|which) {GENERIC} (?:\w+ly |now )?(?:appl(?:y|ies|ied)|governs?|holds?|counts?|corresponds?"
        r"|belongs?|is in (?:force|effect|place)|is (?:applicable|relevant))"
        rf" (?:to|for|as|in respect of|with respect to) {LAST_ITEM}",
        # "Which level of the cap currently applies in Alder"
        rf"(?:what|which) {GENERIC} of {ITEM}(?P<rest> (?:currently |now |presently )?"
        r"(?:appl(?:y|ies|ied)|is in (?:force|effect)|is applicable|governs)\b.*)",
        # "What does the indenture say about the cap"
        rf"what (?:do|does|did) {_D} {SAY}(?: at (?:closing|present))? {ABOUT} {LAST_ITEM}",
        rf"what (?:do|does|did) {_D}(?<! to)(?<! on)(?<! for)"
        rf" (?:say|state|provide|specify|show|give|report|set|stipulate|fix|impose|prescribe) {LAST_ITEM}",
        # "What has been agreed as the cap", "what is given for the cap"
        rf"what (?:has|have|had|is|are|was|were)(?: \w+ly| been){{0,2}} {SAY} {ABOUT} {LAST_ITEM}",
        # "What would the cap be in Alder", "what had the cap been until", "what would be the cap"
        rf"what (?:would|will|should|might|could|must|can) {ITEM} (?:be|equal|come to|amount"
        rf" to)\b(?P<rest>.*)",
        rf"what (?:has|have|had) {ITEM} (?:been|become|come to)"
        r"(?P<rest>(?:,? (?:until|till|before|prior|in|for|at|on|as|under|since|so far|up)\b.*)?)",
        rf"what (?:would|will|should|might|could|must|can) be {LAST_ITEM}",
        rf"what (?:do|does|did) {ITEM} (?:amount to|come to|stand at|equal|run to|add up to|become|read"
        rf"|look like)"
        r"\b(?P<rest>.*)",
        # "How does the indenture fix the cap", "how is the cap set", "how high is the cap"
        rf"how (?:high |low |large |big )?(?:do|does|did) {_D} (?:fix|set|size|price|quote|state|put)"
        rf" {LAST_ITEM}",
        rf"how (?:high |low |large |big |great |small |long |wide )?{IS} {ITEM}"
        r" (?:set|fixed|given|stated|quoted|shown|reported)(?: at)?\b(?P<rest>.*)",
        rf"how (?:high|low|large|big|great|small|wide) {IS} {LAST_ITEM}",
        # "Where does the cap stand in Alder", "at what level is the cap set"
        rf"where (?:do|does|did) {_D} {SAY} {LAST_ITEM}",
        rf"where (?:do|does|did) {ITEM} (?:stand|sit|lie|end up)\b(?P<rest>.*)",
        rf"(?:at|on|to|in) (?:what|which) {GENERIC}(?: \w+)? (?:is|are|was|were|does|do|did|has|have|had)"
        rf" {ITEM}"
        r" (?:been )?(?:set|fixed|stand|lie|fall|capped|limited|pegged)(?: at)?\b(?P<rest>.*)",
        # "What did the supplement raise the cap to", "to what was the cap raised"
        rf"to (?:what|which)(?: {GENERIC})? (?:do|does|did|has|have) (?P<by>{SOME}) {CHANGE} {LAST_ITEM}",
        rf"what (?:do|does|did|has|have) (?P<by>{SOME}) {CHANGE} {ITEM} to\b(?P<rest>.*)",
        rf"to (?:what|which)(?: {GENERIC})? (?:was|were|has|have|is|are) {ITEM} (?:been )?(?P<rest>(?:amended"
        r"|changed|raised|lowered|increased|reduced|extended|shortened|set|reset|revised)\b.*)",
        # "The cap is set out somewhere; give me the answer"
        rf"{ITEM} {IS} (?:set out|stated|given|mentioned|written|printed|buried|somewhere)\b[^?;:]*[;:,–-]"
        r"\s*(?:and |now )?(?:give|tell|find|show|quote|state)\b.*",
        # "The cap equals what", "the cap in Alder is set at what level"
        rf"{ITEM} (?:equals?|amounts? to|comes? to|stands? at|stood at|runs? to"
        rf"|{IS}(?: currently| now)?(?: set| fixed| put)?(?: at| to be)?)"
        rf" (?:what|which|{HOW_MANY})(?: {GENERIC}| exactly| percent| per cent)?",
    )
)
_ANYBODY = re.compile(r"(?:i|we|you|one|they|people|lenders|investors)\b", re.I)
_PAST = re.compile(r"\b(?:did|was|were|had)\b", re.I)
_OPENING = 40


def ordered(bare: str) -> tuple[bool, str | None]:
    """Whether a sentence without its end is an order or a wish; the question behind it, if there is one."""
    match = next((found for pattern in _ORDERS if (found := pattern.match(bare))), None)
    return match is not None, None if match is None else asked_for(match["x"])


def straightened(bare: str) -> str | None:
    """A roundabout question without its end, made direct: "in D, what is X?"; None where it is none."""
    match = next((found for form in _FORMS if (found := form.match(bare))), None)
    if match is None or not MEASURE.search(match["x"]):
        return None
    said: dict[str, str | None] = match.groupdict()
    changed, document = (said.get("by") or "").strip(), (said.get("d") or "").strip()
    lead = ""
    if changed:
        lead = f"as amended by {changed}, "
    elif document and not _ANYBODY.match(document):
        lead = f"in {document}, "
    item, rest = match["x"].strip(), " ".join((said.get("rest") or "").split())
    if ASKS.match(item):
        return f"{lead}{item} {rest}".strip() + "?"
    past = not changed and _PAST.search(match[0][:_OPENING])
    return f"{lead}what {'was' if past else 'is'} {item} {rest}".strip() + "?"
