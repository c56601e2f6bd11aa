"""What kiosks may ask over MQTT: numbers ahead, and to hand in what they gave without the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from hall_queue.model import Channel
from hall_queue.offline.requests import HandInWanted, NumbersWanted, handing_in, reserving
from hall_server.identity import Actor
from hall_server.web.bodies import converted

if TYPE_CHECKING:
    from hall_server.server import Server


def install(server: Server) -> None:
    """Answer ``numbers.reserve`` and ``tickets.hand_in``."""

    async def reserve(actor: Actor, request_id: str, args: dict[str, Any]) -> object:
        command = reserving(converted(args, NumbersWanted), actor, server.keys)
        return msgspec.Raw(await server.execute(command, actor=actor, command_id=request_id))

    async def hand_in(actor: Actor, request_id: str, args: dict[str, Any]) -> object:
        command = handing_in(converted(args, HandInWanted), actor, server.keys, Channel.MQTT)
        return msgspec.Raw(await server.execute(command, actor=actor, command_id=request_id))

    server.on_request("numbers.reserve", reserve)
    server.on_request("tickets.hand_in", hand_in)
