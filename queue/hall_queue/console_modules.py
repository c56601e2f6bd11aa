"""What other rooms add to the console, the phone page and the kiosk: modules by address; the queue knows no more."""

from __future__ import annotations

import msgspec

from hall_queue.room import Room
from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import PUBLIC, SIGNED_IN, Route, Verb, api


class ConsoleModules(msgspec.Struct, frozen=True, kw_only=True):
    """Addresses of ES modules, each with ``export function install(console)``."""

    modules: list[str]


class PhoneModules(msgspec.Struct, frozen=True, kw_only=True):
    """Addresses of ES modules, each with ``export function install(token)``."""

    modules: list[str]


class KioskModules(msgspec.Struct, frozen=True, kw_only=True):
    """Addresses of ES modules, each with ``export function install(kiosk)``."""

    modules: list[str]


class ConsoleModulesHandler(ApiHandler):
    """`GET /api/v1/console/modules`."""

    room: Room

    async def get(self) -> None:
        """Answer with them."""
        self.answer(ConsoleModules(modules=self.room.console_modules))


class PhoneModulesHandler(ApiHandler):
    """`GET /api/v1/phone/modules`."""

    room: Room

    async def get(self) -> None:
        """Answer with them."""
        self.answer(PhoneModules(modules=self.room.phone_modules))


class KioskModulesHandler(ApiHandler):
    """`GET /api/v1/kiosk/modules`."""

    room: Room

    async def get(self) -> None:
        """Answer with them."""
        self.answer(KioskModules(modules=self.room.kiosk_modules))


def routes(room: Room) -> list[Route]:
    """All of them."""
    console = Verb(access=SIGNED_IN, summary="What other rooms add to the console", reply=ConsoleModules)
    phone = Verb(access=PUBLIC, summary="What other rooms add to the page of a ticket", reply=PhoneModules)
    kiosk = Verb(access=PUBLIC, summary="What other rooms add to the kiosk", reply=KioskModules)
    found = (
        api("/api/v1/console/modules", ConsoleModulesHandler, get=console),
        api("/api/v1/phone/modules", PhoneModulesHandler, get=phone),
        api("/api/v1/kiosk/modules", KioskModulesHandler, get=kiosk),
    )
    return [Route(one.path, one.handler, one.verbs, options={"room": room}) for one in found]
