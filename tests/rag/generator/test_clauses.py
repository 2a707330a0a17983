"""Kinds of clause: which one a question means, and what words say of a text."""

from __future__ import annotations

import pytest

from rag.generator.clauses import ClauseKind, asked_clause, kind_name, quoted_kind

AUDIT = ClauseKind(usual=0.3, words={"audit": 2.0, "record": 1.0, "inspect": 1.0})
LAW = ClauseKind(usual=2.5, words={"governed": 1.0})
KNOWN = {"audit rights": AUDIT, "governing law": LAW, "law": ClauseKind(usual=0.0, words={})}


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ('Highlight the parts related to "Audit Rights". Details: is the governing law named?', AUDIT),
        ("Highlight the parts related to “AUDIT-RIGHTS”.", AUDIT),
        ("Highlight the governing law.", LAW),
        ('Highlight the parts related to "Rent". Details: governing law', None),
        ("Highlight the lawn.", None),
        ("", None),
    ],
)
def test_the_kind_that_is_asked_for(question: str, wanted: ClauseKind | None) -> None:
    assert asked_clause(question, KNOWN) is wanted


def test_names_do_not_hang_on_case_or_punctuation() -> None:
    assert kind_name(" No-Solicit of\nEmployees ") == kind_name("no solicit OF employees")
    assert quoted_kind("no marks at all") == ""


def test_words_tell_by_their_weight_each_once() -> None:
    assert AUDIT.telling("It may AUDIT the audits and inspect all.") == pytest.approx(0.75)
    assert AUDIT.telling("Nothing of the kind.") == 0.0
    assert KNOWN["law"].telling("The law.") == 0.0


def test_a_kind_is_read_as_it_was_written() -> None:
    assert ClauseKind.read({"usual": 2.5, "words": {"governed": 1}}) == LAW
    with pytest.raises(KeyError):
        ClauseKind.read({"usual": 2.5})
