"""What somebody at the city must look at: links, clocks, totals, attachments, conflicts, supervision, neighbours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from city.store.halls import HallRecord, HallState
from city.web.board_types import CityAlarm, Severity
from hall_server.federation.wire import CLOCK_OFF_S

if TYPE_CHECKING:
    from city.server import City

OFFLINE_LONG = timedelta(minutes=10)
BEHIND_EVENTS = 5_000
SHOWN_MOST = 100
_WARNS = frozenset({"neighbour.refused", "neighbour.differs", "supervision.unanswered"})


class Alarms:
    """Collects them; each is looked up where it arises."""

    def __init__(self, city: City) -> None:
        self._city = city

    async def all(self, halls: list[HallRecord], names: dict[str, tuple[str, str]]) -> tuple[CityAlarm, ...]:
        """Every alarm, the worst first.

        Args:
            names: hall → its name and its English name.
        """
        now = self._city.now()
        found = [
            *(one for hall in halls for one in _of_link(hall, now)),
            *await self._of_store(),
            *await self._of_cases(),
            *self._of_rooms(),
        ]
        named = [_named(one, names) for one in found]
        return tuple(sorted(named, key=lambda one: (one.severity is not Severity.BAD, one.code, one.hall)))

    async def _of_store(self) -> list[CityAlarm]:
        store = self._city.store
        totals = [
            _alarm("totals", Severity.BAD, one.hall, day=one.day, theirs=one.theirs.count, ours=one.ours.count)
            for one in await store.totals.differing(limit=SHOWN_MOST)
        ]
        late: dict[str, int] = {}
        for one in await store.late_attachments(limit=1_000):
            late[one.hall] = late.get(one.hall, 0) + 1
        attachments = [_alarm("attachments", Severity.WARN, hall, count=count) for hall, count in late.items()]
        refused: dict[str, int] = {}
        for item in await store.down.conflicts(limit=1_000):
            refused[item.hall] = refused.get(item.hall, 0) + 1
        return [
            *totals,
            *attachments,
            *(_alarm("refused", Severity.BAD, hall, count=count) for hall, count in refused.items()),
        ]

    async def _of_cases(self) -> list[CityAlarm]:
        index = self._city.rooms["case_index"]
        parked = await index.parked()
        found = [_alarm("parked", Severity.WARN, "", count=len(parked), reason=parked[0][1])] if parked else []
        conflicts: dict[str, list[str]] = {}
        for case, _ in await index.conflicts():
            conflicts.setdefault(case.hall, []).append(case.number)
        found += [
            _alarm("conflict", Severity.BAD, hall, count=len(numbers), number=numbers[0])
            for hall, numbers in conflicts.items()
        ]
        return found

    def _of_rooms(self) -> Iterable[CityAlarm]:
        """What supervision and the neighbours of the city counted already; nothing is looked up for a picture."""
        supervision, neighbours = (self._city.rooms.get(name) for name in ("supervision", "neighbours"))
        for one in (
            *(supervision.pictures.alarms() if supervision is not None else ()),
            *(neighbours.alarms() if neighbours is not None else ()),
        ):
            severity = Severity.WARN if one.code in _WARNS else Severity.BAD
            yield _alarm(one.code, severity, "", since=one.since, href=one.href, **one.fields)


def _of_link(hall: HallRecord, now: datetime) -> Iterable[CityAlarm]:
    if hall.state is HallState.QUARANTINED:
        code = str((hall.trouble or {}).get("code", ""))
        yield _alarm("quarantined", Severity.BAD, hall.id, since=hall.since, reason=code)
    elif hall.state is HallState.OFFLINE and now - hall.since >= OFFLINE_LONG:
        yield _alarm("offline", Severity.BAD, hall.id, since=hall.since, behind=hall.behind)
    elif hall.state is HallState.LINKED and hall.behind >= BEHIND_EVENTS:
        yield _alarm("behind", Severity.WARN, hall.id, behind=hall.behind)
    if hall.state is not HallState.CLOSED and abs(hall.clock_off_s) > CLOCK_OFF_S:
        yield _alarm("clock", Severity.WARN, hall.id, off_s=hall.clock_off_s)


def _alarm(
    code: str,
    severity: Severity,
    hall: str,
    *,
    since: datetime | None = None,
    href: str | None = None,
    **fields: object,
) -> CityAlarm:
    return CityAlarm(
        code=code, severity=severity, hall=hall, name=hall, name_en=hall, since=since, fields=fields, href=href
    )


def _named(alarm: CityAlarm, names: dict[str, tuple[str, str]]) -> CityAlarm:
    name, name_en = names.get(alarm.hall, (alarm.hall, alarm.hall))
    return CityAlarm(
        code=alarm.code,
        severity=alarm.severity,
        hall=alarm.hall,
        name=name,
        name_en=name_en,
        since=alarm.since,
        fields=alarm.fields,
        href=alarm.href,
    )
