"""Forward passes side by side, a thread each: threads that share a pass wait for each other at every layer.

Leaves what a pass is to its caller; the bits do not depend on how many run at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

B = TypeVar("B")
R = TypeVar("R")


def side_by_side(forward: Callable[[B], R], batches: Sequence[B]) -> Iterator[R]:
    """``forward`` of each batch, in order, as many at a time as torch has threads.

    One batch alone runs on one thread as well: a question is short, and on a busy machine two threads that
    share it take ten times as long.
    """
    import torch

    threads = torch.get_num_threads()
    try:
        # The number is each thread's own, and what threads to come start with: hence put back below.
        if min(threads, len(batches)) < 2:
            torch.set_num_threads(1)
            yield from map(forward, batches)
            return
        with ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
            yield from pool.map(forward, batches)
    finally:
        torch.set_num_threads(threads)
