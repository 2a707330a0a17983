from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from rag.glossary import Glossary, Wording
from tests.tuning.labeling.cases import asked, passages
from tuning.items import PassageItem
from tuning.labeling import (
    ABSTAIN,
    IRRELEVANT,
    RELEVANT,
    FunctionError,
    ResourceError,
    Resources,
    Vote,
    labeling_function,
    load_functions,
)
from tuning.labeling.resources import version_of

WORDS = re.compile("terminate", re.I)
QUESTION = asked("When may the Lender terminate?")
ITEMS = passages(QUESTION, ["The Lender may terminate at will.", "Payments are due monthly."])


@labeling_function(on="passage", kind="pattern")
def says_terminate(item: PassageItem) -> Vote:
    """Speaks of ending."""
    return RELEVANT if WORDS.search(item.chunk.text) else IRRELEVANT


def test_a_function_votes_on_each_item() -> None:
    assert says_terminate.values(ITEMS, {}).tolist() == [1.0, 0.0]
    assert says_terminate(ITEMS[0]) == RELEVANT
    assert says_terminate.about == "Speaks of ending."


def test_a_batch_function_gets_all_items_at_once() -> None:
    @labeling_function(on="passage", kind="rank", batch=True)
    def longest(items: Sequence[PassageItem]) -> Sequence[Vote]:
        most = max(len(item.chunk.text) for item in items)
        return [RELEVANT if len(item.chunk.text) == most else ABSTAIN for item in items]

    assert np.isnan(longest.values(ITEMS, {})).tolist() == [False, True]


@pytest.mark.parametrize("returned", [2, 0.5, float("inf"), "x"])
def test_what_is_no_vote_is_refused(returned: object) -> None:
    function = labeling_function(on="passage", kind="pattern", name="odd")(lambda item: returned)
    with pytest.raises((FunctionError, ValueError)):
        function.values(ITEMS, {})


def test_a_score_may_be_any_finite_number() -> None:
    made = labeling_function(on="passage", kind="model", name="size", scored=True)
    assert made(lambda item: len(item.chunk.text) / 2).values(ITEMS, {}).tolist() == [16.5, 12.5]
    with pytest.raises(FunctionError, match="infinite"):
        made(lambda item: float("inf")).values(ITEMS, {})


def test_a_batch_of_another_length_is_refused() -> None:
    function = labeling_function(on="passage", kind="rank", name="short", batch=True)(lambda items: [1])
    with pytest.raises(FunctionError, match="for 2 items"):
        function.values(ITEMS, {})


def test_slices_are_kinds_of_question() -> None:
    function = labeling_function(on="passage", kind="pattern", name="f", slices=["definition"])(lambda i: 1)
    assert not function.votes_on(ITEMS[0])
    assert function.votes_on(passages(asked("What is X?", kind="definition"), ["X means Y."])[0])


@pytest.mark.parametrize("wrong", [{"on": "page"}, {"kind": "magic"}, {"colour": "red"}])
def test_declarations_are_checked(wrong: dict[str, str]) -> None:
    with pytest.raises(FunctionError):
        labeling_function(**{"on": "passage", "kind": "pattern", "name": "f", **wrong})(lambda item: 1)  # type: ignore[arg-type]


def version(text: str, folder: Path, name: str = "one") -> str:
    path = folder / "labels.py"
    path.write_text(text)
    [function] = [f for f in load_functions(path) if f.name == name]
    return version_of(function.source, function.resources, Resources())


LABELS = """
import re
from tuning.labeling import ABSTAIN, RELEVANT, labeling_function

PATTERN = re.compile("rent")
def helps(text): return PATTERN.search(text)

@labeling_function(on="passage", kind="pattern")
def one(item):
    return RELEVANT if helps(item.chunk.text) else ABSTAIN

@labeling_function(on="passage", kind="pattern")
def two(item):
    return ABSTAIN
"""


def test_a_version_is_the_function_with_what_it_uses(tmp_path: Path) -> None:
    before = version(LABELS, tmp_path)
    assert (
        version(LABELS.replace("two(item):\n    return ABSTAIN", "two(item):\n    return 1"), tmp_path)
        == before
    )
    assert version(LABELS.replace('"rent"', '"lease"'), tmp_path) != before
    assert version(LABELS.replace("PATTERN.search", "PATTERN.match"), tmp_path) != before
    assert version(LABELS.replace("else ABSTAIN", "else 0"), tmp_path) != before


def test_what_a_maker_was_given_is_part_of_the_version() -> None:
    def made(words: Sequence[str]) -> str:
        @labeling_function(on="passage", kind="pattern", name="has")
        def has(item: PassageItem) -> Vote:
            return RELEVANT if any(word in item.chunk.text for word in words) else ABSTAIN

        return version_of(has.source, (), Resources())

    assert made(["rent"]) == made(["rent"])
    assert made(["rent"]) != made(["lease"])


def test_what_nothing_identifies_must_be_a_resource() -> None:
    client = object()
    function = labeling_function(on="passage", kind="external", name="asks")(lambda item: client is item)
    with pytest.raises(FunctionError, match="client, a object; declare it in resources"):
        _ = function.source


def test_a_resource_is_handed_in_and_part_of_the_version() -> None:
    @labeling_function(on="passage", kind="vocabulary", resources=["glossary"])
    def other_words(item: PassageItem, *, glossary: Glossary) -> Vote:
        return RELEVANT if glossary.mentions(item.chunk.text) else ABSTAIN

    def glossary(*wordings: str) -> Resources:
        return Resources(glossary=Glossary((tuple(Wording(w, (w,)) for w in wordings),)))

    names = other_words.resources
    assert other_words.values(ITEMS, glossary("payment").of("f", names)).tolist()[1] == RELEVANT
    first, second = (version_of(other_words.source, names, glossary(w)) for w in ("payment", "rent"))
    assert first != second
    with pytest.raises(ResourceError, match="other_words needs glossary"):
        Resources().of("other_words", names)


def test_a_resource_without_identity_needs_a_version() -> None:
    with pytest.raises(ResourceError, match="which version of prices"):
        Resources(prices=object()).version("prices")
    assert Resources(prices=object(), versions={"prices": "2026"}).version("prices") == "2026"
    assert Resources(prices=[1]).version("prices") != Resources(prices=[2]).version("prices")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1\nraise ValueError('no')", r"labels.py, line 2 fails: ValueError: no"),
        ("def f(:\n", r"labels.py, line 1 fails: SyntaxError"),
        ("x = 1", "defines no labeling function"),
    ],
)
def test_a_file_that_does_not_load_says_where(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "labels.py"
    path.write_text(text)
    with pytest.raises(FunctionError, match=said):
        load_functions(path)


def test_a_missing_file_names_the_starter(tmp_path: Path) -> None:
    with pytest.raises(FunctionError, match="covenant label --starter"):
        load_functions(tmp_path / "labels.py")


def test_functions_listed_are_found(tmp_path: Path) -> None:
    path = tmp_path / "labels.py"
    path.write_text(LABELS + "\nFUNCTIONS = [one, two]\n")
    assert [one.name for one in load_functions(path)] == ["one", "two"]
