"""What a gateway may ask for its terminal over MQTT: ``punch``, one record each."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta

from attendance import adms
from attendance.messages import TakePunches
from attendance.records import Pin, Punch, PunchFault, PunchSource
from attendance.terminal_clock import ClockWatch, placed
from hall_server.errors import Invalid
from hall_server.identity import Actor
from hall_server.web.bodies import converted

if TYPE_CHECKING:
    from hall_server.server import Server

Aware = Annotated[datetime, Meta(tz=True)]


class PunchWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The arguments of ``punch``.

    Attributes:
        terminal: its serial number. at: its own clock. received_at: when the gateway had it.
    """

    terminal: Annotated[str, Meta(pattern=f"^{adms.SERIAL.pattern}$")]
    pin: Pin
    at: Aware
    received_at: Aware
    status: Annotated[int, Meta(ge=0, le=9999)] = 0
    verify: Annotated[int, Meta(ge=0, le=9999)] = 0
    workcode: Annotated[str, Meta(max_length=40)] = ""


def install(server: Server) -> None:
    """Answer ``punch`` with ``{taken, known, faulty}``; a year that cannot be is kept and counts for nobody."""
    watches: dict[str, ClockWatch] = {}

    async def punch(actor: Actor, request_id: str, args: dict[str, Any]) -> object:
        wanted = converted(args, PunchWanted)
        if wanted.received_at > server.now() and (wanted.received_at - server.now()).total_seconds() > 600:
            raise Invalid("attendance.in_future", received_at=wanted.received_at)
        watch = watches.setdefault(wanted.terminal.upper(), ClockWatch())
        watch.received(wanted.at, wanted.received_at)
        command = TakePunches(
            terminal=wanted.terminal.upper(),
            device=actor.id,
            source=PunchSource.GATEWAY,
            received_at=wanted.received_at,
            skew_s=watch.skew_s,
            punches=(_punch(wanted, watch.skew_s),),
        )
        return msgspec.Raw(await server.execute(command, actor=actor, command_id=request_id))

    server.on_request("punch", punch)


def _punch(wanted: PunchWanted, skew_s: float | None) -> Punch:
    counts_at = placed(wanted.at, wanted.received_at, skew_s)
    return Punch(
        pin=wanted.pin,
        at=wanted.at,
        counts_at=counts_at,
        status=wanted.status,
        verify=wanted.verify,
        workcode=wanted.workcode,
        raw=f"{wanted.pin}\t{wanted.at.isoformat()}\t{wanted.status}\t{wanted.verify}\t{wanted.workcode}",
        fault=PunchFault.NONE if counts_at is not None else PunchFault.IMPOSSIBLE,
    )
