"""Who books and who checks in: what people say of themselves, turned into opaque persons and into one appointment."""

from __future__ import annotations

import re
from collections.abc import Callable

from hall_queue.appointments.keeping import Keeping
from hall_queue.appointments.model import Appointment, AppointmentState
from hall_queue.appointments.requests import CheckInWanted
from hall_queue.people import PersonGiven, checked
from hall_server.database.vault import Person, Vault
from hall_server.errors import DomainError, Invalid, NotFound, Refused

_TOKEN = re.compile(r"(?:^|/b/)([\w-]{22})(?:[?#].*)?$", re.ASCII)


async def owner(
    vault: Vault, given: PersonGiven, *, needs_id: bool, admit: Callable[[], object]
) -> tuple[str, str | None]:
    """The vault's ids of who books and of the phone to reach them at; nobody is remembered who gets no place.

    Args:
        needs_id: whether a phone alone is not enough.
        admit: refuses what would be refused whoever asks.

    Raises:
        Invalid: ``appointment.person_missing`` or ``appointment.id_required`` with the field; as :func:`checked`.
        DomainError: what ``admit`` raises.
    """
    person = checked(given)
    if person is None:
        raise Invalid("appointment.person_missing", field="person.phone")
    if needs_id and person.id_number is None:
        raise Invalid("appointment.id_required", field="person.id_number")
    try:
        admit()
    except DomainError:
        if known := await _known(vault, person):  # perhaps a request that comes again, whose first reply counts
            return known
        raise
    contact = await vault.person(Person(phone=person.phone)) if person.phone else None
    return (await vault.person(person), contact)


async def _known(vault: Vault, person: Person) -> tuple[str, str | None] | None:
    contact = await vault.known(Person(phone=person.phone)) if person.phone else None
    known = await vault.known(person)
    return None if known is None or (person.phone and contact is None) else (known, contact)


async def whose(vault: Vault, keeping: Keeping, wanted: CheckInWanted) -> Appointment:
    """The one appointment that a code, a phone or an ID number stands for.

    Raises:
        Invalid: ``appointment.nothing_said``, or a number that cannot be one, with the field.
        NotFound: ``appointment.unknown``.
        Refused: ``appointment.several`` with ``count``: the six digits are needed.
    """
    if wanted.qr:
        found = _TOKEN.search(wanted.qr.strip())
        return keeping.appointment(keeping.kept.by_token.get(found[1], "") if found else "")
    given = checked(PersonGiven(id_number=wanted.id_number, phone=wanted.phone))
    if given is None:
        raise Invalid("appointment.nothing_said", field="phone")
    known = await vault.known(Person(phone=given.phone) if given.phone else given)
    return chosen(keeping, keeping.kept.of_person(known) if known else [], wanted.code)


def chosen(keeping: Keeping, mine: list[Appointment], code: str | None) -> Appointment:
    """Of a person's appointments the one they come for: today's, by the six digits where there are several.

    Raises:
        NotFound: ``appointment.unknown``, none of them is for today. Refused: ``appointment.several``.
    """
    today = keeping.today()
    here = [one for one in mine if one.day == today]
    if code:
        here = [one for one in here if one.code == code]
    found = [one for one in here if one.is_open] or [one for one in here if one.state is AppointmentState.CLAIMED]
    if len(found) > 1:
        raise Refused("appointment.several", count=len(found), field="code")
    if found or here:
        return found[0] if found else here[0]
    later = min((one for one in mine if one.is_open and not code), key=lambda one: one.due, default=None)
    if later is not None:
        return later
    if code:
        raise NotFound("appointment.code_unknown", field="code")
    raise NotFound("appointment.unknown")
