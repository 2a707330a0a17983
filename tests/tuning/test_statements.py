"""Kinds of statement learned from verdicts."""

from __future__ import annotations

from math import log

import pytest

from rag.generator.span.verdicts import CONTRADICTED, ENTAILED, NOT_MENTIONED
from tuning.statements import learn_statements

USUAL, RARE = "Use is limited.", "Nobody is solicited."
PASSAGES = {
    ENTAILED: "Solely for the purpose.",
    CONTRADICTED: "For whatever it likes.",
    NOT_MENTIONED: "Rent is due.",
}


def judged(text: str, entailed: int, contradicted: int, silent: int) -> list[tuple[str, str, int]]:
    counts = {ENTAILED: entailed, CONTRADICTED: contradicted, NOT_MENTIONED: silent}
    return [(text, PASSAGES[verdict], verdict) for verdict, count in counts.items() for _ in range(count)]


JUDGED = [*judged(USUAL, 90, 5, 5), *judged(RARE, 10, 5, 85)]


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
            one for one in learn_statements([*JUDGED, *judged("It ends.", n, 0, 0)]) if one.text == "It ends."
        )
        for n in (2, 60)
    )
    assert 0 < few.entailed < many.entailed


def test_without_both_verdicts_nothing_is_usual() -> None:
    assert learn_statements([]) == ()
    assert learn_statements([*judged(USUAL, 1, 0, 0), *judged(RARE, 0, 0, 1)]) == ()


def test_words_of_passages_that_say_so_tell_it() -> None:
    [kind] = learn_statements(judged(USUAL, 40, 20, 60))
    assert kind.telling("Yes", PASSAGES[ENTAILED]) > 0 > kind.telling("Yes", PASSAGES[NOT_MENTIONED])
    assert kind.telling("No", PASSAGES[CONTRADICTED]) > 0 > kind.telling("No", PASSAGES[ENTAILED])
    assert kind.says.words["purpose"] > 0 > kind.says.words["rent"]


def test_of_few_that_say_so_no_word_tells_it() -> None:
    [kind] = learn_statements(judged(USUAL, 60, 3, 37))
    assert kind.says.words
    assert not kind.denies.words
    assert kind.denies.start == pytest.approx(log(3.5 / 97.5), abs=0.001)
