"""What tuning came to, as text for a terminal; figures are those of ``tuning.tune`` and ``tuning.retune``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_SHOWN = 5


def told(report: Mapping[str, Any]) -> str:
    """Lines about drift, parts, gate and release."""
    return "\n".join(
        [*_drift(report.get("drift")), *_parts(report), *_gate(report.get("gate")), _release(report)]
    )


def _drift(drift: Mapping[str, Any] | None) -> Iterator[str]:
    if drift is None:
        return
    yield f"words that old documents lack  {drift['new_words']:.1%}"
    yield f"passages far from old ones     {drift['far_passages']:.1%}"
    before, after = drift["expected_hit_before"], drift["expected_hit_after"]
    yield f"right passage first, expected  {before:.2f} → {after:.2f}"
    for one in drift["functions"][:_SHOWN]:
        yield (
            f"  {one['name']:<28} votes on {one['coverage_before']:.0%} → {one['coverage_after']:.0%}, "
            f"stability index {one['stability_index']:.2f}"
        )


def _parts(report: Mapping[str, Any]) -> Iterator[str]:
    asked = report["questions"]
    yield f"{report['labels']} labels; {asked['train']} questions trained on, {asked['dev']} held apart"
    for stage in report["stages"]:
        figures = stage["dev"]
        moved = f"{figures['before']:.3f} → {figures['after']:.3f}" if figures else ""
        note = f"kept: {stage['note']}" if stage["note"] else stage["artifact"]
        yield f"  {stage['name']:<12} {moved:<16} {stage['seconds']:>6.0f} s  {note}"
        if figures and "beside" in figures:
            yield _beside(figures["beside"])
    if left := report.get("left_as_they_are"):
        yield f"  new documents are found about as well as old ones: not trained again: {', '.join(left)}"


def _beside(found: Mapping[str, Any]) -> str:
    """A student's line."""
    size = "" if found["size"] is None else f"{found['size']:.2f} of its weights, "
    accuracy = "" if found["accuracy"] is None else f"{found['accuracy']:.2f} of its score by the labels, "
    teacher, student = (found[name]["seconds"] * 1000 for name in ("teacher", "student"))
    return f"    beside its teacher: {size}{accuracy}{student:.1f} ms a question instead of {teacher:.1f}"


def _gate(gate: Mapping[str, Any] | None) -> Iterator[str]:
    if gate is None:
        return
    yield f"gate: {gate['target']}"
    for row in gate["table"]:
        before, after = row["before"]["value"], row["after"]["value"]
        yield f"  {row['name']:<28} {before:.3f} → {after:.3f}  p = {row['p']:.3f}  {row['verdict']}"


def _release(report: Mapping[str, Any]) -> str:
    if report["release"] is None:
        return f"nothing changed: {report['reason']}"
    name = report["release"][:12]
    if report["promoted"]:
        return f"in use: {name} ({report['reason']})"
    return f"release {name} is not in use: {report['reason']}"
