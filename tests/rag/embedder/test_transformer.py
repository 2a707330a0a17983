"""What the contract suite does not see: threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from rag import embedder
from rag.settings import MiniLMEmbedderSettings

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
