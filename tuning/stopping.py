"""Early stopping that survives a kill: figures on the development part, and the best weights so far.

Beside the state of ``tuning.state``: ``dev.json`` has the figure after each evaluated step, 0 for the start,
``best-STEP.safetensors`` the weights of the best. A run that goes on evaluates the same steps to the same
figures. Leaves what is measured to the trainers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.storage import write_text

if TYPE_CHECKING:
    import torch

Named = Sequence[tuple[str, "torch.nn.Parameter"]]
"""Trainable parameters with their names."""
_FIGURES = "dev.json"


class Stopping:
    """Evaluates every so many steps, remembers the best weights, says when it is enough.

    ``patience`` evaluations in a row without a new best are enough; so is ``expired`` saying so.
    """

    def __init__(
        self,
        trainable: Named,
        measure: Callable[[], float],
        state: Path,
        *,
        every: int,
        patience: int,
        expired: Callable[[], bool] = lambda: False,
    ) -> None:
        """Start with what ``state`` has; ``measure`` is the figure of the weights now, higher is better."""
        self._trainable, self._measure, self._state = trainable, measure, state
        self._every, self._patience, self._expired = every, patience, expired
        self._figures = self._read()

    def start(self) -> None:
        """Measure the weights before the first step, unless that is known."""
        if 0 not in self._figures:
            self._take(0)

    def after(self, step: int) -> bool:
        """Evaluate after a step, from 1, where it is time to; whether training may end."""
        if step % self._every == 0:
            self._take(step)
        return self.is_over or self._expired()

    @property
    def is_over(self) -> bool:
        """Whether there was no new best for long enough."""
        return max(self._figures, default=0) - self.best_step >= self._patience * self._every

    @property
    def best_step(self) -> int:
        """The earliest step of the highest figure."""
        return min(self._figures, key=lambda step: (-self._figures[step], step), default=0)

    @property
    def figures(self) -> dict[str, Any]:
        """Before, after, the step of the best, and the curve: what a manifest states."""
        return {
            "before": round(self._figures[0], 5),
            "after": round(self._figures[self.best_step], 5),
            "step": self.best_step,
            "curve": {str(step): round(value, 5) for step, value in sorted(self._figures.items())},
        }

    def forget_after(self, step: int) -> None:
        """Drop figures of steps that a resumed run takes again."""
        self._figures = {known: value for known, value in self._figures.items() if known <= step}

    def restore(self) -> None:
        """Put the best weights back; the start's where training never helped."""
        import torch
        from safetensors.torch import load_file

        tensors = load_file(str(self._best_file(self.best_step)))
        with torch.no_grad():
            for name, one in self._trainable:
                one.copy_(tensors[name].to(one.device))

    def _take(self, step: int) -> None:
        # The best so far goes only now: what goes on from the state before this step still needs it.
        for old in self._state.glob("best-*.safetensors"):
            if old != self._best_file(self.best_step):
                old.unlink()
        self._figures[step] = self._measure()
        if self.best_step == step:
            self._keep(step)
        write_text(self._state / _FIGURES, json.dumps(self._figures))

    def _best_file(self, step: int) -> Path:
        return self._state / f"best-{step}.safetensors"

    def _keep(self, step: int) -> None:
        from safetensors.torch import save_file

        self._state.mkdir(parents=True, exist_ok=True)
        aside = self._state / ".best"
        save_file({name: one.detach().cpu().contiguous() for name, one in self._trainable}, str(aside))
        aside.replace(self._best_file(step))

    def _read(self) -> dict[int, float]:
        try:
            found = json.loads((self._state / _FIGURES).read_text(encoding="utf-8"))
        except OSError:
            return {}
        return {int(step): float(value) for step, value in found.items()}
