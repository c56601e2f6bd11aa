"""Who may say from where a rating comes: one table, checked when a rating is given."""

from __future__ import annotations

from collections.abc import Mapping

from evaluation.model import RatingChannel
from hall_server.errors import Forbidden
from hall_server.identity import Actor, Role

VISITORS = frozenset({RatingChannel.QR, RatingChannel.PHONE, RatingChannel.SMS})
"""The visitor's own page, however they came to it: with the ticket's secret."""

UNPAIRED = frozenset({RatingChannel.PAD, RatingChannel.TABLET, RatingChannel.TERMINAL})
"""Pages of the hall's own machines; in a hall that lets anybody take tickets they need not be paired."""

STAFF = VISITORS | {RatingChannel.TELEPHONE}
"""Whoever is signed in may enter what a caller says; on a visitor's page the rating is marked as their own."""

DEVICES: Mapping[str, frozenset[RatingChannel]] = {
    "pad": frozenset({RatingChannel.PAD, RatingChannel.TABLET, RatingChannel.MQTT}),
    "handset": frozenset({RatingChannel.HANDSET, RatingChannel.MQTT}),
    "selfservice": frozenset({RatingChannel.TERMINAL, RatingChannel.MQTT}),
    "enquiry": frozenset({RatingChannel.TERMINAL, RatingChannel.MQTT}),
}
"""Kind of device → what it may be."""


def allowed(actor: Actor, kind: str | None, *, is_open: bool) -> frozenset[RatingChannel]:
    """The channels somebody may rate through.

    Args:
        actor: who rates.
        kind: of the device, where it is one.
        is_open: whether the hall's own pages need no pairing here.
    """
    if actor.kind is Role.DEVICE:
        return DEVICES.get(kind or "", frozenset())
    own = STAFF if actor.kind is Role.STAFF else VISITORS
    return own | UNPAIRED if is_open else own


def check(channel: RatingChannel, actor: Actor, kind: str | None, *, is_open: bool) -> None:
    """Refuse a channel that is not the actor's.

    Raises:
        Forbidden: ``rating.channel_foreign``.
    """
    if channel not in allowed(actor, kind, is_open=is_open):
        raise Forbidden("rating.channel_foreign", field="channel", channel=channel)
