"""Pinyin input over HTTP: ``POST /api/v1/typing``; in the body, because what a visitor types belongs in no address."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from hall_server.directory.events import DIRECTORY_EVENTS
from hall_server.directory.words import read_words
from hall_server.typing import usual
from hall_server.typing.candidates import Candidate, PinyinInput
from hall_server.typing.lexicon import build
from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import PUBLIC, Limit, Route, Verb

if TYPE_CHECKING:
    from hall_server.server import Server

OFTEN = Limit("typing", per_s=15, burst=60)
"""Faster than two hands at one address; a hall's kiosks may stand behind one."""


class Typed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Letters of pinyin as typed so far, and the characters before the caret."""

    pinyin: Annotated[str, Meta(max_length=60)]
    before: Annotated[str, Meta(max_length=8)] = ""


class Candidates(msgspec.Struct, frozen=True, kw_only=True):
    """What may be meant, the likeliest first."""

    candidates: list[Candidate]


class Typing:
    """The input of one hall: made when somebody types first, made anew after the catalogue has changed."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._input: PinyinInput | None = None
        self._making: asyncio.Task[PinyinInput] | None = None
        self._is_old = False

    async def ready(self) -> PinyinInput:
        """The input; an older one while a newer one is made."""
        if self._input is None or self._is_old:
            self._is_old = False
            self._making = self._making or asyncio.create_task(self._make(), name="pinyin input")
        if self._input is None and self._making is not None:
            return await asyncio.shield(self._making)
        assert self._input is not None  # noqa: S101  # one of the two is there
        return self._input

    def forget(self) -> None:
        """The hall's words have changed."""
        self._is_old = True

    async def close(self) -> None:
        """End what is being made."""
        if self._making is not None:
            self._making.cancel()
            await asyncio.gather(self._making, return_exceptions=True)

    async def _make(self) -> PinyinInput:
        texts = list(self._texts())
        try:
            self._input = PinyinInput(await asyncio.to_thread(lambda: build(texts, _everyday())))
            return self._input
        finally:
            self._making = None

    def _texts(self) -> Iterable[str]:
        """What the hall is about, in Chinese."""
        known = self._server.directory
        for records in (known.matters, known.departments, known.lines, known.zones, known.windows):
            yield from (record.name for record in records.values())
        yield from self._server.locales.all("zh-CN").values()


def _everyday() -> Iterable[str]:
    """What people say, and what the catalogue calls it."""
    words = read_words()
    said = [phrase for word in words.word for phrase in (*word.say, *word.means)]
    done = [phrase for deed in words.deed for phrase in (*deed.say, *deed.means)]
    for phrase in (*said, *done):
        yield from phrase.split()
    yield from usual.WORDS.split()


class TypingHandler(ApiHandler):
    """Candidates for typed letters."""

    typing: Typing

    async def post(self) -> None:
        """Answer with what may be meant."""
        typed = self.read(Typed)
        found = (await self.typing.ready()).candidates(typed.pinyin, typed.before)
        self.answer(Candidates(candidates=found))


def install(server: Server) -> None:
    """Add the address."""
    typing = Typing(server)
    verb = Verb(access=PUBLIC, summary="What letters of pinyin may mean", request=Typed, reply=Candidates, limit=OFTEN)
    server.route(Route("/api/v1/typing", TypingHandler, {"POST": verb}, options={"typing": typing}))
    server.listen("pinyin input", lambda _: typing.forget(), tuple(event.type for event in DIRECTORY_EVENTS))
    server.on_stop("pinyin input", typing.close)
