"""The gate's verdict and the list of releases as tables for a terminal. Leaves figures to ``eval.gate``."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from eval.number_texts import p_text, share, signed, signed_interval
from eval.report_tables import PLAIN_WIDTH
from rag.releases import NONE, Release, Switch

if TYPE_CHECKING:
    from rich.console import Console

    from eval.gate import GateRow, Verdict

ID_DIGITS = 12
NOTE_CHARS = 48


def print_verdict(verdict: Verdict) -> None:
    """The table of a verdict, then whether to promote and why."""
    from rich.table import Table

    table = Table(title=f"{verdict.target}: {shown_id(verdict.before)} → {shown_id(verdict.after)}")
    for name in ("slice", "before", "after", "difference", "95 % interval", "p", "n (documents)", "verdict"):
        table.add_column(name, justify="left" if name in ("slice", "verdict") else "right")
    for row in verdict.table:
        table.add_row(*_cells(row))
    console = _console()
    console.print(table)
    console.print(told(verdict), markup=False)


def told(verdict: Verdict) -> str:
    """One line: passed or not, and why."""
    return f"{'passed' if verdict.promoted else 'not passed'}: {verdict.reason}"


def print_releases(releases: Sequence[Release], current: str, switches: Sequence[Switch]) -> None:
    """A row per release, the newest first, then the settings as they are; and the last switches."""
    from rich.table import Table

    table = Table()
    for name in ("", "release", "created", "target", "before", "after", "gate", "from", "note"):
        table.add_column(name, justify="right" if name in ("before", "after") else "left")
    for one in releases:
        mark = "*" if one.id == current else ""
        note = one.note if len(one.note) <= NOTE_CHARS else f"{one.note[: NOTE_CHARS - 1]}…"
        table.add_row(
            mark, shown_id(one.id), one.created[:16], *_figures(one.gate), shown_id(one.parent or NONE), note
        )
    table.add_row("*" if current == NONE else "", NONE, "", "", "", "", "", "", "the settings as they are")
    console = _console()
    console.print(table)
    for switch in switches:
        why = f": {switch.reason}" if switch.reason else ""
        way = f"{shown_id(switch.before)} → {shown_id(switch.after)}"
        console.print(f"{switch.at[:16]} {switch.action} {way} by {switch.by}{why}", markup=False)


def shown_id(release_id: str) -> str:
    """The first digits of an id, which commands take.

    >>> shown_id("cc1e980c8ec9965e9fda"), shown_id("none")
    ('cc1e980c8ec9', 'none')
    """
    return release_id[:ID_DIGITS]


def _figures(gate: Mapping[str, Any] | None) -> tuple[str, str, str, str]:
    """Target, before, after and outcome of a gate's report."""
    if gate is None:
        return "", "", "", "not measured"
    overall = gate["table"][0]
    outcome = f"{'passed' if gate['promoted'] else 'not passed'}, p {p_text(overall['p'])}"
    return gate["target"], share(overall["before"]["value"]), share(overall["after"]["value"]), outcome


def _cells(row: GateRow) -> tuple[str, ...]:
    return (
        row.name,
        share(row.before.value),
        share(row.after.value),
        signed(row.difference.value),
        signed_interval(row.difference),
        p_text(row.p),
        f"{row.difference.n:,} ({row.documents:,})",
        row.verdict,
    )


def _console() -> Console:
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH, highlight=False)
