"""Makes the picture of the efficiency board from the figures of statistics and of ratings; counts nothing itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from dashboards.efficiency.honours import Candidate, Share, roll
from dashboards.efficiency.model import (
    FROM_RATINGS,
    OF_GROUPS,
    OF_HONOURED,
    HonoursOf,
    People,
    Publication,
    Span,
    closed,
    running,
)
from dashboards.efficiency.picture_types import (
    EfficiencyPicture,
    Honoured,
    Published,
    Roll,
    ShownFigure,
    ShownGroup,
    ShownPeriod,
)
from dashboards.figures.asked import Asked, GroupBy
from dashboards.figures.compute import HallFigure
from dashboards.figures.pictures import HallGroup, PeriodFigures
from evaluation.figures.compute import Figure
from evaluation.figures.period import Period
from evaluation.figures.pictures import PublicGroup, PublicPicture, big_enough
from hall_queue.picture_types import HallName

if TYPE_CHECKING:
    from hall_server.server import Server

FORMULAS_PAGE = "/efficiency/formulas"
_OF_SHARES = ("wait_mean", "wait_median", "wait_p90", "wait_on_time", "service_mean")
"""Figures that would tell of single visitors where few were called."""

_WORDS = {False: "statistics", True: "figures"}
"""Whose texts explain a figure: those of statistics, or those of ratings."""

Found: TypeAlias = Mapping[str, ShownFigure]


class EfficiencyPictures:
    """Puts the figures side by side, as far as they are published."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._statistics = server.rooms["statistics"].pictures
        self._ratings = server.rooms["figures"].pictures

    def empty(self) -> EfficiencyPicture:
        """What is shown until something is counted."""
        settings, hall = self._server.settings, self._server.directory.hall
        return EfficiencyPicture(
            hall=HallName(name=hall.name if hall else "", name_en=hall.name_en if hall else ""),
            at=None,
            business_day=self._server.business_day,
            goal_min=settings.wait_goal_min,
            least=settings.ratings_public_least,
            published=(),
            periods=(),
            roll=None,
        )

    async def picture(self, rule: Publication) -> EfficiencyPicture:
        """Everything that the rule publishes, as it is now."""
        at, today = self._server.now(), self._server.business_day
        periods = [await self._period(span, running(span, today), rule) for span in Span]
        days = closed(rule.honours, today)
        return msgspec.structs.replace(
            self.empty(),
            at=at,
            business_day=today,
            published=tuple(Published(id=id_, words=_WORDS[_is_rated(id_)]) for id_ in rule.figures),
            periods=tuple(periods),
            roll=await self._roll(days, rule) if days else None,
        )

    # -- inside

    async def _period(self, span: Span, period: Period, rule: Publication) -> ShownPeriod:
        rated = await self._rated(period)
        whole = await self._counted(period, GroupBy.HALL)
        columns = tuple(id_ for id_ in OF_GROUPS if id_ in rule.figures and not (span is Span.DAY and _is_rated(id_)))
        departments = await self._groups(period, GroupBy.DEPARTMENT, rated.departments) if rule.departments else {}
        windows = await self._groups(period, GroupBy.WINDOW, rated.windows) if rule.windows else {}
        return ShownPeriod(
            span=span,
            first=period.first,
            last=period.last,
            is_empty=whole.is_empty,
            figures=_picked(self._of_hall(whole, rated), rule.figures),
            columns=columns,
            departments=tuple(_with(group, found, columns) for group, found in departments.values()),
            windows=tuple(_with(group, found, columns) for group, found in windows.values()),
        )

    async def _rated(self, period: Period, *, staff: bool = False) -> PublicPicture:
        """The ratings as the public page shows them, without small groups."""
        least = self._server.settings.ratings_public_least
        found: PublicPicture = await self._ratings.public(period, least=least, staff=staff)
        return found

    async def _counted(self, period: Period, by: GroupBy) -> PeriodFigures:
        departments = {matter.id: matter.department for matter in self._server.directory.matters.values()}
        found: PeriodFigures = await self._statistics.period(Asked(period=period, by=by, department_of=departments))
        return found

    def _of_hall(self, whole: PeriodFigures, rated: PublicPicture) -> Found:
        """Of the whole hall; ratings only where there are enough to tell nobody's own."""
        if whole.is_empty:
            return {}
        given = next(one.numerator for one in rated.figures if one.id == "ratings")
        return _shown([*whole.figures, *(rated.figures if given >= rated.least else ())])

    async def _groups(
        self, period: Period, by: GroupBy, rated: Iterable[PublicGroup]
    ) -> dict[str, tuple[HallGroup, Found]]:
        """Each group that somebody was called to, by its id, with what may be shown of it."""
        known = self._known(by)
        groups = (await self._counted(period, by)).groups
        called = {group.key: int(_of(group, "visits_called")) for group in groups if group.key}
        is_large = big_enough(called, self._server.settings.ratings_public_least)
        ratings = {group.key: group.figures for group in rated}
        found: dict[str, tuple[HallGroup, Found]] = {}
        for group in groups:
            if group.key not in known or not called[group.key]:
                continue
            counted = [one for one in group.figures if group.key in is_large or one.id not in _OF_SHARES]
            found[group.key] = (group, _shown([*counted, *ratings.get(group.key, ())]))
        return found

    def _known(self, by: GroupBy) -> Collection[str]:
        """What the directory still has; what it has not is in the figures of the hall only."""
        directory = self._server.directory
        match by:
            case GroupBy.DEPARTMENT:
                return directory.departments
            case GroupBy.STAFF:
                return {id_ for id_, person in directory.staff.items() if person.active}
            case _:
                return directory.windows

    # -- the roll of honour

    async def _roll(self, days: Period, rule: Publication) -> Roll:
        is_of_people = rule.people is not People.NONE
        rated = await self._rated(days, staff=is_of_people)
        windows = await self._groups(days, GroupBy.WINDOW, rated.windows)
        departments = await self._groups(days, GroupBy.DEPARTMENT, rated.departments)
        people = await self._groups(days, GroupBy.STAFF, rated.staff or ()) if is_of_people else {}
        return Roll(
            of=HonoursOf(rule.honours),
            first=days.first,
            last=days.last,
            served_least=rule.served_least,
            good_least_percent=rule.good_least_percent,
            on_time_least_percent=rule.on_time_least_percent,
            windows=_honoured(windows, rule) if rule.windows else (),
            departments=_honoured(departments, rule) if rule.departments else (),
            people=tuple(self._person(one, rule) for one in _honoured(people, rule)),
        )

    def _person(self, one: Honoured, rule: Publication) -> Honoured:
        """Somebody as the rule allows: never more than the screen of their window shows; figures only where public."""
        settings = self._server.settings
        may_be_named = rule.people is People.NAME and settings.pad_staff in {"name", "both"} and one.name
        number = self._server.directory.staff[one.key].number
        name = one.name if may_be_named else ""
        return msgspec.structs.replace(
            one,
            key=number,
            name=name,
            name_en=name,
            number="" if may_be_named else number,
            figures=one.figures if settings.ratings_public_staff else (),
        )


