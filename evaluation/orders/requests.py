"""The bodies of the routes about bad reviews; ``seen`` is the step of the order that the page showed."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from evaluation.orders.model import Category, FixLimit, How, Result
from evaluation.orders.words import FILES_MOST, FileGiven

Seen = Annotated[int, Meta(ge=1, description="the step of the order that was looked at")]
Note = Annotated[str, Meta(description="words, up to 2000 characters; they lie in the vault")]


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all refuse: fields nobody knows."""


class StepWanted(Body, frozen=True, kw_only=True):
    """A step without words."""

    seen: Seen


class NotedWanted(StepWanted, frozen=True, kw_only=True):
    """A step with words."""

    note: Note


class ContactWanted(NotedWanted, frozen=True, kw_only=True):
    """How the visitor was contacted, and whether they were reached."""

    how: How
    is_reached: bool


class CategoryWanted(NotedWanted, frozen=True, kw_only=True):
    """What kind it is; ``until``: the deadline of a complex matter's plan; ``files``: evidence."""

    category: Category
    until: date | None = None
    files: Annotated[tuple[FileGiven, ...], Meta(max_length=FILES_MOST)] = ()


class DecisionWanted(NotedWanted, frozen=True, kw_only=True):
    """Whether the rating is excluded."""

    is_excluded: bool


class ExtensionWanted(NotedWanted, frozen=True, kw_only=True):
    """More time."""

    until: date


class RevisitWanted(NotedWanted, frozen=True, kw_only=True):
    """What the visitor says of it now."""

    how: How
    result: Result


class PublicationWanted(StepWanted, frozen=True, kw_only=True):
    """What the public is told; names nobody."""

    text: str


class AnswerWanted(NotedWanted, frozen=True, kw_only=True):
    """The answer to an appeal."""

    is_upheld: bool


class WordsWanted(Body, frozen=True, kw_only=True):
    """An appeal, or what the phone is opened for."""

    note: Note


class ReviewRulesWanted(Body, frozen=True, kw_only=True):
    """The hall's limit for putting right, and why."""

    fix: FixLimit
    reason: str
