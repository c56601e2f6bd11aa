"""What a log's columns and attributes mean: a TOML file, checked when it is read."""

from __future__ import annotations

import re
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from cases.model import Channel, Outcome
from cases.supervision.facts import Happening
from hall_server.errors import Invalid

Key: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Keys: TypeAlias = tuple[Key, ...]
Name: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
_PLACE = re.compile(r" - at `(?:key in )?`?\$\.?(?P<field>[^`]*)`")


class Kind(StrEnum):
    """What a file is."""

    AUTO = "auto"  # by its name: .xes, .xes.gz; else CSV
    CSV = "csv"
    XES = "xes"


class Order(StrEnum):
    """In which order the events of a case came."""

    TIME = "time"  # by their times; of equal ones as they stand in the file
    FILE = "file"


class DeadlineIs(StrEnum):
    """How a deadline with a time of day is meant; a day alone always counts as the whole day."""

    MOMENT = "moment"
    DAY = "day"  # the whole day on which it lies


class WorkingDays(StrEnum):
    """Which days offices work on."""

    CHINA = "china"  # the calendar that comes with the program
    WEEKDAYS = "weekdays"  # Monday to Friday


class FileForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a file is written.

    Attributes:
        encoding: of a CSV file, as Python names it; "auto": by its marks and bytes.
        separator: of a CSV file; "auto": of , ; tab | the one that gives the mapped columns.
    """

    kind: Kind = Kind.AUTO
    encoding: Key = "auto"
    separator: Annotated[str, msgspec.Meta(min_length=1, max_length=4)] = "auto"
    order: Order = Order.TIME


class Columns(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which columns say what: the first that a row has a value in. ``case:`` before a key of XES: of the trace.

    Attributes:
        start: when what the row tells of began, where one row tells of both ends.
        deadline: of the case; event_deadline: of the event's own work.
        received, accepted, end: moments of the case, where no activity tells them.
        attributes: kept beside the case, up to 20.
    """

    case: Keys = ("case:concept:name",)
    activity: Keys = ("concept:name",)
    time: Keys = ("time:timestamp",)
    start: Keys = ()
    resource: Keys = ("org:resource",)
    lifecycle: Keys = ("lifecycle:transition",)
    event_deadline: Keys = ()
    deadline: Keys = ()
    received: Keys = ()
    accepted: Keys = ()
    end: Keys = ()
    outcome: Keys = ()
    department: Keys = ()
    matter: Keys = ()
    hall: Keys = ()
    channel: Keys = ()
    attributes: Annotated[tuple[Key, ...], msgspec.Meta(max_length=20)] = ()


class Times(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How moments are written.

    Attributes:
        zone: of moments without one, and of the days that are counted.
        formats: tried in this order before ISO 8601; as `datetime.strptime`, or ``epoch_s``, ``epoch_ms``.
    """

    zone: Key = "Asia/Shanghai"
    formats: tuple[Key, ...] = ()
    deadline_is: DeadlineIs = DeadlineIs.MOMENT
    working_days: WorkingDays = WorkingDays.CHINA


class Limit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A limit where the log has no deadline: working days or days after the day of receipt (acceptance); 0: none."""

    workdays: Annotated[int, msgspec.Meta(ge=0, le=2_000)] = 0
    days: Annotated[int, msgspec.Meta(ge=0, le=4_000)] = 0


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mapping.

    Attributes:
        name: of the imported log; empty: made of the file's name.
        marks: which activities are which steps; without ``decide`` (and without the column ``end``) a case is decided
            with its last event.
        complete: lifecycle values that end an activity; begin: that begin one. Case does not matter.
        only_complete: variants and counts per activity take in what ended only.
        departments, matters: other names for values of the log; outcomes, channels: what its values mean.
        as_of: by what open cases are judged; None: the last moment of the log.
        rules: ids of supervision rules to use; empty: those that the log can tell of.
    """

    name: Name | str = ""
    title: str = ""
    file: FileForm = FileForm()
    columns: Columns = Columns()
    times: Times = Times()
    marks: dict[Happening, Keys] = {}
    complete: Keys = ("complete", "completed", "ate_abort", "autoskip", "manualskip")
    begin: Keys = ("start", "started")
    only_complete: bool = False
    limit: Limit = Limit()
    statute: Limit = Limit()
    department: str = ""
    matter: str = ""
    hall: str = ""
    channel: Channel = Channel.WINDOW
    departments: dict[str, str] = {}
    matters: dict[str, str] = {}
    outcomes: dict[str, Outcome] = {}
    channels: dict[str, Channel] = {}
    as_of: str = ""
    rules: tuple[str, ...] = ()


def read_mapping(path: Path) -> Mapping:
    """The mapping of a file.

    Raises:
        Invalid: ``log.mapping_unreadable``; ``log.mapping_form`` with the field; ``log.zone_unknown``.
    """
    try:
        found = msgspec.convert(_listed(tomllib.loads(path.read_text(encoding="utf-8-sig"))), type=Mapping)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise Invalid("log.mapping_unreadable", field="mapping", file=path.name, reason=str(exc)) from exc
    except msgspec.ValidationError as exc:
        place = _PLACE.search(str(exc))
        field = place.group("field") if place else ""
        raise Invalid("log.mapping_form", field=field or "mapping", reason=str(exc)) from exc
    return checked(found)


def _listed(table: dict[str, Any]) -> dict[str, Any]:
    """One name alone stands for a list of one."""
    lists = {"columns": set(Columns.__struct_fields__), "marks": {one.value for one in Happening}, "times": {"formats"}}
    found = {
        part: {key: [one] if isinstance(one, str) and key in lists[part] else one for key, one in value.items()}
        if part in lists and isinstance(value, dict)
        else value
        for part, value in table.items()
    }
    for key in ("complete", "begin", "rules"):
        if isinstance(found.get(key), str):
            found[key] = [found[key]]
    return found


def checked(mapping: Mapping) -> Mapping:
    """The mapping, if it can be used.

    Raises:
        Invalid: ``log.mapping_form``, ``log.zone_unknown``.
    """
    try:
        ZoneInfo(mapping.times.zone)
    except (ZoneInfoNotFoundError, ValueError) as exc:
        raise Invalid("log.zone_unknown", field="times.zone", zone=mapping.times.zone) from exc
    for name in ("case", "activity", "time"):
        if not getattr(mapping.columns, name):
            raise Invalid("log.mapping_form", field=f"columns.{name}", reason="empty")
    for name, limit in (("limit", mapping.limit), ("statute", mapping.statute)):
        if limit.workdays and limit.days:
            raise Invalid("log.mapping_form", field=name, reason="workdays or days, not both")
    if mapping.name and re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,62}", mapping.name) is None:
        raise Invalid("log.mapping_form", field="name", reason="a-z 0-9 _ - only")
    return mapping
