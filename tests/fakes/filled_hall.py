"""Days of a demonstration hall that were never lived: random visits with the hall's own lines, windows and matters."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from random import Random
from zoneinfo import ZoneInfo

from dashboards.figures import store
from dashboards.figures.facts import Sitting
from dashboards.figures.visits import Stay, Visit
from hall_server.journal.rows import microseconds
from hall_server.server import Server

ZONE = ZoneInfo("Asia/Shanghai")
SECOND = 1_000_000
SLOTS = tuple(f"{half // 2:02d}:{half % 2 * 30:02d}" for half in range(18, 34))
BUSY = (1, 3, 5, 4, 2, 1, 3, 4, 3)
RATED = (
    "INSERT INTO ratings (id, ticket, business_day, at, window, staff, line, matter, level, channel, actor, aspects,"
    " reasons, text, case_number, person, marks) VALUES (?,?,?,?,?,?,?,?,?,?,'',?,'','',NULL,NULL,'')"
)


async def fill(server: Server, days: Iterable[date], many: int, *, seed: int = 1) -> None:
    """Sum up these days with the code that sums real ones up; about ``many`` visits each, some rated."""
    dice = Random(seed)
    for day in days:
        rows = _day(server, dice, day, max(1, int(many * dice.uniform(0.7, 1.3))))
        rolled = await store.rolled_cells(server.views, day)
        await server.views.transact(store.closing(day, rows, store.day_cells(day, rows, ZONE), rolled))
        rated = [_rating(dice, day, visit) for visit in rows.visits if visit.end == "done" and dice.random() < 0.4]
        await server.views.transact([(RATED, rated)] if rated else [])


def _day(server: Server, dice: Random, day: date, many: int) -> store.DayRows:
    opens = microseconds(datetime(day.year, day.month, day.day, 1, tzinfo=UTC))
    lines, windows = list(server.directory.lines), list(server.directory.windows.values())
    visits, stays = list[Visit](), list[Stay]()
    for number in range(many):
        line = dice.choice(lines)
        window = dice.choice([one for one in windows if line in one.lines] or windows)
        matters = [one.id for one in server.directory.matters.values() if one.line == line]
        hour = dice.choices(range(len(BUSY)), BUSY)[0]
        issued = opens + int((hour + dice.random()) * 3_600 * SECOND)
        where = (line, dice.choice(matters) if matters else "", window.id, f"s{window.number:02d}")
        visit, stay = _visit(dice, f"{day}-{number}", where, issued, BUSY[hour])
        visits.append(visit)
        stays += [stay] if stay is not None else []
    sittings = [
        Sitting(one.id, f"s{one.number:02d}", slot, int(dice.uniform(0.6, 1) * 1_800 * SECOND))
        for one in windows
        for slot in SLOTS
    ]
    return store.DayRows(visits, stays, sittings)


def _visit(
    dice: Random, ticket: str, where: tuple[str, str, str, str], issued: int, busy: int
) -> tuple[Visit, Stay | None]:
    wait, walk, serve = (int(dice.expovariate(1 / mean) * SECOND) for mean in (150 * busy, 25, 420))
    if dice.random() < 0.05:
        gone = Visit(
            ticket, *where[:2], "", "", "kiosk", "", issued, None, issued + wait, "cancelled", False, wait, 0, 0, 0,
            0, 0, 0, 0, 600, 1_200,
        )  # fmt: skip
        return gone, None
    called, started, end = issued + wait, issued + wait + walk, issued + wait + walk + serve
    if dice.random() < 0.06:
        visit = Visit(
            ticket,
            *where,
            "kiosk",
            "",
            issued,
            called,
            started,
            "passed",
            True,
            wait,
            walk,
            0,
            0,
            2,
            1,
            0,
            0,
            600,
            1_200,
        )
        return visit, Stay(ticket, *where, issued, called, None, started, "passed", 1, "kiosk", "")
    visit = Visit(
        ticket, *where, "kiosk", "", issued, called, end, "done", False, wait, walk, serve, 0, 1, 0, 0, 0, 600, 1_200
    )
    return visit, Stay(ticket, *where, issued, called, started, end, "done", 0, "kiosk", "")


def _rating(dice: Random, day: date, visit: Visit) -> tuple[object, ...]:
    level = dice.choices((1, 2, 3, 4, 5), (60, 25, 10, 3, 2))[0]
    where = (visit.window, visit.staff, visit.line, visit.matter)
    return (f"r-{visit.ticket}", visit.ticket, day.isoformat(), visit.ended_at, *where, level, "pad", "")
