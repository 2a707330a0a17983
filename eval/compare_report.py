"""A comparison as tables for a terminal, as Markdown, and as the object that ``--json`` prints.

Leaves figures to ``eval.compare``, sentences to ``eval.compare_words``, HTML to ``eval.html_report``.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from eval.compare import ChangedQuestion, Measured, RunComparison
from eval.compare_words import cautions, verdict
from eval.number_texts import counted, milliseconds, p_text, share, signed, signed_interval
from eval.rendering import render
from eval.report_tables import PLAIN_WIDTH
from eval.runs import Row, Run

if TYPE_CHECKING:
    from rich.console import RenderableType

MOST_LISTED = 100
"""Changed questions told one by one in a report; ``--json`` names all."""

TERMINAL_LISTED = 12
QUESTION_CHARS = 90
TEXT_CHARS = 400

HEAD = (
    "before", "after", "difference", "95 % interval", "p", "shows from", "won", "lost", "n (documents)",
    "verdict",
)  # fmt: skip
SLICE_HEAD = (*HEAD[:5], "p, Holm", *HEAD[5:])


def cells(one: Measured, *, sliced: bool = False) -> tuple[str, ...]:
    """The cells under ``HEAD`` (``SLICE_HEAD`` where ``sliced``)."""
    result = one.result
    return (
        share(result.before.value),
        share(result.after.value),
        signed(result.difference.value),
        signed_interval(result.difference),
        p_text(result.p_value),
        *((p_text(one.p_adjusted),) if sliced else ()),
        share(result.detectable),
        str(one.better),
        str(one.worse),
        f"{result.difference.n:,} ({result.documents:,})",
        one.verdict,
    )


def as_dict(found: RunComparison) -> dict[str, Any]:
    """The object that ``--json`` prints; shares between 0 and 1, latencies in milliseconds."""
    return {
        "before": _header(found.before),
        "after": _header(found.after),
        "n": len(found.pairs),
        "documents": found.documents,
        "only_before": list(found.only_before),
        "only_after": list(found.only_after),
        "altered": list(found.altered),
        "headline": found.headline,
        "verdict": verdict(found),
        "cautions": list(cautions(found)),
        "provenance": list(found.provenance),
        "measures": _plain(found.measures),
        "slices": {name: _plain(measures) for name, measures in found.slices.items()},
        "changed": [_changed(one) for one in found.changed],
        "times_ms": {
            name: {"before": old.as_dict(), "after": new.as_dict()}
            for name, (old, new) in found.times.items()
        },
        "differs": [
            {"concern": c.concern, "what": c.what, "before": c.before, "after": c.after}
            for c in found.differs
        ],
    }


def as_markdown(found: RunComparison) -> str:
    """The comparison as Markdown; texts of runs cannot break out of their places."""
    return render(
        "comparison.md.j2",
        found=found,
        verdict=verdict(found),
        notes=(*found.provenance, *cautions(found)),
        head=HEAD,
        slice_head=SLICE_HEAD,
        cells=cells,
        plain=plain,
        outcome=outcome,
        cut=cut,
        described=described,
        milliseconds=milliseconds,
        changed=found.changed[:MOST_LISTED],
    )


def print_comparison(found: RunComparison) -> None:
    """Verdict, tables and changed questions on stdout, wide enough where stdout is no terminal."""
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH, highlight=False)

    def say(line: str) -> None:
        # Texts of runs may hold what looks like markup.
        console.print(line, markup=False)

    say(f"before: {described(found.before)}")
    say(f"after:  {described(found.after)}\n")
    for line in (verdict(found), *found.provenance, *cautions(found)):
        say(line)
    console.print(_table("all questions", {n: cells(one) for n, one in found.measures.items()}, HEAD))
    for measure in found.listed:
        rows = {n: cells(m[measure], sliced=True) for n, m in found.slices.items() if measure in m}
        if rows:
            console.print(_table(f"{measure} by slice", rows, SLICE_HEAD))
    say(
        '"shows from" is the smallest true difference that such a set shows four times in five; won and lost'
        " count questions; p is that of sign flips by document."
    )
    for name, (old, new) in found.times.items():
        say(f"{name}: {milliseconds(old.value)} → {milliseconds(new.value)}")
    for one in found.changed[:TERMINAL_LISTED]:
        say(changed_line(one))
    if len(found.changed) > TERMINAL_LISTED:
        say(f"… {counted(len(found.changed) - TERMINAL_LISTED, 'more question')}: see --html or --markdown.")


def described(run: Run) -> str:
    """A run in one line: set, scope, questions, time, commit."""
    header = run.header
    scope = "own documents searched" if header.scope == "single" else "all documents searched"
    at = f", commit {header.commit[:8]}{'+' if header.commit.endswith('+') else ''}" if header.commit else ""
    return f"{header.name}, {scope}, {counted(len(run.rows), 'question')}, {header.started_at[:16]}{at}"


def changed_line(one: ChangedQuestion) -> str:
    """A question that changed, in one line."""
    row = one.pair.before
    parts = [f"lost {', '.join(one.lost)}"] if one.lost else []
    parts += [f"won {', '.join(one.won)}"] if one.won else []
    text = " ".join(row.question.split())
    return f"{row.question_id} ({'; '.join(parts)}): {cut(text, QUESTION_CHARS)}"


def outcome(row: Row) -> str:
    """What came back, in words: "answered: 4.25%" or "abstained: best confidence 0.30 is below 0.45"."""
    return f"{row.outcome}: {cut(row.text)}" if row.text else row.outcome


def cut(text: str, most: int = TEXT_CHARS) -> str:
    """A text's beginning.

    >>> cut("four words, no more", most=11)
    'four words…'
    """
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def plain(text: str) -> str:
    r"""A text as one line of Markdown that stays text: what Markdown or HTML would read is escaped.

    >>> plain("a|b\n<b> *c* [d](e)")
    'a\\|b &lt;b> \\*c\\* \\[d\\](e)'
    """
    line = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;")
    for mark in ("\\", "|", "`", "*", "_", "[", "]", "#", "~", "$"):
        line = line.replace(mark, f"\\{mark}")
    return line


def _table(title: str, rows: Mapping[str, tuple[str, ...]], head: tuple[str, ...]) -> RenderableType:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(title), title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=0)
    table.add_column("", overflow="fold", min_width=14)
    for name in head:
        table.add_column(name.replace(" ", "\n", 1), justify="right", no_wrap=True)
    for name, row in rows.items():
        table.add_row(Text(name), *row)
    return table


def _header(run: Run) -> dict[str, Any]:
    header = run.header
    return {
        "name": header.name,
        "scope": header.scope,
        "n": len(run.rows),
        "failed": run.failed,
        "started_at": header.started_at,
        "commit": header.commit,
        "fingerprints": dict(header.fingerprints),
    }


def _plain(measures: Mapping[str, Measured]) -> dict[str, dict[str, Any]]:
    return {
        name: {
            "before": one.result.before.as_dict(),
            "after": one.result.after.as_dict(),
            "difference": one.result.difference.as_dict(),
            "p": round(one.result.p_value, 6),
            "p_holm": round(one.p_adjusted, 6),
            "detectable": round(one.result.detectable, 6),
            "verdict": one.verdict,
            "won": one.better,
            "lost": one.worse,
            "ties": one.result.ties,
            "documents": one.result.documents,
            "few_documents": one.result.few_documents,
        }
        for name, one in measures.items()
    }


def _changed(one: ChangedQuestion) -> dict[str, Any]:
    before, after = one.pair.before, one.pair.after
    return {
        "id": before.question_id,
        "question": before.question,
        "gold": list(before.gold),
        "won": list(one.won),
        "lost": list(one.lost),
        **{
            side: {"outcome": row.outcome, "text": row.text, "confidence": round(row.confidence, 6)}
            for side, row in (("before", before), ("after", after))
        },
    }
