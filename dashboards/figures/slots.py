"""What happens in each half hour: who comes, what is worked, which windows are open; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from zoneinfo import ZoneInfo

from dashboards.figures.cells import Dim, Fact
from dashboards.figures.clock import slots, splitter
from dashboards.figures.facts import F, Sitting, hours, of_visit, served_until
from dashboards.figures.visits import Stay, Visit


def slot_facts_of(
    day: date, visits: Iterable[Visit], stays: Iterable[Stay], sittings: Iterable[Sitting], zone: ZoneInfo
) -> Iterator[Fact]:
    """Everything that a day adds, by half hours of the hall's clock.

    A visit lies in the half hour of its number, a stay in that of its call. Walking and serving lie in the half hours
    they took, however many, and so does the open time of windows. The hour is that of the number, as everywhere: who
    asks for ten o'clock sees when those were served who came then.
    """
    weekday, slot, split, hour = str(day.isoweekday()), slots(zone), splitter(zone), hours(zone)
    for visit in visits:
        of = {**_of(visit), Dim.WEEKDAY: weekday, Dim.HOUR: hour(visit.issued_at)}
        yield Fact({**of, Dim.SLOT: slot(visit.issued_at)}, tuple(of_visit(visit)))
    for stay in stays:
        of = {**_of(stay), Dim.WEEKDAY: weekday, Dim.HOUR: hour(stay.issued_at)}
        yield Fact({**of, Dim.SLOT: slot(stay.called_at)}, ((F["stays"], 1),))
        if stay.started_at is not None:
            for at, part_us in split(stay.called_at, stay.started_at):
                yield Fact({**of, Dim.SLOT: at}, ((F["walk_us"], part_us),))
            for at, part_us in split(stay.started_at, served_until(stay) or stay.started_at):
                yield Fact({**of, Dim.SLOT: at}, ((F["serve_us"], part_us),))
    for one in sittings:
        place = {Dim.WINDOW: one.window, Dim.STAFF: one.staff, Dim.WEEKDAY: weekday, Dim.SLOT: one.slot}
        yield Fact(place, ((F["open_us"], one.open_us),))


def _of(one: Visit | Stay) -> dict[Dim, str]:
    return {
        Dim.LINE: one.line,
        Dim.MATTER: one.matter,
        Dim.WINDOW: one.window,
        Dim.STAFF: one.staff,
        Dim.CHANNEL: one.channel,
        Dim.PRIORITY: one.priority,
    }
