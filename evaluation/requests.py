"""The bodies of the ratings' HTTP routes and device requests."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from evaluation.model import REASONS_MOST, Aspect, Mark, RatingChannel, Reason

Token = Annotated[str, Meta(min_length=1, max_length=80, description="The ticket's secret token")]
Id = Annotated[str, Meta(min_length=1, max_length=80)]


class Said(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a rating says beside its level; free text up to 500 characters, a phone where the visitor leaves one."""

    aspects: Annotated[tuple[Aspect, ...], Meta(max_length=REASONS_MOST)] = ()
    reasons: Annotated[tuple[Reason, ...], Meta(max_length=REASONS_MOST)] = ()
    text: str | None = None
    phone: Annotated[str, Meta(max_length=20)] | None = None


class RatingWanted(Said, frozen=True, kw_only=True):
    """`POST /api/v1/ratings`: with the ticket's token; a device of the window names the window instead.

    Staff who enter what a caller says name the ticket's ``number`` and ``day`` (today where none is named).
    """

    ticket: Token | None = None
    window: Id | None = None
    number: Annotated[str, Meta(min_length=1, max_length=20)] | None = None
    day: date | None = None
    matter: Annotated[Id | None, Meta(description="Which matter of the visit; none: the first not rated yet")] = None
    level: Annotated[int, Meta(description="1 very satisfied to 5 very dissatisfied")]
    channel: RatingChannel = RatingChannel.PHONE
    tapped_at: Annotated[
        Annotated[datetime, Meta(tz=True)] | None,
        Meta(description="When it was tapped, on a machine that kept it for a while"),
    ] = None


class DetailWanted(Said, frozen=True, kw_only=True):
    """`POST /api/v1/ratings/{id}/detail`: with the ticket's token, or as a device of the window."""

    ticket: Token | None = None


class ChangeWanted(Said, frozen=True, kw_only=True):
    """`PATCH /api/v1/ratings/{id}`: the visitor rates anew."""

    ticket: Token
    level: Annotated[int, Meta(description="1 very satisfied to 5 very dissatisfied")]


class MarkWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /api/v1/ratings/{id}/marks`: set a mark, or lift it, and why."""

    mark: Mark
    on: bool
    reason: str
