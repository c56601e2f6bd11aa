"""Packages over HTTP at a hall: kinds to choose from, one list and one form for all parts, the opening, the list."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from cases.packages import store
from cases.packages.hall import OpenedReply
from cases.packages.kinds import named
from cases.packages.pictures import KindLine, KindsFound, PackageList, PackageNeeds, PackagePicture, Pictures
from cases.packages.requests import IntakeAsked, IntakeTaken, NeedsAsked, PackageSheet, PackageWanted
from cases.packages.window import Window
from evaluation.confirmation.service import SheetMoved
from hall_server.errors import Invalid, NotFound
from hall_server.server import Server
from hall_server.web.handlers import ApiHandler
from hall_server.web.pages import file_route
from hall_server.web.routes import STAFF, Limit, Route, Verb

PAGES = Path(__file__).parent / "pages"
BASE = "/api/v1/packages"
BODY_MOST = 512 * 1024
_LOOKS = Limit(group="case lists", per_s=20, burst=60)


class PackageHandler(ApiHandler):
    """A handler of this room."""

    hall: Server
    window: Window
    pictures: Pictures

    async def known(self, id_: str) -> store.PackageRow:
        """A package this hall took in.

        Raises:
            NotFound: ``package.unknown``.
        """
        await self.hall.projector.reached(self.hall.journal.committed)
        found = await store.one(self.hall.views, id_)
        if found is None:
            raise NotFound("package.unknown", package=id_)
        return found


class KindsHandler(PackageHandler):
    """Kinds to choose from."""

    async def get(self) -> None:
        """Answer with those whose words fit."""
        found = named(self.pictures.kinds, self.words("q"))
        can_open = self.hall.settings.city_url is not None
        self.answer(KindsFound(items=tuple(self.pictures.line(one) for one in found), can_open=can_open))


class KindHandler(PackageHandler):
    """A kind."""

    async def get(self, kind: str) -> None:
        """Answer with it."""
        self.answer(self.pictures.line(self.pictures.kind_of(kind)))


class NeedsHandler(PackageHandler):
    """What a package asks for."""

    async def post(self, kind: str) -> None:
        """Answer with it."""
        wanted = self.read(NeedsAsked)
        self.answer(self.pictures.needs(self.pictures.kind_of(kind), wanted.answers, wanted.part_answers))


class SheetHandler(PackageHandler):
    """The merged form on the pad."""

    async def post(self, kind: str) -> None:
        """Put it before the visitor."""
        wanted = self.read(PackageSheet)
        reply = await self.window.sheet(kind, wanted, actor=self.actor, command_id=self.command_id)
        self.answer(msgspec.Raw(reply))


class PackagesHandler(PackageHandler):
    """A package comes in; those that came in."""

    async def get(self) -> None:
        """Answer with those that are meant, the newest first."""
        day = self.words("day")
        asked = store.PackagesAsked(
            window=self.words("window") or None,
            day=_day(day, self.hall.business_day) if day else None,
            number=self.words("q").strip() or None,
            limit=self.number("limit", default=30, least=1, most=100),
        )
        await self.hall.projector.reached(self.hall.journal.committed)
        rows = await store.some(self.hall.views, asked)
        self.answer(PackageList(items=[await self.pictures.package(one) for one in rows]))

    async def post(self) -> None:
        """Seal the forms and take it in."""
        wanted = self.read(PackageWanted)
        self.answer(await self.window.take_in(wanted, actor=self.actor, command_id=self.command_id))


class IntakeHandler(PackageHandler):
    """A package that a notice was given about."""

    async def post(self, case: str) -> None:
        """Go on with it: answer with what is filled in and handed in so far."""
        self.answer(await self.window.go_on(case, self.read(IntakeAsked), self.actor))


class OneHandler(PackageHandler):
    """A package that came in."""

    async def get(self, package: str) -> None:
        """Answer with its parts beside each other."""
        self.answer(await self.pictures.package(await self.known(package)))


class PapersHandler(PackageHandler):
    """Everything that is handed out when it came in."""

    async def get(self, package: str) -> None:
        """Send all documents as one PDF."""
        found = await self.pictures.package(await self.known(package))
        content = await self.window.papers([one.case for one in found.parts if one.case], self.actor)
        self.set_header("Content-Type", "application/pdf")
        self.set_header("Cache-Control", "private, no-store")
        self.set_header("Content-Disposition", "inline")
        self.finish(content)


def _day(text: str, today: date) -> date:
    if text == "today":
        return today
    try:
        return date.fromisoformat(text)
    except ValueError as exc:
        raise Invalid("query.invalid", field="day") from exc


def routes(options: dict[str, Any]) -> list[Route]:
    """The room's addresses; ``options`` are the handlers' attributes."""
    kinds = Verb(access=STAFF, summary="Kinds of packages (一件事)", reply=KindsFound, query={"q": "words of it"})
    needs = Verb(
        access=STAFF, summary="One list and one form for all parts of a package", request=NeedsAsked, reply=PackageNeeds
    )
    sheet = Verb(
        access=STAFF,
        summary="Put the merged form before the visitor",
        request=PackageSheet,
        reply=SheetMoved,
        status=201,
    )
    opened = Verb(
        access=STAFF, summary="Take a package in at a window", request=PackageWanted, reply=OpenedReply, status=201
    )
    listed = Verb(
        access=STAFF,
        summary="Packages of this hall, the newest first",
        reply=PackageList,
        limit=_LOOKS,
        query={
            "window": "of one window",
            "day": "opened on this day, or today",
            "q": "some letters of its number",
            "limit": "at most so many",
        },
    )
    intake = Verb(
        access=STAFF, summary="Go on with a package that lacked something", request=IntakeAsked, reply=IntakeTaken
    )
    one = Verb(access=STAFF, summary="A package, its parts beside each other", reply=PackagePicture)
    papers = Verb(access=STAFF, summary="All documents of a package as one PDF", media="application/pdf")
    return [
        Route(f"{BASE}/kinds", KindsHandler, {"GET": kinds}, options=options),
        Route(
            f"{BASE}/kinds/{{kind}}",
            KindHandler,
            {"GET": Verb(access=STAFF, summary="A kind", reply=KindLine)},
            options=options,
        ),
        Route(f"{BASE}/kinds/{{kind}}/needs", NeedsHandler, {"POST": needs}, options=options),
        Route(f"{BASE}/kinds/{{kind}}/sheet", SheetHandler, {"POST": sheet}, body_limit=BODY_MOST, options=options),
        Route(f"{BASE}/intakes/{{case}}", IntakeHandler, {"POST": intake}, options=options),
        Route(BASE, PackagesHandler, {"GET": listed, "POST": opened}, body_limit=BODY_MOST, options=options),
        Route(f"{BASE}/{{package}}", OneHandler, {"GET": one}, options=options),
        Route(f"{BASE}/{{package}}/papers", PapersHandler, {"GET": papers}, options=options),
        file_route("cases_packages", PAGES),
    ]
