"""Labeling functions: what somebody knows, written as a function that votes on items.

    @labeling_function(on="passage", kind="pattern")
    def says_terminate(item: PassageItem) -> Vote:
        return RELEVANT if "terminate" in item.chunk.text else ABSTAIN

A vote is a class (``RELEVANT``, ``IRRELEVANT``; of answers ``GOOD``, ``BAD``; of two answers ``FIRST``,
``SECOND``) or ``ABSTAIN``; a function that is made with ``scored=True`` returns a number, or None to abstain.
What it reads besides the item it declares by name and is handed as a keyword (``resources=["glossary"]``),
so that a function can be tested alone and its version says what it depends on. With ``batch=True`` it gets
all items of some questions at once, those of a question together, and returns a vote for each. Leaves
applying functions to ``tuning.labeling.applier``, what a version is to ``tuning.labeling.identity``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rag.errors import UsageError
from tuning.items import AnswerItem, Item, ItemKind, PassageItem, PreferenceItem
from tuning.label_model.binning import BINS
from tuning.label_model.matrix import ABSTAIN
from tuning.labeling.identity import source_of

RELEVANT = GOOD = FIRST = 1
IRRELEVANT = BAD = SECOND = 0

Vote = int | float | None
"""A class, ``ABSTAIN``, or a score; None abstains too."""
Values = NDArray[np.float32]
"""``[n]``: votes or scores, NaN where the function abstains."""

FunctionKind = Literal[
    "pattern", "section", "definition", "reference", "table", "number", "vocabulary", "embedding", "rank",
    "model", "place", "counter", "llm", "human", "external", "answer", "preference",
]  # fmt: skip
_TYPES: dict[ItemKind, type[Item]] = {
    "passage": PassageItem,
    "answer": AnswerItem,
    "preference": PreferenceItem,
}


class FunctionError(UsageError):
    """A labeling function is declared or votes in a way that cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelingFunction:
    """A function with what is declared of it.

    ``family`` names the source that it shares with others (two that read the same ranking have one voice);
    ``slices`` are the kinds of question it votes on, all where empty; ``query_wise`` says that a vote depends
    on the question's other items or on ranks. A ``scored`` one's numbers become bins at ``edges``, or at
    quantiles, ``bins`` of them, and high ones speak for the class ``favours``. ``revision`` says of what its
    source does not tell, a service or a model behind it, which one it is. One that ``proposes`` is run over
    all passages of the documents that a question is asked of, to find those that no search does: it votes on
    one passage at a time, fast, and for few. Where it votes for one, ranks and likeness say nothing of that
    question: it uses words that searches do not know.
    """

    name: str
    on: ItemKind
    kind: FunctionKind
    call: Callable[..., Any]
    family: str = ""
    resources: tuple[str, ...] = ()
    slices: tuple[str, ...] = ()
    batch: bool = False
    query_wise: bool = False
    scored: bool = False
    edges: tuple[float, ...] = ()
    bins: int = BINS
    favours: int = 1
    about: str = ""
    revision: str = ""
    proposes: bool = False

    def __post_init__(self) -> None:
        if self.proposes and (self.on != "passage" or self.batch or self.scored or self.query_wise):
            raise FunctionError(
                f"labeling function {self.name} proposes, which votes on single passages only can",
                "leave proposes=True out, or batch, scored and query_wise",
            )

    def __call__(self, item: Item | Sequence[Item], **resources: Any) -> Any:  # noqa: ANN401 - a user's own
        """The plain function, for tests of it."""
        return self.call(item, **resources)

    @property
    def source(self) -> str:
        """Everything that decides a vote but the item and the resources, as text.

        Raises:
            FunctionError: it closes over something that has no identity.
        """
        declared = (self.on, sorted(self.slices), self.batch, self.query_wise, self.scored, self.revision)
        try:
            return f"{declared}\n{source_of(self.call, known=bool(self.revision))}"
        except TypeError as error:
            raise FunctionError(
                f"labeling function {self.name} uses {error}",
                "declare it in resources=[...] and take it as a keyword, or make it a plain value",
            ) from None

    def votes_on(self, item: Item) -> bool:
        """Whether it may vote on an item: of its type, and on one of its kinds of question."""
        if not isinstance(item, _TYPES[self.on]):
            return False
        asked = item.first.question if isinstance(item, PreferenceItem) else item.question
        return not self.slices or asked.kind in self.slices

    def values(self, items: Sequence[Item], resources: dict[str, Any]) -> Values:
        """Votes on items ``[n]``, all at once; NaN where it abstains.

        Raises:
            FunctionError: what it returns is no vote, or not one for each item.
            Exception: whatever the function raises.
        """
        if self.batch:
            return self._checked(self.call(items, **resources), len(items))
        return self._checked([self.call(item, **resources) for item in items], len(items))

    def _checked(self, returned: ArrayLike | Sequence[Vote], count: int) -> Values:
        given = np.array(
            [np.nan if one is None else one for one in returned] if isinstance(returned, list) else returned,
            dtype=np.float32,
        )
        if given.shape != (count,):
            raise FunctionError(
                f"{self.name} returned votes of shape {given.shape} for {count} items", "return one for each"
            )
        if self.scored:
            if np.isinf(given).any():
                raise FunctionError(f"{self.name} gave an infinite score", "return a number, or None")
            return given
        found: Values = np.where(given == ABSTAIN, np.float32(np.nan), given)
        wrong = found[~np.isnan(found) & (found != 0) & (found != 1)]
        if len(wrong):
            raise FunctionError(
                f"{self.name} voted {wrong[0]:g}", "vote 1, 0 or -1 (abstain), or declare scored=True"
            )
        return found


