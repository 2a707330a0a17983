"""What documents say of themselves: filings, releases, contracts, reports; and that spans hold it."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.facts import filings, read
from ingest.facts import find_facts
from rag.types import Document, Page
from tests.ingest.papers import document_of

COVER = """UNITED STATES
SECURITIES AND EXCHANGE COMMISSION
Washington, D.C. 20549
FORM {form}
(Mark One)
☒  {kind} REPORT PURSUANT TO SECTION 13 OR 15(d) OF THE SECURITIES EXCHANGE ACT OF 1934
{period}
Commission file number: 001-99999

{name}
(Exact name of registrant as specified in its charter)

Delaware  12-3456789
(State or other jurisdiction of incorporation)  (I.R.S. Employer Identification No.)
Title of each class  Trading Symbol(s)  Name of each exchange on which registered
Common Stock, $0.01 par value  QRLM  New York Stock Exchange
"""


def values(text: str) -> dict[str, list[str]]:
    """The facts of a text by name; each span must hold what its value was read from."""
    document = document_of(text)
    found: dict[str, list[str]] = defaultdict(list)
    facts = find_facts(document)
    assert [(fact.name, fact.start) for fact in facts] == sorted((fact.name, fact.start) for fact in facts)
    for fact in facts:
        quote = document.text[fact.start : fact.end]
        assert fact.document_id == document.id
        assert quote.strip() == quote
        if fact.name in {"title", "company", "party", "ticker"}:
            assert "".join(quote.split()) == "".join(fact.value.split())
        found[fact.name].append(fact.value)
    return dict(found)


def cover(form: str, period: str, name: str = "QUARLMERE HOLDINGS, INC.", kind: str = "ANNUAL") -> str:
    return COVER.format(form=form, kind=kind, period=period, name=name)


def test_an_annual_report_tells_all() -> None:
    assert values(cover("10-K", "For the fiscal year ended December 31, 2018")) == {
        "company": ["QUARLMERE HOLDINGS, INC."],
        "fiscal_year": ["2018"],
        "kind": ["10-K"],
        "period_end": ["2018-12-31"],
        "ticker": ["QRLM"],
        "title": ["FORM 10-K"],
    }


@pytest.mark.parametrize(
    ("ended", "naming", "year"),
    [
        (
            "February 1, 2020",
            "In fiscal 2019 we opened 9 stores, in fiscal 2018 seven, as in fiscal 2019.",
            "2019",
        ),
        ("February 1, 2020", "Sales of fiscal 2020 rose; fiscal 2020 had 52 weeks, fiscal 2019 too.", "2020"),
        (
            "January 31, 2018",
            'the year ended January 31, 2018 ("fiscal 2018"), not fiscal 2017, fiscal 2017',
            "2018",
        ),
        (
            "January 28, 2017",
            "Fiscal 2016 ended on January 28, 2017, fiscal 2017 and fiscal 2017 follow.",
            "2016",
        ),
        ("January 2, 2021", "A year of 53 weeks.", "2020"),
        ("January 31, 2021", "Nothing else is said.", "2021"),
        ("June 30, 2023", "Fiscal 2022 and fiscal 2022 were good; fiscal 2023 better.", "2023"),
    ],
)
def test_a_fiscal_year_is_named_as_the_document_names_it(ended: str, naming: str, year: str) -> None:
    found = values(cover("10-K", f"For the fiscal year ended {ended}") + naming)
    assert found["fiscal_year"] == [year]


def test_a_quarter_can_lie_in_the_fiscal_year_of_the_next() -> None:
    text = cover("10-Q", "For the quarterly period ended July 29, 2023", kind="QUARTERLY")
    text += (
        "The second quarter of fiscal 2024 and the second quarter of fiscal 2023. Six months of fiscal 2024."
    )
    found = values(text)
    assert (found["kind"], found["fiscal_year"], found["period_end"]) == (["10-Q"], ["2024"], ["2023-07-29"])


def test_a_current_report_is_dated_by_its_date_of_report() -> None:
    reported = "Date of Report (Date of earliest event reported): May 20, 2022 (May 18, 2022)"
    found = values(
        cover("8-K", reported, kind="CURRENT") + "EXHIBIT 99.1 Quarlmere reports first quarter results"
    )
    assert (found["kind"], found["date"], found["fiscal_year"]) == (["8-K"], ["2022-05-20"], ["2022"])
    assert "period_end" not in found


def test_a_cover_without_the_label_names_its_company_below_the_file_number() -> None:
    text = cover("10-K", "For the fiscal year ended June 30, 2023", name="QUARLMERE CORPORATION")
    found = values(text.replace("(Exact name of registrant as specified in its charter)\n", ""))
    assert found["company"] == ["QUARLMERE CORPORATION"]


def test_small_capitals_are_joined_where_the_word_is_known() -> None:
    text = cover("10-K", "For the fiscal year ended June 30, 2023", name="QRL R ESORTS I NTERNATIONAL, INC .")
    assert values(text + "QRL Resorts International owns resorts.")["company"] == [
        "QRL RESORTS INTERNATIONAL, INC."
    ]


def test_a_glossy_cover_before_the_form_does_not_hide_it() -> None:
    text = "Quarlmere\n2018 Annual Report\nStrength in numbers\n\n" + cover(
        "10-K", "For the fiscal year ended December 31, 2018"
    )
    assert values(text)["kind"] == ["10-K"]


def test_a_release_of_results() -> None:
    text = """March 9, 2023

