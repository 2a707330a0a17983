"""Curves and differences as SVG to stand inside a page: no script, no font, no colour of their own.

Colours are the page's variables (``templates/page.html.j2``), so that a plot follows light and dark. The
same numbers give the same bytes. Every plot has a title for those who cannot see it; callers put its numbers
beside it as a table. Texts of runs are plain labels: mathematics and markup in them stay inert.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any

from eval.curves import Calibration, Coverage, Point, StageTime
from eval.stats import Estimate
from rag.errors import MissingExtraError

if TYPE_CHECKING:
    from markupsafe import Markup
    from matplotlib.axes import Axes

INK, SOFT, LINE, GOOD, BAD = "#010101", "#010102", "#010103", "#010104", "#010105"
ONE, TWO = "#010106", "#010107"
_VARIABLES = {
    INK: "var(--ink)", SOFT: "var(--soft)", LINE: "var(--line)", GOOD: "var(--good)", BAD: "var(--bad)",
    ONE: "var(--one)", TWO: "var(--two)",
}  # fmt: skip
"""Colours that no plot means: each stands for a variable of the page until the drawing is done."""

WIDTH, HEIGHT = 380, 270
ROW_HEIGHT = 30
LABEL_CHARS = 52
_DPI = 72  # a unit of the drawing is then a pixel of the page at its natural size
_STYLES = ((ONE, "-", "o"), (TWO, "--", "s"))
_RC = {
    "svg.fonttype": "none", "font.size": 10.5, "font.family": "DejaVu Sans", "text.parse_math": False,
    "axes.facecolor": "none",
    "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": LINE, "axes.labelcolor": INK,
    "axes.linewidth": 0.8, "axes.axisbelow": True, "axes.grid": True, "grid.color": LINE,
    "grid.linewidth": 0.6, "xtick.color": LINE, "xtick.labelcolor": SOFT, "ytick.color": LINE,
    "ytick.labelcolor": SOFT, "text.color": INK, "legend.frameon": False, "legend.labelcolor": INK,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A line with its band; ``label`` is empty where a plot has one line only."""

    label: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A row of a plot of differences: the estimate, how small a difference could be shown, and a colour."""

    label: str
    estimate: Estimate
    detectable: float
    tone: str


def found_plot(name: str, title: str, curves: Sequence[Curve], x_label: str) -> Markup:
    """Share found over k, with bands; ``name`` is unique on the page."""

    def paint(axes: Axes) -> None:
        _lines(axes, curves)
        axes.set(xlabel=x_label, ylabel="share of questions", xlim=(0.6, 20.4))
        axes.set_xticks([1, 5, 10, 15, 20])
        _shares(axes)
        _legend(axes, curves)

    return _draw(name, title, paint)


def coverage_plot(name: str, title: str, curves: Sequence[tuple[str, Sequence[Coverage]]]) -> Markup:
    """Accuracy among answers over the share of questions answered, with bands."""
    lines = [
        Curve(label=label, points=tuple(sorted((c.point for c in curve), key=lambda p: p.x)))
        for label, curve in curves
    ]

    def paint(axes: Axes) -> None:
        _lines(axes, lines)
        axes.set(xlabel="share of questions answered", ylabel="right among answers", xlim=(-0.03, 1.03))
        _shares(axes)
        _legend(axes, lines)

    return _draw(name, title, paint)


def calibration_plot(name: str, title: str, found: Sequence[tuple[str, Calibration]]) -> Markup:
    """Accuracy over confidence, a point per bin with its interval; on the diagonal, confidence is true."""

    def paint(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=SOFT, linewidth=1, linestyle=":")
        for number, (label, one) in enumerate(found):
            colour, _, marker = _STYLES[number]
            shift = 0.012 * (2 * number - 1) if len(found) > 1 else 0.0
            x = [b.confidence + shift for b in one.bins]
            y = [b.accuracy.value for b in one.bins]
            below = [b.accuracy.value - b.accuracy.low for b in one.bins]
            above = [b.accuracy.high - b.accuracy.value for b in one.bins]
            axes.errorbar(
                x, y, yerr=[below, above], fmt=marker, color=colour, markersize=5, elinewidth=1.2, label=label
            )
        axes.set(xlabel="confidence", ylabel="right among answers", xlim=(-0.03, 1.03))
        _shares(axes)
        if len(found) > 1:
            axes.legend(loc="upper left")

    return _draw(name, title, paint)


def times_plot(name: str, title: str, found: Sequence[tuple[str, Sequence[StageTime]]]) -> Markup:
    """A row per stage: thin line from .05 to .95 of the questions, thick .25 to .75, a mark at the median."""
    stages = list(dict.fromkeys(one.stage for _, times in found for one in times))

    def paint(axes: Axes) -> None:
        for number, (label, times) in enumerate(found):
            colour, _, marker = _STYLES[number]
            for one in times:
                y = stages.index(one.stage) + 0.62 + 0.24 * number
                axes.plot([one.p05, one.p95.value], [y, y], color=colour, linewidth=1)
                axes.plot([one.p25, one.p75], [y, y], color=colour, linewidth=4, solid_capstyle="butt")
                named = label if one is times[0] else None
                axes.plot([one.p50.value], [y], marker, color=colour, markersize=5, label=named)
        for y, stage in enumerate(stages):
            _row_label(axes, y, stage)
        axes.set(xlabel="milliseconds", ylim=(len(stages), 0))
        axes.set_xscale("symlog", linthresh=1.0)
        axes.set_xlim(left=0)
        _numbers(axes)
        axes.set_yticks([])
        if len(found) > 1:
            axes.legend(loc="upper right")

    return _draw(name, title, paint, height=60 + (ROW_HEIGHT + 6 * len(found)) * len(stages))


def difference_plot(name: str, title: str, rows: Sequence[Difference]) -> Markup:
    """A row per difference: mark and interval, over a grey bar of what would be too small to be shown."""

    def paint(axes: Axes) -> None:
        reach = max([0.05, *(abs(end) for r in rows for end in (r.estimate.low, r.estimate.high))])
        for y, row in enumerate(rows):
            at, grey = y + 0.62, min(row.detectable, reach * 1.05)
            axes.plot([-grey, grey], [at, at], color=LINE, linewidth=7, solid_capstyle="butt")
            # Only as high as the row: a line from end to end would run through the labels.
            axes.plot([0, 0], [y + 0.45, y + 0.79], color=SOFT, linewidth=1)
            axes.plot([row.estimate.low, row.estimate.high], [at, at], color=row.tone, linewidth=1.4)
            axes.plot([row.estimate.value], [at], "o", color=row.tone, markersize=5)
            _row_label(axes, y, row.label)
        axes.set(xlabel="difference, after − before", ylim=(len(rows), 0), xlim=(-reach * 1.08, reach * 1.08))
        axes.set_yticks([])

    return _draw(name, title, paint, height=60 + ROW_HEIGHT * len(rows))


def _lines(axes: Axes, curves: Sequence[Curve]) -> None:
    for (colour, style, marker), curve in zip(_STYLES, curves, strict=False):
        x = [point.x for point in curve.points]
        axes.fill_between(
            x, [p.y.low for p in curve.points], [p.y.high for p in curve.points], color=colour, alpha=0.16,
            linewidth=0,
        )  # fmt: skip
        axes.plot(
            x, [p.y.value for p in curve.points], color=colour, linestyle=style, linewidth=1.8, marker=marker,
            markersize=3, label=curve.label,
        )  # fmt: skip


def _shares(axes: Axes) -> None:
    axes.set_ylim(-0.03, 1.03)
    axes.set_yticks([0, 0.2, 0.4, 0.6, 0.8, 1.0])


def _legend(axes: Axes, curves: Sequence[Curve]) -> None:
    if len(curves) > 1:
        axes.legend(loc="lower right")


def _row_label(axes: Axes, y: float, text: str) -> None:
    """The name of a row, above its line: beside it, a long one would leave no room for the line."""
    short = text if len(text) <= LABEL_CHARS else text[: LABEL_CHARS - 1] + "…"
    axes.text(
        0.0, y + 0.28, short, transform=axes.get_yaxis_transform(), va="center", ha="left", fontsize=9.5
    )


def _numbers(axes: Axes) -> None:
    """Plain numbers instead of powers of ten."""
    from matplotlib.ticker import FuncFormatter, SymmetricalLogLocator

    axes.xaxis.set_major_locator(SymmetricalLogLocator(base=10, linthresh=1))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))


def _draw(name: str, title: str, paint: Callable[[Axes], None], height: float = HEIGHT) -> Markup:
    try:
        from matplotlib import rc_context
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("a report with plots", "report") from error

    # The salt makes the ids of clip paths a function of what is drawn.
    parameters: Any = {**_RC, "svg.hashsalt": name}
    with rc_context(parameters):
        figure = Figure(figsize=(WIDTH / _DPI, height / _DPI), dpi=_DPI, layout="constrained")
        canvas = FigureCanvasSVG(figure)
        paint(figure.add_subplot())
        written = StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        canvas.print_figure(written, format="svg", facecolor="none", edgecolor="none", metadata=nothing)
    return _inline(written.getvalue(), name, title)


def _inline(svg: str, name: str, title: str) -> Markup:
    """An SVG file as an element of a page: ids made unique, sizes and fonts the page's."""
    from markupsafe import Markup, escape

    body = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    box = re.search(r'viewBox="([^"]*)"', svg)
    # Rules in a drawing are rules of the page that holds it: these come as attributes of its root instead.
    body = re.sub(r"<(metadata|style)\b.*?</\1>", "", body, flags=re.DOTALL)
    body = re.sub(r'<g id="[^"]*"', "<g", body)
    body = re.sub(r'(?<=\bid=")|(?<=href="#)|(?<=url\(#)', f"{name}-", body)
    body = body.replace("xlink:href", "href")
    body = re.sub(r" font-family: [^;\"]*;", "", body)
    body = re.sub(r' transform="rotate\(-0 [^"]*"', "", body)
    body = re.sub(r'(?<=[ "(])-?\d+\.\d{3,}(?=[ ,")])', lambda number: f"{float(number[0]):.2f}", body)
    body = re.sub(r"\s*\n\s*", " ", body).replace("> <", "><")
    for colour, variable in _VARIABLES.items():
        body = body.replace(colour, variable)
    return Markup(  # noqa: S704 - matplotlib escaped the labels, the title is escaped here
        f'<svg class="plot" role="img" aria-labelledby="{name}-title" viewBox="{box[1] if box else ""}"'
        ' stroke-linejoin="round">'
        f'<title id="{name}-title">{escape(title)}</title>{body}</svg>'
    )
