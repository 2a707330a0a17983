from __future__ import annotations

import pytest

from ingest.links.amendments import find_links
from tests.ingest.papers import document_of

SUPPLEMENT = """FIRST SUPPLEMENTAL INDENTURE
dated as of 16 April 2022
among
Alder CLO, Ltd.
as Issuer
to the Indenture dated as of 27 September 2020

THIS FIRST SUPPLEMENTAL INDENTURE, dated as of 16 April 2022 (this “Supplemental Indenture”), supplements
the Indenture dated as of 27 September 2020.
"""
AMENDMENT = """AMENDMENT NO. 2
TO CREDIT AGREEMENT

This AMENDMENT NO. 2 TO CREDIT AGREEMENT, dated as of July 12, 2022, is among Birch Corp. (the “Borrower”)
and others. Reference is made to Amendment No. 1 to Credit Agreement, dated as of December 6, 2021, and to
that certain Amended and Restated Credit Agreement (as amended, the “Credit Agreement”) dated as of
March 3, 2020.
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SUPPLEMENT, [("supplements", "Indenture", "2020-09-27")]),
        (AMENDMENT, [("amends", "Amended and Restated Credit Agreement", "2020-03-03")]),
        (
            "PROSPECTUS SUPPLEMENT\n(To Prospectus dated February 22, 2024)",
            [("supplements", "Prospectus", "2024-02-22")],
        ),
        (
            "AMENDED AND RESTATED CREDIT AGREEMENT\n\nThis Agreement amends and restates in its entirety "
            "that certain Credit Agreement, dated as of the 3rd day of May, 2019, among them.",
            [("restates", "Credit Agreement", "2019-05-03")],
        ),
        ("SECOND AMENDMENT TO SUPPLY AGREEMENT\n\nThe parties agree.", [("amends", "Supply Agreement", "")]),
        ("SECOND AMENDMENT TO LEASE\n\nto the Lease dated February 31, 2020", [("amends", "Lease", "")]),
        ("CREDIT AGREEMENT dated as of May 1, 2020\n\nas from the Indenture dated as of May 3, 2019", []),
        ("NON-DISCLOSURE AGREEMENT\n\nWHEREAS, no amendment of this Agreement binds.", []),
        ("", []),
        (
            "TABLE OF CONTENTS\n\nPROSPECTUS SUPPLEMENT\n(To prospectus dated February 8, 2024)",
            [("supplements", "prospectus", "2024-02-08")],
        ),
        (
            "AMENDED AND RESTATED CREDIT AGREEMENT\n\nThe Banks are parties to that certain Credit "
            "Agreement among them dated as of June 29, 1999, and to the Trust Deed dated as of May 1, 1998.",
            [("restates", "Credit Agreement", "1999-06-29")],
        ),
        (
            "AMENDED AND RESTATED SALES AGREEMENT\n\nThe Trust Deed dated May 1, 2001 amended and restated "
            "the Original Deed dated May 2, 2000.",
            [],
        ),
        (
            "AMENDMENT NO. 3 TO THE NONEXCLUSIVE DISTRIBUTOR AGREEMENT\n\nThis Amendment amends the "
            "Agreement dated January 22, 2007.",
            [("amends", "Nonexclusive Distributor Agreement", "2007-01-22")],
        ),
        (
            "This Amendment is made effective October 1, 1996. The parties have entered into a Distributor "
            'Agreement ("Agreement") with an Effective Date of March 1, 1996.',
            [("amends", "Distributor Agreement", "1996-03-01")],
        ),
        (
            "ENDORSEMENT AGREEMENT ADDENDUM I\n\nThis Addendum is made today.",
            [("amends", "Endorsement Agreement", "")],
        ),
        ("Amendment n° 01 to the Global Lease ref. 7", [("amends", "Global Lease", "")]),
    ],
)  # fmt: skip
def test_what_is_changed(text: str, expected: list[tuple[str, str, str]]) -> None:
    links = find_links(document_of(text))
    assert [(one.kind, one.title, one.date) for one in links] == expected


def test_the_span_holds_the_words() -> None:
    (link,) = find_links(document_of(SUPPLEMENT))
    assert SUPPLEMENT[link.start : link.end] == "Indenture dated as of 27 September 2020"
