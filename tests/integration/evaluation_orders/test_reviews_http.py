"""Work orders over HTTP: who sees what, words and phones in the vault, evidence, the board live."""

from __future__ import annotations

import base64
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import websocket_connect

from evaluation.orders import messages as m
from evaluation.orders.facts import facts
from evaluation.orders.model import Category
from hall_server.identity import Role
from hall_server.web.accounts import Account
from tests.fakes.hall import HandClock
from tests.fakes.reviewed_hall import PHONE, ReviewedHall, speaking
from tests.fakes.visits import PASSWORD, Answer

PDF = b"%PDF-1.4 evidence"
WORDS = "群众王某说等了一小时"
NAME = "王某的录像.pdf"


async def sign_in(hall: ReviewedHall, id_: str, *roles: Role) -> None:
    """Somebody of the staff by their id; the last to sign in is who asks."""
    account = Account(id=id_, name=f"name-{id_}", display_name=f"人{id_}", number=id_, password="", roles=roles)
    await hall.server.rooms["web"].accounts.save(account, password=PASSWORD)
    body = msgspec.json.encode({"name": f"name-{id_}", "password": PASSWORD})
    request = HTTPRequest(f"http://127.0.0.1:{hall.port}/api/v1/session", method="POST", body=body)
    answer = await AsyncHTTPClient(force_instance=True).fetch(request)
    cookies = [value.split(";")[0] for value in answer.headers.get_list("Set-Cookie")]
    hall.session = {"Cookie": "; ".join(cookies), "X-XSRFToken": msgspec.json.decode(answer.body)["xsrf"]}


async def step(hall: ReviewedHall, order: str, deed: str, /, **fields: Any) -> Answer:
    seen = hall.order(order).step
    return await hall.ask("POST", f"/api/v1/reviews/{order}/{deed}", {"seen": seen, **fields})


async def card(hall: ReviewedHall, order: str) -> Any:
    answer = await hall.ask("GET", f"/api/v1/reviews/{order}")
    assert answer.code == 200, answer.body
    return answer.body


async def everything(hall: ReviewedHall) -> str:
    """The journal as text."""
    await hall.server.settled()
    return str(await hall.server.database.fetch("SELECT subject, payload FROM journal"))


@pytest.mark.gen_test
async def test_a_manager_works_an_order_through_and_the_facts_know_it(tmp_path: Path) -> None:
    async with speaking(tmp_path) as hall:
        order = await hall.bad(phone=PHONE)
        await sign_in(hall, "m01", Role.MANAGER)
        spoken = {"how": "phone", "note": WORDS}
        for deed, fields in (
            ("contact", {**spoken, "is_reached": True}),
            ("categorise", {"category": "clear", "note": "属实"}),
            ("fix", {"note": "增开窗口"}),
            ("revisit", {**spoken, "result": "satisfied"}),
            ("close", {}),
            ("publish", {"text": "已增开窗口。"}),
        ):
            answer = await step(hall, order, deed, **fields)
            assert answer.code == 200, answer.body
        seen = await card(hall, order)
        assert [one["type"] for one in seen["steps"]][-3:] == ["order.revisited", "order.closed", "order.published"]
        assert seen["steps"][1] == {**seen["steps"][1], "note": WORDS, "how": "phone", "yes": True}
        assert (seen["published_text"], seen["deeds"]) == ("已增开窗口。", [])
        assert WORDS not in await everything(hall)
        [fact] = await facts(hall.server.views, date(2026, 11, 1), date(2026, 11, 30))
        assert (fact.order, fact.named, fact.category) == (order, True, Category.CLEAR)
        assert None not in (fact.contacted_at, fact.fixed_at, fact.revisited_at, fact.closed_at, fact.published_at)
        assert (fact.revisit_satisfied, fact.published_text, fact.taken_back) == (True, "已增开窗口。", False)
        over = (await hall.ask("GET", "/api/v1/reviews-over")).body
        assert ([one["id"] for one in over["items"]], over["total"]) == ([order], 1)


