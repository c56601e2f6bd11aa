"""What somebody is told of a matter before they come: where, what, how long, what it costs, which ways there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from cases.catalogue.model import CaseType, Channel, Edition, EditionState, Fee, Law, Question, Result, Serves
from cases.catalogue.shelf import Shelf
from hall_queue.picture_types import Name
from hall_queue.wait import Wait
from hall_server.directory.model import Guidance, Line, Matter

if TYPE_CHECKING:
    from hall_queue.appointments.room import AppointmentRoom
    from hall_queue.room import Room as Queue


class Standing(StrEnum):
    """Whether a matter is taken today."""

    OPEN = "open"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    LATER = "later"  # its edition holds from a day to come
    UNWRITTEN = "unwritten"  # in the catalogue, but nobody has written what it asks for


class MatterNamed(msgspec.Struct, frozen=True, kw_only=True):
    """A matter by name."""

    id: str
    code: str
    name: str
    name_en: str
    task_type: int


class LineSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A line as far as a visitor cares."""

    id: str
    name: str
    name_en: str
    prefix: str
    open: bool
    waiting: int
    windows_open: int
    needs_id: bool


class WindowSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A window that serves the matter; ``zone``: id of where it is."""

    id: str
    number: int
    name: str
    name_en: str
    zone: str
    state: str


class EditionSeen(msgspec.Struct, frozen=True, kw_only=True):
    """What the catalogue says of a matter in full.

    Attributes:
        key: sent with what follows, so that a change meanwhile is noticed.
        statute_workdays, promise_workdays: 法定时限 and 承诺时限; 0: on the spot.
        has_form: a form is filled in; a sample can be had.
    """

    key: str
    serves: Serves
    case_type: CaseType
    statute_workdays: int
    promise_workdays: int
    conditions: tuple[str, ...]
    fees: tuple[Fee, ...]
    results: tuple[Result, ...]
    phones: tuple[str, ...]
    laws: tuple[Law, ...]
    questions: tuple[Question, ...]
    tags: tuple[str, ...]
    has_form: bool


class Ways(msgspec.Struct, frozen=True, kw_only=True):
    """How a matter can be begun.

    Attributes:
        ticket: numbers are given for it, if not at this moment. appointment: places can be booked.
        online, terminal, phone: an application can be filed there.
    """

    ticket: bool
    appointment: bool
    online: bool
    terminal: bool
    phone: bool


class MatterGuide(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/v1/guidance/matters/{id}`.

    Attributes:
        standing: whether it is taken today; since: the day from which it is not, or will be.
        successors: matters that take its place.
        wait_s: for somebody who took a number now; None: there is no line.
        guidance: what the hall itself has written; None: nothing.
    """

    matter: MatterNamed
    standing: Standing
    since: date | None
    successors: tuple[Name, ...]
    department: Name | None
    line: LineSeen | None
    zone: Name | None
    wait_s: Wait | None
    windows: tuple[WindowSeen, ...]
    edition: EditionSeen | None
    ways: Ways
    guidance: Guidance | None


