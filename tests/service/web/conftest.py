from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from ingest.build import ingest
from ingest.progress_lines import Standing
from rag.settings import (
    BestSentenceSettings,
    HashingEmbedderSettings,
    IngestSettings,
    NoRerankerSettings,
    Settings,
)
from rag.workspace import Workspace
from service.app import create_app
from service.callers import LOCAL
from service.job_store import End, JobStore
from tests.ingest.papers import Print, paragraph, pdf
from tests.service.developed import Developed, developed_at, settings_of
from tests.service.people import AT
from tests.service.web.browser import chromium, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SETTINGS = Settings(
    embedder=HashingEmbedderSettings(),
    generator=BestSentenceSettings(),
    reranker=NoRerankerSettings(),
    ingest=IngestSettings(workers=1),
)
LONG = "birch-custody-agreement-as-amended-and-restated-2026-11"
FULL = {"code": "storage", "message": "the disk is full", "remedy": "free some space, then resume"}
HOSTILE = "<script>document.title = 'broken into'</script><img src=x onerror=alert(1)>"
BIRCH = f"""\
<html><head><title>Birch</title></head><body>
<h1>Section 1.1 Definitions</h1><p>The Custodian is <b>Dunmore Bank</b>.</p>
<h1>Section 2.4 Fees</h1><p>The Custodian receives a fee of 0.35% per annum of the assets.</p>
<p>Markup as text: {HOSTILE.replace("<", "&lt;")}</p>
</body></html>
"""


def agreement(name: str, trustee: str, rate: str) -> bytes:
    """A PDF of three pages; the interest rate stands on the second."""
    filler = [f"({at}) The Issuer shall keep records of matter {at} at its office." for at in range(1, 20)]
    return pdf(
        [
            Print(72, 72, name, size=16, bold=True),
            Print(72, 110, "ARTICLE I DEFINITIONS", bold=True),
            Print(72, 130, "Section 1.1 Definitions.", bold=True),
            *paragraph(72, 146, f"The Trustee is {trustee}.", *filler),
        ],
        [
            Print(72, 72, "ARTICLE II THE NOTES", bold=True),
            *paragraph(72, 90, *filler),
            Print(72, 420, "Section 2.4 Interest.", bold=True),
            *paragraph(72, 436, f"The Class B Notes shall bear interest at {rate} per annum."),
        ],
        [Print(72, 72, "ARTICLE III COVENANTS", bold=True), *paragraph(72, 90, *filler)],
        title=name,
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for a module: while one is open, no other can be started in the process."""
    with chromium() as started:
        yield started


@pytest.fixture
def library(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """An agreement as PDF and one as HTML, read and indexed."""
    folder = tmp_path_factory.mktemp("web")
    (folder / "in").mkdir()
    (folder / "in" / "alder.pdf").write_bytes(agreement("Alder Indenture", "Corvane Trust Company", "4.25%"))
    (folder / "in" / f"{LONG}.html").write_text(BIRCH, encoding="utf-8")
    workspace = Workspace.create(folder / "library")
    assert ingest(workspace, [folder / "in"], SETTINGS).documents == 2
    return workspace


@pytest.fixture
def running(library: Workspace) -> Iterator[tuple[Workspace, str]]:
    """That library, and the address of the service over it."""
    with served(create_app(library, SETTINGS)) as address:
        yield library, address


@pytest.fixture
def developed(tmp_path_factory: pytest.TempPathFactory) -> Developed:
    """A workspace with runs, labels and releases, and a job of each standing."""
    made = developed_at(tmp_path_factory.mktemp("developed"))
    jobs = JobStore(made.workspace.service_file)
    for kind, end in (
        ("label", End(status="done", result={"items": 176})),
        ("eval", End(status="failed", error=FULL)),
        ("retune", None),
    ):
        jobs.add(LOCAL, kind, {}, at=AT)
        job = jobs.claim(at=AT)
        assert job is not None
        jobs.tell(job, Standing(stage="train the reranker", done="120/400 steps", share=0.3), ["loss .412"])
        if end is not None:
            jobs.end(job, end, at=AT)
    return made


@pytest.fixture
def developing(developed: Developed) -> Iterator[tuple[Developed, str]]:
    """That workspace, and the address of the service over it."""
    with served(create_app(developed.workspace, settings_of(developed.workspace))) as address:
        yield developed, address


@pytest.fixture
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the service as it is, over an empty library."""
    workspace = Workspace.create(tmp_path_factory.mktemp("empty") / "library")
    with served(create_app(workspace, SETTINGS)) as address:
        yield address
