"""Runs: what was asked of which system, and what came back, one JSON object a line.

The first line is the header (fingerprints, settings, hash of the questions, commit, seed, machine, time):
what one needs to know before comparing two runs or repeating one. Then one row per question, with its
hits, outcome and per-question values, so that reports are made from a saved run alone. A saved run is whole
or absent. TREC format is for other tools. Leaves scoring to ``eval.scoring`` and means to ``eval.report``.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from rag.errors import SourceError
from rag.fingerprints import fingerprint
from rag.storage import write_text

FORMAT = 2
QUOTE_CHARS = 600
CHECKOUT = Path(__file__).parents[1]
_LIBRARIES = ("covenant-qa", "numpy", "torch", "transformers", "sentence-transformers", "faiss-cpu", "bm25s")

Scope = Literal["single", "shared"]
"""``single``: only the documents a question names are searched; ``shared``: all of them."""

OutcomeKind = Literal["answered", "abstained", "retrieved", "failed"]
"""``retrieved``: only the ranking was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Provenance: what one needs to know before comparing two runs or repeating one.

    ``questions`` is a hash of the questions as asked, ``source`` where they came from: ``{"questions": file,
    "workspace": folder}`` or ``{"bench": name, "data": folder, "cache": folder}``. ``selection`` says which
    of them were asked, ``started_at`` is ISO 8601. ``task`` "retrieve" ranked without answering.
    """

    name: str
    scope: Scope
    task: Literal["ask", "retrieve"]
    questions: str
    source: Mapping[str, str]
    selection: Mapping[str, str | int]
    fingerprints: Mapping[str, str]
    settings: Mapping[str, Any]
    seed: int
    started_at: str
    seconds: float
    commit: str
    machine: Mapping[str, str | int]
    libraries: Mapping[str, str]
    format: int = FORMAT


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedChunk:
    """A hit with its place, so that pages and spans are known without the catalog.

    Pages are 0-based and inclusive; the span ``[start, end)`` is in characters of the document.
    """

    chunk_id: str
    document_id: str
    first_page: int
    last_page: int
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A piece of a document: cited by an answer, judged as evidence by a set, or retrieved."""

    document_id: str
    document_name: str
    first_page: int
    last_page: int
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What the generator proposed, whether or not it was sure enough: a text and where it stands."""

    document_id: str
    start: int
    end: int
    text: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One question of a run.

    ``kind`` is the kind of gold answer (``eval.metrics.answers.Kind``). ``cluster`` names the documents the
    question is about: questions of one cluster share their fate. ``text`` is the answer, the reason of an
    abstention, or the error. ``evidence`` is what the set judged (quotes cut to ``QUOTE_CHARS``), with
    ``by_page`` where some of it is known by page only; ``shown`` are the best few hits with their text, cut
    too. ``used`` is how many of the hits were handed to the generator. ``grader_error`` is empty unless the
    grader failed on this answer, which then counts as not right. ``values`` are this question's measures; one
    that does not apply to it is absent.
    """

    question_id: str
    question: str
    gold: tuple[str, ...]
    kind: str
    facets: Mapping[str, str]
    cluster: str
    outcome: OutcomeKind
    text: str
    confidence: float = 0.0
    citations: tuple[Place, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    hits: tuple[RankedChunk, ...] = ()
    used: int = 0
    shown: tuple[Place, ...] = ()
    evidence: tuple[Place, ...] = ()
    by_page: bool = False
    asked_ms: float = 0.0
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    grader_error: str = ""
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A header and the rows in the order of the questions."""

    header: Header
    rows: tuple[Row, ...]

    @property
    def failed(self) -> int:
        """How many questions ended in an error."""
        return sum(row.outcome == "failed" for row in self.rows)


def save_run(run: Run, folder: Path) -> Path:
    """Write a run under a name made of its time, its set and its content; returns the path.

    Raises:
        StorageError: the disk is full or not writable; nothing is left behind.
    """
    header = asdict(run.header)
    moment = run.header.started_at[:19].replace(":", "").replace("-", "")
    path = folder / f"{moment}-{run.header.name}-{run.header.scope}-{fingerprint(header)[:8]}.jsonl"
    lines = [json.dumps({"header": header}, ensure_ascii=False, sort_keys=True)]
    lines += [json.dumps(asdict(row), ensure_ascii=False, sort_keys=True) for row in run.rows]
    write_text(path, "\n".join(lines) + "\n")
    return path


def load_run(path: Path) -> Run:
    """Read a saved run.

    Raises:
        SourceError: there is no such file, or it is not a run of this format.
    """
    try:
        first, *rest = path.read_text(encoding="utf-8").splitlines()
        header = Header(**json.loads(first)["header"])
        rows = tuple(row_of(json.loads(line)) for line in rest)
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror}", "check the path") from error
    except (ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{path} is not a saved run: {error}", "name a file under runs/") from error
    if header.format != FORMAT:
        raise SourceError(
            f"{path} has run format {header.format}, this release reads {FORMAT}", "evaluate again"
        )
    return Run(header=header, rows=rows)


def trec_lines(run: Run, tag: str = "covenant") -> list[str]:
    """The ranking in TREC format: ``query Q0 chunk rank score tag``.

    Scores of different stages do not compare, so the score printed is that of the rank (best = number of
    hits); white space in question ids becomes "_".
    """
    return [
        f"{'_'.join(row.question_id.split())} Q0 {hit.chunk_id} {rank} {len(row.hits) - rank + 1} {tag}"
        for row in run.rows
        for rank, hit in enumerate(row.hits, start=1)
    ]


def machine_facts() -> dict[str, str | int]:
    """What this machine is, for a header."""
    return {
        "platform": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count() or 0,
        "python": platform.python_version(),
    }


def source_commit(checkout: Path = CHECKOUT) -> str:
    """The commit a checkout is at, "+" behind it where tracked files were changed; "" outside of git.

    By default the checkout that this code is in.
    """
    if not (checkout / ".git").exists():
        return ""
    try:
        commit = _git(checkout, "rev-parse", "HEAD")
        return commit + ("+" if _git(checkout, "status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.SubprocessError):
        return ""


def _git(checkout: Path, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - fixed arguments
        ["git", "--no-optional-locks", "-C", str(checkout), *arguments],  # noqa: S607 - whichever git the user has
        capture_output=True,
        text=True,
        timeout=10,
        check=True,
    )
    return done.stdout.strip()


def library_versions() -> dict[str, str]:
    """The versions of the installed libraries that results depend on."""
    found = {}
    for library in _LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found


def row_of(record: dict[str, Any]) -> Row:
    """A row from its line."""
    record["hits"] = tuple(RankedChunk(**hit) for hit in record["hits"])
    for name in ("citations", "shown", "evidence"):
        record[name] = tuple(Place(**place) for place in record[name])
    record["proposals"] = tuple(Proposal(**one) for one in record["proposals"])
    record["gold"] = tuple(record["gold"])
    return Row(**record)
