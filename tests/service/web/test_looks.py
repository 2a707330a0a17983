"""Every view at two widths, by day and by night: nothing overflows, and axe finds nothing serious."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from rag.workspace import Workspace
from tests.service.developed import Developed
from tests.service.web.browser import Scheme, Tab

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SCHEMES: tuple[Scheme, ...] = ("light", "dark")
CASES = tuple(product((1280, 390), SCHEMES))
PARTS = ("slices", "errors", "labels", "labels/sentence_cover", "judgements", "releases", "jobs")

OVERFLOW = """() => {
  const scrolls = element => element.closest(".scroll, .pages, .parts, pre, .ticks, .outline");
  return [...document.querySelectorAll("body *")].filter(element => {
    const at = element.getBoundingClientRect();
    return at.width && !scrolls(element.parentElement) && !element.matches(".unseen, .skip, .unseen *")
      && (at.right > innerWidth + 1 || at.left < -1);
  }).map(element => element.outerHTML.slice(0, 120));
}"""


def looked_at(page: Page, name: str) -> list[str]:
    """What is wrong with the page as it is shown."""
    from axe_playwright_python.sync_playwright import Axe

    found = [f"{name} overflows: {element}" for element in page.evaluate(OVERFLOW)]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append(f"{name} scrolls sideways")
    for violation in Axe().run(page).response["violations"]:
        if violation["impact"] in ("serious", "critical"):
            nodes = [node["html"][:160] for node in violation["nodes"][:3]]
            found.append(f"{name}: {violation['id']} ({violation['help']}): {nodes}")
    return found


@pytest.mark.parametrize(("width", "scheme"), CASES)
def test_asking_can_be_read(
    browser: Browser, running: tuple[Workspace, str], width: int, scheme: Scheme
) -> None:
    pytest.importorskip("axe_playwright_python", reason="axe is not installed")
    tab = Tab(browser, running[1], width, scheme)
    page = tab.go("")
    page.wait_for_selector(".welcome")
    found = looked_at(page, "welcome")
    page.get_by_role("button", name="All 2 documents").click()
    page.wait_for_selector(".tick")
    found += looked_at(page, "scope")
    page.keyboard.press("Escape")
    tab.ask("zzyzx quux?")
    found += looked_at(page, "abstention")
    tab.ask("What fee does the Custodian receive?")
    found += looked_at(page, "answer from a long name")
    tab.ask("What interest do the Class B Notes bear?")
    page.locator(".verdict.wrong").click()
    found += looked_at(page, "answer and judgement")
    page.locator(".citation .chip").click()
    page.wait_for_selector(".box")
    found += looked_at(page, "viewer")
    page.keyboard.press("Escape")
    assert found == []
    assert tab.complaints == []


@pytest.mark.parametrize(("width", "scheme"), CASES)
def test_documents_and_develop_can_be_read(
    browser: Browser, developing: tuple[Developed, str], width: int, scheme: Scheme
) -> None:
    pytest.importorskip("axe_playwright_python", reason="axe is not installed")
    tab = Tab(browser, developing[1], width, scheme)
    page = tab.go("#/documents")
    page.get_by_label("Facts of alder").click()
    found = looked_at(page, "documents")
    for part in PARTS:
        page = tab.go(f"#/develop/{part}")
        page.wait_for_selector(".part table, .part .card, .part .nothing")
        page.locator("[aria-busy]").first.wait_for(state="detached")
        found += looked_at(page, part)
    assert found == []
    assert tab.complaints == []


def test_day_and_night_can_be_switched_and_are_remembered(
    browser: Browser, running: tuple[Workspace, str]
) -> None:
    page = Tab(browser, running[1], scheme="light").go("")
    ground = "getComputedStyle(document.body).backgroundColor"
    by_day = page.evaluate(ground)
    page.get_by_label("Switch to dark").click()
    by_night = page.evaluate(ground)
    assert by_night != by_day
    page.reload()
    assert page.evaluate(ground) == by_night
    page.get_by_label("Switch to light").click()
    assert page.evaluate(ground) == by_day
