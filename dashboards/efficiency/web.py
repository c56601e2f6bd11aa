"""The efficiency board over HTTP: the picture for everybody, what is published for managers, and the pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from dashboards.efficiency.board import EfficiencyBoard
from dashboards.efficiency.messages import SetPublication
from dashboards.efficiency.model import CHOICES, FIGURES_MOST, OF_HONOURED, Publication, Span
from dashboards.efficiency.picture_types import EfficiencyPicture
from dashboards.efficiency.service import RANGES, PublicationRule
from hall_server.errors import Invalid
from hall_server.web.handlers import ApiHandler
from hall_server.web.pages import file_route, page_routes
from hall_server.web.routes import MANAGER, PUBLIC, Limit, Route, Verb

if TYPE_CHECKING:
    from hall_server.server import Server

PAGES = Path(__file__).parent / "pages"
ADDRESS = "/api/v1/efficiency"
READING = Limit("efficiency", per_s=2, burst=40)
QUERY = {"period": f"only one of {', '.join(Span)}; all of them where none is named"}


class PublicationFound(msgspec.Struct, frozen=True, kw_only=True):
    """What is published, and what may be.

    Attributes:
        choices: ids of figures; at most ``most`` are shown. needed: without them there is no roll of honour.
        ranges: number → the least and the most it may be.
        has_public_staff: the hall's setting `ratings_public_staff`. staff_shown: its setting `pad_staff`.
    """

    publication: Publication
    choices: tuple[str, ...]
    most: int
    needed: tuple[str, ...]
    ranges: dict[str, tuple[int, int]]
    has_public_staff: bool
    staff_shown: str


class EfficiencyHandler(ApiHandler):
    """The picture."""

    board: EfficiencyBoard

    async def get(self) -> None:
        """Answer with it, of one span where one is named."""
        span = self._span()
        picture = await self.board.current()
        if span is not None:
            periods = tuple(one for one in picture.periods if one.span is span)
            picture = msgspec.structs.replace(picture, periods=periods)
        self.answer(picture)

    def _span(self) -> Span | None:
        """Which days are asked for.

        Raises:
            Invalid: ``efficiency.query_unknown``, ``efficiency.period_unknown``, with the ``field``.
        """
        for name in self.request.query_arguments:
            if name not in {*QUERY, "lang"}:
                raise Invalid("efficiency.query_unknown", field=name[:60], known=", ".join(QUERY))
        said = self.words("period")
        try:
            return Span(said) if said else None
        except ValueError as exc:
            raise Invalid("efficiency.period_unknown", field="period", known=", ".join(Span)) from exc


class PublicationHandler(ApiHandler):
    """What is published."""

    hall: Server
    rule: PublicationRule

    async def get(self) -> None:
        """Answer with it and with what may be chosen."""
        await self.hall.settled()
        self.answer(
            PublicationFound(
                publication=self.rule.now,
                choices=CHOICES,
                most=FIGURES_MOST,
                needed=OF_HONOURED,
                ranges=RANGES,
                has_public_staff=self.hall.settings.ratings_public_staff,
                staff_shown=self.hall.settings.pad_staff,
            )
        )

    async def put(self) -> None:
        """Publish something else."""
        await self.run(self.read(SetPublication))


def routes(server: Server, board: EfficiencyBoard, rule: PublicationRule) -> list[Route]:
    """The addresses and pages."""
    shown = Verb(access=PUBLIC, summary="The efficiency board", reply=EfficiencyPicture, query=QUERY, limit=READING)
    found = Verb(access=MANAGER, summary="What the efficiency board publishes", reply=PublicationFound)
    put = Verb(access=MANAGER, summary="Publish something else", request=SetPublication, reply=Publication)
    options = {"hall": server, "rule": rule}
    return [
        Route(ADDRESS, EfficiencyHandler, {"GET": shown}, options={"board": board}),
        Route(f"{ADDRESS}/publication", PublicationHandler, {"GET": found, "PUT": put}, options=options),
        *page_routes("efficiency", PAGES, {"/efficiency/formulas": "efficiency-formulas.html"}),
        *page_routes("efficiency", PAGES, {"/manager/efficiency": "efficiency-manager.html"}, access=MANAGER),
        file_route("efficiency", PAGES),
    ]
