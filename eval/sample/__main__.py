"""Write the library that ``covenant bench sample`` measures, or the one of further deals to learn from.

python -m eval.sample DIR [--further]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from eval.sample.library import write_further, write_library


def main(arguments: list[str]) -> None:
    """Write it, unless it is there; say what it holds."""
    parser = argparse.ArgumentParser(prog="python -m eval.sample", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--further", action="store_true", help="the deals of further firms, to learn from")
    given = parser.parse_args(arguments)
    written = write_further(given.folder) if given.further else write_library(given.folder, logged=True)
    documents = len(written.documents)
    sys.stdout.write(
        f"{written.deals} deals, {documents} documents, {written.pages} pages in {given.folder}\n"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
