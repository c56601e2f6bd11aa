"""The texts of all rooms, for the pages."""

from __future__ import annotations

from collections.abc import Iterable

from hall_server.errors import NotFound
from hall_server.web.handlers import ApiHandler
from hall_server.web.locales import LANGUAGES
from hall_server.web.routes import PUBLIC, Route, Verb, api


class TextsHandler(ApiHandler):
    """``/api/v1/locales/{lang}``."""

    async def get(self, lang: str) -> None:
        """Send every text of a language; revalidated by its tag.

        Raises:
            NotFound: ``locale.unknown``.
        """
        if lang not in LANGUAGES:
            raise NotFound("locale.unknown", lang=lang)
        self.set_header("Cache-Control", "no-cache")
        self.answer(self.web.locales.all(lang))


def routes() -> Iterable[Route]:
    """The routes of this module."""
    verb = Verb(access=PUBLIC, summary="Texts of all rooms: key → text", reply=dict[str, str])
    yield api("/api/v1/locales/{lang}", TextsHandler, get=verb)
