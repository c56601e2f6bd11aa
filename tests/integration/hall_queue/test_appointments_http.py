"""Appointments over HTTP, the live feed and MQTT: what visitors, kiosks and managers see and send."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tornado.websocket import websocket_connect

from devices.messages import RegisterDevice
from devices.model import DeviceKind
from hall_queue.appointments.messages import SavePlan
from hall_queue.appointments.model import LinePlan, Plan, WeekRow
from hall_queue.rule_events import SaveRules
from hall_server.identity import Actor, Role
from hall_server.mqtt.simulated import RequestRefused
from tests.fakes.device_hall import device_hall
from tests.fakes.hall import HandClock, manager, running
from tests.fakes.visits import Visits, listening

LINE = "business"
DAY = "2026-11-23"
PHONE, OTHER_PHONE = "13800138000", "13900139000"
ID_NUMBER = "11010519491231002X"  # the example of GB 11643-1999
BOOKINGS = "/api/v1/appointments"
WANTED = {"line": LINE, "day": DAY, "begin": "10:00"}
ROW = {"weekdays": [1, 2, 3, 4, 5], "begin": "09:00", "end": "10:00", "minutes": 30, "quota": 2}


def admin() -> Actor:
    return Actor(kind=Role.STAFF, id="a01", roles=frozenset({Role.ADMIN}))


async def book(hall: Visits, begin: str = "10:00", *, phone: str | None = PHONE, **more: Any) -> Any:
    person = {"phone": phone, **more.pop("person", {})} if phone else more.pop("person")
    answer = await hall.ask("POST", BOOKINGS, {**WANTED, "begin": begin, "person": person, **more})
    assert answer.code == 201, answer.body
    return answer.body


@pytest.mark.gen_test
async def test_a_visitor_books_looks_and_gives_up(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        places = (await hall.ask("GET", f"{BOOKINGS}/slots?line={LINE}")).body
        assert (places["offered"], places["today"], places["last_day"]) == (True, DAY, "2026-11-30")
        free = {slot["begin"]: slot["free"] for slot in places["days"][0]["slots"]}
        assert (free["09:00"], free["10:00"]) == (0, 4), "what has begun is not given"
        made = await book(hall, person={"id_number": ID_NUMBER})
        shown = (await hall.ask("GET", f"{BOOKINGS}/{made['token']}")).body
        assert (shown["state"], shown["due"], shown["code"]) == ("booked", "2026-11-23T10:00:00+08:00", made["code"])
        code = await hall.ask("GET", f"{BOOKINGS}/{made['token']}/qr.svg")
        assert (code.code, code.body[:4]) == (200, b"<svg")
        gone = await hall.ask("DELETE", f"{BOOKINGS}/{made['token']}")
        again = await hall.ask("DELETE", f"{BOOKINGS}/{made['token']}")
        assert (gone.code, again.code, again.error) == (204, 409, "appointment.is_cancelled")
        unknown = await hall.ask("GET", f"{BOOKINGS}/{'x' * 22}")
        assert (unknown.code, unknown.error) == (404, "appointment.unknown")


@pytest.mark.gen_test
async def test_the_same_press_twice_is_one_appointment(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        body = {**WANTED, "person": {"phone": PHONE}}
        first = await hall.ask("POST", BOOKINGS, body, Idempotency_Key="press-0001")
        second = await hall.ask("POST", BOOKINGS, body, Idempotency_Key="press-0001")
        assert (first.code, second.body) == (201, first.body)


@pytest.mark.gen_test
async def test_bad_input_is_refused_by_field_and_nobody_is_remembered(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        good = {**WANTED, "person": {"phone": PHONE}}
        cases: list[tuple[dict[str, Any], int, str, str]] = [
            ({**good, "person": {}}, 400, "appointment.person_missing", "person.phone"),
            ({**good, "person": {"phone": "12"}}, 400, "person.phone", "person.phone"),
            ({**good, "person": {"id_number": "1" * 18}}, 400, "person.id_number", "person.id_number"),
            ({**good, "line": None}, 400, "appointment.nothing_wanted", "line"),
            ({**good, "line": "no-such"}, 404, "line.unknown", "line"),
            ({**good, "begin": "10:05"}, 409, "appointment.no_slot", "begin"),
            ({**good, "begin": "10:00:00"}, 400, "body.invalid", "begin"),
            ({**good, "day": "2026-02-30"}, 400, "body.invalid", "day"),
            ({**good, "day": "2027-01-04"}, 409, "appointment.too_far", "last"),
            ({**good, "day": "2020-01-06"}, 409, "appointment.begun", "begin"),
            ({**good, "quota": 9}, 400, "body.invalid", "quota"),
        ]
        for body, status, error, field in cases:
            answer = await hall.ask("POST", BOOKINGS, body)
            assert (answer.code, answer.error, body) == (status, error, body)
            assert field in answer.body["error"]["fields"], answer.body
            assert answer.body["error"]["message"] != f"error.{error}"
        [(count,)] = await hall.server.database.fetch("SELECT count(*) FROM vault")
        assert count == 0


@pytest.mark.gen_test
async def test_no_number_of_a_person_stands_in_the_journal(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await book(hall, person={"id_number": ID_NUMBER})
        await hall.sign_in(Role.MANAGER)
        await hall.ask("POST", "/api/v1/restrictions", {"phone": OTHER_PHONE, "until": DAY, "reason": "x"})
    text = (tmp_path / "hall.db").read_bytes() + (tmp_path / "views.db").read_bytes()
    assert all(number.encode() not in text for number in (PHONE, OTHER_PHONE, ID_NUMBER))
    with sqlite3.connect(tmp_path / "hall.db") as database:
        assert database.execute("SELECT count(*) FROM journal WHERE type='appointment.booked'").fetchone() == (1,)


@pytest.mark.gen_test
async def test_check_in_by_code_phone_or_id_number_and_by_six_digits_where_several_fit(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        at = f"{BOOKINGS}/check-in"
        by_code = await book(hall, "09:30", phone="13700137000")
        by_id = await book(hall, "09:30", person={"id_number": ID_NUMBER})
        child = await book(hall, "09:30", person={"id_number": "110105198001011019"})
        early = await hall.ask("POST", at, {"qr": f"http://hall/b/{(await book(hall, phone='13600136000'))['token']}"})
        assert (early.code, early.error) == (409, "appointment.too_early")
        for said in (f"https://hall.example/b/{by_code['token']}", by_code["token"]):
            answer = await hall.ask("POST", at, {"qr": said})
            assert answer.code == (201 if said.startswith("http") else 409), answer.body
        assert answer.body["error"]["fields"]["number"] == "A001"
        several = await hall.ask("POST", at, {"phone": PHONE})
        assert (several.code, several.error) == (409, "appointment.several")
        wrong = await hall.ask("POST", at, {"phone": PHONE, "code": "000000"})
        assert (wrong.code, wrong.error) == (404, "appointment.code_unknown")
        mine = await hall.ask("POST", at, {"phone": PHONE, "code": child["code"]})
        assert (mine.body["appointment"], mine.body["late"]) == (child["id"], False)
        last = await hall.ask("POST", at, {"id_number": ID_NUMBER})
        assert (last.body["appointment"], last.body["ticket"]["number"]) == (by_id["id"], "A003")
        stranger = await hall.ask("POST", at, {"phone": "13500135000"})
        assert (stranger.code, stranger.error) == (404, "appointment.unknown")
        nothing = await hall.ask("POST", at, {})
        assert (nothing.code, nothing.error) == (400, "appointment.nothing_said")


@pytest.mark.gen_test
async def test_the_booking_page_sees_places_go_and_the_visitors_page_its_own_state(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        made = await book(hall, "09:30")
        topics = f"slots/{LINE},appointment/{made['token']}"
        feed = await websocket_connect(f"ws://127.0.0.1:{hall.port}/api/v1/live?topics={topics}")

        async def until(topic: str, holds: Any) -> dict[str, Any]:
            while True:
                frame = msgspec.json.decode(await feed.read_message() or b"null")
                view = frame.get("snapshot") or frame["event"]["view"]
                if frame["topic"] == topic and holds(view):
                    return dict(view)

        def free(view: dict[str, Any]) -> int:
            return next(int(slot["free"]) for slot in view["days"][0]["slots"] if slot["begin"] == "09:30")

        await until(f"slots/{LINE}", lambda view: free(view) == 3)
        await book(hall, "09:30", phone=OTHER_PHONE)
        await until(f"slots/{LINE}", lambda view: free(view) == 2)
        await hall.ask("POST", f"{BOOKINGS}/check-in", {"phone": PHONE})
        shown = await until(f"appointment/{made['token']}", lambda view: view["state"] == "claimed")
        assert shown["ticket"]["number"] == "A001"
        feed.close()
        while await feed.read_message() is not None:
            pass


@pytest.mark.gen_test
async def test_the_calendar_file_speaks_the_language_asked_for(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        made = await book(hall)
        address = f"{BOOKINGS}/{made['token']}/appointment.ics"
        english = (await hall.ask("GET", f"{address}?lang=en")).body.decode()
        chinese = (await hall.ask("GET", f"{address}?lang=zh-CN")).body.decode()
        assert "DTSTART:20261123T020000Z\r\n" in english
        assert "Business and Permits" in english.replace("\r\n ", "")
        assert "企业开办" in chinese.replace("\r\n ", "")
        assert all(len(line.encode()) <= 75 for line in chinese.split("\r\n"))


@pytest.mark.gen_test
async def test_a_manager_sees_masked_people_voids_and_gets_no_other_role_in(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        made = await book(hall, person={"id_number": ID_NUMBER})
        for path in (BOOKINGS, f"{BOOKINGS}/plans", "/api/v1/restrictions"):
            assert (await hall.ask("GET", path)).code == 401
        await hall.sign_in(Role.STAFF)
        assert (await hall.ask("GET", BOOKINGS)).code == 403
        await hall.sign_in(Role.MANAGER)
        day = (await hall.ask("GET", f"{BOOKINGS}?day={DAY}")).body
        assert day["who"] == {made["id"]: "110*************2X · 138******00"}
        assert day["day"]["counts"]["booked"] == 1
        voided = await hall.ask("POST", f"{BOOKINGS}/{made['id']}/void", {"reason": "设备检修"})
        assert voided.code == 204
        assert (await hall.ask("GET", f"{BOOKINGS}/{made['token']}")).body["reason"] == "设备检修"
        assert (await hall.ask("POST", f"{BOOKINGS}/{made['id']}/void", {"reason": ""})).error == "body.invalid"
        assert (await hall.ask("GET", f"{BOOKINGS}?day=soon")).error == "query.date"


@pytest.mark.gen_test
async def test_a_managers_plan_is_tried_saved_and_refused_at_its_field(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        made = await book(hall, "15:00")
        await hall.sign_in(Role.MANAGER)
        at = f"{BOOKINGS}/plans/{LINE}"
        before = (await hall.ask("GET", at)).body
        plan = {"plans": [{"rows": [ROW]}], "days": [], "revision": before["plan"]["revision"]}
        tried = await hall.ask("POST", f"{at}/try", {"plan": plan})
        assert [one["id"] for one in tried.body["stranded"]] == [made["id"]]
        assert (await hall.ask("GET", at)).body["plan"] == before["plan"], "nothing is saved by trying"
        bad = {**plan, "plans": [{"rows": [ROW, {**ROW, "begin": "09:30"}]}]}
        refused = await hall.ask("PUT", at, {"plan": bad, "reason": "x"})
        assert (refused.code, refused.error) == (400, "slots.overlap")
        assert "plans[0].rows[1].begin" in refused.body["error"]["fields"]
        saved = await hall.ask("PUT", at, {"plan": plan, "reason": "下午盘点"})
        assert (saved.code, saved.body["revision"]) == (200, before["plan"]["revision"] + 1)
        stale = await hall.ask("PUT", at, {"plan": plan, "reason": "again"})
        assert (stale.code, stale.error) == (409, "slots.changed_meanwhile")
        assert (await hall.ask("PUT", at, {"plan": plan})).error == "body.invalid", "a reason is needed"


@pytest.mark.gen_test
async def test_a_manager_restricts_by_number_or_ticket_and_lifts(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        at, why = "/api/v1/restrictions", {"until": DAY, "reason": "倒卖号源"}
        made = await hall.ask("POST", at, {"id_number": ID_NUMBER, **why})
        [shown] = (await hall.ask("GET", at)).body["items"]
        assert (made.code, shown["who"], shown["reason"]) == (201, "110*************2X", "倒卖号源")
        barred = {**WANTED, "person": {"id_number": ID_NUMBER}}
        refused = await hall.ask("POST", BOOKINGS, barred)
        assert (refused.error, refused.body["error"]["fields"]) == ("person.restricted", {"until": DAY})  # never why
        taken = await hall.ask("POST", "/api/v1/tickets", {"line": LINE, "person": {"id_number": ID_NUMBER}})
        assert (taken.code, taken.error) == (409, "person.restricted")
        lifted = await hall.ask("POST", f"{at}/{made.body['id']}/lift", {"reason": "查无此事"})
        assert (lifted.code, (await hall.ask("POST", BOOKINGS, barred)).code) == (204, 201)
        ticket = (await hall.ask("POST", "/api/v1/tickets", {"line": LINE, "person": {"phone": OTHER_PHONE}})).body
        by_ticket = await hall.ask("POST", at, {"ticket": ticket["number"].lower(), **why})
        assert (by_ticket.code, (await hall.ask("GET", at)).body["items"][0]["who"]) == (201, "139******00")
        nobody = (await hall.ask("POST", "/api/v1/tickets", {"line": LINE})).body
        for body, error in (
            ({"ticket": nobody["number"]}, "restriction.ticket_of_nobody"),
            ({"ticket": "Z999"}, "ticket.unknown"),
            ({}, "restriction.nobody"),
            ({"id_number": ID_NUMBER, "until": "2026-11-22"}, "restriction.over"),
        ):
            assert (await hall.ask("POST", at, {**why, **body})).error == error


@pytest.mark.gen_test
async def test_a_line_that_needs_id_numbers_takes_no_phone_alone(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        await hall.do(SaveRules(line=LINE, values={"id_required": True}, reason="bound to the person"))
        assert (await hall.ask("GET", f"{BOOKINGS}/slots?line={LINE}")).body["id_required"] is True
        refused = await hall.ask("POST", BOOKINGS, {**WANTED, "person": {"phone": PHONE}})
        assert (refused.code, refused.error) == (400, "appointment.id_required")
        assert "person.id_number" in refused.body["error"]["fields"]
        await book(hall, person={"id_number": ID_NUMBER})


@pytest.mark.gen_test
async def test_a_hall_without_open_ticketing_books_for_everybody_and_checks_in_at_kiosks_only(tmp_path: Path) -> None:
    clock = HandClock()
    async with running(tmp_path, clock=clock, demo=False, open_ticketing=False) as (server, port):
        hall = Visits(server, clock, port)
        row = msgspec.convert(ROW, WeekRow)
        await hall.do(SavePlan(line=LINE, plan=LinePlan(plans=(Plan(rows=(row,)),)), reason="x"))
        await book(hall, "09:30")
        outside = await hall.ask("POST", f"{BOOKINGS}/check-in", {"phone": PHONE})
        assert (outside.code, outside.error) == (401, "session.missing")
        await hall.do(RegisterDevice(id="kiosk-1", kind=DeviceKind.KIOSK, name="取号机", zone="z1"), admin())
        kiosk = await hall.ask("POST", f"{BOOKINGS}/check-in", {"phone": PHONE}, Authorization=hall.basic("kiosk-1"))
        assert (kiosk.code, kiosk.body["ticket"]["number"]) == (201, "A001")
        again = await hall.ask("POST", f"{BOOKINGS}/check-in", {"phone": PHONE}, Authorization=hall.basic("kiosk-1"))
        assert (again.error, len(again.body["error"]["fields"]["token"])) == ("appointment.is_claimed", 22)


@pytest.mark.gen_test
async def test_over_mqtt_a_kiosk_is_answered_by_the_rules_and_a_board_may_not_ask(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        kiosk, board = await hall.device("kiosk", "z1"), await hall.device("board", "z1")
        far = (hall.server.rooms["appointments"].keeping.last_day()).isoformat()
        plan = {"plans": [{"rows": [{**ROW, "weekdays": [1, 2, 3, 4, 5, 6, 7]}]}], "revision": 1}
        saved = msgspec.convert(plan, LinePlan)
        await hall.do(SavePlan(line=LINE, plan=saved, reason="every day"), manager())
        made = await hall.ask("POST", BOOKINGS, {**WANTED, "day": far, "begin": "09:30", "person": {"phone": PHONE}})
        assert made.code == 201, made.body
        for args, code in (
            ({"phone": PHONE}, "appointment.other_day"),
            ({"qr": made.body["token"]}, "appointment.other_day"),
            ({"phone": OTHER_PHONE}, "appointment.unknown"),
            ({"window": "w01"}, "body.invalid"),
        ):
            with pytest.raises(RequestRefused, match=code):
                await kiosk.request("appointment.check_in", args)
        with pytest.raises(RequestRefused, match=r"device\.may_not"):
            await board.request("appointment.check_in", {"phone": PHONE})
