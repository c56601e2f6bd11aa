"""Windows of a real hall with somebody to serve."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from scripts.hall_process import HallProcess
from tests.browser.confirmation.confirm_desk import Desk


@pytest.fixture
def desk(hall: HallProcess, visit: Any) -> Iterator[Callable[..., Desk]]:
    """`desk(n)`: the demonstration's n-th window."""
    made: list[Desk] = []

    def at(place: int = 0) -> Desk:
        account = hall.accounts["staff"][place]
        made.append(Desk(hall, hall.caller().sign_in(account), account["window"], visit))
        made[-1].serve()
        return made[-1]

    yield at
    for one in made:
        if one.clerk.get(f"windows/{one.window}/desk")["ticket"]:
            one.clerk.post(f"windows/{one.window}/finish", {"outcome": "accepted"})
