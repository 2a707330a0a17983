"""Evidence brings along what it needs to be understood, and tables what they say of their figures."""

from __future__ import annotations

import pytest

from ingest.build import ingest
from rag.assembly import open_pipeline
from rag.evidence import gather
from rag.settings import IngestSettings, RetrievalSettings, Settings
from rag.types import Answer, Chunk, Query
from rag.workspace import Workspace
from tests.library import SETTINGS

FILLER = "The parties shall act in good faith in all that arises under this Agreement. " * 6
AGREEMENT = f"""CREDIT AGREEMENT

Section 1.1 Definitions. The following terms have the meanings given below.

"Permitted Liens" means Liens for taxes that are not yet due and Liens listed in Schedule 3.

"Notice Address" means 12 Harbour Street.

Section 2.1 General. {FILLER}

Section 3.1 Default. {FILLER}

Section 4.2 Cure Period. A breach may be cured within forty-five days after it is discovered.

Section 5.1 Covenant. The Borrower shall create no lien other than Permitted Liens, and a breach of this
covenant is subject to Section 4.2.

Section 6.1 Closing. {FILLER}
"""
SMALL = SETTINGS.model_copy(update={"ingest": IngestSettings(chunk_tokens=64, workers=1)})


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("evidence")
    workspace = Workspace.create(folder / "workspace")
    (folder / "agreement.txt").write_text(AGREEMENT)
    rows = "\n".join(f"{name}  $ {n},577  $ {n},373" for n, name in enumerate(("Tape", "Film", "Paper"), 1))
    (folder / "report.txt").write_text(
        f"Net Sales by Product\n(in millions)\n\nYears ended December 31,  2018  2017\n{rows}\n"
    )
    ingest(workspace, [folder / "agreement.txt", folder / "report.txt"], SMALL)
    return workspace


def evidence(workspace: Workspace, question: str, **settings: int) -> list[Chunk]:
    retrieval = RetrievalSettings.model_validate({"evidence": 1, **settings})
    with open_pipeline(workspace, SMALL) as pipeline:
        hits = [
            hit
            for hit in pipeline.retrieve(Query(text=question))
            if "create no lien" in pipeline.catalog.chunks([hit.chunk_id])[0].text
        ]
        return list(gather(pipeline.catalog, hits, question, retrieval))


QUESTION = "Which Permitted Liens may the Borrower create under the covenant?"


def test_definitions_and_clauses_referred_to_come_behind_the_hits(workspace: Workspace) -> None:
    first, *others = evidence(workspace, QUESTION, related=4)
    assert "create no lien" in first.text
    brought = " ".join(chunk.text for chunk in others)
    assert "taxes that are not yet due" in brought
    assert "forty-five days" in brought
    assert len({chunk.id for chunk in (first, *others)}) == 1 + len(others)


def test_no_more_is_brought_than_asked_for(workspace: Workspace) -> None:
    assert len(evidence(workspace, QUESTION, related=0)) == 1
    (_, definition) = evidence(workspace, QUESTION, related=1)
    assert "taxes that are not yet due" in definition.text


def test_a_citation_says_what_its_table_is_in(workspace: Workspace) -> None:
    settings = Settings.model_validate(SMALL.model_dump() | {"answer": {"min_confidence": 0.1}})
    with open_pipeline(workspace, settings) as pipeline:
        outcome = pipeline.ask(Query(text="What were net sales of Film in 2018?")).outcome
    assert isinstance(outcome, Answer)
    assert "2,577" in outcome.citations[0].quote
    assert "in millions" in outcome.citations[0].caption


def test_a_chunk_opens_to_its_section(workspace: Workspace) -> None:
    with open_pipeline(workspace, SMALL) as pipeline:
        chunks = [chunk for chunk in pipeline.catalog.iter_chunks() if "good faith" in chunk.text]
        section, text = pipeline.catalog.section_of(chunks[0])
    assert section.number.endswith("2.1")
    assert text.count("good faith") == 6
    assert chunks[0].text.count("good faith") < 6
