"""What a language model's reply says: an answer with its quotes, that there is none, or nothing usable.

The form is the one that ``rag.generator.llm.asking`` demands, with what models do to it forgiven: bold words,
thoughts before the reply, quotes over several lines. Anything else is not guessed at. Quotes are found in the
passages as shown; leaves whether the answer stands in them to ``rag.generator.llm.quoting``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.generator.llm.asking import Passage
from rag.quotes import locate
from rag.types import Support

_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_LABEL = re.compile(
    r"^[ \t>*_#-]*(?P<label>ANSWER|QUOTE|NOT[ ]FOUND)\b[ \t*_]*(?:\[?(?P<number>\d{1,4})\]?)?"
    r"[ \t*_]*(?:[:.][ \t*_]*|$)",
    re.MULTILINE | re.IGNORECASE,
)
_MARKS = ' \t\r\n"“”„«»'
_LEFT_OUT = re.compile(r"\s*(?:\[\s*)?(?:\.{3,}|…)(?:\s*\])?\s*")
MOST_QUOTES = 12
_MOST_CHARS = 20_000


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that a reply gives as copied from passage ``[number]``."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Said:
    """An answer and its quotes, at least one."""

    answer: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class NotFound:
    """The reply says that the passages hold no answer."""


def read_reply(reply: str) -> Said | NotFound | None:
    r"""What a reply says; None where it is not in the form, or says more than one thing.

    >>> read_reply('ANSWER: 4.25%\nQUOTE [2]: "bear interest at 4.25%"')
    Said(answer='4.25%', quotes=(Quote(number=2, text='bear interest at 4.25%'),))
    >>> read_reply("NOT FOUND"), read_reply("It is 4.25%.")
    (NotFound(), None)
    """
    text = without_thoughts(reply)
    if len(text) > _MOST_CHARS:
        return None
    labels = list(_LABEL.finditer(text))
    ends = [*(match.start() for match in labels), len(text)][1:]
    parts = [
        (match["label"].upper(), match["number"], text[match.end() : end].strip())
        for match, end in zip(labels, ends, strict=False)
    ]
    names = [name for name, _, _ in parts]
    if names == ["NOT FOUND"]:
        return NotFound()
    if names[:1] != ["ANSWER"] or set(names[1:]) != {"QUOTE"} or len(names) > MOST_QUOTES + 1:
        return None
    answer = " ".join(parts[0][2].split())
    quotes = tuple(Quote(int(number or 0), words.strip(_MARKS)) for _, number, words in parts[1:])
    if not answer or not all(quote.text for quote in quotes):
        return None
    return Said(answer, quotes)


def without_thoughts(reply: str) -> str:
    """A reply without what the model thought before it.

    >>> without_thoughts("<think>Hm.</think>Yes.")
    'Yes.'
    """
    return _THOUGHTS.sub("", reply)


def find_quotes(quotes: Sequence[Quote], passages: Sequence[Passage]) -> tuple[Support, ...] | None:
    """Where each quote stands, in their order and each place once; None if one stands nowhere.

    A quote is looked for in the passage that it names, then in the others. Words left out ("…") part it.
    """
    found: dict[Support, None] = {}
    for quote in quotes:
        for part in filter(None, _LEFT_OUT.split(quote.text)):
            support = _find(part, quote.number, passages)
            if support is None:
                return None
            found[support] = None
    return tuple(found) or None


def _find(words: str, number: int, passages: Sequence[Passage]) -> Support | None:
    named = passages[number - 1 : number] if number else ()
    for passage in (*named, *passages):
        span = locate(passage.shown, words)
        if span is not None:
            return Support(chunk_id=passage.chunk.id, start=span[0], end=span[1])
    return None
