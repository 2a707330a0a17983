"""Two small papers of a deal and a report of a company, read into a catalog: what questions are made of."""

from __future__ import annotations

from pathlib import Path

from ingest.build import ingest
from rag.settings import Settings
from rag.workspace import Workspace

INDENTURE = """INDENTURE

dated as of March 6, 2022

among Alder CLO 2022-1, Ltd., as Issuer, and Dunmore Bank & Trust Company, as Trustee

ARTICLE I

DEFINITIONS

Section 1.1 Definitions.

“Minimum Denomination” means U.S.$250,000 and integral multiples thereof.

“Senior Fee Rate” means 0.15% per annum.

“Supermajority” means Holders of at least 66 2/3% of the Notes.

“Trustee” means Dunmore Bank & Trust Company, and its successors.

“Redemption Price” has the meaning specified in Section 9.2.

“Business Day” means any day on which banks are open in New York.

ARTICLE VI

THE TRUSTEE

Section 6.1 Resignation of the Trustee.

The Trustee may resign its office by giving not less than 60 days' written notice to the Issuer. If no \
successor has been appointed, the Issuer shall appoint a successor Trustee within 30 days after the date \
of resignation.

Section 6.2 Merger of the Trustee.

The Trustee shall not merge with any Person without the consent of the Issuer.

Section 6.3 Compensation of the Trustee.

The Issuer shall pay the Trustee a fee at the Senior Fee Rate on each Payment Date.

Section 6.4 Concentration Limitations.

Not more than 7.5% may consist of Bonds issued by a single Obligor.

Section 6.5 Governing Law.

This Indenture shall be governed by the laws of the State of New York.
"""
SUPPLEMENT = """FIRST SUPPLEMENTAL INDENTURE

dated as of April 5, 2024

between Alder CLO 2022-1, Ltd., as Issuer, and Dunmore Bank & Trust Company, as Trustee

supplementing the Indenture dated as of March 6, 2022

ARTICLE I

AMENDMENTS

Section 1.1 Amendments to the Indenture.

The Indenture is hereby amended as follows:

(a) the definition of “Senior Fee Rate” in Section 1.1 is amended by deleting “0.15%” and substituting \
therefor “0.12%”;
"""
OTHER = """INDENTURE

dated as of May 2, 2023

among Birch CLO 2023-2, Ltd., as Issuer, and Oakham Bank & Trust Company, as Trustee

ARTICLE I

DEFINITIONS

Section 1.1 Definitions.

“Senior Fee Rate” means 0.20% per annum.

“Minimum Denomination” means U.S.$100,000 and integral multiples thereof.

“Reinvestment Overcollateralization Haircut” means 2.5% of the Collateral.

Section 1.2 Assumptions about Hedging.

The Hedge Counterparty may terminate any swap if the Issuer fails to post margin on a Valuation Day.
"""
SETTINGS = Settings.model_validate(
    {
        "ingest": {"workers": 1},
        "embedder": {"kind": "hashing"},
        "reranker": {"kind": "none"},
        "generator": {"kind": "best_sentence"},
    }
)


def make_library(root: Path) -> Workspace:
    """A workspace with an indenture, its supplement and the indenture of another deal."""
    (root / "docs").mkdir()
    papers = {"alder-indenture": INDENTURE, "alder-supplement": SUPPLEMENT, "birch-indenture": OTHER}
    for name, text in papers.items():
        (root / "docs" / f"{name}.txt").write_text(text, encoding="utf-8")
    made = Workspace.create(root / "work")
    ingest(made, [root / "docs"], SETTINGS)
    return made
