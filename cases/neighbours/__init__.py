"""The neighbours 外部系统: other people's servers, each behind one interface, asked through an outbox."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cases import messages as m
from cases.model import Case
from cases.neighbours import web
from cases.neighbours.casework import Casework, CityCasework, HallCasework
from cases.neighbours.changed import Gathered, charged_at, unasked_at
from cases.neighbours.complaints import Complaints
from cases.neighbours.department import PUSH_OF, Department
from cases.neighbours.feeding import Feed
from cases.neighbours.following import Follower, Head, Read
from cases.neighbours.hearing import Hearing
from cases.neighbours.model import Kind
from cases.neighbours.payments import COUNTER, DUE, Payments
from cases.neighbours.register import RegisterLicences
from cases.neighbours.room import Room
from cases.neighbours.steps import CaseSteps
from cases.neighbours.watching import Alarm, Watch
from cases.supervision.facts import Done, Happening
from hall_server.errors import DomainError
from hall_server.journal.rows import moment
from hall_server.messages import Recorded
from hall_server.outbox.table import Letter, State

if TYPE_CHECKING:
    from hall_server.host import Host
    from hall_server.server import Server

TRAY_MOST = 1_000


@dataclass(slots=True)
class Neighbours:
    """``server.rooms["neighbours"]``: what others may ask.

    Attributes:
        payments: asks for fees and gives them back. steps: licences, labels, shared data. complaints: of 12345.
        more: further letters that events call for (notices).
    """

    room: Room
    casework: Casework
    hearing: Hearing
    watch: Watch
    department: Department
    feed: Feed
    payments: Payments
    steps: CaseSteps
    complaints: Complaints
    follower: Follower
    more: list[Callable[[list[Recorded]], Any]]

    def alarms(self) -> list[Alarm]:
        """What the manager should look at."""
        return self.watch.alarms()

    async def pushes(self, cases: Sequence[str]) -> dict[str, tuple[Done, ...]]:
        """When cases were pushed to their departments' systems, acknowledged, and read back."""
        if self.room.named(Kind.DEPARTMENT) is None or not cases:
            return {}
        marks = ",".join("?" * len(cases))
        sql = f"SELECT id, at, state, answered_at, result_at FROM outbox WHERE id IN ({marks})"  # noqa: S608  # marks only
        rows = await self.room.centre.database.fetch(sql, tuple(PUSH_OF + one for one in cases))
        return {str(row[0]).removeprefix(PUSH_OF): tuple(_pushed(row)) for row in rows}

    async def push(self, case: Case) -> None:
        """Put a case into the outbox to its department's system, where it has one; once."""
        letter = self.department.letter(case)
        if letter is not None:
            await self.room.put(letter)


def install(server: Server) -> Neighbours:
    """Install the neighbours of a hall."""

    async def head() -> int:
        return server.journal.committed

    found = _install(server, HallCasework(server), read=server_read(server), head=head)

    def accepted(recorded: Recorded) -> None:
        if isinstance(recorded.event, m.CaseAccepted):
            server.spawn(_push(found, recorded.event.case), "case to its department's system")

    def due(recorded: Recorded) -> None:
        if isinstance(recorded.event, m.CaseEvent):
            server.spawn(found.payments.ask_of(recorded.event.case), "fee of a case")

    server.listen("cases for departments' systems", accepted, types=(m.CaseAccepted.type,))
    server.listen("fees of cases", due, types=DUE)

    async def begin() -> None:
        desk = server.rooms.get("cases_desk")
        if desk is not None and found.room.named(Kind.LICENCE) is not None:
            desk.people.licences = RegisterLicences(found.room)
        for case in await found.casework.open_cases():
            await found.push(case)
            await found.payments.ask_where_due(case)

    server.on_start("neighbours of cases", begin)
    return found


def server_read(server: Server) -> Read:
    """Reads a hall's journal, which is there once the server is open."""

    async def read(after: int) -> list[Recorded]:
        return await server.journal.read(after)

    return read


