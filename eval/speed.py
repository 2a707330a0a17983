"""How fast passages are embedded in each form of the model, and whether the forms agree; the fastest is kept.

The baseline is the sentence-transformers library as it comes: float32, its own batches. Forms take turns, so
that whatever else the machine does meets all of them; the best round counts, in passages per second of the
clock and of processor time. A form may be used where its vectors agree with the baseline's (cosine), and is
chosen by processor time, which other processes disturb least. Leaves remembering to ``rag.embedder.forms``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np

from rag import embedder
from rag.embedder.forms import FORMS, MIN_COSINE
from rag.protocols import Vectors
from rag.settings import MiniLMEmbedderSettings, SentenceTransformerSettings

BASELINE = "sentence-transformers float32"
WARM_UP = 8
_NEIGHBOURS = 10
_WORDS = (20, 190)
"""Passages have so many words: up to what a chunk holds by default."""

Form = Callable[[Sequence[str]], Vectors]
ModelSettings = MiniLMEmbedderSettings | SentenceTransformerSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """One form: passages per second, and its agreement with the baseline.

    ``neighbours`` is the share of each passage's ten nearest others that are the same, a mean.
    """

    per_second: float
    per_cpu_second: float
    speedup: float
    cpu_speedup: float
    min_cosine: float
    neighbours: float

    @property
    def agrees(self) -> bool:
        """Whether the form may be used."""
        return self.min_cosine >= MIN_COSINE


def sample_passages(count: int, seed: int = 7) -> list[str]:
    """Pieces of the sample library's own wording, of the lengths that passages have."""
    folder = files("eval.sample") / "text"
    texts = sorted(
        (path.name, path.read_text("utf-8")) for path in folder.iterdir() if path.name.endswith(".txt")
    )
    words = " ".join(text for _, text in texts).split()
    random = np.random.default_rng(seed)
    lengths = random.integers(*_WORDS, size=count)
    starts = random.integers(0, len(words) - _WORDS[1], size=count)
    return [" ".join(words[i : i + n]) for i, n in zip(starts.tolist(), lengths.tolist(), strict=True)]


def measure(forms: dict[str, Form], passages: Sequence[str], rounds: int) -> dict[str, Speed]:
    """Time the forms, the first of which is the baseline, in turns."""
    clock: dict[str, float] = dict.fromkeys(forms, np.inf)
    used = dict(clock)
    vectors: dict[str, Vectors] = {}
    for form in forms.values():
        form(passages[:WARM_UP])
    for _ in range(rounds):
        for name, form in forms.items():
            start, begin = time.process_time(), time.perf_counter()
            vectors[name] = form(passages)
            clock[name] = min(clock[name], time.perf_counter() - begin)
            used[name] = min(used[name], time.process_time() - start)
    first = next(iter(forms))
    return {
        name: Speed(
            per_second=len(passages) / clock[name],
            per_cpu_second=len(passages) / used[name],
            speedup=clock[first] / clock[name],
            cpu_speedup=used[first] / used[name],
            min_cosine=float((vectors[name] * vectors[first]).sum(axis=1).min()),
            neighbours=_same_neighbours(vectors[name], vectors[first]),
        )
        for name in forms
    }


def load_forms(settings: ModelSettings) -> dict[str, Form]:
    """The baseline, then each form of our own.

    Raises:
        ModelError: weights are missing, were changed or do not fit.
    """
    loaded = {
        name: embedder.load(settings.model_copy(update={"dtype": name})).embed_passages for name in FORMS
    }
    return {BASELINE: _plain(settings), **loaded}


def choose(speeds: dict[str, Speed]) -> str:
    """The fastest form of our own that agrees."""
    return max((name for name in FORMS if speeds[name].agrees), key=lambda name: speeds[name].per_cpu_second)


def _plain(settings: ModelSettings) -> Form:
    """The library's own loop over the same weights, adapter included."""
    from rag.embedder.transformer import TransformerEmbedder

    plain = TransformerEmbedder.load(settings.model_copy(update={"dtype": "float32"})).model
    prompt = settings.passage_prompt if isinstance(settings, SentenceTransformerSettings) else ""

    def encode(texts: Sequence[str]) -> Vectors:
        prompted = [prompt + text for text in texts]
        vectors: Vectors = plain.encode(prompted, normalize_embeddings=True, show_progress_bar=False)
        return vectors

    return encode


def _same_neighbours(one: Vectors, other: Vectors) -> float:
    found = []
    for vectors in (one, other):
        scores = vectors @ vectors.T
        np.fill_diagonal(scores, -np.inf)
        found.append(np.argsort(-scores, axis=1, kind="stable")[:, :_NEIGHBOURS].tolist())
    return float(np.mean([len({*a} & {*b}) / max(len(a), 1) for a, b in zip(*found, strict=True)]))
