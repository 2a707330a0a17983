"""Kinds of statement learned from verdicts."""

from __future__ import annotations

from math import log

import pytest

from rag.generator.span.verdicts import CONTRADICTED, ENTAILED, NOT_MENTIONED
from tuning.statements import learn_statements

USUAL, RARE = "Use is limited.", "Nobody is solicited."
JUDGED = [
    *[(USUAL, ENTAILED)] * 90, *[(USUAL, CONTRADICTED)] * 5, *[(USUAL, NOT_MENTIONED)] * 5,
    *[(RARE, ENTAILED)] * 10, *[(RARE, CONTRADICTED)] * 5, *[(RARE, NOT_MENTIONED)] * 85,
]  # fmt: skip


def test_what_most_agreements_say_is_usual() -> None:
    kinds = {one.text: one for one in learn_statements(JUDGED)}
    assert kinds.keys() == {USUAL, RARE}
    assert kinds[USUAL].entailed == pytest.approx(log(95 / 15), abs=0.001)
    assert kinds[RARE].entailed == pytest.approx(log(15 / 95), abs=0.001)
    assert kinds[USUAL].contradicted == kinds[RARE].contradicted == 0.0
    assert learn_statements(reversed(JUDGED)) == learn_statements(JUDGED)


def test_a_kind_of_few_agreements_is_drawn_to_all() -> None:
    few, many = (
        next(
            one
            for one in learn_statements([*JUDGED, *[("It ends.", ENTAILED)] * n])
            if one.text == "It ends."
        )
        for n in (2, 60)
    )
    assert 0 < few.entailed < many.entailed


def test_without_both_verdicts_nothing_is_usual() -> None:
    assert learn_statements([]) == ()
    assert learn_statements([(USUAL, ENTAILED), (RARE, NOT_MENTIONED)]) == ()
