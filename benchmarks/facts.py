"""How well documents are told apart: their facts, and the documents that a question's words name.

Filings: company, kind and fiscal year against what the set's file names say (a name given later, as "Block"
for Square, counts as a miss). Contracts: title, parties and date against the lawyers' answers of CUAD; a
party counts where one name holds the other. Questions: whether the right document is among those named, how
many those are, and whether it is preferred to all others; file names are not shown to the index.
``python -m benchmarks.facts [--json]``
"""

from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from time import process_time
from typing import Any

import pymupdf

from benchmarks.data_folder import data_folder
from ingest.facts import find_facts
from ingest.loaders import load
from rag.scope import ScopeIndex
from rag.scope.names import key_of, name_forms
from rag.settings import IngestSettings
from rag.structure import Fact
from rag.types import Document, DocumentId

_PAGES = 12
_FILING = re.compile(r"(?P<company>[A-Z0-9]+)_(?P<year>\d{4})(?:Q\d)?_(?P<kind>10K|10Q|8K|EARNINGS)")
_KINDS = {"10K": "10-K", "10Q": "10-Q", "8K": "8-K", "EARNINGS": "earnings release"}
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{2}|\d{4})")
_NOT_A_NAME = re.compile(
    r"\b(?:[Pp]art(?:y|ies)|each|referred|hereinafter|as|known|individual)\b|\n|^[“\"(]|^the "
)
_LONGEST_NAME = 90
_FORM = re.compile(r"(?:inc|llc|ltd|corp|corporation|limited|company|co|lp|plc)$")
_Facts = Mapping[DocumentId, Sequence[Fact]]


def first_pages(path: Path) -> Document:
    """A document of the first pages of a PDF, or of a whole text."""
    if path.suffix != ".pdf":
        return load(path, path.read_bytes(), IngestSettings())
    with pymupdf.open(path) as whole, pymupdf.open() as part:  # type: ignore[no-untyped-call]
        part.insert_pdf(whole, to_page=min(_PAGES, len(whole)) - 1, links=False, annots=False)
        return load(path, part.tobytes(), IngestSettings())


def read(paths: Iterable[Path]) -> tuple[dict[DocumentId, tuple[Fact, ...]], float]:
    """The facts of files by name, and the CPU milliseconds that finding them took each."""
    facts, seconds = {}, 0.0
    for path in paths:
        document = first_pages(path)
        start = process_time()
        facts[DocumentId(path.stem)] = find_facts(document)
        seconds += process_time() - start
    return facts, 1000 * seconds / max(1, len(facts))


def filings(facts: _Facts) -> tuple[dict[str, float], list[str]]:
    """Shares of filings whose facts are what the file's name says, and the others."""
    right, misses = dict.fromkeys(("company", "kind", "fiscal_year"), 0), []
    for name, known in facts.items():
        said = _FILING.match(name)
        if said is None:
            continue
        values = {fact.name: fact.value for fact in known}
        forms = {form.key for form in name_forms(values.get("company", ""))}
        checks = {
            "company": said["company"].lower() in forms,
            "kind": values.get("kind") == _KINDS[said["kind"]],
            "fiscal_year": values.get("fiscal_year") == said["year"],
        }
        for what, holds in checks.items():
            right[what] += holds
            if not holds:
                misses.append(f"{name}: {what} {values.get(what, '-')}")  # type: ignore[call-overload]
    return {what: count / len(facts) for what, count in right.items()}, misses


def questions(facts: _Facts, asked: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Whether the right document of each question is named and preferred, and how many are named."""
    index = ScopeIndex.build(facts, dict.fromkeys(facts, ""))
    held = first = restricted = size = 0
    start = process_time()
    for one in asked:
        scope = index.resolve(one["question"])
        right = {DocumentId(name) for name in one.get("doc_ids") or [one["doc_id"]]}
        named = frozenset(facts) if scope.named is None else scope.named
        held += bool(right & named)
        likeliest = scope.preferred[:1] or (tuple(named) if len(named) == 1 else ())
        first += bool(right.intersection(likeliest))
        restricted += scope.named is not None
        size += len(named)
    count = len(asked)
    return {
        "questions": count,
        "documents": len(facts),
        "held": held / count,
        "restricted": restricted / count,
        "mean_size": size / count,
        "first": first / count,
        "ms": 1000 * (process_time() - start) / count,
    }


def contracts(facts: _Facts, asked: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """Title, date and parties of contracts against lawyers' answers."""
    answers: dict[str, dict[str, Mapping[str, Any]]] = defaultdict(dict)
    for one in asked:
        answers[one["doc_id"]][one["category"]] = one
    counts: dict[str, list[bool]] = defaultdict(list)
    for name, known in facts.items():
        told = answers[name]
        values = defaultdict(list)
        for fact in known:
            values[fact.name].append(fact.value)
        counts["title"].append(_alike(values["title"], _texts(told, "Document Name"), count=1)[0])
        days = {day for what in ("Agreement Date", "Effective Date") if (day := _day(told.get(what)))}
        if days:
            counts["date"].append(bool(days & set(values["date"])))
        parties = _texts(told, "Parties")
        counts["party_precision"] += _alike(values["party"], parties)
        counts["party_recall"] += _alike([text for text in parties if _is_name(text)], values["party"])
    return {what: sum(held) / len(held) for what, held in counts.items()} | {"contracts": len(facts)}


def _texts(told: Mapping[str, Mapping[str, Any]], category: str) -> list[str]:
    return [answer["text"] for answer in told.get(category, {}).get("answers", ())]


def _is_name(text: str) -> bool:
    named = " " in text and len(text) < _LONGEST_NAME and text != text.lower()
    return named and not _NOT_A_NAME.search(text)


def _alike(texts: Sequence[str], others: Sequence[str], count: int | None = None) -> list[bool]:
    """For each text whether it holds, or is held by, one of the others."""
    keys = [_bare(other) for other in others if _bare(other)]
    held = [any(_bare(text) in key or key in _bare(text) for key in keys) for text in texts]
    return (held or [False])[:count] if count else held


def _bare(text: str) -> str:
    return _FORM.sub("", key_of([text]))


def _day(one: Mapping[str, Any] | None) -> str:
    said = one and one.get("normalized_answer")
    match = _DATE.fullmatch(str(said[0] if isinstance(said, list) and said else said))
    if match is None:
        return ""
    year = int(match[3])
    year += 0 if year > 99 else 2000 if year < 50 else 1900
    return f"{year}-{int(match[1]):02}-{int(match[2]):02}"


def lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    finance, cuad, legal = (data_folder(name) for name in ("financebench", "cuad", "legalbenchrag"))
    reports, report_ms = read(sorted(finance.glob("docs/*.pdf")))
    signed, signed_ms = read(sorted(cuad.glob("docs/*.txt")))
    others, _ = read(sorted(legal.glob("docs/*.txt")))
    shares, misses = filings(reports)
    one_each = {one["question"].partition(";")[0]: one for one in lines(legal / "questions.jsonl")}
    result = {
        "filings": shares | {"count": len(reports), "ms": report_ms},
        "filings' questions": questions(reports, lines(finance / "questions.jsonl")),
        "contracts": contracts(signed, lines(cuad / "questions.jsonl")) | {"ms": signed_ms},
        "contracts' questions": questions(others, list(one_each.values())),
    }
    if arguments.json:
        print(json.dumps(result | {"misses": misses}))
        return
    for name, measures in result.items():
        print(f"{name:<22}", "  ".join(f"{what} {value:.4g}" for what, value in measures.items()))
    for miss in misses:
        print("  not as the file is named:", miss)


if __name__ == "__main__":
    main()
