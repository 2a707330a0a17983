from __future__ import annotations

import hashlib
import re

import pytest
from fastapi.testclient import TestClient

from service.pages import MEDIA_TYPES, WEB, assets

VENDORED = WEB / "vendor" / "VENDORED"


def test_the_page_allows_nothing_inline_and_nothing_from_elsewhere(client: TestClient) -> None:
    response = client.get("/")
    policy = response.headers["content-security-policy"]
    assert response.status_code == 200
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*\bsrc=)|\bon\w+=|style=|https?://", response.text)


def test_what_the_page_names_is_there(client: TestClient) -> None:
    named = re.findall(r'(?:src|href)="(assets/[^"]+)"', client.get("/").text)
    assert len(named) > 5
    for path in named:
        response = client.get(f"/{path}")
        assert response.status_code == 200
        assert response.headers["content-type"].partition(";")[0] in MEDIA_TYPES.values()


def test_modules_import_what_is_there() -> None:
    imports = re.compile(r'^(?:import|export) .*?from "([^"]+)";', re.MULTILINE)
    scripts = [path for name, path in assets().items() if name.startswith("js/")]
    assert len(scripts) > 20
    for path in scripts:
        for target in imports.findall(path.read_text(encoding="utf-8")):
            assert (path.parent / target).resolve() in assets().values(), f"{path.name} imports {target}"


def test_only_pdfs_worker_may_compile_webassembly(client: TestClient) -> None:
    allowed = [
        name
        for name in assets()
        if "unsafe" in client.get(f"/assets/{name}").headers["content-security-policy"]
    ]
    assert allowed == ["vendor/pdfjs/pdf.worker.min.mjs"]


@pytest.mark.parametrize(
    "path",
    ["../pages.py", "..%2fpages.py", "%2e%2e/pages.py", "index.html", "vendor/VENDORED",
     "vendor/pdfjs/LICENSE", "js", "", "js/../../pages.py", "//etc/passwd", "js/app.js%00"],
)  # fmt: skip
def test_nothing_else_is_served(client: TestClient, path: str) -> None:
    response = client.get(f"/assets/{path}")
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "not_found"


def test_assets_are_asked_for_again_only_when_they_changed(client: TestClient) -> None:
    first = client.get("/assets/js/app.js")
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["etag"]


def test_what_was_vendored_is_what_is_written_down() -> None:
    rows = re.findall(r"^([0-9a-f]{64})  (\S+)$", VENDORED.read_text(encoding="utf-8"), re.MULTILINE)
    kept = {path for path in (WEB / "vendor").rglob("*") if path.suffix in MEDIA_TYPES}
    assert {WEB / "vendor" / name for _, name in rows} == kept
    for digest, name in rows:
        assert hashlib.sha256((WEB / "vendor" / name).read_bytes()).hexdigest() == digest
