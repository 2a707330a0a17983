"""Legal links on real contracts: how many terms and references, the share that is resolved, time per page.

``python -m benchmarks.links [--json]`` with ``COVENANT_DATA`` set. The share resolved is of the references to
the same document; a page is 3,000 characters. Times are CPU time of one process, structure alone.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import click

from benchmarks.data_folder import data_folder
from ingest.links.amendments import find_links
from ingest.links.definitions import find_definitions
from ingest.links.references import find_references
from ingest.loaders import load
from ingest.sections import find_sections
from rag.settings import IngestSettings

PAGE_CHARS = 3000
FOLDERS = ("longdocs/*.pdf", "longdocs/*.html", "cuad/pdf/*.pdf", "legalbenchrag/docs/*.txt")


def measure(path: Path) -> dict[str, object]:
    """Counts, share resolved and milliseconds per page of one file."""
    document = load(path, path.read_bytes(), IngestSettings())
    sections = find_sections(document)
    begin = time.process_time()
    definitions = find_definitions(document, sections)
    references = find_references(document, sections, definitions)
    links = find_links(document)
    seconds = time.process_time() - begin
    own = [one for one in references if not one.document]
    resolved = sum(one.target_start is not None for one in own)
    pages = max(1.0, len(document.text) / PAGE_CHARS)
    return {
        "document": path.name,
        "pages": round(pages),
        "definitions": len(definitions),
        "references": len(references),
        "own": len(own),
        "resolved": resolved,
        "share": round(resolved / len(own), 3) if own else None,
        "links": len(links),
        "ms_per_page": round(1000 * seconds / pages, 2),
    }


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--limit", default=6, show_default=True, help="Files of each kind.")
def main(as_json: bool, limit: int) -> None:
    """Measure legal links on the contracts under COVENANT_DATA."""
    root = data_folder()
    rows = [
        measure(path)
        for folder in FOLDERS
        for path in sorted(root.glob(folder), key=lambda path: (-path.stat().st_size, path.name))[:limit]
    ]
    if as_json:
        print(json.dumps({"name": "links", "n": len(rows), "documents": rows}))
        return
    print(f"{'document':52} {'pages':>5} {'terms':>6} {'refs':>6} {'own':>6} {'found':>6} {'ms/page':>8}")
    for row in rows:
        share = "-" if row["share"] is None else f"{row['share']:.3f}"
        print(
            f"{str(row['document'])[:52]:52} {row['pages']:>5} {row['definitions']:>6} {row['references']:>6}"
            f" {row['own']:>6} {share:>6} {row['ms_per_page']:>8}"
        )


if __name__ == "__main__":
    main()
