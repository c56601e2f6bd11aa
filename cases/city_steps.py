"""What the city, or another hall through it, did to a case comes down into this hall's journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from cases.messages import TakeCityStep
from hall_server.errors import Invalid
from hall_server.identity import SYSTEM

if TYPE_CHECKING:
    from hall_server.server import Server

STEP = "case.step"
"""Kind of the items that bring steps of cases down."""


def install(server: Server) -> None:
    """Take them; a step that comes twice changes nothing."""

    async def take(payload: bytes, command_id: str) -> None:
        try:
            step = msgspec.json.decode(payload, type=TakeCityStep)
        except msgspec.MsgspecError as exc:
            raise Invalid("federation.frame", reason=str(exc)[:200]) from exc
        await server.execute(step, actor=SYSTEM, command_id=command_id)

    if (federation := server.rooms.get("federation")) is not None:
        federation.on_down(STEP, take)
