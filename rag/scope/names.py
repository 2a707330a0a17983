"""The forms in which people write names: shortened, run together, initials; and which can be trusted.

"The Coca-Cola Company" is asked for as "Coca-Cola", "Coca Cola" or "Coca-Cola's"; "Advanced Micro Devices,
Inc." as "AMD"; but a lower-case "target" names no company. Leaves to the index whose names they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from rag.scope.words import ABBREVIATIONS, GENERIC, LEGAL_FORMS, ORDINARY, PAPERS, SMALL, TIMES

LONGEST_NAME = 8
"""The most words of a question that are taken for one name."""

_REMEMBERED = 1024
"""Words kept at hand folded: each of a question is in up to eight stretches of it."""
_SHORT = 3
_SHORT_CAPITALS = 6
_FEWEST_TITLED = 4
_TOKEN = re.compile(r"[^\W_]+(?:\.(?=[A-Za-z]\.)[A-Za-z])*|&")
_RUN_ON = re.compile(r"([A-Z][a-z]{3,20})(?:Co|Corp|Inc)")
_CONSONANTS = re.compile(r"[B-DF-HJ-NP-TV-Z]{3,4}(?=[AEIOUYaeiou])")


class Token(NamedTuple):
    """A word of a text and its span; whether it opens a sentence, whether "'s" follows."""

    text: str
    start: int
    end: int
    opens: bool
    possessive: bool


class Form(NamedTuple):
    """A way of naming: its words run together, and how much care it needs in a question.

    ``exact`` forms are initials and symbols; ``plain`` ones consist of common words, ``single`` ones of one
    word; ``paper`` ones come from titles and file names, and ``weak`` ones of these never surely name one.
    ``filer`` ones are the whole names of companies that report.
    """

    key: str
    exact: bool = False
    plain: bool = False
    single: bool = False
    paper: bool = False
    weak: bool = False
    filer: bool = False


class Setting(NamedTuple):
    """What surrounds words in a question.

    ``cased``: capitals tell names from words; ``small``: the question has none; ``touched``: a capitalised
    word right beside them may belong to the same name, which then is another ("Johnson" in
    "Johnson Controls").
    """

    cased: bool
    small: bool = False
    touched: bool = False


@lru_cache(_REMEMBERED)
def _fold(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.replace("&", "and")).casefold()
    return "".join(character for character in folded if character.isalnum())


def key_of(words: Sequence[str]) -> str:
    """Words run together, folded.

    >>> key_of(["Coca", "Cola"]), key_of(["J", "&", "J"])
    ('cocacola', 'jandj')
    """
    return "".join(_fold(word) for word in words)


def tokens_of(text: str) -> list[Token]:
    """The words of a text; a possessive "s" belongs to the word before."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        if found and match.group() in {"s", "S"} and text[match.start() - 1] in {"'", "’"}:
            found[-1] = found[-1]._replace(possessive=True)
            continue
        lead = text[max(0, match.start() - 3) : match.start()].rstrip(" “\"'(")
        found.append(Token(match.group(), *match.span(), not lead or lead[-1] in ".?!:", possessive=False))
    return found


def _name_words(name: str) -> list[str]:
    """The words of a name without article and legal form."""
    words = [token.text for token in tokens_of(name)]
    if len(words) > 1 and words[0].casefold() == "the":
        del words[0]
    while len(words) > 1 and (_fold(words[-1]) in LEGAL_FORMS or words[-1] == "&"):
        words.pop()
    return words


def _informs(word: str) -> bool:
    folded = _fold(word)
    return len(folded) > 1 and folded not in GENERIC and folded not in SMALL and folded not in LEGAL_FORMS


def name_forms(name: str, *, filer: bool = False) -> Iterator[Form]:
    """A name whole, its beginnings that tell it from others, and its initials.

    >>> [form.key for form in name_forms("The Kraft Heinz Company")]
    ['kraft', 'kraftheinz']
    >>> [form.key for form in name_forms("ADVANCED MICRO DEVICES, INC.")]
    ['advancedmicro', 'advancedmicrodevices', 'amd']
    """
    words = _name_words(name)
    for width in range(1, len(words) + 1):
        part = words[:width]
        telling = any(_informs(word) for word in part)
        abbreviated = width == 1 and _fold(part[0]) in ABBREVIATIONS
        if (width < len(words) and not telling) or _fold(part[-1]) in SMALL or abbreviated:
            continue
        yield Form(key_of(part), plain=not telling, single=width == 1, filer=filer and width == len(words))
    run_on = _RUN_ON.fullmatch(words[0]) if len(words) == 1 else None
    if run_on:
        yield Form(key_of([run_on[1]]), single=True)
    yield from (Form(key, exact=True) for key in _initials(words))


