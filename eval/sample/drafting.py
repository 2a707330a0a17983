"""What a drafting style is: the house habits of an imagined law firm, and its words for what all deals have.

Which firms there are is told by ``firms``. Numbers come from ``values``; the sentences from the text files.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import Literal

from eval.sample.blocks import Format
from eval.sample.drawing import Family
from eval.sample.values import Notation

_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
_ORDINALS = (
    "One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen Fifteen Sixteen"
).split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """One firm's habits.

    ``words`` maps the text files' short keys to this firm's terms; ``turns`` are its turns of phrase, each
    with what it writes instead.
    """

    key: str
    notation: Notation
    shape: Format
    family: Family
    section: str
    padded: bool
    article: Literal["roman", "arabic", "word"]
    two_line: bool
    centred: bool
    definition: Literal["means", "colon", "bold"]
    hanging: bool
    words: dict[str, str]
    turns: tuple[tuple[str, str], ...] = ()

    def article_number(self, number: int) -> str:
        """An article's number as headings print it: ``ARTICLE IV``, ``ARTICLE 4`` or ``Article Four``."""
        if self.article == "word":
            return f"Article {_ORDINALS[number - 1]}"
        return f"ARTICLE {roman(number) if self.article == 'roman' else number}"

    def section_number(self, article: int, section: int) -> str:
        """A section's number: ``7.1`` or ``7.01``."""
        return f"{article}.{section:02d}" if self.padded else f"{article}.{section}"

    def turn(self, text: str) -> str:
        """The text with this firm's turns of phrase."""
        for usual, own in self.turns:
            text = re.sub(rf"\b{usual}\b", own, text)
        return text

    def choose(self, variants: list[str]) -> str:
        """The firm's choice among phrasings: always the same for the same variants."""
        salt = zlib.crc32(f"{self.key}|{'|'.join(variants)}".encode())
        return variants[(salt >> 7) % len(variants)]


def roman(number: int) -> str:
    """A roman numeral.

    >>> [roman(n) for n in (4, 9, 14)]
    ['IV', 'IX', 'XIV']
    """
    text = ""
    for value, digits in _ROMAN:
        while number >= value:
            text += digits
            number -= value
    return text
