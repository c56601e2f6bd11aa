"""Why an applicant takes a case back: in the vault where it was written, in no journal, and erased in time."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from cases import messages as m
from cases.model import Case, Channel, Given
from cases.own_words import KEPT, OwnWords
from cases.state import query_digest
from hall_server.errors import DomainError
from hall_server.identity import visitor
from tests.fakes.applying import BASE, applying_hall, body_of
from tests.fakes.case_place import CLERK
from tests.fakes.linked_places import linked

WORDS, TYPED = "我女儿李小雨住院了", "窗口代为撤回"
CODE = "ABCD2345"
HALL, CITY = ("SELECT payload FROM journal",), ("SELECT payload FROM journal", "SELECT payload FROM hall_events")


async def take_back(port: int, number: str, words: str) -> int:
    request = HTTPRequest(
        f"http://127.0.0.1:{port}/api/v1/progress/withdraw",
        method="POST",
        body=json.dumps({"number": number, "code": CODE, "reason": words}),
        headers={"Content-Type": "application/json"},
    )
    return (await AsyncHTTPClient().fetch(request, raise_error=False)).code


async def journal(place: Any, tables: tuple[str, ...] = HALL) -> str:
    """Every payload of a place as one text without escapes; the city keeps those of halls beside its own."""
    rows = [json.loads(payload) for sql in tables for (payload,) in await place.database.fetch(sql)]
    return json.dumps(rows, ensure_ascii=False)


@pytest.mark.gen_test(timeout=120)
async def test_words_are_in_no_journal_of_hall_and_city_and_what_a_clerk_typed_is(tmp_path: Path) -> None:
    async with linked(tmp_path) as place:
        hall, city = place.halls["a"], place.city
        own, typed = await place.receive("a"), await place.receive("a")
        kept = hall.rooms["cases"].cases.get(own.id)
        kept.query_digest = query_digest(own.number, CODE)  # what the desk of a hall writes there
        assert await take_back(place.ports["a"], own.number, WORDS) == 200
        await place.do("a", m.WithdrawCase(case=typed.id, seen=1, reason=TYPED))
        online = await received_online(place)
        assert await take_back(place.ports[""], online.number, WORDS) == 200
        await place.index()
        for one, tables in ((hall, HALL), (city, CITY)):
            said = await journal(one, tables)
            assert (WORDS in said, TYPED in said) == (False, True)
            assert own.id in said
        assert WORDS not in str(await city.database.fetch("SELECT body FROM cases"))
        after = hall.rooms["cases"].cases.get(own.id)
        assert await OwnWords(hall).read(after.own_words) == WORDS
        assert await OwnWords(city).read(after.own_words) == "", "they stay at the hall"
        at_city = await city.rooms["case_index"].one(online.id)
        assert await OwnWords(city).read(at_city.own_words) == WORDS


async def received_online(place: Any) -> Case:
    number = place.city.rooms["cases"]._place.case_number(place.clock.now())
    receive = m.ReceiveCase(
        edition="food@1",
        channel=Channel.ONLINE,
        answers={"who": ("self",), "where": ("shop",)},
        given=tuple(Given(material=one, supply="paper") for one in ("form", "id", "plan")),
        query_digest=query_digest(number, CODE),
    )
    case = msgspec.json.decode(await place.city.execute(receive, actor=CLERK), type=Case)
    await place.city.rooms["case_index"].catch_up()
    return case


@pytest.mark.gen_test(timeout=60)
async def test_a_clerk_reads_them_until_they_are_erased_and_refused_ones_do_not_stay(tmp_path: Path) -> None:
    async with applying_hall(tmp_path) as hall:
        server, who = hall.server, await hall.identified()
        id_, sent = await hall.sent(who)
        body_of(await who.ask("POST", f"{BASE}/{id_}/withdraw", {"reason": f" {WORDS} "}))
        case = server.rooms["cases"].cases.get(sent["case"])
        assert WORDS not in await journal(server)
        clerk = await hall.hall.signed_in()
        assert body_of(await clerk.ask("GET", f"/api/v1/cases/{case.id}"))["own_words"] == WORDS
        words, casework = OwnWords(server), server.rooms["neighbours"].casework
        with pytest.raises(DomainError, match="case"):
            await words.withdraw(casework, case, "又一次", actor=visitor("x"), command_id="once-more-1")
        count = "SELECT count(*) FROM vault WHERE kind = 'withdrawal words'"
        assert await server.database.fetch(count) == [(1,)]
        await words.sweep(hall.clock.now() + KEPT - timedelta(days=1))
        assert await words.read(case.own_words) == WORDS
        await words.sweep(hall.clock.now() + KEPT + timedelta(days=1))
        assert await words.read(case.own_words) == ""
        assert body_of(await clerk.ask("GET", f"/api/v1/cases/{case.id}"))["own_words"] == ""
