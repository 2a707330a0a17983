"""The error analysis as Markdown, for reviews and tickets; texts of documents stay texts."""

from __future__ import annotations

from eval.compare_report import plain
from eval.errors.analysis import ErrorAnalysis
from eval.errors.marking import Marked
from eval.errors.view import EXAMPLES, view
from eval.rendering import render


def errors_markdown(analysis: ErrorAnalysis, examples: int = EXAMPLES) -> str:
    """The report; ``examples`` errors are shown of each stage."""
    return render("errors.md.j2", plain=plain, quoted=quoted, **view(analysis, examples))


def quoted(quote: Marked) -> str:
    r"""A quote as a block, its marked words bold; every line of the quote is one of the block.

    >>> quoted((("Revenue  ", False), ("1,577", True), (" <b>\n*x*", False)))
    '> Revenue **1,577** &lt;b>  \n> \\*x\\*'
    """
    pieces = []
    for text, hit in quote:
        lines = [plain(line) for line in text.split("\n")]
        if hit:
            lines = [f"**{line}**" if line else "" for line in lines]
        # ``plain`` drops the white space at the ends, which parts a run from the next.
        lines[0] = _led(text) + lines[0]
        lines[-1] += _led(text[::-1]) if len(text.strip()) else ""
        pieces.append("\n".join(lines))
    return "  \n".join(f"> {line.strip()}" for line in "".join(pieces).split("\n"))


def _led(text: str) -> str:
    return " " if text[:1] in (" ", "\t") else ""
