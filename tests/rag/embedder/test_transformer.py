"""What the contract suite does not see: threads, adapters of questions alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from rag import embedder
from rag.settings import MiniLMEmbedderSettings
from tests.tuning.test_adapters import make_adapter

TEXTS = [f"Section {n}. " + "The Trustee shall pay the fee. " * n for n in range(1, 12)]


@pytest.mark.slow
def test_batches_side_by_side_give_the_bits_of_one_thread_and_leave_threads_as_they_were() -> None:
    import torch

    model = embedder.load(MiniLMEmbedderSettings(dtype="float32", batch_size=2))
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        together = model.embed_passages(TEXTS)
        assert torch.get_num_threads() == 2
        with ThreadPoolExecutor(1) as later:
            assert later.submit(torch.get_num_threads).result() == 2
        torch.set_num_threads(1)
        np.testing.assert_array_equal(model.embed_passages(TEXTS), together)
    finally:
        torch.set_num_threads(before)


@pytest.mark.slow
def test_an_adapter_of_questions_leaves_passages_and_their_index_as_they_are(tmp_path: Path) -> None:
    folder = make_adapter(tmp_path / "questions", moved=True)
    base = embedder.load(MiniLMEmbedderSettings(dtype="float32"))
    asking = embedder.load(MiniLMEmbedderSettings(dtype="float32", query_adapter=folder))
    whole = embedder.load(MiniLMEmbedderSettings(dtype="float32", adapter=folder))
    np.testing.assert_array_equal(asking.embed_passages(TEXTS), base.embed_passages(TEXTS))
    np.testing.assert_array_equal(asking.embed_queries(TEXTS), whole.embed_queries(TEXTS))
    assert np.abs(asking.embed_queries(TEXTS) - base.embed_queries(TEXTS)).max() > 1e-3
    assert asking.passage_fingerprint == base.passage_fingerprint == base.fingerprint
    assert len({asking.fingerprint, base.fingerprint, whole.fingerprint}) == 3
