"""Takes ratings in from every edge: finds the ticket by its secret, puts what was written into the vault, decides."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from evaluation.messages import AddRatingDetail, ChangeRating, GiveRating
from evaluation.model import clean_text, level_of
from evaluation.requests import ChangeWanted, DetailWanted, RatingWanted
from hall_server.errors import DomainError, NotFound, Unavailable
from hall_server.identity import Actor, keyed_text

if TYPE_CHECKING:
    from hall_queue.state import HallQueue
    from hall_server.server import Server

TEXT_KIND = "rating text"


class Intake:
    """What web and MQTT share.

    A text is in the vault before the rating that names it is decided, so that no acknowledged word is lost; one whose
    rating is refused is erased again.
    """

    def __init__(self, server: Server, queue: HallQueue) -> None:
        self._server = server
        self._queue = queue
        self._turn = asyncio.Lock()

    async def give(self, wanted: RatingWanted, *, actor: Actor, command_id: str | None) -> bytes:
        """Rate a visit; gives the reply as JSON.

        Raises:
            DomainError: as `RatingService.give`, or the level or the text is wrong.
        """
        level, ticket = level_of(wanted.level), self._ticket(wanted.ticket)
        async with self._kept(wanted.text, actor, command_id) as text:
            command = GiveRating(
                ticket=ticket,
                window=wanted.window,
                level=level,
                aspects=tuple(dict.fromkeys(wanted.aspects)),
                reasons=tuple(dict.fromkeys(wanted.reasons)),
                text=text,
                channel=wanted.channel,
            )
            return await self._server.execute(command, actor=actor, command_id=command_id)

    async def detail(self, rating: str, wanted: DetailWanted, *, actor: Actor, command_id: str | None) -> bytes:
        """Add reasons to a rating; gives the reply as JSON.

        Raises:
            DomainError: as `RatingService.detail`, or the text is wrong.
        """
        ticket = self._ticket(wanted.ticket)
        async with self._kept(wanted.text, actor, command_id) as text:
            command = AddRatingDetail(
                rating=rating,
                ticket=ticket,
                aspects=tuple(dict.fromkeys(wanted.aspects)),
                reasons=tuple(dict.fromkeys(wanted.reasons)),
                text=text,
            )
            return await self._server.execute(command, actor=actor, command_id=command_id)

    async def change(self, rating: str, wanted: ChangeWanted, *, actor: Actor, command_id: str | None) -> bytes:
        """Rate anew; gives the reply as JSON.

        Raises:
            DomainError: as `RatingService.change`, or the level or the text is wrong.
        """
        level, ticket = level_of(wanted.level), self._ticket(wanted.ticket)
        async with self._kept(wanted.text, actor, command_id) as text:
            command = ChangeRating(
                rating=rating,
                ticket=ticket or "",
                level=level,
                aspects=tuple(dict.fromkeys(wanted.aspects)),
                reasons=tuple(dict.fromkeys(wanted.reasons)),
                text=text,
            )
            return await self._server.execute(command, actor=actor, command_id=command_id)

    async def text(self, id_: str | None) -> str | None:
        """What a visitor wrote; None where nothing was written, or it was erased."""
        return await self._server.vault.text(TEXT_KIND, id_) if id_ else None

    def _ticket(self, token: str | None) -> str | None:
        """The id behind a token; ids themselves open nothing, boards show them to everybody."""
        if token is None:
            return None
        found = self._queue.by_token.get(token)
        if found is None:
            raise NotFound("rating.ticket_unknown", field="ticket")
        return found

    @contextlib.asynccontextmanager
    async def _kept(self, text: str | None, actor: Actor, command_id: str | None) -> AsyncIterator[str | None]:
        """The vault's id of a text while its rating is decided; one at a time, so that no refusal erases another's."""
        cleaned = clean_text(text)
        if cleaned is None:
            yield None
            return
        id_ = self._text_id(cleaned, actor, command_id)
        async with self._turn:
            await self._server.vault.keep_text(TEXT_KIND, id_, cleaned)
            try:
                yield id_
            except Unavailable:
                raise  # whether it was decided is not known: it stays
            except DomainError:
                await self._server.vault.erase(id_)
                raise

    def _text_id(self, text: str, actor: Actor, command_id: str | None) -> str:
        """The same for the same command, which must be the same command when it comes again."""
        if command_id is None:
            return self._server.ids.new()
        return keyed_text(self._server.keys.lookup, f"{TEXT_KIND}\n{actor}\n{command_id}\n{text}")
