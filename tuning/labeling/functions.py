"""Labeling functions: an expert's rule as a Python function that votes on items, or abstains.

    @labeling_function(on="passage", kind="heading", needs=("glossary",))
    def in_the_named_section(item, resources):
        return RELEVANT if ... else ABSTAIN

A function gets an item and the resources that it names in ``needs``; it closes over nothing, so that its
version, a hash of its source, its parameters and its resources, says when its votes are stale. With
``together`` it gets all items of a question at once and returns a vote for each: for rules that compare
passages, and for models that are quicker in batches. With ``edges`` it returns scores in place of votes
(NaN abstains), which become bins. Leaves applying to ``tuning.labeling.applier``, ready ones to
``tuning.labeling.library``.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import nan
from types import MappingProxyType
from typing import Any, Literal

from rag.errors import UsageError
from rag.fingerprints import fingerprint
from tuning.items import ItemKind
from tuning.label_model import ABSTAIN, Function

RELEVANT = RIGHT = FIRST = 1
IRRELEVANT = WRONG = SECOND = 0
ABSTAINS = nan
"""What a function of scores returns where it has none."""

Kind = Literal[
    "text_pattern", "heading", "defined_term", "table", "numbers", "glossary", "neighbourhood", "model_score",
    "llm", "people", "external", "structure", "origin", "other",
]  # fmt: skip
"""What a function goes by; in reports."""

Rule = Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class LabelingFunction:
    """A rule and what is known of it; see the module. ``parameters`` are what a maker filled in."""

    name: str
    on: ItemKind
    rule: Rule = field(repr=False)
    kind: Kind = "other"
    family: str = ""
    edges: tuple[float, ...] = ()
    favours: int = 1
    needs: tuple[str, ...] = ()
    together: bool = False
    parameters: Mapping[str, object] = MappingProxyType({})

    @cached_property
    def source_hash(self) -> str:
        """A hash of the rule's source text and the parameters, whatever indentation it stands at."""
        try:
            text = textwrap.dedent(inspect.getsource(self.rule))
        except (OSError, TypeError) as error:
            raise UsageError(
                f"the labeling function {self.name} has no source text", "define it in a file"
            ) from error
        facts = {"source": text, "parameters": {key: repr(value) for key, value in self.parameters.items()}}
        return fingerprint({**facts, "edges": self.edges, "together": self.together})

    def version(self, resources: Mapping[str, str]) -> str:
        """Changes exactly when votes could: with the source, the parameters or a resource that it needs.

        ``resources`` are versions by name.

        Raises:
            UsageError: a resource that it needs is not there.
        """
        missing = [name for name in self.needs if name not in resources]
        if missing:
            raise UsageError(
                f"the labeling function {self.name} needs {', '.join(missing)}",
                f"there are: {', '.join(sorted(resources)) or 'none'}",
            )
        own = {name: resources[name] for name in self.needs}
        return fingerprint({"source": self.source_hash, "resources": own})[:16]

    def as_column(self) -> Function:
        """The function as a label model sees it."""
        return Function(name=self.name, family=self.family, edges=self.edges, favours=self.favours)


def labeling_function(
    *,
    on: ItemKind,
    kind: Kind = "other",
    name: str = "",
    **options: Any,  # noqa: ANN401 - the fields of LabelingFunction
) -> Callable[[Rule], LabelingFunction]:
    """Make a labeling function of a rule; ``options`` are further fields of ``LabelingFunction``."""

    def made(rule: Rule) -> LabelingFunction:
        return LabelingFunction(name=name or rule.__name__, on=on, kind=kind, rule=rule, **options)

    return made


def checked(functions: Sequence[LabelingFunction]) -> tuple[LabelingFunction, ...]:
    """The functions by name.

    Raises:
        UsageError: two share a name, or there is none.
    """
    names = [function.name for function in functions]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"labeling functions share names: {', '.join(twice)}", "give each its own")
    if not functions:
        raise UsageError("there is no labeling function", "write some: covenant label --starter")
    return tuple(sorted(functions, key=lambda function: function.name))


__all__ = [
    "ABSTAIN",
    "ABSTAINS",
    "FIRST",
    "IRRELEVANT",
    "RELEVANT",
    "RIGHT",
    "SECOND",
    "WRONG",
    "Kind",
    "LabelingFunction",
    "Rule",
    "checked",
    "labeling_function",
]
