"""What kiosks send about numbers for a lost link, and the commands it becomes."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from hall_queue.model import Channel
from hall_queue.offline import messages as m
from hall_queue.offline.model import Id, Moment, OfflineTicket, Secret
from hall_queue.requests import Body
from hall_server.identity import Actor, Keys, Role, keyed_text

Name = Annotated[str, Meta(max_length=40)]
UNNAMED = "browser-"
"""Before the mark of a kiosk which has no name; pages say so in their language."""
_SHORT = 6  # characters of its mark that name it


class NumbersWanted(Body, frozen=True, kw_only=True):
    """`POST /api/v1/kiosk/numbers`: numbers to give while the server is out of reach.

    ``session`` is a secret of the kiosk's, made once and kept with its numbers. ``kiosk`` is its name, for people; a
    paired device has its own. ``lines``: only for these.
    """

    session: Secret
    kiosk: Name = ""
    lines: tuple[Id, ...] = ()


class HandInWanted(Body, frozen=True, kw_only=True):
    """`POST /api/v1/kiosk/hand-in`: the tickets given meanwhile; ``now``: the kiosk's clock at this sending."""

    session: Secret
    kiosk: Name = ""
    now: Moment
    tickets: Annotated[tuple[OfflineTicket, ...], Meta(max_length=m.MOST_AT_ONCE)]


def reserving(wanted: NumbersWanted, actor: Actor, keys: Keys) -> m.ReserveNumbers:
    """The command that keeps numbers."""
    session = session_mark(keys, actor, wanted.session)
    return m.ReserveNumbers(kiosk=_name(actor, wanted.kiosk, session), session=session, lines=wanted.lines)


def handing_in(wanted: HandInWanted, actor: Actor, keys: Keys, channel: Channel) -> m.HandIn:
    """The command that brings tickets."""
    session = session_mark(keys, actor, wanted.session)
    return m.HandIn(
        kiosk=_name(actor, wanted.kiosk, session),
        session=session,
        now=wanted.now,
        tickets=wanted.tickets,
        marks=tuple(key_mark(keys, ticket.key) for ticket in wanted.tickets),
        channel=channel,
    )


def session_mark(keys: Keys, actor: Actor, secret: str) -> str:
    """What stands for a kiosk's secret in the journal; a paired device cannot use another one's."""
    device = actor.id if actor.kind is Role.DEVICE else ""
    return keyed_text(keys.ticket, f"kiosk:{device}:{secret}")


def key_mark(keys: Keys, key: str) -> str:
    """What stands for a ticket's key in the journal."""
    return keyed_text(keys.ticket, f"offline:{key}")


def _name(actor: Actor, given: str, session: str) -> str:
    if actor.kind is Role.DEVICE:
        return actor.id
    return given.strip() or UNNAMED + session[:_SHORT]
