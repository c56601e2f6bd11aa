"""What each visit, stay and sitting adds to the sums, and where it belongs; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from attendance.model import Span
from dashboards.figures import waits
from dashboards.figures.cells import Dim, Fact, Sums
from dashboards.figures.clock import splitter
from dashboards.figures.visits import Stay, Visit
from hall_server.journal.rows import microseconds, moment

F = {name: place for place, name in enumerate(Sums.__struct_fields__)}
"""The place of each field of `Sums`."""
_BY_PERSON = frozenset({"done", "forwarded", "transferred", "held"})
"""How a stay ends that a person served; one closed by the end of the day has no true time."""
SECOND = 1_000_000
_SENT_ON = frozenset({"forwarded", "transferred"})


class Sitting(msgspec.Struct, frozen=True, array_like=True):
    """How long a window was open and not paused in a half hour (``slots.py``), with whom, microseconds."""

    window: str
    staff: str
    slot: str
    open_us: int


def facts_of(
    day: date, visits: Iterable[Visit], stays: Iterable[Stay], sittings: Iterable[Sitting], zone: ZoneInfo
) -> Iterator[Fact]:
    """Everything that a day adds."""
    weekday, hour = str(day.isoweekday()), hours(zone)
    for visit in visits:
        place = {
            Dim.LINE: visit.line,
            Dim.MATTER: visit.matter,
            Dim.WINDOW: visit.window,
            Dim.STAFF: visit.staff,
            Dim.HOUR: hour(visit.issued_at),
            Dim.WEEKDAY: weekday,
            Dim.CHANNEL: visit.channel,
            Dim.PRIORITY: visit.priority,
        }
        yield Fact(place, tuple(of_visit(visit)))
    for stay in stays:
        place = {
            Dim.LINE: stay.line,
            Dim.MATTER: stay.matter,
            Dim.WINDOW: stay.window,
            Dim.STAFF: stay.staff,
            Dim.HOUR: hour(stay.issued_at),
            Dim.WEEKDAY: weekday,
            Dim.CHANNEL: stay.channel,
            Dim.PRIORITY: stay.priority,
        }
        yield Fact(place, tuple(_of_stay(stay)))
    for sitting in sittings:
        place = {Dim.WINDOW: sitting.window, Dim.STAFF: sitting.staff, Dim.WEEKDAY: weekday}
        yield Fact(place, ((F["open_us"], sitting.open_us),))


def sittings_of(spans: Iterable[Span], now: datetime, zone: ZoneInfo) -> list[Sitting]:
    """The open time of spans without their pauses, by half hours; what is open counts up to ``now``."""
    found: dict[tuple[str, str, str], int] = {}
    split = splitter(zone)
    for span in spans:
        end = span.closed_at or now
        away = [(microseconds(begin), microseconds(stop or end)) for begin, stop in span.pauses]
        for begin, stop, sign in ((microseconds(span.opened_at), microseconds(end), 1), *((*one, -1) for one in away)):
            for slot, part_us in split(begin, stop):
                key = span.window, span.staff or "", slot
                found[key] = found.get(key, 0) + sign * part_us
    return [Sitting(*key, open_us) for key, open_us in found.items() if open_us > 0]


def of_visit(visit: Visit) -> Iterator[tuple[int, int]]:
    """What a visit adds."""
    yield F["visits"], 1
    if visit.first_called_at is not None:
        wait_us = max(0, visit.first_called_at - visit.issued_at)
        yield F["called"], 1
        yield F["wait_us"], wait_us
        yield F["waits"], waits.one(wait_us)
        if visit.promised_p50_s is not None and visit.promised_p90_s is not None:
            yield F["promised"], 1
            yield F["kept"], wait_us <= visit.promised_p90_s * SECOND
            yield F["promise_error_us"], abs(wait_us - visit.promised_p50_s * SECOND)
    if visit.end in {"done", "day_end"}:
        yield F["served"], 1
    elif visit.is_in_vain:
        yield F["in_vain"], 1
    elif visit.end:
        yield F["abandoned"], 1
    if visit.holds:
        yield F["held"], 1
        yield F["held_us"], visit.held_us


def _of_stay(stay: Stay) -> Iterator[tuple[int, int]]:
    yield F["stays"], 1
    if stay.recalls:
        yield F["recalled"], 1
    if stay.end in _SENT_ON:
        yield F["sent_on"], 1
    if stay.started_at is not None:
        yield F["started"], 1
        yield F["walk_us"], stay.started_at - stay.called_at
        if (left_at := served_until(stay)) is not None:
            yield F["served_stays"], 1
            yield F["serve_us"], left_at - stay.started_at


def served_until(stay: Stay) -> int | None:
    """When a person ended the stay; None: not begun, not ended, or ended by the night, which has no true time."""
    return stay.left_at if stay.started_at is not None and stay.end in _BY_PERSON else None


def hours(zone: ZoneInfo) -> Callable[[int], str]:
    """Moment → the hall's hour, two digits; each hour is worked out once."""
    known: dict[int, str] = {}

    def hour(at: int) -> str:
        begun = at // 900_000_000  # a quarter of an hour: no zone is shifted by less
        if begun not in known:
            known[begun] = f"{moment(at).astimezone(zone):%H}"
        return known[begun]

    return hour
