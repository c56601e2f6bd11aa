"""What figures are narrowed by: the filters of statistics, read one way for every figure that knows them."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from enum import StrEnum

from hall_queue.model import Channel
from hall_server.directory.directory import Directory
from hall_server.errors import Invalid


class Of(StrEnum):
    """What a visit, and with it its rating, belongs to."""

    LINE = "line"
    MATTER = "matter"
    WINDOW = "window"
    STAFF = "staff"
    HOUR = "hour"  # in which the number was given, hall time, two digits
    WEEKDAY = "weekday"  # 1 Monday to 7 Sunday, of the business day on which it counts
    CHANNEL = "channel"  # where the number was taken, not where it was rated
    PRIORITY = "priority"  # the class of priority it was taken with


Only = Mapping[Of, frozenset[str]]
"""Dimension → the values that count; a dimension that is not in it is not narrowed."""

DEPARTMENT = "department"
"""Not a dimension of its own: the matters of a department."""
FILTERS = (Of.LINE, DEPARTMENT, Of.MATTER, Of.WINDOW, Of.STAFF, Of.HOUR, Of.WEEKDAY, Of.CHANNEL, Of.PRIORITY)
QUERY = {
    **{of.value: f"only of this {of.value}; several with commas between them" for of in Of},
    DEPARTMENT: "only of the matters of this department",
}
HOURS = frozenset(f"{hour:02d}" for hour in range(24))
WEEKDAYS = frozenset("1234567")

Said = Callable[[str], str]
"""said(name): what a question says of a filter; empty: nothing."""


def only_of(said: Said, directory: Directory) -> dict[Of, frozenset[str]]:
    """The filters of a question; a department stands for its matters, as the directory is today.

    Raises:
        Invalid: ``statistics.value_unknown``, at its field.
    """
    places: dict[Of, Container[str]] = {
        Of.LINE: directory.lines,
        Of.MATTER: directory.matters,
        Of.WINDOW: directory.windows,
        Of.STAFF: directory.staff,
        Of.HOUR: HOURS,
        Of.WEEKDAY: WEEKDAYS,
        Of.CHANNEL: frozenset(Channel),
        Of.PRIORITY: {one.id for one in directory.hall.priorities} if directory.hall else frozenset(),
    }
    only = {of: values_of(of, said(of), known) for of, known in places.items() if said(of)}
    if said(DEPARTMENT):
        matters = matters_of(directory, values_of(DEPARTMENT, said(DEPARTMENT), directory.departments))
        only[Of.MATTER] = matters & only.get(Of.MATTER, matters)
    return only


def matters_of(directory: Directory, departments: Container[str]) -> frozenset[str]:
    """The matters of departments, as the directory is today."""
    return frozenset(one.id for one in directory.matters.values() if one.department in departments)


def values_of(name: str, said: str, known: Container[str]) -> frozenset[str]:
    """The values of a filter.

    Raises:
        Invalid: ``statistics.value_unknown``.
    """
    values = frozenset(said.split(","))
    for value in sorted(values):
        if value not in known:
            raise Invalid("statistics.value_unknown", field=name, value=value[:80])
    return values


def as_asked(said: Said) -> dict[str, str]:
    """The filters in the words of whoever asked, to be given back as they are."""
    return {str(name): said(name) for name in FILTERS if said(name)}


def refuse_unknown(names: Iterable[str], known: Iterable[str]) -> None:
    """Refuse a filter that does not exist: whoever mistypes one must not read figures of everything.

    Raises:
        Invalid: ``statistics.filter_unknown``.
    """
    allowed = (*known, "lang")
    for name in names:
        if name not in allowed:
            raise Invalid("statistics.filter_unknown", field=name[:80], known=", ".join(known))
