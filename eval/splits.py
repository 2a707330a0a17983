"""Which split may be read when: a process that trains cannot open questions that are for measuring.

The split is a question's own word. Training splits are ``TRAINING``; every other, and none, is for measuring:
what is not said to be for training is kept out of it. Of sets that come without a training part, TAT-QA and
FinQA here, every document is in one of two halves by a hash of its name, FinQA's all of a company together:
one may be learned from, and figures are reported of the other. ContractNLI's development part has halves too,
but nothing is trained on either: on what a reader was trained on it is surer than elsewhere, so its tuning
half may teach how sure (``may_calibrate``). Sets given for training alone (``WHOLLY``) may
be learned from whatever their publishers call the part. A trainer runs inside ``training()``; there,
``eval.training_data`` gives what may be learned from and ``refuse_in_training`` stops whoever asks for more.
Import contracts hold the same between the packages: ``tuning`` does not import what reads sets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal

from rag.errors import UsageError
from rag.fingerprints import hash_bytes

Half = Literal["tuning", "measured"]

TRAINING = frozenset({"train", "training", "train_fragment", "tuning"})
"""What sets call the part that one may learn from; "dev" and "valid" only choose settings."""

WHOLLY = frozenset({"squad_v2.0", "policyqa"})
"""Sets for training alone: nothing is measured on them."""

_HALVED = frozenset({"tatqa", "finqa"})
_CALIBRATED = frozenset({"contractnli"})
"""Halved too, to learn how sure a trained model is, and nothing else."""

_in_training: ContextVar[bool] = ContextVar("covenant_training", default=False)


class HeldOutError(UsageError):
    """Training asked for questions that are for measuring."""


def is_training(split: str) -> bool:
    """Whether questions of that split may be learned from.

    >>> is_training("train"), is_training("dev"), is_training("")
    (True, False, False)
    """
    return split in TRAINING


def half_of(row: Mapping[str, Any]) -> Half | None:
    """The half that a line of a halved set is in, by its document; None for lines of other sets.

    A line that names no document is for measuring; one of a training part is in no half.

    >>> half_of({"dataset": "finqa", "doc_id": "V/2008/page_17.pdf"}), half_of({"dataset": "cuad"})
    ('tuning', None)
    """
    if row.get("dataset") not in _HALVED | _CALIBRATED or is_training(str(row.get("split") or "")):
        return None
    document = str(row.get("doc_id") or "")
    # FinQA names a page "TICKER/YEAR/page_1.pdf"; TAT-QA's names have no slash.
    together = document.partition("/")[0]
    even = int(hash_bytes(f"{row['dataset']} {together}".encode())[:8], 16) % 2 == 0
    return "tuning" if together and even else "measured"


def may_train(row: Mapping[str, Any]) -> bool:
    """Whether a line of a set may be learned from: by its set, its half or its split.

    >>> may_train({"dataset": "policyqa", "split": "dev"}), may_train({"dataset": "cuad", "split": "dev"})
    (True, False)
    """
    half = None if row.get("dataset") in _CALIBRATED else half_of(row)
    split = str(row.get("split") or "")
    return row.get("dataset") in WHOLLY or half == "tuning" or (half is None and is_training(split))


def may_calibrate(row: Mapping[str, Any]) -> bool:
    """Whether a line may teach how sure a trained model is: what trains may, and tuning halves.

    >>> row = {"dataset": "contractnli", "doc_id": "d2", "split": "dev"}
    >>> half_of(row), may_train(row), may_calibrate(row), may_train({**row, "split": "train"})
    ('tuning', False, True, True)
    """
    return may_train(row) or half_of(row) == "tuning"


@contextmanager
def training() -> Iterator[None]:
    """Inside of the block this thread trains: questions that are for measuring are refused."""
    token = _in_training.set(True)
    try:
        yield
    finally:
        _in_training.reset(token)


def refuse_in_training(splits: Iterable[str], where: str) -> None:
    """Stop a trainer that reads ``where``, if any of its splits is for measuring.

    Raises:
        HeldOutError: inside ``training()``, and not all splits are training splits.
    """
    if not _in_training.get():
        return
    held_out = sorted({split for split in splits if not is_training(split)})
    if held_out:
        names = ", ".join(split or "questions without a split" for split in held_out)
        raise HeldOutError(
            f"{where} holds {names}, which training may not read",
            f"train on another file, or mark what is for training with split {' or '.join(sorted(TRAINING))}",
        )
