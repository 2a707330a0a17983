"""What a span reader learns from: windows with the spans that answer, or the verdict on a statement.

Leaves reading sets to ``tuning.recipes.reading_sources``, losses and schedules to ``tuning.reader``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rag.generator.span.windows import Window
from rag.storage import write_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A window, its answers (spans of the text; none: it holds no answer), and its verdict.

    ``verdict`` is a place in ``VERDICTS``, None where the question is no statement. ``document`` is what
    examples are held out by.
    """

    source: str
    document: str
    question: str
    text: str
    context: str = ""
    spans: tuple[tuple[int, int], ...] = ()
    verdict: int | None = None

    @property
    def window(self) -> Window:
        """What the reader reads."""
        return Window(question=self.question, text=self.text, context=self.context)


def write_examples(path: Path, examples: Sequence[Example]) -> None:
    """One JSON object a line."""
    write_text(path, "".join(json.dumps(asdict(one), sort_keys=True) + "\n" for one in examples))


def read_examples(path: Path) -> Iterator[Example]:
    """What ``write_examples`` wrote."""
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line:
            row = json.loads(line)
            yield Example(**{**row, "spans": tuple((start, end) for start, end in row["spans"])})
