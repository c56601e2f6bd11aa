"""Short words for tests of single rules: set a rule, press a key, look what happened."""

from __future__ import annotations

from typing import Any

from hall_queue import messages as m
from hall_queue.rule_events import SaveRules
from hall_server.messages import Event, Recorded
from tests.fakes.queue_hall import QueueHall, clerk


async def rules(hall: QueueHall, *, line: str | None = None, **values: Any) -> None:
    """Set rules of the hall or of a line."""
    await hall.do(SaveRules(line=line, values=values, reason="test"))


async def recorded(hall: QueueHall) -> list[Recorded]:
    """The whole journal."""
    return list(await hall.server.journal.read(0, limit=100_000))


async def happened(hall: QueueHall, kind: type[Event]) -> list[Any]:
    """The journal's events of a kind."""
    return [one.event for one in await recorded(hall) if isinstance(one.event, kind)]


async def finish(hall: QueueHall, window: str, **more: Any) -> None:
    await hall.do(m.FinishService(window=window, **more), clerk(window))


async def serve_and_finish(hall: QueueHall, window: str) -> str:
    """Call, start and finish; the ticket's id."""
    id_ = await hall.serve(window)
    await finish(hall, window)
    return id_


async def transfer(hall: QueueHall, window: str, **more: Any) -> None:
    await hall.do(m.TransferTicket(window=window, **more), clerk(window))


async def served_in_turn(hall: QueueHall, window: str, many: int) -> list[str]:
    """Whom a window serves, one after the other."""
    return [await serve_and_finish(hall, window) for _ in range(many)]
