"""What is wanted of screens and floor plans, and what happens to them; both outlast midnight and restarts."""

from __future__ import annotations

from typing import ClassVar

from displays.screens.model import (
    Arrangement,
    Content,
    Dimming,
    FloorPlan,
    ItemKind,
    Language,
    Look,
    Orientation,
    Place,
    Screen,
    Size,
    Spot,
)
from hall_server.messages import Command, LastingEvent


class ItemWanted(Command, frozen=True, kw_only=True):
    """An :class:`Item` whose file is named by its id."""

    kind: ItemKind
    media: str | None = None
    zh: str = ""
    en: str = ""
    body_zh: str = ""
    body_en: str = ""
    module: str | None = None
    seconds: int = 10
    days: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
    begin: str = "00:00"
    end: str = "24:00"


class SaveScreen(Command, frozen=True, kw_only=True):
    """Hang a screen (empty id), or change one; the fields are those of :class:`Screen`, files named by their ids."""

    id: str = ""
    name: str
    content: Content
    zone: str | None = None
    window: str | None = None
    orientation: Orientation = Orientation.AUTO
    look: Look = Look.BLUE
    accent: str | None = None
    logo: str | None = None
    languages: tuple[Language, ...] = (Language.ZH, Language.EN)
    size: Size = Size.HALL
    dimming: Dimming | None = None
    arrangement: Arrangement = Arrangement.PLAIN
    playlist: tuple[ItemWanted, ...] = ()
    call_s: int = 15
    led_chars: int = 8
    led_rows: int = 1
    plan: str | None = None
    here: Spot | None = None
    module: str | None = None
    device: str | None = None
    revision: int = 0


class RemoveScreen(Command, frozen=True, kw_only=True):
    """Take a screen down; its address then says so."""

    screen: str


class SavePlan(Command, frozen=True, kw_only=True):
    """Draw a floor plan (empty id), or change one."""

    id: str = ""
    name: str
    name_en: str = ""
    picture: str | None = None
    columns: int = 32
    rows: int = 18
    places: tuple[Place, ...] = ()
    width_m: float | None = None
    revision: int = 0


class RemovePlan(Command, frozen=True, kw_only=True):
    """Throw a floor plan away that no screen shows."""

    plan: str


class ScreenSaved(LastingEvent, frozen=True, kw_only=True):
    """A screen hangs from now on as the record says."""

    type: ClassVar[str] = "screen.saved"
    screen: Screen

    @property
    def subject(self) -> str:
        """The screen."""
        return f"screen:{self.screen.id}"


class ScreenRemoved(LastingEvent, frozen=True, kw_only=True):
    """A screen was taken down."""

    type: ClassVar[str] = "screen.removed"
    screen: str

    @property
    def subject(self) -> str:
        """The screen."""
        return f"screen:{self.screen}"


class PlanSaved(LastingEvent, frozen=True, kw_only=True):
    """A floor plan is as the record says."""

    type: ClassVar[str] = "floor_plan.saved"
    plan: FloorPlan

    @property
    def subject(self) -> str:
        """The plan."""
        return f"floor_plan:{self.plan.id}"


class PlanRemoved(LastingEvent, frozen=True, kw_only=True):
    """A floor plan was thrown away."""

    type: ClassVar[str] = "floor_plan.removed"
    plan: str

    @property
    def subject(self) -> str:
        """The plan."""
        return f"floor_plan:{self.plan}"


EVENTS = (ScreenSaved, ScreenRemoved, PlanSaved, PlanRemoved)
