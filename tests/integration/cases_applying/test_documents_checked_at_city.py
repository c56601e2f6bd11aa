"""At a city: anybody checks what it made; nobody files there."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse

from cases import messages as m
from cases.desk.codes import verify_code
from cases.model import Case, Channel, Given
from tests.fakes.case_place import CLERK, edition
from tests.fakes.hall import HandClock
from tests.fakes.running_city import running_city


@pytest.mark.gen_test(timeout=60)
async def test_a_document_of_the_city_is_checked_there(tmp_path: Path) -> None:
    async with running_city(tmp_path / "city", clock=HandClock()) as (city, port):
        city.rooms["catalogue"].take(edition())
        given = tuple(Given(material=one, supply="paper") for one in ("form", "id", "plan"))
        answers = {"who": ("self",), "where": ("shop",)}
        receive = m.ReceiveCase(edition="food@1", channel=Channel.ONLINE, answers=answers, given=given)
        case = msgspec.json.decode(await city.execute(receive, actor=CLERK), type=Case)
        await city.rooms["case_index"].catch_up()

        async def asked(code: str) -> HTTPResponse:
            body = json.dumps({"number": case.number, "code": code})
            request = HTTPRequest(f"http://127.0.0.1:{port}/api/v1/verify", method="POST", body=body)
            return await AsyncHTTPClient().fetch(request, raise_error=False)

        found = json.loads((await asked(verify_code(city.keys.ticket, case.papers[0].document))).body)
        assert (found["kind"], found["case_number"], found["holds"]) == ("receipt", case.number, True)
        assert (await asked("AAAAAAAA")).code == 404
        page = await AsyncHTTPClient().fetch(f"http://127.0.0.1:{port}/verify/{case.number}")
        assert b"verify.js" in page.body
        script = await AsyncHTTPClient().fetch(f"http://127.0.0.1:{port}/pages/cases_applying/verify.js")
        assert script.code == 200
        nobody = await AsyncHTTPClient().fetch(f"http://127.0.0.1:{port}/api/v1/applications", raise_error=False)
        assert nobody.code == 404
