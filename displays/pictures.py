"""The pictures of the zone boards and the window screens, made from the live queue, whole and in both languages."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hall_queue.model import Desk, Ticket, TicketState, WindowState
from hall_queue.notices import Notices
from hall_queue.notices.model import NoticeKind
from hall_queue.notices.view import EmergencyShown, emergency_shown
from hall_queue.picture_types import DeskWindow, HallName, Name, RatedMatter, WindowTicket
from hall_queue.pictures import Pictures
from hall_queue.rules import Hall
from hall_queue.wait import Wait
from hall_server.directory.model import Line, Window
from hall_server.errors import NotFound

RECENT_SHOWN = 8
RATING_GIVEN = "rating.given"
"""Journalled by the neighbour that takes ratings; its ``ticket`` is the ticket's id."""


class BoardCall(msgspec.Struct, frozen=True, kw_only=True):
    """A number with the window it was called to."""

    ticket: str
    number: str
    window: str
    window_number: int
    window_name: str
    window_name_en: str
    at: datetime | None
    calls: int


class BoardLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the zone and who waits in it."""

    id: str
    name: str
    name_en: str
    prefix: str
    waiting: int
    open: bool
    windows_open: int
    wait_s: Wait | None


class BoardWindow(msgspec.Struct, frozen=True, kw_only=True):
    """A window of the zone; ``number`` is the ticket's, ``lines`` are prefixes."""

    id: str
    window_number: int
    name: str
    name_en: str
    state: WindowState
    number: str | None
    lines: tuple[str, ...]


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Something the hall has to say, in both languages; ``kind`` is info or warning."""

    zh: str
    en: str
    kind: NoticeKind = NoticeKind.INFO


class BoardPicture(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a zone's board shows; while there is an emergency, that and nothing else."""

    hall: HallName
    zone: Name
    calling: tuple[BoardCall, ...]
    recent: tuple[BoardCall, ...]
    lines: tuple[BoardLine, ...]
    windows: tuple[BoardWindow, ...]
    notices: tuple[Notice, ...] = ()
    emergency: EmergencyShown | None = None


class RatingAsked(msgspec.Struct, frozen=True, kw_only=True):
    """The visit that may be rated now; ``ticket`` is the secret of its phone page.

    Attributes:
        until: the question stands so long; each rating of the visit begins it anew for the next matter.
        matters: those not rated yet, in order; the first is asked for now.
        place, of: the first is the ``place``-th of so many that ended here.
        ended_at: when the visit ended here.
    """

    ticket: str
    number: str
    until: datetime
    matters: tuple[RatedMatter, ...] = ()
    place: int = 1
    of: int = 1
    ended_at: datetime | None = None


