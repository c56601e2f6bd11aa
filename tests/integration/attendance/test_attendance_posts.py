"""What is kept of people: groups, cards and codes at a console, the year's leave; and the month as payroll reads it."""

import csv
import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from attendance import messages as a
from attendance import post_messages as p
from attendance.payroll import COLUMNS, Paid, payroll
from attendance.records import Break, LeaveKind, Shift
from hall_server.errors import DomainError
from hall_server.identity import Actor, Role
from tests.fakes.attendance_hall import AttendanceHall, attendance_hall
from tests.fakes.hall import HandClock, manager, staff

MONDAY = date(2026, 11, 23)
LONG = Shift(id="long", name="白班", begin="09:00", end="17:00", breaks=(), grace_min=0)
BASE = "/api/v1/attendance"


def at(clock: str, day: int = 23) -> datetime:
    return datetime.fromisoformat(f"2026-11-{day:02}T{clock}:00+08:00")


async def refused(hall: AttendanceHall, command: Any, actor: Actor | None = None) -> tuple[str, dict[str, object]]:
    with pytest.raises(DomainError) as caught:
        await hall.do(command, actor=actor)
    return caught.value.code, caught.value.fields


async def granted(hall: AttendanceHall, kind: LeaveKind, begin: datetime, end: datetime, who: str = "s01") -> None:
    ask = a.AskLeave(staff=who, leave=kind, begin=begin, end=end, reason="家中有事")
    asked = await hall.do(ask, actor=staff(who))
    await hall.do(a.Decide(request=asked["id"], approved=True))


