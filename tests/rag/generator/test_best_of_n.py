"""Best of n: quality beside the reader's own probability."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.generator.quality import BIAS, QualityModel, log_probabilities
from rag.types import Candidate, ChunkId, Support


def candidate(text: str, start: int, **signals: float) -> Candidate:
    support = Support(chunk_id=ChunkId("a"), start=start, end=start + 5)
    return Candidate(text=text, score=0.5, supports=(support,), signals=signals)


SURE = candidate("sure", 0, margin=4.0, rank=0.0)
LIKED = candidate("liked", 10, margin=-4.0, rank=1.0)
WORDS = candidate("by words", 0, words=0.5)
QUALITY = QualityModel(weights={"span, open": {BIAS: -1.0, "rank": 2.0}, "words, open": {BIAS: -3.0}})


def test_log_probabilities_are_among_all_that_was_marked() -> None:
    found = log_probabilities([SURE, LIKED, WORDS, candidate("figure", 30)])
    whole = math.log(1 + math.exp(4) + math.exp(-4))
    assert found == pytest.approx([4 - whole, -4 - whole, 4 - whole, 0.0])
    assert max(log_probabilities([candidate("x", 0, margin=1e9)])) <= 0.0


def test_the_temperature_says_how_far_the_reader_is_believed() -> None:
    def first(temperature: float | None) -> str:
        chosen = replace(QUALITY, temperature=temperature).choose("What is it?", [SURE, LIKED, WORDS])
        return chosen[0].text

    assert first(None) == "liked"
    assert first(1.0) == "sure"
    assert first(100.0) == "liked"
    best, *_ = replace(QUALITY, temperature=1.0).choose("What is it?", [SURE, LIKED])
    assert best.score == pytest.approx(1 / (1 + math.e)), "confidence stays that of quality"


def test_the_file_has_the_temperature(tmp_path: Path) -> None:
    path = tmp_path / "quality.json"
    model = replace(QUALITY, temperature=2.0)
    path.write_text(model.to_json())
    assert QualityModel.load(path).temperature == 2.0
    assert QualityModel.load(path).fingerprint == model.fingerprint != QUALITY.fingerprint
    path.write_text(replace(QUALITY, temperature=-1.0).to_json())
    with pytest.raises(ModelError, match="not above 0"):
        QualityModel.load(path)
