"""Whether words read like a title, from the words alone: short, complete, mostly capitalised.

Leaves to ``ingest.sections.headings`` where the words stand and how they look.
"""

from __future__ import annotations

import re

MAX_TITLE_CHARS = 140
_MAX_TITLE_WORDS = 18
_TITLE_SHARE = 0.6
_STRICT_SHARE = 0.8
_DIGIT_SHARE = 0.35
_SENTENCE_CASE_WORDS = 12

_SMALL_WORDS = frozenset(
    "a an and as at but by for from if in into nor of on or out over per than that the their to under upon"
    " via vs with within without its our are is be not which who each any all".split()
)
_WORD = re.compile(r"[^\W\d_][\w'’&/-]*")
_STATEMENT = re.compile(
    r"(?:(?:unaudited|audited|condensed|interim|supplemental)\s+)*"
    r"(?:consolidated\s+(?:and\s+\w+\s+)?(?:condensed\s+)?(?:statements?\s+of\s.{3,60}|balance\s+sheets?)"
    r"|statements?\s+of\s+(?:consolidated\s+)?(?:operations|income|earnings|comprehensive|cash\s+flows?|financial"
    r"|stockholders|shareholders|changes|equity)\b.{0,60}|balance\s+sheets?"
    r"|notes\s+to\s+(?:the\s+)?(?:unaudited\s+)?(?:condensed\s+)?(?:consolidated\s+)?(?:condensed\s+)?"
    r"financial\s+statements?|reports?\s+of\s+independent\s+registered\s+public\s+accounting\s+firm)"
    r"\s*(?:\(.{3,40}\))?",
    re.IGNORECASE,
)
_NOT_A_TITLE = re.compile(
    r"(?:i,\s|by|name|title|date|dated|attest|its|address|attention|telephone|facsimile|email|tel|fax|witness)\s*:?"
    r"|(?:(?:three|six|nine|twelve)\s+months|(?:fiscal\s+)?(?:years?|quarters?|periods?)\s+ended|as\s+(?:of|at)\b"
    r"|for\s+the\s+(?:fiscal\s+)?(?:years?|quarters?|three|six|nine|period)|at\s+\w+\s+\d|(?:january|february|march"
    r"|april|may|june|july|august|september|october|november|december)\b[\s\d,]*$|\(?(?:dollars\s+)?in\s+"
    r"(?:millions|thousands)|table\s+of\s+contents|signature|\[signature|in\s+witness|totals?$|total\s+(?:assets|liabilities|revenues?|company|operating|net|equity|costs?|expenses?|current|sales)\b|\$|amounts\s+in"
    r"|back\s+to\s+contents|page\b|unaudited\b|[✓☐☒]).*",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"[a-z)]\.\s+[A-Z]|\b(?:means|shall mean|has the meaning|have the meanings?)\b")
_ENDS_OPEN = re.compile(
    r"[,;&]$|\b(?:and|or|of|the|a|an|to|by|in|with|for|between|from)$|\b(?:AND|OR|OF|THE|TO|BY|IN|WITH|FOR|FROM)$"
)
_CAPITAL_PROSE = re.compile(r"\b(?:SHALL|HEREBY|HEREUNDER|HEREOF|HEREIN|THEREOF|THEREFORE|WHEREOF)\b")
_CONTINUED = re.compile(r"\(?\s{0,3}continued\s{0,3}\)?\.?$|\(cont['’.]?d?\.?\)", re.IGNORECASE)


def is_title(text: str, *, strict: bool = False, sentence_case: bool = False) -> bool:
    """Whether words read like a title.

    ``strict`` asks for nearly all words capitalised; ``sentence_case`` also takes a short line without
    a period whose first word is (for lines that their print tells from a sentence).

    >>> is_title("Limitation on Liens"), is_title("of this Agreement"), is_title("The Borrower shall not")
    (True, False, False)
    """
    words = _WORD.findall(text)
    if not words or len(text) > MAX_TITLE_CHARS or len(words) > _MAX_TITLE_WORDS:
        return False
    if not _opens_like_a_title(text) or "  " in text or _ENDS_OPEN.search(text) or is_furniture(text):
        return False
    if _SENTENCES.search(text) or _CAPITAL_PROSE.search(text):
        return False
    if sum(character.isdigit() for character in text) > _DIGIT_SHARE * len(text):
        return False
    large = [word for word in words if word.lower() not in _SMALL_WORDS]
    share = sum(word[0].isupper() for word in large) / len(large) if large else 0.0
    if large and share >= (_STRICT_SHARE if strict else _TITLE_SHARE):
        return True
    short = len(words) <= _SENTENCE_CASE_WORDS and not text.endswith(".")
    return bool(large) and sentence_case and not strict and short and words[0][0].isupper()


def is_statement(text: str) -> bool:
    """Whether a line is the title of a financial statement, its notes or the auditor's report.

    >>> is_statement("Consolidated Statement of Cash Flows"), is_statement("the balance sheet of the Company")
    (True, False)
    """
    return bool(_STATEMENT.fullmatch(text)) and text[0].isupper()


def is_furniture(text: str) -> bool:
    """Whether a line is a form's label, a table's caption or a navigation line, not a title."""
    return bool(_NOT_A_TITLE.fullmatch(text))


def is_continued(text: str) -> bool:
    """Whether a line says that it repeats a heading ("… (continued)")."""
    return bool(_CONTINUED.search(text))


def has_words(text: str) -> bool:
    """Whether there is any word in a line."""
    return bool(_WORD.search(text))


def _opens_like_a_title(text: str) -> bool:
    if text.count("“") != text.count("”") or text.count("(") != text.count(")"):
        return False
    return (text[0].isupper() or text[0] in '“"‘[0123456789') and not text.startswith("$")
