"""Long statements: what they are cut into, and that each clause finds its own evidence."""

from __future__ import annotations

import pytest

from rag.assembly import open_pipeline
from rag.catalog import Catalog
from rag.claims import clauses_of
from rag.settings import RetrievalSettings
from rag.types import Query
from rag.workspace import Workspace
from tests.library import SETTINGS, fill, reindex


@pytest.mark.parametrize(
    ("statement", "clauses"),
    [
        (
            "The company repurchased 4.5 million shares at an average price of $12.10; it also"
            " issued 2.1 million"
            " shares under its employee plan.",
            (
                "The company repurchased 4.5 million shares at an average price of $12.10",
                "it also issued 2.1 million shares under its employee plan.",
            ),
        ),
        (
            "Net sales of Acme, Inc. fell by 8% in the year ended December 31, 2023, driven by"
            " lower volumes, and"
            " the gross margin rose because freight had become cheaper.",
            (
                "Net sales of Acme, Inc. fell by 8% in the year ended December 31, 2023",
                "driven by lower volumes, and the gross margin rose",
                "because freight had become cheaper.",
            ),
        ),
    ],
)
def test_clauses(statement: str, clauses: tuple[str, ...]) -> None:
    assert clauses_of(statement) == clauses


@pytest.mark.parametrize(
    "text",
    [
        "Receiving Party shall notify Disclosing Party in case it is required by law, regulation or judicial"
        " process to disclose any Confidential Information.",
        "What did the company repurchase in the year ended December 31, 2023, and what did it"
        " issue under its plan"
        " for employees?",
        "Considering the data in the balance sheet, what is the working capital ratio? Round"
        " your answer, and give"
        " it in units of percents.",
        "if the company were to buy the remaining shares at the price of december 31 , 2015 ,"
        " how much would it"
        " have to pay for them",
        "Sales rose, and costs fell.",
    ],
)
def test_what_stays_whole(text: str) -> None:
    assert clauses_of(text) == ()


def test_no_clause_is_short_and_none_is_lost() -> None:
    statement = "; ".join(
        f"in year {number} the sales of the company came to {number} million" for number in range(9)
    )
    clauses = clauses_of(f"{statement}; nothing else, at all")
    assert len(clauses) == 4
    assert min(len(one.split()) for one in clauses) >= 5
    assert [word for one in clauses for word in one.replace(",", "").split()] == (
        f"{statement} nothing else at all".replace(";", "").split()
    )


def test_a_hostile_statement_takes_no_time() -> None:
    assert len(clauses_of(", and the " * 190)) <= 4
    assert clauses_of("while " * 10_000) == ()


FILING = """\
Section 1.1 Shares. In the year the company repurchased 4.5 million shares at an average price of $12.10.
Section 1.2 Plan. For employees 2.1 million ones were issued.
Section 2.0 Matters. In the year the company repurchased shares at an average price; new ones by plan of 0.
Section 2.1 Matters. In the year the company repurchased shares at an average price; new ones by plan of 1.
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Workspace.create(tmp_path_factory.mktemp("workspace"))
    with Catalog(workspace.catalog_file) as catalog:
        fill(catalog, [("ostrander", FILING)])
    reindex(workspace)
    return workspace


def first_two(workspace: Workspace, *, search_clauses: bool) -> set[str]:
    """The sections of the two best passages for a statement that two passages bear together."""
    settings = SETTINGS.model_copy(update={"retrieval": RetrievalSettings(search_clauses=search_clauses)})
    statement = (
        "In the year the company repurchased 4.5 million shares at an average price of $12.10;"
        " 2.1 million new ones"
        " were issued under the plan for employees."
    )
    with open_pipeline(workspace, settings) as pipeline:
        hits = pipeline.retrieve(Query(text=statement))[:2]
        return {chunk.text.split()[1] for chunk in pipeline.catalog.chunks(hit.chunk_id for hit in hits)}


def test_each_clause_finds_its_own_passage(workspace: Workspace) -> None:
    assert first_two(workspace, search_clauses=False) != {"1.1", "1.2"}
    assert first_two(workspace, search_clauses=True) == {"1.1", "1.2"}