@dataclass(frozen=True, slots=True)
class Guide:
    """Makes the pictures from what the hall knows now."""

    queue: Queue
    shelf: Shelf
    today: Callable[[], date]
    appointments: AppointmentRoom | None

    def matter(self, id_: str) -> Matter:
        """A matter of the catalogue, also one that is switched off: whoever has an old list is told.

        Raises:
            NotFound: there is no such matter.
        """
        directory = self.queue.hall.directory
        found = directory.matters.get(id_)
        return found if found is not None else self.queue.hall.matter(id_)

    def of(self, id_: str) -> MatterGuide:
        """What is told of a matter.

        Raises:
            NotFound: there is no such matter.
        """
        matter = self.matter(id_)
        edition, newest = self.shelf.holding(id_, self.today()), self.shelf.newest(id_)
        standing, since = _standing(matter, edition, newest, self.today())
        directory = self.queue.hall.directory
        department, line = directory.departments.get(matter.department), directory.lines.get(matter.line)
        zone = directory.zones.get(line.zone) if line else None
        picture = self.queue.pictures.line(line) if line else None
        return MatterGuide(
            matter=MatterNamed(
                id=matter.id,
                code=matter.code,
                name=matter.name,
                name_en=matter.name_en or (edition.name_en if edition else ""),
                task_type=matter.task_type,
            ),
            standing=standing,
            since=since,
            successors=tuple(self._named(newest.successors)) if newest and standing is Standing.CANCELLED else (),
            department=Name(id=department.id, name=department.name, name_en=department.name_en) if department else None,
            line=LineSeen(
                id=picture.id,
                name=picture.name,
                name_en=picture.name_en,
                prefix=picture.prefix,
                open=picture.open,
                waiting=picture.waiting,
                windows_open=picture.windows_open,
                needs_id=picture.needs_id,
            )
            if picture
            else None,
            zone=Name(id=zone.id, name=zone.name, name_en=zone.name_en) if zone else None,
            wait_s=picture.wait_s if picture else None,
            windows=self._windows(matter),
            edition=seen(edition) if edition else None,
            ways=self._ways(matter, line, edition, standing),
            guidance=matter.guidance,
        )

    def _named(self, ids: Iterable[str]) -> Iterable[Name]:
        matters = self.queue.hall.directory.matters
        found = (matters[id_] for id_ in ids if id_ in matters)
        return (Name(id=one.id, name=one.name, name_en=one.name_en) for one in found)

    def _windows(self, matter: Matter) -> tuple[WindowSeen, ...]:
        desk = self.queue.queue.desk
        return tuple(
            WindowSeen(
                id=one.id,
                number=one.number,
                name=one.name,
                name_en=one.name_en,
                zone=one.zone,
                state=desk(one.id).state,
            )
            for one in self.queue.hall.directory.windows_of_matter(matter)
            if one.active
        )

    def _ways(self, matter: Matter, line: Line | None, edition: Edition | None, standing: Standing) -> Ways:
        takes = standing in (Standing.OPEN, Standing.UNWRITTEN)
        channels = frozenset(edition.channels if takes and edition is not None else ())
        gives = takes and matter.active and line is not None and line.active
        return Ways(
            ticket=gives,
            appointment=gives and line is not None and self._books(line.id),
            online=Channel.ONLINE in channels,
            terminal=Channel.TERMINAL in channels,
            phone=Channel.PHONE in channels,
        )

    def _books(self, line: str) -> bool:
        """Whether a line has places that can be booked at all."""
        if self.appointments is None or not self.queue.hall.ports.books():
            return False
        return bool(self.appointments.keeping.kept.plan(line).plans)


def seen(edition: Edition) -> EditionSeen:
    """What a visitor is told of an edition."""
    return EditionSeen(
        key=edition.key,
        serves=edition.serves,
        case_type=edition.case_type,
        statute_workdays=edition.statute_workdays,
        promise_workdays=edition.promise_workdays,
        conditions=edition.conditions,
        fees=edition.fees,
        results=edition.results,
        phones=edition.phones,
        laws=edition.laws,
        questions=edition.questions,
        tags=edition.tags,
        has_form=bool(edition.form.get("properties")),
    )


def _standing(
    matter: Matter, edition: Edition | None, newest: Edition | None, today: date
) -> tuple[Standing, date | None]:
    if not matter.active:
        return Standing.CANCELLED, newest.valid_until if newest else None
    if edition is not None:
        return Standing.OPEN, None
    if newest is None or newest.valid_from is None:
        return Standing.UNWRITTEN, None
    if newest.state is EditionState.SUSPENDED:
        return Standing.SUSPENDED, newest.suspended_from
    if newest.valid_from > today:
        return Standing.LATER, newest.valid_from
    return Standing.CANCELLED, newest.valid_until
