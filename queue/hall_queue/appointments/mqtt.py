"""What devices may ask of appointments over MQTT: a kiosk checks somebody in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from hall_queue.appointments.requests import CheckInWanted
from hall_queue.appointments.room import AppointmentRoom
from hall_server.identity import Actor
from hall_server.web.bodies import converted

if TYPE_CHECKING:
    from hall_server.server import Server


def install(server: Server, room: AppointmentRoom) -> None:
    """Answer ``appointment.check_in``."""

    async def check_in(actor: Actor, request_id: str, args: dict[str, Any]) -> object:
        command = await room.check_in_for(converted(args, CheckInWanted), actor=actor, command_id=request_id)
        return msgspec.Raw(await server.execute(command, actor=actor, command_id=request_id))

    server.on_request("appointment.check_in", check_in)
