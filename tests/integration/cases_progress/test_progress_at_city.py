"""At a city, on both databases: a case that came in online is shown, told by message and pushed to its department."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from cases import messages as m
from cases.forms import Form, Party, new_salt, sealed_bytes
from cases.model import Case, Channel, Given, State
from cases.neighbours import Neighbours as Room
from cases.neighbours import requests as r
from cases.state import query_digest
from hall_server.outbox.table import State as Sent
from tests.fakes.case_place import CLERK, edition
from tests.fakes.hall import HandClock
from tests.fakes.neighbours import answered, neighbours, places, until
from tests.fakes.running_city import running_city

PHONE = "13800138000"


@pytest.mark.gen_test(timeout=120)
async def test_an_online_case_is_shown_told_and_pushed(tmp_path: Path, city_database: str) -> None:
    clock = HandClock()
    async with neighbours(tmp_path / "others", clock) as (others, at):
        given = places(at, tmp_path / "others", departments=("market",))
        only = {name: given[name] for name in ("sms", "department", "supervision")}
        async with running_city(tmp_path / "city", city_database, clock=clock, neighbours=only) as (city, port):
            city.rooms["catalogue"].take(edition())
            room: Room = city.rooms["neighbours"]

            async def followed() -> Any:
                return await room.room.outbox.cursor("neighbours") is not None

            await until(followed)
            party = Party(name="张三丰", id_number="11010519491231002X", phone=PHONE)
            form = Form(salt=new_salt(), edition="food@1", applicant=party, fields={"shop": "三丰面馆"})
            sha256 = await room.casework.keep(sealed_bytes(form))
            papers = tuple(Given(material=one, supply="paper") for one in ("form", "id", "plan"))
            answers = {"who": ("self",), "where": ("shop",)}
            number = city.rooms["cases"]._place.case_number(clock.now())
            receive = m.ReceiveCase(
                edition="food@1", channel=Channel.ONLINE, answers=answers, given=papers, form=sha256,
                query_digest=query_digest(number, "ABCD2345"),
            )  # fmt: skip
            case = msgspec.json.decode(await city.execute(receive, actor=CLERK), type=Case)
            await city.execute(m.AcceptCase(case=case.id, seen=case.step), actor=CLERK)
            await city.rooms["case_index"].catch_up()
            pushed = await answered(room, f"push-{case.id}")
            assert (pushed.state, pushed.reason) == (Sent.ACCEPTED, "")

            async def sent() -> Any:
                clock.forward(seconds=30)
                room.follower.hurry()
                room.room.hurry()
                held = (await others.books.ledger())["held"]
                return [one for one in held if one["do"] == "sms.send"]

            [message] = await until(sent)
            assert msgspec.json.decode(message["request"], type=r.SendMessage).phone == PHONE
            asked = HTTPRequest(
                f"http://127.0.0.1:{port}/api/v1/progress",
                method="POST",
                body=json.dumps({"number": case.number, "code": "abcd2345"}),
                headers={"Content-Type": "application/json"},
            )
            seen = json.loads((await AsyncHTTPClient().fetch(asked)).body)
            assert (seen["state"], seen["matter_name"], seen["rate"]) == (State.ACCEPTED, "食品经营许可", "")
            result = r.DepartmentResult(
                id="r1", case_number=case.number, step="examined", at=clock.now(), by="e1", opinion="符合条件"
            )
            await others.does("department", result)
            await others.does("department", msgspec.structs.replace(result, id="r2", step="granted", by="e2"))

            async def decided() -> Any:
                await room.department.read_back("department")
                await city.rooms["case_index"].catch_up()
                return (await room.casework.case(case.id)).state is State.DECIDED

            await until(decided)
            rows = str(await city.database.fetch("SELECT id, sealed, answer, subject FROM outbox"))
            assert PHONE not in rows
