"""What labeling functions read besides the item: structure of documents, vocabularies, models, judgements.

A function names what it needs and is handed that and no more. Of documents it gets look-ups by document
("definitions", "tables", …), each read once from the catalog and kept while it is near. Every resource has a
version, which is part of the versions of the functions that declare it; a library that grows does not change
it, because what stands in a document never does. Leaves which resources a workspace has to
``tuning.labeling.opening``.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from rag.catalog_reader import CatalogReader
from rag.errors import UsageError
from rag.fingerprints import fingerprint
from rag.types import DocumentId

_NEAR = 64
"""Documents whose parts are kept in memory: items of one question are of few."""
OF_DOCUMENTS = ("definitions", "tables", "sections", "references", "facts", "links", "text")
"""Resources that are look-ups by document."""

T = TypeVar("T")


class ResourceError(UsageError):
    """A labeling function declares a resource that is not there."""


class ByDocument(Generic[T]):
    """A look-up by document that keeps the latest answers."""

    def __init__(self, look_up: Callable[[DocumentId], T]) -> None:
        self._look_up = look_up
        self._kept: OrderedDict[DocumentId, T] = OrderedDict()

    def __call__(self, document: DocumentId) -> T:
        """What the look-up says of a document."""
        if document in self._kept:
            self._kept.move_to_end(document)
            return self._kept[document]
        found = self._kept[document] = self._look_up(document)
        if len(self._kept) > _NEAR:
            self._kept.popitem(last=False)
        return found


class Resources:
    """Resources by name, each with its version.

    ``given`` are objects by name. A version is the object's own ``fingerprint``, or the one in ``versions``;
    plain data is its own. ``reader`` identifies what found the structure of documents.
    """

    def __init__(
        self,
        catalog: CatalogReader | None = None,
        *,
        reader: str = "",
        versions: Mapping[str, str] | None = None,
        **given: Any,  # noqa: ANN401 - a team's own
    ) -> None:
        self._given: dict[str, Any] = dict(given)
        self._versions = dict(versions or {})
        if catalog is not None:
            self._given["catalog"] = catalog
            for name in OF_DOCUMENTS:
                self._given.setdefault(name, ByDocument(getattr(catalog, name)))
            for name in ("catalog", *OF_DOCUMENTS):
                self._versions.setdefault(name, reader)

    @property
    def names(self) -> tuple[str, ...]:
        """What there is."""
        return tuple(sorted(self._given))

    def of(self, function: str, names: Sequence[str]) -> dict[str, Any]:
        """The resources of these names, for a function.

        Raises:
            ResourceError: one is not there.
        """
        missing = [name for name in names if name not in self._given]
        if missing:
            raise ResourceError(
                f"labeling function {function} needs {', '.join(missing)}, which is not at hand",
                f"there are {', '.join(self.names) or 'no resources'}",
            )
        return {name: self._given[name] for name in names}

    def version(self, name: str) -> str:
        """The identity of a resource.

        Raises:
            ResourceError: it is not there, or nothing identifies it.
        """
        if name in self._versions:
            return self._versions[name]
        self.of("", [name])
        known = getattr(self._given[name], "fingerprint", None)
        if isinstance(known, str):
            return known
        try:
            return fingerprint({"resource": self._given[name]})
        except TypeError:
            raise ResourceError(
                f"nothing says which version of {name} this is",
                f"give it a fingerprint, or pass versions={{{name!r}: ...}}",
            ) from None


def version_of(source: str, declared: Sequence[str], resources: Resources) -> str:
    """A function's version: a hash of its source and the versions of its resources.

    Raises:
        ResourceError: see ``Resources.version``.
    """
    known = {name: resources.version(name) for name in sorted(declared)}
    return fingerprint({"source": source, "resources": known})[:16]
