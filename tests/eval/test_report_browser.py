"""The pages in a real browser: plots have a size, nothing overflows or leaves the file, all can be read.

Skipped where Playwright or a browser is not installed (Debian: ``apt-get install chromium``).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

from eval.compare import compare_runs
from eval.html_report import comparison_page, run_page
from eval.slicing import BUILT_IN
from tests.eval.plotted_runs import HOSTILE, two_runs

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
READABLE = 4.5
"""Contrast that WCAG 2.2 asks for of text (1.4.3, AA)."""

Scheme = Literal["light", "dark"]

# Every colour is painted on a canvas of one pixel: it then is four bytes, however it was written.
LOWEST_CONTRAST = """() => {
  const pixel = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
  const bytes = colour => {
    pixel.clearRect(0, 0, 1, 1); pixel.fillStyle = colour; pixel.fillRect(0, 0, 1, 1);
    return pixel.getImageData(0, 0, 1, 1).data;
  };
  const light = colour => {
    const linear = x => x <= .04045 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4;
    const [r, g, b] = [...colour].map(x => linear(x / 255));
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const ground = element => {
    for (let one = element; one; one = one.parentElement) {
      const colour = bytes(getComputedStyle(one).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return bytes("white");
  };
  let lowest = [99, ""];
  for (const element of document.querySelectorAll("main *")) {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    if (!own || ["title", "desc"].includes(element.tagName) || !element.getClientRects().length) continue;
    const style = getComputedStyle(element);
    const ink = bytes(element.ownerSVGElement ? style.fill : style.color);
    const [dark, bright] = [light(ink), light(ground(element))].sort((a, b) => a - b);
    const contrast = (bright + .05) / (dark + .05);
    if (contrast < lowest[0]) lowest = [contrast, element.outerHTML.slice(0, 200)];
  }
  return lowest;
}"""

LABELS_OUTSIDE = """() => [...document.querySelectorAll("svg.plot text")].filter(text => {
  const own = text.getBoundingClientRect(), plot = text.ownerSVGElement.getBoundingClientRect();
  return own.left < plot.left - 1 || own.right > plot.right + 1
    || own.top < plot.top - 1 || own.bottom > plot.bottom + 1;
}).map(text => text.textContent)"""

OVERFLOW = """() => [...document.querySelectorAll("main *")].filter(element =>
  !element.closest(".scroll, svg, pre") && element.scrollWidth > element.clientWidth + 1
  && getComputedStyle(element).display !== "inline" && element.getClientRects().length
).map(element => element.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        pytest.skip(f"no browser is installed (looked for {', '.join(BROWSERS)})")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        yield started
        started.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A page of either kind, with words and with markup for words."""
    folder = tmp_path_factory.mktemp("pages")
    made = {}
    for name, text in (("plain", "of a very-long-fiscal-year"), ("hostile", HOSTILE)):
        before, after = two_runs(text)
        for kind, page in (
            ("run", run_page(before, BUILT_IN)),
            ("comparison", comparison_page(compare_runs(before, after))),
        ):
            made[f"{kind}-{name}"] = folder / f"{kind}-{name}.html"
            made[f"{kind}-{name}"].write_text(page, encoding="utf-8")
    return made


def opened(browser: Browser, path: Path, width: int, scheme: Scheme) -> tuple[Page, list[str], list[str]]:
    """A page, what it complained of, and what it asked for."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(path.as_uri(), wait_until="load")
    return page, complaints, requests


@pytest.mark.parametrize("kind", ["run-plain", "comparison-plain", "run-hostile", "comparison-hostile"])
def test_a_page_can_be_read_at_any_width_by_day_and_by_night(
    browser: Browser, pages: dict[str, Path], kind: str
) -> None:
    schemes: tuple[Scheme, ...] = ("light", "dark")
    for width, scheme in product((1280, 390), schemes):
        page, complaints, requests = opened(browser, pages[kind], width, scheme)

        assert complaints == []
        assert requests == [pages[kind].as_uri()]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(OVERFLOW) == []
        boxes: list[Any] = [plot.bounding_box() for plot in page.locator("svg.plot").all()]
        assert len(boxes) == (5 if kind.startswith("run") else 9)
        for box in boxes:
            assert box["width"] > 250
            assert box["height"] > 80
            assert 0 <= box["x"] <= box["x"] + box["width"] <= width
        assert page.evaluate(LABELS_OUTSIDE) == []
        contrast, where = page.evaluate(LOWEST_CONTRAST)
        assert contrast >= READABLE, (scheme, where)
        page.close()


def test_markup_in_texts_is_shown_and_not_run(browser: Browser, pages: dict[str, Path]) -> None:
    page, complaints, _ = opened(browser, pages["comparison-hostile"], 1280, "light")

    assert page.locator("script, main img").count() == 0
    assert "<script>alert('x')</script>" in page.locator("main").inner_text()
    assert complaints == []
    page.close()


def test_plots_follow_the_scheme(browser: Browser, pages: dict[str, Path]) -> None:
    inks = []
    schemes: tuple[Scheme, ...] = ("light", "dark")
    for scheme in schemes:
        page, _, _ = opened(browser, pages["run-plain"], 1280, scheme)
        inks.append(page.evaluate("getComputedStyle(document.querySelector('svg.plot text')).fill"))
        page.close()

    assert inks[0] != inks[1]
