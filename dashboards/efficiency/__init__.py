"""Efficiency board 效能公示: what the hall publishes of its work on its walls, and nothing of who came."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dashboards.efficiency import messages as m
from dashboards.efficiency import web
from dashboards.efficiency.board import NAME, TOPIC, EfficiencyBoard
from dashboards.efficiency.pictures import EfficiencyPictures
from dashboards.efficiency.service import PublicationRule
from displays.screens.modules import ScreenModule

if TYPE_CHECKING:
    from hall_server.server import Server

SCREEN = ScreenModule(
    id=NAME,
    tag="efficiency-board",
    script="/pages/efficiency/efficiency-board.js",
    styles=("/pages/efficiency/efficiency.css",),
    topic=TOPIC,
)


def install(server: Server) -> EfficiencyBoard:
    """Install the efficiency board after statistics and the figures of ratings."""
    rule = PublicationRule()
    board = EfficiencyBoard(server, EfficiencyPictures(server), rule)
    server.types.add(*m.EVENTS)
    server.fold(rule)
    server.handle(m.SetPublication, rule.set)
    server.listen("efficiency publication", board.rule_changed, rule.types)
    server.view(NAME, board)
    server.route(*web.routes(server, board, rule))
    server.locales.add(Path(__file__).parent / "locales")
    if (displays := server.rooms.get("displays")) is not None:
        displays.hung.modules.add(SCREEN, folder=web.PAGES, page="/efficiency")

    async def start() -> None:
        server.spawn(board.run(), "efficiency board")

    server.on_start("efficiency board", start)
    return board
