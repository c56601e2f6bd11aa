"""Reads a hall's description (``config/demo_hall.toml``): what a first start journals, and whose accounts it makes."""

import logging
from collections.abc import Iterable
from pathlib import Path

import msgspec

from hall_server.directory.calendar import read_years
from hall_server.directory.catalogue_import import matter_id, plan, read
from hall_server.directory.checks import save
from hall_server.directory.directory import Directory, Item
from hall_server.directory.events import DirectoryEvent, saved
from hall_server.directory.grouping import Grouping, MatterNote
from hall_server.directory.model import Department, Hall, Hours, Line, Staff, Window, Zone
from hall_server.errors import DomainError, Invalid

_log = logging.getLogger(__name__)


class DemoStaff(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Someone of the demonstration; ``id`` is also the sign-in name."""

    id: str
    number: str
    display_name: str
    roles: tuple[str, ...]
    windows: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


class DemoHall(msgspec.Struct, frozen=True, kw_only=True):
    """What a first start needs: the events to journal, in order, and the accounts to make.

    ``grouping`` is for later imports of the catalogue: it knows the lines of departments and the notes on matters.
    """

    events: tuple[DirectoryEvent, ...]
    accounts: tuple[DemoStaff, ...]
    grouping: Grouping


class _HallFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    settings: dict[str, object] = {}  # hall_server/settings.py reads and checks them
    neighbours: dict[str, object] = {}  # as the settings
    hall: Hall
    hours: Hours
    zones: tuple[Zone, ...] = ()
    lines: tuple[Line, ...] = ()
    windows: tuple[Window, ...] = ()
    departments: tuple[Department, ...] = ()
    matters: tuple[MatterNote, ...] = ()
    staff: tuple[DemoStaff, ...] = ()
    catalogue: str | None = None
    calendar: str | None = None


def load_demo(path: Path) -> DemoHall:
    """Read a hall's file with the catalogue and the calendar it names (relative to it); everything is checked.

    Raises:
        Invalid: ``hall_file.unreadable`` or ``hall_file.wrong``; ``fields`` name the record and its field.
    """
    file = _decode(path)
    grouping = Grouping(
        departments={department.name: department for department in file.departments},
        notes={note.code: note for note in file.matters},
    )
    building = _Building(path.name)
    building.add_all(_foundation(file, path.parent))
    if file.catalogue is not None:
        building.add_catalogue(path.parent / file.catalogue, grouping)
    building.check_notes(file.matters)
    building.add_all(_with_matter_ids(window) for window in file.windows)
    building.add_all(_staff(person) for person in file.staff)
    return DemoHall(events=tuple(building.events), accounts=file.staff, grouping=grouping)


def _decode(path: Path) -> _HallFile:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=_HallFile)
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise Invalid("hall_file.unreadable", field="file", file=path.name, reason=str(error)) from error


def _foundation(file: _HallFile, folder: Path) -> list[Item]:
    years = tuple(read_years(folder / file.calendar)) if file.calendar is not None else ()
    if file.calendar is not None and not years:  # a file copied without its folder; limits would forget the holidays
        _log.warning(
            "no holiday-cn-*.json in %s: no holiday is known",
            folder / file.calendar,
            extra={"action": "directory.no_calendar"},
        )
    return [file.hall, file.hours, *years, *file.zones, *file.lines, *file.departments]


def _with_matter_ids(window: Window) -> Window:
    return msgspec.structs.replace(window, matters=tuple(matter_id(code) for code in window.matters))


def _staff(person: DemoStaff) -> Staff:
    return Staff(
        id=person.id,
        number=person.number,
        roles=person.roles,
        windows=person.windows,
        departments=person.departments,
        marks=person.marks,
    )


class _Building:
    """Puts the records of a file into a fresh directory one by one, so that each is checked as a manager's would be."""

    def __init__(self, file_name: str) -> None:
        self.events: list[DirectoryEvent] = []
        self._directory = Directory()
        self._file_name = file_name

    def add_all(self, items: Iterable[Item]) -> None:
        for item in items:
            event = saved(item)
            try:
                save(self._directory, item)
            except DomainError as error:
                raise Invalid(
                    "hall_file.wrong", file=self._file_name, record=event.subject, reason=error.code, **error.fields
                ) from error
            self.events.append(event)

    def add_catalogue(self, path: Path, grouping: Grouping) -> None:
        file = read(path)
        made = plan(self._directory, file.rows, grouping)
        if faults := file.faults + made.faults:
            raise Invalid("hall_file.wrong", field="catalogue", file=path.name, faults=[str(fault) for fault in faults])
        for event in made.events:
            self._directory.apply(event.item)
        self.events.extend(made.events)

    def check_notes(self, notes: tuple[MatterNote, ...]) -> None:
        for note in notes:
            if self._directory.matter_by_code(note.code) is None:
                raise Invalid("hall_file.wrong", field="matters", file=self._file_name, value=note.code)