def _honoured(groups: Mapping[str, tuple[HallGroup, Found]], rule: Publication) -> tuple[Honoured, ...]:
    candidates = [
        Candidate(
            key=key,
            served=int(found["visits_served"].numerator),
            good=_share(found.get("good_rate")),
            on_time=_share(found.get("wait_on_time")),
        )
        for key, (_, found) in groups.items()
    ]
    places = roll(candidates, rule)
    return tuple(_in_place(one.place, *groups[one.key]) for one in places)


def _in_place(place: int, group: HallGroup, found: Found) -> Honoured:
    return Honoured(
        place=place,
        key=group.key,
        name=group.name,
        name_en=group.name_en,
        number=group.number,
        figures=_picked(found, OF_HONOURED),
    )


def _with(group: HallGroup, found: Found, columns: Iterable[str]) -> ShownGroup:
    figures = _picked(found, columns)
    return ShownGroup(key=group.key, name=group.name, name_en=group.name_en, number=group.number, figures=figures)


def _picked(found: Found, ids: Iterable[str]) -> tuple[ShownFigure, ...]:
    return tuple(found[id_] for id_ in ids if id_ in found)


def _share(figure: ShownFigure | None) -> Share:
    return (figure.numerator, figure.denominator) if figure else None


def _shown(figures: Iterable[HallFigure | Figure]) -> dict[str, ShownFigure]:
    return {
        one.id: ShownFigure(
            id=one.id,
            kind=one.kind.value,
            numerator=one.numerator,
            denominator=one.denominator,
            value=one.value,
            formula=f"{FORMULAS_PAGE}#{one.id}",
        )
        for one in figures
    }


def _of(group: HallGroup, id_: str) -> float:
    return next(one.numerator for one in group.figures if one.id == id_)


def _is_rated(id_: str) -> bool:
    return id_ in FROM_RATINGS
