"""A set of LegalBench-RAG's form from training contracts: where what search shows is chosen.

    python -m benchmarks.clause_questions --data DIR --out DIR
    covenant bench legalbenchrag --data OUT --json

Contracts of CUAD and agreements of ContractNLI of their training splits, near copies of documents of
LegalBench-RAG left out; of CUAD those that the reranker did not learn from (``held_out``), and of each
contract the first questions by the hash of their ids. A question names its contract by title and parties, as
LegalBench-RAG's do, and asks in the set's own words. Leaves what is measured to the command.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from eval.near_copies import Excluded
from rag.fingerprints import hash_bytes
from rag.storage import write_text
from tuning.recipes.apart import held_out

QUESTIONS = 12
"""Of one contract, at most."""
_NAMING = frozenset({"Document Name", "Parties", "Agreement Date", "Effective Date"})
"""Categories that a question names its contract by, or that LegalBench-RAG does not ask for."""
_HYPOTHESIS = "Does the document say that {}?"
Row = Mapping[str, Any]


def contracts(folder: Path, excluded: Excluded, *, apart: bool) -> Iterator[tuple[str, str, list[Row]]]:
    """Name, text and lines of each training document of a set; with ``apart`` those held out alone."""
    lines: dict[str, list[Row]] = defaultdict(list)
    for line in (folder / "questions.jsonl").read_text(encoding="utf-8").split("\n"):
        if line and (row := json.loads(line))["split"] == "train":
            lines[row["doc_id"]].append(row)
    for name, rows in sorted(lines.items()):
        if apart and not held_out(name):
            continue
        text = (folder / "docs" / f"{name}.txt").read_text(encoding="utf-8")
        if not excluded.has(text):
            yield name, text, rows


def naming(rows: Sequence[Row]) -> str:
    """How a question names a contract: its title, and its parties where they are marked.

    >>> naming([{"category": "Parties", "answers": [{"text": "Acme Inc."}, {"text": "Bolt LLC"}]}])
    'this agreement between Acme Inc. and Bolt LLC'
    """
    marked = {row["category"]: [answer["text"] for answer in row["answers"]] for row in rows}
    title = next(iter(marked.get("Document Name", ())), "").strip() or "this agreement"
    parties = [one.strip() for one in marked.get("Parties", ())]
    # Roles ("Licensor") and clauses that say who is a party are marked as well.
    names = [one for one in parties if " " in one and '"' not in one and one[0].isupper()]
    shown = " and ".join(dict.fromkeys(names[:2]))
    return " ".join(f"{title} between {shown}".split()) if shown else title


def asked(row: Row) -> str:
    """The question of a line without the request around it.

    >>> asked({"question": "The Receiving Party shall not copy.", "label": "Entailment"})
    'Does the document say that the Receiving Party shall not copy?'
    """
    if "label" in row:
        said = row["question"].rstrip(".")
        return _HYPOTHESIS.format(said[0].lower() + said[1:] if said.startswith("The ") else said)
    return str(row["question"].partition("Details: ")[2] or row["question"])


def questions(name: str, rows: Sequence[Row], title: str) -> Iterator[dict[str, Any]]:
    """The lines of one document that have an answer, as the measured set has them."""
    chosen = [row for row in rows if row["answers"] and row["category"] not in _NAMING]
    for row in sorted(chosen, key=lambda one: hash_bytes(one["id"].encode()))[:QUESTIONS]:
        yield {
            "id": row["id"],
            "dataset": row["dataset"],
            "doc_id": f"{name}.txt",
            "question": f"Consider {title}; {asked(row)}",
            "answers": [
                {"text": one["text"], "start": one["start"], "end": one["end"]} for one in row["answers"]
            ],
            "category": row["category"],
            "answer_type": "span",
            "split": "dev",
        }


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True)
def main(data: Path, out: Path) -> None:
    """Write the set below OUT/legalbenchrag."""
    excluded = Excluded.of([data / "legalbenchrag" / "docs"])
    folder = out / "legalbenchrag"
    (folder / "docs").mkdir(parents=True, exist_ok=True)
    lines: list[str] = []
    for source in ("cuad", "contractnli"):
        for name, text, rows in contracts(data / source, excluded, apart=source == "cuad"):
            title = naming(rows) if source == "cuad" else f"the agreement {name.replace('_', ' ')}"
            write_text(folder / "docs" / f"{name}.txt", text)
            lines += [json.dumps(one) for one in questions(name, rows, title)]
    write_text(folder / "questions.jsonl", "\n".join(lines) + "\n")
    click.echo(f"{len(lines)} questions below {folder}")


if __name__ == "__main__":
    main()
