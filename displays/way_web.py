"""The way from where one stands to a window, a line or a zone, over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec

from displays.screens.hall_map import HallMap, PlanPicture
from displays.screens.model import FloorPlan, Place, PlaceKind, Side, Spot
from displays.screens.register import ScreenRegister
from displays.way import OUTWARD, Floor, Start, Way
from displays.way_words import Named, Step, steps
from hall_server.directory.directory import Directory
from hall_server.errors import Invalid, NotFound
from hall_server.web.handlers import ApiHandler
from hall_server.web.locales import Locales
from hall_server.web.routes import PUBLIC, Limit, Route, Verb

ASKING = Limit(group="way", per_s=10, burst=200)
MACHINES = ("kiosk", "enquiry", "selfservice")
KINDS = {"entrance": PlaceKind.ENTRANCE, "desk": PlaceKind.DESK, "kiosk": PlaceKind.KIOSK, "exit": PlaceKind.EXIT}

DevicesAt = Callable[[str], str | None]
"""Device → the zone it belongs to; None: nobody knows."""


class Here(msgspec.Struct, frozen=True, kw_only=True):
    """Where one stands; ``facing``: the side of the plan one looks to, None: nobody knows."""

    x: float
    y: float
    facing: Side | None


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """Where the way leads."""

    kind: PlaceKind
    ref: str
    name: str
    name_en: str
    number: int | None


class Lit(msgspec.Struct, frozen=True, kw_only=True):
    """What is lit on the plan, by id."""

    windows: tuple[str, ...]
    zones: tuple[str, ...]


class WayShown(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/v1/way`.

    Attributes:
        plan: the floor plan with what stands on it now.
        points: of the way, as shares of the plan, from where one stands.
        metres: of the whole way; None where nobody has measured the hall.
        steps: the way in words, the last says where the goal is.
    """

    plan: PlanPicture
    here: Here
    goal: Goal
    lit: Lit
    points: tuple[Spot, ...]
    metres: int | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A way that is to be found; ``is_elsewhere``: on another plan than the one where one stands."""

    floor: Floor
    start: Start
    goals: list[Place]
    lit: Lit
    is_elsewhere: bool

    def found(self) -> Way:
        """The way; takes a fifth of a second on the largest plan, and touches nothing of the hall."""
        way = self.floor.way(self.start, self.goals)
        assert way is not None  # noqa: S101  # a plan was chosen that has a goal
        return way


@dataclass(frozen=True, slots=True)
class Ways:
    """Finds ways on the hall's floor plans."""

    register: ScreenRegister
    directory: Directory
    hall_map: HallMap
    locales: Locales
    zone_of: DevicesAt

    def asked(self, from_: str, to: str) -> Asked:
        """What is to be found.

        Args:
            from_: ``device:ID``, ``entrance``, ``desk``, ``kiosk``, or ``X,Y`` and ``X,Y,SIDE`` (shares of the plan,
                and the side one looks to); empty: the entrance.
            to: ``window:ID``, ``line:ID`` or ``zone:ID``.

        Raises:
            NotFound: ``way.no_plan``, ``way.place_unknown``, ``way.not_drawn``. Invalid: ``way.unreadable``.
        """
        if not self.register.plans:
            raise NotFound("way.no_plan")
        goals, lit = self._goals(to)
        here, start = self._start(from_)
        plan = (
            here
            if any(self._on(here, goals))
            else next((one for one in self.register.plans.values() if any(self._on(one, goals))), None)
        )
        if plan is None:
            raise NotFound("way.not_drawn", to=to[:80])
        floor = Floor(plan)
        if plan is not here or start is None:
            start = self._entrance(floor)
        return Asked(floor=floor, start=start, goals=self._on(plan, goals), lit=lit, is_elsewhere=plan is not here)

    def shown(self, asked: Asked, way: Way) -> WayShown:
        """The way that was found, with the hall as it is now."""
        return self._told(way, asked.floor, asked.lit, is_elsewhere=asked.is_elsewhere)

    # -- where to

    def _goals(self, to: str) -> tuple[list[tuple[PlaceKind, str]], Lit]:
        """Places that will do, the better first, and what is lit."""
        kind, _, ref = to.partition(":")
        if kind == "window" and ref in self.directory.windows:
            window = self.directory.windows[ref]
            return [(PlaceKind.WINDOW, ref)], Lit(windows=(ref,), zones=(window.zone,))
        if kind == "zone" and ref in self.directory.zones:
            return [(PlaceKind.ZONE, ref)], Lit(windows=(), zones=(ref,))
        if kind == "line" and ref in self.directory.lines:
            windows = tuple(one.id for one in self.directory.windows_of_line(ref) if one.active)
            zone = self.directory.lines[ref].zone
            goals = [(PlaceKind.ZONE, zone)]
            return [*goals, *((PlaceKind.WINDOW, one) for one in windows)], Lit(windows=windows, zones=(zone,))
        if kind in KINDS and not ref:
            return [(KINDS[kind], "")], Lit(windows=(), zones=())
        raise NotFound("way.place_unknown", place=to[:80])

    def _on(self, plan: FloorPlan, goals: list[tuple[PlaceKind, str]]) -> list[Place]:
        """Those on a plan: of a line's zone and windows the zone, where it is drawn."""
        for kind in dict.fromkeys(kind for kind, _ in goals):
            refs = {ref for one, ref in goals if one is kind}
            found = [one for one in plan.places if one.kind is kind and (one.ref in refs or refs == {""})]
            if found:
                return found
        return []

    # -- where from

    def _start(self, from_: str) -> tuple[FloorPlan, Start | None]:
        plans = list(self.register.plans.values())
        if not from_:
            return plans[0], None
        if from_ in KINDS:
            return self._first(plans, lambda place: place.kind is KINDS[from_]) or (plans[0], None)
        kind, _, device = from_.partition(":")
        if kind == "device" and device:
            return self._of_device(plans, device)
        return plans[0], _spot_start(Floor(plans[0]), from_)

    def _of_device(self, plans: list[FloorPlan], device: str) -> tuple[FloorPlan, Start | None]:
        """Where a device stands: its own place, else the only machine that has no name, else its zone."""
        found = self._first(plans, lambda place: place.kind is PlaceKind.KIOSK and place.ref == device)
        if found is not None:
            return found
        nameless = [one for plan in plans for one in plan.places if one.kind is PlaceKind.KIOSK and not one.ref]
        if len(nameless) == 1:
            return self._first(plans, lambda place: place is nameless[0]) or (plans[0], None)
        zone = self.zone_of(device)
        return self._first(plans, lambda place: place.kind is PlaceKind.ZONE and place.ref == zone) or (plans[0], None)

    def _first(self, plans: list[FloorPlan], fits: Callable[[Place], bool]) -> tuple[FloorPlan, Start] | None:
        found = ((plan, place) for plan in plans for place in plan.places if fits(place))
        return next(((plan, Floor(plan).start_at(place)) for plan, place in found), None)

    def _entrance(self, floor: Floor) -> Start:
        """The entrance; a plan without one is entered in its middle."""
        doors = [one for one in floor.plan.places if one.kind is PlaceKind.ENTRANCE]
        return floor.start_at(doors[0]) if doors else Start(cell=floor.cell_of(Spot(x=0.5, y=0.5)), heading=None)

    # -- in words

    def _told(self, way: Way, floor: Floor, lit: Lit, *, is_elsewhere: bool) -> WayShown:
        names, plan = dict(self._names(floor.plan)), floor.plan
        lengths = [floor.metres(leg) for leg in way.legs]
        known = [one for one in lengths if one is not None]
        cells = [way.start.cell, *(leg.last for leg in way.legs)]
        first = (Step(zh=f"先到{plan.name}。", en=f"First go to {plan.name_en or plan.name}."),) if is_elsewhere else ()
        named = names[next(index for index, one in enumerate(plan.places) if one is way.goal)]
        spot, heading = floor.spot(way.start.cell), way.start.heading
        facing = next((side for side, one in OUTWARD.items() if one is heading), None)
        return WayShown(
            plan=self.hall_map.picture(plan.id),
            here=Here(x=spot.x, y=spot.y, facing=facing),
            goal=Goal(kind=way.goal.kind, ref=way.goal.ref, name=named.zh, name_en=named.en, number=named.number),
            lit=lit,
            points=tuple(floor.spot(cell) for cell in cells),
            metres=round(sum(known)) if plan.width_m is not None else None,
            steps=first + steps(way, floor, names),
        )

    def _names(self, plan: FloorPlan) -> Iterator[tuple[int, Named]]:
        for index, place in enumerate(plan.places):
            window, zone = self.directory.windows.get(place.ref), self.directory.zones.get(place.ref)
            if place.kind is PlaceKind.WINDOW:
                if window is not None:
                    yield index, Named(zh=window.name, en=window.name_en or window.name, number=window.number)
            elif place.kind is PlaceKind.ZONE:
                if zone is not None:
                    yield index, Named(zh=zone.name, en=zone.name_en or zone.name)
            else:
                yield index, self._sign(place)

    def _sign(self, place: Place) -> Named:
        key = f"way.kind.{place.kind}"
        zh, en = (self.locales.text(key, language) for language in ("zh-CN", "en"))
        return Named(zh=place.zh or zh, en=place.en or place.zh or en)


