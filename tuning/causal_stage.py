"""The stage of tuning for a causal language model: its own replies labelled, the adapter trained.

    questions ─► sampled replies, values, the refusal ─► soft labels ─► adapter ─► settings

It samples more replies than in use, and more freely, so that there is something to choose among. What the
adapter is worth is measured by the gate. Leaves training to ``tuning.causal_labels``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from rag.settings import CausalLMSettings
from tuning.answer_supervision import asked_of, labelled_answers
from tuning.artifacts import read_manifest
from tuning.causal_labels import CausalTuning, train_causal
from tuning.stages import NO_HELP, Bench, Change


@dataclass(frozen=True, slots=True, kw_only=True)
class CausalStage:
    """The language model of the settings; so many ``questions`` are learned from.

    Of each at least ``samples`` replies are asked for, at ``temperature`` but for the first. The base of
    ``tuning`` is taken from the settings.
    """

    questions: int = 300
    tuning: CausalTuning | None = None
    samples: int = 8
    temperature: float = 1.0
    name: str = "generator"
    share: float = 0.5

    def sampling(self, own: CausalLMSettings) -> CausalLMSettings:
        """How the model of these settings is asked for replies to learn from."""
        return own.model_copy(
            update={"candidates": max(self.samples, own.candidates), "temperature": self.temperature}
        )

    def run(self, bench: Bench) -> Change:
        """Go on from the adapter in use."""
        own = bench.settings.generator
        if not isinstance(own, CausalLMSettings):
            return Change(settings={}, figures={}, note=f"a generator of kind {own.kind} is not tuned here")
        groups, held = labelled_answers(
            bench.workspace,
            bench.settings.model_copy(update={"generator": self.sampling(own)}),
            asked_of(bench, self.questions),
            bench.progress,
            "replies",
        )
        settings = replace(
            self.tuning or CausalTuning(base=own),
            base=own,
            effort=bench.effort,
            rate=bench.rate,
            seed=bench.seed,
            expired=bench.expired,
        )
        most = settings.supervising.steps + settings.preferring.steps
        folder = train_causal(
            groups, held, settings, bench.workspace.artifacts, bench.state, bench.stepped(self.name, most)
        )
        figures = read_manifest(folder)["dev"]
        if figures["kept"] == "start":
            return Change(settings={}, figures=figures, note=NO_HELP)
        return Change(
            settings={"generator": {"adapter": bench.named(folder)}}, artifact=folder, figures=figures
        )
