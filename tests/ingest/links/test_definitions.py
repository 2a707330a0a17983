from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.links.definitions import find_definitions
from ingest.links.uses import find_uses
from ingest.sections import find_sections
from rag.structure import Definition
from tests.ingest.papers import document_of


def found(text: str) -> list[Definition]:
    document = document_of(text)
    return list(find_definitions(document, find_sections(document)))


def terms(text: str) -> list[str]:
    return [one.term for one in found(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“Lien” means any mortgage.", ["Lien"]),
        ('"Lien" shall mean any mortgage.', ["Lien"]),
        ("“Lien”: any mortgage.", ["Lien"]),
        ("“Permitted\nLiens” means those of Section 7.2.", ["Permitted Liens"]),
        ("“Affiliate” of any Person means another.", ["Affiliate"]),
        ("“Affiliate”, as applied to any Person, means another.", ["Affiliate"]),
        ("“Closing Date” has the meaning assigned in the Credit Agreement.", ["Closing Date"]),
        ("“Closing Date” is defined in Section 2.1.", ["Closing Date"]),
        ("(a) the term “Lien” refers to a mortgage.", ["Lien"]),
        ("For purposes of this Section, “control” means power.", ["control"]),
        ("“Dollars” and “$”: money of the United States.", ["Dollars", "$"]),
        ("“Controlling” and “Controlled” have correlative meanings.", ["Controlling", "Controlled"]),
        ("if ”control”, “controls” or ”controlled” means power.", ["control", "controls", "controlled"]),
        ("It issues notes (the “Notes”).", ["Notes"]),
        ("“MUFG” has the meaning in that of “Facility.” “NRS” means the Statutes.", ["MUFG", "NRS"]),
        ('Article 7\n\n" China" or "PRC" means the Republic.', ["China", "PRC"]),
        ("“Secret” as used in this deed (the “Deed”) shall mean all of it.", ["Secret", "Deed"]),
        ("As used in this Agreement, an “Affiliate” with respect to a party means another.", ["Affiliate"]),
        ("It issues notes (“Notes”).", ["Notes"]),
        ("banks (collectively, the “Lenders” and each a “Lender”).", ["Lenders", "Lender"]),
        ("a pact (as amended (if at all) from time to time, the “Credit Agreement”)", ["Credit Agreement"]),
        ("Each is sometimes referred to as a “Party.” All terms", ["Party"]),
        ("hereinafter called the “Seller”, sells", ["Seller"]),
        ("shares (any such shares, “Dissenting Shares”) vanish", ["Dissenting Shares"]),
        ("a bank (“U.S. Bank N.A.”) pays", ["U.S. Bank N.A."]),
        ("Lien means any mortgage.\n\nLoan shall mean any loan.", ["Lien", "Loan"]),
    ],
)  # fmt: skip
def test_what_is_defined(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "an “employee benefit plan” (as defined in ERISA)",
        "the definition of “Lien” in Section 1.1 is amended",
        "so-called (“purchase cards”, such as “p-cards”) are",
        "under the captions “Risk Factors” or “Forward-Looking Statements” of",
        "a provider of each “significant subsidiary” (as defined in Rule 1-02)",
        "(the board of an “agent’s message” or other proof)",
        "the words “include” and “including” shall be deemed to be followed by more",
        "This means that the Borrower pays.",
        "the heading “Revolving Commitment” opposite its name",
    ],
)
def test_what_is_not_defined(text: str) -> None:
    assert terms(text) == []


def test_colons_define_where_definitions_are_listed() -> None:
    body = "Affiliate: another Person.\n\nLien: any mortgage."
    listed = f"Section 1.1 Definitions.\n\n{body}\n\nSection 1.2 Notices.\n\nAttention: the Treasurer."
    assert terms(listed) == ["Affiliate", "Lien"]
    assert terms(body) == []


def test_a_definition_reaches_to_the_next_and_has_its_items() -> None:
    text = (
        "Section 1.1 Definitions.\n\n“Debt” means:\n\n(a) loans;\n\n(b) bonds; and\n\n(c) guarantees.\n\n"
        "“Lien” means any mortgage.\n\n“Loan” means any loan.\n\nSection 1.2 Construction.\n\nWords mean."
    )
    debt, lien, loan = found(text)
    assert text[debt.start : debt.end] == "“Debt” means:\n\n(a) loans;\n\n(b) bonds; and\n\n(c) guarantees."
    assert text[lien.start : lien.end] == "“Lien” means any mortgage."
    assert text[loan.start : loan.end] == "“Loan” means any loan."
    assert text[debt.term_start : debt.term_end] == "Debt"


