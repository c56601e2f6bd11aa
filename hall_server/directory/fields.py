"""The checks of a record by itself: every field fit to store and to show, before anything else is looked at."""

import re

from hall_server.directory.model import (
    CalendarYear,
    Department,
    Guidance,
    Hall,
    Hours,
    Line,
    Matter,
    Priority,
    Span,
    Staff,
    Window,
    Zone,
)
from hall_server.directory.wording import CODE_LIMIT, ID, NAME_LIMIT, STAFF_NUMBER, text_fault
from hall_server.errors import Invalid
from hall_server.identity import Role

SHORT_NAME_LIMIT = 60
NOTE_LIMIT = 1000
MATERIALS_LIMIT = 50
WINDOW_NUMBERS = range(1, 1000)
LIMIT_WORKDAYS = range(0, 1000)
DAY_MINUTES = 24 * 60
STAFF_MARKS = frozenset({"party", "model"})
PHOTO = re.compile(r"[0-9a-f]{32}\.(jpg|webp)")
"""Id of a picture in the media folder."""
STAFF_ROLES = frozenset(
    {
        *(Role.STAFF.value, Role.MANAGER.value, Role.ADMIN.value),
        *(Role.EXAMINER.value, Role.LEADER.value, Role.SUPERVISOR.value, Role.EDITOR.value),
    }
)
LOOK_ALIKES = frozenset("IOQ")


def check_hall(hall: Hall) -> None:
    """Refuse a hall with an unfit id, name or class of priority."""
    _check_named(hall)
    _check_unique([priority.id for priority in hall.priorities], "priorities")
    for number, priority in enumerate(hall.priorities):
        _check_named(priority, prefix=f"priorities[{number}].")


def check_zone(zone: Zone) -> None:
    """Refuse a zone with an unfit id or name."""
    _check_named(zone)


def check_line(line: Line) -> None:
    """Refuse a line with an unfit name or a prefix that could be misread or misheard."""
    _check_named(line)
    check_prefix(line.prefix)
    _check_id(line.zone, "zone")


def check_prefix(prefix: str) -> None:
    """Refuse all but one or two ASCII capitals without I, O, Q (1, 0) and VV (W).

    Raises:
        Invalid: ``directory.prefix_form`` or ``directory.prefix_look_alike``, field ``prefix``.
    """
    if not (1 <= len(prefix) <= 2 and prefix.isascii() and prefix.isalpha() and prefix.isupper()):
        raise Invalid("directory.prefix_form", field="prefix", value=prefix[:20])
    if LOOK_ALIKES & set(prefix) or prefix == "VV":
        raise Invalid("directory.prefix_look_alike", field="prefix", value=prefix)


def check_window(window: Window) -> None:
    """Refuse a window with an unfit number or name, or an active one that serves no line."""
    _check_named(window)
    if window.number not in WINDOW_NUMBERS:
        raise Invalid("directory.out_of_range", field="number", least=1, most=WINDOW_NUMBERS[-1])
    _check_id(window.zone, "zone")
    _check_ids(window.lines, "lines")
    _check_ids(window.matters, "matters")
    if window.active and not window.lines:
        raise Invalid("directory.window_without_line", field="lines")


def check_department(department: Department) -> None:
    """Refuse a department with an unfit id or name."""
    _check_named(department)
    _check_id(department.line, "line")


def check_matter(matter: Matter) -> None:
    """Refuse a matter with an unfit code, name, group or guidance."""
    _check_named(matter, limit=NAME_LIMIT)
    check_text(matter.code, "code", limit=CODE_LIMIT)
    _check_id(matter.department, "department")
    _check_id(matter.line, "line")
    check_text(matter.group, "group", limit=NAME_LIMIT, may_be_empty=True)
    if matter.guidance is not None:
        check_guidance(matter.guidance)


def check_guidance(guidance: Guidance) -> None:
    """Refuse guidance with unfit texts, too many materials or an impossible limit."""
    if len(guidance.materials) > MATERIALS_LIMIT:
        raise Invalid("directory.too_many", field="guidance.materials", most=MATERIALS_LIMIT)
    for number, material in enumerate(guidance.materials):
        check_text(material, f"guidance.materials[{number}]", limit=NAME_LIMIT)
    check_text(guidance.fee, "guidance.fee", limit=NAME_LIMIT, may_be_empty=True)
    check_text(guidance.note, "guidance.note", limit=NOTE_LIMIT, may_be_empty=True)
    if guidance.limit_workdays is not None and guidance.limit_workdays not in LIMIT_WORKDAYS:
        raise Invalid("directory.out_of_range", field="guidance.limit_workdays", least=0, most=LIMIT_WORKDAYS[-1])


