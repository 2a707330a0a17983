"""The text files' language on small inputs."""

from __future__ import annotations

import pytest

from eval.sample.firms import STYLES
from eval.sample.template import Scope, definitions, parts


def _scope(**changes: object) -> Scope:
    facts: dict[str, object] = {
        "style": STYLES["A"],
        "fields": {"fee": "0.15%", "CO": "Collateral Obligation"},
        "items": {"classes": ({"c": "A"}, {"c": "B"})},
        "features": frozenset({"hedge"}),
        "anchors": {},
    }
    return Scope(**(facts | changes))  # type: ignore[arg-type]


SOURCE = """
# one | FIRST

## start | Start

Lead.

> (a) {@first} alpha

>> (i) {@deep} deep

>> (i) deeper

> ?hedge (a) hedged

> ?!hedge (a) bare

> *classes (a) Class {c} Notes

# ?incentive two | SECOND

## inside | Inside

Text.

# three | THIRD

## last | Last

See {#deep} and «fee: pay {fee}» now.
"""


def test_numbers_conditions_and_loops() -> None:
    found, anchors = parts(SOURCE, _scope())
    labels = [clause.label for clause in found[1].clauses]
    assert labels == ["", "(a)", "(i)", "(ii)", "(b)", "(c)", "(d)"]
    assert anchors["deep"] == "Section 1.1(a)(i)"
    assert [part.key for part in found] == ["one", "start", "three", "last"]
    assert anchors["last"] == "Section 2.1"


def test_references_point_forward_and_back() -> None:
    scope = _scope(anchors=parts(SOURCE, _scope())[1])
    clause = parts(SOURCE, scope)[0][-1].clauses[0]
    assert clause.text == "See Section 1.1(a)(i) and pay 0.15% now."
    assert clause.quotes[0].text == "pay 0.15%"


def test_an_unknown_gap_is_refused() -> None:
    with pytest.raises(KeyError, match="nothing"):
        _scope().fill("{nothing}")


def test_a_firm_always_makes_the_same_choice() -> None:
    text = "[pursuant to|under|by]"
    assert len({_scope().fill(text) for _ in range(5)}) == 1
    assert len({_scope(style=style).fill(f"[{'|'.join('abcdefgh')}]") for style in STYLES.values()}) > 1


def test_definitions_are_in_the_order_of_the_firms_terms() -> None:
    found = definitions("Zeta = : last.\n\n{CO} = : a loan.\n\n> (a) part\n\nAlpha = ~{#x}", _scope())
    assert [definition.term for definition in found] == ["Alpha", "Collateral Obligation", "Zeta"]
    assert [clause.label for clause in found[1].clauses] == ["", "(a)"]