class WindowScreen(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a window screen and a pad show; while there is an emergency, that and nothing else."""

    hall: HallName
    window: DeskWindow
    ticket: WindowTicket | None
    rating: RatingAsked | None
    notices: tuple[Notice, ...] = ()
    emergency: EmergencyShown | None = None


class Screens:
    """Makes the pictures of the present state."""

    def __init__(self, hall: Hall, pictures: Pictures, notices: Notices | None = None) -> None:
        self._notices = notices or Notices()
        self._hall = hall
        self._pictures = pictures

    def board(self, zone_id: str) -> BoardPicture:
        """What the board of a zone shows.

        Raises:
            NotFound: ``board.zone_unknown``.
        """
        directory = self._hall.directory
        zone = directory.zones.get(zone_id)
        if zone is None:
            raise NotFound("board.zone_unknown", zone=zone_id)
        windows = directory.windows_of_zone(zone_id)
        calling = [call for window in windows if (call := self._calling(window))]
        recent = [call for window in windows for call in self._recent(window)]
        return BoardPicture(
            hall=self._pictures.hall_name(),
            zone=Name(id=zone.id, name=zone.name, name_en=zone.name_en),
            calling=_newest_first(calling),
            recent=_newest_first(recent)[:RECENT_SHOWN],
            lines=tuple(self._line(line) for line in directory.lines_of_zone(zone_id)),
            windows=tuple(self._window(window) for window in windows),
            notices=self._said(zone_id),
            emergency=self._emergency(),
        )

    def window(self, window_id: str) -> WindowScreen:
        """What the screen and the pad of a window show.

        Raises:
            NotFound: ``window.unknown``.
        """
        window = self._hall.window(window_id)
        return WindowScreen(
            hall=self._pictures.hall_name(),
            window=self._sign(self._pictures.desk_window(window)),
            ticket=self._pictures.window_ticket(window_id),
            rating=self.rating(window_id),
            notices=self._said(window.zone),
            emergency=self._emergency(),
        )

    def rating(self, window_id: str) -> RatingAsked | None:
        """The visit that may be rated at a window now: the one finished last, for a while, each matter once."""
        asked = self._pictures.served.asked(window_id, self._hall.settings.rating_s)
        if asked is None or not asked.left or self._hall.now() >= asked.until:
            return None
        return RatingAsked(
            ticket=asked.ticket.token,
            number=asked.ticket.number,
            until=asked.until,
            matters=tuple(map(self._pictures.rated_matter, asked.left)),
            place=asked.place,
            of=asked.of,
            ended_at=asked.left[0].at,
        )

    def hall_name(self) -> HallName:
        """The hall's name."""
        return self._pictures.hall_name()

    def window_now(self, window: Window) -> tuple[BoardWindow, BoardCall | None]:
        """A window as a board shows it, and whom it is calling."""
        return self._window(window), self._calling(window)

    def said(self, zone: str | None) -> tuple[Notice, ...]:
        """The notices of a zone, or of the whole hall."""
        return self._said(zone)

    def emergency(self) -> EmergencyShown | None:
        """The emergency, as everybody may know it."""
        return self._emergency()

    # -- inside

    def _sign(self, window: DeskWindow) -> DeskWindow:
        """The window with as much of who sits there as the hall shows."""
        shown, staff = self._hall.settings.pad_staff, window.staff
        if staff is None or shown == "both":
            return window
        named = {"name": staff.name} if shown == "name" else {"number": staff.number}
        less = msgspec.structs.replace(staff, **{"name": "", "number": "", **named})
        return msgspec.structs.replace(window, staff=less)

    def _said(self, zone: str | None) -> tuple[Notice, ...]:
        shown = self._notices.shown(self._hall.now(), zone)
        return tuple(Notice(zh=one.zh, en=one.en, kind=one.kind) for one in shown)

    def _emergency(self) -> EmergencyShown | None:
        return emergency_shown(self._notices.emergency) if self._notices.emergency else None

    def _calling(self, window: Window) -> BoardCall | None:
        ticket = self._hall.queue.current(window.id)
        return _call(ticket, window) if ticket and ticket.state is TicketState.CALLED else None

    def _recent(self, window: Window) -> list[BoardCall]:
        """The last calls to a window that are over; one that went on to another window belongs there."""
        queue = self._hall.queue
        desk = queue.desk(window.id)
        serving = [desk.ticket] if desk.ticket else []
        found = (queue.tickets[id_] for id_ in dict.fromkeys([*serving, *_last_ended(desk)]))
        return [_call(t, window) for t in found if t.window == window.id and t.state is not TicketState.CALLED]

    def _line(self, line: Line) -> BoardLine:
        seen = self._pictures.line(line)
        return BoardLine(
            id=seen.id,
            name=seen.name,
            name_en=seen.name_en,
            prefix=seen.prefix,
            waiting=seen.waiting,
            open=seen.open,
            windows_open=seen.windows_open,
            wait_s=seen.wait_s,
        )

    def _window(self, window: Window) -> BoardWindow:
        ticket = self._hall.queue.current(window.id)
        return BoardWindow(
            id=window.id,
            window_number=window.number,
            name=window.name,
            name_en=window.name_en,
            state=self._hall.queue.desk(window.id).state,
            number=ticket.number if ticket else None,
            lines=tuple(self._hall.line(line).prefix for line in window.lines),
        )


def _last_ended(desk: Desk) -> list[str]:
    return desk.recent[: -RECENT_SHOWN - 1 : -1]


def _call(ticket: Ticket, window: Window) -> BoardCall:
    return BoardCall(
        ticket=ticket.id,
        number=ticket.number,
        window=window.id,
        window_number=window.number,
        window_name=window.name,
        window_name_en=window.name_en,
        at=ticket.called_at,
        calls=ticket.calls,
    )


def _newest_first(calls: list[BoardCall]) -> tuple[BoardCall, ...]:
    return tuple(sorted(calls, key=lambda call: (call.at is not None, call.at, call.number), reverse=True))
