"""How well the section tree holds what lawyers marked: CUAD's spans against our sections.

Forty contracts drawn by a fixed seed, and the others to show that nothing was fitted to the forty. "section":
the span lies in one section other than the root; "leaf": in one leaf region of such a section, as chunks
are cut; "front": in a part without a printed heading (cover page, contents, preamble), which holds the
parties and dates; "headed": in a section with a printed number or title.
``python -m benchmarks.sections [--json]``
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from time import process_time

from benchmarks.data_folder import data_folder
from ingest.chunking import regions
from ingest.loaders import load
from ingest.sections import find_sections
from ingest.sections.outline import CONTENTS, COVER, PREAMBLE
from rag.settings import IngestSettings
from rag.types import Document, Section

_SEED = 3
_DRAWN = 40
_FRONT = frozenset({CONTENTS, COVER, PREAMBLE})
MEASURES = ("section", "headed", "front", "leaf")

Span = tuple[int, int]


def spans_by_contract(questions: Path) -> dict[str, set[Span]]:
    """The distinct answer spans of each contract."""
    spans: defaultdict[str, set[Span]] = defaultdict(set)
    with questions.open(encoding="utf-8") as lines:
        for line in lines:
            question = json.loads(line)
            spans[question["doc_id"]].update((one["start"], one["end"]) for one in question["answers"])
    return {name: found for name, found in spans.items() if found}


def placed(document: Document, sections: Sequence[Section], spans: Iterable[Span]) -> Counter[str]:
    """How many spans there are, and how many each measure counts; white space around a span is left out."""
    counts: Counter[str] = Counter()
    leaves = [(start, end) for section, start, end in regions(sections) if section.level]
    for start, end in spans:
        words = document.text[start:end]
        first = start + len(words) - len(words.lstrip())
        last = first + len(words.strip())
        holding = [one for one in sections[1:] if one.start <= first and last <= one.end]
        counts["spans"] += 1
        counts["section"] += bool(holding)
        counts["headed"] += any(one.number or one.title not in _FRONT for one in holding)
        counts["front"] += any(not one.number and one.title in _FRONT for one in holding)
        counts["leaf"] += any(begin <= first and last <= stop for begin, stop in leaves)
    return counts


def measure(folder: Path, spans: Mapping[str, set[Span]], names: Iterable[str]) -> dict[str, float]:
    """Shares of the spans of some contracts, and milliseconds of CPU per 3,000 characters."""
    counts: Counter[str] = Counter()
    seconds = 0.0
    for name in names:
        path = folder / "docs" / f"{name}.txt"
        document = load(path, path.read_bytes(), IngestSettings())
        start = process_time()
        sections = find_sections(document)
        seconds += process_time() - start
        counts += placed(document, sections, spans[name])
        counts["contracts"] += 1
        counts["characters"] += len(document.text)
        counts["without a heading"] += len(sections) == 1
    shares = {name: counts[name] / counts["spans"] for name in MEASURES}
    return {
        "contracts": counts["contracts"],
        "without_heading": counts["without a heading"],
        "spans": counts["spans"],
        **shares,
        "ms_per_page": 1000 * seconds / (counts["characters"] / 3000),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    folder = data_folder("cuad")
    spans = spans_by_contract(folder / "questions.jsonl")
    names = sorted(spans)
    drawn = sorted(random.Random(_SEED).sample(names, _DRAWN))  # noqa: S311 - a draw, no secret
    groups = {"drawn": drawn, "others": sorted(set(names) - set(drawn))}
    results = {label: measure(folder, spans, group) for label, group in groups.items()}
    if arguments.json:
        print(json.dumps(results))
        return
    for label, values in results.items():
        print(label, "  ".join(f"{name} {value:.4g}" for name, value in values.items()))


if __name__ == "__main__":
    main()
