"""The hall map (大厅平面图): a floor plan with the state of each window now."""

from __future__ import annotations

from datetime import datetime

import msgspec

from displays.pictures import Notice, Screens
from displays.screens.model import FloorPlan, Media, Place, PlaceKind
from displays.screens.register import ScreenRegister
from hall_queue.model import WindowState
from hall_queue.notices.view import EmergencyShown
from hall_queue.picture_types import HallName
from hall_server.directory.directory import Directory
from hall_server.directory.model import Window, Zone
from hall_server.errors import NotFound


class PlaceShown(msgspec.Struct, frozen=True, kw_only=True):
    """Something on the plan; the fields of a window are None where it is none.

    Attributes:
        number: the ticket's; ``called``: whether it is being called now.
        prefixes: of the lines that the window serves.
    """

    kind: PlaceKind
    ref: str
    name: str
    name_en: str
    x: float
    y: float
    w: float
    h: float
    window_number: int | None = None
    state: WindowState | None = None
    number: str | None = None
    called_at: datetime | None = None
    calls: int = 0
    prefixes: tuple[str, ...] = ()


class PlanPicture(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a hall map shows."""

    hall: HallName
    id: str
    name: str
    name_en: str
    picture: Media | None
    columns: int
    rows: int
    places: tuple[PlaceShown, ...]
    notices: tuple[Notice, ...]
    emergency: EmergencyShown | None


class HallMap:
    """Makes the pictures of the floor plans."""

    def __init__(self, register: ScreenRegister, screens: Screens, directory: Directory) -> None:
        self._register = register
        self._screens = screens
        self._directory = directory

    def picture(self, plan_id: str) -> PlanPicture:
        """What a floor plan shows now.

        Raises:
            NotFound: ``plan.unknown``.
        """
        plan = self._register.plans.get(plan_id)
        if plan is None:
            raise NotFound("plan.unknown", plan=plan_id[:60])
        return PlanPicture(
            hall=self._screens.hall_name(),
            id=plan.id,
            name=plan.name,
            name_en=plan.name_en,
            picture=plan.picture,
            columns=plan.columns,
            rows=plan.rows,
            places=self._places(plan),
            notices=self._screens.said(None),
            emergency=self._screens.emergency(),
        )

    def _places(self, plan: FloorPlan) -> tuple[PlaceShown, ...]:
        """The places, without those that are no longer in the hall."""
        found = []
        for place in plan.places:
            named = self._named(place)
            if named is None and place.kind in (PlaceKind.WINDOW, PlaceKind.ZONE):
                continue
            shown = PlaceShown(
                kind=place.kind,
                ref=place.ref,
                name=named.name if named else place.zh,
                name_en=named.name_en if named else place.en,
                x=place.x,
                y=place.y,
                w=place.w,
                h=place.h,
            )
            found.append(self._live(shown) if place.kind is PlaceKind.WINDOW else shown)
        return tuple(found)

    def _named(self, place: Place) -> Window | Zone | None:
        match place.kind:
            case PlaceKind.WINDOW:
                return self._directory.windows.get(place.ref)
            case PlaceKind.ZONE:
                return self._directory.zones.get(place.ref)
        return None

    def _live(self, shown: PlaceShown) -> PlaceShown:
        window = self._directory.windows[shown.ref]
        now, call = self._screens.window_now(window)
        return msgspec.structs.replace(
            shown,
            window_number=window.number,
            state=now.state,
            number=now.number,
            called_at=call.at if call else None,
            calls=call.calls if call else 0,
            prefixes=now.lines,
        )
