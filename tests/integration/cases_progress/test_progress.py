"""The visitor's view of a case: only with number and code, without a name, and nobody learns which numbers exist."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse

from cases.model import Case
from cases.progress.asking import asked_for
from hall_server.errors import NotFound
from tests.fakes.cases_desk import NAME, NUMBER, PHONE, DeskHall, case_of, desk_hall
from tests.fakes.hall import HandClock

ADDRESS = "/api/v1/progress"


@asynccontextmanager
async def with_case(path: Path, **more: Any) -> AsyncIterator[tuple[DeskHall, Case, str]]:
    """A hall with a case; gives its query code."""
    async with desk_hall(path, clock=HandClock()) as hall:
        who = await hall.signed_in()
        ticket = await hall.serve()
        found = case_of(await who.ask("POST", "/api/v1/cases", hall.wanted(ticket, **more)))
        case: Case | None = hall.server.rooms["cases"].cases.numbered(found["number"])
        assert case is not None
        yield hall, case, hall.desk.code_of(case.number)


async def ask(hall: DeskHall, number: str, code: str, path: str = "", **more: Any) -> HTTPResponse:
    request = HTTPRequest(
        f"http://127.0.0.1:{hall.port}{ADDRESS}{path}",
        method="POST",
        body=json.dumps({"number": number, "code": code, **more}),
        headers={"Content-Type": "application/json"},
    )
    return await AsyncHTTPClient().fetch(request, raise_error=False)


@pytest.mark.gen_test
async def test_number_and_code_show_how_far_it_is_and_nobodys_name(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with with_case(tmp_path, then="accept") as (hall, case, code):
        answer = await ask(hall, f" {case.number.lower()} ", code.lower())
        assert answer.code == 200, answer.body
        seen = json.loads(answer.body)
        assert (seen["state"], seen["expects"], seen["due"]) == ("accepted", "wait", "2026-12-04")
        assert [one["step"] for one in seen["steps"]] == ["received", "accepted", "decided", "ready", "delivered"]
        assert [bool(one["at"]) for one in seen["steps"]] == [True, True, False, False, False]
        assert {one["kind"] for one in seen["papers"]} >= {"receipt", "acceptance"}
        for secret in (NAME, NUMBER, PHONE):
            assert secret not in answer.body.decode()
            assert secret not in caplog.text
        assert code not in caplog.text
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.gen_test
async def test_a_wrong_code_and_an_unknown_number_answer_alike(tmp_path: Path) -> None:
    async with with_case(tmp_path) as (hall, case, code):
        wrong = await ask(hall, case.number, "AAAAAAAA")
        unknown = await ask(hall, "DEMO-20261123-9999X", code)
        assert (wrong.code, unknown.code) == (404, 404)
        assert wrong.body == unknown.body
        for path, more in (("/paper", {"document": "x"}), ("/withdraw", {}), ("/notices", {"wanted": False})):
            assert (await ask(hall, case.number, "AAAAAAAA", path, **more)).code == 404


class Counting:
    """Casework that says what it was asked."""

    def __init__(self, inner: Any) -> None:
        self.inner, self.asked = inner, list[str]()

    async def digest(self, number: str) -> str | None:
        self.asked.append("digest")
        found: str | None = await self.inner.digest(number)
        return found

    async def numbered(self, number: str) -> Case | None:
        self.asked.append("numbered")
        found: Case | None = await self.inner.numbered(number)
        return found


@pytest.mark.gen_test
async def test_known_and_unknown_numbers_take_the_same_way_until_the_code_is_right(tmp_path: Path) -> None:
    async with with_case(tmp_path) as (hall, case, code):
        ways = []
        for number, given in ((case.number, "AAAAAAAA"), ("DEMO-20261123-9999X", code), (case.number, code)):
            casework = Counting(hall.server.rooms["neighbours"].casework)
            try:
                await asked_for(casework, number, given)  # type: ignore[arg-type]  # as far as it is asked
            except NotFound:
                casework.asked.append("refused")
            ways.append(casework.asked)
        assert ways == [["digest", "refused"], ["digest", "refused"], ["digest", "numbered"]]


@pytest.mark.gen_test
async def test_codes_cannot_be_tried_for_long(tmp_path: Path) -> None:
    async with with_case(tmp_path) as (hall, case, code):
        codes = [(await ask(hall, case.number, f"AAAAAA{n:02d}")).code for n in range(25)]
        assert codes[:20] == [404] * 20
        assert 429 in codes
        assert (await ask(hall, "DEMO-20261123-9999X", "A")).code == 404, "another number is not held back yet"
        hall.clock.forward(minutes=5)
        assert (await ask(hall, case.number, code)).code == 200


@pytest.mark.gen_test
async def test_what_is_missing_stands_there_in_words(tmp_path: Path) -> None:
    gaps = [{"part": "plan", "what": "平面图没有签字"}]
    given = [{"material": "form", "supply": "form"}, {"material": "id", "supply": "paper"}]
    async with with_case(tmp_path, then="notice", given=given, gaps=gaps) as (hall, case, code):
        seen = json.loads((await ask(hall, case.number, code)).body)
        assert (seen["state"], seen["expects"]) == ("correction", "supply")
        assert [one["name"] for one in seen["lacks"]] == ["经营场所设备布局图、操作流程图"]
        assert [one["step"] for one in seen["steps"]][:2] == ["received", "correction"]


@pytest.mark.gen_test
async def test_an_applicant_takes_the_application_back(tmp_path: Path) -> None:
    async with with_case(tmp_path, hands_over=False) as (hall, case, code):
        assert json.loads((await ask(hall, case.number, code)).body)["can_withdraw"]
        answer = await ask(hall, case.number, code, "/withdraw", reason="不办了")
        assert answer.code == 200, answer.body
        seen = json.loads(answer.body)
        assert (seen["state"], seen["expects"], seen["can_withdraw"]) == ("withdrawn", "nothing", False)
        assert (await ask(hall, case.number, code, "/withdraw")).code in {200, 409}


@pytest.mark.gen_test
async def test_a_ticket_leads_to_its_cases_and_a_document_can_be_fetched(tmp_path: Path) -> None:
    async with with_case(tmp_path) as (hall, case, code):
        assert case.ticket is not None
        token = hall.server.keys.ticket_token(case.ticket)
        url = f"http://127.0.0.1:{hall.port}{ADDRESS}/tickets/"
        found = json.loads((await AsyncHTTPClient().fetch(url + token)).body)["cases"]
        assert [(one["number"], one["code"]) for one in found] == [(case.number, code)]
        assert json.loads((await AsyncHTTPClient().fetch(url + "x" * 22)).body)["cases"] == []
        seen = json.loads((await ask(hall, case.number, code)).body)
        answer = await ask(hall, case.number, code, "/paper", document=seen["papers"][0]["document"])
        assert answer.code == 200, answer.body
        assert answer.body.startswith(b"%PDF")
        assert (await ask(hall, case.number, code, "/paper", document="another")).code == 404


@pytest.mark.gen_test
async def test_a_case_of_an_earlier_day_is_read_from_the_journal(tmp_path: Path) -> None:
    async with with_case(tmp_path, hands_over=False) as (hall, case, code):
        await ask(hall, case.number, code, "/withdraw")
        hall.clock.forward(days=2)
        await hall.server.roll_day()
        assert hall.server.rooms["cases"].cases.numbered(case.number) is None
        seen = json.loads((await ask(hall, case.number, code)).body)
        assert (seen["state"], seen["number"]) == ("withdrawn", case.number)
