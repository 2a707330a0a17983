from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.links.clauses import find_clauses
from ingest.links.definitions import find_definitions
from ingest.links.mentions import find_mentions
from ingest.links.references import find_references
from ingest.sections import find_sections
from rag.structure import Reference
from rag.types import SectionId
from tests.ingest.papers import document_of

AGREEMENT = """CREDIT AGREEMENT

This Agreement is made today. This Agreement binds.

ARTICLE I

DEFINITIONS

Section 1.1 Defined Terms.

“Excluded Taxes” means (a) taxes on income and (b) branch taxes.

“Lien” means any mortgage.

“Loan” has the meaning given in Section 2.1.

ARTICLE II

THE LOANS

Section 2.1 Loans. The Lenders lend as Section 7.02(b)(ii) allows, not Section 9.9.

Section 2.2 Interest. Interest accrues at 5%, see clause (ii) of Section 7.2(b) and Article I. It is subject
to Section 2.1, to clause (b) of the definition of “Excluded Taxes” and to Section 12(b) of the Exchange Act.

ARTICLE VII

NEGATIVE COVENANTS

Section 7.2 Liens. (a) The Borrower shall not create any Lien.

(b) Paragraph (a) of this Section does not hold for:

(i) Liens for taxes;

(ii) Liens in Exhibit B or under the Code Section 409A; and

(iii) Liens as in clause (ii) above.

EXHIBIT B

FORM OF NOTE

Section 1 Promise. The Borrower promises to pay as Section 2 says, and Section 7.2 of the Agreement.

Section 2 Payment. Payment is due at once under Section 1.
"""


def references(text: str) -> list[Reference]:
    document = document_of(text)
    sections = find_sections(document)
    return list(find_references(document, sections, find_definitions(document, sections)))


def named(text: str, label: str) -> list[str]:
    """The first words of what references with a label name."""
    return [
        "" if one.target_start is None else " ".join(text[one.target_start : one.target_end].split())[:24]
        for one in references(text)
        if one.label == label
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Section 7.8(b)", [("section", "7.8(b)")]),
        ("Sections 2.1, 2.2(a) and 3.4", [("section", "2.1"), ("section", "2.2(a)"), ("section", "3.4")]),
        ("Section 8.1(i) or (k), at", [("section", "8.1(i)"), ("section", "8.1(k)")]),
        ("§ 7.2 and SECTION 7.02", [("section", "7.2"), ("section", "7.02")]),
        ("Article VI and article 24", [("article", "VI"), ("article", "24")]),
        ("clauses (a)(i), (ii) and (b)", [("clause", "(a)(i)"), ("clause", "(a)(ii)"), ("clause", "b")]),
        ("clause (iii) above", [("clause", "iii")]),
        ("subsection (c) and paragraph 5", [("clause", "c"), ("section", "5")]),
        ("Exhibits A and B-1", [("exhibit", "A"), ("exhibit", "B-1")]),
        ("Schedule 5.06, Annex A, Appendix 2", [("schedule", "5.06"), ("annex", "A"), ("appendix", "2")]),
        ("Note 7 and Item 1A of Part II", [("note", "7"), ("item", "1A"), ("part", "II")]),
        ("Section 1.409A-1(b)(4)", [("section", "1.409A-1(b)(4)")]),
        ("this Note of the parties; an article of clothing; Section headings; Schedule TO; Part of it", []),
        ("Sections 2 and 30 days", [("section", "2")]),
        ("Section\n\n26\nof the page", []),
        ("as in Section 2.23 or (ii) a Lender", [("section", "2.23")]),
        ("under Section 2.12(c) or (iii) the Loans", [("section", "2.12(c)")]),
        ("clauses (b) through (g) to the extent", [("clause", "b"), ("clause", "g")]),
        ("under Section 6.16(e), (i) the Company’s right", [("section", "6.16(e)")]),
        ("Section 302 or 906 of the Act", [("section", "302"), ("section", "906")]),
        ("Section 2.1 and 100 Lenders", [("section", "2.1")]),
        ("Article 14.1 (e) (v)", [("article", "14.1(e)(v)")]),
        ("12 C.F.R. Part 215", [("part", "215")]),
        ("Section 13.6.(b). Next", [("section", "13.6(b)")]),
        ("Sections 9.3., 9.4. and 9.6.", [("section", "9.3"), ("section", "9.4"), ("section", "9.6")]),
        ("Section 3.2 (Rent)", [("section", "3.2")]),
        (
            "Sections 2.19 (other than clause (b)), 2.20 and 2.21",
            [("section", "2.19"), ("clause", "b"), ("section", "2.20"), ("section", "2.21")],
        ),
    ],
)
def test_printed_forms(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(one.kind, one.label) for one in find_mentions(text)] == expected


