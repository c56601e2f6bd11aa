"""The screens and floor plans of the hall in memory, folded from events."""

from __future__ import annotations

from displays.screens import messages as s
from displays.screens.model import FloorPlan, Screen
from hall_server.messages import Recorded


class ScreenRegister:
    """What hangs where now (the Fold port of the server).

    Attributes:
        screens, plans: by id, in the order in which they were made.
    """

    def __init__(self) -> None:
        self.types = frozenset(event.type for event in s.EVENTS)
        self.screens: dict[str, Screen] = {}
        self.plans: dict[str, FloorPlan] = {}

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        match recorded.event:
            case s.ScreenSaved(screen=screen):
                self.screens[screen.id] = screen
            case s.ScreenRemoved(screen=id_):
                self.screens.pop(id_, None)
            case s.PlanSaved(plan=plan):
                self.plans[plan.id] = plan
            case s.PlanRemoved(plan=id_):
                self.plans.pop(id_, None)
            case _:
                return

    def of_device(self, device: str) -> Screen | None:
        """The screen that a paired device shows."""
        return next((screen for screen in self.screens.values() if screen.device == device), None)

    def media(self) -> frozenset[str]:
        """The files that something needs."""
        needed: list[Screen | FloorPlan] = [*self.screens.values(), *self.plans.values()]
        return frozenset[str]().union(*(one.media() for one in needed))
