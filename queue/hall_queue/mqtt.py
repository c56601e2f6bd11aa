"""What devices may ask of the queue over MQTT: a number at a kiosk, the keys of a window at a handset."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import msgspec

from hall_queue.model import Channel
from hall_queue.requests import KEYS, Key, TicketWanted
from hall_queue.room import Room
from hall_server.errors import Forbidden, Invalid
from hall_server.identity import Actor
from hall_server.web.bodies import converted

if TYPE_CHECKING:
    from hall_server.server import Server

Handler = Callable[[Actor, str, dict[str, Any]], Awaitable[object]]


def install(server: Server, room: Room) -> None:
    """Answer ``ticket.issue`` and ``window.{key}``."""
    server.on_request("ticket.issue", _issue(server, room))
    for name, key in KEYS.items():
        server.on_request(f"window.{name}", _press(server, key))


def _issue(server: Server, room: Room) -> Handler:
    async def issue(actor: Actor, request_id: str, args: dict[str, Any]) -> object:
        wanted = converted({"channel": Channel.MQTT, **args}, TicketWanted)
        command = await room.command_for(wanted, actor=actor, command_id=request_id)
        return msgspec.Raw(await server.execute(command, actor=actor, command_id=request_id))

    return issue


def _press(server: Server, key: Key) -> Handler:
    async def press(actor: Actor, request_id: str, args: dict[str, Any]) -> object:
        args = dict(args)
        command = key.command(_window(actor, args.pop("window", None)), converted(args, key.body))
        return msgspec.Raw(await server.execute(command, actor=actor, command_id=request_id))

    return press


def _window(actor: Actor, named: object) -> str:
    """The window a device stands at; it may name it, but no other."""
    if named is not None and not isinstance(named, str):
        raise Invalid("body.invalid", window="expected `str`")
    if named is None and len(actor.windows) == 1:
        return next(iter(actor.windows))
    if named is None or named not in actor.windows:
        raise Forbidden("window.not_yours", window=named)
    return named
