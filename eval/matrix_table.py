"""The matrix of slices × criteria on a terminal. Leaves its figures to ``eval.criteria``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from eval.criteria import MOST_VALUES, Matrix
from eval.number_texts import counted, interval, share
from eval.report_tables import PLAIN_WIDTH
from eval.stats import Estimate

if TYPE_CHECKING:
    from rich.console import RenderableType


def matrix_table(matrix: Matrix) -> RenderableType:
    """The matrix for a terminal: each value above its interval, and n where it is not the slice's."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(
        title="slices × criteria", title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=0
    )
    table.add_column("slice", overflow="fold", min_width=16)
    for name in matrix.criteria:
        table.add_column(name.replace(" ", "\n", 1), justify="right", no_wrap=True, min_width=10)
    for name, cells in matrix.cells.items():
        shown = [
            cell_text(cells[criterion], matrix.sizes[name]) if criterion in cells else "–"
            for criterion in matrix.criteria
        ]
        table.add_row(f"{name}\nn={matrix.sizes[name]}", *shown)
    return table


def print_matrix(matrix: Matrix) -> None:
    """The table on stdout, wide enough to be read where stdout is no terminal; what failed below it."""
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH)
    console.print(matrix_table(matrix))
    for one in matrix.failures:
        console.print(
            f"The slice {one.slice_name!r} failed on {counted(one.count, 'question')}, first"
            f" {one.question_id}: {one.error}",
            markup=False,
        )
    if matrix.too_many:
        left_out = ", ".join(matrix.too_many)
        console.print(f"Left out, with over {MOST_VALUES} values: {left_out}.", markup=False)


def cell_text(estimate: Estimate, n: int) -> str:
    r"""Value over interval, and the number of questions where it is not the slice's.

    >>> cell_text(Estimate(value=0.5, low=0.25, high=1.0, n=8), 10)
    '.500\n.250–1\nn=8'
    """
    other = f"\nn={estimate.n}" if estimate.n != n else ""
    return f"{share(estimate.value)}\n{interval(estimate)}{other}"
