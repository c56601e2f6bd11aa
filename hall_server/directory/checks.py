"""The checks of a record against the rest of the directory: what it names exists, and what must differ differs."""

from hall_server.directory.directory import Directory, Item
from hall_server.directory.fields import (
    check_calendar_year,
    check_department,
    check_hall,
    check_hours,
    check_line,
    check_matter,
    check_staff,
    check_window,
    check_zone,
)
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
from hall_server.errors import Invalid, Refused


def check(directory: Directory, item: Item) -> None:
    """Decide whether a record may be saved; the directory is not changed.

    Raises:
        Invalid: a field is unfit, or names something that does not exist; ``fields["field"]`` says which.
        Refused: it would take what others hold (prefix, number, code, name) or leave others without what they need.
    """
    match item:
        case Hall():
            _check_hall(directory, item)
        case Zone():
            _check_zone(directory, item)
        case Line():
            _check_line(directory, item)
        case Window():
            _check_window(directory, item)
        case Department():
            _check_department(directory, item)
        case Matter():
            _check_matter(directory, item)
        case Staff():
            _check_staff(directory, item)
        case Hours():
            check_hours(item)
        case CalendarYear():
            check_calendar_year(item)


def save(directory: Directory, item: Item) -> None:
    """Check a record and put it in its place.

    Raises:
        Invalid, Refused: as :func:`check`; then nothing has changed.
    """
    check(directory, item)
    directory.apply(item)


def _check_hall(directory: Directory, hall: Hall) -> None:
    check_hall(hall)
    if directory.hall is not None and directory.hall.id != hall.id:
        raise Refused("directory.hall_id_fixed", field="id", value=directory.hall.id)


def _check_zone(directory: Directory, zone: Zone) -> None:
    check_zone(zone)
    if zone.active:
        return
    lines = [line.id for line in directory.lines_of_zone(zone.id)]
    windows = [window.id for window in directory.windows_of_zone(zone.id)]
    if lines or windows:
        raise Refused("directory.zone_in_use", field="active", lines=lines, windows=windows)


def _check_line(directory: Directory, line: Line) -> None:
    check_line(line)
    _check_zone_of(directory, line)
    for other in directory.lines.values():
        if other.id != line.id and other.prefix == line.prefix:
            raise Refused("directory.prefix_taken", field="prefix", value=line.prefix, by=other.id)
    # A number is frozen for life: a prefix that moved to another line could be printed twice in one day.
    old = directory.lines.get(line.id)
    if old is not None and old.prefix != line.prefix:
        raise Refused("directory.prefix_fixed", field="prefix", value=old.prefix)


def _check_window(directory: Directory, window: Window) -> None:
    check_window(window)
    _check_zone_of(directory, window)
    for line in window.lines:
        if line not in directory.lines:
            raise Invalid("directory.line_unknown", field="lines", value=line)
    for matter_id in window.matters:
        matter = directory.matters.get(matter_id)
        if matter is None:
            raise Invalid("directory.matter_unknown", field="matters", value=matter_id)
        if matter.line not in window.lines:
            raise Invalid("directory.matter_of_other_line", field="matters", value=matter_id, line=matter.line)
    for other in directory.windows.values():
        if other.id != window.id and other.number == window.number:
            raise Refused("directory.window_number_taken", field="number", value=window.number, by=other.id)


def _check_department(directory: Directory, department: Department) -> None:
    check_department(department)
    if department.line not in directory.lines:
        raise Invalid("directory.line_unknown", field="line", value=department.line)
    other = directory.department_by_name(department.name)
    if other is not None and other.id != department.id:
        raise Refused("directory.department_name_taken", field="name", by=other.id)


def _check_matter(directory: Directory, matter: Matter) -> None:
    check_matter(matter)
    if matter.department not in directory.departments:
        raise Invalid("directory.department_unknown", field="department", value=matter.department)
    if matter.line not in directory.lines:
        raise Invalid("directory.line_unknown", field="line", value=matter.line)
    other = directory.matter_by_code(matter.code)
    if other is not None and other.id != matter.id:
        raise Refused("directory.matter_code_taken", field="code", value=matter.code, by=other.id)


def _check_staff(directory: Directory, staff: Staff) -> None:
    check_staff(staff)
    for window in staff.windows:
        if window not in directory.windows:
            raise Invalid("directory.window_unknown", field="windows", value=window)
    for department in staff.departments:
        if department not in directory.departments:
            raise Invalid("directory.department_unknown", field="departments", value=department)
    for other in directory.staff.values():
        if other.id != staff.id and other.number == staff.number:
            raise Refused("directory.staff_number_taken", field="number", value=staff.number, by=other.id)


def _check_zone_of(directory: Directory, item: Line | Window) -> None:
    zone = directory.zones.get(item.zone)
    if zone is None:
        raise Invalid("directory.zone_unknown", field="zone", value=item.zone)
    if item.active and not zone.active:
        raise Refused("directory.zone_off", field="zone", value=zone.id)
