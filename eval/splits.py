"""Which split may be read when: a process that trains cannot open questions that are for measuring.

The split is a question's own word. Training splits are ``TRAINING``; every other, and none, is for measuring:
what is not said to be for training is kept out of it. A trainer runs inside ``training()``; there,
``eval.training_data`` gives the questions of training splits and ``refuse_in_training`` stops whoever asks
for others. Import contracts hold the same between the packages: ``tuning`` does not import what reads sets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from rag.errors import UsageError

TRAINING = frozenset({"train", "training", "train_fragment", "tuning"})
"""What sets call the part that one may learn from; "dev" and "valid" only choose settings."""

_in_training: ContextVar[bool] = ContextVar("covenant_training", default=False)


class HeldOutError(UsageError):
    """Training asked for questions that are for measuring."""


def is_training(split: str) -> bool:
    """Whether questions of that split may be learned from.

    >>> is_training("train"), is_training("dev"), is_training("")
    (True, False, False)
    """
    return split in TRAINING


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
