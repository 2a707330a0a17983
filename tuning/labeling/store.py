"""The whole of ``labels.db``: votes, and the labels that were made of them, by which model.

Fitted models lie beside it as files (``tuning.label_model.saving``). Leaves making labels to
``tuning.labeling.soft``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from tuning.labeling.blocks import Numbers
from tuning.labeling.votes import VoteStore


class LabelStore(VoteStore):
    """``labels.db`` of a folder; use as a context manager. Not shared between threads."""

    def put_labels(
        self,
        model: str,
        kind: str,
        functions: Mapping[str, str],
        labels: tuple[Numbers, Sequence[float]],
    ) -> None:
        """Keep labels by a model, with the versions of the functions by name that it heard."""
        numbers, probabilities = labels
        with self.transaction():
            self._db.execute(
                "INSERT OR REPLACE INTO models"
                " VALUES (?,?,?, (SELECT COALESCE(MAX(made), 0) + 1 FROM models))",
                (model, kind, json.dumps(dict(functions), sort_keys=True)),
            )
            self._db.executemany(
                "INSERT OR REPLACE INTO labels VALUES (?,?,?)",
                [(model, int(n), float(p)) for n, p in zip(numbers, probabilities, strict=True)],
            )

    def labels_of(self, number: int) -> list[tuple[str, float]]:
        """An item's labels: model and probability, the latest model first."""
        rows = self._db.execute(
            "SELECT labels.model, probability FROM labels JOIN models ON models.id = labels.model"
            " WHERE item = ? ORDER BY made DESC",
            (number,),
        )
        return [(row[0], row[1]) for row in rows]

    def model(self, model: str) -> tuple[str, dict[str, str]]:
        """What a model labels, and the versions of its functions by name.

        Raises:
            KeyError: it is not there.
        """
        row = self._db.execute("SELECT kind, functions FROM models WHERE id = ?", (model,)).fetchone()
        if row is None:
            raise KeyError(model)
        return str(row[0]), json.loads(row[1])

    def latest_model(self, kind: str) -> str | None:
        """The model of a kind of item that was made last."""
        row = self._db.execute(
            "SELECT id FROM models WHERE kind = ? ORDER BY made DESC LIMIT 1", (kind,)
        ).fetchone()
        return None if row is None else str(row[0])

    def model_file(self, model: str) -> Path:
        """Where a fitted model is kept."""
        return self.root / "label_models" / f"{model}.json"
