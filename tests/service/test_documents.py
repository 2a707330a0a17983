"""Documents over HTTP: what comes in, what is shown of it, and that nothing a client sends becomes a path."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from rag.catalog import Catalog
from rag.service_settings import ServiceSettings
from rag.workspace import Workspace
from service.app import create_app
from service.incoming import safe_name
from service.uploads import Upload
from tests.service.conftest import HOST
from tests.service.people import AT, SETTINGS, key, paper, records_of, settled

TRUSTEE = "Section 1.1 Definitions. The Trustee is Corvane Trust Company."
PAPER = paper(TRUSTEE, "Section 2.4 Interest. The Class B Notes bear interest at 4.25% per annum.")
HOSTILE = b"<!doctype html><title>x</title><script>alert(1)</script><p onclick=alert(2)>Dunmore Bank."


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    workspace = Workspace.create(tmp_path_factory.mktemp("documents"))
    with TestClient(create_app(workspace, SETTINGS), base_url=HOST, raise_server_exceptions=False) as client:
        yield client


def upload(client: TestClient, name: str, data: bytes, **fields: str) -> str:
    """The id of a document that was uploaded and read."""
    reply = client.post("/v1/documents", files={"file": (name, data)}, data=fields)
    assert reply.status_code == 202, reply.text
    settled(client)
    told = client.get(f"/v1/uploads/{reply.json()['id']}").json()
    assert told["status"] == "done", told
    assert (told["progress"], told["error"]) == (1.0, None)
    return str(told["document"]["id"])


@pytest.fixture(scope="module")
def document(started: TestClient) -> str:
    return upload(started, "../../alder indenture.PDF", PAPER)


def test_an_upload_is_asked_and_its_citation_marked_on_the_picture(
    started: TestClient, document: str
) -> None:
    reply = started.post("/v1/ask", json={"question": "Who is the Trustee?", "documents": [document]}).json()
    assert "Corvane Trust Company" in reply["answer"]
    citation = reply["citations"][0]
    assert citation["document"] == "alder indenture"
    box = citation["boxes"][0]
    where = ",".join(str(box[side]) for side in ("x0", "y0", "x1", "y1"))
    plain, marked = (
        pixels(started.get(f"/v1/documents/{document}/pages/0.png", params={"boxes": boxes, "dpi": 72}))
        for boxes in ("", where)
    )
    rows, columns = np.nonzero((plain != marked).any(axis=2))
    assert box["y0"] - 1 <= rows.min() < rows.max() <= box["y1"] + 1
    assert box["x0"] - 1 <= columns.min() < columns.max() <= box["x1"] + 1
    # The quote's ink is under the mark, and stays.
    own = marked[int(box["y0"]) : int(box["y1"]) + 1, int(box["x0"]) : int(box["x1"]) + 1]
    assert own.min() < 100
    page = started.get(f"/v1/documents/{document}/pages/0").json()
    words = {
        page["text"][word["start"] - page["start"] : word["end"] - page["start"]]: (line, word)
        for line in page["lines"]
        for word in line["words"]
    }
    line, word = words["Corvane"]
    assert line["y0"] <= (box["y0"] + box["y1"]) / 2 <= line["y1"]
    assert box["x0"] <= word["x0"] < word["x1"] <= box["x1"] + 1
    assert (page["width"], page["height"]) == (612, 792)


def pixels(response: object) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    content, kind = response.content, response.headers["content-type"]  # type: ignore[attr-defined]
    assert kind == "image/png", content[:200]
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))


def test_both_engines_draw_the_same_page() -> None:
    from ingest.loaders.pdf import engine

    first, second = (engine(name).draw(PAPER, 0, 72).astype(int) for name in ("pymupdf", "pypdfium2"))
    assert first.shape == second.shape == (792, 612, 3)
    dark = [np.argwhere(drawn.min(axis=2) < 128) for drawn in (first, second)]
    for edge in (np.min, np.max):
        assert np.abs(edge(dark[0], axis=0) - edge(dark[1], axis=0)).max() <= 2


def test_a_document_tells_its_facts_sections_and_pages(started: TestClient, document: str) -> None:
    told = started.get(f"/v1/documents/{document}").json()
    assert (told["name"], told["pages"], told["collection"]) == ("alder indenture", 1, "default")
    assert any("Definitions" in section["title"] and section["page"] == 0 for section in told["sections"])
    listed = started.get("/v1/documents").json()["documents"]
    assert next(one for one in listed if one["id"] == document)["files"] == ["alder indenture.pdf"]


def test_the_original_comes_back_whole(started: TestClient, document: str) -> None:
    got = started.get(f"/v1/documents/{document}/original")
    assert got.content == PAPER
    assert got.headers["content-type"] == "application/pdf"
    assert got.headers["x-content-type-options"] == "nosniff"
    part = started.get(f"/v1/documents/{document}/original", headers={"range": "bytes=0-4"})
    assert (part.status_code, part.content) == (206, b"%PDF-")


def test_markup_in_a_document_is_inert(started: TestClient) -> None:
    document = upload(started, "hostile.txt", HOSTILE)
    got = started.get(f"/v1/documents/{document}/original")
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in got.headers["content-security-policy"]
    page = started.get(f"/v1/documents/{document}/pages/0")
    assert page.headers["content-type"] == "application/json"
    assert "alert" not in page.json()["text"]
    assert started.get(f"/v1/documents/{document}/pages/0.png").status_code == 404


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.pdf", b"\x89PNG\r\n\x1a\n" + bytes(99), "unreadable_document"),
        ("a.txt", b"", "unreadable_document"),
        ("a.pdf", b"MZ\x90\x00" + bytes(99), "unreadable_document"),
    ],
)
def test_what_is_no_document_is_refused_at_once(
    started: TestClient, name: str, data: bytes, code: str
) -> None:
    before = sorted(records_of(started).workspace.uploads.iterdir())
    reply = started.post("/v1/documents", files={"file": (name, data)})
    assert (reply.status_code, reply.json()["error"]["code"]) == (422, code)
    assert sorted(records_of(started).workspace.uploads.iterdir()) == before


def test_a_file_that_cannot_be_read_says_why_and_leaves_nothing(started: TestClient) -> None:
    reply = started.post("/v1/documents", files={"file": ("broken.pdf", b"%PDF-1.7 and nothing else")})
    settled(started)
    told = started.get(f"/v1/uploads/{reply.json()['id']}").json()
    assert (told["status"], told["error"]["code"], told["document"]) == ("failed", "broken", None)
    workspace = records_of(started).workspace
    assert not (workspace.uploads / told["id"]).exists()
    with Catalog(workspace.catalog_file) as catalog:
        assert catalog.failures() == []


def test_the_same_file_is_not_taken_twice(started: TestClient, document: str) -> None:
    reply = started.post("/v1/documents", files={"file": ("again.pdf", PAPER)})
    assert reply.status_code == 201
    assert (reply.json()["document"]["id"], reply.json()["id"]) == (document, None)


def test_a_document_is_replaced_then_deleted_with_its_past(started: TestClient) -> None:
    workspace = records_of(started).workspace
    first = upload(started, "fees.txt", b"Section 1.1 Fees. The quokka fee is $4,000.\n")
    broken = started.put(f"/v1/documents/{first}", files={"file": ("fees.pdf", b"%PDF-1.7 broken")})
    settled(started)
    assert started.get(f"/v1/uploads/{broken.json()['id']}").json()["status"] == "failed"
    assert started.get(f"/v1/documents/{first}").status_code == 200
    put = started.put(
        f"/v1/documents/{first}", files={"file": ("fees.md", b"# Fees\n\nThe quokka fee is $5,000.\n")}
    )
    settled(started)
    second = started.get(f"/v1/uploads/{put.json()['id']}").json()["document"]["id"]
    assert started.get(f"/v1/documents/{first}").status_code == 404
    assert "$5,000" in started.get(f"/v1/documents/{second}/pages/0").json()["text"]
    gone = started.delete(f"/v1/documents/{second}")
    assert sorted(gone.json()["documents"]) == sorted([first, second])
    assert started.get(f"/v1/documents/{second}").status_code == 404
    left = [path for path in workspace.root.rglob("*") if path.is_file() and path.suffix != ".lock"]
    assert not [path for path in left if b"quokka" in path.read_bytes()]
    actions = [entry["action"] for entry in started.get("/v1/audit?limit=3").json()["audit"]]
    assert actions == ["document.delete", "document.replace", "document.replace"]


@pytest.mark.parametrize("path", ["..%2f..%2fcatalog.db", "%00", "nobody", "a%5cb"])
@pytest.mark.parametrize("rest", ["", "/original", "/pages/0", "/pages/0.png"])
def test_what_is_no_document_is_not_there(started: TestClient, path: str, rest: str) -> None:
    got = started.get(f"/v1/documents/{path}{rest}")
    assert got.status_code in (404, 422)
    assert set(got.json()["error"]) == {"code", "message", "remedy"}


def test_pages_and_boxes_that_are_not_there(started: TestClient, document: str) -> None:
    assert started.get(f"/v1/documents/{document}/pages/1").status_code == 404
    assert started.get(f"/v1/documents/{document}/pages/1.png").status_code == 404
    for boxes in ("1,2,3", "1,2,3,nan", "1,2,3,4;", "1,2,3,1e9"):
        assert (
            started.get(f"/v1/documents/{document}/pages/0.png", params={"boxes": boxes}).status_code == 422
        )
    far = {"boxes": "-5,-5,-1,-1;900000,900000,999999,999999"}
    assert started.get(f"/v1/documents/{document}/pages/0.png", params=far).status_code == 200


@pytest.mark.parametrize(
    "given",
    ["../../../etc/passwd", "..\\..\\boot.ini", "/abs.txt", "a\x00b.txt", "con\n.txt", "." * 300, "é" * 400],
)
def test_no_name_leaves_its_folder(given: str) -> None:
    name = safe_name(given, ".txt")
    assert (Path("folder") / name).parent == Path("folder")
    assert name.isprintable()
    assert not name.startswith(".")
    assert len(name.encode()) <= 160


def test_uploads_have_limits(tmp_path: Path) -> None:
    service = ServiceSettings(max_upload_mb=2, max_upload_pages=2)
    settings = SETTINGS.model_copy(update={"service": service})
    with TestClient(create_app(Workspace.create(tmp_path), settings), base_url=HOST) as client:
        larger = client.post("/v1/documents", files={"file": ("a.txt", b"word " * 500_000)})
        assert (larger.status_code, larger.json()["error"]["code"]) == (413, "body_too_large")
        pages = client.post("/v1/documents", files={"file": ("a.txt", b"one\ftwo\fthree")})
        settled(client)
        told = client.get(f"/v1/uploads/{pages.json()['id']}").json()
        assert (told["status"], told["error"]["code"]) == ("failed", "too-many-pages")
        small = key(client, "small", "operate", max_upload_mb=1)
        refused = client.post("/v1/documents", files={"file": ("a.txt", b"word " * 250_000)}, headers=small)
        assert (refused.status_code, refused.json()["error"]["code"]) == (413, "body_too_large")


def test_what_was_accepted_is_read_after_a_restart(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path)
    path = workspace.uploads / "0a" / "alder.pdf"
    path.parent.mkdir(parents=True)
    path.write_bytes(PAPER)
    app = create_app(workspace, SETTINGS)
    records = app.state.records
    records.uploads.add(Upload(id="0a", created=AT, caller_id="", collection="deal", path=path))
    records.uploads.start("0a")
    with TestClient(app, base_url=HOST) as client:
        settled(client)
        assert client.get("/v1/uploads/0a").json()["status"] == "done"
        assert [one["collection"] for one in client.get("/v1/documents").json()["documents"]] == ["deal"]


def test_an_upload_waits_for_another_writer(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path)
    with TestClient(create_app(workspace, SETTINGS), base_url=HOST) as client:
        with workspace.writing():
            reply = client.post("/v1/documents", files={"file": ("alder.pdf", PAPER)})
            assert reply.status_code == 202
            refused = client.delete("/v1/documents/nobody")
            assert refused.status_code == 404
        settled(client)
        assert client.get(f"/v1/uploads/{reply.json()['id']}").json()["status"] == "done"
