from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from ingest.build import ingest
from rag.settings import (
    BestSentenceSettings,
    HashingEmbedderSettings,
    IngestSettings,
    NoRerankerSettings,
    Settings,
)
from rag.workspace import Workspace
from service.app import create_app
from tests.ingest.papers import Print, paragraph, pdf
from tests.service.web.browser import chromium, served
from tests.service.web.scripted_routes import Scripted

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SETTINGS = Settings(
    embedder=HashingEmbedderSettings(),
    generator=BestSentenceSettings(),
    reranker=NoRerankerSettings(),
    ingest=IngestSettings(workers=1),
)
LONG = "birch-custody-agreement-as-amended-and-restated-2026-11"
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
def scripted(library: Workspace) -> Iterator[tuple[Scripted, str]]:
    """The service with the routes it does not have yet, and its address."""
    app = create_app(library, SETTINGS)
    double = Scripted(library)
    app.router.routes[:0] = double.router().routes
    with served(app) as address:
        yield double, address


@pytest.fixture
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the service as it is, over an empty library."""
    workspace = Workspace.create(tmp_path_factory.mktemp("empty") / "library")
    with served(create_app(workspace, SETTINGS)) as address:
        yield address
