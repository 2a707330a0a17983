"""What phrases were found to mean, kept phrase by phrase: a killed run does not look at a finished one again.

Looking at a phrase asks dozens of questions, seconds to minutes each time. One JSON line per look, by the
phrase and the questions it was looked at with; a line that a kill cut short is looked at again. Leaves
looking to ``tuning.house_words``, and dropping the file to ``tuning.house_words_stage``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rag.fingerprints import fingerprint
from rag.house_words import HouseWord
from rag.storage import storage_errors
from tuning.house_words import Look, Meaning
from tuning.soft_lists import SoftList
from tuning.unspoken import Phrase


class KeptMeanings:
    """``look``, but what is known already; ``path`` is the file of what was found with the same look."""

    def __init__(self, path: Path, look: Look) -> None:
        self._path, self._look = path, look
        self._known = dict(_read(path))

    def meaning(self, phrase: Phrase, held: Sequence[SoftList]) -> Meaning | None:
        """What a phrase means, as ``look`` says or said.

        Raises:
            StorageError: the disk is full or not writable.
        """
        key = _key(phrase, held)
        if key not in self._known:
            self._known[key] = found = self._look(phrase, held)
            row = json.dumps({"key": key, "meaning": None if found is None else asdict(found)})
            with storage_errors(str(self._path)):
                self._path.parent.mkdir(parents=True, exist_ok=True)
                # A line that a kill cut short is ended, so that this one begins on its own.
                with self._path.open("a", encoding="utf-8") as lines:
                    lines.write(f"\n{row}\n")
        return self._known[key]


def _key(phrase: Phrase, held: Sequence[SoftList]) -> str:
    lists = [[one.question.id for one in own] for own in (phrase.lists, held)]
    return fingerprint({"phrase": phrase.text, "lists": lists})[:32]


def _read(path: Path) -> list[tuple[str, Meaning | None]]:
    text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    found = []
    for line in text.split("\n"):
        try:
            row: dict[str, Any] = json.loads(line)
        except ValueError:
            continue  # empty, or cut short by a kill
        said = row["meaning"]
        found.append((row["key"], None if said is None else _meaning(said)))
    return found


def _meaning(row: dict[str, Any]) -> Meaning:
    return Meaning(**{**row, "word": HouseWord(**row["word"])})
