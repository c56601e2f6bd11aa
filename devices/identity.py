"""Identity cards: what a reader reads is handed to the one kiosk beside it, for one ticket and one minute.

The number itself stays in memory here, for that minute: it is in no event, log, picture or retained topic, and goes to
the vault only with the ticket it is used for. The kiosk gets a word that stands for it and that nobody else can use.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from devices.identity_pairs import Pairs
from hall_queue.messages import TicketIssued
from hall_queue.people import PersonGiven, checked
from hall_server.clock import Clock
from hall_server.database.vault import masked
from hall_server.errors import Invalid, Refused
from hall_server.identity import Actor
from hall_server.messages import Recorded
from hall_server.web.bodies import converted
from hall_server.web.routes import DEVICE, Access

if TYPE_CHECKING:
    from hall_server.server import Server

VALID_S = 60.0
"""So long a card that was read may be used for a ticket."""
TOPIC = "identity"
"""Of the live feed, with the kiosk's id; and the verb of its command over MQTT."""


class CardRead(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a reader says: the number alone."""

    id_number: str

    def __repr__(self) -> str:
        """Without the number."""
        return "CardRead()"


class HandedOn(msgspec.Struct, frozen=True, kw_only=True):
    """What the reader is told: which kiosk has it now, and for how long."""

    kiosk: str
    valid_s: float


class _Held:
    """A card that was read, until its time is over."""

    def __init__(self, kiosk: str, number: str, until: float) -> None:
        self.kiosk, self.number, self.until = kiosk, number, until
        self.asked_as: set[str] = set()
        self.used_as: str | None = None


class Cards:
    """The cards of the last minute, by the word that stands for each."""

    def __init__(self, pairs: Pairs, clock: Clock, tell: Callable[[str, dict[str, Any]], None]) -> None:
        """``tell(kiosk, what)`` gives a kiosk its word, and nobody else."""
        self._pairs, self._clock, self._tell = pairs, clock, tell
        self._held: dict[str, _Held] = {}
        self._answers: dict[tuple[str, str], tuple[float, HandedOn]] = {}

    async def read(self, actor: Actor, request_id: str, args: dict[str, Any]) -> HandedOn:
        """Take a card from a reader and hand it to its kiosk; the same request again hands nothing on twice.

        Raises:
            Invalid: ``person.id_number``. Refused: ``identity.no_kiosk``, ``identity.which_kiosk``.
        """
        self._forget_old()
        key = (actor.id, request_id)
        if key in self._answers:
            return self._answers[key][1]
        kiosk = self._pairs.kiosk_of(actor.id)
        person = checked(PersonGiven(id_number=converted(args, CardRead).id_number))
        if person is None or person.id_number is None:
            raise Invalid("person.id_number", id_number="check")
        token, until = secrets.token_urlsafe(24), self._clock.monotonic() + VALID_S
        for old in [old for old, held in self._held.items() if held.kiosk == kiosk]:
            del self._held[old]  # whoever stood there before has gone
        self._held[token] = _Held(kiosk, person.id_number, until)
        self._tell(kiosk, {"card": token, "masked": masked(person.id_number), "valid_s": VALID_S})
        answer = HandedOn(kiosk=kiosk, valid_s=VALID_S)
        self._answers[key] = (until, answer)
        return answer

    def number(self, token: str, actor: Actor, command_id: str | None) -> str:
        """The number a kiosk's word stands for; the same request again finds it again, another one after it does not.

        Raises:
            Refused: ``identity.unknown``: never given, given to another kiosk, or its time is over; ``identity.used``.
        """
        self._forget_old()
        held = self._held.get(token)
        if held is None or held.kiosk != actor.id:
            raise Refused("identity.unknown")
        if held.used_as is not None and held.used_as != command_id:
            raise Refused("identity.used")
        if command_id is None:
            held.used_as = ""  # a wish without an id cannot come again
        else:
            held.asked_as.add(command_id)
        return held.number

    def issued(self, recorded: Recorded) -> None:
        """Note that a number was given for a card; after the commit."""
        device = recorded.actor.removeprefix("device:")
        for held in self._held.values():
            if held.kiosk == device and recorded.command_id in held.asked_as:
                held.used_as = recorded.command_id

    def _forget_old(self) -> None:
        now = self._clock.monotonic()
        self._held = {token: held for token, held in self._held.items() if held.until > now}
        self._answers = {key: kept for key, kept in self._answers.items() if kept[0] > now}


class IdentityView:
    """``identity/{kiosk}`` of the live feed: no picture, only the words, for that kiosk alone."""

    access: Access = DEVICE

    def key_ok(self, key: str, actor: Actor) -> bool:
        """Whether it is the kiosk itself that asks."""
        return key == actor.id

    def picture(self, key: str) -> object:
        """Nothing: what came before one looks is not told."""
        return {}

    def touched(self, recorded: Recorded) -> tuple[str, ...]:
        """No event changes it."""
        return ()


def install(server: Server, pairs: Pairs) -> Cards:
    """Answer ``identity.read``, and let the queue take a kiosk's word in place of a number."""

    def tell(kiosk: str, what: dict[str, Any]) -> None:
        server.live.send(f"{TOPIC}/{kiosk}", {"type": "card", **what})
        if server.router is not None:
            server.router.command(kiosk, TOPIC, what, ttl_s=VALID_S)

    cards = Cards(pairs, server.clock, tell)
    server.on_request("identity.read", cards.read)
    server.view(TOPIC, IdentityView())
    server.listen("identity cards", cards.issued, (TicketIssued.type,))
    if queue := server.rooms.get("hall_queue"):
        queue.hall.ports.number_of_card = cards.number
    return cards
