"""What other rooms add to the console: page modules that it loads by their addresses; the queue knows no more."""

from __future__ import annotations

import msgspec

from hall_queue.room import Room
from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import SIGNED_IN, Route, Verb, api


class ConsoleModules(msgspec.Struct, frozen=True, kw_only=True):
    """Addresses of ES modules, each with ``export function install(console)``."""

    modules: list[str]


class ConsoleModulesHandler(ApiHandler):
    """`GET /api/v1/console/modules`."""

    room: Room

    async def get(self) -> None:
        """Answer with them."""
        self.answer(ConsoleModules(modules=self.room.console_modules))


def routes(room: Room) -> list[Route]:
    """The one address."""
    verb = Verb(access=SIGNED_IN, summary="What other rooms add to the console", reply=ConsoleModules)
    one = api("/api/v1/console/modules", ConsoleModulesHandler, get=verb)
    return [Route(one.path, one.handler, one.verbs, options={"room": room})]
