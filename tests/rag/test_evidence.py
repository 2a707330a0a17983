"""Evidence brings along what it needs to be understood, and tables what they say of their figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.build import ingest
from rag.assembly import open_pipeline
from rag.evidence import cells_of, gather
from rag.grid import grid_cells
from rag.pieces import estimate_pieces
from rag.settings import IngestSettings, RetrievalSettings, Settings
from rag.types import Answer, Evidence, Query
from rag.workspace import Workspace
from tests.ingest.papers import Print, pdf
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
LEASES = "\n".join(f"Leased aircraft of class {n}  $ {n},110  $ {n},220  $ {n},330" for n in range(1, 31))
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
    (folder / "leases.txt").write_text(
        f"Leases of Aircraft\n(in millions)\n\nYears ended December 31,  2018  2017  2016\n{LEASES}\n"
    )
    ingest(workspace, [folder / name for name in ("agreement.txt", "report.txt", "leases.txt")], SMALL)
    return workspace


def evidence(
    workspace: Workspace, question: str, said: str = "create no lien", **settings: int
) -> list[Evidence]:
    """What is gathered for the best hit that says something."""
    retrieval = RetrievalSettings.model_validate({"evidence": 1, **settings})
    with open_pipeline(workspace, SMALL) as pipeline:
        hits = [
            hit
            for hit in pipeline.retrieve(Query(text=question))
            if said in pipeline.catalog.chunks([hit.chunk_id])[0].text
        ]
        return list(gather(pipeline.catalog, hits, question, retrieval))


QUESTION = "Which Permitted Liens may the Borrower create under the covenant?"


def test_definitions_and_clauses_referred_to_come_behind_the_hits(workspace: Workspace) -> None:
    first, *others = evidence(workspace, QUESTION)
    assert (first.why, "create no lien" in first.chunk.text) == ("hit", True)
    brought = {one.why: one for one in others}
    assert "taxes that are not yet due" in brought["asked"].chunk.text
    assert brought["asked"].label == "Permitted Liens"
    assert "forty-five days" in brought["referred"].chunk.text
    assert len({one.chunk.id for one in (first, *others)}) == 1 + len(others)


def test_no_more_is_brought_than_there_is_room_for(workspace: Workspace) -> None:
    assert len(evidence(workspace, QUESTION, related_tokens=0)) == 1
    everything = evidence(workspace, QUESTION)
    for room in (20, 40, 80, 160):
        some = evidence(workspace, QUESTION, related_tokens=room)[1:]
        assert sum(estimate_pieces(one.chunk.text) for one in some) <= room
        assert {one.chunk.id for one in some} <= {one.chunk.id for one in everything}


def test_the_rest_of_a_cut_table_comes_along_nearest_first(workspace: Workspace) -> None:
    first, *others = evidence(workspace, "Leased aircraft of class 15", said="class 15 ", related_tokens=600)
    parts = [one for one in others if one.why == "table"]
    assert parts
    assert all(one.label == "Leases of Aircraft" and "Leased aircraft" in one.chunk.text for one in parts)
    distances = [abs(one.chunk.ordinal - first.chunk.ordinal) for one in parts]
    assert distances == sorted(distances)


def test_what_stands_beside_the_best_hit_in_its_section_comes_last(workspace: Workspace) -> None:
    first, *others = evidence(workspace, "Do the parties act in good faith?", said="good faith")
    beside = [one for one in others if one.why == "beside"]
    assert beside == others[-len(beside) :]
    assert all(one.chunk.section_id == first.chunk.section_id for one in beside)
    assert {abs(one.chunk.ordinal - first.chunk.ordinal) for one in beside} == {1}


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


def test_cells_are_those_of_the_page_itself_whatever_was_read_before(tmp_path: Path) -> None:
    for name, product in (("one", "Tape"), ("two", "Film")):
        printed = [Print(72, 72, "Product"), Print(200, 72, "2018"), Print(300, 72, "2017")]
        printed += [Print(72, 84, product), Print(200, 84, "1,577"), Print(300, 84, "1,373")]
        (tmp_path / f"{name}.pdf").write_bytes(pdf(printed))
    workspace = Workspace.create(tmp_path / "workspace")
    ingest(workspace, [tmp_path / "one.pdf", tmp_path / "two.pdf"], SMALL)
    with open_pipeline(workspace, SMALL) as pipeline:
        catalog = pipeline.catalog
        labels = []
        for name in ("one", "two", "one"):
            document = catalog.resolve(name)
            evidence = [Evidence(chunk=chunk) for chunk in catalog.iter_chunks(document)]
            (lines,) = catalog.printed(document, 0, 1)
            texts = [catalog.text_of(document, line.start, line.end) for line in lines]
            found = [cell for cells in cells_of(catalog, evidence).values() for cell in cells]
            assert found == grid_cells(lines, texts)
            labels.append({cell.label for cell in found})
        assert labels == [{"Tape"}, {"Film"}, {"Tape"}]
