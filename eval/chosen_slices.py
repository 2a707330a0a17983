"""Slices by name: the built-in functions and the fields of questions, as one namespace.

Leaves what a slice is to ``eval.slices``.
"""

from __future__ import annotations

from collections.abc import Sequence

from eval.report import DEFAULT_SLICES, MOST_SLICES
from eval.runs import Row
from eval.slices import SlicingFunction, field_slice
from eval.slicing import BUILT_IN
from rag.errors import SourceError


def named_slices(
    rows: Sequence[Row], names: Sequence[str], own: Sequence[SlicingFunction] = ()
) -> tuple[SlicingFunction, ...]:
    """The slices of these names: one of ``own`` goes before a built-in function, that before a field.

    Raises:
        SourceError: a name is no function's and no field's.
    """
    functions = {function.name: function for function in (*BUILT_IN, *own)}
    fields = sorted({field for row in rows for field in row.facets})
    for name in names:
        if name not in functions and name not in fields:
            raise SourceError(
                f"no question has the field {name!r}",
                f"fields are: {', '.join(fields) or 'none'}; functions: {', '.join(functions)}",
            )
    return tuple(functions.get(name) or field_slice(name) for name in dict.fromkeys(names))


def default_fields(rows: Sequence[Row]) -> tuple[SlicingFunction, ...]:
    """The fields worth slicing by unasked: those of ``DEFAULT_SLICES`` with a few values."""
    counts = {name: len({row.facets[name] for row in rows if name in row.facets}) for name in DEFAULT_SLICES}
    return tuple(field_slice(name) for name, count in counts.items() if 1 < count <= MOST_SLICES)
