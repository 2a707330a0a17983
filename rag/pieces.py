"""How many word pieces a text has, estimated without a tokenizer: what budgets of text are counted in.

Counted for the uncased WordPiece vocabulary that MiniLM and its kin share (Devlin et al., 2019); the
constants are means over filings and contracts.
"""

from __future__ import annotations

import re

_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_PIECE_RUN = re.compile(rf"([^\W\d_{_IDEOGRAPHS}]+)|(\d+)|[^\w\s]|[_{_IDEOGRAPHS}]")
# Word pieces of a word of n letters and a figure of n digits, as counted on filings and contracts.
_LETTERS = (0.0, 1.0, 1.0, 1.03, 1.05, 1.04, 1.09, 1.09, 1.16, 1.16, 1.23, 1.35, 1.34, 1.45, 1.49, 1.73, 1.9)
_DIGITS = (0.0, 1.0, 1.0, 1.43, 1.21, 2.46, 3.0)


def estimate_pieces(text: str) -> float:
    """Estimated number of word pieces of a text, special tokens left out.

    On 25,000 chunks of filings and contracts the mean is off by less than 1 %, 95 % of the chunks by -11 %
    to +8 %. Other languages that share the alphabet come out up to half too low.

    >>> round(estimate_pieces("The Borrower shall pay $1,577."), 2)
    9.69
    """
    total = 0.0
    for match in _PIECE_RUN.finditer(text):
        kind = match.lastindex
        length = match.end() - match.start()
        if kind == 1:
            total += _LETTERS[length] if length < len(_LETTERS) else 0.3 * length - 2.6
        elif kind == 2:
            total += _DIGITS[length] if length < len(_DIGITS) else 0.55 * length
        else:
            total += 1.0
    return total
