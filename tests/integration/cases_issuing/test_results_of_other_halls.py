"""Results that were taken in elsewhere: files come down, whose they are is found by card and ticket, forms go after."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from cases import messages as m
from cases.forms import Form, Party, new_salt, sealed_bytes
from hall_server.database.vault import Person
from scripts.hall_process import HallRefused
from tests.fakes.city_desks import Desks, desks, matter
from tests.fakes.federated import until
from tests.fakes.issuing_hall import IssuingHall, issuing_hall

NUMBER, AGENT = "11010519491231002X", "110105199003071239"
PDF = b"%PDF-1.7\nlicence\n"


@asynccontextmanager
async def two_halls(folder: Path) -> AsyncIterator[tuple[Desks, IssuingHall, IssuingHall]]:
    edition = matter()
    async with desks(folder / "city", edition) as place:
        linked: dict[str, Any] = {"clock": place.clock, "city_url": f"ws://127.0.0.1:{place.port}", "city_pace": 0}
        async with (
            issuing_hall(folder / "h1", edition, name="h1", token=place.tokens["h1"], **linked) as first,
            issuing_hall(folder / "h2", edition, name="h2", token=place.tokens["h2"], **linked) as second,
        ):
            yield place, first, second


async def sent(place: Desks, first: IssuingHall) -> str:
    """A case of the first hall that is granted at the city and sent to the second; gives its id."""
    parties: Any = {"applicant": Party(name="李明", id_number=NUMBER), "agent": Party(name="王芳", id_number=AGENT)}
    form = sealed_bytes(Form(salt=new_salt(), edition="food@1", **parties))
    person = await first.server.vault.person(Person(id_number=NUMBER))
    sha256 = await first.server.rooms["federation"].keep(form)
    case = await first.accepted(applicant=person, form=sha256, deliver_at="h2")
    await first.case(m.HandOver(case=case.id, seen=case.step))

    async def there() -> bool:
        tray = await place.city.rooms["case_index"].tray("xzspj")
        return any(one.case.id == case.id and one.case.writer == "city" for one in tray)

    await until(there)
    licence = await place.city.rooms["desks"].forms.keep_pdf(PDF)
    await place.step("xzspj-examiner", case.id, "examine", opinion="好", proposes="granted")
    await place.step("xzspj-leader", case.id, "decide", outcome="granted")
    await place.step("xzspj-examiner", case.id, "make", licence="JY1", sha256=licence)
    await place.step("xzspj-examiner", case.id, "send-to-hall", hall="h2")
    return str(case.id)


async def whole(hall: IssuingHall) -> bool:
    """Whether everything of the first result is here."""
    ready = (await hall.get("issuing/w01"))["ready"]
    here = {one["kind"] for one in ready[0]["papers"] if one["is_here"]} if ready else set()
    return here == {"licence", "granted"} and ready[0]["name"] == "李*"


async def printed(hall: IssuingHall, case: str, kind: str) -> bytes:
    [line] = (await hall.get("issuing/w01"))["ready"]
    file = next(one["file"] for one in line["papers"] if one["kind"] == kind)
    caller = await hall.caller()
    return await asyncio.to_thread(caller.fetch, f"/api/v1/issuing/w01/results/{case}/{file}")


@pytest.mark.gen_test(timeout=120)
async def test_with_the_link_cut_card_ticket_and_licence_of_another_hall_are_at_hand(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (place, first, second):
        case = await sent(place, first)
        await until(lambda: whole(second))
        await second.server.rooms["federation"].stop()
        for number in (NUMBER, AGENT):
            assert (await second.post("issuing/w01/find", text=number))["cases"] == [case]
        theirs = await second.server.vault.person(Person(id_number=NUMBER))
        assert theirs != first.server.rooms["cases"].cases.get(case).applicant
        await second.serve(person=theirs)
        assert (await second.get("issuing/w01"))["ticket"]["cases"] == [case]
        assert await printed(second, case, "licence") == PDF
        assert (await printed(second, case, "granted")).startswith(b"%PDF-")
        [line] = (await second.get("issuing/w01"))["ready"]
        await second.post("issuing/w01/hand-out", items=[{"case": case, "seen": line["step"]}], on_paper=True)
        known = second.server.rooms["cases"].cases.get(case)
        files = second.server.rooms["federation"].attachments
        assert files.has(known.form)
        await until(lambda: all(one.sha256 for one in known.papers if one.kind == "delivery"))
        signed = next(one.sha256 for one in known.papers if one.kind == "delivery")
        with pytest.raises(HallRefused, match=r"issuing\.no_file"):  # no result: other papers are not printed here
            await second.get(f"issuing/w01/results/{case}/{signed}")

        async def gone() -> bool:
            await second.server.rooms["issuing"]["bringing"].let_go()
            return not files.has(known.form)

        await until(gone)


@pytest.mark.gen_test(timeout=120)
async def test_an_applicant_of_another_hall_is_nobodys_neighbour_by_an_equal_id(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (place, first, second):
        case = await sent(place, first)
        await until(lambda: whole(second))
        stranger = first.server.rooms["cases"].cases.get(case).applicant
        await second.serve(person=stranger)  # the same word, said of somebody else
        assert (await second.get("issuing/w01"))["ticket"]["cases"] == []


@pytest.mark.gen_test(timeout=120)
async def test_without_the_city_nothing_of_it_is_here(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (place, first, second):
        await second.server.rooms["federation"].stop()
        case = await sent(place, first)
        assert (await second.get("issuing/w01"))["ready"] == []
        with pytest.raises(HallRefused, match=r"issuing\.nothing_found"):
            await second.post("issuing/w01/find", text=NUMBER)
        with pytest.raises(HallRefused, match=r"case\.unknown"):
            await second.post("issuing/w01/give-up", items=[{"case": case, "seen": 1}], reason="不再需要")
