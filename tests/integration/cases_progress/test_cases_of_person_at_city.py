"""The city answers a hall with a card on its reader: by a digest, within limits, and on record before it is said."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cases import messages as m
from cases.forms import Form, Party, new_salt, sealed_bytes
from cases.model import Case, Channel, Given
from cases.progress.answering import ONLINE, PER_HALL, PER_PERSON
from cases.progress.of_person import KIND, PersonTold
from cases.state import query_digest
from city.server import City
from hall_server.errors import Invalid, TooMany
from tests.fakes.case_place import CLERK, edition
from tests.fakes.cases_desk import NAME, NUMBER, OTHER
from tests.fakes.running_city import running_city


def form_of(number: str) -> bytes:
    """A form of somebody."""
    party = Party(name=NAME, id_number=number, phone="13800138000")
    return sealed_bytes(Form(salt=new_salt(), edition="food@1", applicant=party, fields={"shop": "三丰面馆"}))


async def received(city: City, form: bytes) -> Case:
    """A case that came in online; its form may still be on its way."""
    number = city.rooms["cases"]._place.case_number(city.now())
    command = m.ReceiveCase(
        edition="food@1", channel=Channel.ONLINE, answers={"who": ("self",), "where": ("shop",)},
        given=tuple(Given(material=one, supply="paper") for one in ("form", "id", "plan")),
        form=hashlib.sha256(form).hexdigest(), query_digest=query_digest(number, "ABCD2345"),
    )  # fmt: skip
    case = msgspec.json.decode(await city.execute(command, actor=CLERK), type=Case)
    await city.rooms["case_index"].catch_up()
    return case


async def told(city: City, number: str, *, hall: str = "demo", machine: str = "enquiry-1") -> PersonTold:
    """What a hall is told."""
    body = json.dumps({"id_number": number, "machine": machine}).encode()
    found: PersonTold = await city.rooms["federation"].answerers[KIND](hall, body)
    return found


async def asked(city: City) -> list[dict[str, Any]]:
    sql = "SELECT payload FROM journal WHERE type = 'progress.cases_asked' ORDER BY seq"
    return [json.loads(payload) for (payload,) in await city.database.fetch(sql)]


@pytest.mark.gen_test(timeout=120)
async def test_a_person_is_found_by_digest_alone_and_asking_is_on_record(tmp_path: Path, city_database: str) -> None:
    async with running_city(tmp_path / "city", city_database) as (city, _):
        city.rooms["catalogue"].take(edition())
        form = form_of(NUMBER)
        case = await received(city, form)
        assert (await told(city, NUMBER)).cases == ()  # its form is still on its way
        await city.rooms["neighbours"].casework.keep(form)
        [there] = (await told(city, f" {NUMBER.lower()} ")).cases
        assert (there.seen.number, there.hall.name) == (case.number, ONLINE)
        assert NAME not in str(there)
        assert (await told(city, OTHER)).cases == ()
        records = await asked(city)
        assert [one["found"] for one in records] == [0, 1, 0]
        assert {(one["hall"], one["machine"]) for one in records} == {("demo", "enquiry-1")}
        assert records[0]["mark"] == records[1]["mark"] != records[2]["mark"]
        kept = str(records) + str(await city.database.fetch("SELECT case_id, mark FROM case_people"))
        assert NUMBER not in kept
        for body in (b"{}", b"[1]", b'{"id_number": "1", "machine": "x"}', b'{"id_number": "", "machine": "x"}'):
            with pytest.raises(Invalid):
                await city.rooms["federation"].answerers[KIND]("demo", body)
        assert len(await asked(city)) == 3


@pytest.mark.gen_test(timeout=120)
async def test_no_hall_walks_through_all_persons(tmp_path: Path, city_database: str) -> None:
    async with running_city(tmp_path / "city", city_database) as (city, _):
        for _ in range(PER_PERSON.burst):
            await told(city, NUMBER)
        with pytest.raises(TooMany):
            await told(city, NUMBER, hall="demo-b", machine="enquiry-9")  # wherever it is asked
        left = PER_HALL.burst - PER_PERSON.burst
        for n in range(left):
            await told(city, valid(n))
        with pytest.raises(TooMany):
            await told(city, valid(left))
        await told(city, valid(left), hall="demo-b")
        assert len(await asked(city)) == PER_HALL.burst + 1


@pytest.mark.gen_test(timeout=120)
async def test_a_city_that_begins_anew_knows_whose_cases_there_were(tmp_path: Path, city_database: str) -> None:
    async with running_city(tmp_path / "city", city_database) as (city, _):
        city.rooms["catalogue"].take(edition())
        form = form_of(NUMBER)
        await city.rooms["neighbours"].casework.keep(form)
        case = await received(city, form)
        await city.database.transact([("DELETE FROM case_people WHERE case_id <> ?", [("",)])])
    async with running_city(tmp_path / "city", city_database) as (city, _):
        [there] = (await told(city, NUMBER)).cases
        assert there.seen.number == case.number


def valid(n: int) -> str:
    """The n-th ID number of somebody made up, with its check digit. Source: GB 11643."""
    body = f"110105194912{n % 28 + 1:02d}{100 + n // 28:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    rest = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11
    return body + "10X98765432"[rest]
