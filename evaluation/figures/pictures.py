"""Figures as they are shown, each group with its name: for managers whole, for the public without small groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime

import msgspec

from evaluation.figures.compute import Counted, Figure, counted
from evaluation.figures.facts import By, Facts
from evaluation.figures.formulas import BY_ID
from evaluation.figures.narrowing import Only
from evaluation.figures.period import Period
from evaluation.figures.source import FigureSource
from evaluation.orders.facts import OrderFact
from hall_server.directory.directory import Directory
from hall_server.directory.model import Priority

RESULTS_MOST = 100
"""So many results of bad reviews stand on the public page, the newest first."""
_NOTHING: Only = {}
_UNSAID: Mapping[str, str] = {}
GROUP_FIGURES = ("good_rate", "bad_rate", "active_rate", "ratings")
"""What the public reads of a department, a window or a person."""


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one department, window, person, matter, line, hour, day …

    Attributes:
        key: its id; empty: those that belong to none.
        number: what stands on the window, or the 工号; the item code of a matter, the line's letter.
    """

    key: str
    name: str
    name_en: str
    number: str
    figures: tuple[Figure, ...]
    aspects: dict[str, int]
    reasons: dict[str, int]


class FiguresFound(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of a period, for the hall and for its groups.

    Attributes:
        only: the filters, as they were asked for.
    """

    first: date
    last: date
    by: By
    raw: bool
    only: dict[str, str]
    figures: tuple[Figure, ...]
    aspects: dict[str, int]
    reasons: dict[str, int]
    groups: list[Group]


class PublicGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A group as the public sees it.

    Attributes:
        figures: none where it has too few ratings to be shown.
    """

    key: str
    name: str
    name_en: str
    number: str
    figures: tuple[Figure, ...]


class PublishedResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a bad review, in the hall's published words."""

    day: date
    published_at: datetime
    department: str
    department_en: str
    window: str
    category: str | None
    text: str


class PublicPicture(msgspec.Struct, frozen=True, kw_only=True):
    """好差评公示 of a month.

    Attributes:
        least: a group with fewer valid ratings shows no figures.
        staff: only where the hall publishes its people.
    """

    name: str
    name_en: str
    month: str
    first: date
    last: date
    now: datetime
    least: int
    figures: tuple[Figure, ...]
    departments: list[PublicGroup]
    windows: list[PublicGroup]
    staff: list[PublicGroup] | None
    results: list[PublishedResult]


class FigurePictures:
    """Makes the figures of a period for whoever may see them."""

    def __init__(
        self,
        source: FigureSource,
        directory: Directory,
        staff_name: Callable[[str], str],
        now: Callable[[], datetime],
    ) -> None:
        self._source = source
        self._directory = directory
        self._staff_name = staff_name
        self._now = now

    async def of(
        self, period: Period, by: By, *, raw: bool, only: Only = _NOTHING, said: Mapping[str, str] = _UNSAID
    ) -> FiguresFound:
        """Everything, for managers.

        Args:
            only: what counts. said: the same in the words of whoever asked, given back as it is.
        """
        now = self._now()
        whole = await self._whole(period, raw=raw, only=only)
        apart = {} if by is By.HALL else await self._source.facts(period, by, only)
        groups = [self._group(by, key, counted(facts, now=now, raw=raw)) for key, facts in apart.items()]
        return FiguresFound(
            first=period.first,
            last=period.last,
            by=by,
            raw=raw,
            only=dict(said),
            figures=whole.figures,
            aspects=whole.aspects,
            reasons=whole.reasons,
            groups=sorted(groups, key=_place),
        )

    async def public(self, period: Period, *, least: int, staff: bool) -> PublicPicture:
        """What everybody may see: no person unless the hall says so, no figures of groups that are too small."""
        hall = self._directory.hall
        whole = await self._whole(period, raw=False)
        return PublicPicture(
            name=hall.name if hall else "",
            name_en=(hall.name_en or hall.name) if hall else "",
            month=f"{period.first:%Y-%m}",
            first=period.first,
            last=period.last,
            now=self._now(),
            least=least,
            figures=tuple(one for one in whole.figures if BY_ID[one.id].is_public),
            departments=await self._groups(period, By.DEPARTMENT, least),
            windows=await self._groups(period, By.WINDOW, least),
            staff=await self._groups(period, By.STAFF, least) if staff else None,
            results=self._results(await self._source.orders(period)),
        )

    # -- inside

    async def _whole(self, period: Period, *, raw: bool, only: Only = _NOTHING) -> Counted:
        facts = await self._source.facts(period, By.HALL, only)
        return counted(facts.get("", Facts()), now=self._now(), raw=raw)

    async def _groups(self, period: Period, by: By, least: int) -> list[PublicGroup]:
        facts = await self._source.facts(period, by)
        found = {key: counted(one, now=self._now()) for key, one in facts.items() if key}
        shown = big_enough({key: one.of("ratings").numerator for key, one in found.items()}, least)
        groups = []
        for key, one in found.items():
            name, name_en, number = self._named(by, key)
            figures = tuple(one.of(id_) for id_ in GROUP_FIGURES) if key in shown else ()
            groups.append(PublicGroup(key=key, name=name, name_en=name_en, number=number, figures=figures))
        return sorted(groups, key=_place)

    def _results(self, orders: Iterable[OrderFact]) -> list[PublishedResult]:
        published = [one for one in orders if one.published_at is not None and one.published_text]
        published.sort(key=lambda one: (one.business_day, one.order), reverse=True)
        return [self._result(one) for one in published[:RESULTS_MOST]]

    def _result(self, order: OrderFact) -> PublishedResult:
        name, name_en, _ = self._named(By.DEPARTMENT, order.department or "")
        window = self._directory.windows.get(order.window)
        return PublishedResult(
            day=order.business_day,
            published_at=order.published_at or order.opened_at,
            department=name,
            department_en=name_en,
            window=str(window.number) if window else "",
            category=order.category.value if order.category else None,
            text=order.published_text or "",
        )

    def _group(self, by: By, key: str, found: Counted) -> Group:
        name, name_en, number = self._named(by, key)
        return Group(
            key=key,
            name=name,
            name_en=name_en,
            number=number,
            figures=found.figures,
            aspects=found.aspects,
            reasons=found.reasons,
        )

    def _named(self, by: By, key: str) -> tuple[str, str, str]:
        """Name, English name and number of a group; what the directory does not know keeps its id."""
        match by:
            case By.DEPARTMENT if (department := self._directory.departments.get(key)) is not None:
                return department.name, department.name_en or department.name, ""
            case By.WINDOW if (window := self._directory.windows.get(key)) is not None:
                return window.name, window.name_en or window.name, str(window.number)
            case By.MATTER if (matter := self._directory.matters.get(key)) is not None:
                return matter.name, matter.name_en or matter.name, matter.code
            case By.LINE if (line := self._directory.lines.get(key)) is not None:
                return line.name, line.name_en or line.name, line.prefix
            case By.PRIORITY if (priority := self._priorities.get(key)) is not None:
                return priority.name, priority.name_en or priority.name, ""
            case By.STAFF if (person := self._directory.staff.get(key)) is not None:
                name = self._staff_name(key)
                return name, name, person.number
            case _:
                return key, key, ""

    @property
    def _priorities(self) -> dict[str, Priority]:
        hall = self._directory.hall
        return {one.id: one for one in hall.priorities} if hall else {}


def big_enough(many: Mapping[str, int], least: int) -> set[str]:
    """The groups whose figures may be shown: those with at least ``least`` ratings.

    Where exactly one group with ratings is hidden, its figures would be the hall's less all the others': then the
    smallest of the others is hidden too.
    """
    shown = {key for key, count in many.items() if count >= least}
    hidden = [key for key, count in many.items() if 0 < count < least]
    if len(hidden) == 1 and shown:
        shown.remove(min(shown, key=lambda key: (many[key], key)))
    return shown


def _place(group: Group | PublicGroup) -> tuple[bool, int, str, str]:
    """By number, then by id; those that belong to none come last."""
    digits = group.number if group.number.isdigit() and len(group.number) < 9 else ""
    return not group.key, int(digits or 0), group.number, group.key
