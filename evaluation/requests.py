"""The bodies of the ratings' HTTP routes and device requests."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from evaluation.model import REASONS_MOST, Aspect, RatingChannel, Reason

Token = Annotated[str, Meta(min_length=1, max_length=80, description="The ticket's secret token")]
Id = Annotated[str, Meta(min_length=1, max_length=80)]


class Said(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a rating says beside its level; free text up to 500 characters."""

    aspects: Annotated[tuple[Aspect, ...], Meta(max_length=REASONS_MOST)] = ()
    reasons: Annotated[tuple[Reason, ...], Meta(max_length=REASONS_MOST)] = ()
    text: str | None = None


class RatingWanted(Said, frozen=True, kw_only=True):
    """`POST /api/v1/ratings`: with the ticket's token; a device of the window names the window instead."""

    ticket: Token | None = None
    window: Id | None = None
    level: Annotated[int, Meta(description="1 very satisfied to 5 very dissatisfied")]
    channel: RatingChannel = RatingChannel.PHONE


class DetailWanted(Said, frozen=True, kw_only=True):
    """`POST /api/v1/ratings/{id}/detail`: with the ticket's token, or as a device of the window."""

    ticket: Token | None = None


class ChangeWanted(Said, frozen=True, kw_only=True):
    """`PATCH /api/v1/ratings/{id}`: the visitor rates anew."""

    ticket: Token
    level: Annotated[int, Meta(description="1 very satisfied to 5 very dissatisfied")]
