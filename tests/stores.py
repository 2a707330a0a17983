"""Vector stores for tests: LlamaIndex's own in a file, Qdrant in the process, and ones of bad manners.

Constructors take plain values, as settings do. Stores of one name are one: what one index adds the others
see, as with a server.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from llama_index.core.schema import BaseNode
from llama_index.core.vector_stores import SimpleVectorStore
from llama_index.core.vector_stores.types import MetadataFilters, VectorStoreQuery, VectorStoreQueryResult
from llama_index.vector_stores.qdrant import QdrantVectorStore
from qdrant_client import QdrantClient

_CLIENTS: dict[str, QdrantClient] = {}
_SHARED: dict[str, SimpleVectorStore] = {}


class LocalQdrant(QdrantVectorStore):
    """Qdrant in the memory of this process, one for each name."""

    def __init__(self, name: str, collection_name: str = "covenant") -> None:
        if name not in _CLIENTS:
            _CLIENTS[name] = QdrantClient(":memory:", force_disable_check_same_thread=True)
        # Qdrant in the process has no indexes of payloads, and warns of it.
        super().__init__(collection_name=collection_name, client=_CLIENTS[name], index_doc_id=False)

    def held(self) -> int:
        """How many nodes there are."""
        there = self.client.collection_exists(self.collection_name)
        return self.client.count(self.collection_name).count if there else 0


class Shared(SimpleVectorStore):
    """LlamaIndex's own store, in memory, one for each name."""

    def __init__(self, name: str) -> None:
        super().__init__(data=_SHARED[name].data if name in _SHARED else None)
        _SHARED.setdefault(name, self)

    def held(self) -> int:
        return len(self.data.embedding_dict)


class Filed(SimpleVectorStore):
    """The same, read from a file and written to it at each change."""

    def __init__(self, path: str) -> None:
        kept = SimpleVectorStore.from_persist_path(path) if Path(path).exists() else SimpleVectorStore()
        super().__init__(data=kept.data)
        self._path = path

    def held(self) -> int:
        return len(self.data.embedding_dict)

    def add(self, nodes: Sequence[BaseNode], **options: Any) -> list[str]:  # noqa: ANN401
        added = super().add(list(nodes), **options)
        self.persist(self._path)
        return added

    def delete_nodes(
        self,
        node_ids: list[str] | None = None,
        filters: MetadataFilters | None = None,
        **options: Any,  # noqa: ANN401
    ) -> None:
        super().delete_nodes(node_ids, filters, **options)
        self.persist(self._path)


class Rude(Shared):
    """Calls all equally unlike, names a third of what was asked for, deletes by document only."""

    def query(self, query: VectorStoreQuery, **options: Any) -> VectorStoreQueryResult:  # noqa: ANN401
        query.similarity_top_k = max(1, query.similarity_top_k // 3)
        reply = super().query(query, **options)
        return VectorStoreQueryResult(
            ids=[name.upper() for name in reply.ids or ()], similarities=[-1.0] * len(reply.ids or ())
        )

    def delete_nodes(self, *_: object, **__: object) -> None:
        raise NotImplementedError


class Insistent(Shared):
    """Refuses an id that is there already."""

    def add(self, nodes: Sequence[BaseNode], **options: Any) -> list[str]:  # noqa: ANN401
        if any(node.node_id in self.data.embedding_dict for node in nodes):
            raise ValueError("duplicate key")
        return super().add(list(nodes), **options)


class Numbering(Shared):
    """Makes ids of its own, as LlamaIndex's FAISS store does."""

    def query(self, query: VectorStoreQuery, **options: Any) -> VectorStoreQueryResult:  # noqa: ANN401
        reply = super().query(query, **options)
        return VectorStoreQueryResult(ids=[str(i) for i in range(len(reply.ids or ()))], similarities=[])


class Down(Shared):
    """Answers as long as no file ``path`` is there."""

    def __init__(self, name: str, path: str, api_key: str = "") -> None:
        super().__init__(name)
        self._path, self._api_key = Path(path), api_key

    def _connect(self) -> None:
        if self._path.exists():
            raise ConnectionError(f"refused\n(key {self._api_key})")

    def query(self, query: VectorStoreQuery, **options: Any) -> VectorStoreQueryResult:  # noqa: ANN401
        self._connect()
        return super().query(query, **options)

    def add(self, nodes: Sequence[BaseNode], **options: Any) -> list[str]:  # noqa: ANN401
        self._connect()
        return super().add(list(nodes), **options)

    def delete_nodes(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401
        self._connect()
        super().delete_nodes(*arguments, **options)
