"""The statements of an answer: its sentences, where it concludes, and the words that carry meaning.

Answers of language models are long: the verdict is in the first sentences, or in the last after a worked
derivation. Leaves reading a verdict to ``verdicts`` and comparing content to ``content``.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rag.sentences import sentence_spans

_CONCLUDES = re.compile(
    r"^\W*(?:and\s+)?(?:therefore|thus|hence|so|overall|accordingly|consequently"
    r"|in (?:summary|conclusion|short)|to (?:summarize|conclude)|rounded|rounding|finally"
    r"|based on (?:this|these|that)|comparing"
    r"|(?:this|these|it)\b[^.]{0,40}?\b(?:indicates?|means?|suggests?|shows?|represents?)"
    r"|the (?:final )?answer)\b",
    re.IGNORECASE,
)
_CONCLUDES_WITHIN = re.compile(r"\b(?:therefore|thus|hence)\b", re.IGNORECASE)
_RESTATES = re.compile(
    r"^\W*(?:in order )?to (?:determine|assess|answer|find|evaluate|analy[sz]e|calculate|compute|see"
    r"|identify)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\([^()]*\)")
_TOKEN = re.compile(r"[a-z]+(?:&[a-z]+)?\d*|\d+[a-z]+")
_CLAUSES = re.compile(
    r"[,;:](?!\d)\s+|(?<=\w)[.!?]\s+|\s[-–—]\s|\b(?:but|while|although|though|however|because|whereas|since|despite|and)\b",
    re.IGNORECASE,
)
_AFTER_NUMBER = re.compile(r"(?<=\w[ $,.%]\d\.)\s(?=[A-Z])|(?<=\d\d\.)\s(?=[A-Z])")
_SUFFIXES = (
    "ments", "ment", "ities", "ity", "ings", "ing", "ions", "ion", "ives", "ive", "ies", "ally", "als", "al",
    "ers", "er", "ed", "es", "ly", "s", "e", "y",
)  # fmt: skip
_ROUNDS = 3
_STEM = 4

FUNCTION_WORDS = frozenset(
    """
    a about according after all also am amongst among an and any approximately are around as at based be been
    being between both but by can could did do does due during each etc for from given had has have having he
    her his how however i if in including into is it its itself just may me more most much must my nearly of
    on one only or other our out over own per please primarily mainly mostly largely roughly same shall she
    should so some such than that the their them then there therefore these they this those through thus to
    two under until up us very was we well were what when where whether which who whom whose why will with
    within would you your not no yes
    """.split()
)
"""Words without content of their own, polarity included: that is read apart."""

_GENERIC_WORDS = """
    company companies business firm inc fiscal fy year years quarter half period periods annual data
    amount amounts total value figure figures million millions billion billions thousand thousands usd
    dollar dollars percent percentage provided provide information filing document report reported
    statement statements financial following result results overall respectively compared related relevant
    specific various certain show shows shown state stated states indicate indicates include includes use
    used using experience present generate make made come became segment segments region regions category
    categories division type kind major key global leader leading product products production service
    services various use uses highest lowest largest biggest smallest greatest strongest weakest best
    worst
    """


def stem(word: str) -> str:
    """A word without its ending, at least four letters long: enough to match forms of one word.

    >>> [stem(word) for word in ("operations", "operating", "financed", "swaps", "las")]
    ['operat', 'operat', 'financ', 'swap', 'las']
    """
    for _ in range(_ROUNDS):
        ending = next((s for s in _SUFFIXES if word.endswith(s) and len(word) - len(s) >= _STEM), "")
        if not ending or word.endswith("ss"):
            break
        word = word.removesuffix(ending)
    return word


GENERIC = frozenset(stem(word) for word in _GENERIC_WORDS.split())
"""Stems that occur in nearly any answer about a company's papers."""


def tokens(text: str) -> list[str]:
    """Lower-case words in order, "n't" apart as "not"; pure numbers are left out.

    >>> tokens("It didn't grow 5% in FY2022; capital-intensive")
    ['it', 'did', 'not', 'grow', 'in', 'fy2022', 'capital', 'intensive']
    """
    folded = unicodedata.normalize("NFKC", text).replace("’", "'").casefold()
    folded = re.sub(r"\b(?:can't|cannot)\b", "can not", folded)
    return _TOKEN.findall(re.sub(r"n't\b", " not", folded).replace("'s ", " "))


def content(text: str) -> list[str]:
    """Stems of the words that carry meaning, in order.

    >>> content("What is the quick ratio of the operating companies?")
    ['quick', 'ratio', 'operat']
    """
    stems = (stem(token) for token in tokens(text) if token not in FUNCTION_WORDS)
    return [one for one in stems if one not in GENERIC and len(one) > 1 and not one[-1].isdigit()]


@lru_cache(maxsize=256)
def sentences(text: str) -> tuple[str, ...]:
    r"""The sentences and list items of a text; one that ends with a colon takes the next along.

    >>> sentences("The margin was:\n- 5%\n\nTherefore, it fell.")
    ('The margin was: - 5%', 'Therefore, it fell.')
    """
    found: list[str] = []
    for start, end in sentence_spans(text):
        for piece in _AFTER_NUMBER.split(" ".join(text[start:end].split())):
            if found and found[-1].endswith(":"):
                found[-1] = f"{found[-1]} {piece}"
            else:
                found.append(piece)
    return tuple(found)


def concludes(sentence: str) -> bool:
    """True for a sentence that draws a conclusion: "Therefore, …", "In summary, …", "This indicates …"."""
    return bool(_CONCLUDES.match(sentence) or _CONCLUDES_WITHIN.search(sentence))


def restates(sentence: str) -> bool:
    """True for a sentence that only says what is to be done: "To determine whether …, we compare …"."""
    return _RESTATES.match(sentence) is not None


def clauses(sentence: str) -> list[str]:
    """A sentence cut where one clause ends, so that a negation reaches no further.

    >>> clauses("While sales fell, this is not unusual")
    ['sales fell', 'this is not unusual']
    """
    return [clause.strip() for clause in _CLAUSES.split(sentence) if clause and clause.strip()]


def without_asides(text: str) -> str:
    """A text without what stands in parentheses, unless nothing else is there.

    >>> without_asides("corporate bonds (82 % of all)")
    'corporate bonds '
    """
    bare = _ASIDE.sub("", text)
    return bare if bare.strip() else text
