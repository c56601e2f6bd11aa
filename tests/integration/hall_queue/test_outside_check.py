"""Domain rule 1: a person is checked outside before the number; where that is down, the number is given and flagged."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler

from hall_queue.model import Channel, Flag
from hall_queue.outside_check import FAILURES, SKIP_S, OutsideCheck
from hall_queue.people import PersonGiven
from hall_queue.requests import TicketWanted
from hall_server.database.vault import Person
from hall_server.errors import Invalid, Refused
from tests.fakes.hall import HandClock, opened
from tests.fakes.queue_hall import QueueHall

ID_NUMBER = "11010519491231002X"  # the example of GB 11643-1999
WITHIN_S = 10.0
"""How long the hall waits for an answer that comes: never a measure, a busy machine is slow."""
SHORT_S = 1.0
"""How long it waits for one that never comes: long enough to connect, since a call broken off there leaves a socket."""


@dataclass
class Service:
    """A service that answers as a test says."""

    port: int
    answer: Callable[[RequestHandler], Any]
    asked: list[dict[str, Any]] = field(default_factory=list)
    ends: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/check"


class Handler(RequestHandler):
    service: Service

    def initialize(self, service: Service) -> None:
        self.service = service

    async def post(self) -> None:
        self.service.asked.append(msgspec.json.decode(self.request.body))
        done = self.service.answer(self)
        if done is not None:
            await done


def allows(handler: RequestHandler) -> None:
    handler.finish({"allowed": True})


def refuses(handler: RequestHandler) -> None:
    handler.finish({"allowed": False, "reason": "失信被执行人"})


def fails(handler: RequestHandler) -> None:
    handler.set_status(500)
    handler.finish("sorry")


def talks_nonsense(handler: RequestHandler) -> None:
    handler.finish("<html>{")


def sends_elsewhere(handler: RequestHandler) -> None:
    handler.redirect("http://127.0.0.1:1/")


def floods(handler: RequestHandler) -> None:
    handler.finish(b"x" * 100_000)


async def hangs(handler: Handler) -> None:
    await handler.service.ends.wait()
    handler.finish({"allowed": True})


BROKEN = {"hangs": hangs, "fails": fails, "nonsense": talks_nonsense, "redirect": sends_elsewhere, "floods": floods}


@asynccontextmanager
async def serving(answer: Callable[..., Any]) -> AsyncIterator[Service]:
    socket, port = bind_unused_port()
    service = Service(port, answer)
    server = HTTPServer(Application([("/check", Handler, {"service": service})]))
    server.add_sockets([socket])
    try:
        yield service
    finally:
        service.ends.set()
        server.stop()
        await server.close_all_connections()


@asynccontextmanager
async def checking(data: Path, url: str, *, within_s: float = WITHIN_S) -> AsyncIterator[tuple[QueueHall, HandClock]]:
    clock = HandClock()
    async with opened(data, clock=clock, person_check_url=url, person_check_s=within_s) as server:
        try:
            yield QueueHall(server, clock), clock
        finally:
            server.rooms["hall_queue"].outside.close()


async def takes(hall: QueueHall, id_number: str | None = ID_NUMBER, *, id_: str | None = None) -> Any:
    person = PersonGiven(id_number=id_number) if id_number else None
    wanted = TicketWanted(line="tax", channel=Channel.API, person=person)
    return await hall.do(await hall.room.command_for(wanted), id_=id_)


def flags(hall: QueueHall) -> list[tuple[Flag, ...]]:
    return [ticket.flags for ticket in hall.queue.tickets.values()]


def numbers(count: int) -> list[str]:
    """Identity numbers of made-up people, with their check digits."""
    weights, checks = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"
    found = [f"11010519491231{n:03d}" for n in range(count)]
    return [
        one + checks[sum(weight * int(digit) for weight, digit in zip(weights, one, strict=True)) % 11] for one in found
    ]


@pytest.mark.gen_test
async def test_an_allowed_person_gets_a_number_without_a_flag(tmp_path: Path) -> None:
    async with serving(allows) as service, checking(tmp_path, service.url) as (hall, _):
        await takes(hall)
        assert service.asked == [{"id_number": ID_NUMBER}]
        assert flags(hall) == [()]
        assert hall.room.outside is not None
        assert hall.room.outside.alarms() == []


@pytest.mark.gen_test
async def test_a_refused_person_gets_no_number_and_is_not_remembered(tmp_path: Path) -> None:
    async with serving(refuses) as service, checking(tmp_path, service.url) as (hall, _):
        with hall.refused(Refused, "person.refused_outside") as refusal:
            await takes(hall)
        assert refusal.value.fields["instead"] == "guide"
        assert not hall.queue.tickets
        assert await hall.server.vault.known(Person(id_number=ID_NUMBER)) is None


@pytest.mark.gen_test
async def test_whoever_says_nothing_of_themselves_is_not_asked_about(tmp_path: Path) -> None:
    async with serving(refuses) as service, checking(tmp_path, service.url) as (hall, _):
        await takes(hall, None)
        assert service.asked == []
        assert flags(hall) == [()]


@pytest.mark.gen_test
@pytest.mark.parametrize("how", sorted(BROKEN))
async def test_a_broken_check_lets_everybody_through_and_flags_them(
    tmp_path: Path, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    within_s = SHORT_S if how == "hangs" else WITHIN_S
    async with serving(BROKEN[how]) as service, checking(tmp_path, service.url, within_s=within_s) as (hall, _):
        await takes(hall)
        assert flags(hall) == [(Flag.UNCHECKED,)]
        assert hall.room.pictures.desk("w10").ahead[0].number == "C001"
    assert ID_NUMBER not in caplog.text


@pytest.mark.gen_test
async def test_nobody_listening_lets_everybody_through_and_flags_them(tmp_path: Path) -> None:
    socket, port = bind_unused_port()
    socket.close()
    async with checking(tmp_path, f"http://127.0.0.1:{port}/check") as (hall, _):
        await takes(hall)
        assert flags(hall) == [(Flag.UNCHECKED,)]


@pytest.mark.gen_test
async def test_a_dead_check_is_left_alone_for_a_while_told_to_the_manager_and_tried_again(tmp_path: Path) -> None:
    async with serving(fails) as service, checking(tmp_path, service.url) as (hall, clock):
        outside = hall.room.outside
        assert outside is not None
        *first, last = numbers(FAILURES + 5)
        for number in first:
            await takes(hall, number)
        assert len(service.asked) == FAILURES  # the others did not wait for it
        assert flags(hall) == [(Flag.UNCHECKED,)] * (FAILURES + 4)
        (alarm,) = outside.alarms()
        assert (alarm.code, alarm.fields) == ("person_check.down", {"unchecked": FAILURES + 4})
        service.answer = allows
        clock.forward(seconds=SKIP_S)
        await takes(hall, last)
        assert len(service.asked) == FAILURES + 1
        assert flags(hall)[-1] == ()
        assert outside.alarms() == []


@pytest.mark.gen_test
async def test_a_request_sent_again_gets_its_first_number_though_the_check_has_come_back(tmp_path: Path) -> None:
    async with serving(fails) as service, checking(tmp_path, service.url) as (hall, _):
        first = await takes(hall, id_="kiosk-1-000001")
        service.answer = allows
        assert await takes(hall, id_="kiosk-1-000001") == first
        assert flags(hall) == [(Flag.UNCHECKED,)]


@pytest.mark.gen_test
async def test_nobody_is_asked_about_who_gets_no_number_anyhow(tmp_path: Path) -> None:
    async with serving(allows) as service, checking(tmp_path, service.url) as (hall, _):
        hall.queue.closed_lines["tax"] = ""
        with hall.refused(Refused, "line.closed"):
            await takes(hall)
        assert service.asked == []


@pytest.mark.gen_test
async def test_without_the_check_nothing_is_asked_and_nothing_flagged(tmp_path: Path) -> None:
    """The negative control: the flags above come from the check and from nothing else."""
    clock = HandClock()
    async with opened(tmp_path, clock=clock) as server:
        hall = QueueHall(server, clock)
        await takes(hall)
        assert (hall.room.outside, flags(hall)) == (None, [()])


@pytest.mark.parametrize("url", ["http://example.org/check", "ftp://127.0.0.1/", "http://10.0.0.8/check", "https://"])
def test_numbers_travel_only_encrypted_or_inside_the_machine(url: str) -> None:
    with pytest.raises(Invalid):
        OutsideCheck(url, 1, clock=HandClock())
