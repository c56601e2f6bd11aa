"""A small day that a real hall lived through, made once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bench.whatif_day import DayClock, LivedDay
from dashboards.whatif.work import Work
from hall_server.directory.commands import FoundHall
from hall_server.identity import SYSTEM
from tests.fakes.hall import composed, demo_hall

DAY = date(2026, 11, 23)
TICKETS = 260


async def _lived(data: Path) -> None:
    clock = DayClock(DAY)
    server = composed(data, clock=clock, rooms=("hall_queue",), tickets_per_minute=100_000)  # type: ignore[arg-type]  # a clock
    await server.open()
    try:
        await server.execute(FoundHall(events=demo_hall().events), actor=SYSTEM)
        await LivedDay(server, clock, tickets=TICKETS, load=0.97).live()
    finally:
        await server.close()


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a hall after its day."""
    data = tmp_path_factory.mktemp("lived") / "data"
    asyncio.run(_lived(data))
    return data


@pytest.fixture
def work(lived: Path) -> Callable[..., Work]:
    """Makes work on that day."""

    def make(**given: object) -> Work:
        fields: dict[str, object] = {"database": str(lived / "hall.db"), "day": DAY, "timezone": "Asia/Shanghai"}
        return Work(**{**fields, "rules": {}, **given})  # type: ignore[arg-type]  # the test's own

    return make