Quarlmere Announces Fourth Quarter
Fiscal 2022 Results

BOLTON, Ill.--(WIRE)-- Quarlmere, Inc. (NASDAQ: QRLM) today announced results for the thirteen-week period
(“fourth quarter”) and fifty-two-week period (“fiscal year”) ended January 28, 2023.
"""
    assert values(text) == {
        "company": ["Quarlmere, Inc."],
        "date": ["2023-03-09"],
        "fiscal_year": ["2022"],
        "kind": ["earnings release"],
        "period_end": ["2023-01-28"],
        "ticker": ["QRLM"],
        "title": ["Quarlmere Announces Fourth Quarter Fiscal 2022 Results"],
    }


def test_a_release_without_a_listing_is_its_headlines_subject() -> None:
    found = values("Quarlmere Reports Q2 2023 Results\n\nBOLTON - July 5, 2023 - Sales rose.\n")
    assert (found["company"], found["fiscal_year"], found["date"]) == (
        ["Quarlmere"],
        ["2023"],
        ["2023-07-05"],
    )


TITLE_PAGE = """Exhibit 10.1
EXECUTION VERSION

SENIOR SECURED CREDIT AGREEMENT

dated as of June 21, 2024,

among

QUARLMERE HOLDINGS, INC.,
as Borrower,

THE SEVERAL LENDERS FROM TIME TO TIME PARTY HERETO,

BANK OF PELLWICK, N.A.,
as Administrative Agent,
and
VASTERLING & COMPANY,
as Arranger

TABLE OF CONTENTS
SECTION 1 DEFINITIONS
"""


def test_a_title_page_lists_parties_without_roles() -> None:
    assert values(TITLE_PAGE) == {
        "date": ["2024-06-21"],
        "kind": ["credit agreement"],
        "party": ["QUARLMERE HOLDINGS, INC.", "BANK OF PELLWICK, N.A.", "VASTERLING & COMPANY"],
        "title": ["SENIOR SECURED CREDIT AGREEMENT"],
    }


PREAMBLE = """ENDORSEMENT AGREEMENT

THIS AGREEMENT (the "Agreement") is dated as of this 14th day of November 2017, by and between Eco Quarl, Inc.
("EQI"), a Nevada corporation with offices at 21925 W. Field Pkwy, Suite 235, Deer Park, Illinois 60010, and
Stephen Marl ("Talent"), an individual.

1. Engagement. EQI engages Talent, and Pellwick Media LLC is told.
"""


def test_a_preamble_names_parties_and_not_their_addresses() -> None:
    assert values(PREAMBLE) == {
        "date": ["2017-11-14"],
        "kind": ["agreement"],
        "party": ["Eco Quarl, Inc.", "Stephen Marl"],
        "title": ["ENDORSEMENT AGREEMENT"],
    }


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("AGREEMENT AND PLAN OF MERGER", "merger agreement"),
        ("FIRST SUPPLEMENTAL INDENTURE", "indenture"),
        ("MUTUAL NON-DISCLOSURE AGREEMENT", "NDA"),
        ("Confidentiality Agreement", "NDA"),
        ("LOAN AND SECURITY AGREEMENT", "credit agreement"),
        ("Software License and Maintenance Agreement", "agreement"),
    ],
)
def test_the_title_tells_the_kind(title: str, kind: str) -> None:
    found = values(f"EXHIBIT 4.1\n\n{title}\n\nTHIS AGREEMENT is made between A-One LLC and B-Two LLC.\n")
    assert (found["title"], found["kind"]) == ([title], [kind])
    assert found["party"] == ["A-One LLC", "B-Two LLC"]


def test_an_amendment_is_of_the_kind_it_amends() -> None:
    found = values(
        "AMENDMENT NO. 1\n\nDecember 29, 2022\n\nTHIS AMENDMENT NO. 1 is made between Quarl Corp. and\n"
        "Pell Bank, N.A., parties to the Loan Agreement dated as of March 2, 2018.\n"
    )
    assert (found["kind"], found["date"]) == (["credit agreement"], ["2022-12-29"])


def test_labelled_parties() -> None:
    found = values(
        "Cooperation Agreement\n\nParty A: Quarl Energy Co., Ltd.\nParty B: Pellwick Power Co., Ltd.\n"
    )
    assert found["party"] == ["Quarl Energy Co., Ltd.", "Pellwick Power Co., Ltd."]


def test_parties_that_made_an_agreement_without_between() -> None:
    found = values(
        "CONSULTING AGREEMENT\n\nThis Agreement, made this 27th day of March, 2017 is entered into by "
        'Quarl Time, Inc., a Delaware corporation (the "Company"), and Marlen Ostrow, an individual.\n'
        "MAINTENANCE: made by Quarl Time, Inc. in favor of Pell Bank, N.A., as agent.\n"
    )
    assert (found["party"], found["date"]) == (["Quarl Time, Inc.", "Pell Bank, N.A."], ["2017-03-27"])


def test_parties_right_below_the_title() -> None:
    found = values(
        'OUTSOURCING AGREEMENT\n\nQUARL, Inc. and QUARL Licensee, Inc. (collectively "QUARL") and Pellwick '
        'Broadcasting, L.L.C. ("PELLWICK") hereby enter into this Agreement dated as of December 1, 2001.\n'
    )
    assert found["party"] == ["QUARL, Inc.", "QUARL Licensee, Inc.", "Pellwick Broadcasting, L.L.C."]


LETTER = """AGENCY AGREEMENT

