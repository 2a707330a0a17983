"""Documents of the kind that a set measures, apart from those it measures: what tuning may learn from.

Of LegalBench-RAG's contracts and confidentiality agreements those of CUAD's and ContractNLI's training
splits, of FinanceBench's filings FinDVer's, which are of other companies and later years. Only the documents
count: no question, answer or mark of theirs is read for learning. Leaves near copies to ``eval.apart_rows``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from eval.sets.contract import BenchSet, Documents
from eval.sets.contractnli import CONTRACTNLI
from eval.sets.cuad import CUAD
from eval.sets.findver import FINDVER
from eval.splits import is_training
from rag.errors import SourceError
from rag.fingerprints import hash_bytes

CONTRACTS, FILINGS = 150, 60
"""Contracts and filings learned from, those with the smallest hashes of their names."""


def _contracts(data: Path) -> Documents:
    contracts = _training_files(CUAD, data / "cuad")[:CONTRACTS]
    return Documents(files=(*contracts, *_training_files(CONTRACTNLI, data / "contractnli")))


def _training_files(one: BenchSet, folder: Path) -> list[Path]:
    everything = one.read(folder).checked()
    training = [each for each in everything.questions if is_training(each.facets.get("split", ""))]
    names = {name for each in training for name in each.documents}
    files = [path for path in one.documents(folder, everything).files if path.stem in names]
    return sorted(files, key=lambda path: hash_bytes(path.stem.encode()))


def _filings(data: Path) -> Documents:
    folder = data / "findver"
    papers = FINDVER.documents(folder, FINDVER.read(folder)).papers
    return Documents(papers=tuple(sorted(papers, key=lambda one: hash_bytes(one.name.encode()))[:FILINGS]))


APART: dict[str, tuple[str, Callable[[Path], Documents]]] = {
    "legalbenchrag": ("contracts", _contracts),
    "financebench": ("filings", _filings),
}
"""By the set that is measured: which kinds are asked for, and the documents apart."""


def documents_apart(name: str, data: Path | None) -> Documents:
    """The documents to learn from for a set, below the folder that holds all sets.

    Raises:
        SourceError: they are not there.
    """
    if data is None:
        raise SourceError(f"{name} is tuned on documents of other sets", "name their folder with --data DIR")
    _, read = APART[name]
    found = read(data)
    if not found.files and not found.papers:
        raise SourceError(f"{data} holds no documents to tune {name} on", "unpack all sets there")
    return found
