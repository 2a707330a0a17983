"""House words: read from a file, put into questions, and told in the answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.assembly import open_pipeline
from rag.errors import SettingsError
from rag.house_words import HouseWord, HouseWords
from rag.settings import Settings
from rag.types import Query
from tests.tuning.questions.library import SETTINGS, make_library

BOGEY = HouseWord(said="bogey", meant="Senior Fee Rate")
LONGER = HouseWord(said="old bogey", meant="Minimum Denomination")


def test_the_longest_word_counts_in_any_case_and_spacing() -> None:
    words = HouseWords(words=(BOGEY, LONGER))
    understood = words.understand("The BOGEY and the old\n  bogey of Alder")
    assert understood.text == "The Senior Fee Rate and the Minimum Denomination of Alder"
    assert understood.found == (BOGEY, LONGER)


@pytest.mark.parametrize("question", ["the bogeyman", "a half-bogey", "bogey-free", ""])
def test_parts_of_other_words_stay(question: str) -> None:
    assert HouseWords(words=(BOGEY,)).understand(question).text == question


def test_what_is_meant_is_not_read_again() -> None:
    words = HouseWords(words=(HouseWord(said="a", meant="b"), HouseWord(said="b", meant="c")))
    assert words.understand("a b").text == "b c"


def test_signs_in_words_are_plain() -> None:
    assert HouseWords(words=(HouseWord(said="(x+", meant="y"),)).understand("an (x+ z").text == "an y z"


def test_there_and_back(tmp_path: Path) -> None:
    words = HouseWords(words=(BOGEY, LONGER), facts={"recipe": "by hand"})
    path = tmp_path / "words.json"
    path.write_text(words.to_json(), encoding="utf-8")
    assert HouseWords.load(path) == words
    assert HouseWords.load(path).fingerprint == HouseWords(words=(LONGER, BOGEY)).fingerprint
    assert HouseWords().fingerprint == "none"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"format": 2, "words": []}',
        '{"format": 1, "words": [{"said": "x"}]}',
        '{"format": 1, "words": [{"said": " ", "meant": "y"}]}',
        '{"format": 1, "words": [{"said": "x", "meant": 3}]}',
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "words.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"words\.json cannot be read"):
        HouseWords.load(path)


def test_questions_are_understood_and_answers_say_so(tmp_path: Path) -> None:
    workspace = make_library(tmp_path)
    path = tmp_path / "words.json"
    path.write_text(HouseWords(words=(BOGEY,)).to_json(), encoding="utf-8")
    retrieval = SETTINGS.retrieval.model_copy(update={"house_words": path})
    settings: Settings = SETTINGS.model_copy(update={"retrieval": retrieval})
    question = Query(text="What is the bogey of Alder CLO 2022-1?")
    with open_pipeline(workspace, SETTINGS) as plain, open_pipeline(workspace, settings) as pipeline:
        meant = Query(text="What is the Senior Fee Rate of Alder CLO 2022-1?")
        assert pipeline.retrieve(question) == plain.retrieve(meant) != plain.retrieve(question)
        assert pipeline.prompt(question).question == meant.text
        assert pipeline.fingerprints["house_words"] != plain.fingerprints["house_words"] == "none"
        response = pipeline.ask(question)
        assert response.query.text == question.text
        assert response.notices == ("read “bogey” as “Senior Fee Rate”",)
        assert response.candidates == plain.ask(meant).candidates != plain.ask(question).candidates
        assert not plain.ask(question).notices
