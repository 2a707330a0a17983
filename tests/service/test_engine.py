"""The engine: the line, its end, times, and lanes in processes of their own."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from rag import releases
from rag.errors import CovenantError, QuestionError, ReleaseError, UnknownDocumentError
from rag.service_settings import ServiceSettings
from rag.settings import Settings
from rag.workspace import Workspace
from service.answers import Abstained, Answered
from service.engine import Engine, lanes_for
from service.errors import OverloadedError, TimedOutError, respond
from service.host import PipelineHost
from service.lanes import ProcessLane, Report, ThreadLane
from service.waiting import Item, Line, Ticket
from service.work import Ask, Identify, Scope, Search, Step, Work
from tests.library import SETTINGS
from tests.rag.releases.made import INTEREST, NOON, SETTINGS_FILE, promoted, release_of, workspace_at

TRUSTEE = "Who is the Trustee?"


def ask(question: str = TRUSTEE, document: str = "alder", *, told: bool = False) -> Ask:
    return Ask(id="0" * 16, question=question, scope=Scope(references=(document,)), told=told)


def with_service(**service: float) -> Settings:
    return SETTINGS.model_copy(update={"service": ServiceSettings(**service)})


def ignored(_: Item) -> None: ...


class Held(ThreadLane):
    """A lane that begins nothing before it is let go."""

    go = threading.Event()
    begun = threading.Event()

    def do(self, works, report) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
        self.begun.set()
        assert self.go.wait(timeout=60)
        super().do(works, report)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Held]]:
    """Engines get lanes that are held."""
    monkeypatch.setattr("service.engine.ThreadLane", Held)
    Held.go.clear()
    Held.begun.clear()
    yield Held
    Held.go.set()


def test_with_too_many_questions_waiting_the_next_is_refused(workspace: Workspace, held: type[Held]) -> None:
    async def flood() -> list[BaseException]:
        asked = [asyncio.create_task(engine.ask(ask())) for _ in range(5)]
        await asyncio.sleep(0)
        held.go.set()
        return [
            r for r in await asyncio.gather(*asked, return_exceptions=True) if isinstance(r, BaseException)
        ]

    engine = Engine(workspace, with_service(max_waiting=3))
    refused = asyncio.run(flood())
    assert [type(error) for error in refused] == [OverloadedError, OverloadedError]
    response = respond(refused[0])  # type: ignore[arg-type] # just checked
    assert (response.status_code, response.headers["retry-after"]) == (429, "1")
    assert asyncio.run(engine.ask(ask())).searched
    engine.close()


def test_a_question_is_given_up_when_its_time_is_over(workspace: Workspace, held: type[Held]) -> None:
    engine = Engine(workspace, with_service(timeout_s=0.05))
    with pytest.raises(TimedOutError, match=r"within 0\.05 s"):
        asyncio.run(engine.ask(ask()))
    held.go.set()
    engine.close()


def test_what_nobody_waits_for_is_not_begun() -> None:
    line = Line(8)
    left, kept = Ticket(ask(), ignored), Ticket(ask(), ignored)
    line.put(left)
    line.put(kept)
    left.abandoned.set()
    assert line.take(8) == [kept]


def test_a_lane_takes_no_question_before_it_can_begin_it(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that one whose client leaves costs nothing, and none waits behind another while a lane is idle."""
    taken: list[int] = []

    class Counted(ThreadLane):
        def do(self, works: Sequence[Work], report: Report) -> None:
            taken.append(len(works))
            super().do(works, report)

    async def flood() -> None:
        await asyncio.gather(*(engine.ask(ask()) for _ in range(5)))

    monkeypatch.setattr("service.engine.ThreadLane", Counted)
    engine = Engine(workspace, SETTINGS)
    asyncio.run(flood())
    engine.close()
    assert taken == [1] * 5


def test_a_line_shares_what_waits_among_all_that_take() -> None:
    line = Line(8, takers=2)
    for _ in range(6):
        line.put(Ticket(ask(), ignored))
    assert [len(line.take(4)) for _ in range(3)] == [3, 2, 1]
    assert (line.waiting, line.running) == (0, 6)
    line.done(6)
    assert line.running == 0


def test_a_closed_line_is_emptied_and_takes_nothing_more() -> None:
    line = Line(8)
    line.put(Ticket(ask(), ignored))
    line.close()
    assert len(line.take(4)) == 1
    assert line.take(4) == []
    with pytest.raises(OverloadedError, match="shutting down"):
        line.put(Ticket(ask(), ignored))


def test_closing_lets_waiting_questions_be_answered(workspace: Workspace, held: type[Held]) -> None:
    async def asked_and_closed() -> list[Answered | Abstained]:
        tasks = [asyncio.create_task(engine.ask(ask())) for _ in range(3)]
        await asyncio.sleep(0)
        closing = asyncio.create_task(asyncio.to_thread(engine.close))
        held.go.set()
        answers = await asyncio.gather(*tasks)
        await closing
        return list(answers)

    engine = Engine(workspace, SETTINGS)
    assert [reply.outcome for reply in asyncio.run(asked_and_closed())] == ["answered"] * 3