def install_city(city: Any) -> Neighbours:
    """Install the neighbours of a city (`city.server.City`, which stands above)."""

    async def read(after: int) -> list[Recorded]:
        found: list[Recorded] = await city.log.read(after)
        return found

    async def head() -> int:
        return int((await city.log.head())[0])

    found = _install(city, CityCasework(city), read=read, head=head)

    async def begin() -> None:
        index = city.rooms["case_index"]
        pushes = _pusher(found) if found.room.named(Kind.DEPARTMENT) is not None else None

        async def looks(cases: list[str]) -> None:
            await found.steps.given_up(cases)
            await found.payments.changed(cases)

        gathered = Gathered(pushes, found.payments.ask_of, charged_at(city), looks)
        index.on_changed.append(gathered.tell)
        city.spawn(gathered.run(), "cases for neighbours")
        for case in await unasked_at(city):
            gathered.tell(case)
        for way in found.room.ways.values():
            for department in way.place.departments if way.kind is Kind.DEPARTMENT else ():
                for one in await index.tray(department, limit=TRAY_MOST):
                    await found.push(one.case)

    city.on_start("neighbours of cases", begin)
    return found


def _pusher(found: Neighbours) -> Callable[[str], Awaitable[None]]:
    async def push(case: str) -> None:
        await _push(found, case)

    return push


def _pushed(row: Sequence[Any]) -> Iterator[Done]:
    """What a row of the outbox says of a push."""
    _, at, state, answered_at, result_at = row
    yield Done(Happening.PUSH, moment(at))
    if state == State.ACCEPTED and answered_at is not None:
        yield Done(Happening.ACKNOWLEDGE, moment(answered_at))
    if result_at is not None:
        yield Done(Happening.READ_BACK, moment(result_at))


async def _push(found: Neighbours, case: str) -> None:
    if not case or found.room.named(Kind.DEPARTMENT) is None:
        return
    try:
        await found.push(await found.casework.case(case))
    except DomainError:
        return  # not in the index yet; it tells again


def _install(host: Host, casework: Casework, *, read: Read, head: Head) -> Neighbours:
    room = Room(host)  # type: ignore[arg-type]  # a hall and a city both have what a Centre has beside a Host
    hearing, feed, payments = Hearing(room), Feed(room, casework), Payments(room, casework)
    steps, complaints = CaseSteps(room, hearing, casework), Complaints(room, casework)
    more: list[Callable[[list[Recorded]], Any]] = [feed.letters, payments.letters, steps.letters]

    async def letters(batch: list[Recorded]) -> list[Letter]:
        return [letter for make in more for letter in await make(batch)]

    follower = Follower(room, "neighbours", read=read, head=head, make=letters)
    department = Department(room, hearing, casework)
    found = Neighbours(
        room=room,
        casework=casework,
        hearing=hearing,
        watch=Watch(room),
        department=department,
        feed=feed,
        payments=payments,
        steps=steps,
        complaints=complaints,
        follower=follower,
        more=more,
    )
    host.rooms["neighbours"] = found
    host.locales.add(Path(__file__).parent / "locales")
    host.route(*web.routes(found))

    def called_off(recorded: Recorded) -> None:
        if isinstance(recorded.event, m.CaseEvent) and room.named(Kind.PAYMENT) is None:
            host.spawn(payments.at_counter(recorded.event.case), "orders that nobody pays")

    host.listen("orders at counters", called_off, types=COUNTER)
    host.listen("cases for neighbours", lambda _: follower.hurry(), types=[one.type for one in m.EVENTS])

    async def start() -> None:
        await room.start()
        await complaints.start()
        await steps.start()
        if room.named(Kind.COURIER) is not None:
            host.spawn(steps.run(), "parcels on their way")
        if room.ways:
            await follower.begin()
            host.spawn(follower.run(), "journal for neighbours")
            host.spawn(found.watch.run(), "silence of neighbours")
        if room.named(Kind.DEPARTMENT) is not None:
            host.spawn(department.run(), "results of departments' systems")

    host.on_start("neighbours", start)
    host.on_stop("neighbours", room.stop)
    return found
