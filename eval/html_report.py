"""Pages about one run and about two: one file each, with plots, tables beside them, and no request anywhere.

All texts of runs are escaped by the templates. The same runs give the same page. Leaves numbers to
``eval.report``, ``eval.criteria`` and ``eval.compare``, plots to ``eval.panels``, looks to the templates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from eval.compare import Measured, RunComparison
from eval.compare_report import HEAD, MOST_LISTED, SLICE_HEAD, cells, cut, described, outcome
from eval.compare_words import TONES, cautions, direction, verdict
from eval.criteria import Matrix, make_matrix
from eval.heat import LEAST_COLOURED, heat
from eval.number_texts import counted, interval, milliseconds, share
from eval.panels import (
    Labelled,
    Panel,
    Table,
    calibration_panel,
    coverage_panel,
    difference_figure,
    found_panels,
    times_panel,
)
from eval.provenance import brief, flatten
from eval.rendering import render
from eval.report import LATENCIES, Report, make_report, own_measures
from eval.report_tables import CHARACTERS, SNIPPETS
from eval.runs import Header, Run
from eval.scoring import ANSWERS, PAGES, RETRIEVAL
from eval.slices import SlicingFunction
from eval.stats import FEW_DOCUMENTS

PLOTTED = ("accuracy", "wrong", "abstained", "citation_right", "faithful", "page_hit@1", "page_hit@5",
           "page_hit@20", "hit@5", "mrr", "doc_hit@1")  # fmt: skip
"""Measures whose differences are drawn, and those asked for: the table beside the plot has all."""

MOST_PLOTTED = 24
"""Slices drawn: a longer plot is read from its table."""

_HEAD = ("measure", "value", "95 % interval", "n")
_COMPARED_HEAD = ("measure", *HEAD)
_SLICED_HEAD = ("slice", *SLICE_HEAD)


def run_page(run: Run, slices: Sequence[SlicingFunction]) -> str:
    """The page about one run.

    Raises:
        MissingExtraError: matplotlib is not installed.
        SourceError: two slices have one name.
    """
    report, matrix = make_report(run), make_matrix(run, slices)
    alone = (Labelled(label="", run=run),)
    return render(
        "run.html.j2",
        title=run.header.name,
        described=described(run),
        facts=_facts(run.header),
        settings=tuple(flatten(run.header.settings)),
        notes=tuple(_notes(run, matrix)),
        lead=_lead(report),
        tables=tuple(_tables(report)),
        heat=heat(matrix.cells, matrix.criteria, matrix.sizes),
        least_coloured=LEAST_COLOURED,
        panels=_panels(alone),
    )


def comparison_page(found: RunComparison) -> str:
    """The page about two runs.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    both = (Labelled(label="before", run=found.before), Labelled(label="after", run=found.after))
    plotted = [(n, one) for n, one in found.measures.items() if n in PLOTTED or n in found.listed]
    rows = tuple((_named(name), *cells(one)) for name, one in found.measures.items())
    return render(
        "comparison.html.j2",
        title=f"{found.before.header.name}: two runs compared",
        runs=(described(found.before), described(found.after)),
        verdict=verdict(found),
        tone=TONES[found.measures[found.headline].verdict],
        notes=(*found.provenance, *cautions(found)),
        plot=difference_figure("differences", "Differences over all questions", plotted),
        table=Table(head=_COMPARED_HEAD, rows=rows),
        slices=tuple(_sliced(found)),
        panels=_panels(both),
        changed=found.changed[:MOST_LISTED],
        changed_count=len(found.changed),
        listed=found.listed,
        outcome=outcome,
        cut=cut,
        differs=found.differs,
        brief=brief,
    )


def _panels(runs: Sequence[Labelled]) -> tuple[Panel, ...]:
    single = (coverage_panel(runs), calibration_panel(runs), times_panel(runs))
    return (*found_panels(runs), *(panel for panel in single if panel is not None))


