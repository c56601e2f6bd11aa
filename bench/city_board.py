"""The city's board over 100 halls and a year, over HTTP, with what it is made of: sums of days, cases, alarms."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from bench.measure import Better, Comparison, Figure, Result, by_name
from hall_server.web.accounts import Account

if TYPE_CHECKING:
    from city.server import City

YEAR = "the board of a year over 100 halls, from the asking to the answer"
TODAY = "the board of today over 100 halls"
HALLS, DAYS, CASES = 100, 365, 20_000
ASKED_MS = 300.0
ASKS = 20
PASSWORD = "correct horse battery staple 1"  # of a city that lives for a minute
_CASE = (
    "INSERT INTO cases (id, number, hall, deliver_at, department, matter, edition, state, writer, step, events,"
    " received_at, received_on, is_over, light, is_overdue, is_provisional, looked_at, query_digest, conflicts, body)"
    " VALUES (?, ?, ?, ?, 'd', 'm', 'm@1', 'accepted', 'city', 3, 3, 0, '2026-01-01', ?, ?, ?, 0, ?, '', 0, '{}')"
)


def measure(*, runs: int, is_quick: bool) -> Result:
    """Fill a city's tables, and ask as a browser does."""
    return asyncio.run(_measure(runs, days=30 if is_quick else DAYS, cases=1_000 if is_quick else CASES))


async def _measure(runs: int, *, days: int, cases: int) -> Result:
    import city as city_centre  # imported here: only this benchmark needs a city
    from city.settings import CitySettings

    with tempfile.TemporaryDirectory(prefix="onedoor-bench-") as folder:
        city = city_centre.compose(CitySettings(http_host="127.0.0.1", http_port=0), Path(folder))
        await city.open()
        try:
            await _fill(city, days, cases)
            await city.start()
            port = city.rooms["web"].listen("127.0.0.1", 0)
            cookie = await _sign_in(city, port)
            found = [await _asked(city, port, cookie, days) for _ in range(runs)]
        finally:
            await city.stop()
    return Result(
        name="city_board",
        runs=runs,
        comparisons=[
            Comparison(ours=by_name(found, name, "ms"), limit=None, better=Better.LOWER, asked=ASKED_MS)
            for name in (YEAR, TODAY)
        ],
        notes=[Figure(name=f"cases beside it ({HALLS} halls, {days} days, SQLite)", unit="", values=[float(cases)])],
    )


async def _fill(city: City, days: int, cases: int) -> None:
    """Halls, a day's sums of each for every day, and cases; the tables are as the program fills them."""
    from city.sql import blocks

    dice, today, put = Random(7), city.business_day, blocks("hall_days")["put"]  # made-up figures
    for number in range(HALLS):
        await city.store.halls.register(f"h{number:03d}", f"第{number}大厅")
    for back in range(days):
        day = (today - timedelta(days=back)).isoformat()
        rows = [(day, f"h{number:03d}", *_numbers(dice)) for number in range(HALLS)]
        await city.database.transact([(put, rows)])
    made = [
        (f"c{n}", f"N{n}", f"h{n % HALLS:03d}", f"h{n % HALLS:03d}", n % 3 and 1, dice.choice(("green", "yellow")),
         int(n % 50 == 0), 2**62)
        for n in range(cases)
    ]  # fmt: skip
    await city.database.transact([(_CASE, made)])


def _numbers(dice: Random) -> tuple[int, ...]:
    visits = dice.randint(200, 900)
    called = int(visits * 0.95)
    on_time, good = int(called * dice.uniform(0.6, 1)), dice.randint(50, 150)
    return visits, called, called - 5, called * 600_000_000, on_time, called * 300_000_000, called, 160, good


async def _sign_in(city: City, port: int) -> str:
    from hall_server.directory.commands import SaveStaff
    from hall_server.directory.model import Staff
    from hall_server.identity import SYSTEM

    await city.execute(SaveStaff(item=Staff(id="m1", number="1", roles=("manager",))), actor=SYSTEM)
    account = Account(id="m1", name="bench", display_name="bench", number="1", password="", roles=("manager",))
    await city.rooms["web"].accounts.save(account, password=PASSWORD)
    body = json.dumps({"name": "bench", "password": PASSWORD})
    answer = await AsyncHTTPClient().fetch(
        HTTPRequest(
            f"http://127.0.0.1:{port}/api/v1/session", method="POST", body=body,
            headers={"Content-Type": "application/json"},
        )
    )  # fmt: skip
    return "; ".join(line.partition(";")[0] for line in answer.headers.get_list("Set-Cookie"))


async def _asked(city: City, port: int, cookie: str, days: int) -> dict[str, float]:
    first = city.business_day - timedelta(days=days - 1)
    return {
        YEAR: await _median_ms(port, cookie, f"?from={first}&to={city.business_day}", days),
        TODAY: await _median_ms(port, cookie, "", 1),
    }


async def _median_ms(port: int, cookie: str, query: str, days: int) -> float:
    took: list[float] = []
    for _ in range(ASKS):
        begun = time.perf_counter()
        answer = await AsyncHTTPClient().fetch(
            f"http://127.0.0.1:{port}/api/v1/city/board{query}", headers={"Cookie": cookie}
        )
        took.append((time.perf_counter() - begun) * 1_000)
        _check(json.loads(answer.body), days)
    return sorted(took)[len(took) // 2]


def _check(board: dict[str, Any], days: int) -> None:
    """A board that lacks halls or days was not measured."""
    counted = {card["figures"]["days"] for card in board["halls"]}
    if len(board["halls"]) != HALLS or counted != {days}:
        raise RuntimeError("the board does not show every hall and day")