def _spot_start(floor: Floor, text: str) -> Start:
    """``0.4,0.6`` or ``0.4,0.6,top``.

    Raises:
        Invalid: ``way.unreadable``.
    """
    x, _, rest = text.partition(",")
    y, _, side = rest.partition(",")
    try:
        spot = Spot(x=float(x), y=float(y))
        heading = OUTWARD[Side(side)] if side else None
    except ValueError as exc:
        raise Invalid("way.unreadable", field="from") from exc
    if not (0 <= spot.x <= 1 and 0 <= spot.y <= 1):
        raise Invalid("way.unreadable", field="from")
    return Start(cell=floor.cell_of(spot), heading=heading)


class WayHandler(ApiHandler):
    """``/api/v1/way``."""

    ways: Ways

    async def get(self) -> None:
        """Answer with the way."""
        asked = self.ways.asked(self.words("from"), self.words("to"))
        shown = self.ways.shown(asked, await asyncio.to_thread(asked.found))
        await self.server.settled()
        self.answer(shown)


def routes(ways: Ways) -> list[Route]:
    """The address."""
    query = {
        "from": "device:ID, entrance, desk, kiosk, or X,Y,SIDE (shares of the plan, the side one looks to)",
        "to": "window:ID, line:ID, zone:ID, entrance, desk, kiosk or exit",
    }
    asked = Verb(access=PUBLIC, summary="The way through the hall", reply=WayShown, query=query, limit=ASKING)
    return [Route("/api/v1/way", WayHandler, {"GET": asked}, options={"ways": ways})]