def test_numbers_name_sections_however_they_are_printed() -> None:
    assert named(AGREEMENT, "7.02(b)(ii)") == ["(ii) Liens in Exhibit B "]
    assert named(AGREEMENT, "7.2(b)") == ["(b) Paragraph (a) of thi"]
    assert named(AGREEMENT, "2.1") == ["Section 2.1 Loans. The L"] * 2
    assert named(AGREEMENT, "I") == ["ARTICLE I DEFINITIONS Se"]
    assert named(AGREEMENT, "B") == ["EXHIBIT B FORM OF NOTE S"]


def test_clauses_are_found_from_where_they_are_named() -> None:
    assert named(AGREEMENT, "ii") == ["(ii) Liens in Exhibit B "] * 2
    assert named(AGREEMENT, "a") == ["(a) The Borrower shall n"]
    assert named(AGREEMENT, "b") == ["(b) branch taxes."]


def test_what_is_not_there_has_no_target() -> None:
    assert named(AGREEMENT, "9.9") == [""]


UNEVEN = """AGREEMENT

This Agreement is made today. This Agreement binds.

SCHEDULES:
Schedule 3.05 – Properties
Schedule 3.06 – Matters

Clause 2.1 Loans

The Lenders lend. Nothing in Clause 2.1 or in Clause 2 binds.

Clause 2.2 Interest

Interest accrues as clause (h) below and Clause 2.2(i) say:

(a) now;

(b) then;

(c) here;

(d) there;

(e) twice;

(f) thrice;

(g) late;

(h) subject to law, (i) at five percent and (ii) at once;

(i) subject to contract, (i) at six percent and (ii) at ease; and

(j) at call.

Annex I to Schedule 3.05
FORM OF CERTIFICATE

The Borrower certifies.
"""


def read(text: str, *headings: str) -> dict[str, str]:
    """What each number names, in a document with sections of these titles, which are lines of it."""
    document = document_of(text)
    (root, *_) = find_sections(document)
    starts = [text.index(f"\n{heading}") + 1 for heading in headings]
    sections = [root] + [
        replace(
            root,
            id=SectionId(title),
            parent_id=root.id,
            title=title,
            path=(title,),
            level=1,
            start=start,
            end=end,
        )
        for title, start, end in zip(headings, starts, [*starts[1:], len(text)], strict=True)
    ]
    return {
        one.label: "" if one.target_start is None else text[one.target_start : one.target_end]
        for one in find_references(document, sections)
    }


def test_headings_that_begin_with_a_word_are_found() -> None:
    named_there = read(UNEVEN, "Clause 2.1 Loans", "Clause 2.2 Interest")
    assert named_there["2.1"].startswith("Clause 2.1 Loans")
    assert named_there["2"].startswith("Clause 2.1 Loans")
    # A letter between "(h)" and "(j)" is told from a numeral.
    assert named_there["2.2(i)"].startswith("(i) subject to contract")
    # Entries of a list and headings of attachments are no references.
    assert named_there.keys() == {"2.1", "2", "2.2(i)", "h"}


