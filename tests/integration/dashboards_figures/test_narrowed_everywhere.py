"""Ratings and attendance under filters: a plain recount of the journal, the API, CSV, XLSX and reports say the same."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import openpyxl
import pypdfium2
import pytest

from attendance import messages as a
from attendance.figures import FORMULAS as PRESENT
from attendance.records import DayWord
from dashboards.figures.formulas import FORMULAS
from dashboards.figures.shown import Unit, rounded, shown
from dashboards.reports.duty import UNITS
from dashboards.reports.words import RATING_UNITS, unit_of
from evaluation.figures.formulas import FORMULAS as RATED
from hall_server.identity import Role
from tests.fakes import plain_attendance, plain_ratings
from tests.fakes.attendance_hall import AttendanceHall
from tests.fakes.hall import HandClock, running
from tests.fakes.rated_days import days_of
from tests.fakes.reporting import Reporting
from tests.fakes.reviewed_hall import ReviewedHall

ROOMS = ("hall_queue", "devices", "displays", "evaluation", "attendance", "dashboards")
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
SINCE = date(2026, 11, 14)  # attendance is counted from here: a weekend, and a week
PINS = {"s01": "1001", "s02": "1002", "s03": "1003", "s04": "1004"}
UNIT_OF = [
    *(unit_of(one.id) for one in FORMULAS),
    *(RATING_UNITS[one.kind] for one in RATED),
    *(UNITS[one.kind] for one in PRESENT),
]


class LivedHall(AttendanceHall, ReviewedHall, Reporting):
    """Two days of visits and ratings, ten days of shifts and punches."""

    departments: dict[str, list[str]]
    matters: dict[str, tuple[str, str]]
    rows: list[tuple[Any, ...]]  # type: ignore[assignment]  # of the journal, not of the punches


@asynccontextmanager
async def lived(data: Path) -> AsyncIterator[LivedHall]:
    clock = HandClock()
    async with running(data, clock=clock, rooms=ROOMS) as (server, port):
        hall = LivedHall(server, clock, port)
        await hall.let_in()
        mine = next(one.department for one in server.directory.matters.values() if one.line == "business")
        known = [mine, *(one for one in server.directory.departments if one != mine)]
        for staff, pin in PINS.items():
            await hall.do(a.SetPin(staff=staff, pin=pin))
            await hall.works(staff)
        for staff, department in zip(PINS, (known[0], known[0], known[1]), strict=False):
            await hall.do(a.SetDepartment(staff=staff, department=department))
        await days_of(hall, Random(5))
        await punched(hall, Random(6))
        clock.forward(hours=30)
        await server.roll_day()
        await hall.sign_in(Role.MANAGER)
        await hall.server.settled()
        hall.rows = await server.database.fetch(plain_ratings.ROWS)
        hall.matters = {one.id: (one.department, one.line) for one in server.directory.matters.values()}
        yield hall


async def punched(hall: LivedHall, dice: Random) -> None:
    """Normal days, late ones, early ones, single punches, none, weekends; one absence."""
    lines = []
    for n in range((TUESDAY - SINCE).days):  # Tuesday is not over yet
        day = SINCE + timedelta(days=n)
        for pin in PINS.values():
            kind = dice.choice(("normal", "late", "early", "both", "single", "none", "long"))
            if day.weekday() > 4 and kind != "long":
                continue
            come = f"{day} {'09:25:00' if kind in {'late', 'both'} else '08:52:00'}"
            go = f"{day} {'16:10:00' if kind in {'early', 'both'} else '18:05:00' if kind == 'long' else '17:03:00'}"
            lines += [] if kind == "none" else [come] if kind == "single" else [come, go]
            lines[-2:] = [one if "\t" in one else f"{pin}\t{one}\t0\t1" for one in lines[-2:]]
    await hall.push("".join(f"{one}\n" for one in lines))
    await hall.projected()
    monday = SINCE + timedelta(days=2)
    found = plain_attendance.days_of(await hall.server.database.fetch(plain_ratings.ROWS), monday, TUESDAY)
    unseen = next(one for one in found if one["no_punch"])
    await hall.do(a.DecideDay(staff=unseen["staff"], day=unseen["day"], word=DayWord.ABSENT, reason="r"))


def questions(hall: LivedHall) -> list[str]:
    """Filters, as a query has them."""
    matter = next(one for one in hall.server.directory.matters.values() if one.line == "business")
    first = matter.department
    return [
        "",
        "line=business",
        f"matter={matter.id}",
        f"department={first}",
        f"department={first}&line=business",
        f"department={next(one for one in hall.server.directory.departments if one != first)}",
        "window=w01,w03",
        "staff=s02",
        "staff=s01,s03&weekday=1",
        "hour=10,11",
        "weekday=2",
        "channel=kiosk&priority=elderly",
        f"window=w01&hour=10&department={first}&weekday=1,6",
    ]


def narrowed(hall: LivedHall, query: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What plain Python counts: things of ratings, and days of people."""
    said = {name: set(values.split(",")) for name, values in parse_qsl(query)}
    days = {MONDAY.isoformat(), TUESDAY.isoformat()}
    things = [
        one
        for one in plain_ratings.recount(hall.rows, hall.matters)
        if one["day"] in days
        and all(
            one["taken" if name == "channel" else name] in values
            for name, values in said.items()
            if name != "department"
        )
        and ("department" not in said or hall.matters.get(one["matter"], ("",))[0] in said["department"])
    ]
    theirs = [
        one
        for one in plain_attendance.days_of(hall.rows, SINCE, TUESDAY)
        if all(one[name] in said[name] for name in ("staff", "department", "weekday") if name in said)
    ]
    return things, theirs


