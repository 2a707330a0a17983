"""The pieces of documents that a public set is judged by (paragraphs, clauses), found in the library's text.

A set's judgements may name pieces of its own cutting instead of spans. ``align`` finds them in a document as
this library read it, by their letters and digits, which typesetting leaves alone; ``Units.ranking`` turns a
ranking of chunks into one of pieces, so that a measure over pieces is that of the set's paper. Leaves
judgements to ``eval.judgements``, measures to ``eval.scoring``.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.types import DocumentId


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """The pieces of one document as spans ``[start, end)``, ascending; empty for one without letters."""

    document: DocumentId
    spans: tuple[tuple[int, int], ...]
    _starts: tuple[int, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", tuple(start for start, _ in self.spans))

    def name(self, number: int) -> str:
        """What a piece is called in rankings and judgements."""
        return f"{self.document}:{number}"

    def touched(self, start: int, end: int) -> list[str]:
        """The pieces that a span covers by half of theirs or lies in by half of its own, in document order.

        >>> units = Units(document=DocumentId("d"), spans=((0, 10), (10, 20), (20, 100)))
        >>> units.touched(4, 30)
        ['d:0', 'd:1']
        >>> units.touched(40, 50)
        ['d:2']
        """
        first = max(0, bisect_right(self._starts, start) - 1)
        last = bisect_left(self._starts, end)
        found = []
        for number in range(first, last):
            begin, stop = self.spans[number]
            shared = min(end, stop) - max(start, begin)
            if shared > 0 and 2 * shared >= min(end - start, stop - begin):
                found.append(self.name(number))
        return found


def align(text: str, parts: Sequence[str]) -> tuple[tuple[int, int], ...]:
    r"""Where each part stands in a text that holds them in this order; ``(at, at)`` for one without letters.

    Raises:
        ValueError: a part is not there; names the first.

    >>> align("1. Term\nA  B-C\nEnd.", ["term", "A b c", "--", "end"])
    ((3, 7), (8, 14), (14, 14), (15, 18))
    """
    letters, places = _letters(text)
    found, at = [], 0
    for number, part in enumerate(parts):
        wanted, _ = _letters(part)
        if not wanted:
            here = places[at - 1] + 1 if at else 0
            found.append((here, here))
            continue
        begin = letters.find(wanted, at)
        if begin < 0:
            raise ValueError(f"part {number} is not in the text: {part[:60]!r}")
        at = begin + len(wanted)
        found.append((places[begin], places[at - 1] + 1))
    return tuple(found)


def _letters(text: str) -> tuple[str, list[int]]:
    """The lower-case letters and digits of a text, and the offset of each."""
    kept = [(one, at) for at, character in enumerate(text) for one in character.lower() if one.isalnum()]
    return "".join(one for one, _ in kept), [at for _, at in kept]
