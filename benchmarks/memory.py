"""How much memory one very long PDF takes from file to index: ``python -m benchmarks.memory``.

Makes a PDF of dense text, ingests it in a fresh process with the weightless embedder, and prints the peak
resident memory of the biggest process, that one or a worker of its pool, beside pages and seconds.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import numpy as np

LIMIT_MB = 1536
_PAGE_WORDS = 450
_SYLLABLES = ("ba", "con", "der", "fi", "gal", "men", "nor", "pre", "qui", "ra", "sol", "ter", "un", "ver")
_OPENINGS = (
    "The Borrower shall",
    "Each Lender may",
    "The Agent, subject to Section 7.2(b),",
    "No Issuer will",
)

INGEST = """
import json, resource, sys
from pathlib import Path
from ingest.build import ingest
from rag.settings import HashingEmbedderSettings, IngestSettings, Settings
from rag.workspace import Workspace

settings = Settings(
    embedder=HashingEmbedderSettings(), ingest=IngestSettings(workers=2, file_timeout_s=3600)
)
report = ingest(Workspace.create(Path(sys.argv[1])), [Path(sys.argv[2])], settings)
peak = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps({
    "pages": report.pages, "passages": report.chunks,
    "self_mb": peak[0] // 1024, "workers_mb": peak[1] // 1024,
    "seconds": {name: round(value, 1) for name, value in report.seconds.items()},
}))
"""


def write_pdf(path: Path, pages: int, seed: int) -> None:
    """A PDF of numbered sections in dense text, about 450 words a page."""
    from reportlab.pdfgen.canvas import Canvas

    random = np.random.default_rng(seed)
    words = ["".join(random.choice(_SYLLABLES, random.integers(1, 4))) for _ in range(5000)]
    canvas = Canvas(str(path), pagesize=(612, 792), invariant=True)
    for page in range(pages):
        chosen = " ".join(random.choice(words, _PAGE_WORDS).tolist())
        text = f"Section {page // 10 + 1}.{page % 10 + 1} Matter. {random.choice(_OPENINGS)} {chosen}."
        canvas.setFont("Times-Roman", 10)
        for row, line in enumerate(textwrap.wrap(text, 95)):
            canvas.drawString(72, 730 - 12 * row, line)
        canvas.drawString(300, 40, str(page + 1))
        canvas.showPage()
    canvas.save()


def measure(pages: int, seed: int) -> dict[str, object]:
    """Peak memory and seconds of ingesting a made PDF of so many pages."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_pdf(folder / "long.pdf", pages, seed)
        arguments = [sys.executable, "-c", INGEST, str(folder / "workspace"), str(folder / "long.pdf")]
        done = subprocess.run(arguments, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
        size = (folder / "workspace" / "catalog.db").stat().st_size
    found: dict[str, object] = json.loads(done.stdout)
    return {**found, "catalog_bytes_per_page": size // pages}


def main() -> None:
    """Print one table, or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.pages, options.seed)
    peak = max(int(str(found["self_mb"])), int(str(found["workers_mb"])))
    found |= {"peak_mb": peak, "limit_mb": LIMIT_MB, "cpu_s": round(_children_seconds(), 1)}
    if options.json:
        print(json.dumps(found))
    else:
        for measured, value in found.items():
            print(f"{measured:<24}{value}")
    if peak > LIMIT_MB:
        sys.exit(1)


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
