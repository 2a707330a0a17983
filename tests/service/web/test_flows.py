"""What people do with the page, in a real browser.

Skipped where Playwright or a browser is not installed (Debian: ``apt-get install chromium``).
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from rag import releases
from rag.catalog import Catalog, DocumentRecord
from rag.workspace import Workspace
from service.answers import Answered
from service.job_store import JobStore
from service.worker import Worker
from tests.rag.releases.made import release_of
from tests.service.developed import Developed, settings_of
from tests.service.web.browser import Tab
from tests.service.web.conftest import HOSTILE, LONG, agreement

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

INTEREST = "What interest do the Class B Notes bear?"

# The words of the text layer whose middle lies in a box of the highlight, in reading order.
WORDS_IN_BOXES = """() => {
  const boxes = [...document.querySelectorAll(".box")].map(box => box.getBoundingClientRect());
  const words = [];
  for (const layer of document.querySelectorAll(".textLayer")) {
    const walker = document.createTreeWalker(layer, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      for (const found of walker.currentNode.data.matchAll(/\\S+/g)) {
        const range = document.createRange();
        range.setStart(walker.currentNode, found.index);
        range.setEnd(walker.currentNode, found.index + found[0].length);
        const at = range.getBoundingClientRect();
        const [x, y] = [at.left + at.width / 2, at.top + at.height / 2];
        const within = box => box.left <= x && x <= box.right && box.top <= y && y <= box.bottom;
        if (boxes.some(within)) words.push(found[0]);
      }
    }
  }
  return words.join(" ");
}"""

# Share of ink and of marker in the box as it is painted: both are there where words are marked.
PAINTED = """async png => {
  const picture = await createImageBitmap(await (await fetch("data:image/png;base64," + png)).blob());
  const canvas = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
  canvas.drawImage(picture, 0, 0);
  const {data} = canvas.getImageData(0, 0, picture.width, picture.height);
  let [ink, marker] = [0, 0];
  for (let at = 0; at < data.length; at += 4) {
    if (data[at] > 230 && data[at + 1] > 190 && data[at + 2] < 170) marker += 1;
    if (data[at] < 110 && data[at + 1] < 110) ink += 1;
  }
  return [ink, marker].map(n => 4 * n / data.length);
}"""


def highlighted(page: Page) -> str:
    """The words under the highlight, once the viewer is painted and scrolled to them."""
    page.wait_for_selector(".box")
    page.wait_for_selector(".textLayer span")
    box = page.locator(".box").first
    assert box.is_visible()
    frame, marked = page.locator(".pages").bounding_box(), box.bounding_box()
    assert frame is not None
    assert marked is not None
    assert frame["y"] <= marked["y"] <= frame["y"] + frame["height"]
    words: str = page.evaluate(WORDS_IN_BOXES)
    return words


def painted(browser: Browser, page: Page) -> tuple[float, float]:
    """Shares of ink and of marker in the first box."""
    import base64

    shot = base64.b64encode(page.locator(".box").first.screenshot()).decode()
    other = browser.new_page()
    ink, marker = other.evaluate(PAINTED, shot)
    other.close()
    return ink, marker


def documents_of(workspace: Workspace) -> list[DocumentRecord]:
    with Catalog(workspace.catalog_file) as catalog:
        return catalog.documents()


def test_from_upload_to_a_judgement_that_develop_shows(
    browser: Browser, running: tuple[Workspace, str]
) -> None:
    library, address = running
    tab = Tab(browser, address)
    page = tab.go("#/documents")
    cedar = agreement("Cedar Indenture", "Ellery Bank", "6.75%")
    page.set_input_files("#files", {"name": "cedar.pdf", "mimeType": "application/pdf", "buffer": cedar})
    page.wait_for_selector(".uploads .done")
    page.get_by_role("button", name="cedar", exact=True).wait_for()

    page.get_by_role("link", name="Ask", exact=True).click()
    page.get_by_role("button", name="All 3 documents").click()
    page.get_by_label("cedar").check()
    page.get_by_role("button", name="Search these").click()
    tab.ask(INTEREST)
    assert "6.75%" in page.locator(".said").inner_text()
    chip = page.locator(".citation .chip")
    assert chip.inner_text().split("\n") == ["1", "cedar", "p. 2"]

    chip.click()
    (quote,) = page.locator(".citation blockquote").all_inner_texts()
    assert highlighted(page) == quote
    ink, marker = painted(browser, page)
    assert ink > 0.02
    assert marker > 0.3

    page.locator(".verdict.partly").click()
    page.get_by_label("The right answer").fill("6.75% a year")
    page.get_by_role("button", name="Point to the right passage").click()
    page.locator(".textLayer span", has_text="6.75%").first.dblclick(position={"x": 4, "y": 4})
    page.get_by_role("button", name="Use these words").click()
    page.get_by_label("incomplete").check()
    page.get_by_label("Comment").fill("name the day count")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Thank you: saved").wait_for()
    kept = (library.root / "judgements.jsonl").read_text(encoding="utf-8")
    judged = json.loads(kept)
    assert (judged["verdict"], judged["better_answer"], judged["tags"]) == (
        "partly",
        "6.75% a year",
        ["incomplete"],
    )
    assert judged["page"] == 1
    assert judged["quote"] in quote

    page.get_by_role("link", name="Develop").click()
    page.get_by_role("link", name="Judgements").click()
    card = page.locator(".judged").inner_text()
    assert INTEREST in card
    assert "6.75% a year" in card
    assert "name the day count" in card
    assert tab.complaints == []
    assert {url for url in tab.requests if not url.startswith((address, "blob:", "data:"))} == set()


def test_text_documents_are_shown_as_text_with_the_quote_marked(
    browser: Browser, running: tuple[Workspace, str]
) -> None:
    tab = Tab(browser, running[1])
    tab.go("")
    page = tab.ask("What fee does the Custodian receive?")
    page.locator(".citation .chip").first.click()
    mark = page.locator(".sheet mark")
    quote = page.locator(".citation blockquote").first.inner_text()
    assert mark.inner_text() == quote
    assert "0.35%" in quote
    assert HOSTILE in page.locator(".sheet").inner_text()
    assert page.locator(".sheet img, .sheet script").count() == 0
    assert page.title() == "Ask · Covenant"
    assert tab.complaints == []


def test_an_abstention_says_what_was_searched(browser: Browser, running: tuple[Workspace, str]) -> None:
    tab = Tab(browser, running[1])
    tab.go("")
    page = tab.ask("zzyzx quux?")
    assert page.locator(".said").inner_text() == "Not in these documents"
    page.get_by_text("Searched 2 documents").wait_for()
    assert sorted(page.locator(".names li").all_inner_texts()) == ["alder", LONG]


def test_history_brings_an_answer_back(browser: Browser, running: tuple[Workspace, str]) -> None:
    tab = Tab(browser, running[1])
    tab.go("")
    tab.ask(INTEREST)
    page = tab.ask("zzyzx quux?")
    page.reload()
    page.locator(".entry", has_text=INTEREST).click()
    page.locator(".answer .said", has_text="4.25%").wait_for()
    assert page.locator(".entry[aria-current]").inner_text().startswith(INTEREST)


def test_all_of_it_by_keyboard(browser: Browser, running: tuple[Workspace, str]) -> None:
    from playwright.sync_api import expect

    tab = Tab(browser, running[1])
    page = tab.go("")
    page.wait_for_selector(".welcome")
    page.keyboard.press("/")
    page.keyboard.type(INTEREST)
    page.keyboard.press("Enter")
    page.wait_for_selector(".citation .chip")
    focused: Callable[[str], Any] = lambda selector: page.evaluate(  # noqa: E731
        "selector => document.activeElement.matches(selector)", selector
    )
    for _ in range(20):
        page.keyboard.press("Tab")
        if focused(".citation .chip"):
            break
    page.keyboard.press("Enter")
    assert "4.25%" in highlighted(page)
    assert focused(".pages")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".page-number input")).to_have_value("3")
    page.keyboard.press("Escape")
    assert page.locator(".viewer").is_hidden()
    assert focused(".citation .chip")


def test_a_computed_number_with_its_operands_notices_and_amendments(
    browser: Browser, running: tuple[Workspace, str]
) -> None:
    """A reply as the service documents it, given as one object: the page does without a stream."""
    from playwright.sync_api import expect

    library, address = running
    example: dict[str, Any] = json.loads(json.dumps(Answered.model_config["json_schema_extra"]))
    reply = example["examples"][0]
    document = next(record for record in documents_of(library) if record.name == "alder")
    place = {**reply["citations"][0], "document": "alder", "document_id": document.id, "page": 1}
    places = [
        {**place, "boxes": [{"page": 1, "x0": 72, "y0": y, "x1": 200, "y1": y + 12}]} for y in (426, 82)
    ]
    operands = [
        {"name": name, "label": label, "period": "2018-12-31", "text": text, "amount": text.replace(",", "")}
        for name, label, text in (("a", "Total current assets", "13,709"), ("b", "Total debt", "7,244"))
    ]
    derivation = {"name": "ratio", "formula": "(a / b)", "operands": operands, "value": "1.8924627277747"}
    notices = ["the endpoint is down, the span reader answered"]
    body = {**reply, "answer": "1.89", "citations": places, "derivation": derivation, "notices": notices}
    tab = Tab(browser, address)
    tab.page.route("**/v1/ask", lambda route: route.fulfill(json=body))
    tab.go("")
    page = tab.ask("What is the ratio?")
    assert page.locator(".formula").inner_text() == "ratio = (13,709 ÷ 7,244) = 1.892462…"
    assert page.locator(".notices").inner_text() == "The endpoint is down, the span reader answered."
    assert "Changed since by alder-supplement-1" in page.locator(".citation").first.inner_text()
    figures = page.locator(".derivation td .figure")
    expect(figures).to_have_count(2)
    for operand, top in zip(figures.all(), ("426", "82"), strict=True):
        operand.click()
        expect(operand).to_have_attribute("aria-pressed", "true")
        expect(page.locator(".box")).to_have_attribute("style", re.compile(rf"--y: {top};"))


def test_an_answer_stays_when_the_library_comes_later(
    browser: Browser, running: tuple[Workspace, str]
) -> None:
    held: list[Route] = []
    tab = Tab(browser, running[1])

    def hold(route: Route) -> None:
        held.append(route)

    tab.page.route("**/v1/documents", hold)
    page = tab.go("")
    page.locator(".result .loading").wait_for()
    tab.ask(INTEREST)
    for route in held:
        route.continue_()
    # Who waits for the library is told; what was shown for want of a question is not needed any more.
    page.get_by_role("button", name="All 2 documents").wait_for()
    assert "4.25%" in page.locator(".said").inner_text()
    assert page.locator(".welcome, .result[aria-busy]").count() == 0


def test_deleting_asks_first(browser: Browser, running: tuple[Workspace, str]) -> None:
    tab = Tab(browser, running[1])
    page = tab.go("#/documents")
    page.get_by_role("button", name=f"Delete {LONG}").click()
    page.get_by_role("button", name="Cancel").click()
    assert page.get_by_role("button", name=LONG, exact=True).count() == 1
    page.get_by_role("button", name=f"Delete {LONG}").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.get_by_role("button", name=LONG, exact=True).wait_for(state="detached")
    assert [record.name for record in documents_of(running[0])] == ["alder"]


def test_slices_errors_and_labels_of_a_run(browser: Browser, developing: tuple[Developed, str]) -> None:
    developed, address = developing
    labels = developed.workspace.label_report
    told = json.loads(labels.read_text())
    own = [one for one in told["report"]["functions"] if one["name"] == "sentence_cover"]
    told["report"]["unsearched"] = {**told["report"], "functions": own}
    labels.write_text(json.dumps(told))
    tab = Tab(browser, address)
    page = tab.go("#/develop")
    page.locator(".heat").wait_for()
    assert "accuracy .667" in page.locator(".measures").inner_text()
    row = page.locator(".heat tr", has_text="lookup")
    assert row.locator("td").first.inner_text() == "8"
    # The run of the release that answers nothing: another choice of the list, kept in the address.
    page.get_by_label("Run", exact=True).select_option(developed.runs[1])
    page.locator(".measures", has_text="accuracy .333").wait_for()
    assert page.url.endswith(f"#/develop/slices/{developed.runs[1]}")

    page.get_by_role("link", name="Errors").click()
    page.locator(".card .errors summary").first.click()
    error = page.locator(".card .errors details").first.inner_text()
    assert "best confidence" in error
    page.locator(".card .errors details").first.get_by_role("button").first.click()
    page.locator(".sheet mark").first.wait_for()
    page.keyboard.press("Escape")

    page.get_by_role("link", name="Labels").click()
    page.get_by_role("table").nth(1).wait_for()
    apart = page.get_by_role("region", name="Labeling functions on words that searches do not know")
    assert apart.locator("tbody tr").count() == 1
    apart.get_by_role("link", name="sentence_cover").click()
    page.locator(".examples-of .card").first.wait_for()
    assert "votes" in page.locator(".examples-of .card").first.inner_text()
    page.get_by_text("Its source").click()
    assert "behind_best(sentence_cover(" in page.locator(".examples-of pre").inner_text()
    assert tab.complaints == []


def test_releases_are_promoted_and_rolled_back(browser: Browser, developing: tuple[Developed, str]) -> None:
    developed, address = developing
    workspace = developed.workspace
    tab = Tab(browser, address)
    page = tab.go("#/develop/releases")
    page.locator(".release.current h3", has_text=developed.silent).wait_for()
    better = page.locator(".release", has_text=developed.better)
    assert "ccuracy gets significantly better, .333 to .667" in better.inner_text()
    everything = better.locator(".gate").first.locator("tbody tr").first.inner_text()
    assert [word in everything for word in ("all", ".333", ".667", "+.333", ".008", "better")] == [True] * 6
    better.get_by_role("button", name="Promote").click()
    page.get_by_role("dialog").get_by_role("button", name="Promote").click()
    page.locator(".release.current h3", has_text=developed.better).wait_for()
    assert releases.current_id(workspace) == developed.better
    # What was not measured against what is in use is promoted for a reason only.
    page.locator(".release", has_text=developed.silent).get_by_role("button", name="Promote").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Promote").click()
    assert releases.current_id(workspace) == developed.better
    dialog.get_by_label("Why all the same").fill("to see it")
    page.keyboard.press("Enter")
    page.locator(".release.current h3", has_text=developed.silent).wait_for()
    assert releases.history(workspace)[-1].reason == "to see it"
    page.get_by_role("button", name="Roll back").click()
    page.get_by_role("dialog").get_by_role("button", name="Roll back").click()
    page.locator(".release.current h3", has_text=developed.better).wait_for()
    assert releases.current_id(workspace) == developed.better
    assert tab.complaints == []


def test_what_needs_an_index_is_promoted_by_a_job(
    browser: Browser, developing: tuple[Developed, str]
) -> None:
    developed, address = developing
    workspace = developed.workspace
    other = release_of(workspace, "x", settings={"embedder": {"dim": 64}}, artifacts=[]).id
    tab = Tab(browser, address)
    page = tab.go("#/develop/releases")
    card = page.locator(".release", has_text=other)
    assert "needs an index of its own" in card.inner_text()
    card.get_by_role("button", name="Promote").click()
    page.get_by_role("dialog").get_by_label("Why all the same").fill("to see it")
    page.keyboard.press("Enter")
    job = page.locator(".job.queued", has_text="promote")
    job.wait_for()
    assert f"release {other}" in job.inner_text()
    page.get_by_text("No worker is there").wait_for()
    Worker(workspace, settings_of(workspace)).run(threading.Event(), until_idle=True)
    page.locator(".job.done", has_text=f"release {other} · before {developed.silent}").wait_for()
    page.get_by_role("link", name="Releases").click()
    page.locator(".release.current h3", has_text=other).wait_for()
    assert tab.complaints == []


def test_a_job_of_tuning_is_started_with_its_options(
    browser: Browser, developing: tuple[Developed, str]
) -> None:
    developed, address = developing
    tab = Tab(browser, address)
    page = tab.go("#/develop/jobs")
    page.get_by_label("Start", exact=True).select_option("tune")
    page.get_by_label("Part", exact=True).select_option("embedder")
    page.get_by_label("The embedder learns from").select_option("reranker")
    page.get_by_role("button", name="Start").click()
    page.locator(".job.queued", has_text="parts embedder · teacher reranker").wait_for()
    newest = JobStore(developed.workspace.service_file).latest(1)[0]
    assert newest.options == {"parts": ["embedder"], "teacher": "reranker"}
    assert tab.complaints == []


def test_a_job_is_started_and_cancelled(browser: Browser, developing: tuple[Developed, str]) -> None:
    developed, address = developing
    page = Tab(browser, address).go("#/develop/jobs")
    page.get_by_label("Start", exact=True).select_option("label")
    page.get_by_role("button", name="Start").click()
    page.get_by_text("Queued").first.wait_for()
    jobs = JobStore(developed.workspace.service_file)
    newest = jobs.latest(1)[0]
    assert (newest.kind, newest.status) == ("label", "queued")
    page.locator(".job.queued").get_by_role("button", name="Cancel").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel it").click()
    page.locator(".job.cancelled").wait_for()
    assert jobs.latest(1)[0].status == "cancelled"


def test_the_service_as_it_is_with_nothing_in_it(browser: Browser, plain: str) -> None:
    tab = Tab(browser, plain)
    page = tab.go("")
    page.get_by_text("No documents yet").first.wait_for()
    tab.ask("Who is the trustee?")
    page.get_by_role("link", name="Add documents").wait_for()
    page = tab.go("#/develop/jobs")
    page.locator(".nothing").wait_for()
    assert tab.complaints == []


def test_an_error_says_what_to_do(browser: Browser, running: tuple[Workspace, str]) -> None:
    tab = Tab(browser, running[1])
    error = {
        "code": "overloaded",
        "message": "64 questions are waiting already",
        "remedy": "try again in a moment",
    }
    tab.page.route("**/v1/ask", lambda route: route.fulfill(status=503, json={"error": error}), times=1)
    tab.go("")
    page = tab.ask(INTEREST)
    assert page.locator(".failure").inner_text().startswith("64 questions are waiting already.")
    page.get_by_role("button", name="Try again").click()
    page.locator(".said", has_text="4.25%").wait_for()