def check_staff(staff: Staff) -> None:
    """Refuse staff with an unfit number (工号), no role or an unknown one."""
    _check_id(staff.id, "id")
    if not STAFF_NUMBER.fullmatch(staff.number):
        raise Invalid("directory.staff_number_form", field="number")
    if not staff.roles:
        raise Invalid("directory.empty", field="roles")
    _check_unique(staff.roles, "roles")
    for role in staff.roles:
        if role not in STAFF_ROLES:
            raise Invalid("directory.role_unknown", field="roles", value=role[:40], known=sorted(STAFF_ROLES))
    _check_ids(staff.windows, "windows")
    _check_ids(staff.departments, "departments")
    _check_unique(staff.marks, "marks")
    for mark in staff.marks:
        if mark not in STAFF_MARKS:
            raise Invalid("directory.mark_unknown", field="marks", value=mark[:40], known=sorted(STAFF_MARKS))
    if staff.photo is not None and not PHOTO.fullmatch(staff.photo):
        raise Invalid("directory.photo_form", field="photo")


def check_hours(hours: Hours) -> None:
    """Refuse hours that are not seven days of spans in order and apart, or that leave a span without a ticket."""
    if len(hours.days) != 7:
        raise Invalid("directory.hours_seven_days", field="days", found=len(hours.days))
    for weekday, spans in enumerate(hours.days):
        _check_spans(spans, f"days[{weekday}]")
    if not 0 <= hours.last_ticket_minutes < DAY_MINUTES:
        raise Invalid("directory.out_of_range", field="last_ticket_minutes", least=0, most=DAY_MINUTES - 1)
    lengths = [minutes_of(span.close) - minutes_of(span.open) for spans in hours.days for span in spans]
    if lengths and hours.last_ticket_minutes >= min(lengths):
        raise Invalid("directory.last_ticket_too_early", field="last_ticket_minutes", most=min(lengths) - 1)


def check_calendar_year(year: CalendarYear) -> None:
    """Refuse a calendar whose days lie outside its year (a year may begin with days of the one before) or clash."""
    for field, days in (("off", year.off), ("work", year.work)):
        for day in days:
            if day.year not in (year.year - 1, year.year):
                raise Invalid("directory.calendar_day_outside", field=field, value=day.isoformat())
    for day in year.off:
        if day in year.work:
            raise Invalid("directory.calendar_day_twice", field="work", value=day.isoformat())


def minutes_of(clock: str, *, field: str = "open") -> int:
    """Read "HH:MM" ("00:00" to "24:00") as minutes since midnight.

    Raises:
        Invalid: ``directory.clock_form``, naming ``field``.
    """
    hours, _, minutes = clock.partition(":")
    if len(clock) == 5 and clock.isascii() and hours.isdigit() and minutes.isdigit() and int(minutes) < 60:
        total = int(hours) * 60 + int(minutes)
        if total <= DAY_MINUTES:
            return total
    raise Invalid("directory.clock_form", field=field, value=clock[:20])


def _check_spans(spans: tuple[Span, ...], field: str) -> None:
    last = -1
    for number, span in enumerate(spans):
        at = f"{field}[{number}]"
        begin, end = minutes_of(span.open, field=f"{at}.open"), minutes_of(span.close, field=f"{at}.close")
        if end <= begin:
            raise Invalid("directory.hours_end_first", field=f"{at}.close")
        if begin <= last:
            raise Invalid("directory.hours_order", field=f"{at}.open")
        last = end


def _check_named(
    record: Hall | Zone | Line | Window | Department | Matter | Priority,
    *,
    prefix: str = "",
    limit: int = SHORT_NAME_LIMIT,
) -> None:
    _check_id(record.id, f"{prefix}id")
    check_text(record.name, f"{prefix}name", limit=limit)
    check_text(record.name_en, f"{prefix}name_en", limit=NAME_LIMIT, may_be_empty=True)


def check_text(text: str, field: str, *, limit: int, may_be_empty: bool = False) -> None:
    """Refuse a text that is empty where it may not be, too long, or not plain."""
    if fault := text_fault(text, limit=limit, may_be_empty=may_be_empty):
        raise Invalid(f"directory.{fault}", field=field, limit=limit)


def _check_id(text: str, field: str) -> None:
    if not ID.fullmatch(text):
        raise Invalid("directory.id_form", field=field, value=text[:40])


def _check_ids(texts: tuple[str, ...], field: str) -> None:
    for text in texts:
        _check_id(text, field)
    _check_unique(texts, field)


def _check_unique(texts: list[str] | tuple[str, ...], field: str) -> None:
    for text in texts:
        if texts.count(text) > 1:
            raise Invalid("directory.listed_twice", field=field, value=text)