def labeling_function(
    *,
    on: ItemKind,
    kind: FunctionKind,
    name: str = "",
    resources: Sequence[str] = (),
    **declared: Any,  # noqa: ANN401 - fields of LabelingFunction
) -> Callable[[Callable[..., Any]], LabelingFunction]:
    """Make a function a labeling function; further keywords are fields of ``LabelingFunction``.

    >>> @labeling_function(on="passage", kind="pattern")
    ... def short(item: PassageItem) -> int:
    ...     "Short passages say nothing."
    ...     return IRRELEVANT if len(item.chunk.text) < 10 else ABSTAIN
    >>> short.name, short.about
    ('short', 'Short passages say nothing.')

    Raises:
        FunctionError: a keyword is unknown, or used without parentheses.
    """
    if on not in _TYPES:
        raise FunctionError(f"labeling functions are on {', '.join(_TYPES)}, not on {on!r}", "name one")
    if kind not in get_args(FunctionKind):
        raise FunctionError(
            f"{kind!r} is no kind of labeling function", f"name one of {', '.join(get_args(FunctionKind))}"
        )

    def made(call: Callable[..., Any]) -> LabelingFunction:
        called = name or getattr(call, "__name__", type(call).__name__)
        fields = {"about": (call.__doc__ or "").strip().split("\n")[0], **declared}
        fields |= {one: tuple(fields[one]) for one in ("slices", "edges") if one in fields}
        try:
            return LabelingFunction(
                name=called, on=on, kind=kind, call=call, resources=tuple(resources), **fields
            )
        except TypeError as error:
            raise FunctionError(
                f"labeling function {called}: {error}", "see LabelingFunction for what can be declared"
            ) from None

    return made


def checked(functions: Sequence[LabelingFunction], on: ItemKind | None = None) -> list[LabelingFunction]:
    """The functions of a kind of item (None: all), by name.

    Raises:
        FunctionError: names repeat.
    """
    chosen = sorted((one for one in functions if on in (None, one.on)), key=lambda one: one.name)
    for first, second in pairwise(chosen):
        if first.name == second.name:
            raise FunctionError(f"two labeling functions are called {first.name}", "give each its own name")
    return chosen
