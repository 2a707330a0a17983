"""Artifacts of tuning: a folder per trained part, named by what it was made from, so none is made twice.

    artifacts/<kind>-<hash>/   what the component loads · manifest.json · examples.jsonl

The manifest states base, data, label models, seed, settings, figures on the development part, and the SHA-256
of every other file; ``examples.jsonl`` has an item's id and the probability it was learned with on each line,
so that every artifact can be traced back to labels and every label forward. Leaves weights to the trainers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.adapters import MANIFEST
from rag.errors import ModelError
from rag.fingerprints import fingerprint, hash_file
from rag.storage import new_folder
from tuning.items import Labelled
from tuning.soft_lists import labels_hash

EXAMPLES = "examples.jsonl"
DIGITS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """What an artifact is made from; equal ones have an equal name.

    ``inputs`` are the identities of what it builds on (base, adapter …), ``settings`` are plain values.
    """

    kind: str
    inputs: Mapping[str, str]
    settings: Mapping[str, Any]
    train: Sequence[Labelled]
    dev: Sequence[Labelled]

    @property
    def identity(self) -> str:
        """A hash of all of it."""
        return fingerprint(
            {
                "kind": self.kind,
                "inputs": dict(self.inputs),
                "settings": json.dumps(self.settings, sort_keys=True, default=str),
                "train": labels_hash(self.train),
                "dev": labels_hash(self.dev),
            }
        )

    def folder(self, out: Path) -> Path:
        """Where it lies below ``out``."""
        return out / f"{self.kind}-{self.identity[:DIGITS]}"

    def facts(self, figures: Mapping[str, Any]) -> dict[str, Any]:
        """What the manifest states beside hashes."""
        return {
            "kind": self.kind,
            **self.inputs,
            "settings": json.loads(json.dumps(self.settings, sort_keys=True, default=str)),
            "train_sha": labels_hash(self.train),
            "dev_sha": labels_hash(self.dev),
            "train_items": len(self.train),
            "dev_items": len(self.dev),
            "label_models": sorted({one.label_model for one in (*self.train, *self.dev)}),
            "dev": dict(figures),
        }


def write_artifact(
    folder: Path, facts: Mapping[str, Any], files: Mapping[str, Callable[[Path], object]]
) -> Path:
    """Write files and their manifest under a name that appears when all is there.

    Raises:
        StorageError: the disk is full or not writable.
    """
    with new_folder(folder) as aside:
        for name, write in files.items():
            write(aside / name)
        hashes = {name: hash_file(aside / name) for name in files}
        manifest = json.dumps({**facts, "sha256": hashes}, indent=1, sort_keys=True)
        (aside / MANIFEST).write_text(manifest + "\n", encoding="utf-8")
    return folder


def examples_writer(labelled: Iterable[Labelled]) -> Callable[[Path], object]:
    """What writes the examples of an artifact."""
    rows = sorted({one.item: one for one in labelled}.items())
    lines = [
        json.dumps(
            {
                "item": item,
                "question": one.question.id,
                "chunk": one.chunk_id,
                "probability": round(one.probability, 6),
                "label_model": one.label_model,
            }
        )
        for item, one in rows
    ]
    return lambda path: path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def read_manifest(folder: Path) -> dict[str, Any]:
    """What an artifact states.

    Raises:
        ModelError: there is none, or it cannot be read.
    """
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{folder} is not an artifact: no readable {MANIFEST}", "tune again") from error
    if not isinstance(found, dict):
        raise ModelError(f"{folder} is not an artifact: {MANIFEST} is no object", "tune again")
    return found


def read_examples(folder: Path) -> Iterator[dict[str, Any]]:
    """Items, questions, chunks, probabilities and label models that an artifact was trained with.

    Raises:
        ModelError: they are missing or were changed.
    """
    path = folder / EXAMPLES
    if not path.is_file() or hash_file(path) != read_manifest(folder).get("sha256", {}).get(EXAMPLES):
        raise ModelError(f"{path} is missing or was changed", "restore the artifact or tune again")
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line:
            yield json.loads(line)
