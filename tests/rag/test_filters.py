"""Filters by what documents say of themselves."""

from __future__ import annotations

import pytest

from rag.errors import UsageError
from rag.filters import Filters, matching
from rag.structure import Fact
from rag.types import DocumentId


def said(**facts: str | tuple[str, ...]) -> list[Fact]:
    """Facts of one document."""
    return [
        Fact(document_id=DocumentId("d"), name=name, value=value, start=0, end=1)  # type: ignore[arg-type]
        for name, values in facts.items()
        for value in ((values,) if isinstance(values, str) else values)
    ]


LIBRARY = {
    DocumentId("mmm"): said(company="3M COMPANY", kind="10-K", fiscal_year="2018", period_end="2018-12-31"),
    DocumentId("best"): said(company="BEST BUY CO., INC.", kind="10-K", fiscal_year="2019"),
    DocumentId("loan"): said(
        kind="credit agreement", party=("Ribbon Ltd", "Citizens Bank, N.A."), date="2020-03-03"
    ),
    DocumentId("bare"): [],
}


@pytest.mark.parametrize(
    ("filters", "fitting"),
    [
        (Filters(company="3M"), ["mmm"]),
        (Filters(company="best buy"), ["best"]),
        (Filters(company="Best Buy Co., Inc."), ["best"]),
        (Filters(company="buy best"), []),
        (Filters(company="est"), []),
        (Filters(company=" . "), []),
        (Filters(company="citizens bank"), ["loan"]),
        (Filters(kind="10-k"), ["mmm", "best"]),
        (Filters(kind="10-K", year="2019"), ["best"]),
        (Filters(year="2020"), ["loan"]),
        (Filters(), ["mmm", "best", "loan", "bare"]),
    ],
)
def test_every_filter_must_fit(filters: Filters, fitting: list[str]) -> None:
    assert list(matching(filters, LIBRARY)) == fitting


def test_conditions_as_a_user_writes_them() -> None:
    assert Filters.read(["company=3M", "year = 2018"]) == Filters(company="3M", year="2018")
    assert not Filters.read([])


@pytest.mark.parametrize("condition", ["colour=red", "company", "company=", "=3M"])
def test_what_is_no_condition_is_said(condition: str) -> None:
    with pytest.raises(UsageError, match="is no condition"):
        Filters.read([condition])
