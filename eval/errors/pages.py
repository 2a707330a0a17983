"""The error analysis as one HTML file: no script, nothing loaded from elsewhere, all texts escaped."""

from __future__ import annotations

from eval.errors.analysis import ErrorAnalysis
from eval.errors.view import EXAMPLES, view
from eval.rendering import render


def errors_page(analysis: ErrorAnalysis, examples: int = EXAMPLES) -> str:
    """The page; ``examples`` errors are shown of each stage. The same analysis gives the same page."""
    return render("errors.html.j2", **view(analysis, examples))
