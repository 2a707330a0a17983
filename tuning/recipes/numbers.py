"""The ranker of programs over figures that comes with Covenant: learned from two tuning halves.

    python -m tuning.recipes.numbers --data DIR --work DIR [--out FILE]

``--data`` holds ``tatqa/`` (CC BY 4.0) and ``finqa/`` (MIT); of both only the tuning half is read
(``eval.splits``). Over the figures of FinQA's pages questions are made from templates besides. Pages are
indexed below ``--work``, where a second run finds them. Figures of cross-validation by document are printed,
and kept with the weights. The same data give the same file.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from rag.numbers.ranker import BUILT_IN
from rag.storage import write_text
from tuning.number_calibration import calibrate, cross_fitted, summary
from tuning.number_examples import examples_of
from tuning.numbers import learn

SOURCES = {"tatqa": 0, "finqa": 8}
"""How many questions are made of each page from templates, which ask in FinQA's manner."""
FOLDS = 5


def main(arguments: list[str]) -> None:
    """Learn the weights and write them."""
    parser = argparse.ArgumentParser(prog="python -m tuning.recipes.numbers", description=__doc__)
    for name in ("data", "work"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=BUILT_IN)
    given = parser.parse_args(arguments)
    examples = [
        example
        for source, made in SOURCES.items()
        for example in examples_of(given.data / source / "questions.jsonl", given.work / source, made=made)
    ]
    held_out = cross_fitted(examples, FOLDS)
    slope, intercept = calibrate(held_out)
    facts = {"recipe": "tuning.recipes.numbers", "cross_validated": summary(held_out, slope, intercept)}
    ranker = replace(learn(examples, facts), slope=slope, intercept=intercept)
    write_text(given.out, ranker.to_json())
    sys.stdout.write(json.dumps(ranker.facts, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
