"""Decides on changes of the screens and floor plans: managers only, nothing impossible, nobody's work overwritten."""

from __future__ import annotations

from collections.abc import Callable, Container

import msgspec

from displays.screens import checks
from displays.screens import messages as s
from displays.screens.checks import Shelf
from displays.screens.model import Content, FloorPlan, Screen
from displays.screens.register import ScreenRegister
from hall_server.directory.directory import Directory
from hall_server.errors import Forbidden, Invalid, NotFound, Refused
from hall_server.identity import Role
from hall_server.outcome import Context, Outcome

SCREENS_MOST = 300
PLANS_MOST = 20
DEVICE_KINDS = {Content.WINDOW: ("window-screen", "board"), Content.LED: ("led",)}
"""Kinds of devices that can show a content; the others are shown by boards."""

DevicesOf = Callable[[str], frozenset[str]]
"""Kind → the ids of the paired devices of that kind."""


class ScreenService:
    """The handlers."""

    def __init__(
        self,
        register: ScreenRegister,
        directory: Directory,
        shelf: Shelf,
        devices_of: DevicesOf,
        modules: Container[str] = (),
    ) -> None:
        """``devices_of``: the paired devices of a kind; a screen may be tied to one.

        ``modules``: the ids of what other rooms bring.
        """
        self._modules = modules
        self._register = register
        self._directory = directory
        self._shelf = shelf
        self._devices_of = devices_of

    def save(self, command: s.SaveScreen, context: Context) -> Outcome:
        """Hang or change a screen. Replies with it; a save that changes nothing is no event.

        Raises:
            Forbidden, Invalid with the ``field``.
            NotFound: ``screen.unknown``. Refused: ``screen.changed_meanwhile``, ``screen.too_many``.
        """
        _require_manager(context)
        screen = self.wanted(command, id_=command.id or context.ids.new())
        present = self._register.screens.get(screen.id)
        if present is not None and screen == present:
            return Outcome(events=(), reply=lambda: present)
        if present is None and command.id:
            raise NotFound("screen.unknown", screen=command.id[:60])
        _check_revision(present, command.revision)
        if present is None and len(self._register.screens) >= SCREENS_MOST:
            raise Refused("screen.too_many", most=SCREENS_MOST)
        event = s.ScreenSaved(screen=_counted(screen, present))
        return Outcome(events=(event,), reply=lambda: self._register.screens[screen.id])

    def wanted(self, command: s.SaveScreen, *, id_: str) -> Screen:
        """The screen that a command describes, for a preview too.

        Raises:
            Invalid: what cannot be, with the ``field``.
        """
        checks.check_screen(command, self._directory, self._register.plans, self._modules)
        playlist = checks.items(command.playlist, self._shelf, self._modules)
        self._check_device(command, id_)
        return Screen(
            id=id_,
            name=command.name,
            content=command.content,
            zone=self._zone(command),
            window=command.window,
            orientation=command.orientation,
            look=command.look,
            accent=command.accent.lower() if command.accent else None,
            logo=checks.picture(command.logo, "logo", self._shelf),
            languages=command.languages,
            size=command.size,
            dimming=command.dimming,
            arrangement=command.arrangement,
            playlist=playlist,
            call_s=command.call_s,
            led_chars=command.led_chars,
            led_rows=command.led_rows,
            plan=command.plan if command.content is Content.MAP else None,
            here=command.here if command.content is Content.MAP else None,
            module=command.module if command.content is Content.MODULE else None,
            device=command.device or None,
            revision=command.revision,
        )

    def remove(self, command: s.RemoveScreen, context: Context) -> Outcome:
        """Take a screen down. Replies with what it was.

        Raises:
            Forbidden. NotFound: ``screen.unknown``.
        """
        _require_manager(context)
        found = self._register.screens.get(command.screen)
        if found is None:
            raise NotFound("screen.unknown", screen=command.screen[:60])
        return Outcome(events=(s.ScreenRemoved(screen=found.id),), reply=lambda: found)

    def save_plan(self, command: s.SavePlan, context: Context) -> Outcome:
        """Draw or change a floor plan. Replies with it.

        Raises:
            Forbidden, Invalid with the ``field``.
            NotFound: ``plan.unknown``. Refused: ``screen.changed_meanwhile``, ``plan.too_many``.
        """
        _require_manager(context)
        checks.check_plan(command, self._directory)
        present = self._register.plans.get(command.id)
        if command.id and present is None:
            raise NotFound("plan.unknown", plan=command.id[:60])
        _check_revision(present, command.revision)
        if present is None and len(self._register.plans) >= PLANS_MOST:
            raise Refused("plan.too_many", most=PLANS_MOST)
        plan = FloorPlan(
            id=command.id or context.ids.new(),
            name=command.name,
            name_en=command.name_en,
            picture=checks.picture(command.picture, "picture", self._shelf),
            columns=command.columns,
            rows=command.rows,
            places=command.places,
            width_m=command.width_m,
            revision=present.revision + 1 if present else 1,
        )
        return Outcome(events=(s.PlanSaved(plan=plan),), reply=lambda: self._register.plans[plan.id])

    def remove_plan(self, command: s.RemovePlan, context: Context) -> Outcome:
        """Throw a floor plan away. Replies with what it was.

        Raises:
            Forbidden. NotFound: ``plan.unknown``. Refused: ``plan.in_use``, a screen shows it.
        """
        _require_manager(context)
        found = self._register.plans.get(command.plan)
        if found is None:
            raise NotFound("plan.unknown", plan=command.plan[:60])
        if user := next((one for one in self._register.screens.values() if one.plan == found.id), None):
            raise Refused("plan.in_use", screen=user.name)
        return Outcome(events=(s.PlanRemoved(plan=found.id),), reply=lambda: found)

    # -- inside

    def _zone(self, command: s.SaveScreen) -> str | None:
        """A window's screen hangs in the window's zone."""
        if command.window and command.content in (Content.WINDOW, Content.LED):
            return self._directory.windows[command.window].zone
        return command.zone

    def _check_device(self, command: s.SaveScreen, id_: str) -> None:
        if not command.device:
            return
        kinds = DEVICE_KINDS.get(command.content, ("board",))
        if not any(command.device in self._devices_of(kind) for kind in kinds):
            raise Invalid("screen.device_unfit", field="device", kinds=list(kinds))
        other = self._register.of_device(command.device)
        if other is not None and other.id != id_:
            raise Invalid("screen.device_taken", field="device", screen=other.name)


def _check_revision(present: Screen | FloorPlan | None, seen: int) -> None:
    if present is not None and seen != present.revision:
        raise Refused("screen.changed_meanwhile", field="name", name=present.name)


def _counted(screen: Screen, present: Screen | None) -> Screen:

    return msgspec.structs.replace(screen, revision=present.revision + 1 if present else 1)


def _require_manager(context: Context) -> None:
    if not context.actor.may(Role.MANAGER, Role.ADMIN):
        raise Forbidden("hand.managers_only")