May 25, 2016

Pellwick Research & Trading, LLC
1055 Marl Street N.W.
Suite 303
Bolton, DC 20007

Ladies and Gentlemen:

Quarlmere Holdings, Inc., a Maryland corporation (the "Company"), confirms what it agreed with you. Sales go
through Vasterling Depository, Inc. from then on.
"""


def test_a_letter_names_its_reader_and_its_writer() -> None:
    assert values(LETTER)["party"] == ["Pellwick Research & Trading, LLC", "Quarlmere Holdings, Inc."]


JOINT_FILING = """JOINT FILING AGREEMENT

The undersigned hereby agree to the joint filing of this statement.

IN WITNESS WHEREOF, the undersigned hereby execute this agreement as of July 6, 2020. QUARL PARTNERS II, LLC
By: Quarl Management, LLC, its sole member By: /s/ John Marl Name: John Marl Title: Managing Director QUARL
MASTER FUND L.P. By: /s/ John Marl Name: John Marl Title: Senior Vice President

/s/ Ada B. Ostrow Ada B. Ostrow
"""


def test_signers_of_a_joint_filing_are_its_parties() -> None:
    found = values(JOINT_FILING)
    assert found["party"] == ["QUARL PARTNERS II, LLC", "QUARL MASTER FUND L.P.", "Ada B. Ostrow"]
    assert found["date"] == ["2020-07-06"]


@pytest.mark.parametrize(
    ("text", "parties"),
    [
        ("by and between the Holding Company and the Brand Fund, as amended", []),
        ("between: (1) Pell Development, LP, a Texas limited partnership; and (2) Quarl Investors Bank, N.A.",
         ["Pell Development, LP", "Quarl Investors Bank, N.A."]),
        ("by and between Pell Savings and Loan Association and Quarl Science and Technology Co., Ltd.",
         ["Pell Savings and Loan Association", "Quarl Science and Technology Co., Ltd."]),
        ("between Service Provider and Service Recipient", []),
        ('between Quarl Inc. (registered in England and Wales) and Pell AG, Halle, Marland ("Pell")',
         ["Quarl Inc.", "Pell AG"]),
    ],
)  # fmt: skip
def test_roles_and_places_are_no_parties(text: str, parties: list[str]) -> None:
    assert values(f"SERVICE AGREEMENT\n\nThis Agreement is made {text}.\n").get("party", []) == parties


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("It amends the Contract dated April 1, 2017. It is made this 2 day of June 2018.", "2018-06-02"),
        ('This Agreement (this "Agreement"), dated as of June 3, 2019, follows a letter.', "2019-06-03"),
        ("It ends on May 1, 2020.\nSigned:\nDate: 3/7/19\nDate: 3/9/19", "2019-03-09"),
        ("The works end on May 1, 2020, the rent is due on July 1, 2020.", "2020-05-01"),
    ],
)  # fmt: skip
def test_an_agreements_date_is_its_own(text: str, date: str) -> None:
    filler = "The parties have dealt with each other for many years and wish to go on. " * 3
    assert values(f"SUPPLY AMENDMENT AGREEMENT\n\n{filler}\n{text}\n")["date"] == [date]


def test_a_prospectus_has_its_own_date_not_the_base_prospectuss() -> None:
    text = """Filed Pursuant to Rule 424(b)(5)
