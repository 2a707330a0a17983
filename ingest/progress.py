"""How long work tells where it stands: a protocol, a silent form and one for terminals."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from ingest.progress_lines import ProgressLines, Standing

if TYPE_CHECKING:
    from rich.progress import TaskID


class Progress(Protocol):
    """Stages one after another, each with a known amount of work."""

    def start(self, stage: str, total: int, unit: str, *, weight: int = 0) -> None:
        """A stage of ``total`` units begins; the one before has ended.

        ``weight`` is given where units differ much, as files do: the bar and the time left then follow the
        weight that is done (bytes), not the number of units.
        """
        ...

    def advance(self, amount: int = 1, *, pages: int = 0, weight: int = 0) -> None:
        """That much more of the stage is done; ``pages`` counts what it read, for the rate shown."""
        ...


class Silent:
    """Shows nothing."""

    def start(self, stage: str, total: int, unit: str, *, weight: int = 0) -> None:
        """Ignore."""

    def advance(self, amount: int = 1, *, pages: int = 0, weight: int = 0) -> None:
        """Ignore."""


class TerminalProgress:
    """Bars with rate and time left on stderr; where that is no terminal nothing, or lines for a program."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        console = Console(stderr=True)
        self._bars = Progress(
            TextColumn("{task.description:<10}"),
            BarColumn(),
            TextColumn("{task.fields[done]}"),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task: TaskID | None = None
        self._stage = Stage(0, "", weight=0)
        self._name = ""
        self._lines = ProgressLines.wanted()

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def start(self, stage: str, total: int, unit: str, *, weight: int = 0) -> None:
        """Add a bar."""
        self._stage = Stage(total, unit, weight=weight)
        self._name = stage
        self._tell_lines(now=True)
        self._task = self._bars.add_task(stage, total=weight or total, done=self._stage.words(0.0))

    def advance(self, amount: int = 1, *, pages: int = 0, weight: int = 0) -> None:
        """Move the newest bar."""
        if self._task is None:
            return
        moved = self._stage.advance(amount, pages, weight)
        self._bars.advance(self._task, moved)
        elapsed = self._bars.tasks[self._task].elapsed or 0.0
        self._bars.update(self._task, done=self._stage.words(elapsed))
        self._tell_lines()

    def _tell_lines(self, *, now: bool = False) -> None:
        if self._lines is not None:
            stage = self._stage
            self._lines.tell(Standing(stage=self._name, done=stage.words(0.0), share=stage.share), now=now)


class Stage:
    """What is done of one stage, and how that is said."""

    def __init__(self, total: int, unit: str, *, weight: int) -> None:
        self._total, self._unit, self._weight = total, unit, weight
        self._done = self._pages = self._moved = 0

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        return self._moved / max(self._weight or self._total, 1)

    def advance(self, amount: int, pages: int, weight: int) -> int:
        """Take down what was done; returns by how much the bar moves."""
        self._done += amount
        self._pages += pages
        moved = weight if self._weight else amount
        self._moved += moved
        return moved

    def words(self, seconds: float) -> str:
        """Units done, and pages where pages are read, with the rate once there is one.

        >>> stage = Stage(3, "files", weight=900)
        >>> stage.advance(1, 250, 400), stage.words(2.0)
        (400, '1/3 files, 250 pages, 125 pages/s')
        """
        text = f"{self._done}/{self._total} {self._unit}"
        count, unit = (self._pages, "pages") if self._pages else (self._done, self._unit)
        if self._pages:
            text += f", {self._pages} pages"
        return f"{text}, {count / seconds:.0f} {unit}/s" if count and seconds else text