def test_the_lead_in_of_the_next_is_cut_and_a_number_referred_to_is_not() -> None:
    text = (
        "1 Definitions\n\n1.1 “Cap” has the meaning set forth in Section 8.1. 1.2 “Fee” means the fee.\n\n"
        "Article 3\n\n“Rent” means the rent."
    )
    spans = [text[one.start : one.end] for one in found(text)]
    assert spans[0] == "“Cap” has the meaning set forth in Section 8.1."
    assert spans[1].startswith("“Fee” means the fee.")
    assert not spans[1].endswith("Article 3")


def test_a_lone_definition_ends_with_its_paragraph() -> None:
    text = "Section 9.1 Costs.\n\n“Costs” means all costs.\n\nThe Borrower shall pay them.\n\nAnd on time."
    (costs,) = found(text)
    assert text[costs.start : costs.end] == "“Costs” means all costs."


def test_a_name_in_passing_is_defined_by_its_sentence() -> None:
    text = "It is agreed. Acme Inc. issues notes due 2030 (the “Notes”) today. They bear interest."
    (notes,) = found(text)
    assert text[notes.start : notes.end] == "Acme Inc. issues notes due 2030 (the “Notes”) today."


def test_a_mark_that_is_never_closed_ends_before_the_verb() -> None:
    text = (
        "“FDA shall mean the agency.\n\n“Lien” means a mortgage.\n\n“Tax means a duty.\n\n“Rent” means rent."
    )
    assert [one.term for one in found(text)] == ["FDA", "Lien", "Tax", "Rent"]


@pytest.mark.parametrize("lead", ["(", "\n(", "(\n"])
def test_a_name_in_brackets_may_begin_with_a_small_letter(lead: str) -> None:
    text = f"It follows current good manufacturing practices {lead}“cGMPs”) and pays (“hello”)."
    assert [one.term for one in found(text)] == ["cGMPs"]


def test_uses_are_elsewhere_and_the_longest_term_wins() -> None:
    text = (
        "“Lien” means a mortgage.\n\n“Permitted Liens” means some.\n\n"
        "No Liens but Permitted\nLiens; no liens, Lienholders."
    )
    lien, permitted = found(text)
    assert [text[at : at + 5] for at in lien.uses] == ["Liens"]
    assert lien.uses == (text.index("No Liens") + 3,)
    assert permitted.uses == (text.index("Permitted\nLiens"),)


WORDS = st.sampled_from(["Lien", "Liens", "Permitted", "Party", "Parties", "lien", "the", "A", "B"])


@given(st.lists(WORDS, max_size=30), st.lists(st.lists(WORDS, min_size=1, max_size=3), max_size=6))
def test_uses_agree_with_looking_at_every_place(words: list[str], spelt: list[list[str]]) -> None:
    text = " ".join(words)
    wanted = sorted({" ".join(one) for one in spelt})
    for term, offsets in find_uses(text, wanted).items():
        assert list(offsets) == sorted(set(offsets))
        for at in offsets:
            words_there = text[at:].split()[: len(term.split())]
            assert words_there[:-1] == term.split()[:-1]
            assert words_there[-1][:3] == term.split()[-1][:3]
    # Whatever stands there as a term is told, as a use of that term or of one that covers it.
    covered = {
        place
        for term, offsets in find_uses(text, wanted).items()
        for at in offsets
        for place in range(at, at + len(term) + 3)
    }
    position = 0
    for index in range(len(words)):
        for term in wanted:
            if words[index : index + len(term.split())] == term.split() and term[0].isupper():
                assert position in covered
        position += len(words[index]) + 1


@given(st.text(alphabet='“”"‘’()[] ,.;:\nAbs means', max_size=400))
def test_any_text_can_be_read(text: str) -> None:
    for one in found(text):
        assert 0 <= one.start <= one.term_start < one.term_end <= one.end <= len(text)


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece", ["(“A", "((((", "“A” ", "“A”, ", "A B C ", "the “", "“A” of any ", "\n", "Aa of "]
)
def test_time_grows_with_the_text_only(piece: str) -> None:
    def seconds(count: int) -> float:
        text = piece * count
        document = document_of(text)
        sections = find_sections(document_of("x"))
        start = time.process_time()
        find_definitions(document, sections)
        return time.process_time() - start

    size = 20_000 // len(piece)
    assert seconds(2 * size) < 4 * seconds(size) + 0.25