PROSPECTUS SUPPLEMENT DATED FEBRUARY 26, 2024
(To Prospectus dated February 22, 2024)
Quarlmere Holdings, Inc.
First Mortgage Bonds
"""
    found = values(text)
    assert (found["kind"], found["company"], found["date"]) == (
        ["prospectus"],
        ["Quarlmere Holdings, Inc."],
        ["2024-02-26"],
    )


def test_an_annual_report_without_a_form() -> None:
    found = values("2021 Annual Report\nQuarlmere plc\n\nFor the year ended March 31, 2021 we grew.\n")
    assert (found["kind"], found["fiscal_year"], found["period_end"], found["company"]) == (
        ["annual report"],
        ["2021"],
        ["2021-03-31"],
        ["Quarlmere plc"],
    )


def test_any_other_report_has_its_title_company_and_date() -> None:
    found = values("Quarlmere CLO 2020-1, Ltd.\nPayment Date Report – 22 September 2023\n\nFigures follow.\n")
    assert found == {
        "company": ["Quarlmere CLO 2020-1, Ltd."],
        "date": ["2023-09-22"],
        "fiscal_year": ["2023"],
        "kind": ["other"],
        "title": ["Payment Date Report – 22 September 2023"],
    }


@pytest.mark.parametrize("text", ["", "\n\n", "1\n2\n3\n"])
def test_nothing_said_is_no_fact(text: str) -> None:
    assert find_facts(document_of(text)) == ()


@pytest.mark.parametrize(
    "piece",
    [
        "agreement between A. B. and C. , ",
        "THE GREAT ",
        "AGREEMENT TO ",
        " ",
        "between (",
        "a.b.",
        "A BC ",
        "fiscal 2020 ",
        "made by A Co. and ",
        "IN WITNESS WHEREOF Officer A Co. By: ",
        "Dated: /s/ Ab Cd ",
        "Dear A, B Co. ",
        "Party A: Ab Co. ",
        "Agreement dated as of May 1, 2019 ",
        "and - ",
    ],
)
def test_repeated_pieces_of_any_length_are_read_at_once(piece: str) -> None:
    head = "SECURITIES AND EXCHANGE COMMISSION WASHINGTON, D.C. "
    text = head + piece * (400_000 // len(piece))
    document = document_of(text)
    for fact in find_facts(document):
        assert 0 <= fact.start < fact.end <= 60_000


@given(st.text(alphabet=st.sampled_from('AaBb .,;:()"“”\n12&-'), max_size=300))
def test_any_text_has_facts_with_spans_inside(text: str) -> None:
    page = Page(number=0, start=0, end=len(text))
    document = Document(
        id="x",  # type: ignore[arg-type]
        name="x",
        media_type="text/plain",
        title="",
        text="Agreement between " + text,
        pages=(page,),
    )
    for fact in find_facts(document):
        assert 0 <= fact.start < fact.end <= len(document.text)
        assert fact.value


@pytest.mark.data
def test_filings_say_what_they_are() -> None:
    root = os.environ.get("COVENANT_DATA")
    if not root:
        pytest.skip("set COVENANT_DATA to the judged sets")
    facts, _ = read(sorted(Path(root).glob("financebench/docs/*.pdf")))
    shares, misses = filings(facts)
    assert min(shares.values()) >= 0.95, misses


@pytest.mark.parametrize(
    ("text", "kind", "title"),
    [
        ("PART I. FINANCIAL INFORMATION\nItem 1: Financial Statements\nHALVERSTEN INC.\n", "10-Q",
         "PART I. FINANCIAL INFORMATION"),
        ("  Item 1. Condensed Consolidated Financial Statements (Unaudited)\nHALVERSTEN INC.\n", "10-Q",
         "Item 1. Condensed Consolidated Financial Statements"),
        ("PART I\nItem 1. Business\nOverview\nHALVERSTEN INC.\n", "10-K", "Item 1. Business"),
        ("ITEM 1. B\nUSINESS\nHALVERSTEN INC.\n", "10-K", "ITEM 1. BUSINESS"),
    ],
)  # fmt: skip
def test_a_report_without_its_cover_is_told_by_its_first_item(text: str, kind: str, title: str) -> None:
    assert values(text + "Our business is to sell ladders.") == {
        "company": ["HALVERSTEN INC."], "kind": [kind], "title": [title]
    }  # fmt: skip


def test_items_named_in_a_sentence_or_further_on_tell_no_form() -> None:
    assert "10-K" not in values("Lease Agreement\nSee Item 1. Business of the report.").get("kind", [])
    late = "Lease Agreement\n" + "The tenant pays rent.\n" * 300 + "Item 1. Business\n"
    assert "10-K" not in values(late).get("kind", [])
