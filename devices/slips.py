"""What stands on a ticket's slip: the same facts as on the visitor's phone page, in one language."""

from __future__ import annotations

import math
from datetime import datetime
from typing import TYPE_CHECKING

from devices.gateway.printing.slip import Language, Slip
from hall_queue.model import Ticket, TicketState
from hall_queue.picture_types import TicketPicture
from hall_queue.wait import Wait

if TYPE_CHECKING:
    from hall_queue.room import Room

SHORT, LONG = 80, 300
MOST_MATTERS = 20
ADDRESS_LETTERS = 400


class Slips:
    """Makes slips of tickets."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def of(self, ticket: Ticket, *, base: str | None, language: Language, is_copy: bool = False) -> Slip:
        """The slip of a ticket as things stand now.

        Args:
            ticket: whose it is.
            base: address of the hall's pages, for the QR code; None: whoever prints knows it.
            language: of the words.
            is_copy: marked so, with the time.
        """
        shown = self._room.pictures.ticket(ticket)
        waits = shown.state is TicketState.WAITING
        hall = self._room.hall
        address = f"{(base or '').rstrip('/')}/t/{ticket.token}"
        return Slip(
            language=language,
            hall=_named(language, shown.hall.name, shown.hall.name_en),
            number=ticket.number,
            line=_named(language, shown.line_name, shown.line_name_en),
            matters=self._matters(shown, language),
            ahead=shown.ahead if waits else None,
            wait_minutes=wait_minutes(shown.wait_s) if waits and shown.windows_open else None,
            zone=_named(language, shown.zone_name, shown.zone_name_en),
            windows=tuple(one.number for one in shown.windows),
            issued_at=_minute(hall.taking.local(ticket.issued_at)),
            due=f"{hall.taking.local(ticket.due):%H:%M}" if ticket.due else "",
            notice=self._notice(shown.zone, language),
            address=address if len(address) <= ADDRESS_LETTERS else None,
            is_copy=is_copy,
            printed_at=_minute(hall.local_now()) if is_copy else "",
            is_demo=hall.settings.demo,
        )

    def _matters(self, shown: TicketPicture, language: Language) -> tuple[str, ...]:
        several = tuple(_named(language, one.name, one.name_en) for one in shown.matters)
        first = _named(language, shown.matter_name, shown.matter_name_en)
        return tuple(filter(None, several or (first,)))[:MOST_MATTERS]

    def _notice(self, zone: str, language: Language) -> str:
        notices = self._room.notices.shown(self._room.hall.now(), zone)
        if not notices:
            return ""
        first = notices[0]
        return (first.en or first.zh if language is Language.ENGLISH else first.zh)[:LONG]


def wait_minutes(wait: Wait | None) -> tuple[int, int] | None:
    """From and to in whole minutes on round steps, as pages say them; None: not known."""
    if wait is None:
        return None
    high = _rounded(max(wait.p50, wait.p90) / 60, is_up=True)
    low = min(high, _rounded(wait.p50 / 60, is_up=False))
    return min(low, 1440), min(high, 1440)


def _rounded(minutes: float, *, is_up: bool) -> int:
    step = 1 if minutes < 5 else 5 if minutes < 60 else 10
    steps = math.ceil(minutes / step - 1e-9) if is_up else math.floor(minutes / step + 1e-9)
    return max(0, steps * step)


def _named(language: Language, name: str, name_en: str) -> str:
    return (name_en or name if language is Language.ENGLISH else name)[:SHORT]


def _minute(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")
