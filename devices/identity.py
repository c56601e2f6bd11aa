"""Identity cards: what a reader reads is handed to the one kiosk beside it, for one ticket and one minute.

A reader at a window without a kiosk hands it to whoever serves there, who fills in a form with it. The number itself
stays in memory here, for that minute: it is in no event, log, picture or retained topic, and goes to the vault only
with the ticket or case it is used for. The kiosk or the desk gets a word that stands for it and that nobody else can
use.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta

from devices.identity_pairs import Pairs, window_of
from devices.identity_readers import NEWS_S, ReaderState, ReaderWatch
from hall_queue.people import PersonGiven, checked
from hall_server.clock import Clock
from hall_server.database.vault import masked
from hall_server.errors import Invalid, Refused
from hall_server.identity import Actor, Role
from hall_server.messages import Recorded
from hall_server.web.bodies import converted
from hall_server.web.routes import DEVICE, STAFF, Access

if TYPE_CHECKING:
    from hall_server.server import Server

VALID_S = 60.0
"""So long a card that was read may be used for a ticket."""
ASKED_AGAIN_S = 600.0
"""So long a wish that got its number may be said again, by a kiosk that has lost the answer."""
TOPIC = "identity"
"""Of the live feed, with the kiosk's id; and the verb of its command over MQTT."""
DESK_TOPIC = "desk-card"
"""Of the live feed, with a window's id: what the reader at the window says to whoever serves there."""


