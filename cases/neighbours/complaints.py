"""Complaints of the hotline 12345: handed over, put on record at their case, answered once; and ours to the hotline."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import msgspec

from cases import messages as m
from cases.neighbours import requests as r
from cases.neighbours.casework import Casework
from cases.neighbours.tables import made
from cases.numbers import is_case_number
from hall_server.errors import Invalid, NotFound, Refused
from hall_server.identity import SYSTEM
from hall_server.journal.rows import microseconds, moment

if TYPE_CHECKING:
    from cases.neighbours.room import Room

RESULT_MOST = 2_000
_TABLE = (
    "CREATE TABLE IF NOT EXISTS hotline_orders (number TEXT PRIMARY KEY, neighbour TEXT NOT NULL, about TEXT NOT NULL,"
    " case_id TEXT NOT NULL, sealed TEXT NOT NULL, due TEXT NOT NULL, at BIGINT NOT NULL, closed_at BIGINT,"
    " closed_by TEXT NOT NULL)"
)
_ADD = (
    "INSERT INTO hotline_orders (number, neighbour, about, case_id, sealed, due, at, closed_at, closed_by)"
    " VALUES (?,?,?,?,?,?,?,NULL,'') ON CONFLICT (number) DO NOTHING"
)
_COLUMNS = "number, neighbour, about, case_id, sealed, due, at, closed_at"
_LIST = f"SELECT {_COLUMNS} FROM hotline_orders WHERE closed_at IS NULL OR closed_at >= ? ORDER BY at LIMIT 500"  # noqa: S608  # constants only
_ONE = f"SELECT {_COLUMNS} FROM hotline_orders WHERE number = ?"  # noqa: S608  # as above
_CLOSE = "UPDATE hotline_orders SET closed_at = ?, closed_by = ? WHERE number = ? AND closed_at IS NULL"


class ComplaintShown(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint that the hotline handed over.

    Attributes:
        about: as the hotline says, such as a case number; case: its id, "" where it is about none.
    """

    order: str
    about: str
    case: str
    text: str
    due: date | None
    at: datetime
    closed_at: datetime | None
    is_late: bool = False


class Complaints:
    """``server.rooms["neighbours"].complaints``."""

    def __init__(self, room: Room, casework: Casework) -> None:
        self._room = room
        self._casework = casework
        self._hear = room.hearers[r.HotlineCase]
        room.hearers[r.HotlineCase] = self._told

    async def start(self) -> None:
        """Make the table where it is not."""
        await made(self._room.centre.database, _TABLE)

    async def hand(self, about: str, text: str, phone: str = "") -> str:
        """Hand something that came in here over to the hotline; gives its transaction.

        Raises:
            Unavailable: ``neighbour.none``.
        """
        return await self._room.request(r.HandToHotline(about=about, text=text, phone=phone), subject="hotline")

    async def some(self, *, closed_since: datetime) -> list[ComplaintShown]:
        """Those that are open, and those answered since then, the oldest first."""
        rows = await self._room.centre.database.fetch(_LIST, (microseconds(closed_since),))
        return [self._shown(row) for row in rows]

    async def close(self, order: str, result: str, *, by: str) -> None:
        """Answer a complaint: the hotline hears what was done about it, once.

        Raises:
            NotFound: ``neighbour.unknown_order``. Refused: ``neighbour.order_closed``. Invalid: ``neighbour.no_words``.
        """
        rows = await self._room.centre.database.fetch(_ONE, (order,))
        if not rows:
            raise NotFound("neighbour.unknown_order")
        if rows[0][7] is not None:
            raise Refused("neighbour.order_closed")
        words = result.strip()[:RESULT_MOST]
        if not words:
            raise Invalid("neighbour.no_words", field="result")
        letter = self._room.letter(
            r.CloseHotline(order=order, result=words),
            to=str(rows[0][1]),
            kind="hotline.close",
            subject=f"hotline:{order}",
            transaction=f"close-{order}"[:80],
        )
        await self._room.put(letter)  # before the row: what is on its way is answered, whatever dies in between
        now = microseconds(self._room.centre.now())
        await self._room.centre.database.transact([(_CLOSE, [(now, by, order)])])
        if rows[0][3]:
            await self._note(str(rows[0][3]), order, is_closed=True)

    async def _told(self, name: str, message: r.Told) -> str:
        assert isinstance(message, r.HotlineCase)  # noqa: S101  # by the table of hearers
        if message.transaction:
            return await self._hear(name, message)
        number = message.about.strip().upper()
        case = await self._casework.numbered(number) if is_case_number(number) else None
        sealed = self._room.sealer.seal(f"hotline:{message.order}", msgspec.json.encode(message.text))
        due = message.due.isoformat() if message.due is not None else ""
        at = microseconds(self._room.centre.now())
        row = (message.order, name, message.about, case.id if case is not None else "", sealed, due, at)
        await self._room.centre.database.transact([(_ADD, [row])])
        if case is not None:
            await self._note(case.id, message.order, due=message.due)
        return ""

    async def _note(self, case: str, order: str, *, due: date | None = None, is_closed: bool = False) -> None:
        command = m.NoteComplaint(case=case, seen=0, order=order, due=due, is_closed=is_closed)
        word = "closed" if is_closed else "complained"
        await self._casework.execute(command, actor=SYSTEM, command_id=f"{word}:{order}"[:80])

    def _shown(self, row: tuple[object, ...]) -> ComplaintShown:
        number, _, about, case, sealed, due, at, closed_at = row
        until = date.fromisoformat(str(due)) if due else None
        today = self._room.centre.now().astimezone(self._room.zone).date()
        return ComplaintShown(
            order=str(number),
            about=str(about),
            case=str(case),
            text=msgspec.json.decode(self._room.sealer.open(f"hotline:{number}", str(sealed)), type=str),
            due=until,
            at=moment(int(str(at))),
            closed_at=moment(int(str(closed_at))) if closed_at is not None else None,
            is_late=closed_at is None and until is not None and today > until,
        )