def _sliced(found: RunComparison) -> Iterator[tuple[str, object, Table]]:
    """Measure, plot and table of each listed measure that some slice has."""
    for number, measure in enumerate(found.listed):
        members: list[tuple[str, Measured]] = [
            (name, measures[measure]) for name, measures in found.slices.items() if measure in measures
        ]
        if members:
            title = f"Differences of {measure} by slice"
            yield (
                measure,
                difference_figure(f"slices-{number}", title, members[:MOST_PLOTTED]),
                Table(
                    head=_SLICED_HEAD,
                    rows=tuple((name, *cells(one, sliced=True)) for name, one in members),
                ),
            )


def _tables(report: Report) -> Iterator[tuple[str, Table]]:
    """The measures of a run in groups that have one."""
    groups = (
        ("Answers", ANSWERS),
        ("Evidence among the first pages", PAGES),
        ("Evidence among the first passages", RETRIEVAL),
        ("Characters of evidence", CHARACTERS),
        ("The same in the best sentence of each passage", SNIPPETS),
        ("Measures of this set, and of the grader", tuple(own_measures(report))),
    )
    for title, names in groups:
        rows = tuple(
            (_named(name), share(e.value), interval(e), f"{e.n:,}")
            for name in names
            if (e := report.measures.get(name))
        )
        if rows:
            yield title, Table(head=_HEAD, rows=rows)


def _lead(report: Report) -> tuple[tuple[str, str, str], ...]:
    """The figures to look at first: name, value, interval."""
    names = ("accuracy", "wrong", "abstained", "citation_right", "page_hit@5", "ndcg@10")
    shares = [(n, share(e.value), interval(e)) for n in names if (e := report.measures.get(n))][:4]
    times = [
        (f"{name.split('_')[1]}, ms", milliseconds(e.value), f"{milliseconds(e.low)}–{milliseconds(e.high)}")
        for name in LATENCIES
        if (e := report.measures.get(name))
    ]
    return (*shares, *times)


def _notes(run: Run, matrix: Matrix) -> Iterator[str]:
    documents = len({row.cluster for row in run.rows})
    if documents < FEW_DOCUMENTS:
        yield f"Only {counted(documents, 'document')}: intervals are rough below {FEW_DOCUMENTS}."
    if run.failed:
        yield f"{counted(run.failed, 'question')} failed and count as zero."
    ungraded = sum(bool(row.grader_error) for row in run.rows)
    if ungraded:
        yield f"The grader failed on {counted(ungraded, 'answer')}, which count as not right."
    by_page = sum(row.by_page for row in run.rows)
    if by_page:
        yield (
            f"For {counted(by_page, 'question')} the evidence is known by page:"
            " all its passages count as evidence."
        )
    if matrix.too_many:
        yield f"Not in the map, for too many values: {', '.join(matrix.too_many)}."
    for failure in matrix.failures:
        yield (
            f"The slice {failure.slice_name} raised on {counted(failure.count, 'question')},"
            f" first {failure.question_id}: {failure.error}"
        )


def _facts(header: Header) -> tuple[tuple[str, str], ...]:
    """What one needs to know before comparing the run or repeating it."""
    parts: dict[str, Mapping[str, object]] = {
        "fingerprint": header.fingerprints,
        "selection": header.selection,
        "source": header.source,
        "library": header.libraries,
        "machine": header.machine,
    }
    facts = {
        "set": header.name,
        "scope": header.scope,
        "task": header.task,
        "started": header.started_at,
        "seconds": f"{header.seconds:,.1f}",
        "commit": header.commit or "unknown",
        "seed": str(header.seed),
        "questions": header.questions,
    }
    named = {f"{part} {key}": str(value) for part, values in parts.items() for key, value in values.items()}
    return tuple((facts | named).items())


def _named(measure: str) -> str:
    hint = direction(measure)
    return f"{measure} ({hint})" if hint else measure