@pytest.mark.gen_test
async def test_a_card_is_the_same_after_the_order_has_left_the_memory(tmp_path: Path) -> None:
    clock = HandClock()
    async with speaking(tmp_path, clock) as hall:
        order = await hall.bad()
        await hall.put_right(order)
        await sign_in(hall, "m01", Role.MANAGER)
        for deed, fields in (("close", {}), ("withhold", {"note": "涉及隐私"})):
            assert (await step(hall, order, deed, **fields)).code == 200
        before = await card(hall, order)
    clock.forward(days=3)
    async with speaking(tmp_path, clock) as hall:
        await sign_in(hall, "m01", Role.MANAGER)
        assert order not in hall.orders.by_id
        after = await card(hall, order)
        assert {**after, "plan": None} == {**before, "plan": None}
        assert (await hall.ask("GET", "/api/v1/reviews/nothing")).error == "review.unknown"


@pytest.mark.gen_test
async def test_the_phone_is_masked_until_a_manager_says_what_for(tmp_path: Path) -> None:
    async with speaking(tmp_path) as hall:
        order = await hall.bad(phone=PHONE)
        await sign_in(hall, "m01", Role.MANAGER)
        assert (await card(hall, order))["phone"] == "138******78"
        assert (await hall.ask("POST", f"/api/v1/reviews/{order}/phone", {"note": " "})).error == "review.text_missing"
        assert await hall.events("order.phone_opened") == []
        answer = await hall.ask("POST", f"/api/v1/reviews/{order}/phone", {"note": "联系群众"})
        assert answer.body == {"phone": PHONE}
        assert len(await hall.events("order.phone_opened")) == 1
        last = (await card(hall, order))["steps"][-1]
        assert (last["type"], last["note"], last["by"]["id"]) == ("order.phone_opened", "联系群众", "m01")
        assert PHONE not in await everything(hall)


@pytest.mark.gen_test
async def test_whoever_was_rated_sees_no_phone_and_no_words_of_others_manager_or_not(tmp_path: Path) -> None:
    async with speaking(tmp_path) as hall:
        await hall.open(staff_id="m05")
        order = await hall.bad(phone=PHONE)
        await hall.contacted(order)
        await sign_in(hall, "m02", Role.MANAGER)
        file = {"name": NAME, "data": base64.b64encode(PDF).decode()}
        answer = await step(hall, order, "categorise", category="mistaken", note=WORDS, files=[file])
        assert answer.code == 200
        href = (await card(hall, order))["steps"][-1]["files"][0]["href"]
        await sign_in(hall, "m05", Role.STAFF, Role.MANAGER)
        seen = await card(hall, order)
        assert (seen["is_own"], seen["phone"], seen["deeds"]) == (True, None, ["appeal"])
        assert WORDS not in str(seen)
        assert NAME not in str(seen)
        for path in (f"/api/v1/reviews/{order}/phone", f"/api/v1/reviews/{order}/close"):
            body = {"note": "x"} if path.endswith("phone") else {"seen": hall.order(order).step}
            assert (await hall.ask("POST", path, body)).error == "review.own"
        assert (await hall.ask("GET", href)).error == "review.own"


@pytest.mark.gen_test
async def test_evidence_lies_in_the_vault_and_only_papers_and_pictures_are_taken(tmp_path: Path) -> None:
    async with speaking(tmp_path) as hall:
        order = await hall.bad()
        await hall.contacted(order)
        await sign_in(hall, "m01", Role.MANAGER)

        async def ask(*files: tuple[str, bytes]) -> Answer:
            given = [{"name": name, "data": base64.b64encode(data).decode()} for name, data in files]
            return await step(hall, order, "categorise", category="malicious", note=WORDS, files=given)

        before = await hall.server.database.fetch("SELECT count(*) FROM vault")
        assert (await ask(("a.exe", b"MZ"))).error == "review.file_unfit"
        assert (await ask((" ", PDF))).error == "review.file_unfit"
        assert (await ask(("a.pdf", b"%PDF-" + bytes(2 * 1024 * 1024)))).error == "review.file_too_large"
        assert (await ask(*[("a.pdf", PDF)] * 4)).code == 400
        assert await hall.server.database.fetch("SELECT count(*) FROM vault") == before
        assert (await ask((NAME, PDF))).code == 200
        [file] = (await card(hall, order))["steps"][-1]["files"]
        assert (file["name"], file["media"], file["bytes"]) == (NAME, "application/pdf", len(PDF))
        assert (await hall.ask("GET", file["href"])).body == PDF
        assert (await hall.ask("GET", f"/api/v1/reviews/{order}/files/other")).error == "review.file_unknown"
        assert NAME not in await everything(hall)


