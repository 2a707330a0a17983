"""Which texts are search words, and which ask, order or state something."""

from __future__ import annotations

import pytest

from rag.direct.search_words import is_search


@pytest.mark.parametrize(
    "text",
    [
        "governing law",
        "cap on liability that excludes gross negligence",
        "seller-favorable warranty disclaimer clauses",
        "purchase price is based on net assets",
        "“as is” clause",
    ],
)
def test_words_for_a_search_field(text: str) -> None:
    assert is_search(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "governing law?",
        "What is the governing law",
        "and please list the covenants",
        "Highlight the parts about assignment",
        "need the incentive fee",
        "In fiscal 2020 revenue of Halversten",
        "The Receiving Party returns all copies.",
        "The tenant pays the rent (in advance.)",
        "rent " * 21,
    ],
)
def test_what_asks_orders_says_where_or_states(text: str) -> None:
    assert not is_search(text)
