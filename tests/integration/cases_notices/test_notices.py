"""Notices: each once, to the phone of the sealed form, not at night, not to those who want none."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cases.model import Case, Notice
from cases.model import State as CaseState
from cases.neighbours import Neighbours as Room
from cases.neighbours import requests as r
from cases.neighbours.simulated.server import Faults, Neighbours
from cases.notices.room import soon_of
from cases.notices.texts import NoticeKind
from hall_server.outbox.table import State
from tests.fakes.cases_desk import NAME, NUMBER, PHONE, DeskHall, case_of, desk_hall
from tests.fakes.hall import HandClock
from tests.fakes.neighbours import neighbours, places, until

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)  # half past nine in the evening in Shanghai


@asynccontextmanager
async def told(path: Path, *, at: datetime = MORNING) -> AsyncIterator[tuple[DeskHall, Neighbours, Room]]:
    clock = HandClock(at)
    async with neighbours(path / "others", clock) as (others, port):
        only = {"sms": places(port, path / "others")["sms"]}
        settings = {"neighbours": only, "public_url": "https://hall.example"}
        async with desk_hall(path / "hall", clock=clock, **settings) as hall:
            room: Room = hall.server.rooms["neighbours"]

            async def followed() -> Any:
                return await room.room.outbox.cursor("neighbours") is not None

            await until(followed)
            yield hall, others, room


async def case(hall: DeskHall, **more: Any) -> Case:
    who = await hall.signed_in()
    ticket = await hall.serve()
    body = hall.wanted(ticket, **{"then": "accept", "hands_over": False, **more})
    found = case_of(await who.ask("POST", "/api/v1/cases", body))
    kept: Case | None = hall.server.rooms["cases"].cases.numbered(found["number"])
    assert kept is not None
    return kept


async def queued(room: Room, case: Case, many: int) -> list[Any]:
    """The notices of a case, once there are so many."""

    async def enough() -> Any:
        room.follower.hurry()
        found = await room.room.outbox.about(f"notice:{case.id}")
        return found if len(found) >= many else None

    found: list[Any] = await until(enough)
    return found


async def settled(hall: DeskHall, room: Room, case: Case) -> dict[str, tuple[State, str]]:
    """What became of them, after a while."""

    async def done() -> Any:
        hall.clock.forward(seconds=30)
        room.room.hurry("sms")
        found = await room.room.outbox.about(f"notice:{case.id}")
        return found if found and all(one.state is not State.WAITING for one in found) else None

    return {one.kind: (one.state, one.reason) for one in await until(done)}


async def messages(others: Neighbours) -> list[r.SendMessage]:
    ledger = await others.books.ledger()
    return [msgspec.json.decode(one["request"], type=r.SendMessage) for one in ledger["held"]]


@pytest.mark.gen_test
async def test_what_happens_at_once_is_told_in_one_message_without_personal_data(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with told(tmp_path) as (hall, others, room):
        one = await case(hall)
        await queued(room, one, 2)
        assert await settled(hall, room, one) == {
            "notice.received": (State.DROPPED, "overtaken"),
            "notice.accepted": (State.ACCEPTED, ""),
        }
        [message] = await messages(others)
        assert message.phone == PHONE
        assert one.number in message.text
        assert f"https://hall.example/c/{one.number}" in message.text
        assert "12月4日" in message.text, "nine working days after 23 November"
        for secret in (NAME, NUMBER, PHONE):
            assert secret not in message.text
        rows = str(await hall.server.database.fetch("SELECT * FROM outbox"))
        for secret in (PHONE, NAME, NUMBER):
            assert secret not in await hall.journal_text()
            assert secret not in rows
            assert secret not in caplog.text


@pytest.mark.gen_test
async def test_the_same_events_read_again_and_a_lost_answer_send_nothing_twice(tmp_path: Path) -> None:
    async with told(tmp_path) as (hall, others, room):
        others.faults["sms"] = Faults(loses=1)
        one = await case(hall)
        await queued(room, one, 2)
        await settled(hall, room, one)
        batch = await hall.server.journal.read(0, limit=100_000)
        for make in room.more:
            await room.room.put(*await make(batch))
        await settled(hall, room, one)
        assert len(await messages(others)) == 1


@pytest.mark.gen_test
async def test_no_phone_rings_at_night(tmp_path: Path) -> None:
    async with told(tmp_path, at=NIGHT) as (hall, others, room):
        one = await case(hall)
        found = await queued(room, one, 2)
        eight = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
        assert {letter.next_at for letter in found} == {eight}
        hall.clock.forward(hours=10)
        room.room.hurry("sms")
        assert await messages(others) == []
        hall.clock.forward(minutes=31)
        await settled(hall, room, one)
        assert len(await messages(others)) == 1


@pytest.mark.gen_test
async def test_whoever_answers_td_gets_no_more_and_nobody_else_is_silenced(tmp_path: Path) -> None:
    async with told(tmp_path) as (hall, others, room):
        url = f"http://127.0.0.1:{hall.port}"
        assert (await others.tell(url, "sms", r.MessageReply(phone=PHONE, text=" td "))).state == "accepted"
        one = await case(hall)
        await queued(room, one, 2)
        assert (await settled(hall, room, one))["notice.accepted"] == (State.DROPPED, "opted_out")
        other = await case(hall, applicant={"name": NAME, "id_number": NUMBER, "phone": "13900139000"})
        await queued(room, other, 2)
        assert (await settled(hall, room, other))["notice.accepted"][0] is State.ACCEPTED
        kept = str(await hall.server.database.fetch("SELECT * FROM notice_optout"))
        assert PHONE not in kept


@pytest.mark.gen_test
async def test_whoever_has_no_phone_gets_no_message(tmp_path: Path) -> None:
    async with told(tmp_path) as (hall, others, room):
        one = await case(hall, applicant={"name": NAME, "id_number": NUMBER, "address": "牌坊路7号"})
        await queued(room, one, 2)
        assert (await settled(hall, room, one))["notice.accepted"] == (State.DROPPED, "no_phone")
        assert await messages(others) == []


@pytest.mark.gen_test
async def test_who_waits_for_a_decision_is_told_once_before_its_day(tmp_path: Path) -> None:
    async with told(tmp_path) as (hall, _others, room):
        one = await case(hall)
        notices = hall.server.rooms["notices"]
        assert await notices.sweep() == 0
        due = decision_day(one, room.casework.terms, hall.clock.now())
        while room.casework.terms.day(hall.clock.now()) < due:
            hall.clock.forward(days=1)
        for _ in range(2):
            await notices.sweep()
        found = await room.room.outbox.about(f"notice:{one.id}")
        assert [letter.kind for letter in found].count("notice.decision_soon") == 1
        [(_, day)] = [(kind, day) for kind, day in soon_of(one, room.casework.terms, hall.clock.now())]
        assert day == due


@pytest.mark.gen_test
async def test_who_owes_corrections_is_told_before_the_proposed_day(tmp_path: Path) -> None:
    async with told(tmp_path) as (hall, _others, room):
        one = await case(hall)
        asked = Notice(at=one.received_at, gaps=(), document="d")
        wanting = msgspec.structs.replace(one, state=CaseState.CORRECTION, notices=(asked,))
        terms = room.casework.terms
        [(kind, day)] = list(soon_of(wanting, terms, hall.clock.now()))
        assert (kind, day) == (NoticeKind.CORRECTION_SOON, terms.calendar.add_workdays(terms.day(asked.at), 30))
        text = hall.server.rooms["notices"].text(wanting, kind, "zh-CN", hall.clock.now())
        assert f"{day.month}月{day.day}日" in text


def decision_day(case: Case, terms: Any, now: datetime) -> Any:
    return next(day for kind, day in soon_of(case, terms, now) if kind is NoticeKind.DECISION_SOON)
