"""Takes ratings in from every edge: finds the visit, puts what was written into the vault, decides."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, NamedTuple

from evaluation import store
from evaluation.messages import AddRatingDetail, ChangeRating, GiveRating, Known, MarkRating
from evaluation.model import clean_text, level_of
from evaluation.requests import ChangeWanted, DetailWanted, MarkWanted, RatingWanted, Said
from evaluation.visited import Visit
from evaluation.visits import Visits
from hall_queue.people import PersonGiven, checked
from hall_server.database.vault import Person
from hall_server.errors import DomainError, Forbidden, Invalid, Unavailable
from hall_server.identity import Actor, Role, keyed_text

if TYPE_CHECKING:
    from hall_server.server import Server

TEXT_KIND = "rating text"
MARK_KIND = "rating mark"


class Kept(NamedTuple):
    """What lies in the vault of a rating: ids of the text and of the phone."""

    text: str | None = None
    person: str | None = None


class Intake:
    """What web and MQTT share.

    A text is in the vault before the rating that names it is decided, so that no acknowledged word is lost; one whose
    rating is refused is erased again. So is a phone that nobody had left before.
    """

    def __init__(self, server: Server, visits: Visits) -> None:
        self._server = server
        self._visits = visits
        self._turn = asyncio.Lock()

    async def give(
        self, wanted: RatingWanted, *, actor: Actor, command_id: str | None, of: Visit | None = None
    ) -> bytes:
        """Rate a matter of a visit; gives the reply as JSON.

        Args:
            of: what was done for somebody who came to no window; None: the visit that is named.

        Raises:
            DomainError: as `RatingService.give`, or the level, the text, the phone or the number is wrong.
        """
        level = level_of(wanted.level)
        ticket, visit = (of.ticket, of) if of is not None else await self._meant(wanted, actor)
        async with self._kept(wanted, actor, command_id) as kept:
            command = GiveRating(
                ticket=ticket,
                window=wanted.window,
                matter=wanted.matter,
                level=level,
                aspects=tuple(dict.fromkeys(wanted.aspects)),
                reasons=tuple(dict.fromkeys(wanted.reasons)),
                text=kept.text,
                person=kept.person,
                channel=wanted.channel,
                tapped_at=wanted.tapped_at,
                visit=visit,
            )
            return await self._server.execute(command, actor=actor, command_id=command_id)

    async def detail(self, rating: str, wanted: DetailWanted, *, actor: Actor, command_id: str | None) -> bytes:
        """Add reasons to a rating; gives the reply as JSON.

        Raises:
            DomainError: as `RatingService.detail`, or the text or the phone is wrong.
        """
        ticket = (await self._visits.by_secret(wanted.ticket))[0] if wanted.ticket else None
        async with self._kept(wanted, actor, command_id) as kept:
            command = AddRatingDetail(
                rating=rating,
                ticket=ticket,
                aspects=tuple(dict.fromkeys(wanted.aspects)),
                reasons=tuple(dict.fromkeys(wanted.reasons)),
                text=kept.text,
                person=kept.person,
            )
            return await self._server.execute(command, actor=actor, command_id=command_id)

    async def change(self, rating: str, wanted: ChangeWanted, *, actor: Actor, command_id: str | None) -> bytes:
        """Rate anew; gives the reply as JSON.

        Raises:
            DomainError: as `RatingService.change`, or the level, the text or the phone is wrong.
        """
        level = level_of(wanted.level)
        ticket, _ = await self._visits.by_secret(wanted.ticket)
        async with self._kept(wanted, actor, command_id) as kept:
            command = ChangeRating(
                rating=rating,
                ticket=ticket,
                level=level,
                aspects=tuple(dict.fromkeys(wanted.aspects)),
                reasons=tuple(dict.fromkeys(wanted.reasons)),
                text=kept.text,
                person=kept.person,
            )
            return await self._server.execute(command, actor=actor, command_id=command_id)

    async def mark(self, rating: str, wanted: MarkWanted, *, actor: Actor, command_id: str | None) -> bytes:
        """Set or lift a mark; gives the reply as JSON.

        Raises:
            DomainError: as `MarkService.mark`, or there is no reason.
        """
        reason = clean_text(wanted.reason, field="reason")
        if reason is None:
            raise Invalid("rating.reason_required", field="reason")
        await self._server.projector.reached(self._server.journal.committed)
        row = await store.one(self._server.views, rating)
        known = Known(staff=row.staff, marks=row.marks) if row else None
        async with self._text(MARK_KIND, reason, actor, command_id) as why:
            command = MarkRating(rating=rating, mark=wanted.mark, on=wanted.on, why=why, known=known)
            return await self._server.execute(command, actor=actor, command_id=command_id)

    async def text(self, id_: str | None) -> str | None:
        """What a visitor wrote; None where nothing was written, or it was erased."""
        return await self._server.vault.text(TEXT_KIND, id_) if id_ else None

    async def why(self, id_: str | None) -> str | None:
        """Why a manager set or lifted a mark."""
        return await self._server.vault.text(MARK_KIND, id_) if id_ else None

    # -- inside

    async def _meant(self, wanted: RatingWanted, actor: Actor) -> tuple[str | None, Visit | None]:
        """The ticket that is meant; its number alone opens it to nobody but staff."""
        if wanted.number is None:
            if wanted.day is not None:
                raise Invalid("rating.no_ticket", field="number")
            return await self._visits.by_secret(wanted.ticket) if wanted.ticket else (None, None)
        if actor.kind is not Role.STAFF:
            raise Forbidden("rating.number_by_staff", field="number")
        return await self._visits.by_number(wanted.number, wanted.day)

    @contextlib.asynccontextmanager
    async def _kept(self, said: Said, actor: Actor, command_id: str | None) -> AsyncIterator[Kept]:
        """What was said in the vault, while its rating is decided."""
        cleaned, phone = clean_text(said.text), _phone(said.phone)
        async with contextlib.AsyncExitStack() as stack:
            text = person = None
            if cleaned is not None:
                text = await stack.enter_async_context(self._text(TEXT_KIND, cleaned, actor, command_id))
            if phone is not None:
                person = await stack.enter_async_context(self._person(phone))
            yield Kept(text=text, person=person)

    @contextlib.asynccontextmanager
    async def _text(self, kind: str, text: str, actor: Actor, command_id: str | None) -> AsyncIterator[str]:
        """The vault's id of a text; one at a time, so that no refusal erases another's."""
        id_ = self._text_id(kind, text, actor, command_id)
        async with self._turn:
            await self._server.vault.keep_text(kind, id_, text)
            async with self._unless_refused(id_):
                yield id_

    @contextlib.asynccontextmanager
    async def _person(self, person: Person) -> AsyncIterator[str]:
        """The vault's id of a phone; nobody is remembered for a rating that is refused."""
        if known := await self._server.vault.known(person):
            yield known
            return
        id_ = await self._server.vault.person(person)
        async with self._unless_refused(id_):
            yield id_

    @contextlib.asynccontextmanager
    async def _unless_refused(self, id_: str) -> AsyncIterator[None]:
        try:
            yield
        except Unavailable:
            raise  # whether it was decided is not known: it stays
        except DomainError:
            await self._server.vault.erase(id_)
            raise

    def _text_id(self, kind: str, text: str, actor: Actor, command_id: str | None) -> str:
        """The same for the same command, which must be the same command when it comes again."""
        if command_id is None:
            return self._server.ids.new()
        return keyed_text(self._server.keys.lookup, f"{kind}\n{actor}\n{command_id}\n{text}")


def _phone(value: str | None) -> Person | None:
    """Whom to call; None where nobody said.

    Raises:
        Invalid: ``person.phone``; the value itself is repeated nowhere.
    """
    try:
        return checked(PersonGiven(phone=value)) if value else None
    except Invalid as exc:
        raise Invalid("person.phone", field="phone") from exc
