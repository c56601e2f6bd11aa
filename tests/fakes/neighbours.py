"""The simulated neighbours in the test's process, and the settings that lead to them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from cases.neighbours import Neighbours as Room
from cases.neighbours.model import Kind
from cases.neighbours.simulated.books import Books
from cases.neighbours.simulated.server import KEY_FILE, Faults, Neighbours, make_key
from hall_server.outbox.place import NeighbourPlace
from hall_server.outbox.table import Letter
from tests.fakes.hall import HandClock

WITHIN_S = 60.0


@asynccontextmanager
async def neighbours(data: Path, clock: HandClock, *, port: int = 0) -> AsyncIterator[tuple[Neighbours, int]]:
    """All of them, by the test's clock; gives the port."""
    key = make_key(data)
    all_ = Neighbours(await Books.open(data / "neighbours.db"), key, now_s=lambda: clock.now().timestamp())
    at = all_.listen(port)
    try:
        yield all_, at
    finally:
        await all_.stop()


def places(port: int, data: Path, *, departments: tuple[str, ...] = (), **more: Any) -> dict[str, NeighbourPlace]:
    """The settings of every neighbour."""
    return {
        str(kind): NeighbourPlace(
            url=f"http://127.0.0.1:{port}/{kind}",
            key_file=str(data / KEY_FILE),
            departments=departments if kind is Kind.DEPARTMENT else (),
            **{"answer_s": 5.0, **more},
        )
        for kind in Kind
        if kind is not Kind.RATING
    }


async def until(is_so: Callable[[], Awaitable[Any]]) -> Any:
    """Wait, in bounded time, until something is so; gives what it gave."""
    async with asyncio.timeout(WITHIN_S):
        while not (found := await is_so()):  # noqa: ASYNC110  # another task's rows in a database ring no bell
            await asyncio.sleep(0.02)
        return found


async def answered(room: Room, id_: str) -> Letter:
    """A request once it is no longer waiting."""

    async def done() -> Letter | None:
        letter = await room.room.outbox.one(id_)
        return letter if letter is not None and letter.state.value != "waiting" else None

    found: Letter = await until(done)
    return found


__all__ = ["Faults", "answered", "neighbours", "places", "until"]
