from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from eval.speed import BASELINE, Speed, choose, measure, sample_passages
from rag import embedder
from rag.command import run
from rag.embedder.forms import recall_form
from rag.protocols import Vectors
from rag.settings import HashingEmbedderSettings, MiniLMEmbedderSettings

HASHING = embedder.load(HashingEmbedderSettings(dim=64))


def turned(texts: Sequence[str]) -> Vectors:
    return np.roll(HASHING.embed_passages(texts), 1, axis=1)


def test_passages_are_the_same_every_time_and_of_the_lengths_asked_for() -> None:
    passages = sample_passages(50)
    assert passages == sample_passages(50)
    assert all(20 <= len(passage.split()) < 190 for passage in passages)
    assert len(set(passages)) == 50


def test_agreement_is_measured_against_the_baseline() -> None:
    speeds = measure({BASELINE: HASHING.embed_passages, "turned": turned}, sample_passages(12), rounds=2)
    assert speeds[BASELINE].speedup == speeds[BASELINE].cpu_speedup == 1.0
    assert speeds[BASELINE].min_cosine == pytest.approx(1.0)
    assert speeds[BASELINE].agrees
    assert speeds["turned"].min_cosine < 0.9
    assert not speeds["turned"].agrees
    assert speeds["turned"].per_second > 0


def test_the_fastest_form_that_agrees_is_chosen() -> None:
    def speed(rate: float, cosine: float) -> Speed:
        return Speed(
            per_second=rate,
            per_cpu_second=rate,
            speedup=rate,
            cpu_speedup=rate,
            min_cosine=cosine,
            neighbours=1.0,
        )

    slow, fast = speed(1.0, 1.0), speed(3.0, 0.9999)
    assert choose({"float32": slow, "bfloat16": fast}) == "bfloat16"
    assert choose({"float32": slow, "bfloat16": speed(3.0, 0.98)}) == "float32"


@pytest.mark.slow
def test_the_command_prints_forms_and_keeps_the_choice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from rag.embedder.transformer import TransformerEmbedder

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert run(["-w", str(tmp_path), "bench", "speed", "--limit", "12", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["n"] == 12
    assert {*told["forms"]} == {BASELINE, "float32", "bfloat16"}
    assert told["forms"]["float32"]["min_cosine"] > 0.9999
    assert told["chosen"] in ("float32", "bfloat16")
    assert recall_form(TransformerEmbedder.key_of(MiniLMEmbedderSettings())) == told["chosen"]
    loaded = embedder.load(MiniLMEmbedderSettings())
    named = embedder.load(MiniLMEmbedderSettings(dtype=told["chosen"]))
    assert loaded.fingerprint == named.fingerprint


def test_the_hashing_embedder_has_no_forms(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["-w", str(tmp_path), "--set", "embedder.kind=hashing", "bench", "speed"]
    assert run(arguments) == 2
    assert "one form only" in capsys.readouterr().err
