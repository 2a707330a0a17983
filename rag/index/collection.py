"""A collection of an external vector store: any LlamaIndex integration by its class, asked three things.

Nodes are put under names, the names nearest to a vector are asked for, nodes are deleted. What a store calls
similar is left aside (some return distances, some cosines, some scaled ones): whoever asks scores again. A
node carries its vector and its name, no text. Leaves what a name means to ``rag.index.external``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from rag.credentials import filled_in, hidden
from rag.errors import CovenantError, SettingsError, VectorStoreError
from rag.protocols import Vectors

if TYPE_CHECKING:
    from llama_index.core.schema import TextNode
    from llama_index.core.vector_stores.types import BasePydanticVectorStore

Names = NDArray[np.bytes_]
"""``[n]`` of ``S32``: the hexadecimal digits of UUIDs, the one form of id that every store takes."""

_INTEGRATIONS = "llama_index.vector_stores."
_BLOCK = 1000
_MAX_TOLD = 300
_DIGITS = 32


class Collection:
    """``made_by`` is ``module:Class`` or ``module:Class.constructor``, ``options`` its arguments.

    A text ``env:NAME`` among the options stands for the environment variable, read when the store is opened.
    """

    def __init__(self, made_by: str, options: Mapping[str, JsonValue]) -> None:
        """Name a collection; nothing is imported or connected to before it is needed."""
        self.made_by = made_by
        self.options = dict(options)
        self._store: BasePydanticVectorStore | None = None

    def open(self) -> BasePydanticVectorStore:
        """The store, made at the first call.

        Raises:
            SettingsError: the class is not installed, or is none of a vector store; a variable is not set.
            VectorStoreError: it cannot be reached.
        """
        if self._store is None:
            make = _constructor(self.made_by)
            arguments = filled_in(self.options, os.environ)
            with self._told("opening it"):
                made = make(**arguments)
            self._store = _checked(self.made_by, made)
        return self._store

    def put(self, names: Names, vectors: Vectors) -> None:
        """Store ``[n, dim]`` vectors under names that are not there yet.

        Raises:
            VectorStoreError: the store fails; some may have been stored.
        """
        store = self.open()
        for first in range(0, len(names), _BLOCK):
            block = slice(first, first + _BLOCK)
            with self._told("adding vectors"):
                store.add(_nodes(_ids(names[block]), vectors[block]))

    def nearest(self, vector: Vectors, k: int) -> Names:
        """The names of what the store holds nearest to ``[dim]``: ``k``, or fewer where it has no more.

        Ids that are no names come back as empty ones.

        Raises:
            VectorStoreError: the store fails.
        """
        from llama_index.core.vector_stores.types import VectorStoreQuery

        store = self.open()
        with self._told("searching"):
            query = VectorStoreQuery(query_embedding=vector.tolist(), similarity_top_k=k)
            reply = store.query(query)
        ids = [node.node_id for node in reply.nodes] if reply.nodes else reply.ids or ()
        return as_names(ids)

    def delete(self, names: Names) -> None:
        """Delete nodes; names that are not there are no error.

        Raises:
            VectorStoreError: the store fails; some may have been deleted.
        """
        store = self.open()
        for first in range(0, len(names), _BLOCK):
            ids = _ids(names[first : first + _BLOCK])
            with self._told("deleting vectors"):
                try:
                    store.delete_nodes(ids)
                except NotImplementedError:
                    # Each node is its own source document, which every store can delete.
                    for each in ids:
                        store.delete(each)

    @contextmanager
    def _told(self, doing: str) -> Iterator[None]:
        """Whatever a store raises, in one line that shows no secret."""
        try:
            yield
        except CovenantError:
            raise
        except Exception as error:
            said = hidden(" ".join(f"{type(error).__name__}: {error}".split()), self.options, os.environ)
            raise VectorStoreError(
                f"the vector store {self.made_by} failed at {doing} ({said[:_MAX_TOLD]})",
                "see that it runs and that index.vector_store_options fit, then run the same command again",
            ) from error


def new_names(count: int) -> Names:
    """Names that no one has used: what a killed run sent, or another workspace, is never in their way."""
    return np.array([uuid4().hex.encode() for _ in range(count)], dtype="S32")


def as_names(ids: Iterable[str]) -> Names:
    """Names from a store's ids, however it writes UUIDs; empty for what is none.

    >>> as_names(["0F8FAD5B-D9CB-469F-A165-70867728950E", "7"]).tolist()
    [b'0f8fad5bd9cb469fa16570867728950e', b'']
    """
    digits = (str(each).replace("-", "").lower().encode("ascii", "replace") for each in ids)
    return np.array([name if len(name) == _DIGITS else b"" for name in digits], dtype="S32")


def _ids(names: Names) -> list[str]:
    return [str(UUID(hex=name.decode())) for name in names.tolist()]


def _nodes(ids: Sequence[str], vectors: Vectors) -> list[TextNode]:
    from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode

    return [
        # Some stores refuse a node without text.
        TextNode(
            id_=each,
            text=each,
            embedding=vector,
            relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=each)},
        )
        for each, vector in zip(ids, vectors.tolist(), strict=True)
    ]


def _constructor(made_by: str) -> Any:  # noqa: ANN401 - whatever the class takes
    """The class or the constructor of it that a setting names; only that module is imported."""
    from llama_index.core.vector_stores.types import BasePydanticVectorStore

    module, _, path = made_by.partition(":")
    name, _, constructor = path.partition(".")
    package = module.removeprefix(_INTEGRATIONS).partition(".")[0].replace("_", "-")
    install = f"pip install llama-index-vector-stores-{package}"
    try:
        found = getattr(import_module(module), name)
        # A class method of the class itself, or the class.
        make = getattr(found, constructor) if constructor else found
    except (ImportError, AttributeError) as error:
        raise SettingsError(
            f"index.vector_store {made_by!r} cannot be imported ({type(error).__name__}: {error})",
            f"run: {install}" if module.startswith(_INTEGRATIONS) else "install its package or correct it",
        ) from error
    if not (isinstance(found, type) and issubclass(found, BasePydanticVectorStore)):
        raise _no_store(made_by)
    return make


def _checked(made_by: str, made: object) -> BasePydanticVectorStore:
    from llama_index.core.vector_stores.types import BasePydanticVectorStore

    if not isinstance(made, BasePydanticVectorStore) or not made.is_embedding_query:
        raise _no_store(made_by)
    return made


def _no_store(made_by: str) -> SettingsError:
    return SettingsError(
        f"index.vector_store {made_by!r} is no LlamaIndex vector store that is asked with vectors",
        "name a class derived from BasePydanticVectorStore as module:Class",
    )
