"""Finding quotes: exactly, as people copy them, loosely; what is not there is not found; and in time."""

from __future__ import annotations

import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rag.quotes import locate, page_of
from rag.types import Page

TEXT = (
    "SECTION 7.2  Liens. The Borrower shall not, and shall not permit any Subsidiary to, create or suf-\n"
    "fer to exist any Lien upon the Company’s non-recourse “Collateral”, except (a) Liens securing\n"
    "Indebtedness of not more than $25,000,000 — in each case as permitted hereunder.\n\n"
    "Net sales  32,765  31,657\nNetherlands  12  13\n"
)
LETTERS = st.text(alphabet="ab -\n“”'XÉİ1,", min_size=1, max_size=40)


def found(quote: str, near: int | None = None) -> str | None:
    span = locate(TEXT, quote, near)
    return None if span is None else TEXT[slice(*span)]


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("The Borrower shall not", "The Borrower shall not"),
        ("THE BORROWER SHALL NOT", "The Borrower shall not"),
        ("create or suffer to exist any Lien", "create or suf-\nfer to exist any Lien"),
        ("the Company's nonrecourse \"collateral\"", "the Company’s non-recourse “Collateral”"),
        ("the Company's non-\nrecourse", "the Company’s non-recourse"),
        ("Liens securing Indebtedness", "Liens securing\nIndebtedness"),
        ("$25,000,000 - in each case", "$25,000,000 — in each case"),
        ("Net", "Net"),
        ("32,765", "32,765"),
        ("Net sales 32,765", "Net sales  32,765"),
        ("borrower shall not permit any subsidiary to create or suffer any lien", None),
        ("suf- fer to exist any Lien on the Company’s non-recourse Collateral except (a) Liens",
         "suf-\nfer to exist any Lien upon the Company’s non-recourse “Collateral”, except (a) Liens"),
        ("Indebtedness of not more than $26,000,000 in each case as permitted hereunder", None),
        ("Indebtedness of more than $25,000,000 in each case as permitted hereunder", None),
        ("Borr", None),
        ("2,765", None),
        ("", None),
        (" \n", None),
        ("…", None),
        ("The Issuer will make a Change of Control Offer to each Holder", None),
    ],
)  # fmt: skip
def test_locate(quote: str, expected: str | None) -> None:
    assert found(quote) == expected


def test_the_nearest_of_several() -> None:
    text = "the Agent; THE AGENT; the  Agent; the Agent"
    assert locate(text, "the Agent") == (0, 9)
    assert locate(text, "the Agent", near=30) == (34, 43)
    assert locate(text, "THE agent", near=21) == (22, 32)


@given(LETTERS, LETTERS, LETTERS)
def test_what_was_cut_out_is_found(before: str, quote: str, after: str) -> None:
    assume(quote.strip())
    text = f"{before} {quote} {after}"
    span = locate(text, quote)
    assert span is not None
    assert text[slice(*span)] == quote.strip()
    mangled = f"  {' '.join(quote.upper().split())}\n"
    if len(mangled.strip()) == len(" ".join(quote.split())) and any(c.isalnum() for c in quote):
        assert locate(text, mangled) is not None


@given(LETTERS, LETTERS)
def test_a_span_lies_in_the_text(text: str, quote: str) -> None:
    span = locate(text, quote, near=3)
    assert span is None or 0 <= span[0] < span[1] <= len(text)


WORDS = [f"word{n}" for n in range(60)]


@given(st.integers(0, 40), st.integers(20, 40), st.sets(st.integers(0, 59), max_size=6), st.booleans())
def test_a_loose_quote_is_found_where_it_was_taken_from(
    start: int, size: int, gone: set[int], up: bool
) -> None:
    taken = range(start, min(start + size, 60))
    words = [WORDS[at].replace("word", "w-") if at in gone else WORDS[at] for at in taken]
    agreeing = [at for at in taken if at not in gone]
    assume(agreeing)
    filler = " ".join(f"filler{n % 7}" for n in range(500))
    text = f"{filler} {' '.join(WORDS)} {filler}"
    quote = " ".join(words).upper() if up else " ".join(words)
    span = locate(text, quote)
    if span is not None:
        shown = text[slice(*span)].split()
        assert set(shown) <= set(WORDS)
        assert len(agreeing) >= 0.9 * len(taken)
    elif not gone & set(taken):
        pytest.fail("a quote without a change was not found")


@pytest.mark.slow
def test_time_is_linear_in_hostile_text() -> None:
    text = "the party of the first part shall and the party " * 32_000
    assert len(text) > 1_500_000
    quotes = [
        "the party of the first part shall and the party of the " * 20 + "never seen",
        "the agent shall on the first day of each month give to every holder a notice of default",
        "- " * 500,
        "a" * 2_000,
    ]
    for quote in quotes:
        start = time.process_time()
        locate(text, quote)
        page_of(text, pages_of(text, 500), quote)
        assert time.process_time() - start < 6.0, quote[:20]
    start = time.process_time()
    locate("- \n" * 500_000, "-x" * 100)
    locate(" " * 1_500_000, "a b c d e f g")
    assert time.process_time() - start < 4.0


def pages_of(text: str, count: int) -> list[Page]:
    cuts = [len(text) * at // count for at in range(count + 1)]
    return [Page(number=at, start=cuts[at], end=cuts[at + 1]) for at in range(count)]


def test_page_of() -> None:
    text = "Net sales rose by five percent. Net sales fell in Europe last year. The Agent gives notice of it."
    pages = pages_of(text, 3)
    assert page_of(text, pages, "net sales, fell in europe") == 1
    assert page_of(text, pages, "the agent gave notice of it") == 2
    assert page_of(text, pages, "sales") == 0
    assert page_of(text, pages, "completely other words here") is None
    assert page_of(text, pages, "") is None
    assert page_of(text, [], "net sales") is None
