"""Where a quote stands in a text: as it is, else as people copy it, else where most of its words agree.

Models and people quote loosely: line breaks, hyphens at line ends, curly quotes, dashes and capitals differ,
words are left out. A quote that is not there is not found. Leaves pages and boxes to ``rag.layout``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from difflib import Match, SequenceMatcher

from rag.types import Page

AGREEMENT = 0.9
"""The share of a quote's words that must stand in the text, in order, for a loose quote."""
_MIN_WORDS = 5
"""A shorter quote is found by its letters or not at all."""
_MAX_WORDS = 2_000
_GRAM = 3
_MOST_FOUND = 1_000
_MOST_PLACES = 50
_MOST_WINDOWS = 8
_WORD = re.compile(r"\w+(?:[.,]\d+)*")
# What layout puts between letters; a hyphen at a line's end may or may not be the word's own.
_LAYOUT = re.compile(r"\s+|(?<=[^\W\d_])[-\u00ad]\s*(?=[^\W\d_])")
_LONG_ENOUGH = 20
"""A quote of so many characters may begin or end inside a word, as quotes cut to a length do."""
_PAGE_WORDS = 100
_TURNS = frozenset("not no nor never neither none without unless except cannot".split())
_FOLD = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": ".",
    }
)


def locate(text: str, quote: str, near: int | None = None) -> tuple[int, int] | None:
    r"""The span of ``text`` that a quote was taken from, or None; of several the one nearest to ``near``.

    First as it is; then without regard to white space, hyphens in words, kinds of quotes and dashes, and
    case; then the window in which at least ``AGREEMENT`` of its words stand in order, all its figures and as
    many negations among them. Whole words are preferred, and asked of a short quote.

    >>> locate("The “Borrower” shall re-\npay all Loans.", 'the "Borrower" shall repay')
    (0, 28)
    >>> locate("The Lender shall pay.", "The Borrower shall pay.") is None
    True
    """
    quote = quote.strip()
    if not quote:
        return None
    exact = [(start, start + len(quote)) for start in _find(text, quote)]
    return (
        _best(text, exact, near)
        or _located_by_letters(text, quote, near)
        or _located_by_words(text, quote, near)
    )


def page_of(text: str, pages: Sequence[Page], quote: str) -> int | None:
    """The number of the page that shares most of a quote's rare runs of words; None where no page shares any.

    A run counts the more the fewer pages it stands on. The first of equals.
    """
    words = [match.group() for match in _WORD.finditer(_folded(quote))][:_MAX_WORDS]
    size = min(_GRAM, len(words))
    wanted = set(_grams(words, size))
    if not wanted:
        return None
    found = [
        wanted.intersection(_grams(_WORD.findall(_folded(text[page.start : page.end])), size))
        for page in pages
    ]
    spread = Counter(gram for grams in found for gram in grams)
    scores = [sum(1 / spread[gram] for gram in grams) for grams in found]
    best = max(scores, default=0.0)
    return pages[scores.index(best)].number if best > 0 else None


def _find(text: str, quote: str) -> list[int]:
    places: list[int] = []
    at = text.find(quote)
    while at >= 0 and len(places) < _MOST_FOUND:
        places.append(at)
        at = text.find(quote, at + 1)
    return places


def _best(text: str, spans: Sequence[tuple[int, int]], near: int | None) -> tuple[int, int] | None:
    """The nearest span, or the first, of those that hold whole words; of the others if they are long."""
    whole = [(start, end) for start, end in spans if not (_inside(text, start) or _inside(text, end))]
    allowed = whole or [(start, end) for start, end in spans if end - start >= _LONG_ENOUGH]
    if not allowed:
        return None
    return allowed[0] if near is None else min(allowed, key=lambda span: (abs(span[0] - near), span))


def _inside(text: str, at: int) -> bool:
    """Whether a place parts a word or a figure."""
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


# By letters


def _folded(text: str) -> str:
    """The text with variants of signs made one, of the same length."""
    folded = text.translate(_FOLD)
    lower = folded.lower()
    # A few capitals have lower-case forms of two characters.
    return (
        lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in folded)
    )


