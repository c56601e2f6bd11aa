"""The city's cards come down to the hall whose case they are about; answered they are at the city."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Protocol

import msgspec

from cases.watch import messages as m
from cases.watch.state import Cards
from hall_server.errors import Forbidden, Invalid
from hall_server.identity import SYSTEM, Role
from hall_server.messages import Event
from hall_server.outcome import Context, Outcome

if TYPE_CHECKING:
    from hall_server.server import Server

CARD = "supervision.card"
"""Kind of the items that bring cards down."""
Letter = tuple[str, str, object]


class City(Protocol):
    """What is asked of the city (`city.server.City`)."""

    async def hall_ids(self) -> tuple[str, ...]:
        """The halls that are registered and not closed."""
        ...

    async def hear_halls(self, told: Callable[[], None]) -> None:
        """Hear that something about a hall changed."""
        ...

    def spawn(self, work: Awaitable[object], name: str) -> object:
        """Run a named task."""
        ...

    def on_start(self, name: str, start: Callable[[], Awaitable[None]]) -> None:
        """Run once the live state is whole."""
        ...

    def outcome(self, events: tuple[Event, ...], reply: Callable[[], object], letters: Iterable[Letter]) -> Outcome:
        """What a handler decided, with ``(hall, kind, payload)`` for each item that goes down in the same commit."""
        ...


Handler = Callable[..., Outcome]


class Halls:
    """The halls that items can go down to; one that is closed or was never there is told nothing.

    Attributes:
        ids: as they are known in this process.
    """

    def __init__(self, city: City) -> None:
        self._city = city
        self.ids: frozenset[str] = frozenset()
        city.on_start("halls for supervision", self.start)

    async def start(self) -> None:
        """Know them, and hear of changes."""
        await self._look()
        await self._city.hear_halls(self._told)

    def _told(self) -> None:
        self._city.spawn(self._look(), "halls for supervision")

    async def _look(self) -> None:
        self.ids = frozenset(await self._city.hall_ids())


def told_down(city: City, cards: Cards, halls: Halls, handler: Handler) -> Handler:
    """A handler of the city whose events about cards also go down to the halls of their cases."""

    def handle(command: object, context: Context) -> Outcome:
        outcome = handler(command, context)
        every = [one for event in outcome.events for one in _letters(event, cards, context)]
        letters = [one for one in every if one[0] in halls.ids]
        return city.outcome(outcome.events, outcome.reply, letters) if letters else outcome

    return handle


def _letters(event: Event, cards: Cards, context: Context) -> Iterable[Letter]:
    if not isinstance(event, m.CardEvent):
        return
    known = cards.by_id.get(event.card)
    hall = event.hall if isinstance(event, m.CardRaised) else known.hall if known is not None else ""
    if hall:
        payload = msgspec.to_builtins(event)
        yield (
            hall,
            CARD,
            m.TakeCard(
                card=event.card,
                at=context.now,
                type=event.type,
                version=event.version,
                actor=str(context.actor),
                payload=payload,
            ),
        )


def install_hall(server: Server, cards: Cards) -> None:
    """Take cards of the city; one that comes twice changes nothing."""

    def take(command: m.TakeCard, context: Context) -> Outcome:
        if Role.SYSTEM not in context.actor.roles:
            raise Forbidden("card.server_only")
        if command.type not in {one.type for one in m.OF_CARD}:
            raise Invalid("federation.frame", reason=command.type[:80])
        if command.type == m.CardRaised.type and command.card in cards.by_id:
            return Outcome()
        event = m.CardTold(
            card=command.card,
            at=command.at,
            card_type=command.type,
            card_version=command.version,
            actor=command.actor,
            payload=command.payload,
        )
        return Outcome(events=(event,))

    async def came(payload: bytes, command_id: str) -> None:
        try:
            card = msgspec.json.decode(payload, type=m.TakeCard)
        except msgspec.MsgspecError as exc:
            raise Invalid("federation.frame", reason=str(exc)[:200]) from exc
        await server.execute(card, actor=SYSTEM, command_id=command_id)

    server.handle(m.TakeCard, take)
    if (federation := server.rooms.get("federation")) is not None:
        federation.on_down(CARD, came)
