"""Files of kinds: how they are read, the function made of them, the questions they ask of documents."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ingest.build import ingest
from rag.catalog import Catalog
from rag.errors import SettingsError
from rag.settings import Settings
from rag.types import Chunk, Support
from rag.workspace import Workspace
from tests.tuning.labeling.cases import answer, asked, chunk, passages
from tuning.items import Asked
from tuning.kinds import BUILT_IN, ClauseKinds
from tuning.label_model.matrix import ABSTAIN
from tuning.labeling.functions import BAD, GOOD
from tuning.labeling.library.kinds import make_answers_of_kind, make_clause_kinds
from tuning.questions.kinds import ask_by_kinds

OWN = """
[[kind]]
name = "pets"
asked = '\\bpets?\\b|animals'
said = '\\b(?:dog|cat|parrot)s?\\b'
questions = ["may a tenant of {c} keep animals", "are {d} holders allowed a hamster"]

[[kind]]
name = "painting"
asked = 'paint'
said = 'whitewash'
questions = ["who paints in {y}"]
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A file of two kinds."""
    path = tmp_path / "own.toml"
    path.write_text(OWN, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_every_question_of_a_built_in_kind_asks_for_it(name: str) -> None:
    kinds = ClauseKinds.load(BUILT_IN[name])
    assert len(kinds.kinds) >= 50
    for kind in kinds.kinds:
        assert kind.questions, kind.name
        for wording in kind.questions:
            said = wording.format(c="Halversten", d="contract", y="FY2021")
            assert kind in kinds.asked_for(f"In the deed, {said}?"), (kind.name, said)


@pytest.mark.parametrize(
    ("name", "kind", "passage"),
    [
        ("contracts", "governing_law", "This Agreement shall be governed by the laws of the State of Ohio."),
        ("contracts", "anti_assignment", "Neither party may assign this Agreement without consent."),
        ("contracts", "perpetual_license", "a perpetual, worldwide right"),
        ("contracts", "return_or_destroy", "shall return all Confidential Information"),
        ("filings", "capital_expenditure", "Purchases of property, plant and equipment | (812) | (790)"),
        ("filings", "legal_proceedings", "Item 3. Legal Proceedings"),
    ],
)
def test_built_in_kinds_know_their_words_and_not_each_others(name: str, kind: str, passage: str) -> None:
    kinds = {one.name: one for one in ClauseKinds.load(BUILT_IN[name]).kinds}
    assert kinds[kind].said.search(passage)
    others = sum(bool(one.said.search(passage)) for one in kinds.values())
    assert others <= len(kinds) / 5


def test_passages_count_by_the_places_that_speak_as_asked(own: Path) -> None:
    texts = ("A dog, a cat, two parrots and a dog.", "One dog.", "The walls are whitewashed.")
    function = make_clause_kinds(path=own)
    assert function.scored
    np.testing.assert_array_equal(function.values(passages(asked("Are pets allowed?"), texts), {}), [3, 1, 0])
    # Of several kinds asked for, the one that a passage says most of.
    both = passages(asked("Who paints the pets?"), texts)
    np.testing.assert_array_equal(function.values(both, {}), [3, 1, 1])
    assert np.isnan(function.values(passages(asked("What is the rent?"), texts), {})).all()


def test_answers_count_by_whether_they_speak_as_asked(own: Path) -> None:
    function = make_answers_of_kind(path=own)
    pets, rent = asked("Are pets allowed?"), asked("What is the rent?")
    says, silent = chunk("One dog is welcome. The walls are grey."), chunk("The walls are whitewashed.")

    def votes(question: Asked, passage: Chunk, *texts: str) -> object:
        found = function.values([answer(question, passage, text) for text in texts], {})
        return np.nan_to_num(found, nan=ABSTAIN).tolist()

    assert votes(pets, says, "One dog is welcome.", "The walls are grey.", "") == [GOOD, BAD, BAD]
    assert votes(pets, silent, "The walls are whitewashed.", "") == [BAD, GOOD]
    assert votes(rent, says, "One dog is welcome.", "") == [ABSTAIN, ABSTAIN]


def test_a_piece_of_a_sentence_that_says_it_elsewhere_is_not_judged(own: Path) -> None:
    passage, question = chunk("One dog is welcome in May."), asked("Are pets allowed?")
    item = answer(question, passage, "in May")
    around = Support(chunk_id=passage.id, start=0, end=len(passage.text))
    whole = replace(item, candidate=replace(item.candidate, supports=(around,)))
    assert np.isnan(make_answers_of_kind(path=own).values([whole], {})).all()


def test_a_changed_file_is_another_function(own: Path) -> None:
    before = make_clause_kinds(path=own).source
    changed = own.with_name("changed.toml")
    changed.write_text(OWN.replace("parrot", "hamster"), encoding="utf-8")
    assert make_clause_kinds(path=changed).source != before


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("kind = 3", "cannot be read"),
        ("[[kind]]\nname = 'a'\nasked = '('\nsaid = 'b'", "cannot be read"),
        ("[[kind]]\nname = 'a'\nsaid = 'b'", "'asked'"),
        ("[[kind]]\nname = 'a'\nasked = 'a'\nsaid = 'b'\nquestions = ['who is {x}']", "{x}, which nothing"),
        ("[[kind]]\nname = 'a'\nasked = 'a'\nsaid = 'b'\nquestions = 'who'", "are no list"),
        ("[[kind]]\nname = 'a'\nasked = 'a'\nsaid = 'b'\n" * 2, "names 'a' twice"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_kinds_is_said(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "kinds.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as error:
        ClauseKinds.load(path)
    assert told in str(error.value)
    assert str(path) in str(error.value)


def test_questions_are_asked_of_documents_with_the_words(tmp_path: Path, own: Path) -> None:
    texts = {
        "house.txt": "House Rules\n\nDogs and cats are welcome. Walls get whitewash.\n",
        "rent.txt": "Rent Rules\n\nThe rent is due in May.\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    workspace = Workspace.create(tmp_path / "library")
    settings = Settings.model_validate({"embedder": {"kind": "hashing"}})
    ingest(workspace, [tmp_path / name for name in texts], settings)
    kinds = ClauseKinds.load(own)
    with Catalog(workspace.catalog_file) as catalog:
        found = ask_by_kinds(catalog, kinds, seed=7, count=10)
        assert found == ask_by_kinds(catalog, kinds, seed=7, count=10)
        assert ask_by_kinds(catalog, kinds, seed=7, count=10, documents=[catalog.resolve("rent")]) == []
        house = catalog.resolve("house")
    # No company and no year is known of the house rules: only the wording without them is left.
    assert [one.kind for one in found] == ["pets"]
    assert found[0].text.startswith("Are ")
    assert found[0].text.endswith("holders allowed a hamster?")
    assert found[0].document_ids == (house,)
    assert not found[0].places
    assert not found[0].answer
    assert found[0].origin == "file"
