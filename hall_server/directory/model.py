"""What a hall consists of: frozen records, each with every field said once and checked in ``checks.py``."""

from datetime import date
from enum import IntEnum, StrEnum

import msgspec


class TaskType(IntEnum):
    """What kind of act a matter is (事项类型).

    Source: GB/T 39046-2020, table A.1 (written there with two digits: 01, 07, 10, 20).
    """

    LICENCE = 1  # 行政许可
    PENALTY = 2  # 行政处罚
    COERCION = 3  # 行政强制
    LEVY = 4  # 行政征收
    PAYMENT = 5  # 行政给付
    INSPECTION = 6  # 行政检查
    CONFIRMATION = 7  # 行政确认
    REWARD = 8  # 行政奖励
    RULING = 9  # 行政裁决
    OTHER_POWER = 10  # 其他行政权力
    PUBLIC_SERVICE = 20  # 公共服务


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A record of the directory; saving one replaces the record with the same id, an empty id asks for a new one."""


class Priority(Record, frozen=True, kw_only=True):
    """A class of people whom the law or the hall serves first (优先类别)."""

    id: str
    name: str
    name_en: str = ""


class Hall(Record, frozen=True, kw_only=True):
    """The hall itself (大厅); there is one per server."""

    id: str
    name: str
    name_en: str = ""
    demo: bool = False
    priorities: tuple[Priority, ...] = ()


class Zone(Record, frozen=True, kw_only=True):
    """Where one waits and hears (区域)."""

    id: str = ""
    name: str
    name_en: str = ""
    active: bool = True


class Line(Record, frozen=True, kw_only=True):
    """A waiting line (业务队列) with its prefix letter and its own sequence of numbers."""

    id: str = ""
    name: str
    name_en: str = ""
    prefix: str
    zone: str
    priority_enabled: bool = True
    active: bool = True


class Express(StrEnum):
    """What a window makes of express matters, those that take a moment only (即办)."""

    ANY = "any"  # nothing special
    FIRST = "first"  # before the others of their class
    ONLY = "only"  # serves nothing else


class Window(Record, frozen=True, kw_only=True):
    """A window (窗口): which lines it serves, in order of preference, and which of their matters (empty: all)."""

    id: str = ""
    number: int
    name: str
    name_en: str = ""
    zone: str
    lines: tuple[str, ...] = ()
    matters: tuple[str, ...] = ()
    express: Express = Express.ANY
    active: bool = True


class Department(Record, frozen=True, kw_only=True):
    """A department (部门) that has a seat in the hall; its matters go to ``line`` unless they say otherwise."""

    id: str = ""
    name: str
    name_en: str = ""
    line: str


class Guidance(Record, frozen=True, kw_only=True):
    """What a visitor should know first (办事指南). ``limit_workdays``: 0 is done at once, None is not known."""

    materials: tuple[str, ...] = ()
    fee: str = ""
    limit_workdays: int | None = None
    note: str = ""


class Matter(Record, frozen=True, kw_only=True):
    """An entry of the catalogue (事项). Its id stands for the pair (department, matter), never for the name alone."""

    id: str = ""
    code: str
    name: str
    name_en: str = ""
    department: str
    line: str
    task_type: TaskType
    group: str = ""
    frequent: bool = False
    express: bool = False
    guidance: Guidance | None = None
    active: bool = True


class Staff(Record, frozen=True, kw_only=True):
    """Someone who works in the hall; the name and the password live in the accounts table. ``number`` is the 工号.

    Attributes:
        departments: whose cases one examines or decides; for roles of departments only.
        marks: shown on the window's pad: "party" (党员先锋岗), "model" (示范岗).
        photo: id of a picture in the media folder, shown there too.
    """

    id: str = ""
    number: str
    roles: tuple[str, ...]
    windows: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    photo: str | None = None
    active: bool = True


class Span(Record, frozen=True, kw_only=True):
    """An opening span in hall time, "HH:MM" to "HH:MM"; "24:00" is the end of the day."""

    open: str
    close: str


class Hours(Record, frozen=True, kw_only=True):
    """When the hall is open (开放时间).

    Attributes:
        days: seven tuples of spans, Monday first; none: closed on that weekday.
        last_ticket_minutes: no ticket in the last so many minutes before a span closes.
        follows_calendar: closed on public holidays, open on adjusted working days (调休) as on Monday.
    """

    days: tuple[tuple[Span, ...], ...]
    last_ticket_minutes: int = 0
    follows_calendar: bool = True


class CalendarYear(Record, frozen=True, kw_only=True):
    """The announced holidays of one year: days off and weekend days worked instead; both empty: not yet published."""

    year: int
    off: tuple[date, ...] = ()
    work: tuple[date, ...] = ()
    papers: tuple[str, ...] = ()
