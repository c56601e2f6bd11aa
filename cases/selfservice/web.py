"""Addresses of the self-service terminal: its page and the files of it."""

from __future__ import annotations

from pathlib import Path

from hall_server.web.pages import file_route, page_routes
from hall_server.web.routes import Route

PAGES = Path(__file__).parent / "pages"
ROOM = "cases_selfservice"
PAGE = "/selfservice"


def routes() -> list[Route]:
    """All of them."""
    return [
        *page_routes(ROOM, PAGES, {PAGE: "self.html"}),
        file_route(ROOM, PAGES),
    ]