def parts(figures: list[dict[str, Any]]) -> dict[str, tuple[int, int | None]]:
    return {one["id"]: (one["numerator"], one["denominator"]) for one in figures}


async def got(hall: LivedHall, path: str) -> dict[str, Any]:
    answer = await hall.ask("GET", f"/api/v1/{path}")
    assert answer.code == 200, (path, answer.body)
    found: dict[str, Any] = answer.body
    return found


@pytest.mark.gen_test(timeout=300)
async def test_filters_narrow_ratings_and_attendance_as_plain_python_counts_them(tmp_path: Path) -> None:
    async with lived(tmp_path) as hall:
        now = hall.server.now()
        different = set[tuple[Any, ...]]()
        for query in questions(hall):
            things, theirs = narrowed(hall, query)
            rated = await got(hall, f"ratings/figures?from={MONDAY}&to={TUESDAY}&{query}")
            assert parts(rated["figures"]) == plain_ratings.figures(things, now, raw=False), query
            assert rated["only"] == dict(parse_qsl(query))
            found = await got(hall, f"statistics/duty?from={SINCE}&to={TUESDAY}&{query}&by=weekday")
            anybody = any(one["works"] or one["overtime"] for one in theirs)
            assert parts(found["figures"]) == (plain_attendance.figures(theirs) if anybody else {}), query
            for group in found["groups"]:
                mine = [one for one in theirs if one["weekday"] == group["key"]]
                assert parts(group["figures"]) == plain_attendance.figures(mine), (query, group["key"])
            asked = set(dict(parse_qsl(query)))
            assert set(found["only"]) == asked & {"staff", "department", "weekday"}
            assert set(found["unused"]) == asked - {"staff", "department", "weekday"}
            different.add(tuple(parts(rated["figures"]).values()))
        assert len(different) > 7, "filters that leave everything as it is prove nothing"
        for by in ("staff", "department", "day"):
            found = await got(hall, f"statistics/duty?from={SINCE}&to={TUESDAY}&by={by}")
            theirs = plain_attendance.days_of(hall.rows, SINCE, TUESDAY)
            for group in found["groups"]:
                mine = [one for one in theirs if str(one[by]) == group["key"]]
                assert parts(group["figures"]) == plain_attendance.figures(mine), (by, group["key"])
            assert len(found["groups"]) >= 3
        apart = await got(hall, f"statistics/duty?from={SINCE}&to={TUESDAY}&by=line")
        assert (apart["is_apart"], apart["groups"]) == (False, [])
        await refused(hall)


@pytest.mark.gen_test(timeout=300)
async def test_a_question_with_filters_is_the_same_as_csv_xlsx_and_report(tmp_path: Path) -> None:
    async with lived(tmp_path) as hall:
        for by, query in [
            ("staff", "weekday=1"),
            ("window", "hour=10,11"),
            ("channel", "line=business"),
            ("weekday", ""),
        ]:
            asked = f"from={MONDAY}&to={TUESDAY}&by={by}&compare=before&lang=zh-CN&{query}"
            hall_found = await got(hall, f"statistics?{asked}")
            duty = await got(hall, f"statistics/duty?{asked}")
            rows = []
            for which in ("found", "compared"):
                period = hall_found[which]
                named = "taken" if by == "channel" else by
                rated = await got(
                    hall, f"ratings/figures?from={period['first']}&to={period['last']}&by={named}&lang=zh-CN&{query}"
                )
                of = [period, rated, duty if which == "found" else duty["compared"]]
                keys = {one["key"] for part in of for one in part["groups"]}
                rows.append((period["first"], "", [part["figures"] for part in of]))
                apart = [{one["key"]: one["figures"] for one in part["groups"]} for part in of]
                rows += [(period["first"], key, [groups.get(key, []) for groups in apart]) for key in keys]
            expected = {(day, key): values(figures) for day, key, figures in rows}
            plain = csv_rows((await hall.ask("GET", f"/api/v1/statistics.csv?{asked}")).body)
            assert {(row[0], row[2]): row[5:] for row in plain[1:]} == {
                at: [plain_cell(value, unit) for value, unit in zip(found, UNIT_OF, strict=True)]
                for at, found in expected.items()
            }
            sheet = openpyxl.load_workbook(io.BytesIO((await hall.ask("GET", f"/api/v1/statistics.xlsx?{asked}")).body))
            cells = {
                (row[0], row[2] or ""): list(row[5:]) for row in sheet.active.iter_rows(min_row=2, values_only=True)
            }
            assert cells == {
                at: [cell(value, unit) for value, unit in zip(found, UNIT_OF, strict=True)]
                for at, found in expected.items()
            }
        await reported(hall)


