from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.settings import HashingEmbedderSettings, MiniLMEmbedderSettings, Settings


def test_precedence_is_defaults_file_environment_overrides(tmp_path: Path) -> None:
    path = tmp_path / "covenant.toml"
    path.write_text("[retrieval]\nhits = 10\nevidence = 3\nfusion_k = 7\n")
    environ = {"COVENANT__RETRIEVAL__HITS": "20", "COVENANT__RETRIEVAL__EVIDENCE": "4", "HOME": "/"}
    settings = Settings.load(path, environ=environ, overrides=["retrieval.hits=30"])
    assert settings.retrieval.hits == 30
    assert settings.retrieval.evidence == 4
    assert settings.retrieval.fusion_k == 7
    assert settings.retrieval.dense_hits == 100


def test_kinds_are_told_apart() -> None:
    settings = Settings.load(None, environ={}, overrides=["embedder.kind=hashing", "embedder.dim=64"])
    assert settings.embedder == HashingEmbedderSettings(dim=64)


def test_a_key_of_the_default_kind_needs_no_kind() -> None:
    settings = Settings.load(None, environ={}, overrides=["embedder.dtype=float32"])
    assert settings.embedder == MiniLMEmbedderSettings(dtype="float32")


@pytest.mark.parametrize(
    ("override", "says"),
    [
        ("retrieval.topk=5", "retrieval.topk"),
        ("retrieval.hits=many", "retrieval.hits"),
        ("retrieval.hits=0", "retrieval.hits"),
        ("embedder.kind=magic", "hashing"),
        ("embedder.dtype=half", "bfloat16"),
        ("reranker.model=x", "reranker.late_interaction.model"),
        ("nosuch.key=1", "nosuch"),
        ("retrieval.hits", "section.key=value"),
        ("retrieval.hits.deep=1", "retrieval.hits"),
    ],
)
def test_mistakes_are_named_in_one_line(override: str, says: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load(None, environ={}, overrides=[override])
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "covenant.toml"
    path.write_text("[retrieval\n")
    with pytest.raises(SettingsError, match=r"covenant\.toml"):
        Settings.load(path, environ={})


def test_a_dump_loads_to_the_same_tree() -> None:
    settings = Settings.load(
        None, environ={}, overrides=["embedder.kind=hashing", "answer.min_confidence=0.5"]
    )
    assert Settings.model_validate_json(settings.model_dump_json()) == settings
