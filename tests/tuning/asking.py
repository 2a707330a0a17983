"""A service's database with what people asked, as the service itself writes it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from rag.filters import NO_FILTERS, Filters
from service.answer_store import AnswerStore
from service.answers import Abstained
from service.callers import LOCAL
from service.keys import Keys, KeyTerms
from service.work import Scope

AT = "2026-01-01T00:00:00+00:00"


class Service:
    """What the service keeps, without the service."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._answers = AnswerStore(path)
        self._count = 0

    def asks(
        self,
        question: str,
        *references: str,
        filters: Filters = NO_FILTERS,
        collections: Sequence[str] | None = None,
    ) -> None:
        """Somebody asks, and documents do not answer."""
        (example,) = Abstained.model_json_schema()["examples"]
        self._count += 1
        sees = None if collections is None else frozenset(collections)
        self._answers.put(
            Abstained.model_validate({**example, "id": f"{self._count:016x}"}),
            question,
            Scope(references=references, filters=filters, collections=sees),
            who=LOCAL,
            created=AT,
        )

    def gives_key(self, name: str, *collections: str) -> None:
        """A key, for some collections or for all."""
        with closing(Keys(self.path)) as keys:
            keys.create(name, KeyTerms(collections=collections or None), at=AT)

    def takes_key(self, name: str) -> None:
        """It is no longer in use."""
        with closing(Keys(self.path)) as keys:
            keys.revoke(name, at=AT)