@pytest.mark.gen_test
async def test_words_of_a_refused_step_leave_the_vault_again_and_a_repeat_is_one_step(tmp_path: Path) -> None:
    async with speaking(tmp_path) as hall:
        order = await hall.bad()
        await sign_in(hall, "m01", Role.MANAGER)
        [(before,)] = await hall.server.database.fetch("SELECT count(*) FROM vault")
        assert (await step(hall, order, "fix", note=WORDS)).error == "review.not_now"
        body = {"seen": 1, "how": "looked_into", "is_reached": True, "note": WORDS}
        path, key = f"/api/v1/reviews/{order}/contact", {"Idempotency_Key": "the-same-key"}
        answers = [await hall.ask("POST", path, body, **key) for _ in range(2)]
        assert [answer.code for answer in answers] == [200, 200]
        assert answers[0].body == answers[1].body
        other = await hall.ask("POST", path, {**body, "seen": 2}, **key)
        assert other.error == "command.reused"
        [(after,)] = await hall.server.database.fetch("SELECT count(*) FROM vault")
        assert (after, len(await hall.events("order.contacted"))) == (before + 1, 1)
        assert (await card(hall, order))["steps"][-1]["note"] == WORDS


@pytest.mark.gen_test
async def test_bad_bodies_are_refused_with_the_field(tmp_path: Path) -> None:
    async with speaking(tmp_path) as hall:
        order = await hall.bad()
        await sign_in(hall, "m01", Role.MANAGER)
        said = {"how": "looked_into", "is_reached": True}
        for fields, code in (
            ({**said, "note": " "}, "review.text_missing"),
            ({**said, "note": "长" * 2001}, "review.text_too_long"),
            ({**said, "note": "x", "how": "telepathy"}, "body.invalid"),
            ({**said, "note": "x", "seen": 0}, "body.invalid"),
            ({**said, "note": "x", "more": 1}, "body.invalid"),
            ({**said, "note": "x", "seen": 7}, "review.moved_on"),
        ):
            assert (await step(hall, order, "contact", **fields)).error == code
        markup = "<b>五千字</b>"
        assert (await step(hall, order, "contact", **said, note=markup)).code == 200
        assert (await card(hall, order))["steps"][-1]["note"] == markup  # text stays text
        assert (await hall.ask("GET", "/api/v1/reviews-over?from=yesterday")).error == "review.day_unknown"


@pytest.mark.gen_test
async def test_only_managers_see_orders_and_everybody_sees_their_own(tmp_path: Path) -> None:
    async with speaking(tmp_path) as hall:
        order = await hall.bad(phone=PHONE)
        await hall.rate(1)
        paths = ("reviews", f"reviews/{order}", "reviews-over", "review-rules", "my-reviews")
        assert [(await hall.ask("GET", f"/api/v1/{path}")).code for path in paths] == [401] * 5
        await sign_in(hall, "s01", Role.STAFF)
        assert [(await hall.ask("GET", f"/api/v1/{path}")).code for path in paths] == [403] * 4 + [200]
        await hall.ask("POST", f"/api/v1/reviews/{order}/appeal", {"note": "当天系统故障"})
        await hall.act(order, m.AnswerAppeal, is_upheld=True, note=(await _kept(hall, "情况属实")))
        own = (await hall.ask("GET", "/api/v1/my-reviews")).body
        assert own["counts"] == [1, 0, 0, 0, 1]
        good, bad = own["items"]
        assert (good["order"], bad["order"]["id"], bad["order"]["appeal"]) == (None, order, "upheld")
        assert (bad["order"]["appeal_text"], bad["order"]["answer"]) == ("当天系统故障", "情况属实")
        assert bad["order"]["may_appeal"] is False
        assert "phone" not in str(own)
        await sign_in(hall, "s02", Role.STAFF)
        assert (await hall.ask("GET", "/api/v1/my-reviews")).body["items"] == []
        answer = await hall.ask("POST", f"/api/v1/reviews/{order}/appeal", {"note": "不是我"})
        assert answer.error == "review.not_rated"