def _initials(words: Sequence[str]) -> Iterator[str]:
    """Initials as "AMD" and "J&J"; and "JPM", as a name's first consonants are used."""
    long = [word for word in words if word == "&" or _fold(word) not in SMALL]
    initials = _fold("".join(word[0] for word in long))
    if len(long) > 2 and initials not in ABBREVIATIONS and not any(word[0].islower() for word in long):
        yield initials
    consonants = _CONSONANTS.match(words[0]) if words else None
    if consonants and len(words[0]) > len(consonants.group()) + 2:
        yield _fold(consonants.group())


def title_forms(title: str) -> Iterator[Form]:
    """A title or file name that holds a name and a number ("Corvane CLO 2019-1 Indenture") names by it."""
    words = [token.text for token in tokens_of(title)]
    numbered = any(character.isdigit() for character in title)
    if not words or not numbered or not _informs(words[0]) or _fold(words[0]) in PAPERS:
        return
    for width in range(1, min(len(words), LONGEST_NAME) + 1):
        whole = width > 1 and any(character.isdigit() for word in words[1:width] for character in word)
        yield Form(key_of(words[:width]), single=width == 1, paper=True, weak=not whole)


def setting_of(question: str, tokens: Sequence[Token], start: int, end: int) -> Setting:
    """What surrounds the words ``tokens[start:end]`` of a question.

    >>> question = "What did Johnson Controls earn?"
    >>> setting_of(question, tokens_of(question), 2, 3).touched
    True
    """
    cased = question != question.upper()
    inner = [token.text for token in tokens if not token.opens and len(token.text) > _SHORT]
    titled = len(inner) >= _FEWEST_TITLED and all(not text[0].islower() for text in inner)
    small = all(text.islower() or text.isupper() or text[0].isdigit() for text in inner) if cased else False
    if not cased or titled:
        return Setting(cased, small)
    before = tokens[start - 1] if start and not tokens[start - 1].opens else None
    after = tokens[end] if end < len(tokens) and not tokens[end - 1].possessive else None
    if {tokens[max(0, start - 1)].text, tokens[min(end, len(tokens) - 1)].text} & {"&"} - {
        tokens[start].text
    }:
        return Setting(cased, small, touched=True)
    touched = (
        before is not None
        and not before.possessive
        and _belongs(before.text)
        and question[before.end : tokens[start].start].isspace()
    ) or (
        after is not None and _belongs(after.text) and question[tokens[end - 1].end : after.start].isspace()
    )
    return Setting(cased, small, touched)


def _belongs(word: str) -> bool:
    """Whether a word beside a name may be part of a longer name."""
    folded = _fold(word)
    known = (
        folded in SMALL
        or folded in LEGAL_FORMS
        or folded in PAPERS
        or folded in ABBREVIATIONS
        or folded in TIMES
    )
    return (
        word[0].isupper()
        and word.isalpha()
        and not known
        and not (word.isupper() and 1 < len(word) <= _SHORT_CAPITALS)
    )


def trust(form: Form, part: Sequence[Token], setting: Setting) -> bool | None:
    """Whether words in a question surely are a name (True), may be (False), or are not (None)."""
    cased = setting.cased
    text = [token.text for token in part if _fold(token.text) not in SMALL] or [part[0].text]
    if form.exact:
        return not setting.touched if cased and all(word.isupper() or word == "&" for word in text) else None
    if any(character.isdigit() for character in form.key) and not form.weak:
        return True
    capital = cased and all(not word[0].islower() for word in text)
    if form.plain and not capital:
        return False if part[-1].possessive and not form.single else None
    if form.weak or setting.touched:
        return False
    if not form.single or (form.filer and setting.small and not form.plain and form.key not in ORDINARY):
        return True
    marked = not part[0].opens or part[-1].possessive or part[0].text[1:] != part[0].text[1:].lower()
    return capital and marked


def telling_words(texts: Sequence[str], *, capital: bool = False) -> set[str]:
    """The words of texts that tell one document from another, folded; ``capital``: only capitalised ones."""
    tokens = (token.text for text in texts for token in tokens_of(text))
    words = {_fold(word) for word in tokens if not (capital and word[0].islower())}
    return {word for word in words if len(word) > 2 and not word.isdigit() and _tells(word)}


def _tells(word: str) -> bool:
    return _informs(word) and word not in PAPERS
