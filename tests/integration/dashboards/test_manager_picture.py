"""The manager's picture: what it shows, whom it warns of what, and who may see it."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from dashboards.pictures import HallPictures
from dashboards.views import HallClock
from evaluation.messages import GiveRating
from evaluation.model import Level, RatingChannel
from hall_queue import messages as m
from hall_queue.model import Flag
from hall_queue.offline.room import OfflineAlarm
from hall_queue.rule_events import SaveRules
from hall_server.identity import Role, visitor
from tests.fakes.hall import MORNING, manager, staff
from tests.fakes.visits import Visits, listening, visits

moment = datetime.fromisoformat


def pictures(hall: Visits, devices: tuple[object, ...] = ()) -> HallPictures:
    return HallPictures(hall.room.pictures, hall.ratings, lambda: devices)


def shown(hall: Visits, devices: tuple[object, ...] = ()) -> Any:
    return msgspec.json.decode(msgspec.json.encode(pictures(hall, devices).hall()))


def alarms(hall: Visits, devices: tuple[object, ...] = ()) -> list[str]:
    return [alarm["code"] for alarm in shown(hall, devices)["alarms"]]


def of(rows: list[dict[str, Any]], id_: str) -> dict[str, Any]:
    return next(row for row in rows if row["id"] == id_)


async def rate(hall: Visits, ticket: str, level: int) -> None:
    command = GiveRating(ticket=ticket, level=Level(level), channel=RatingChannel.PHONE)
    await hall.do(command, actor=visitor("v"))


@pytest.mark.gen_test
async def test_the_picture_counts_tickets_and_shows_lines_and_windows(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        await hall.serve()
        await hall.passed()
        called = await hall.call()
        hall.clock.forward(minutes=1)
        await hall.issue()
        view = shown(hall)
        assert (view["totals"]["issued"], view["totals"]["done"], view["totals"]["passed"]) == (4, 1, 1)
        assert (view["totals"]["called"], view["totals"]["waiting"]) == (1, 1)
        line, window = of(view["lines"], "business"), of(view["windows"], "w01")
        assert (line["prefix"], line["open"], line["waiting"], line["windows_open"]) == ("A", True, 1, 1)
        assert (moment(line["longest_since"]), line["wait_s"]["p50"] > 0) == (moment(view["now"]), True)
        assert (window["state"], window["number"], window["served"]) == ("calling", called.number, 1)
        assert (window["staff"]["number"], window["lines"]) == ("1001", ["business"])
        assert of(view["windows"], "w02")["state"] == "closed"


@pytest.mark.gen_test
async def test_a_line_says_how_many_numbers_count_there_and_how_many_were_sent(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        moved = await hall.issue()
        await hall.issue()
        await hall.do(m.MoveTicket(ticket=moved.id, line="labour", reason="test"), actor=manager())
        lines = shown(hall)["lines"]
        found = [(of(lines, id_)["given"], of(lines, id_)["sent_here"]) for id_ in ("business", "labour", "tax")]
        assert found == [(1, 0), (1, 1), (0, 0)]


@pytest.mark.gen_test
async def test_recent_calls_come_newest_first_and_say_where(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        for _ in range(21):
            await hall.serve(minutes=1)
        called = await hall.call()
        hall.clock.forward(seconds=20)
        await hall.do(m.RecallTicket(window="w01"))
        recent = shown(hall)["recent"]
        assert len(recent) == 20
        assert (recent[0]["type"], recent[0]["number"], recent[0]["window"]) == (
            "ticket.recalled",
            called.number,
            "w01",
        )
        assert recent[1]["type"] == "ticket.called"
        assert recent[0]["at"] > recent[1]["at"]


@pytest.mark.gen_test
async def test_satisfaction_counts_todays_ratings(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        assert shown(hall)["satisfaction"] == {"counts": [0, 0, 0, 0, 0], "rate": None}
        for level in (1, 1, 3, 5):
            await rate(hall, (await hall.serve(minutes=1)).id, level)
        assert shown(hall)["satisfaction"] == {"counts": [2, 0, 1, 0, 1], "rate": 0.75}


@pytest.mark.gen_test
async def test_people_whom_no_window_serves_raise_an_alarm_until_one_opens(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.issue()
        [alarm] = shown(hall)["alarms"]
        assert (alarm["code"], alarm["fields"]["id"], alarm["fields"]["waiting"]) == ("line.unserved", "business", 1)
        await hall.open()
        assert alarms(hall) == []
        await hall.do(m.PauseWindow(window="w01", anyway=True), actor=staff("s01", "w01"))
        assert alarms(hall) == ["line.unserved"]


@pytest.mark.gen_test
async def test_a_wait_over_the_halls_limit_raises_an_alarm(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        await hall.call()
        await hall.issue()
        hall.clock.forward(minutes=30)
        assert alarms(hall) == []
        hall.clock.forward(seconds=1)
        view = shown(hall)
        [alarm] = view["alarms"]
        assert (alarm["code"], alarm["fields"]["limit_s"]) == ("line.long_wait", 1800)
        assert moment(view["now"]) - moment(alarm["since"]) == timedelta(minutes=30, seconds=1)


@pytest.mark.gen_test
async def test_a_line_with_an_ageing_of_its_own_is_long_at_that(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        await hall.call()
        await hall.issue()
        for ageing_s, long_s in ((600, 600), (0, 1800)):
            ratio = {"ratio": {"favoured": 3, "oldest": 1}}  # without ageing, the hall needs one
            await hall.do(SaveRules(values=ratio, lines={"business": {"ageing_s": ageing_s}}, reason="test"))
            lines = shown(hall)["lines"]
            assert (of(lines, "business")["long_wait_s"], of(lines, "labour")["long_wait_s"]) == (long_s, 1800)
            if ageing_s:
                hall.clock.forward(minutes=11)
                [alarm] = shown(hall)["alarms"]
                assert (alarm["code"], alarm["fields"]["limit_s"]) == ("line.long_wait", 600)
        assert alarms(hall) == []


@pytest.mark.gen_test
async def test_numbers_given_without_the_outside_check_are_named_while_their_people_are_here(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        unchecked = [await hall.issue(flags=(Flag.UNCHECKED,)) for _ in range(7)]
        [alarm] = shown(hall)["alarms"]
        numbers = ", ".join(one.number for one in unchecked[:5])
        assert (alarm["code"], alarm["fields"]) == ("ticket.unchecked", {"tickets": 7, "numbers": f"{numbers}…"})
        for one in unchecked:
            await hall.do(m.CancelTicket(ticket=one.id))
        assert alarms(hall) == []


@pytest.mark.gen_test
async def test_an_open_window_that_calls_nobody_while_people_wait_raises_an_alarm(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        hall.clock.forward(minutes=20)
        waiting = await hall.issue()
        hall.clock.forward(minutes=5)
        assert alarms(hall) == []
        hall.clock.forward(seconds=1)
        [alarm] = shown(hall)["alarms"]
        assert (alarm["code"], alarm["fields"]["id"], alarm["fields"]["number"]) == (
            "window.idle",
            "w01",
            waiting.number,
        )
        await hall.do(m.CallNext(window="w01"))
        assert alarms(hall) == []


@pytest.mark.gen_test
async def test_a_bad_rating_is_shown_for_a_quarter_of_an_hour(tmp_path: Path) -> None:
    async with visits(tmp_path) as hall:
        await hall.open()
        good, bad = await hall.serve(), await hall.serve()
        await rate(hall, good.id, 3)
        await rate(hall, bad.id, 4)
        [alarm] = shown(hall)["alarms"]
        assert (alarm["code"], alarm["fields"]["number"], alarm["fields"]["id"]) == ("rating.bad", bad.number, "w01")
        hall.clock.forward(minutes=16)
        assert alarms(hall) == []


@pytest.mark.gen_test
async def test_devices_that_are_lost_or_faulty_raise_an_alarm_and_unknown_ones_do_not(tmp_path: Path) -> None:
    devices = tuple(
        {"id": id_, "kind": "pad", "place": "w01", "status": status, "since": None, "model": "x"}
        for id_, status in (("d2", "offline"), ("d1", "online"), ("d4", "unknown"), ("d3", "fault"))
    )
    async with visits(tmp_path) as hall:
        view = shown(hall, devices)
        assert [one["id"] for one in view["devices"]] == ["d1", "d2", "d3", "d4"]
        assert alarms(hall, devices) == ["device.offline", "device.fault"]


@pytest.mark.gen_test
async def test_a_kiosk_without_paper_is_named_with_its_place_and_only_once(tmp_path: Path) -> None:
    devices = tuple(
        {"id": id_, "kind": "kiosk", "place": "z1", "status": status, "since": None, "detail": {"paper": paper}}
        for id_, status, paper in (
            ("k1", "fault", "out"),
            ("k2", "online", "out"),
            ("k3", "online", "near_end"),
            ("k4", "offline", "out"),
            ("k5", "online", 7),
        )
    )
    async with visits(tmp_path) as hall:
        found = [(alarm["code"], alarm["fields"]["id"]) for alarm in shown(hall, devices)["alarms"]]
        assert found == [("kiosk.paper_out", "k1"), ("kiosk.paper_out", "k2"), ("device.offline", "k4")]
        place = shown(hall, devices)["alarms"][0]["fields"]
        zone = hall.server.directory.zones["z1"]
        assert (place["place"], place["place_en"]) == (zone.name, zone.name_en)


@pytest.mark.gen_test
async def test_a_kiosk_without_paper_says_since_when_and_has_its_name(tmp_path: Path) -> None:
    device = {
        "id": "k1",
        "kind": "kiosk",
        "name": "大门左侧",
        "place": "w01",
        "status": "online",
        "detail": {"paper": "out"},
    }
    async with visits(tmp_path) as hall:
        everything = HallPictures(hall.room.pictures, hall.ratings, lambda: [device], tuple, {"k1": MORNING}.get)
        [alarm] = everything.hall().alarms
        assert (alarm.since, alarm.fields["name"]) == (MORNING, "大门左侧")
        [standing] = everything.devices()
        window = hall.server.directory.windows["w01"]
        assert standing.place_name == f"1 · {window.name}"
        assert standing.paper_since == MORNING


@pytest.mark.gen_test
async def test_what_kiosks_hand_in_after_a_lost_link_is_among_the_alarms(tmp_path: Path) -> None:
    told = OfflineAlarm("kiosk.handed_in", MORNING, {"kiosk": "k1", "tickets": 3})
    async with visits(tmp_path) as hall:
        everything = HallPictures(hall.room.pictures, hall.ratings, tuple, lambda: [told])
        [alarm] = everything.hall().alarms
        assert (alarm.code, alarm.fields) == (told.code, told.fields)


CODES = (
    *("line.unserved", "line.long_wait", "window.idle", "rating.bad", "ticket.unchecked", "person_check.down"),
    *("device.offline", "device.fault", "kiosk.paper_out", "kiosk.handed_in", "kiosk.refused"),
    *("voice.failed", "voice.unavailable", "voice.bad_wave", "voice.too_slow"),
    *("review.contact_overdue", "review.fix_overdue", "staff.missing"),
)


@pytest.mark.gen_test
@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_every_alarm_says_what_is_wrong_and_what_to_do_about_it(tmp_path: Path, language: str) -> None:
    async with visits(tmp_path) as hall:
        texts = hall.server.locales.all(language)
        told = {key.removeprefix("manager.alarm.") for key in texts if key.startswith("manager.alarm.")}
        assert told >= set(CODES)
        assert {key.removeprefix("manager.alarm_do.") for key in texts if key.startswith("manager.alarm_do.")} == told


@pytest.mark.gen_test
async def test_time_alone_makes_the_picture_anew_only_when_it_has_changed(tmp_path: Path) -> None:
    refreshed: list[str] = []
    async with visits(tmp_path) as hall:
        watch = HallClock(pictures(hall), refreshed.append)
        await hall.open()
        await hall.issue()
        watch.look()
        before = len(refreshed)
        hall.clock.forward(minutes=4)
        watch.look()
        assert len(refreshed) == before
        hall.clock.forward(minutes=2)
        watch.look()
        watch.look()
        assert refreshed[before:] == ["hall"]


@pytest.mark.gen_test
async def test_managers_watch_the_hall_live_and_others_do_not(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        for role, code in ((None, 401), (Role.STAFF, 403), (Role.MANAGER, 200)):
            if role:
                await hall.sign_in(role)
            assert (await hall.ask("GET", "/api/v1/manager")).code == code
            assert (await hall.ask("GET", "/api/v1/statistics/today")).code == code
        assert (await hall.ask("GET", "/manager")).code == 200
        origin = {"Origin": f"http://127.0.0.1:{hall.port}", "Cookie": hall.session["Cookie"]}
        url = f"ws://127.0.0.1:{hall.port}/api/v1/live?topics=hall"
        socket = await websocket_connect(HTTPRequest(url, headers=origin))
        first = msgspec.json.decode(await socket.read_message() or "")
        assert (first["topic"], first["snapshot"]["totals"]["issued"]) == ("hall", 0)
        await hall.issue()
        then = msgspec.json.decode(await socket.read_message() or "")
        assert then["event"]["view"]["totals"]["issued"] == 1
        socket.close()


@pytest.mark.gen_test
async def test_todays_figures_count_waits_and_services_by_line_and_window(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.open()
        await hall.issue()
        hall.clock.forward(minutes=10)
        await hall.do(m.CallNext(window="w01"))
        await hall.do(m.StartService(window="w01"))
        hall.clock.forward(minutes=4)
        await hall.do(m.FinishService(window="w01"))
        await hall.serve(minutes=6)
        await hall.issue()
        await hall.sign_in(Role.MANAGER)
        found = (await hall.ask("GET", "/api/v1/statistics/today")).body
        line, window = of(found["lines"], "business")["figures"], of(found["windows"], "w01")["figures"]
        assert (line["issued"], line["done"], line["mean_wait_s"], line["mean_service_s"]) == (3, 2, 300.0, 300.0)
        assert (window["issued"], window["done"], window["mean_service_s"]) == (2, 2, 300.0)
        assert of(found["lines"], "labour")["figures"]["mean_wait_s"] is None
        assert found["business_day"] == (MORNING + timedelta(hours=8)).date().isoformat()
