"""Turns what a visitor typed about themselves into an opaque person, and says which field is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import msgspec
from msgspec import Meta
from stdnum.exceptions import ValidationError

from hall_queue.id_numbers import validated
from hall_server.database.vault import Person, Vault
from hall_server.errors import DomainError, Invalid


class PersonGiven(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What identifies a visitor, as far as they said it; ``card`` is a kiosk's word for a card that was read."""

    id_number: Annotated[str, Meta(max_length=24)] | None = None
    phone: Annotated[str, Meta(max_length=20)] | None = None
    card: Annotated[str, Meta(max_length=64)] | None = None


async def person_id(vault: Vault, given: PersonGiven | None, *, admit: Callable[[], object]) -> str | None:
    """The vault's id of a visitor, None for one who said nothing.

    Nobody is remembered who gets no number. Somebody the hall knows already is named even where ``admit`` refuses: the
    request may be one that comes again, whose first reply counts.

    Args:
        vault: where persons are.
        given: what the visitor said.
        admit: refuses what would be refused whoever asks.

    Raises:
        Invalid: ``person.id_number`` or ``person.phone``, with the field; the value itself is repeated nowhere.
        DomainError: what ``admit`` raises.
    """
    person = checked(given)
    if person is None:
        return None
    try:
        admit()
    except DomainError:
        if known := await vault.known(person):
            return known
        raise
    return await vault.person(person)


def checked(given: PersonGiven | None) -> Person | None:
    """The person in the vault's form.

    Raises:
        Invalid: a number that cannot be one, as `hall_queue.id_numbers` knows them.
    """
    if given is None or not (given.id_number or given.phone):
        return None
    return Person(id_number=_id_number(given.id_number), phone=_phone(given.phone))


def _id_number(value: str | None) -> str | None:
    if not value:
        return None
    try:
        return validated(value)
    except ValidationError as exc:
        raise Invalid("person.id_number", **{"person.id_number": "check"}) from exc


def _phone(value: str | None) -> str | None:
    if not value:
        return None
    digits = value.replace(" ", "").replace("-", "").removeprefix("+86")
    if not (digits.isascii() and digits.isdigit() and 7 <= len(digits) <= 12):
        raise Invalid("person.phone", **{"person.phone": "check"})
    return digits
