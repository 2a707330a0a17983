"""Kinds of statement: which one a statement is, and what is usual."""

from __future__ import annotations

import pytest

from rag.generator.statements import StatementKind, Telling, asked_statement

SAYS = Telling(start=-2.0, words={"share": 1.5, "employee": 2.0})
DENIES = Telling(start=-3.0, words={})
COPY = StatementKind(
    text="Receiving Party may create a copy of some Confidential Information.",
    entailed=-0.5,
    contradicted=0.3,
    says=DENIES,
    denies=DENIES,
)
SHARE = StatementKind(
    text="Receiving Party may share some Confidential Information with employees.",
    entailed=1.5,
    contradicted=-1.0,
    says=SAYS,
    denies=DENIES,
)


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("Receiving Party may create a copy of some Confidential Information.", COPY),
        ("The Receiving Party may create a copy of some confidential information", COPY),
        ("Receiving Party may share some Confidential Information with some employees.", SHARE),
        ("Receiving Party may share some Confidential Information.", None),
        ("Receiving Party may not share some Confidential Information with employees.", None),
        ("The rent is due monthly.", None),
        ("", None),
    ],
)
def test_a_statement_is_of_a_kind_if_its_words_are(statement: str, kind: StatementKind | None) -> None:
    assert asked_statement(statement, (COPY, SHARE)) is kind
    assert asked_statement(statement, ()) is None


def test_each_verdict_is_as_usual_as_agreements_say_it() -> None:
    assert (SHARE.usual("Yes"), SHARE.usual("No")) == (1.5, -1.0)
    assert StatementKind.read(SHARE.as_dict()) == SHARE


def test_words_tell_a_verdict_each_once_and_within_bounds() -> None:
    text = "Recipient shares it with employees, and shares it again."
    assert SHARE.telling("Yes", text) == 1.5
    assert SHARE.telling("Yes", "Rent is due.") == -2.0
    assert SHARE.telling("No", text) == -3.0
    assert Telling(start=-9.0, words={"share": 30.0}).of("share") == 8.0
    assert Telling(start=-9.0, words={}).of("share") == -8.0
