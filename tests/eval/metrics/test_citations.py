"""Numbers and quoted phrases of an answer have to stand in what it cites."""

from __future__ import annotations

import pytest

from eval.metrics.citations import faithful, quoted_phrases


@pytest.mark.parametrize(
    ("answer", "quotes", "expected"),
    [
        ('The note is "due on demand".', ["This note is due on demand."], True),
        ("The note is “due on Demand”.", ["This note is due on demand."], True),
        ('The note is "payable on demand".', ["This note is due on demand."], False),
        ('It is "due on demand".', ["This note is due", "on demand"], False),
        ('It is "due … in Lutton".', ["due on demand in Lutton"], True),
        ('It is "due" at 5%.', ["due at 5.0 %"], True),
        ('It is "due" at 6%.', ["due at 5%"], False),
        ('A 5" pipe and a 5" rod', ["5 inches"], True),
        ('The "" mark', [], True),
        ('The "mark"', [], False),
        ("Dunmore's note", [], True),
    ],
)
def test_faithful(answer: str, quotes: list[str], expected: bool) -> None:
    assert faithful(answer, quotes) is expected


def test_quoted_phrases_are_cut_where_words_are_left_out() -> None:
    assert quoted_phrases("“the Issuer ... shall [...] pay” and 'not this'") == ["the Issuer", "shall", "pay"]