def test_a_heading_that_is_lost_is_known_by_its_sections() -> None:
    text = (
        "LEASE\n\nThis Lease binds. See Section 4.\n\nSection 4.1 Rent. It is due.\n\nSection 4.2 Tax. "
        "It is owed.\n\nSection 5.1 End. It ends."
    )
    (one,) = (one for one in references(text) if one.label == "4")
    assert one.target_start is not None
    assert text[one.target_start : one.target_end].strip().endswith("It is owed.")


def test_what_an_amendment_changes_is_the_others() -> None:
    text = (
        "FIRST AMENDMENT TO LEASE\n\nThis Amendment amends the Lease dated May 1, 2020.\n\nSection 1.1 is "
        "hereby amended. Section 3.2 (Rent) is deleted. Section 4.1 binds."
    )
    others = {one.label: one.document for one in references(text)}
    assert others == {"1.1": "Lease", "3.2": "Lease", "4.1": ""}


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Section 3.2(a) or Section 3.2(b) of the Company Disclosure Letter", "Company Disclosure Letter"),
        ("Section 2.11 or Section 3.18(g) of the Company Disclosure Letter", ""),
        ("Section 13(a) or Section 15(d) of the Exchange Act", "Exchange Act"),
    ],
)
def test_whose_both_numbers_are(text: str, first: str) -> None:
    found = references(f"It holds as in {text}.")
    assert found[0].document == first
    assert found[1].document


def test_numbers_of_other_documents_have_no_target() -> None:
    others = {one.label: one.document for one in references(AGREEMENT) if one.document}
    assert others == {"12(b)": "Exchange Act", "409A": "Code"}
    assert named(AGREEMENT, "12(b)") == [""]


def test_an_exhibit_has_sections_of_its_own() -> None:
    assert named(AGREEMENT, "1") == ["Section 1 Promise. The B"]
    assert named(AGREEMENT, "2") == ["Section 2 Payment. Payme"]
    assert named(AGREEMENT, "7.2") == ["Section 7.2 Liens. (a) T"]


def test_headings_and_contents_are_no_references() -> None:
    contents = "Section 2.1  Loans  5\nSection 2.2  Interest  6\nEXHIBITS\nExhibit B  Form of Note\n\n"
    before = [one.label for one in references(AGREEMENT)]
    assert [one.label for one in references(contents + AGREEMENT)] == before
    assert len(before) == 16


def test_every_reference_stands_where_it_says() -> None:
    for one in references(AGREEMENT):
        assert one.label.strip("()").split("(")[0] in AGREEMENT[one.start : one.end]


def test_other_documents_as_a_whole() -> None:
    text = "Terms are used as defined in the Guarantee and Collateral Agreement. This Agreement is short."
    (whole,) = references(text)
    assert (whole.kind, whole.document) == ("document", "Guarantee and Collateral Agreement")
    assert text[whole.start : whole.end] == "Guarantee and Collateral Agreement"


