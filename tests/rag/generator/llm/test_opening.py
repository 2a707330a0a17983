"""Opening a causal language model: precision and device from the settings, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.generator.llm.opening import check_fits, memory, moved, open_model
from rag.settings import CausalLMSettings


@pytest.mark.slow
def test_weights_come_in_the_precision_asked_for(tiny: Path) -> None:
    settings = CausalLMSettings(model=str(tiny), dtype="bfloat16", device="cpu")
    opened = open_model(settings)
    assert opened.dtype == "torch.bfloat16" == str(next(opened.model.parameters()).dtype)
    assert opened.device == "cpu"
    whole = open_model(settings.model_copy(update={"dtype": "float32"}))
    assert whole.dtype == "torch.float32" == str(next(whole.model.parameters()).dtype)
    assert whole.identity == opened.identity
    with pytest.raises(ModelError, match="come to"):
        check_fits(opened.model, opened.tokenizer, settings.model_copy(update={"prompt_tokens": 4096}))
    opened.tokenizer.chat_template = None
    with pytest.raises(ModelError, match="chat template"):
        check_fits(opened.model, opened.tokenizer, settings)


def test_what_does_not_fit_says_what_to_do() -> None:
    class Heavy:
        def to(self, device: str) -> None:
            raise RuntimeError(f"no room on {device}\nwith a long trace")

    with pytest.raises(ModelError, match="does not fit on cuda: no room on cuda"):
        moved(Heavy(), "cuda")
    with pytest.raises(ModelError, match="out of memory") as caught, memory("take less"):
        raise MemoryError
    assert "take less" in str(caught.value)


def test_a_gpu_that_is_not_there(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    if torch.cuda.is_available():
        pytest.skip("there is one")
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(ModelError, match="no GPU"):
        open_model(CausalLMSettings(model=str(tmp_path), device="cuda"))