@pytest.mark.gen_test
async def test_the_board_is_told_of_a_bad_rating_at_once(tmp_path: Path) -> None:
    async with speaking(tmp_path) as hall:
        await hall.rate(1)
        await sign_in(hall, "m01", Role.MANAGER)
        address = f"ws://127.0.0.1:{hall.port}/api/v1/live?topics=reviews"
        headers = {"Cookie": hall.session["Cookie"], "Origin": f"http://127.0.0.1:{hall.port}"}
        link = await websocket_connect(HTTPRequest(address, headers=headers))
        snapshot = msgspec.json.decode(await link.read_message() or "")
        assert snapshot["snapshot"]["orders"] == []
        order = await hall.bad(phone=PHONE)
        told = msgspec.json.decode(await link.read_message() or "")["event"]["view"]
        [line] = told["orders"]
        assert (line["id"], line["state"], line["light"], line["clock"]) == (order, "opened", "green", "contact")
        assert (line["window_number"], line["named"], line["staff"]["id"]) == (1, True, "s01")
        assert PHONE not in str(told)
        link.close()
        board = (await hall.ask("GET", "/api/v1/reviews")).body
        assert [one["id"] for one in board["orders"]] == [order]


@pytest.mark.gen_test
async def test_the_light_goes_from_green_over_amber_to_red(tmp_path: Path) -> None:
    clock = HandClock()
    async with speaking(tmp_path, clock) as hall:
        order = await hall.bad()
        await sign_in(hall, "m01", Role.MANAGER)
        seen = []
        for days in (0, 1, 1):
            clock.forward(days=days)
            await hall.watch.look()
            await sign_in(hall, "m01", Role.MANAGER)
            line = (await card(hall, order))["order"]
            seen.append((line["light"], line["escalated"]))
        assert seen == [("green", False), ("amber", False), ("red", True)]


@pytest.mark.gen_test
async def test_the_manager_is_alarmed_of_what_is_overdue_with_a_link(tmp_path: Path) -> None:
    clock = HandClock()
    async with speaking(tmp_path, clock) as hall:
        order = await hall.bad()
        clock.forward(days=12)
        await sign_in(hall, "m01", Role.MANAGER)
        alarms = (await hall.ask("GET", "/api/v1/manager")).body["alarms"]
        found = {one["code"]: one for one in alarms}
        assert {"review.contact_overdue", "review.fix_overdue"} <= set(found)
        assert found["review.contact_overdue"]["href"] == f"/manager/reviews#{order}"
        await hall.contacted(order)
        await hall.act(order, m.Categorise, category=Category.CLEAR, note="n")
        await hall.act(order, m.FixOrder, note="n")
        alarms = (await hall.ask("GET", "/api/v1/manager")).body["alarms"]
        assert not [one for one in alarms if one["code"].startswith("review.")]


@pytest.mark.gen_test
async def test_the_halls_limit_is_read_and_set_with_a_reason(tmp_path: Path) -> None:
    async with speaking(tmp_path) as hall:
        await sign_in(hall, "m01", Role.MANAGER)
        found = (await hall.ask("GET", "/api/v1/review-rules")).body
        assert found == {"fix": "5wd", "choices": ["5wd", "7d", "15wd"]}
        path = "/api/v1/review-rules"
        assert (await hall.ask("PATCH", path, {"fix": "7d", "reason": " "})).error == "review.reason_unfit"
        assert (await hall.ask("PATCH", path, {"fix": "9d", "reason": "x"})).error == "body.invalid"
        assert (await hall.ask("PATCH", path, {"fix": "7d", "reason": "市里的规定"})).body["fix"] == "7d"
        assert (await hall.ask("PATCH", path, {"fix": "7d", "reason": "再说一遍"})).code == 200
        assert len(await hall.events("review_rules.set")) == 1
        due = date.fromisoformat((await card(hall, await hall.bad()))["steps"][0]["due"][:10])
        assert due - hall.server.business_day >= timedelta(days=7)


async def _kept(hall: ReviewedHall, text: str) -> str:
    await hall.server.vault.keep_text("review words", "kept-1", text)
    return "kept-1"