def test_sections_that_the_tree_lacks_are_found_in_running_text() -> None:
    text = (
        "AGREEMENT 6.1 Access. The Company shall give access to all of its books and records at any time. "
        "6.2 Notices. The Company shall give notice of any breach of Section 6.1 without delay to Parent. "
        "6.3 Fees. The Company pays all fees as they fall due, except for those named in Section 6.2 above."
    )
    assert named(text, "6.1") == ["6.1 Access. The Company "]
    assert named(text, "6.2") == ["6.2 Notices. The Company"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(a) x (i) y (ii) z (b) w", ["a", "ai", "aii", "b"]),
        ("\n".join(f"({letter}) x" for letter in "abcdefghij"), list("abcdefghij")),
        ("\n(a) x, (A) y and (B) z\n(b) w", ["a", "aA", "aB", "b"]),
        ("(a) x (1) y (2) z; thirty (30) days", ["a", "a1", "a2"]),
        ("either (x) this or (y) that", ["x", "y"]),
        ("\n(a)(i) x\n(ii) y\n(b) z", ["a", "ai", "aii", "b"]),
        (
            "Except as (i) told, or (ii) shown, it represents:(a) One. (i) x (ii) y. (b) Two. (c) Three.",
            ["i", "ii", "a", "ai", "aii", "b", "c"],
        ),
        (
            "Except (w)(1) by law or (2) as told, it shall not: \n\n(a) buy (i) x; (b) sell; (c) lend.",
            ["1", "2", "a", "ai", "b", "c"],
        ),
        ("It pays (i) fees, (ii) the sum of: (a) x. (b) y. (c) z. and (iii) costs", None),
        ("It pays (i) fees and (ii) the sum of: (a) x, (b) y and (c) z", None),
        ("2.8 Fees.\n\n2.8(a) One is due.\n\n2.8(b) Two is.\n\n2.9(c) No", ["a", "b"]),
        ("\n".join(f"({letter}) x" for letter in "abcdefgh") + "\n(i) y\n(ii) z\n(i) v", None),
    ],
)
def test_clauses_nest_as_they_are_meant(text: str, expected: list[str] | None) -> None:
    paths = ["".join(clause.path) for clause in find_clauses(text, 0, len(text))]
    if expected is None:
        nested = ["i", "ii", "iia", "iib", "iic", *(["iii"] if "(iii)" in text else [])]
        expected = nested if text.startswith("It") else [*"abcdefgh", "hi", "hii", "i"]
    assert paths == expected


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Sections 4.5.2 — 4.5.4", ["4.5.2", "4.5.4"]),
        ("Sections 8.6 through and including 8.8", ["8.6", "8.8"]),
        ("as in (i) above.", ["i"]),
        ("under (a) or (b) above, it", ["a", "b"]),
        ("in (i) through (iv) below shall", ["i", "iv"]),
        ("clauses (i) and (ii) above.", ["i", "ii"]),
        ("(i) above the sum of $5", []),
        ("the year (2018) above.", []),
    ],
)
def test_ranges_and_clauses_without_a_word(text: str, labels: list[str]) -> None:
    assert [one.label for one in find_mentions(text)] == labels


def test_a_clause_named_above_is_not_the_words_that_name_it() -> None:
    text = (
        "LEASE\n\n“Rent” means (i) the rent and (ii) the tax as in (i) above as due, provided "
        "that clauses (i), in January, or (ii) above, and (i) above, are paid.\n"
    )
    placed = {one.start: one.target_start for one in references(text)}
    first, second = text.index("(i) the"), text.index("(ii) the")
    assert list(placed.values()) == [first, first, second, first]


@given(st.text(alphabet="()abiv1A .;\nx", max_size=200))
def test_clauses_lie_inside_and_in_order(text: str) -> None:
    clauses = find_clauses(text, 0, len(text))
    assert [one.start for one in clauses] == sorted({one.start for one in clauses})
    for one in clauses:
        assert 0 <= one.start < one.end <= len(text)
        assert one.path


@given(st.text(alphabet="Section clause()7.2ab, ofthe\n“”", max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    for one in references(text):
        assert 0 <= one.start < one.end <= len(text)
        assert (one.section_id is None) == (one.target_start is None) == (one.target_end is None)


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        "Section 7.2(b) ", "clause (a) ", "(a) ", "Section 1(a)(b)(c)", "of the Act ", "Exhibit A, ",
        "7.2 A. ", "\n1. A ",
    ],
)  # fmt: skip
def test_time_grows_with_the_text_only(piece: str) -> None:
    sections = find_sections(document_of("x"))

    def seconds(count: int) -> float:
        document = document_of(piece * count)
        start = time.process_time()
        find_references(document, sections)
        return time.process_time() - start

    size = 60_000 // len(piece)
    assert min(seconds(2 * size) for _ in range(3)) < 4 * seconds(size) + 0.3
