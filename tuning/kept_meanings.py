"""What phrases were found to mean, kept phrase by phrase: a killed run does not look at a finished one again.

Looking at a phrase asks dozens of questions, seconds to minutes each time. One JSON line per look, by the
phrase and the questions it was looked at with; a line that a kill cut short is looked at again. Leaves
looking to ``tuning.house_words``, and dropping the file to ``tuning.house_words_stage``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rag.fingerprints import fingerprint
from rag.house_words import HouseWord
from rag.storage import append_row, appended_rows, storage_errors
from tuning.house_words import Look, Meaning
from tuning.soft_lists import SoftList
from tuning.unspoken import Phrase


class KeptMeanings:
    """``look``, but what is known already; ``path`` is the file of what was found with the same look."""

    def __init__(self, path: Path, look: Look) -> None:
        self._path, self._look = path, look
        self._known = {row["key"]: _meaning(row["meaning"]) for row in appended_rows(path)}

    def meaning(self, phrase: Phrase, held: Sequence[SoftList]) -> Meaning | None:
        """What a phrase means, as ``look`` says or said.

        Raises:
            StorageError: the disk is full or not writable.
        """
        key = _key(phrase, held)
        if key not in self._known:
            self._known[key] = found = self._look(phrase, held)
            with storage_errors(str(self._path)):
                append_row(self._path, {"key": key, "meaning": None if found is None else asdict(found)})
        return self._known[key]


def _key(phrase: Phrase, held: Sequence[SoftList]) -> str:
    lists = [[one.question.id for one in own] for own in (phrase.lists, held)]
    return fingerprint({"phrase": phrase.text, "lists": lists})[:32]


def _meaning(row: dict[str, Any] | None) -> Meaning | None:
    return None if row is None else Meaning(**{**row, "word": HouseWord(**row["word"])})
