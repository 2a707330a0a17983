"""Where defined terms are used: all terms at once, one pass over the capitalised words of a text.

The longest term wins ("Permitted Liens" is no use of "Liens"); singular and plural of a term's last word
are one. Leaves finding the terms to ``ingest.links.definitions``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

_WORD = re.compile(r"\w+")
_SPACE = re.compile(r"\s+")
_MAX_GAP = 12


def variants(term: str) -> tuple[str, ...]:
    """A term and its singular or plural forms, all of them guesses but the first.

    >>> variants("Lender"), variants("Permitted Liens"), variants("Party"), variants("Loss")
    (('Lender', 'Lenders'), ('Permitted Liens', 'Permitted Lien'), ('Party', 'Parties'), ('Loss', 'Losses'))
    """
    if not term[-1:].isalpha() or len(term) < 3:
        return (term,)
    if term.endswith("ies") and len(term) > 4:
        return (term, term[:-3] + "y")
    if term.endswith(("sses", "shes", "ches", "xes")):
        return (term, term[:-2])
    if term.endswith("y") and term[-2:-1] not in "aeiou":
        return (term, term[:-1] + "ies")
    if term.endswith(("ss", "sh", "ch", "x")):
        return (term, term + "es")
    if term.endswith("s"):
        return (term, term[:-1])
    return (term, term + "s")


def find_uses(text: str, terms: Iterable[str]) -> Mapping[str, tuple[int, ...]]:
    """Offsets at which each term begins, ascending; case counts, white space within a term does not.

    >>> dict(find_uses("No Liens but Permitted Liens; a Lien on it.", ["Lien", "Permitted Liens"]))
    {'Lien': (3, 32), 'Permitted Liens': (13,)}
    """
    index = _index(terms)
    found: defaultdict[str, list[int]] = defaultdict(list)
    if not index:
        return {}
    taken = 0
    for match in _first_words(index).finditer(text):
        start = match.start()
        if start < taken:
            continue
        for words, form, term in index.get(match.group(), ()):
            end = _reach(text, start, form, words)
            if end:
                found[term].append(start)
                taken = end
                break
    return {term: tuple(offsets) for term, offsets in found.items()}


def _index(terms: Iterable[str]) -> dict[str, list[tuple[int, str, str]]]:
    """First word to (number of words, form, term) of all that begin with it, longest first."""
    forms: dict[str, str] = {}
    terms = list(terms)
    for rank in range(2):
        for term in terms:
            for form in variants(term)[rank : rank + 1]:
                forms.setdefault(form, term)
    index: defaultdict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for form, term in forms.items():
        words = _WORD.findall(form)
        if words and form.startswith(words[0]):
            index[words[0]].append((len(words), form, term))
    for entries in index.values():
        entries.sort(key=lambda entry: (-len(entry[1]), entry[1]))
    return dict(index)


def _first_words(index: Mapping[str, object]) -> re.Pattern[str]:
    """Capitalised words, and the few first words of terms that are not."""
    others = sorted((word for word in index if not word[0].isupper()), key=lambda word: (-len(word), word))
    return re.compile("|".join([r"\b[^\W\d_a-z]\w*", *(rf"\b{re.escape(word)}\b" for word in others)]))


def _reach(text: str, start: int, form: str, words: int) -> int:
    """Where a form that begins at an offset ends there; 0 if it does not stand there."""
    end = start + len(form)
    piece = text[start:end]
    if piece != form:
        if words < 2:
            return 0
        # White space may be printed wider than in the term, or as the end of a line.
        window = text[start : end + _MAX_GAP]
        position = 0
        for char in form:
            if char == " ":
                gap = _SPACE.match(window, position)
                if gap is None:
                    return 0
                position = gap.end()
            elif window[position : position + 1] == char:
                position += 1
            else:
                return 0
        end = start + position
    after = text[end : end + 1]
    return 0 if form[-1].isalnum() and (after.isalnum() or after == "_") else end
