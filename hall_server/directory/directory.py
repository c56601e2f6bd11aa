"""The live directory: every record of the hall by its id, changed only by whole records, asked by everyone."""

from collections.abc import Iterable
from typing import TypeAlias

from hall_server.directory.calendar import WorkCalendar
from hall_server.directory.model import (
    CalendarYear,
    Department,
    Hall,
    Hours,
    Line,
    Matter,
    Staff,
    Window,
    Zone,
)

Item: TypeAlias = Hall | Zone | Line | Window | Department | Matter | Staff | Hours | CalendarYear


class Directory:
    """The hall's master data in memory.

    ``apply`` never refuses: it folds what the journal already holds. Whether a record may be saved is decided before,
    by :func:`hall_server.directory.checks.check`.
    """

    def __init__(self) -> None:
        """Begin with nothing: no hall, no hours, no records."""
        self.hall: Hall | None = None
        self.hours: Hours | None = None
        self.calendar = WorkCalendar()
        self.zones: dict[str, Zone] = {}
        self.lines: dict[str, Line] = {}
        self.windows: dict[str, Window] = {}
        self.departments: dict[str, Department] = {}
        self.matters: dict[str, Matter] = {}
        self.staff: dict[str, Staff] = {}
        self._matter_by_code: dict[str, str] = {}
        self._matters_of: dict[str, dict[str, None]] = {}
        self._windows_of_line: dict[str, tuple[Window, ...]] = {}

    def apply(self, item: Item) -> None:
        """Put a record in the place of the one with its id."""
        match item:
            case Hall():
                self.hall = item
            case Hours():
                self.hours = item
            case CalendarYear():
                self.calendar = self.calendar.with_year(item)
            case Zone():
                self.zones[item.id] = item
            case Line():
                self.lines[item.id] = item
            case Window():
                self.windows[item.id] = item
                self._windows_of_line.clear()
            case Department():
                self.departments[item.id] = item
            case Staff():
                self.staff[item.id] = item
            case Matter():
                self._apply_matter(item)

    def copy(self) -> "Directory":
        """Return a directory that can be changed without changing this one (records are shared, they are frozen)."""
        other = Directory()
        for item in self.items():
            other.apply(item)
        return other

    def items(self) -> Iterable[Item]:
        """Yield every record in an order in which each stands on those before it."""
        if self.hall is not None:
            yield self.hall
        if self.hours is not None:
            yield self.hours
        yield from self.calendar.years.values()
        yield from self.zones.values()
        yield from self.lines.values()
        yield from self.departments.values()
        yield from self.matters.values()
        yield from self.windows.values()
        yield from self.staff.values()

    def current(self, item: Item) -> Item | None:
        """Return the record that ``item`` would replace, or None."""
        match item:
            case Hall():
                return self.hall
            case Hours():
                return self.hours
            case CalendarYear():
                return self.calendar.years.get(item.year)
            case Zone():
                return self.zones.get(item.id)
            case Line():
                return self.lines.get(item.id)
            case Window():
                return self.windows.get(item.id)
            case Department():
                return self.departments.get(item.id)
            case Matter():
                return self.matters.get(item.id)
            case Staff():
                return self.staff.get(item.id)

    def lines_of_window(self, window_id: str) -> tuple[Line, ...]:
        """Return the lines a window serves, in its order of preference; none for an unknown window."""
        window = self.windows.get(window_id)
        return tuple(self.lines[line] for line in window.lines) if window else ()

    def windows_of_line(self, line_id: str) -> tuple[Window, ...]:
        """Return the active windows that serve a line, by number."""
        found = self._windows_of_line.get(line_id)
        if found is None:
            found = self._by_number(window for window in self.windows.values() if line_id in window.lines)
            if line_id in self.lines:
                self._windows_of_line[line_id] = found
        return found

    def windows_of_matter(self, matter: Matter) -> tuple[Window, ...]:
        """Return the active windows that serve a matter, by number."""
        return self._by_number(window for window in self.windows.values() if serves(window, matter))

    def windows_of_zone(self, zone_id: str) -> tuple[Window, ...]:
        """Return the active windows that stand in a zone, by number."""
        return self._by_number(window for window in self.windows.values() if window.zone == zone_id)

    def lines_of_zone(self, zone_id: str) -> tuple[Line, ...]:
        """Return the active lines that wait in a zone, by prefix."""
        return tuple(line for line in self.lines_in_order() if line.zone == zone_id)

    def lines_in_order(self) -> tuple[Line, ...]:
        """Return the active lines by prefix."""
        active = (line for line in self.lines.values() if line.active)
        return tuple(sorted(active, key=lambda line: (len(line.prefix), line.prefix)))

    def departments_in_order(self) -> tuple[Department, ...]:
        """Return the departments in the order in which they joined."""
        return tuple(self.departments.values())

    def matters_of_department(self, department_id: str) -> tuple[Matter, ...]:
        """Return a department's active matters, the frequent ones first, then by name and code."""
        found = (self.matters[matter] for matter in self._matters_of.get(department_id, ()))
        active = (matter for matter in found if matter.active)
        return tuple(sorted(active, key=lambda matter: (not matter.frequent, matter.name, matter.code)))

    def frequent_matters(self) -> tuple[Matter, ...]:
        """Return the active matters that the kiosk offers on its first page, in the order in which they joined."""
        return tuple(matter for matter in self.matters.values() if matter.frequent and matter.active)

    def matter_by_code(self, code: str) -> Matter | None:
        """Return the matter with this code (事项编码), or None."""
        matter_id = self._matter_by_code.get(code)
        return self.matters[matter_id] if matter_id else None

    def department_by_name(self, name: str) -> Department | None:
        """Return the department with this Chinese name, or None."""
        return next((found for found in self.departments.values() if found.name == name), None)

    def _apply_matter(self, matter: Matter) -> None:
        if (old := self.matters.get(matter.id)) is not None:
            self._matters_of[old.department].pop(old.id, None)
            self._matter_by_code.pop(old.code, None)
        self.matters[matter.id] = matter
        self._matter_by_code[matter.code] = matter.id
        self._matters_of.setdefault(matter.department, {})[matter.id] = None

    @staticmethod
    def _by_number(windows: Iterable[Window]) -> tuple[Window, ...]:
        return tuple(sorted((window for window in windows if window.active), key=lambda window: window.number))


def serves(window: Window, matter: Matter) -> bool:
    """Say whether a window may serve a matter: its line, and the matter itself where the window names its matters."""
    return matter.line in window.lines and (not window.matters or matter.id in window.matters)
