"""Whether anything is lost between a document's text and its chunks: the lawyers' snippets of LegalBench-RAG.

A snippet is kept if all its characters but white space lie in chunks, at their place.
``python -m benchmarks.coverage [--json]``
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from benchmarks.data_folder import data_folder
from ingest.reader import read_file
from rag.settings import IngestSettings


def snippets(folder: Path) -> Iterator[tuple[str, int, int]]:
    """Document, start and end of each judged snippet, once each."""
    seen: set[tuple[str, int, int]] = set()
    for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        question = json.loads(line)
        for answer in question["answers"]:
            place = (answer.get("doc_id") or question["doc_id"], answer["start"], answer["end"])
            if place not in seen:
                seen.add(place)
                yield place


def covered(path: Path) -> tuple[str, bytearray]:
    """A document's text, and for each character whether it lies in a chunk."""
    read = read_file(path, IngestSettings())
    inside = bytearray(len(read.document.text))
    for chunk in read.chunks:
        inside[chunk.start : chunk.end] = b"\1" * (chunk.end - chunk.start)
    return read.document.text, inside


def main() -> None:
    """Measure and print; ends with 1 where anything is lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    folder = data_folder("legalbenchrag")
    documents: dict[str, tuple[str, bytearray]] = {}
    lost: list[tuple[str, int, int]] = []
    count = 0
    for name, start, end in snippets(folder):
        if name not in documents:
            file = folder / "docs" / name
            documents[name] = covered(file if file.is_file() else file.with_name(f"{name}.txt"))
        text, inside = documents[name]
        count += 1
        if any(not inside[at] and not text[at].isspace() for at in range(start, end)):
            lost.append((name, start, end))
    outside = sum(
        not mark and not character.isspace()
        for text, inside in documents.values()
        for character, mark in zip(text, inside, strict=True)
    )
    figures = {"documents": len(documents), "snippets": count, "lost": len(lost), "characters_lost": outside}
    print(json.dumps(figures) if arguments.json else figures)
    if lost or outside:
        raise SystemExit(f"lost: {lost[:5]}")


if __name__ == "__main__":
    main()
