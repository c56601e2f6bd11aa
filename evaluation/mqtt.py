"""What pads and handsets may ask over MQTT: to rate the visit that ended at their window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evaluation.intake import Intake
from evaluation.model import RatingChannel
from evaluation.requests import RatingWanted
from hall_server.identity import Actor
from hall_server.web.bodies import converted

if TYPE_CHECKING:
    from hall_server.server import Server


def install(server: Server, intake: Intake) -> None:
    """Answer ``rating.give`` with args ``{level, window?, ticket?, aspects?, reasons?, text?, channel?}``.

    A device that stands at one window need not name it. With ``ticket`` (the token in its picture) a rating that was
    kept while the link was down still reaches its visit; without it, the visit that ended at the window just now.
    """

    async def give(actor: Actor, request_id: str, args: dict[str, Any]) -> object:
        here = {"window": next(iter(actor.windows))} if len(actor.windows) == 1 else {}
        wanted = converted({"channel": RatingChannel.MQTT, **here, **args}, RatingWanted)
        return await intake.give(wanted, actor=actor, command_id=request_id)

    server.on_request("rating.give", give)
