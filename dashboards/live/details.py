"""What stands behind a line or a window of the board: its day so far, by number and matter and never by person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from statistics import fmean

import msgspec

from dashboards.alarms import Alarms
from dashboards.live.curve import HALF_HOUR
from evaluation.model import good_rate
from evaluation.state import Ratings
from hall_queue.model import Ticket, TicketState
from hall_queue.picture_types import StaffMark
from hall_queue.pictures import Pictures
from hall_queue.standings import waited_s

LAST_SHOWN = 12
NO_RATINGS = (0, 0, 0, 0, 0)


class HalfHourWaits(msgspec.Struct, frozen=True, kw_only=True):
    """The waits of those who came in a half hour and were called; ``slot`` counts from midnight, hall time."""

    slot: int
    called: int
    p50_s: float
    longest_s: float


class LineDay(msgspec.Struct, frozen=True, kw_only=True):
    """A line's waits of today, from the issue to the first call; a ticket counts for the line it is in now.

    Attributes:
        called: of so many tickets; p50_s, p90_s, longest_s: None before the first.
        late: how many of them waited longer than ``limit_s``.
    """

    line: str
    now: datetime
    issued: int
    called: int
    p50_s: float | None
    p90_s: float | None
    longest_s: float | None
    late: int
    limit_s: float
    half_hours: tuple[HalfHourWaits, ...]


class ServedTicket(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket at a window; ``serve_s`` once it is over, ``level`` where it was rated."""

    number: str
    state: TicketState
    line: str
    matter_name: str
    matter_name_en: str
    called_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    serve_s: float | None
    level: int | None


class WindowDay(msgspec.Struct, frozen=True, kw_only=True):
    """A window's day so far.

    Attributes:
        passed: tickets called here last to which nobody came.
        mean_serve_s: of the tickets that ended here as done; None before the first.
        counts: ratings of levels 1 to 5; rate: 好评率, None before the first.
        ticket: the one that is there; recent: the last that ended here, the newest first.
    """

    window: str
    now: datetime
    staff: StaffMark | None
    served: int
    passed: int
    mean_serve_s: float | None
    counts: tuple[int, ...]
    rate: float | None
    ticket: ServedTicket | None
    recent: tuple[ServedTicket, ...]


class Details:
    """Makes these pictures of the present state."""

    def __init__(self, pictures: Pictures, ratings: Ratings) -> None:
        self._pictures = pictures
        self._hall = pictures.hall
        self._ratings = ratings
        self._alarms = Alarms(pictures.hall, ratings)

    @property
    def lines(self) -> Iterable[str]:
        """Every line there is."""
        return self._hall.directory.lines

    @property
    def windows(self) -> Iterable[str]:
        """Every window there is."""
        return self._hall.directory.windows

    def ticket(self, id_: str) -> Ticket | None:
        """A ticket of today."""
        return self._hall.queue.tickets.get(id_)

    def line(self, line_id: str) -> LineDay:
        """A line's day.

        Raises:
            NotFound: no such line.
        """
        limit_s = self._alarms.long_wait(self._hall.line(line_id)).total_seconds()
        tickets = [one for one in self._hall.queue.tickets.values() if one.line == line_id]
        called = [one for one in tickets if one.first_called_at is not None]
        waits = sorted(waited_s(one, one.issued_at) for one in called)
        return LineDay(
            line=line_id,
            now=self._hall.local_now(),
            issued=len(tickets),
            called=len(waits),
            p50_s=ranked(waits, 50),
            p90_s=ranked(waits, 90),
            longest_s=waits[-1] if waits else None,
            late=sum(wait > limit_s for wait in waits),
            limit_s=limit_s,
            half_hours=self._half_hours(called),
        )

    def window(self, window_id: str) -> WindowDay:
        """A window's day.

        Raises:
            NotFound: no such window.
        """
        queue, desk = self._hall.queue, self._hall.queue.desk(self._hall.window(window_id).id)
        here = [one for one in queue.tickets.values() if one.window == window_id]
        spans = [span for one in here if one.state is TicketState.DONE and (span := _served_s(one)) is not None]
        counts = tuple(self._ratings.window_counts.get(window_id, NO_RATINGS))
        current = queue.current(window_id)
        return WindowDay(
            window=window_id,
            now=self._hall.local_now(),
            staff=self._pictures.staff_mark(desk.staff),
            served=desk.served,
            passed=sum(one.state is TicketState.PASSED for one in here),
            mean_serve_s=round(fmean(spans), 1) if spans else None,
            counts=counts,
            rate=good_rate(counts),
            ticket=self._served(current) if current else None,
            recent=tuple(self._served(queue.tickets[id_]) for id_ in reversed(desk.recent[-LAST_SHOWN:])),
        )

    # -- inside

    def _half_hours(self, called: Iterable[Ticket]) -> tuple[HalfHourWaits, ...]:
        midnight = datetime.combine(self._hall.queue.day, time(), self._hall.local_now().tzinfo)
        found: dict[int, list[float]] = {}
        for ticket in called:
            found.setdefault((ticket.issued_at - midnight) // HALF_HOUR, []).append(waited_s(ticket, ticket.issued_at))
        return tuple(
            HalfHourWaits(slot=slot, called=len(waits), p50_s=ranked(sorted(waits), 50) or 0.0, longest_s=max(waits))
            for slot, waits in sorted(found.items())
        )

    def _served(self, ticket: Ticket) -> ServedTicket:
        matter, rating = self._pictures.matter(ticket), self._ratings.of(ticket.id)
        return ServedTicket(
            number=ticket.number,
            state=ticket.state,
            line=ticket.line,
            matter_name=matter.name if matter else "",
            matter_name_en=matter.name_en if matter else "",
            called_at=ticket.called_at,
            started_at=ticket.started_at,
            ended_at=ticket.ended_at,
            serve_s=_served_s(ticket),
            level=int(rating.level) if rating else None,
        )


def ranked(ordered: Sequence[float], share: int) -> float | None:
    """The percentile by nearest rank: the smallest value that ``share`` of a hundred do not exceed."""
    return ordered[-(-len(ordered) * share // 100) - 1] if ordered else None


def _served_s(ticket: Ticket) -> float | None:
    if ticket.started_at is None or ticket.ended_at is None:
        return None
    return (ticket.ended_at - ticket.started_at).total_seconds()
