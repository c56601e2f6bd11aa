"""What a part needs and an earlier part gives: nobody brings the licence that the very package is about; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cases.catalogue.forms import sources
from cases.catalogue.model import Edition, Supply
from cases.catalogue.situations import Answers, needs
from cases.model import Given
from cases.packages.kinds import Member

Awaited = Mapping[str, Mapping[str, str]]
"""Part → type of licence → the earlier part that gives it."""
BEFORE = "part:"
"""Begins what a material was reused from, where that is another part of the package."""


def awaited(members: Iterable[Member], editions: Mapping[str, Edition]) -> dict[str, dict[str, str]]:
    """The licences that each part gets from parts it waits for, near or far.

    Args:
        members: in any order; those without an edition give nothing.
    """
    after = {one.id: one.after for one in members}
    found: dict[str, dict[str, str]] = {}
    for part in editions:
        gives = {
            result.licence: before
            for before in _before(part, after)
            if before in editions
            for result in editions[before].results
            if result.licence
        }
        if gives:
            found[part] = gives
    return found


def given_later(
    editions: Mapping[str, Edition], answers: Mapping[str, Answers], comes: Awaited
) -> dict[str, tuple[Given, ...]]:
    """What each part is handed by an earlier one: its licence, as soon as there is one."""
    found: dict[str, tuple[Given, ...]] = {}
    for part, edition in editions.items():
        gives = comes.get(part, {})
        found[part] = tuple(
            Given(material=one.id, supply=Supply.LICENCE, reused=f"{BEFORE}{gives[one.licence]}")
            for one in needs(edition, answers[part]).materials
            if one.licence in gives
        )
    return found


def comes_later(field: Mapping[str, object], gives: Mapping[str, str]) -> bool:
    """Whether a field is filled first of all from a licence that an earlier part gives."""
    best = next(iter(sources(dict(field))), "").split(".")
    return best[0] == "licence" and len(best) > 1 and best[1] in gives


def _before(part: str, after: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Everything a part waits for, near or far, the nearest first."""
    found: list[str] = []
    waiting = list(after.get(part, ()))
    while waiting:
        one = waiting.pop(0)
        if one not in found:
            found.append(one)
            waiting += after.get(one, ())
    return found
