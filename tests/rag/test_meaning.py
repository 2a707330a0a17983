"""Which documents a question is asked of: by its own words, by filters, by names given."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from rag.assembly import open_pipeline
from rag.catalog import Catalog
from rag.errors import UnknownDocumentError
from rag.filters import Filters
from rag.settings import RetrievalSettings
from rag.structure import Fact, FactName, Structure
from rag.types import Query
from rag.workspace import Workspace
from tests.library import SETTINGS, make_document, reindex

BODY = "Section 1.1 Sales. Net sales were {}. Section 1.2 Debt. Total debt was {}."
DOCUMENTS: Mapping[str, Mapping[FactName, str]] = {
    "brambleco_2019": {"company": "BRAMBLECO, INC.", "kind": "10-K", "fiscal_year": "2019"},
    "brambleco_2020": {"company": "BRAMBLECO, INC.", "kind": "10-K", "fiscal_year": "2020"},
    "ostrander_2020": {"company": "Ostrander Tools Corporation", "kind": "10-Q", "fiscal_year": "2020"},
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Workspace.create(tmp_path_factory.mktemp("workspace"))
    with Catalog(workspace.catalog_file) as catalog:
        for number, (name, said) in enumerate(DOCUMENTS.items()):
            document, sections, chunks = make_document(name, BODY.format(f"{number},577", f"{number},999"))
            facts = tuple(
                Fact(document_id=document.id, name=fact, value=value, start=0, end=1)
                for fact, value in said.items()
            )
            catalog.put_document(
                document,
                sections,
                chunks,
                structure=Structure(facts=facts),
                fingerprint="test",
                added_at="2026-01-01T00:00:00+00:00",
            )
            catalog.put_source(f"/library/{name}.txt", document.id)
    reindex(workspace)
    return workspace


def asked(workspace: Workspace, question: str, *, read_scope: bool = True) -> list[str]:
    """The names of the documents of the hits, best first, each once."""
    settings = SETTINGS.model_copy(update={"retrieval": RetrievalSettings(read_scope=read_scope)})
    with open_pipeline(workspace, settings) as pipeline:
        hits = pipeline.retrieve(Query(text=question))
        return [pipeline.catalog.name(one) for one in dict.fromkeys(hit.document_id for hit in hits)]


def test_a_company_named_is_searched_alone(workspace: Workspace) -> None:
    assert asked(workspace, "What were Ostrander's net sales?") == ["ostrander_2020"]
    assert set(asked(workspace, "What were the net sales of BrambleCo?")) == {
        "brambleco_2019",
        "brambleco_2020",
    }
    assert len(asked(workspace, "What were Ostrander's net sales?", read_scope=False)) == 3


def test_the_year_asked_for_comes_first(workspace: Workspace) -> None:
    assert asked(workspace, "What were BrambleCo's FY2020 net sales?")[0] == "brambleco_2020"
    assert asked(workspace, "What were BrambleCo's FY2019 net sales?")[0] == "brambleco_2019"


def test_who_names_no_company_asks_all(workspace: Workspace) -> None:
    assert len(asked(workspace, "What was the total debt?")) == 3


def test_names_given_are_not_narrowed(workspace: Workspace) -> None:
    with open_pipeline(workspace, SETTINGS) as pipeline:
        scope = pipeline.scope(["ostrander_2020"])
        response = pipeline.ask(Query(text="What were BrambleCo's net sales?", document_ids=scope))
    assert response.searched == scope


@pytest.mark.parametrize(
    ("names", "filters", "fitting"),
    [
        ([], Filters(company="brambleco"), {"brambleco_2019", "brambleco_2020"}),
        ([], Filters(year="2020", kind="10-k"), {"brambleco_2020"}),
        (["ostrander_2020", "brambleco_2019"], Filters(year="2020"), {"ostrander_2020"}),
    ],
)
def test_filters_choose_among_the_documents(
    workspace: Workspace, names: list[str], filters: Filters, fitting: set[str]
) -> None:
    with open_pipeline(workspace, SETTINGS) as pipeline:
        scope = pipeline.scope(names, filters)
        assert scope is not None
        assert {pipeline.catalog.name(one) for one in scope} == fitting


def test_filters_that_nothing_fits_are_said(workspace: Workspace) -> None:
    with (
        open_pipeline(workspace, SETTINGS) as pipeline,
        pytest.raises(UnknownDocumentError, match="no document has company 'Nobody', year '2020'"),
    ):
        pipeline.scope([], Filters(company="Nobody", year="2020"))
