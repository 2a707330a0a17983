"""Reports and traces as tables for terminals and as a page of their own. Leaves figures to ``report``."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from rag.storage import write_text

_WIDE = 160
_UNSEARCHED = "Questions in words that searches do not know"


def as_html(report: Mapping[str, Any], path: Path) -> None:
    """Write a report as one HTML file.

    Raises:
        StorageError: the disk is full or not writable.
    """
    console = Console(record=True, width=_WIDE, file=io.StringIO())
    print_report(report, console)
    write_text(path, console.export_html())


def print_report(report: Mapping[str, Any], console: Console | None = None) -> None:
    """Functions and slices as tables; then what there is of repetition, clusters, conflicts and failures.

    What is said of questions in words that searches do not know stands behind the rest.
    """
    out = console or Console()
    _print_part(out, report)
    if "unsearched" in report:
        out.print(
            f"\n[bold]{_UNSEARCHED}[/bold], by a label model of their own; ranks and likeness do not vote"
        )
        _print_part(out, report["unsearched"])


def _print_part(out: Console, report: Mapping[str, Any]) -> None:
    rows = report["rows"]
    out.print(
        f"{report['items']} passages of {report['questions']} questions; with a vote {rows['coverage']:.1%},"
        f" with two {rows['overlap']:.1%}, contradictory {rows['conflict']:.1%}"
    )
    model = report["label_model"]
    out.print(f"label model {model['id']} ({model['method']}), expected relevant {model['balance'][1]:.2%}")
    for cut in [model["thresholds"]] if model.get("thresholds") else ():
        out.print(
            f"by gold labels may be cut at {cut['f_measure']['value']:.3f} (F1 {cut['f_measure']['f1']:.2f})"
        )
    if report["measured"]:
        said = report["measured"]
        out.print(
            f"on {said['gold']} gold passages: average precision {said['average_precision']:.3f},"
            f" log-loss {said['log_loss']:.3f}"
        )
    out.print(_functions(report["functions"]))
    out.print(_slices(report["slices"]))
    for title, lines in (
        ("Functions that repeat each other", _correlated(report)),
        ("Where one more function would tell most", _clusters(report)),
        ("What labels would be without a function", _gains(report)),
        ("Contradictions", _conflicts(report)),
        ("Functions that raise", _failures(report)),
    ):
        if lines:
            out.print(f"\n[bold]{title}[/bold]")
            for line in lines:
                out.print(escape(line), highlight=False)


def print_trace(found: Mapping[str, Any]) -> None:
    """A label's way back to question, documents and functions, and forward to artifacts."""
    out = Console()
    asked = found["question"]
    made = f"{asked['origin']}{' by ' + asked['maker'] if asked['maker'] else ''}"
    if asked.get("paraphrase_of"):
        made += f" in other words than {asked['paraphrase_of']}"
    out.print(escape(f"question ({asked['kind']}, from {made}): {asked['text']}"), highlight=False)
    for place in found["where"]:
        pages = place.get("pages")
        page = f", page {pages[0] + 1}" if pages else ""
        out.print(escape(f"{place['document']}{page}: {place['text'][:_WIDE]}"), highlight=False)
    label = found.get("label")
    if label is None:
        out.print("voted on, but not labelled")
        return
    out.print(f"probability {label['probability']:.4f} by label model {label['model']} ({label['method']})")
    if "log_odds" in label:
        out.print(_terms(label))
    for name in found["artifacts"]:
        out.print(f"trained: {name}")


def _terms(label: Mapping[str, Any]) -> Table:
    table = Table("function", "version", "vote", "weight", "log-odds", title="log-odds = sum of")
    table.add_row("prior", "", "", "", f"{label['prior']:+.3f}")
    table.add_row("offset", "", "", "", f"{label['offset']:+.3f}")
    for one in label["functions"]:
        vote = str(one["vote"]) if one["state"] == "voted" else one["state"]
        table.add_row(
            escape(one["function"]), one["version"], vote, f"{one['weight']:.2f}", f"{one['amount']:+.3f}"
        )
    table.add_row("together", "", "", "", f"{label['log_odds']:+.3f}")
    return table


def _functions(functions: list[dict[str, Any]]) -> Table:
    table = Table(title="Labeling functions")
    for head in (
        "function",
        "votes",
        "coverage",
        "overlap",
        "conflict",
        "right, estimated",
        "measured",
        "weight",
    ):
        table.add_column(head, justify="left" if head == "function" else "right", no_wrap=head == "function")
    for one in functions:
        measured = one["measured"]
        table.add_row(
            escape(one["name"]) + (f" [red]({one['raised']} raised)[/red]" if one.get("raised") else ""),
            "/".join(map(str, one["polarity"])),
            *(f"{one[share]:.1%}" for share in ("coverage", "overlap", "conflict")),
            "" if one["estimated"] is None else f"{one['estimated']:.2f}",
            "" if measured is None else f"{measured['value']:.2f} ({measured['n']})",
            "" if one["weight"] is None else f"{one['weight']:.2f}",
        )
    return table


def _slices(slices: Mapping[str, Any]) -> Table:
    table = Table(title="By kind of question")
    for head in (
        "kind",
        "passages",
        "expected relevant",
        "average precision",
        "log-loss",
        "silent functions",
    ):
        table.add_column(head, justify="left" if head == "kind" else "right", no_wrap=head == "kind")
    for kind, one in slices.items():
        silent = sum(function["coverage"] == 0 for function in one["functions"])
        measured = "average_precision" in one
        table.add_row(
            escape(kind),
            str(one["items"]),
            f"{one['expected_relevant']:.1f}",
            f"{one['average_precision']:.3f}" if measured else "",
            f"{one['log_loss']:.3f}" if measured else "",
            str(silent),
        )
    return table


def _correlated(report: Mapping[str, Any]) -> list[str]:
    return [
        f"{one['first']} and {one['second']}: {one['correlation']:.2f},"
        f" agree on {one['agreement']:.0%} of {one['both']}"
        for one in report["correlated"]
    ]


def _clusters(report: Mapping[str, Any]) -> list[str]:
    return [
        f"{one['kind']} under {one['heading']}: {one['items']} passages,"
        f" {one['silent']:.0%} without a vote, gain {one['gain']:.1f} nats"
        for one in report["clusters"]
    ]


def _gains(report: Mapping[str, Any]) -> list[str]:
    return [
        f"{one['name']}: labels move by {one['moved']:.4f}"
        + ("" if one["loss"] is None else f", log-loss on gold by {one['loss']:+.4f} ± {one['error']:.4f}")
        for one in report.get("without", ())
    ]


def _conflicts(report: Mapping[str, Any]) -> list[str]:
    lines = []
    for one in report["conflicts"]:
        against = ", ".join(f"{name}: {vote}" for name, vote in one["votes"].items())
        lines += [
            f"{one['function']} on {one['item']} ({one['probability']:.2f}; {against})",
            f"   {one['question']}",
            f"   {' '.join(one['passage'].split())}",
        ]
    return lines


def _failures(report: Mapping[str, Any]) -> list[str]:
    return [
        f"{one['function']}: on {one['items']} passages, first {one['first']}"
        for one in report.get("failures", ())
    ]
