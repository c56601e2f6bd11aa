"""The vault: what identifies a person lies sealed, is found again, and can be forgotten."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag

from hall_queue import messages as m
from hall_server.database.vault import Person, masked
from hall_server.errors import NotFound, Refused
from tests.fakes.queue_hall import QueueHall

Open = Callable[..., Any]
ID_NUMBER, PHONE, TEXT = "11010519491231002X", "13800138017", "太慢了，等了两个小时"


def files_with(folder: Path, plain: str) -> list[str]:
    """Files of the data folder in which these bytes stand."""
    return [path.name for path in folder.rglob("*") if path.is_file() and plain.encode() in path.read_bytes()]


@pytest.mark.gen_test
async def test_no_file_holds_a_number_or_a_text_in_plain(open_hall: Open) -> None:
    hall: QueueHall = await open_hall()
    folder, vault = hall.server.data, hall.server.vault
    person = await vault.person(Person(id_number=ID_NUMBER, phone=PHONE))
    await vault.keep_text("rating", "r1", TEXT)
    await hall.issue("tax", person=person)
    await hall.server.projector.catch_up()
    assert files_with(folder, person), "the canary's carrier must be found, or this test sees nothing"
    assert [files_with(folder, plain) for plain in (ID_NUMBER, PHONE, TEXT)] == [[], [], []]
    await open_hall()
    assert [files_with(folder, plain) for plain in (ID_NUMBER, PHONE, TEXT)] == [[], [], []]


@pytest.mark.gen_test
async def test_the_same_number_is_the_same_person_also_after_a_restart(open_hall: Open) -> None:
    hall: QueueHall = await open_hall()
    person = await hall.server.vault.person(Person(id_number=ID_NUMBER))
    hall = await open_hall()
    vault = hall.server.vault
    assert await vault.person(Person(id_number=ID_NUMBER, phone=PHONE)) == person
    assert await vault.person(Person(phone=PHONE)) != person
    assert await vault.open(person) == Person(id_number=ID_NUMBER)


@pytest.mark.gen_test
async def test_erased_means_erased_and_the_journal_still_reads(open_hall: Open) -> None:
    hall: QueueHall = await open_hall()
    vault = hall.server.vault
    person = await vault.person(Person(id_number=ID_NUMBER))
    [(sealed,)] = await hall.server.database.fetch("SELECT sealed FROM vault WHERE id = ?", (person,))
    ticket = await hall.issue("tax", person=person)
    await vault.erase(person)
    with hall.refused(NotFound, "person.unknown"):
        await vault.open(person)
    assert await vault.person(Person(id_number=ID_NUMBER)) != person
    folder = hall.server.data
    hall = await open_hall()
    assert hall.ticket(ticket).person == person
    assert [path.name for path in folder.glob("hall.db*") if sealed in path.read_bytes()] == []


@pytest.mark.gen_test
async def test_a_sealed_row_opens_under_its_own_id_only(hall: QueueHall) -> None:
    vault, database = hall.server.vault, hall.server.database
    one, other = await vault.person(Person(id_number=ID_NUMBER)), await vault.person(Person(phone=PHONE))
    await database.transact(
        [("UPDATE vault SET sealed = (SELECT sealed FROM vault WHERE id = ?) WHERE id = ?", [(one, other)])]
    )
    with pytest.raises(InvalidTag):
        await vault.open(other)


@pytest.mark.gen_test
async def test_texts_are_kept_replaced_and_erased(hall: QueueHall) -> None:
    vault = hall.server.vault
    await vault.keep_text("rating", "r1", TEXT)
    assert await vault.text("rating", "r1") == TEXT
    assert await vault.text("other", "r1") is None
    await vault.keep_text("rating", "r1", "doch gut")
    assert await vault.text("rating", "r1") == "doch gut"
    await vault.erase("r1")
    assert await vault.text("rating", "r1") is None


@pytest.mark.gen_test
async def test_tickets_of_one_person_are_known_by_the_opaque_id(hall: QueueHall) -> None:
    person = await hall.server.vault.person(Person(phone=PHONE))
    matter = hall.matters("tax")[0]
    await hall.issue(matter=matter, person=person)
    again = await hall.server.vault.person(Person(phone=PHONE))
    with hall.refused(Refused, "ticket.duplicate"):
        await hall.do(m.IssueTicket(matter=matter, person=again))


@pytest.mark.parametrize(
    ("value", "shown"), [(ID_NUMBER, "110*************2X"), (PHONE, "138******17"), ("12345", "*****"), ("", "")]
)
def test_screens_show_the_ends_of_a_number_only(value: str, shown: str) -> None:
    assert masked(value) == shown
