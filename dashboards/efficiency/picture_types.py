"""What stands on the efficiency board: figures with their parts, and no person unless the hall says so."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from dashboards.efficiency.model import HonoursOf, Span
from hall_queue.picture_types import HallName


class ShownFigure(msgspec.Struct, frozen=True, kw_only=True):
    """A figure as its own room counted it.

    Attributes:
        kind: count, rate (0 to 1), mean or percentile (seconds).
        value: None where there is nothing to divide by.
        formula: where it is explained.
    """

    id: str
    kind: str
    numerator: float
    denominator: float | None
    value: float | None
    formula: str


class ShownGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A department or window.

    Attributes:
        number: what stands on the window.
        figures: those that may be shown; of a group that is too small some are left out.
    """

    key: str
    name: str
    name_en: str
    number: str
    figures: tuple[ShownFigure, ...]


class ShownPeriod(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of today, this week or this month.

    Attributes:
        is_empty: nothing happened in it: there are no figures then, which is not the same as zeros.
        columns: ids of the figures of groups; of today no ratings, which would tell who gave them.
    """

    span: Span
    first: date
    last: date
    is_empty: bool
    figures: tuple[ShownFigure, ...]
    columns: tuple[str, ...]
    departments: tuple[ShownGroup, ...]
    windows: tuple[ShownGroup, ...]


class Honoured(ShownGroup, frozen=True, kw_only=True):
    """Somebody on the roll of honour.

    Attributes:
        place: from 1; those with the same figures share it.
    """

    place: int


class Roll(msgspec.Struct, frozen=True, kw_only=True):
    """光荣榜 of the last closed week or month, with the rule by which it was made.

    Attributes:
        people: empty unless the hall publishes its people.
    """

    of: HonoursOf
    first: date
    last: date
    served_least: int
    good_least_percent: int
    on_time_least_percent: int
    windows: tuple[Honoured, ...]
    departments: tuple[Honoured, ...]
    people: tuple[Honoured, ...]


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """A figure that is published; ``{words}.{id}``, ``.plain``, ``.formula`` and ``.events`` explain it."""

    id: str
    words: str


class EfficiencyPicture(msgspec.Struct, frozen=True, kw_only=True):
    """效能公示: everything that the board shows.

    Attributes:
        at: when it was counted; None: it is being counted for the first time.
        goal_min: the hall's goal for waits, minutes.
        least: a group with fewer calls or ratings shows no means and no rates.
    """

    hall: HallName
    at: datetime | None
    business_day: date
    goal_min: int
    least: int
    published: tuple[Published, ...]
    periods: tuple[ShownPeriod, ...]
    roll: Roll | None
