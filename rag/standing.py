"""Whether an answer stands in its quotes: word for word, or in a model's own words whose claims stand there.

An answer in other words than the documents' cannot be compared as a whole. What makes it checkable: every
figure with its sign, scale and unit, every passage in quotation marks and every name must stand in the
quotes, and so must half of all that it says. Rules, no model: they refuse rather than guess, and cannot tell
whether "yes" follows from a quote. Leaves answers that were computed to ``rag.numbers.checking``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from rag.quotes import locate
from rag.tokens import terms

_FIGURE = re.compile(
    r"(?P<minus>(?<![\w)])[-−–]\s?)?(?P<currency>[$€£¥]\s?)?"
    # Letters behind make it a name: "3M", "10-K", "3.5x".
    r"(?<![\w.,])(?P<digits>\d[\d,]*(?:\.\d+)?)(?!\w|\.\d|-[^\W\d])"
    r"(?:\s?(?P<scale>hundred|thousand|million|billion|trillion)\b)?"
    r"(?:\s?(?P<unit>%|‰|per\s?cent\b|percentage points\b|basis points\b|bps\b))?",
    re.IGNORECASE,
)
_SAME_UNIT = {
    "%": r"%|per\s?cent\b",
    "percent": r"%|per\s?cent\b",
    "per cent": r"%|per\s?cent\b",
    "bps": r"bps\b|basis points\b",
    "basis points": r"bps\b|basis points\b",
    "$": r"\$|\bUSD\b|dollars?\b",
    "€": r"€|\bEUR\b|euros?\b",
    "£": r"£|\bGBP\b|pounds? sterling\b",
    "billion": r"billions?\b|\d\s?bn\b",
    "million": r"millions?\b|\d\s?mn?\b",
    "thousand": r"thousands?\b|\b000s\b",
}
NUMBER_WORDS = frozenset(
    """
    two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion
    trillion half third quarter twice double triple
    """.split()
)
_WORD = re.compile(r"[^\W_]+(?:[.'’&-][^\W_]+)*")
_QUOTED = re.compile(r"[“\"]([^“”\"]+)[”\"]")
_JUDGEMENTS = frozenset("yes no not true false".split())
_AFFIRMING = frozenset("yes true false".split())
OPENINGS = frozenset(
    """
    according after all although because before both during each either every however if neither none only
    since so there under unless until while within
    """.split()
)
"""Words that have a capital at the beginning of a sentence and name nothing."""
DENIALS = frozenset("not no nor never neither none cannot without".split())
_DOMAIN = re.compile(r"(?:[\w-]+\.)+[a-z]{2,20}(?:/.*)?")
_MOST_CHARS = 2_000
"""Of an answer in a model's own words; a longer one is none."""
_STRANGE_WORDS = 4
"""So many words in a row, none of which stands in quotes or question, are a phrase of the model's own."""
_MIN_SHARE = 0.5
"""Of what an answer says beside the question's words, this share must stand in its quotes."""


def stands(text: str, quotes: Sequence[str]) -> bool:
    r"""Whether an extracted answer stands in one of its quotes: any white space for any, figures whole.

    >>> stands("310,000", ["Class B $310,000,000"]), stands("Class B $310,000,000", ["Class B\n$310,000,000"])
    (False, True)
    """
    words = r"\s+".join(re.escape(word) for word in text.split())
    whole = re.compile(rf"(?<!\d)(?<!\d[.,]){words}(?!\d|[.,]\d)" if text[:1].isdigit() else words)
    return any(whole.search(quote) for quote in quotes)


def claims_stand(
    text: str, quotes: Sequence[str], *, question: str = "", captions: Sequence[str] = ()
) -> bool:
    """Whether all that can be checked of an answer in a model's own words stands in its quotes.

    ``captions`` say in what the tables around the quotes give their figures: they carry scale and unit, never
    a figure. Words of the question claim nothing and need not stand; its figures do.

    >>> quotes = ["The Class B Notes shall bear interest at 4.25% per annum."]
    >>> claims_stand("Class B bears 4.25% interest.", quotes), claims_stand("Class B bears 4.50%.", quotes)
    (True, False)
    """
    if len(text) > _MOST_CHARS:
        return False
    said, asked = _plain(text), _plain(question)
    shown = [_plain(quote) for quote in quotes if quote.strip()]
    units = " ".join(_plain(caption) for caption in captions)
    return (
        bool(said.strip() and shown)
        and _figures_stand(said, shown, units, asked)
        and all(any(locate(quote, part) for quote in shown) for part in _QUOTED.findall(said))
        and _words_stand(said, shown, asked)
        and _denials_stand(said, shown)
    )


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _figures_stand(said: str, shown: Sequence[str], units: str, asked: str) -> bool:
    """Every figure as a whole, with its sign, scale and unit, in one quote; numbers in words in any."""
    known = [(_figures(quote), f"{quote} {units}") for quote in shown]
    for match in _FIGURE.finditer(said):
        digits, minus = _read(match)
        currency = (match["currency"] or "").strip()
        marks = [" ".join((match[name] or "").lower().split()) for name in ("scale", "unit")]
        if not any(
            digits in found
            and (not minus or found[digits])
            and all(_marked(mark, text) for mark in marks)
            # A currency is often printed nowhere near a table; then the question's holds.
            and _marked(currency, f"{text} {asked}")
            for found, text in known
        ):
            return False
    words = {word for text in (*shown, units) for word in _words(text)}
    return all(word in words for word in _words(_FIGURE.sub(" ", said)) if word in NUMBER_WORDS)


