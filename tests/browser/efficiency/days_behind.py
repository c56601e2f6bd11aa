"""Days that a hall has behind it, made by the keys that people press, and a few visits today."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from evaluation.messages import GiveRating
from evaluation.model import Level, RatingChannel
from hall_queue import messages as m
from hall_server.errors import DomainError
from hall_server.identity import Role, visitor
from hall_server.web.accounts import Account
from scripts.hall_process import HallProcess
from tests.fakes.hall import ROOMS, HandClock, opened
from tests.fakes.visits import Visits

BOSS = {"name": "boss", "password": "correct horse battery"}
WINDOWS = tuple(f"w{number:02d}" for number in range(1, 15))
VISITS = 140
EASY = {"served_least": 4, "good_least_percent": 40, "on_time_least_percent": 10}


async def _day(hall: Visits, day: date, dice: Random) -> None:
    """A day of visits at all windows, most of them rated."""
    opens = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
    hall.clock.forward(seconds=max(0.0, (opens - hall.clock.now()).total_seconds()))
    await hall.server.roll_day()
    for window in WINDOWS:
        await hall.do(m.OpenWindow(window=window, staff=f"s{window[1:]}"))
    for number in range(VISITS):
        window = WINDOWS[number % len(WINDOWS)]
        line = hall.server.directory.windows[window].lines[0]
        matters = [one.id for one in hall.server.directory.matters.values() if one.line == line]
        with suppress(DomainError):
            made = await hall.do(m.IssueTicket(matter=dice.choice(matters)))
            hall.clock.forward(seconds=dice.choice([40, 100, 150, 200, 260, 1300]) / 2)
            await hall.do(m.CallNext(window=window))
            await hall.do(m.StartService(window=window))
            hall.clock.forward(seconds=45)
            await hall.do(m.FinishService(window=window))
            level = Level(dice.choice([1, 1, 1, 1, 2, 2, 3, 4]))
            rating = GiveRating(ticket=made["id"], level=level, channel=RatingChannel.PHONE)
            await hall.do(rating, actor=visitor(f"v{number}"))


async def filled(data: Path, today: date) -> None:
    """A new hall's folder with a day of last week and yesterday; whoever manages it is `BOSS`."""
    days = [today - timedelta(days=7), today - timedelta(days=1)]
    clock, dice = HandClock(datetime(days[0].year, days[0].month, days[0].day, tzinfo=UTC)), Random(4)
    async with opened(data, clock=clock, rooms=ROOMS, tickets_per_minute=100_000, recall_gap_s=0.0) as server:
        account = Account(id="boss", name="boss", display_name="Boss", number="1", password="", roles=(Role.MANAGER,))
        await server.rooms["web"].accounts.save(account, password=BOSS["password"])
        for day in days:
            await _day(Visits(server, clock), day, dice)


def visits_today(hall: HallProcess, count: int) -> None:
    """So many visits at window 1."""
    boss = hall.caller().sign_in(BOSS)
    if boss.get("windows/w01")["state"] == "closed":
        boss.post("windows/w01/open", {"staff": "s01"})
    line = boss.get("windows/w01")["lines"][0]
    for _ in range(count):
        boss.post("tickets", {"line": line, "channel": "kiosk"})
        for key in ("call", "start", "finish"):
            boss.post(f"windows/w01/{key}")