def test_lanes_are_as_many_as_asked_for_or_as_there_are_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lanes_for(3) == 3
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert lanes_for(0) == 2
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    assert lanes_for(0) == 4


def done(lane: ThreadLane | ProcessLane, *works: Ask | Search | Identify) -> list[list[Item]]:
    """What a lane reports of each work."""
    items: list[list[Item]] = [[] for _ in works]
    lane.do(works, lambda number, item: items[number].append(item))
    return items


def plain(items: list[list[Item]]) -> list[list[object]]:
    """Replies without their times, errors as texts."""
    return [
        [
            item.model_copy(update={"timings_ms": {}})
            if isinstance(item, Answered | Abstained)
            else f"{type(item).__name__}: {item}"
            if isinstance(item, CovenantError)
            else item
            for item in each
        ]
        for each in items
    ]


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, ProcessLane]]:
    workspace = workspace_at(tmp_path_factory.mktemp("lanes"))
    lane = ProcessLane(workspace, SETTINGS, None)
    yield workspace, lane
    lane.close()


@pytest.mark.slow
def test_a_process_does_what_a_thread_does(process: tuple[Workspace, ProcessLane]) -> None:
    workspace, lane = process
    works = (
        ask(told=True), ask("zzyzx"), ask(""), ask(document="nobody"), Identify(),
        Search(question=INTEREST, limit=2),
    )  # fmt: skip
    here = ThreadLane(workspace, SETTINGS, None)
    expected = plain(done(here, *works))
    here.close()
    assert plain(done(lane, *works)) == expected
    assert [type(item) for item in expected[0]] == [Step, Step, Answered]
    assert "QuestionError" in str(expected[2][0])
    assert "UnknownDocumentError" in str(expected[3][0])


@pytest.mark.slow
def test_a_process_takes_up_a_promoted_release(process: tuple[Workspace, ProcessLane]) -> None:
    workspace, lane = process
    one = promoted(workspace, "one")
    (reply,) = done(lane, ask())[0]
    assert isinstance(reply, Answered)
    assert reply.release == one.id
    releases.rollback(workspace, by="tester", clock=NOON)


@pytest.mark.slow
def test_a_process_that_is_killed_loses_no_question(process: tuple[Workspace, ProcessLane]) -> None:
    _, lane = process
    (before,) = plain(done(lane, ask()))
    assert lane._process is not None
    assert lane._process.pid is not None
    os.kill(lane._process.pid, signal.SIGKILL)
    lane._process.join()
    assert plain(done(lane, ask(), ask("zzyzx")))[0] == before


def test_a_surprise_in_a_question_is_an_error_of_that_question(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane = ThreadLane(workspace, SETTINGS, None)
    own = PipelineHost._ask

    def surprised(self: PipelineHost, work: Ask, tell: object) -> Answered | Abstained:
        if work.question == "surprise":
            raise ZeroDivisionError
        return own(self, work, tell)  # type: ignore[arg-type]

    monkeypatch.setattr(PipelineHost, "_ask", surprised)
    first, second = done(lane, ask("surprise"), ask())
    lane.close()
    assert [type(item) for item in (*first, *second)] == [CovenantError, Answered]


def test_errors_reach_whoever_asked(workspace: Workspace) -> None:
    engine = Engine(workspace, SETTINGS)
    with pytest.raises(QuestionError):
        asyncio.run(engine.ask(ask("")))
    with pytest.raises(UnknownDocumentError):
        asyncio.run(engine.search(Search(question="Who?", scope=Scope(references=("nobody",)))))
    engine.close()


def test_an_engine_that_was_asked_nothing_can_be_closed(tmp_path: Path) -> None:
    Engine(Workspace.create(tmp_path), SETTINGS, lanes=2).close()


@pytest.mark.parametrize("lanes", [1, 2])
def test_a_release_is_checked_beside_the_one_in_use(tmp_path: Path, lanes: int) -> None:
    workspace = workspace_at(tmp_path / "workspace")
    one = promoted(workspace, "one")
    two, broken = release_of(workspace, "two"), release_of(workspace, "broken")
    (workspace.artifacts / "broken" / "weights.json").write_text("{}")

    async def checked() -> None:
        assert (await engine.fingerprints())["release"] == one.id
        await engine.check(two.id)
        with pytest.raises(ReleaseError, match="has changed"):
            await engine.check(broken.id)
        # What was looked at is not what answers.
        assert engine.known["release"] == one.id
        assert (await engine.ask(ask(INTEREST))).release == one.id

    engine = Engine(workspace, SETTINGS, lanes=lanes)
    asyncio.run(checked())
    engine.close()


def test_an_empty_library_is_no_hindrance_to_a_release(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "empty")
    workspace.settings_file.write_text(SETTINGS_FILE)
    made = release_of(workspace, "one")
    engine = Engine(workspace, SETTINGS)
    asyncio.run(engine.check(made.id))
    engine.close()