def _figures(quote: str) -> dict[str, bool]:
    """The figures of a quote, and whether one of them is negative (by a minus or parentheses).

    >>> _figures("Loss (1,577) against 12 in 2018")
    {'1577': True, '12': False, '2018': False}
    """
    found: dict[str, bool] = {}
    for match in _FIGURE.finditer(quote):
        digits, minus = _read(match)
        before = quote[: match.start("digits")].rstrip(" $€£¥")
        found[digits] = found.get(digits, False) or minus or before.endswith("(")
    return found


def _read(match: re.Match[str]) -> tuple[str, bool]:
    """The digits of a figure without commas, and whether a minus stands before it."""
    return match["digits"].replace(",", ""), match["minus"] is not None


def _marked(mark: str, text: str) -> bool:
    pattern = _SAME_UNIT.get(mark, re.escape(mark))
    return not mark or re.search(pattern, text, re.IGNORECASE) is not None


def _words_stand(said: str, shown: Sequence[str], asked: str) -> bool:
    """Every name and address, half of all that is said beside the question's words, no strange phrase."""
    if not all(any(token in quote for quote in shown) for token in _addresses(said)):
        return False
    known = {word for text in (*shown, asked) for word in _words(text)} | OPENINGS | _JUDGEMENTS
    letters = {word for text in (*shown, asked) for word in _WORD.findall(text) if len(word) == 1}
    for match in _WORD.finditer(said):
        word = _bare(match[0])
        if _is_letter(word, match.start()):
            if word not in letters:
                return False
        elif _is_name(word) and terms(word) and not known.issuperset(_words(word)):
            return False
    held = {term for quote in shown for term in terms(quote)}
    asked_terms = frozenset(terms(asked))
    claimed = [t for t in terms(_FIGURE.sub(" ", said)) if t not in asked_terms and t not in _JUDGEMENTS]
    strange = "".join("x" if term not in held else " " for term in claimed)
    figures = sum(1 for _ in _FIGURE.finditer(said))  # they stand, or it would not have come to this
    if not claimed and not figures:
        # A judgement in the question's words: then the quote must at least be about them.
        return not asked_terms or not held.isdisjoint(asked_terms)
    standing = figures + strange.count(" ")
    return standing >= _MIN_SHARE * (figures + len(claimed)) and "x" * _STRANGE_WORDS not in strange


def _denials_stand(said: str, shown: Sequence[str]) -> bool:
    """Whether an answer that denies rests on a quote that does, and one that does not on one that does not.

    A "yes" or "no" is the answer's own conclusion at its beginning only.
    """
    words = _words(said)
    quoted = {word for quote in shown for word in _words(quote)}
    if any(word in _AFFIRMING and word not in quoted for word in words[1:]):
        return False
    if words[:1] == ["no"]:
        return True
    denies = not DENIALS.isdisjoint(words)
    return any(denies == (not DENIALS.isdisjoint(_words(quote))) for quote in shown)


def _addresses(said: str) -> list[str]:
    """What looks like an address on the web or of mail.

    >>> _addresses("See evil.example/x, mail a@b.example or pay 4.25% e.g. today.")
    ['evil.example/x', 'a@b.example']
    """
    tokens = [token.strip(".,;:!?()[]\"'“”<>") for token in said.split()]
    return [one for one in tokens if "://" in one or "@" in one or _DOMAIN.fullmatch(one)]


def _is_letter(word: str, at: int) -> bool:
    """Whether a word is a letter that names something, as in "Class A": the first word of a text is not."""
    return len(word) == 1 and word.isupper() and at > 0 and word != "I"


def _is_name(word: str) -> bool:
    """Capitals, or letters and digits mixed: "Dunmore", "FY2018", "3M"; not single letters, not figures."""
    mixed = any(char.isdigit() for char in word) and any(char.isalpha() for char in word)
    return len(word) > 1 and (word[0].isupper() or mixed)


def _words(text: str) -> list[str]:
    """Words in lower case without a possessive "s"; of compounds the parts too.

    >>> _words("3M's Year-End total")
    ['3m', 'year-end', 'year', 'end', 'total']
    """
    found: list[str] = []
    for match in _WORD.finditer(text.lower()):
        word = _bare(match[0])
        found.append(word)
        if "-" in word:
            found += word.split("-")
    return found


def _bare(word: str) -> str:
    return word.removesuffix("'s").removesuffix("’s")
