"""The index of cases at the city follows halls and city, tells each hall what it must hear, and finds conflicts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cases import messages as m
from cases.catalogue.model import EditionState
from cases.model import Case, Delivery, Given, Outcome, State
from city.server import City
from city.store.down import Sending
from hall_server.identity import Actor
from hall_server.server import Server
from tests.fakes.case_place import CLERK, EXAMINER, LEADER, edition
from tests.fakes.federated import drained, until
from tests.fakes.hall import HandClock, running
from tests.fakes.running_city import running_city

ROOMS = ("hall_queue", "evaluation", "attendance", "cases", "dashboards")


@dataclass
class Place:
    """A city with halls that are linked to it."""

    city: City
    clock: HandClock
    halls: dict[str, Server] = field(default_factory=dict)

    async def do(self, at: str, command: Any, by: Actor = CLERK) -> Case:
        """A command about cases at a hall, or at the city ("")."""
        server: Any = self.halls[at] if at else self.city
        return msgspec.json.decode(await server.execute(command, actor=by), type=Case)

    async def receive(self, at: str, deliver_at: str = "") -> Case:
        """Take an application in."""
        given = tuple(Given(material=one, supply="paper") for one in ("form", "id", "plan"))
        answers = {"who": ("self",), "where": ("shop",)}
        wanted = m.ReceiveCase(
            edition="food@1", answers=answers, given=given, deliver_at=deliver_at, delivery=Delivery.WINDOW
        )
        return await self.do(at, wanted)

    async def index(self) -> Any:
        """The index, with everything that the halls have."""
        for server in self.halls.values():
            await drained(server)
        index = self.city.rooms["case_index"]
        await index.catch_up()
        return index

    async def at_hall(self, hall: str, case: str, holds: Callable[[Case], bool]) -> Case:
        """The case as a hall has it, once that holds."""
        known = self.halls[hall].rooms["cases"].cases.by_id
        await until(lambda: case in known and holds(known[case]))
        found: Case = known[case]
        return found


@asynccontextmanager
async def linked(folder: Path, database: str = "", *, names: tuple[str, ...] = ("a",)) -> AsyncIterator[Place]:
    clock = HandClock()
    async with running_city(folder / "city", database, clock=clock) as (city, port):
        place = Place(city, clock)
        city.rooms["catalogue"].take(edition())
        async with _halls(place, folder, port, names):
            yield place


@asynccontextmanager
async def _halls(place: Place, folder: Path, port: int, names: tuple[str, ...]) -> AsyncIterator[None]:
    if not names:
        yield
        return
    first, *rest = names
    token = await place.city.store.halls.register(first, f"{first} 厅")
    keys = folder / first / "keys"
    keys.mkdir(parents=True)
    (keys / "city.token").write_text(token or "")
    (keys / "city.token").chmod(0o600)
    given = {"city_url": f"ws://127.0.0.1:{port}", "city_pace": 0, "hall": first}
    async with running(folder / first, clock=place.clock, rooms=ROOMS, **given) as (server, _):
        server.rooms["cases"].editions.take(edition())
        place.halls[first] = server
        async with _halls(place, folder, port, tuple(rest)):
            yield


@pytest.mark.gen_test(timeout=90)
async def test_a_case_goes_from_hall_a_over_the_city_to_hall_b_and_all_know(tmp_path: Path, city_database: str) -> None:
    async with linked(tmp_path, city_database, names=("a", "b")) as place:
        case = await place.receive("a", deliver_at="b")
        case = await place.do("a", m.AcceptCase(case=case.id, seen=case.step))
        case = await place.do("a", m.HandOver(case=case.id, seen=case.step))
        index = await place.index()
        [entry] = await index.tray("market")
        assert (entry.case.state, entry.case.writer, entry.dues.light) == (State.ACCEPTED, "city", "green")
        assert entry.dues.promise == date(2026, 12, 4)  # 2026-11-23 and 9 working days
        case = await place.do(
            "", m.ExamineCase(case=case.id, seen=case.step, opinion="符合", proposes=Outcome.GRANTED), EXAMINER
        )
        case = await place.do("", m.DecideCase(case=case.id, seen=case.step, outcome=Outcome.GRANTED), LEADER)
        case = await place.do("", m.MakeLicence(case=case.id, seen=case.step, licence="JY1"), EXAMINER)
        case = await place.do("", m.SendToHall(case=case.id, seen=case.step, hall="b"), EXAMINER)
        await place.at_hall("b", case.id, lambda one: one.state is State.MADE and one.writer == "hall:b")
        here = await place.at_hall("a", case.id, lambda one: one.writer == "hall:b")
        assert here.step == case.step
        case = await place.do("b", m.DeliverCase(case=case.id, seen=case.step, how=Delivery.WINDOW, receipt="5" * 64))
        await place.index()
        here = await place.at_hall("a", case.id, lambda one: one.state is State.DELIVERED)
        assert here.events == case.events
        case = await place.do("b", m.CloseCase(case=case.id, seen=case.step))
        index = await place.index()
        assert (await index.one(case.id)).state is State.CLOSED
        counts = (await index.counts())["a"]
        assert (counts.total, counts.open, counts.conflicts) == (1, 0, 0)
        assert await place.city.store.down.conflicts() == []
        rows = await place.city.database.fetch("SELECT body FROM cases")
        await index.make_anew()
        await index.catch_up()
        assert await place.city.database.fetch("SELECT body FROM cases") == rows


@pytest.mark.gen_test(timeout=60)
async def test_steps_that_a_hall_missed_are_sent_again_whole(tmp_path: Path) -> None:
    async with linked(tmp_path, names=("a", "b")) as place:
        case = await place.receive("a")
        case = await place.do("a", m.AcceptCase(case=case.id, seen=case.step))
        case = await place.do("a", m.HandOver(case=case.id, seen=case.step))
        await place.index()
        stray = m.TakeCityStep(
            case=case.id, step=3, at=place.clock.now(), type="case.closed", version=1, actor="city", payload={}
        )
        await place.city.store.down.send(Sending(hall="b", kind="case.step", payload=stray))
        await place.at_hall("b", case.id, lambda one: one.events == case.events)
        assert await place.city.store.down.conflicts() == []


@pytest.mark.gen_test(timeout=60)
async def test_a_hall_that_accepted_what_the_city_had_cancelled_is_a_conflict_on_record(tmp_path: Path) -> None:
    """The domain page: a conflict task, never silent loss."""
    async with linked(tmp_path) as place:
        cancelled = edition(state=EditionState.CANCELLED, valid_until=date(2026, 11, 20))
        place.city.rooms["catalogue"].take(cancelled)
        case = await place.receive("a")
        case = await place.do("a", m.AcceptCase(case=case.id, seen=case.step))
        index = await place.index()
        [(found, trouble)] = await index.conflicts()
        assert (found.id, trouble, found.conflicts) == (case.id, "edition_cancelled", ())  # the hall still writes it
        case = await place.do("a", m.HandOver(case=case.id, seen=case.step))
        index = await place.index()
        index = await place.index()
        [(found, trouble)] = await index.conflicts()
        assert (trouble, found.conflicts) == (None, ("edition_cancelled:food@1",))
        await place.at_hall("a", case.id, lambda one: one.conflicts == found.conflicts)
        board = await place.city.rooms["board"].make()
        assert [alarm.code for alarm in board.alarms] == ["conflict"]
        solved = m.SolveConflict(case=case.id, seen=found.step, conflict=found.conflicts[0], solution="按旧版办结")
        await place.do("", solved, LEADER)
        index = await place.index()
        assert await index.conflicts() == []


@pytest.mark.gen_test(timeout=60)
async def test_lights_turn_with_time_and_scans_are_asked_for(tmp_path: Path) -> None:
    async with linked(tmp_path) as place:
        case = await place.receive("a")
        index = await place.index()
        hall = place.halls["a"]
        sha256 = await hall.rooms["federation"].keep(b"a paper")
        await place.do("a", m.NotePaper(case=case.id, seen=case.step, document=case.papers[0].document, sha256=sha256))
        await place.index()
        attachments = place.city.rooms["federation"].attachments
        await until(lambda: attachments.has(sha256))
        place.clock.forward(days=14)
        assert await index.sweep() == 1
        [entry] = await index.tray("market")
        assert (entry.dues.light, entry.dues.is_overdue) == ("double_red", True)  # no notice within 5 working days
        assert await index.sweep() == 0


@pytest.mark.gen_test(timeout=90)
async def test_two_processes_keep_one_index_and_tell_halls_once(tmp_path: Path, postgres: Any) -> None:
    database = postgres.fresh()
    async with (
        linked(tmp_path, database, names=("a", "b")) as place,
        running_city(tmp_path / "city", database, clock=place.clock) as (other, _),
    ):
        case = await place.receive("a", deliver_at="b")
        case = await place.do("a", m.AcceptCase(case=case.id, seen=case.step))
        await place.do("a", m.HandOver(case=case.id, seen=case.step))
        index = await place.index()
        await other.rooms["case_index"].catch_up()
        assert (await other.rooms["case_index"].counts()) == (await index.counts())
        sent = await place.city.database.fetch("SELECT hall, count(*) FROM down WHERE kind = 'case.step' GROUP BY hall")
        assert sent == []
