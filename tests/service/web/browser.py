"""What the browser tests share: the service on a port, a browser, pages that note complaints."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

import pytest
import uvicorn
from fastapi import FastAPI

from service import server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Scheme = Literal["light", "dark"]

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The application on a free port, by its address, until the block ends."""
    ready = threading.Event()

    class Server(uvicorn.Server):
        async def startup(self, sockets: object = None) -> None:
            await super().startup(sockets)  # type: ignore[arg-type]
            ready.set()

    with server.listen("127.0.0.1", 0) as listener:
        running = Server(uvicorn.Config(app, log_config=None, lifespan="on"))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            assert ready.wait(60), "the service did not start"
            yield server.address(listener)
        finally:
            running.should_exit = True
            thread.join(30)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser; the test is skipped where Playwright or a browser is not installed."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        pytest.skip(f"no browser is installed (looked for {', '.join(BROWSERS)})")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        yield started
        started.close()


class Tab:
    """A page of the browser with what it complained of and which addresses it asked for."""

    def __init__(self, browser: Browser, address: str, width: int = 1280, scheme: Scheme = "light") -> None:
        self.address = address
        self.page: Page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.set_default_timeout(20_000)
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))

    def go(self, view: str) -> Page:
        """Show a view, as ``#/documents``."""
        self.page.goto(f"{self.address}/{view}")
        return self.page

    def ask(self, question: str) -> Page:
        """Ask in the open view and wait for what comes of it."""
        self.page.fill("#question", question)
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector(".answer:not(.asking), .failure, .nothing")
        return self.page

    def _note(self, kind: str, text: str) -> None:
        # A status that the page handles (a route that is not there) is logged by the browser all the same.
        if kind in ("error", "warning") and not text.startswith("Failed to load resource"):
            self.complaints.append(text)
