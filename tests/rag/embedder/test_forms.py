from __future__ import annotations

from pathlib import Path

import pytest

from rag.embedder.forms import Remembered, forms_file, model_key, recall_form, remember_form

GOOD = Remembered(form="bfloat16", min_cosine=0.9999, speedup=3.1)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


def test_a_choice_is_kept_for_its_model_only() -> None:
    assert recall_form("one") is None
    assert remember_form("one", GOOD) == forms_file()
    remember_form("two", Remembered(form="float32", min_cosine=1.0, speedup=1.0))
    assert (recall_form("one"), recall_form("two"), recall_form("three")) == ("bfloat16", "float32", None)


def test_models_and_adapters_have_keys_of_their_own() -> None:
    assert model_key("w") == model_key("w")
    assert len({model_key("w"), model_key("v"), model_key("w", "adapter")}) == 3


def test_a_form_that_does_not_agree_is_not_kept() -> None:
    with pytest.raises(ValueError, match=r"0\.98"):
        remember_form("one", Remembered(form="bfloat16", min_cosine=0.98, speedup=5.0))
    assert not forms_file().exists()


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"one": 1}', '{"one": {"form": "int4"}}', '{"one": {"form": []}}']
)
def test_a_file_that_cannot_be_read_says_nothing(text: str) -> None:
    forms_file().parent.mkdir(parents=True)
    forms_file().write_text(text)
    assert recall_form("one") is None
    remember_form("two", GOOD)
    assert recall_form("two") == "bfloat16"
