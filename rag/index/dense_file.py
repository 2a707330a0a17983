"""Files of a dense index: a FAISS file, its ids, and what they must be; checked before FAISS sees them.

FAISS trusts what it reads: a cut or changed file can end the process. So sizes and hashes are compared
first, and nothing but what was written is ever opened.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import faiss
import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from rag.errors import DamagedIndexError
from rag.fingerprints import hash_file
from rag.index.codes import CODES

INDEX_FILE = "vectors.faiss"
IDS_FILE = "ids.npy"
NAMES_FILE = "names.npy"
_FACTS_FILE = "dense.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a folder holds; ``trained_on`` is how many vectors the lists were made for, 0 without lists.

    ``store`` and ``options`` name the external store that holds the vectors too, if one does.
    """

    kind: str
    codes: str = CODES
    dim: int
    size: int
    trained_on: int = 0
    probed: float = 0.0
    store: str = ""
    options: dict[str, JsonValue] = field(default_factory=dict)
    files: dict[str, str]


class _Hashing:
    """A stream that takes down the hash of what passes; FAISS calls it and drops its errors."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.hash = hashlib.sha256()
        self.error: OSError | None = None

    def __call__(self, data: bytes) -> int:
        try:
            self._stream.write(data)
        except OSError as error:
            self.error = error
            raise
        self.hash.update(data)
        return len(data)


def write_dense(folder: Path, index: Any, ids: NDArray[np.int64] | None, facts: Facts) -> None:  # noqa: ANN401 - FAISS
    """Write an index and what to check it by; ``facts.files`` are the hashes of what is written already.

    Raises:
        OSError: the folder cannot be written.
    """
    files = dict(facts.files)
    with (folder / INDEX_FILE).open("wb") as stream:
        writer = _Hashing(stream)
        to_python: Any = vars(faiss)["PyCallbackIOWriter"]  # not in the library's type information
        try:
            faiss.write_index(index, faiss.BufferedIOWriter(to_python(writer)))
        except Exception as error:
            raise writer.error or error from error
        files[INDEX_FILE] = writer.hash.hexdigest()
    if ids is not None:
        np.save(folder / IDS_FILE, ids, allow_pickle=False)
        files[IDS_FILE] = hash_file(folder / IDS_FILE)
    written = {**asdict(facts), "files": files}
    (folder / _FACTS_FILE).write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


def read_facts(folder: Path) -> Facts:
    """What the folder says of itself, its files compared with it.

    Raises:
        DamagedIndexError: files are missing, were changed, or are not of this release.
    """
    try:
        facts = Facts(**json.loads((folder / _FACTS_FILE).read_text(encoding="utf-8")))
        wrong = _wrong(folder, facts)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise DamagedIndexError.of(folder, error) from error
    if wrong:
        raise DamagedIndexError.of(folder, ValueError(wrong))
    return facts


def _wrong(folder: Path, facts: Facts) -> str:
    """What does not fit, or an empty text."""
    if facts.codes != CODES or min(facts.dim, facts.size, facts.trained_on, facts.probed) < 0:
        return f"not written by this release: {facts.codes!r:.40}"
    if INDEX_FILE not in facts.files or (facts.store and NAMES_FILE not in facts.files):
        return "no index is listed"
    for name, expected in facts.files.items():
        if name not in (INDEX_FILE, IDS_FILE, NAMES_FILE) or hash_file(folder / name) != expected:
            return f"{name!r:.40} is not what was written"
    return ""
