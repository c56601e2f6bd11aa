"""The live board of a composed hall: alarms that come and go, the usual of the weekday, what stands behind a click."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from attendance.messages import SaveShift, SetRota
from attendance.records import Rota, Shift
from dashboards.figures.asked import Asked, GroupBy
from dashboards.live.severity import Severity
from dashboards.pictures import HallPictures
from evaluation.figures.period import Period
from evaluation.messages import GiveRating
from evaluation.model import Level, RatingChannel
from hall_queue import messages as m
from hall_queue.rule_events import SaveRules
from hall_server.identity import Role, visitor
from tests.fakes.hall import MORNING, HandClock, staff
from tests.fakes.visits import Visits, listening, visits

ZONE = ZoneInfo("Asia/Shanghai")
WEEK = timedelta(weeks=1)


async def picture(hall: Visits) -> Any:
    """What the live feed shows, after everything that has happened."""
    await hall.server.settled()
    return msgspec.json.decode(msgspec.json.encode(hall.server.live_views["hall"].picture("")))


async def alarms(hall: Visits) -> list[tuple[str, str]]:
    return [(one["code"], one["severity"]) for one in (await picture(hall))["alarms"]]


async def watched(hall: Visits, *topics: str) -> WebSocketClientConnection:
    """A manager's connection to the live feed."""
    if not hall.session:
        await hall.sign_in(Role.MANAGER)
    headers = {"Origin": f"http://127.0.0.1:{hall.port}", "Cookie": hall.session["Cookie"]}
    url = f"ws://127.0.0.1:{hall.port}/api/v1/live?topics={','.join(topics)}"
    return await websocket_connect(HTTPRequest(url, headers=headers))


async def shown(socket: WebSocketClientConnection) -> Any:
    """The next picture."""
    frame = msgspec.json.decode(await socket.read_message() or "")
    return frame.get("snapshot") or frame["event"]["view"]


