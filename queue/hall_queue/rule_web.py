"""The rules over HTTP, and the manager's page of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from hall_queue.rule_events import SaveRules
from hall_queue.rule_pictures import KEY, TOPIC, RulePictures, RulesPicture, RulesView
from hall_queue.rule_service import OwnRules, RuleService
from hall_queue.rulebook import Rulebook
from hall_server.web.handlers import ApiHandler
from hall_server.web.pages import page_routes
from hall_server.web.routes import MANAGER, SIGNED_IN, Route, Verb

if TYPE_CHECKING:
    from hall_server.server import Server

PAGES = Path(__file__).parent / "pages"


class RulesChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rules of the hall, or of ``line``, and of further ``lines``: all are set together.

    Null gives a rule back to the hall or to its default; "none" sets a limit to no limit.
    """

    line: str | None = None
    values: dict[str, Any] = msgspec.field(default_factory=dict)
    lines: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)
    reason: Annotated[str, Meta(max_length=400)] = ""


class RulesHandler(ApiHandler):
    """The rules of the hall and of its lines."""

    async def get(self) -> None:
        """Answer with the picture that the live feed shows."""
        await self.answer_picture(TOPIC, KEY)

    async def patch(self) -> None:
        """Set some of them."""
        change = self.read(RulesChange)
        await self.run(SaveRules(line=change.line, values=change.values, lines=change.lines, reason=change.reason))


def install(server: Server, rulebook: Rulebook, who: Callable[[str], str]) -> None:
    """Add the command, the live view, the routes and the page; ``who`` gives the name of a member of staff."""
    server.handle(SaveRules, RuleService(rulebook, server.directory).save)
    pictures = RulePictures(rulebook, server.directory, who, ZoneInfo(server.settings.timezone))
    server.view(TOPIC, RulesView(pictures))
    shown = Verb(access=MANAGER, summary="Every rule of the hall and of its lines", reply=RulesPicture)
    changed = Verb(access=MANAGER, summary="Change rules", request=RulesChange, reply=OwnRules)
    server.route(
        Route("/api/v1/rules", RulesHandler, {"GET": shown, "PATCH": changed}),
        *page_routes("hall_queue", PAGES, {"/manager/rules": "rules.html"}, access=SIGNED_IN),
    )