class CardRead(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a reader says: the number, and at a window where forms are filled in the name and the address."""

    id_number: str
    name: Annotated[str, Meta(max_length=80)] = ""
    address: Annotated[str, Meta(max_length=200)] = ""

    def __repr__(self) -> str:
        """Without the number."""
        return "CardRead()"


class HandedOn(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the reader is told: which kiosk or window has it now, and for how long."""

    kiosk: str = ""
    window: str = ""
    valid_s: float


class _Held:
    """A card that was read, until its time is over."""

    def __init__(self, reader: str, kiosk: str, card: CardRead, until: float) -> None:
        self.reader, self.kiosk, self.card, self.until = reader, kiosk, card, until
        self.asked_as: set[str] = set()
        self.is_used = False


class Cards:
    """The cards of the last minute, by the word that stands for each."""

    def __init__(
        self,
        pairs: Pairs,
        clock: Clock,
        tell: Callable[[str, dict[str, Any]], None],
        fills_in: Callable[[str], bool] = lambda kiosk: False,
    ) -> None:
        """Take what it stands on.

        Args:
            tell: ``tell(kiosk, what)`` gives a kiosk its word, and nobody else.
            fills_in: whether forms are filled in at a machine, as they are at a window: then name and address are kept.
        """
        self._pairs, self._clock, self._tell, self._fills_in = pairs, clock, tell, fills_in
        self._held: dict[str, _Held] = {}
        self._last: dict[str, bytes] = {}  # by kiosk: whose card was read last, so that the same card is known again
        self._salt = secrets.token_bytes(32)
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
        kiosk = self._pairs.holder_of(actor.id)
        said = converted(args, CardRead)
        person = checked(PersonGiven(id_number=said.id_number))
        if person is None or person.id_number is None:
            raise Invalid("person.id_number", id_number="check")
        token, until = secrets.token_urlsafe(24), self._clock.monotonic() + VALID_S
        self._forget(lambda held: held.kiosk == kiosk)  # whoever stood there before has gone
        card = (
            msgspec.structs.replace(said, id_number=person.id_number)
            if window_of(kiosk) or self._fills_in(kiosk)
            else CardRead(id_number=person.id_number)
        )
        self._held[token] = _Held(actor.id, kiosk, card, until)
        shown = {"card": token, "masked": masked(person.id_number), "valid_s": VALID_S}
        self._tell(kiosk, {**shown, "same": self._is_same(kiosk, person.id_number)})
        window = window_of(kiosk)
        answer = HandedOn(kiosk="" if window else kiosk, window=window or "", valid_s=VALID_S)
        self._answers[key] = (until, answer)
        return answer

    def number(self, token: str, actor: Actor, command_id: str | None) -> str:
        """The number a kiosk's word stands for, so that a wish can be made of it; the word is used only by `use`.

        Once it is used only a wish that was said before finds the number again: it is the one that used it, and gets
        its first reply, or it was said at the same moment, and `use` refuses it.

        Raises:
            Refused: ``identity.unknown``: never given, given to another kiosk, or its time is over; ``identity.used``.
        """
        return self.card(token, actor, command_id).id_number

    def card(self, token: str, actor: Actor, command_id: str | None) -> CardRead:
        """What a machine's word stands for, as `number` gives the number of it.

        Raises:
            Refused: as `number`.
        """
        held = self._of(token, actor)
        if held.is_used and command_id not in held.asked_as:
            raise Refused("identity.used")
        if command_id is not None:
            held.asked_as.add(command_id)
        return held.card

    def person(self, token: str, actor: Actor, window: str) -> CardRead:
        """What a card says to whoever serves at the window beside whose reader it lies; as often as they ask.

        Raises:
            Refused: ``identity.unknown``.
        """
        held = self._of(token, actor)
        if window_of(held.kiosk) != window:
            raise Refused("identity.unknown")
        return held.card

    def use(self, token: str, actor: Actor) -> None:
        """Use a word up; called where the number is decided on, so that two wishes at once never get two.

        Raises:
            Refused: as `number`.
        """
        held = self._of(token, actor)
        if held.is_used:
            raise Refused("identity.used")
        held.is_used = True
        held.until = self._clock.monotonic() + ASKED_AGAIN_S

    def away(self, reader: str) -> None:
        """The card no longer lies on the reader, or the reader cannot say: what was not used is forgotten."""
        self._forget(lambda held: held.reader == reader)

    def _of(self, token: str, actor: Actor) -> _Held:
        self._forget_old()
        held = self._held.get(token)
        if held is None or not _is_for(held.kiosk, actor):
            raise Refused("identity.unknown")
        return held

    def _is_same(self, kiosk: str, number: str) -> bool:
        mark = hashlib.blake2b(number.encode(), key=self._salt, digest_size=16).digest()
        before, self._last[kiosk] = self._last.get(kiosk), mark
        return before == mark

    def _forget(self, concerns: Callable[[_Held], bool]) -> None:
        self._held = {token: held for token, held in self._held.items() if held.is_used or not concerns(held)}

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


class DeskCardView:
    """``desk-card/{window}`` of the live feed: whether a reader stands there; then its words, for who serves there."""

    access: Access = STAFF

    def __init__(self, readers: Callable[[str], list[ReaderState]]) -> None:
        """``readers(window)``: how the readers that hand their cards to a window are."""
        self._readers = readers

    def key_ok(self, key: str, actor: Actor) -> bool:
        """Whether they serve at the window."""
        return actor.kind is Role.STAFF and key in actor.windows

    def picture(self, key: str) -> object:
        """How the reader is; nothing of a card."""
        return {"readers": [state.value for state in self._readers(key)]}

    def touched(self, recorded: Recorded) -> tuple[str, ...]:
        """No event changes it."""
        return ()


def _is_for(holder: str, actor: Actor) -> bool:
    window = window_of(holder)
    if window is None:
        return holder == actor.id
    return actor.kind is Role.STAFF and window in actor.windows


def install(server: Server, pairs: Pairs) -> ReaderWatch:
    """Answer ``identity.read``, and let the queue take a kiosk's word in place of a number."""

    def card(kiosk: str, what: dict[str, Any]) -> None:
        if window := window_of(kiosk):
            server.live.send(f"{DESK_TOPIC}/{window}", {"type": "card", **what})
            return
        server.live.send(f"{TOPIC}/{kiosk}", {"type": "card", **what})
        if server.router is not None:
            server.router.command(kiosk, TOPIC, what, ttl_s=VALID_S)

    def news(kiosk: str, state: ReaderState) -> None:
        if window := window_of(kiosk):
            server.live.send(f"{DESK_TOPIC}/{window}", {"type": "reader", "state": state.value})
            return
        server.live.send(f"{TOPIC}/{kiosk}", {"type": "reader", "state": state.value})
        if server.router is not None:
            server.router.command(kiosk, "reader", {"state": state.value}, ttl_s=NEWS_S)

    cards = server.rooms["identity"] = Cards(pairs, server.clock, card, pairs.fills_in)
    server.on_request("identity.read", cards.read)
    server.view(TOPIC, IdentityView())
    if queue := server.rooms.get("hall_queue"):
        queue.hall.ports.number_of_card = cards.number
        queue.hall.ports.use_card = cards.use
    watch = ReaderWatch(pairs, cards, lambda: server.router, news)
    server.view(DESK_TOPIC, DeskCardView(lambda window: [watch.state(one) for one in pairs.readers_at_desk(window)]))
    return watch