@pytest.mark.gen_test
async def test_a_card_shown_at_anybodys_console_punches_for_its_owner(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        await hall.do(p.SetCard(staff="s02", card="0008812345"))
        done = await hall.do(a.SignIn(card="0008812345"), actor=staff("s01"))
        assert done["staff"] == "s02"
        await hall.do(a.SignIn(), actor=staff("s01"))
        assert await hall.rows("staff, source") == [("s01", "console"), ("s02", "console")]
        assert await refused(hall, p.SetCard(staff="s03", card="0008812345")) == (
            "attendance.card_taken",
            {"card": "taken"},
        )
        await hall.do(p.SetCard(staff="s02", card=None))
        assert (await refused(hall, a.SignIn(card="0008812345"), staff("s01")))[0] == "attendance.no_such_card"


@pytest.mark.gen_test
async def test_codes_cannot_be_guessed_at_a_console(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        await hall.do(p.SetCard(staff="s02", card="4711"))
        for code in ("1111", "2222", "3333", "4444", "5555"):
            assert await refused(hall, a.SignIn(card=code), staff("s01")) == (
                "attendance.no_such_card",
                {"card": "unknown"},
            )
        assert (await refused(hall, a.SignIn(card="4711"), staff("s01")))[0] == "attendance.too_many_cards"
        hall.clock.forward(minutes=11)
        assert (await hall.do(a.SignIn(card="4711"), actor=staff("s01")))["staff"] == "s02"


@pytest.mark.gen_test
async def test_a_card_stands_in_no_file_and_works_after_a_restart(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        await hall.do(p.SetCard(staff="s02", card="SECRETCARD9"))
        await hall.sign_in(Role.MANAGER)
        for _ in range(2):  # sent again: the answer was lost
            answer = await hall.ask(
                "POST", f"{BASE}/sign-in", {"card": "SECRETCARD9"}, Idempotency_Key="punch-with-card-1"
            )
            assert (answer.code, answer.body["staff"]) == (201, "s02")
        put = await hall.ask("PUT", f"{BASE}/cards/s03", {"card": "SECRETCARD9B"}, Idempotency_Key="card-of-s03-1")
        assert put.code == 204
        assert await hall.rows("staff, source") == [("s02", "console")]
        clock = hall.clock
    assert _holding(tmp_path, b"SECRETCARD9") == []
    clock.forward(days=2)
    async with attendance_hall(tmp_path, clock) as hall:
        assert (await hall.do(a.SignIn(card="secretcard9"), actor=staff("s01")))["staff"] == "s02"


@pytest.mark.gen_test
async def test_the_years_leave_is_counted_in_days_of_shifts_and_what_is_left_is_shown_to_who_decides(
    tmp_path: Path,
) -> None:
    async with attendance_hall(tmp_path, HandClock(at("08:00"))) as hall:
        await hall.works(shift=LONG)
        await hall.do(p.SetAllowance(staff="s01", year=2026, leave=LeaveKind.ANNUAL, days=5.5))
        await granted(hall, LeaveKind.ANNUAL, at("09:00", 24), at("17:00", 25))  # two days
        await granted(hall, LeaveKind.ANNUAL, at("13:00", 26), at("17:00", 26))  # half a day
        await granted(hall, LeaveKind.ANNUAL, at("00:00", 28), at("23:59", 29))  # a weekend is nobody's leave
        await granted(hall, LeaveKind.SICK, at("09:00", 27), at("11:00", 27))
        ask = a.AskLeave(staff="s01", leave=LeaveKind.ANNUAL, begin=at("09:00", 30), end=at("17:00", 30), reason="探亲")
        await hall.do(ask, actor=staff("s01"))
        await hall.sign_in(Role.MANAGER)
        month = (await hall.ask("GET", f"{BASE}/people/s01?month=2026-11")).body
        assert month["leave"] == [
            {"kind": "annual", "hours": 20.0, "days": 2.5, "allowed": 5.5, "left": 3.0},
            {"kind": "sick", "hours": 2.0, "days": 0.25, "allowed": None, "left": None},
        ]
        [waiting] = (await hall.ask("GET", f"{BASE}/board")).body["requests"]
        assert waiting["year"]["left"] == 3.0
        await hall.do(p.SetAllowance(staff="s01", year=2026, leave=LeaveKind.ANNUAL, days=None))
        assert (await hall.ask("GET", f"{BASE}/people/s01")).body["leave"][0]["left"] is None


@pytest.mark.gen_test
async def test_nobody_gives_themselves_leave_and_staff_change_nothing(tmp_path: Path) -> None:
    boss = Actor(kind=Role.STAFF, id="s01", roles=frozenset({Role.STAFF, Role.MANAGER}))
    async with attendance_hall(tmp_path) as hall:
        own = p.SetAllowance(staff="s01", year=2026, leave=LeaveKind.ANNUAL, days=30)
        assert (await refused(hall, own, boss))[0] == "attendance.own_request"
        for command in (own, p.SetGroup(staff="s01", group="企业组"), p.SetCard(staff="s01", card="4711")):
            assert (await refused(hall, command, staff("s02")))[0] == "role.missing"
        assert await refused(hall, p.SetGroup(staff="s01", group="<b>")) == ("attendance.bad_text", {"group": "markup"})
        assert (await refused(hall, p.SetGroup(staff="zz", group="x")))[0] == "attendance.no_such_person"


@pytest.mark.gen_test
async def test_the_editors_list_tells_everything_that_was_set(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        await hall.works()
        await hall.sign_in(Role.MANAGER)
        place = next(iter(hall.server.directory.departments))
        for name, body in (
            ("groups", {"group": "企业组"}),
            ("cards", {"card": "4711"}),
            ("allowances", {"year": 2026, "leave": "annual", "days": 5}),
            ("departments", {"department": place}),
        ):
            assert (await hall.ask("PUT", f"{BASE}/{name}/s01", body)).code == 204
        posts = (await hall.ask("GET", f"{BASE}/posts")).body
        one = next(found for found in posts["people"] if found["staff"] == "s01")
        assert (one["group"], one["has_card"], one["department"], one["pin"]) == ("企业组", True, place, "1001")
        assert (one["rotas"][0]["week"][0], one["leave"][0]["left"]) == (["day"], 5.0)
        assert (await hall.ask("PUT", f"{BASE}/cards/s01", {"card": "1"})).error == "body.invalid"
        half = {"year": 2026, "leave": "annual", "days": 5.3}
        assert (await hall.ask("PUT", f"{BASE}/allowances/s01", half)).error == "body.invalid"
        board = (await hall.ask("GET", f"{BASE}/board")).body
        assert next(found for found in board["items"] if found["staff"] == "s01")["group"] == "企业组"


@pytest.mark.gen_test
async def test_payroll_has_a_row_for_everybody_and_counts_what_is_over(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path, HandClock(at("20:00", 24))) as hall:
        await hall.works(shift=LONG)
        await hall.push(
            "1001\t2026-11-23 09:25:00\t0\t1\n1001\t2026-11-23 17:40:00\t1\t1\n"
            "1001\t2026-11-22 10:00:00\t0\t1\n1001\t2026-11-22 12:00:00\t1\t1\n"
        )
        await granted(hall, LeaveKind.SICK, at("09:00", 24), at("17:00", 24))
        await hall.do(p.SetGroup(staff="s01", group="企业组"))
        await hall.sign_in(Role.MANAGER)
        answer = await hall.ask("GET", f"{BASE}/payroll.csv?month=2026-11")
        assert answer.body.startswith(b"\xef\xbb\xbf")
        rows = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))
        assert len(rows) == sum(one.active for one in hall.server.directory.staff.values())
        mine = next(row for row in rows if row["number"] == "1001")
        wanted = {
            **{"group": "企业组", "month": "2026-11", "work_days": "17", "worked_days": "1", "worked_min": "455"},
            **{"late_n": "1", "late_min": "25", "overtime_workday_min": "40", "overtime_rest_min": "120"},
            **{"no_punch_n": "15", "absent_n": "0", "leave_sick_days": "1", "leave_annual_days": "0"},
        }
        assert {name: mine[name] for name in wanted} == wanted
        await hall.sign_in(Role.STAFF)
        assert (await hall.ask("GET", f"{BASE}/payroll.csv")).error == "role.missing"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")', '王,"小\n明'])
def test_no_name_in_the_file_for_payroll_is_taken_for_a_formula(name: str) -> None:
    one = Paid(number="1001", name=name, department=name, group="", days={}, leave={})
    made = payroll([one], "2026-11", is_workday=lambda _: True).decode("utf-8-sig")
    [head, row] = list(csv.reader(io.StringIO(made, newline="")))
    assert tuple(head) == COLUMNS
    assert row[1].removeprefix("'") == name
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


@pytest.mark.gen_test
async def test_an_objection_is_answered_by_another_one_and_its_author_reads_the_answer(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path, HandClock(at("20:00"))) as hall:
        await hall.works()
        await hall.push("1001\t2026-11-23 09:25:00\t0\t1\n1001\t2026-11-23 17:02:00\t1\t1\n")
        asked = await hall.do(a.Object(day=MONDAY, reason="r1"), actor=staff("s01"))
        boss = Actor(kind=Role.STAFF, id="s01", roles=frozenset({Role.STAFF, Role.MANAGER}))
        own = a.Decide(request=asked["id"], approved=True, answer="r2")
        assert (await refused(hall, own, boss))[0] == "attendance.own_request"
        fixed = await hall.do(a.AskCorrection(staff="s01", at=at("08:50"), reason="r3"), actor=manager())
        other = Actor(kind=Role.STAFF, id="m02", roles=frozenset({Role.MANAGER}))
        await hall.do(a.Decide(request=fixed["id"], approved=True), actor=other)
        await hall.sign_in(Role.MANAGER)
        path = f"{BASE}/requests/{asked['id']}/decide"
        marked = await hall.ask("POST", path, {"approved": True, "answer": "<b>"})
        assert (marked.error, marked.body["error"]["fields"]["answer"]) == ("attendance.bad_text", "markup")
        assert (await hall.ask("POST", path, {"approved": False})).error == "attendance.answer_missing"
        assert (await hall.ask("POST", path, {"approved": True, "answer": "已核对监控"})).code == 200
        month = (await hall.ask("GET", f"{BASE}/people/s01?month=2026-11")).body
        found = next(one["request"] for one in month["requests"] if one["request"]["kind"] == "objection")
        assert (found["state"], found["answer"]) == ("approved", "已核对监控")
        assert month["days"][22]["states"] == ["normal"]  # by the correction: an objection alone changes no day


@pytest.mark.gen_test
async def test_what_people_write_lies_in_the_vault_and_in_no_event_and_what_was_refused_nowhere(
    tmp_path: Path,
) -> None:
    async with attendance_hall(tmp_path, HandClock(at("20:00"))) as hall:
        await hall.works()
        await hall.sign_in(Role.MANAGER)
        ask = {"staff": "s01", "at": "2026-11-23T08:50:00+08:00", "reason": "REASONWORDS"}
        made = await hall.ask("POST", f"{BASE}/requests/correction", ask)
        assert (made.code, made.body["reason"]) == (201, "REASONWORDS")
        ahead = {**ask, "at": "2026-12-23T08:50:00+08:00", "reason": "REFUSEDWORDS"}
        assert (await hall.ask("POST", f"{BASE}/requests/correction", ahead)).error == "attendance.in_future"
        assert (await hall.ask("POST", f"{BASE}/requests/correction", {**ask, "reason": "<i>"})).error == (
            "attendance.bad_text"
        )
        say = {"staff": "s01", "day": "2026-11-23", "word": "absent", "reason": "DECISIONWORDS"}
        assert (await hall.ask("POST", f"{BASE}/days", say)).code == 204
        [shown] = (await hall.ask("GET", f"{BASE}/board")).body["requests"]
        assert shown["request"]["reason"] == "REASONWORDS"
        kept = await hall.server.database.fetch("SELECT count(*) FROM vault WHERE kind = 'attendance words'")
        assert kept == [(2,)]
        journal = str(await hall.server.database.fetch("SELECT payload FROM journal"))
    assert "WORDS" not in journal
    assert _holding(tmp_path, b"REASONWORDS") == _holding(tmp_path, b"DECISIONWORDS") == []


def _holding(folder: Path, what: bytes) -> list[str]:
    """The files below a folder that hold some bytes."""
    return [path.name for path in folder.rglob("*") if path.is_file() and what in path.read_bytes()]


@pytest.mark.gen_test
async def test_templates_that_come_in_the_wrong_table_are_kept_nowhere(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        body = "FP PIN=1001\tFID=1\tSize=20\tTMP=TMPLATEBYTES\nUSER PIN=1\tName=NAMEBYTES\tPasswd=PASSBYTES\n"
        assert await hall.push(body) == (200, "OK: 2")
        assert {raw for (raw,) in await hall.rows("raw")} == {"FP PIN=…", "USER PIN=…"}
    assert [one for one in (b"TMPLATEBYTES", b"NAMEBYTES", b"PASSBYTES") if _holding(tmp_path, one)] == []


@pytest.mark.gen_test
async def test_a_month_says_where_each_punch_came_from_and_what_a_wrong_clock_said(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path, HandClock(at("09:00"))) as hall:
        await hall.push("1001\t2026-11-23 09:10:00\t0\t1\n")  # ten minutes fast
        await hall.sign_in(Role.MANAGER)
        [mark] = (await hall.ask("GET", f"{BASE}/people/s01?month=2026-11")).body["marks"]
        assert (mark["source"], mark["skew_s"]) == ("terminal", 600.0)
        assert (mark["at"], mark["said"]) == ("2026-11-23T01:00:00Z", "2026-11-23T01:10:00Z")


@pytest.mark.gen_test
async def test_names_reasons_and_cards_stand_in_no_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with attendance_hall(tmp_path) as hall:
        with caplog.at_level("INFO"):
            await hall.do(p.SetCard(staff="s02", card="SECRETCARD9"))
            await hall.sign_in(Role.MANAGER)
            for body in ({"card": "SECRETCARD9"}, {"card": "WRONGCARD77"}):
                await hall.ask("POST", f"{BASE}/sign-in", body)
            await hall.push("1001\t2026-11-23 08:58:10\t0\t1\nWORDSOFSOMEBODY\t2026-11-2\n")
            await hall.push("USER PIN=1001\tName=NAMEOFSOMEBODY\n", table="OPERLOG")
            ask = {"staff": "s01", "at": "2026-11-23T08:30:00+08:00", "reason": "REASONOFSOMEBODY"}
            await hall.ask("POST", f"{BASE}/requests/correction", ask)
    assert [word for word in ("SECRETCARD9", "WRONGCARD77", "OFSOMEBODY") if word in caplog.text] == []


@pytest.mark.gen_test
async def test_leave_over_a_break_and_in_a_night_shift_is_counted_in_work(tmp_path: Path) -> None:
    night = Shift(id="night", name="夜班", begin="22:00", end="06:00", breaks=(Break(begin="02:00", end="03:00"),))
    async with attendance_hall(tmp_path, HandClock(at("08:00"))) as hall:
        await hall.works(shift=night)
        await granted(hall, LeaveKind.SICK, at("01:00", 25), at("06:00", 25))  # of the night that began on the 24th
        await hall.sign_in(Role.MANAGER)
        [sick] = (await hall.ask("GET", f"{BASE}/people/s01")).body["leave"]
        assert (sick["hours"], sick["days"]) == (4.0, 0.57)  # four of seven hours


@pytest.mark.gen_test
async def test_work_on_a_working_day_without_a_shift_is_overtime_of_a_day_of_rest(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path, HandClock(at("20:00"))) as hall:
        await hall.push("1001\t2026-11-23 09:00:00\t0\t1\n1001\t2026-11-23 11:00:00\t1\t1\n")
        await hall.sign_in(Role.MANAGER)
        answer = await hall.ask("GET", f"{BASE}/payroll.csv?month=2026-11")
        rows = csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig")))
        mine = next(row for row in rows if row["number"] == "1001")
        assert (mine["overtime_workday_min"], mine["overtime_rest_min"]) == ("0", "120")
