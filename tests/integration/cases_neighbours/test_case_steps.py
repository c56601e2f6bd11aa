"""What steps of cases ask of neighbours: the register of licences, shared data, couriers, the hotline."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cases import messages as m
from cases.forms import Form, Party, digest, new_salt, sealed_bytes
from cases.model import Case, Delivery, Given, State
from cases.neighbours import requests as r
from cases.neighbours.steps import issue_id, label_id
from hall_server.errors import Invalid, Refused
from hall_server.outbox.table import State as Sent
from tests.fakes.case_place import CLERK, LEADER, edition
from tests.fakes.neighbour_hall import NeighbourHall, neighbour_hall
from tests.fakes.neighbours import answered, until

SECRETS = ("张三丰", "11010519491231002X", "牌坊路7号", "13800138000", "排队两小时")
PARTY = Party(name=SECRETS[0], id_number=SECRETS[1], address=SECRETS[2], phone=SECRETS[3])


class Hall(NeighbourHall):
    """With every neighbour."""

    async def received(self, **values: Any) -> Case:
        known = edition()
        shared = msgspec.structs.replace(known.materials[1], supplies=("paper", "shared"))
        self.server.rooms["cases"].editions.take(edition(materials=(known.materials[0], shared, *known.materials[2:])))
        form = Form(salt=new_salt(), edition="food@1", applicant=PARTY)
        await self.server.rooms["federation"].keep(sealed_bytes(form))
        answers: Any = {"who": ("self",), "where": ("shop",)}
        given = tuple(Given(material=one, supply="paper") for one in ("form", "id", "plan"))
        command = m.ReceiveCase(
            **{"edition": "food@1", "answers": answers, "given": given, "form": digest(form), **values}
        )
        return msgspec.json.decode(await self.server.execute(command, actor=CLERK), type=Case)

    async def made(self, **values: Any) -> Case:
        case = await self.received(**values)
        await self.do(case, m.AcceptCase)
        await self.decided(case)
        file = await self.server.rooms["federation"].keep(b"%PDF-1.7 licence")
        return await self.do(case, m.MakeLicence, by=LEADER, licence="JY1", sha256=file)

    async def letter(self, id_: str) -> Any:
        async def there() -> bool:
            return await self.room.room.outbox.one(id_) is not None

        await until(there)
        return await answered(self.room, id_)

    async def tell(self, name: str, message: Any) -> str:
        self.clock.forward(seconds=1)
        return (await self.others.tell(f"http://127.0.0.1:{self.port}", name, message)).code

    async def journal(self) -> str:
        await self.server.settled()
        return str(await self.server.database.fetch("SELECT payload FROM journal"))


def hall(path: Path) -> AbstractAsyncContextManager[Hall]:
    return neighbour_hall(Hall, path)


@pytest.mark.gen_test
async def test_a_licence_goes_to_the_register_with_its_file_and_comes_back_when_it_is_given_up(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        case = await here.made()
        issued = await here.letter(issue_id(case.id))
        assert issued.state is Sent.ACCEPTED, issued.reason
        request = here.room.room.opened(issued)
        assert isinstance(request, r.IssueLicence)
        assert (request.number, request.holder_name, request.valid_from) == ("JY1", "张三丰", date(2026, 11, 23))
        assert [one["sha256"] for one in (await here.others.books.ledger())["files"]] == [case.licence_file]
        await here.do(case, m.SendToHall, by=LEADER, hall=here.server.settings.hall)
        await here.do(case, m.GiveUpResult, reason="不开店了")
        assert (await here.letter(f"revoke-{case.id}")).state is Sent.ACCEPTED
        [held] = (await here.others.books.every("licence:licences")).values()
        assert held["revoked"]
        assert not [one for one in SECRETS if one in await here.journal()]


@pytest.mark.gen_test
async def test_a_parcel_has_its_label_before_it_is_handed_over_and_closes_its_case(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        case = await here.made(delivery=Delivery.COURIER)
        await here.do(case, m.SendToHall, by=LEADER, hall=here.server.settings.hall)
        assert (await here.letter(label_id(case.id))).state is Sent.ACCEPTED
        label = here.room.steps.labels[case.id]
        assert label.startswith("SF")
        await here.do(case, m.DeliverCase, how=Delivery.COURIER, receipt=label)
        assert await here.room.steps.track() == 0
        assert (
            await here.tell("courier", r.ParcelMoved(transaction=label_id(case.id), number=label, state="moving")) == ""
        )
        assert here.case(case.id).state is State.DELIVERED
        parcels = await here.others.books.every("courier:parcels")
        await here.others.books.put("courier:parcels", label, {**parcels[label], "state": "delivered"})
        assert await here.room.steps.track() == 1
        assert here.case(case.id).state is State.CLOSED
        moved = r.ParcelMoved(transaction=label_id(case.id), number=label, state="delivered")
        assert await here.tell("courier", moved) == "", "told late, it changes nothing"


@pytest.mark.gen_test
async def test_shared_data_is_asked_for_and_becomes_a_page_of_its_material(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        given = (
            *(Given(material=one, supply="paper") for one in ("form", "plan")),
            Given(material="id", supply="shared"),
        )
        case = await here.received(given=given)
        letter = await here.letter(f"data-{case.id}-id")
        assert letter.state is Sent.ACCEPTED, letter.reason
        ticket = msgspec.json.decode(here.room.room.answer(letter), type=r.DataAsked).ticket
        held = await here.others.books.get("exchange:data", ticket)
        await here.others.books.put("exchange:data", ticket, {**held, "state": "delivered"})
        for _ in range(2):
            assert await here.tell("exchange", r.DataDelivered(transaction=letter.id, ticket=ticket)) == ""
        [copy] = here.case(case.id).given["id"].copies
        rows = here.server.rooms["federation"].attachments.read(copy.sha256)
        assert (copy.media, msgspec.json.decode(rows)) == ("application/json", [{"valid": True}])


@pytest.mark.gen_test
async def test_a_complaint_about_a_case_is_put_on_record_and_answered_once(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        case = await here.received()
        told = r.HotlineCase(order="12345-1", about=case.number, text=SECRETS[4], due=date(2026, 11, 25))
        for _ in range(2):
            assert await here.tell("hotline", told) == ""
        assert here.case(case.id).complaints == ("12345-1",)
        [shown] = await here.room.complaints.some(closed_since=here.clock.now())
        assert (shown.case, shown.text, shown.is_late) == (case.id, SECRETS[4], False)
        with pytest.raises(Invalid, match=r"neighbour\.no_words"):
            await here.room.complaints.close("12345-1", " ", by="staff:m")
        await here.room.complaints.close("12345-1", "已道歉并增开窗口", by="staff:m")
        with pytest.raises(Refused, match=r"neighbour\.order_closed"):
            await here.room.complaints.close("12345-1", "再说一次", by="staff:m")
        assert (await here.letter("close-12345-1")).state is Sent.ACCEPTED
        assert here.case(case.id).answered == ("12345-1",)
        assert not [one for one in SECRETS if one in await here.journal()]
