"""An index over a vector store of the user's own: the store proposes, 8-bit codes beside it decide.

The store is asked for the nearest of all; what it names is scored again by the codes, so that scores mean
what they mean in every other index, whatever the store calls similar. Among ``allowed`` ids the codes are
compared one by one, so that nothing is missed, whatever a store makes of filters. Codes and names stay in the
version's folder; versions share nodes, and a node's name is never used twice: what is sent for a version
changes nothing for those in use. Nodes are sent by ``save``, and deleted, once no version has them, by
``rag.index.ledger``. Implements ``rag.index.dense.DenseIndex``.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from rag.errors import DamagedIndexError, VectorStoreError
from rag.fingerprints import fingerprint, hash_file
from rag.index.codes import CODES
from rag.index.collection import Collection, Names, new_names
from rag.index.dense_file import NAMES_FILE, Facts
from rag.index.flat import FlatIndex
from rag.index.ids import check_new
from rag.protocols import Vectors

EXTERNAL = "external"

Ids = NDArray[np.int64]
Found = tuple[Ids, NDArray[np.float32]]

_MARGIN = 32
"""Asked for beyond what is wanted: a store may be approximate, and has what older versions hold too."""
_ROUNDS = 3
_MORE = 4
"""A store that named too few of ours is asked again for so many times as many, so often in all."""
_BLOCK = 8192

_log = logging.getLogger(__name__)


class ExternalIndex:
    """Row ``i`` of the codes is the node ``names[i]``; ``sent`` says whether the store has it."""

    def __init__(self, codes: FlatIndex, names: Names, collection: Collection, sent_for: Path | None) -> None:
        """Wrap codes and the names of their rows, all sent for the files in a folder, or none."""
        self.collection = collection
        self._codes = codes
        self._names = names
        self._sent = np.full(len(names), sent_for is not None)
        self._folder = sent_for or Path()
        self._sorted: tuple[Names, Ids] | None = None

    @classmethod
    def empty(cls, dim: int, collection: Collection) -> ExternalIndex:
        """An index of no vectors."""
        return cls(FlatIndex.empty(dim), new_names(0), collection, None)

    @classmethod
    def open(cls, folder: Path, facts: Facts, *, writable: bool) -> ExternalIndex:
        """Open what ``save`` left; its files have been checked. To be searched, the store must be there.

        Raises:
            SettingsError: the class is not installed, or is none of a vector store; a variable is not set.
            VectorStoreError: it cannot be reached.
        """
        names: Names = np.load(folder / NAMES_FILE, allow_pickle=False)
        if names.shape != (facts.size,) or names.dtype != np.dtype("S32"):
            raise ValueError("files do not belong together")
        codes = FlatIndex.open(folder, facts, writable=writable)
        collection = Collection(facts.store, facts.options)
        if not writable:
            collection.open()
        return cls(codes, names, collection, folder)

    @property
    def identity(self) -> str:
        """Kind, codes, store."""
        return external_identity(self.collection.made_by, self.collection.options)

    @property
    def dim(self) -> int:
        """Number of columns."""
        return self._codes.dim

    @property
    def ids(self) -> Ids:
        """``[n]`` the ids in the order of the rows."""
        return self._codes.ids

    @property
    def unsent(self) -> Names:
        """``[m]`` the names of the nodes that ``save`` will send."""
        names: Names = self._names[~self._sent]
        return names

    def __len__(self) -> int:
        return len(self._codes)

    def search(self, vectors: Vectors, k: int, allowed: Ids | None = None) -> Found:
        """Ids and scores ``[q, m]``, best first; see ``DenseIndex``.

        Raises:
            VectorStoreError: the store fails.
            DamagedIndexError: the store has none of the vectors.
        """
        wanted = min(max(k, 0), len(self))
        if allowed is not None or wanted >= np.count_nonzero(self._sent) or len(vectors) == 0:
            return self._codes.search(vectors, k, allowed)
        found = [self._nearest(vector, wanted) for vector in vectors]
        return np.stack([ids for ids, _ in found]), np.stack([scores for _, scores in found])

    def _nearest(self, vector: Vectors, k: int) -> Found:
        places = self._proposed(vector, k)
        if len(places) < k:
            _log.warning(
                "%s named %d of %d passages; compared one by one", self.collection.made_by, len(places), k
            )
            ids, exact = self._codes.search(vector[None], k)
            return ids[0], exact[0]
        places = np.concatenate([places, np.flatnonzero(~self._sent)])
        scores = self._codes.scores(vector, places)
        order = np.lexsort((self.ids[places], -scores))[:k]
        return self.ids[places[order]], scores[order]

    def _proposed(self, vector: Vectors, k: int) -> Ids:
        """The rows that the store names, at least ``k`` where it can."""
        asked, named, exhausted = k + _MARGIN, 0, False
        places: Ids = np.zeros(0, dtype=np.int64)
        for _ in range(_ROUNDS):
            names = self.collection.nearest(vector, asked)
            places, exhausted = self._places(names), len(names) < asked
            if len(places) >= k or len(names) <= named:
                break
            asked, named = asked * _MORE, len(names)
        if exhausted and not len(places):
            raise DamagedIndexError.of(
                self._folder,
                LookupError(f"the vector store {self.collection.made_by} has none of its vectors"),
            )
        return places

    def _places(self, names: Names) -> Ids:
        """The rows of those names that are known, each once."""
        if self._sorted is None:
            order = np.argsort(self._names, kind="stable")
            self._sorted = self._names[order], order
        ordered, order = self._sorted
        at = np.minimum(np.searchsorted(ordered, names), len(ordered) - 1)
        return np.unique(order[at[ordered[at] == names]])

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Put unit rows under ids, in place of what was there; see ``DenseIndex``."""
        check_new(ids, vectors, self.dim)
        self.remove(ids)
        self._codes.add(ids, vectors)
        self._names = np.concatenate([self._names, new_names(len(ids))])
        self._sent = np.concatenate([self._sent, np.zeros(len(ids), dtype=bool)])
        self._sorted = None

    def remove(self, ids: Ids) -> int:
        """Forget ids; returns how many were there. Their nodes stay: another version may have them."""
        stay = ~np.isin(self._codes.ids, ids)
        self._names, self._sent, self._sorted = self._names[stay], self._sent[stay], None
        return self._codes.remove(ids)

    def renumber(self, new: Ids) -> None:
        """Call id ``i`` ``new[i]`` from now on."""
        self._codes.renumber(new)

    def save(self, folder: Path) -> None:
        """Send the store what it does not have, then write the files.

        Raises:
            VectorStoreError: the store fails, or does not return the ids that it was given.
            OSError: the folder cannot be written.
        """
        # The order in which the codes are written.
        order = np.argsort(self.ids, kind="stable")
        self._send()
        np.save(folder / NAMES_FILE, self._names[order], allow_pickle=False)
        facts = Facts(
            kind=EXTERNAL,
            dim=self.dim,
            size=len(self),
            store=self.collection.made_by,
            options=self.collection.options,
            files={NAMES_FILE: hash_file(folder / NAMES_FILE)},
        )
        self._codes.write(folder, facts)
        self._names, self._sent, self._sorted = self._names[order], self._sent[order], None
        self._folder = folder

    def _send(self) -> None:
        """The vectors that the codes stand for: the store ranks as the codes do, as far as it is exact."""
        unsent = np.flatnonzero(~self._sent)
        for first in range(0, len(unsent), _BLOCK):
            places = unsent[first : first + _BLOCK]
            self.collection.put(self._names[places], self._codes.vectors(places))
            self._sent[places] = True
        if not len(unsent):
            return
        # A store that lags behind names nothing, or older nodes; one that makes its own ids never ours.
        named = self.collection.nearest(self._codes.vectors(unsent[:1])[0], _MARGIN)
        if len(named) and not (named != b"").any():
            raise VectorStoreError(
                f"the vector store {self.collection.made_by} does not return the ids that it is given",
                "take another integration for index.vector_store",
            )


def external_identity(made_by: str, options: Mapping[str, JsonValue]) -> str:
    """What tells one store from another: its class and arguments, secrets by their variables' names."""
    return f"{EXTERNAL}-{CODES}-{fingerprint({'made_by': made_by, 'options': dict(options)})}"