def _located_by_letters(text: str, quote: str, near: int | None) -> tuple[int, int] | None:
    """The span that is the quote when what layout puts between letters is left out of both."""
    wanted = _LAYOUT.sub("", _folded(quote))
    if not any(character.isalnum() for character in wanted):
        return None
    whole = _folded(text)
    pieces: list[str] = []
    # For each piece between: where it begins without what is left out, and where in the text.
    bare_starts: list[int] = []
    starts: list[int] = []
    length = start = 0
    for end, after in [*(match.span() for match in _LAYOUT.finditer(whole)), (len(whole), len(whole))]:
        if end > start:
            pieces.append(whole[start:end])
            bare_starts.append(length)
            starts.append(start)
            length += end - start
        start = after

    def back(at: int) -> int:
        index = bisect_right(bare_starts, at) - 1
        return starts[index] + at - bare_starts[index]

    spans = [(back(at), back(at + len(wanted) - 1) + 1) for at in _find("".join(pieces), wanted)]
    return _best(text, spans, near)


# By words


def _located_by_words(text: str, quote: str, near: int | None) -> tuple[int, int] | None:
    wanted = [match.group() for match in _WORD.finditer(_folded(quote))][:_MAX_WORDS]
    if len(wanted) < _MIN_WORDS:
        return None
    matches = list(_WORD.finditer(_folded(text)))
    words = [match.group() for match in matches]
    best: tuple[int, int, int, int] | None = None
    for start in _windows(words, wanted):
        aligned = _aligned(wanted, words, start)
        if aligned is None:
            continue
        agreed, first, last = aligned
        span = matches[first].start(), matches[last].end()
        found = (agreed, 0 if near is None else -abs(span[0] - near), *span)
        best = found if best is None else max(best, found)
    return None if best is None else best[2:]


def _aligned(wanted: Sequence[str], words: Sequence[str], start: int) -> tuple[int, int, int] | None:
    """How many words agree from about ``start`` on, the first and the last of them; None if too few do."""
    low = max(start, 0)
    high = min(start + len(wanted) + len(wanted) // 5 + 5, len(words))
    pairs = SequenceMatcher(None, wanted, words[low:high], autojunk=False).get_matching_blocks()
    blocks = _without_strays(_without_strays([block for block in pairs if block.size])[::-1])[::-1]
    agreed = sum(block.size for block in blocks)
    if agreed < AGREEMENT * len(wanted):
        return None
    first, last = low + blocks[0].b, low + blocks[-1].b + blocks[-1].size - 1
    # Of what stands between words that agree, as many may be strange to the quote as may be missing.
    if last - first + 1 > len(wanted) / AGREEMENT + 1:
        return None
    same = {at for block in blocks for at in range(block.a, block.a + block.size)}
    # A quote of a whole page may begin or end with the page's number, which is not part of the text.
    inner = range(blocks[0].a, blocks[-1].a) if len(wanted) >= _PAGE_WORDS else range(len(wanted))
    if any(wanted[at][0].isdigit() and at not in same for at in inner):
        return None
    if _turns(wanted) != _turns(words[first : last + 1]):
        return None
    return agreed, first, last


def _without_strays(blocks: list[Match]) -> list[Match]:
    """The runs that agree without those at the beginning that only chance put there, far from the others."""
    while len(blocks) > 1:
        first, second = blocks[0], blocks[1]
        strange = abs(abs(second.b - first.b) - abs(second.a - first.a))
        if first.size > _GRAM or strange <= first.size:
            break
        blocks = blocks[1:]
    return blocks


def _turns(words: Sequence[str]) -> int:
    return sum(word in _TURNS for word in words)


def _windows(words: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """Where in ``words`` the quote may begin: where its rarest runs of words vote for, most votes first."""
    size = min(_GRAM, len(wanted))
    at_quote: dict[tuple[str, ...], int] = {}
    for at, gram in enumerate(_grams(wanted, size)):
        at_quote.setdefault(gram, at)
    places: defaultdict[int, list[int]] = defaultdict(list)
    known = frozenset(gram[0] for gram in at_quote)
    for at, word in enumerate(words):
        if word in known:
            offset = at_quote.get(tuple(words[at : at + size]))
            if offset is not None:
                places[offset].append(at - offset)
    rare = sorted((len(found), offset) for offset, found in places.items() if len(found) <= _MOST_PLACES)
    votes: Counter[int] = Counter()
    width = max(len(wanted) // 10, 2)
    for _, offset in rare:
        for start in places[offset]:
            votes[start // width] += 1
    ranked = sorted(votes.items(), key=lambda item: (-item[1], item[0]))[:_MOST_WINDOWS]
    return [bucket * width - 2 for bucket, _ in ranked]


def _grams(words: Sequence[str], size: int) -> list[tuple[str, ...]]:
    return list(zip(*(words[shift:] for shift in range(size)), strict=False)) if size else []