async def reported(hall: LivedHall) -> None:
    """A department's report has its ratings and its people, on paper and in the spreadsheet."""
    department = hall.attendance.roster.departments["s01"]
    asked = {"kind": "weekly", "first": str(MONDAY), "department": department}
    pdf, xlsx = [await hall.file((await hall.made(**asked, format=one))["id"]) for one in ("pdf", "xlsx")]
    query = f"from={MONDAY}&to={MONDAY + timedelta(days=6)}&department={department}"
    rated = await got(hall, f"ratings/figures?{query}")
    duty = await got(hall, f"statistics/duty?{query}")
    paper, book = pdf_text(pdf), openpyxl.load_workbook(io.BytesIO(xlsx))
    words = hall.server.locales.all("zh-CN")
    ratings = {row[0]: row[1] for row in book["评价总览"].iter_rows(values_only=True)}
    assert "评价" not in book["考勤总览"]["A1"].value
    for one in rated["figures"]:
        if (name := words[f"figures.{one['id']}"]) in ratings:
            unit = Unit.COUNT if one["denominator"] is None else Unit.RATE
            assert ratings[name] == cell(one["value"], unit), one["id"]
            assert "".join(f"{name}{shown(one['value'], unit)}".split()) in paper, one["id"]
    present = {row[0]: row[1] for row in book["考勤总览"].iter_rows(values_only=True)}
    for one, unit in zip(duty["figures"], UNIT_OF[-len(PRESENT) :], strict=True):
        name = words[f"attendance.figure.{one['id']}"]
        assert present[name] == cell(one["value"], unit), one["id"]
        assert "".join(f"{name}{shown(one['value'], unit)}".split()) in paper, one["id"]
    assert {"s01", "s02"} == {row for row, of in hall.attendance.roster.departments.items() if of == department}
    window = await hall.file((await hall.made(kind="daily", first=str(MONDAY), window="w01", format="pdf"))["id"])
    assert "".join(words["report.duty.no_window"].split()) in pdf_text(window)


async def refused(hall: LivedHall) -> None:
    """What cannot be asked is said at its field."""
    for query, code, field in [
        ("colour=red", "statistics.filter_unknown", "colour"),
        ("window=w99", "statistics.value_unknown", "window"),
        ("weekday=8", "statistics.value_unknown", "weekday"),
        ("department=none", "statistics.value_unknown", "department"),
        ("from=2026-11-24&to=2026-11-23", "figures.backwards", "to"),
    ]:
        for path in ("ratings/figures", "ratings/figures.csv", "statistics/duty", "statistics.csv"):
            answer = await hall.ask("GET", f"/api/v1/{path}?{query}&lang=en")
            error = (
                msgspec.json.decode(answer.body)["error"] if isinstance(answer.body, bytes) else answer.body["error"]
            )
            assert (answer.code, error["code"], error["fields"]["field"]) == (400, code, field), path
            assert error["message"] != code


def values(figures: list[list[dict[str, Any]]]) -> list[float | None]:
    """The values in the order of the columns; None where a part knows no such group."""
    found: list[float | None] = []
    for part, table in zip(figures, (FORMULAS, RATED, PRESENT), strict=True):
        known = {one["id"]: one["value"] for one in part}
        found += [known.get(one.id) for one in table]
    return found


def cell(value: float | None, unit: Unit) -> object:
    number = rounded(value, unit)
    if number is None:
        return None
    if unit is Unit.SPAN:
        return timedelta(seconds=int(number))
    return float(number) if unit is Unit.RATE else int(number)


def plain_cell(value: float | None, unit: Unit) -> str:
    number = rounded(value, unit)
    if number is None:
        return ""
    return str(float(number * 100)) if unit is Unit.RATE else str(int(number))


def csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def pdf_text(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    texts = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return "".join("".join(texts).split())
