from __future__ import annotations

from pathlib import Path

import pytest

from rag import generator
from rag.errors import SettingsError
from rag.glossary import BUILT_IN, Glossary, Wording
from rag.settings import BestSentenceSettings
from rag.tokens import terms
from tests.library import make_document, prompt


def test_every_wording_leads_to_every_other() -> None:
    glossary = Glossary.load()
    assert len(glossary.concepts) > 20
    for concept in glossary.concepts:
        assert len(concept) >= 2
        for wording in concept:
            assert wording.terms
            expanded = terms(glossary.expand(wording.text))
            assert all(set(other.terms) <= set(expanded) for other in concept)


def test_no_wording_means_two_things() -> None:
    wordings = [wording.terms for concept in Glossary.load().concepts for wording in concept]
    assert len(wordings) == len(set(wordings))


def test_words_apart_are_no_mention() -> None:
    glossary = Glossary(
        ((Wording("capital spending", ("capital", "spending")), Wording("capex", ("capex",))),)
    )
    assert glossary.mentions("spending of working capital") == []
    assert glossary.expand("spending of working capital") == "spending of working capital"
    assert glossary.expand("Capital spending?") == "Capital spending? capex"


def test_an_answer_is_found_under_another_name() -> None:
    text = "Section 1.1 Cash flows. Years\n\nPurchases of property, plant and equipment  (1,577)  (1,373)"
    component = generator.load(BestSentenceSettings(), Glossary.load())
    chunk = make_document("acme", text)[2][0]
    asked = prompt("What is the FY2018 capital expenditure amount for Acme?", [chunk])
    assert component.complete([asked])[0][0].text == "1,577"


def test_a_team_may_bring_its_own(tmp_path: Path) -> None:
    own = tmp_path / "glossary.toml"
    own.write_text('concepts = [["alpha", "first letter"]]\n')
    assert Glossary.load(own).expand("alpha") == "alpha first letter"
    assert Glossary.load(own).fingerprint != Glossary.load(BUILT_IN).fingerprint


@pytest.mark.parametrize("text", ["concepts = [", "concept = []", "concepts = 3", "concepts = [3]"])
def test_a_glossary_of_another_form_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "glossary.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match="glossary"):
        Glossary.load(path)