@pytest.mark.gen_test
async def test_a_line_that_nobody_serves_is_the_first_alarm_and_goes_when_a_window_opens(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.issue()
        [alarm] = (await picture(hall))["alarms"]
        assert (alarm["code"], alarm["severity"]) == ("line.unserved", "urgent")
        assert alarm["href"] == "/manager#live/line/business"
        await hall.open()
        assert await alarms(hall) == []


@pytest.mark.gen_test
async def test_a_wait_over_the_limit_of_a_second_says_its_limit_and_never_nought(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        await hall.call()
        waiting = await hall.issue()
        await hall.do(SaveRules(values={}, lines={"business": {"ageing_s": 20}}, reason="test"))
        hall.clock.forward(seconds=21)
        [alarm] = (await picture(hall))["alarms"]
        assert (alarm["code"], alarm["severity"], alarm["fields"]["limit_s"]) == ("line.long_wait", "urgent", 20)
        assert datetime.fromisoformat(alarm["since"]) == waiting.issued_at
        await hall.do(m.CancelTicket(ticket=waiting.id))
        assert await alarms(hall) == []


@pytest.mark.gen_test
async def test_an_idle_window_leads_to_itself_and_is_well_once_it_pauses(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        await hall.issue()
        hall.clock.forward(minutes=6)
        found = (await picture(hall))["alarms"]
        [idle] = [one for one in found if one["code"] == "window.idle"]
        assert (idle["severity"], idle["href"]) == ("urgent", "/manager#live/window/w01")
        await hall.do(m.PauseWindow(window="w01", anyway=True), actor=staff("s01", "w01"))
        assert "window.idle" not in dict(await alarms(hall))


@pytest.mark.gen_test
async def test_a_bad_rating_leads_to_its_work_order_and_an_overdue_one_too(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        ticket = await hall.serve()
        rating = GiveRating(ticket=ticket.id, level=Level(5), channel=RatingChannel.PHONE)
        await hall.do(rating, actor=visitor("v"))
        [alarm] = (await picture(hall))["alarms"]
        assert (alarm["code"], alarm["severity"], alarm["href"]) == ("rating.bad", "urgent", "/manager/reviews")
        hall.clock.forward(minutes=16)
        assert await alarms(hall) == []
        hall.clock.forward(days=3)
        [late] = (await picture(hall))["alarms"]
        assert (late["code"], late["severity"]) == ("review.contact_overdue", "urgent")
        assert late["href"].startswith("/manager/reviews#")


@pytest.mark.gen_test
async def test_devices_come_after_what_visitors_suffer_from(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        device = {"id": "d1", "kind": "pad", "place": "w01", "status": "offline", "since": MORNING - timedelta(hours=1)}

        board = HallPictures(hall.room.pictures, hall.ratings, lambda: (device,))
        await hall.issue()
        found = board.hall().alarms
        assert [(one.code, one.severity) for one in found] == [
            ("line.unserved", Severity.URGENT),
            ("device.offline", Severity.SOON),
        ]
        assert found[1].href == "/manager/devices#d1"
        device["status"] = "online"
        assert [one.code for one in board.hall().alarms] == ["line.unserved"]


@pytest.mark.gen_test
async def test_who_does_not_come_to_a_shift_is_missed_until_a_window_opens(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        missing = hall.server.rooms["live_board"].missing
        await missing.look()
        assert missing.alarms() == ()
        shift = Shift(id="day", name="白班", name_en="Day", begin="08:30", end="17:30")
        await hall.do(SaveShift(shift=shift))
        today = hall.server.business_day
        await hall.do(SetRota(staff="s01", rota=Rota(from_day=today, week=(("day",),) * 7)))
        await missing.look()
        [alarm] = [one for one in (await picture(hall))["alarms"] if one["code"] == "staff.missing"]
        assert (alarm["fields"]["people"], alarm["severity"]) == (1, "soon")
        assert datetime.fromisoformat(alarm["since"]) == datetime.combine(today, time(8, 30), ZONE)
        assert alarm["href"] == "/manager/attendance"
        await hall.open()
        await hall.server.projector.catch_up()
        await missing.look()
        assert await alarms(hall) == []


@asynccontextmanager
async def weeks(data: Path) -> AsyncIterator[Visits]:
    """A hall with ten Mondays behind it: on the n-th, n numbers at 9:00, one of them called at 9:40; and a Sunday."""
    clock = HandClock(MORNING - 10 * WEEK)
    async with visits(data, clock) as hall:
        for number in range(1, 11):
            await hall.open()
            for _ in range(number):
                await hall.issue()
            hall.clock.forward(minutes=40)
            await hall.do(m.CallNext(window="w01"))
            hall.clock.forward(days=6, minutes=-40)
            await hall.server.roll_day()
            if number == 9:
                await hall.issue("labour")  # a Sunday does not count
            hall.clock.forward(days=1)
            await hall.server.roll_day()
        await hall.server.projector.catch_up()
        yield hall


@pytest.mark.gen_test(timeout=60)
@pytest.mark.parametrize("is_summed", [False, True])
async def test_the_usual_is_the_last_eight_mondays_whether_they_are_summed_up_or_not(
    tmp_path: Path, is_summed: bool
) -> None:
    async with weeks(tmp_path) as hall:
        board = hall.server.rooms["live_board"]
        assert board.usual.of(hall.server.business_day) == (None, False)
        if is_summed:
            await hall.server.rooms["statistics"].closer.close_days()
        await board.usual.look()
        await hall.issue()
        curve = (await picture(hall))["curve"]
        assert (curve["is_known"], curve["usual"]["days"]) == (True, 8)
        nine = 18 - curve["first"]
        assert curve["usual"]["taken"][nine] == [4.75, 6.5, 8.25]  # of 3, 4, 5, 6, 7, 8, 9, 10
        assert curve["usual"]["waiting"][nine] == [4.75, 6.5, 8.25]  # at 9:30 all wait
        assert curve["usual"]["waiting"][nine + 1] == [3.75, 5.5, 7.25]  # one was called at 9:40
        assert (curve["taken"][nine], curve["waiting"][nine]) == (1, 1)


@pytest.mark.gen_test(timeout=60)
async def test_the_curve_takes_the_numbers_that_statistics_count_by_hour(tmp_path: Path) -> None:
    async with weeks(tmp_path) as hall:
        await hall.server.rooms["statistics"].closer.close_days()
        await hall.server.rooms["live_board"].usual.look()
        usual, _ = hall.server.rooms["live_board"].usual.of(hall.server.business_day)
        day = hall.server.business_day - WEEK
        source = hall.server.rooms["statistics"].source
        by_hour = await source.groups(Asked(period=Period(first=day, last=day), by=GroupBy.HOUR))
        assert {hour: numbers[0] for hour, numbers in by_hour.items()} == {"09": 10}
        taken = max(band[2] for band in usual.taken)
        assert taken <= 10
        assert [slot for slot in range(48) if usual.taken[slot][1]] == [18]


@pytest.mark.gen_test
async def test_a_new_hall_says_that_there_is_no_history(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        curve = (await picture(hall))["curve"]
        assert (curve["usual"], curve["is_known"]) == (None, False)
        await hall.server.projector.catch_up()
        await hall.server.rooms["live_board"].usual.look()
        curve = (await picture(hall))["curve"]
        assert (curve["usual"], curve["is_known"]) == (None, True)


@pytest.mark.gen_test(timeout=60)
async def test_another_day_has_another_usual_by_itself(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.issue()
        socket = await watched(hall, "hall")
        while (view := await shown(socket))["curve"]["is_known"] is False:
            pass
        assert view["curve"]["usual"] is None
        socket.close()
        hall.clock.forward(weeks=1)
        await hall.server.roll_day()
        hall.session = {}  # it is over by now
        socket = await watched(hall, "hall")
        while (view := await shown(socket))["curve"]["usual"] is None:
            pass
        assert view["curve"]["usual"]["days"] == 1
        socket.close()


@pytest.mark.gen_test
async def test_behind_a_line_stand_its_waits(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        view = hall.server.live_views["hall-line"]
        await hall.open()
        assert view.picture("business").called == 0  # type: ignore[attr-defined]  # a LineDay
        for _ in range(3):
            await hall.issue()
        for minutes in (10, 10, 20):
            hall.clock.forward(minutes=minutes)
            await hall.do(m.CallNext(window="w01"))
            await hall.do(m.StartService(window="w01"))
            await hall.do(m.FinishService(window="w01"))
        day = msgspec.json.decode(msgspec.json.encode(view.picture("business")))
        assert (day["issued"], day["called"]) == (3, 3)
        assert (day["p50_s"], day["p90_s"], day["longest_s"]) == (1200.0, 2400.0, 2400.0)
        assert (day["late"], day["limit_s"]) == (1, 1800.0)
        assert [(one["slot"], one["called"], one["p50_s"]) for one in day["half_hours"]] == [(18, 3, 1200.0)]


@pytest.mark.gen_test
async def test_a_call_shows_at_once_behind_its_line(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        socket = await watched(hall, "hall-line/business")
        assert (await shown(socket))["issued"] == 0
        await hall.issue()
        assert (await shown(socket))["issued"] == 1
        await hall.do(m.CallNext(window="w01"))
        assert (await shown(socket))["called"] == 1
        socket.close()


@pytest.mark.gen_test
async def test_behind_a_window_stands_who_sits_there_and_what_it_did(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        await hall.serve(minutes=4)
        last = await hall.serve(minutes=6)
        socket = await watched(hall, "hall-window/w01")
        day = await shown(socket)
        assert (day["served"], day["mean_serve_s"], day["staff"]["number"]) == (2, 300.0, "1001")
        assert (day["recent"][0]["number"], day["recent"][0]["serve_s"]) == (last.number, 360.0)
        assert (day["ticket"], day["rate"]) == (None, None)
        rating = GiveRating(ticket=last.id, level=Level(2), channel=RatingChannel.PHONE)
        await hall.do(rating, actor=visitor("v"))
        day = await shown(socket)
        assert (day["counts"], day["rate"], day["recent"][0]["level"]) == ([0, 1, 0, 0, 0], 1.0, 2)
        called = await hall.call()
        while (day := await shown(socket))["ticket"] is None:
            pass
        assert (day["ticket"]["number"], day["ticket"]["state"]) == (called.number, "called")
        socket.close()


@pytest.mark.gen_test
async def test_what_stands_behind_the_board_is_for_managers_and_for_what_there_is(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.sign_in(Role.STAFF)
        for topic in ("hall", "hall-line/business", "hall-window/w01"):
            socket = await watched(hall, topic)
            frame = msgspec.json.decode(await socket.read_message() or "{}")
            assert "snapshot" not in frame, topic
            socket.close()
        hall.session = {}
        for topic in ("hall-line/nothing", "hall-window/nothing"):
            socket = await watched(hall, topic)
            frame = msgspec.json.decode(await socket.read_message() or "{}")
            assert "snapshot" not in frame, topic
            socket.close()
