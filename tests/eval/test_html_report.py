"""The pages: what stands on them, that texts stay texts, that the same runs give the same page."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from eval.compare import compare_runs
from eval.html_report import comparison_page, run_page
from eval.runs import Run
from eval.slicing import BUILT_IN
from rag.errors import MissingExtraError
from tests.eval.made_rows import row, run
from tests.eval.plotted_runs import HOSTILE, two_runs

pytestmark = pytest.mark.slow

LARGEST = 300_000
VOID = {"meta", "link", "br", "img", "wbr"}


class Elements(HTMLParser):
    """Tags, attributes and ids of a page; complains of tags that do not close."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def pages(text: str = "a < b") -> dict[str, str]:
    before, after = two_runs(text)
    return {"run": run_page(before, BUILT_IN), "comparison": comparison_page(compare_runs(before, after))}


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return pages()


@pytest.mark.parametrize("kind", ["run", "comparison"])
def test_a_page_is_whole_small_and_asks_for_nothing(made: dict[str, str], kind: str) -> None:
    page = made[kind]
    found = Elements(page)

    assert len(page.encode()) < LARGEST
    assert not {"script", "link", "iframe", "img", "object"} & set(found.tags)
    ids = [value for name, value in found.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    links = [value or "" for name, value in found.attributes if name in ("href", "xlink:href", "src")]
    assert links
    assert all(link.startswith("#") and link[1:] in ids for link in links)
    assert set(re.findall(r"url\(#([^)]*)\)", page)) <= set(ids)
    assert re.findall(r"url\((?!#)", page) == []
    assert re.findall(r"#0101\d\d|DejaVu", page) == []


@pytest.mark.parametrize("kind", ["run", "comparison"])
def test_texts_of_runs_stay_texts(kind: str) -> None:
    page = pages(HOSTILE)[kind]
    found = Elements(page)

    assert not {"script", "img"} & set(found.tags)
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    assert "&lt;script&gt;" in page
    assert "{{ 7*7 }}" in page


def test_every_plot_has_a_name_and_a_table(made: dict[str, str]) -> None:
    for page, plots in ((made["run"], 5), (made["comparison"], 9)):
        assert page.count('role="img"') == plots
        assert len(re.findall(r'aria-labelledby="([^"]+)".*?<title id="\1">[^<]', page)) == plots
    assert made["run"].count('class="card panel"') == made["run"].count('class="beside"') == 5


def test_the_same_runs_give_the_same_page(made: dict[str, str]) -> None:
    assert pages() == made


def test_a_run_page_says_what_was_run(made: dict[str, str]) -> None:
    page = made["run"]

    for said in ("fingerprint index", "machine cores", "embedder.kind", "2026-03-04T05:06:07", "12" * 20):
        assert said in page
    assert "Only 12 documents: intervals are rough below 40." in page
    assert "right to abstain" in page


def test_a_comparison_says_verdict_wins_and_what_differs(made: dict[str, str]) -> None:
    page = made["comparison"]

    assert "settings embedder.kind" in page
    assert ">won accuracy<" in page
    assert ">lost accuracy<" in page
    assert "answered: 1 a &lt; b" in page
    assert "p, Holm" in page


@pytest.mark.parametrize(
    "bare",
    [
        run([row(values={"accuracy": 1.0})]),
        run([replace(row(), outcome="failed", values={"accuracy": 0.0}, hits=(), evidence=())]),
        run([replace(row(), outcome="retrieved", values={"mrr": 1.0})], task="retrieve"),
    ],
    ids=["one answer", "all failed", "ranking only"],
)
def test_what_a_run_lacks_leaves_no_empty_part(bare: Run) -> None:
    Elements(run_page(bare, BUILT_IN))
    Elements(comparison_page(compare_runs(bare, bare)))


def test_a_long_list_of_changes_is_cut_and_says_so() -> None:
    text = "word " * 2000
    before = run([row(question_id=f"q{i}", cluster=f"d{i}", text=text, question=text) for i in range(150)])
    after = run([replace(one, values={**one.values, "accuracy": 0.0}) for one in before.rows])
    page = comparison_page(compare_runs(before, after))

    assert len(page.encode()) < LARGEST
    assert "150 questions changed in accuracy" in page
    assert "The first 100 are told here" in page


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)

    with pytest.raises(MissingExtraError, match=r"covenant-qa\[report\]"):
        run_page(two_runs()[0], BUILT_IN)
