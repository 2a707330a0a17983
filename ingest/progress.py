"""How long work tells where it stands: a protocol, a silent form and one for terminals."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from rich.progress import TaskID


class Progress(Protocol):
    """Stages one after another, each with a known amount of work."""

    def start(self, stage: str, total: int, unit: str) -> None:
        """A stage begins; the one before has ended."""
        ...

    def advance(self, amount: int = 1, *, pages: int = 0) -> None:
        """That much more of the stage is done; ``pages`` counts what it read, for the rate shown."""
        ...


class Silent:
    """Shows nothing."""

    def start(self, stage: str, total: int, unit: str) -> None:
        """Ignore."""

    def advance(self, amount: int = 1, *, pages: int = 0) -> None:
        """Ignore."""


class TerminalProgress:
    """Bars with rate and time left on stderr; nothing at all where stderr is not a terminal."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        console = Console(stderr=True)
        self._bars = Progress(
            TextColumn("{task.description:<10}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[unit]} {task.fields[rate]}"),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task: TaskID | None = None
        self._pages = 0

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def start(self, stage: str, total: int, unit: str) -> None:
        """Add a bar."""
        self._pages = 0
        self._task = self._bars.add_task(stage, total=total, unit=unit, rate="")

    def advance(self, amount: int = 1, *, pages: int = 0) -> None:
        """Move the newest bar."""
        if self._task is None:
            return
        self._pages += pages
        self._bars.advance(self._task, amount)
        task = self._bars.tasks[self._task]
        if task.elapsed:
            done, unit = (self._pages, "pages/s") if self._pages else (task.completed, "/s")
            self._bars.update(self._task, rate=f"{done / task.elapsed:.0f} {unit}")
