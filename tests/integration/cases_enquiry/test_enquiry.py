"""What anybody may look up at the table, what managers put there, and that nothing of a visitor is left behind."""

from __future__ import annotations

import io
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pypdfium2
import pytest

from cases.catalogue.messages import TakeEdition
from cases.enquiry.web import WRONG_CODES
from cases.neighbours import requests as r
from hall_server.errors import Refused
from hall_server.identity import SYSTEM, device_actor
from hall_server.outbox.table import State
from tests.fakes.cases_desk import NAME, NUMBER, OTHER, PHONE, DeskHall, case_of, desk_hall, food, page
from tests.fakes.confirming import Who
from tests.fakes.hall import ROOMS as ALL_ROOMS
from tests.fakes.hall import HandClock, running
from tests.fakes.neighbours import answered, neighbours, places

NO_DEVICES = ("hall_queue", "displays", "evaluation", "cases")
ROOMS = ("hall_queue", "devices", "displays", "evaluation", "cases")
WORDS = "十二月三号在三号窗口，张三对我大喊大叫"
POLICIES = "/api/v1/enquiry-policies"


@asynccontextmanager
async def enquiry_hall(path: Path, **more: Any) -> AsyncIterator[tuple[DeskHall, Who, Who]]:
    """A hall with a stranger and a manager."""
    async with desk_hall(path, clock=HandClock(), **more) as hall:
        yield hall, Who(hall.port), await hall.signed_in("m1", roles=("manager",))


def pdf(pages: int) -> bytes:
    """A file of so many empty pages."""
    with pypdfium2.PdfDocument.new() as made:
        for _ in range(pages):
            made.new_page(200, 280).close()
        out = io.BytesIO()
        made.save(out)
    return out.getvalue()


def complaint(**more: Any) -> dict[str, Any]:
    return {"about": "staff", "words": WORDS, "phone": PHONE, "window": "w03", **more}


@pytest.mark.gen_test
async def test_a_complaint_gets_a_number_and_only_number_and_code_open_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with enquiry_hall(tmp_path) as (hall, visitor, office):
        made = await visitor.ask("POST", "/api/v1/enquiry/complaints", complaint(), Idempotency_Key="complaint-one")
        assert made.code == 201, made.body
        again = await visitor.ask("POST", "/api/v1/enquiry/complaints", complaint(), Idempotency_Key="complaint-one")
        assert again.body == made.body
        assert made.body["number"] == "TS20261123-001"
        asked = {"number": f" {made.body['number'].lower()} ", "code": made.body["code"]}
        seen = await visitor.ask("POST", "/api/v1/enquiry/complaints/asked", asked)
        assert (seen.body["state"], seen.body["answer"]) == ("made", "")
        for wrong in ({**asked, "code": "000000"}, {"number": "TS20261123-009", "code": made.body["code"]}):
            answer = await visitor.ask("POST", "/api/v1/enquiry/complaints/asked", wrong)
            assert (answer.code, answer.error) == (404, "enquiry.complaint_unknown")
        [held] = (await office.ask("GET", "/api/v1/enquiry/complaints")).body["complaints"]
        assert (held["words"], held["phone"], held["window_number"]) == (WORDS, PHONE, 3)
        [waiting] = hall.server.rooms["enquiry"].alarms()
        assert (waiting.code, waiting.fields["number"]) == ("complaint.waiting", made.body["number"])
        taken = await office.ask("POST", f"/api/v1/enquiry/complaints/{held['id']}/take", {"seen": 0})
        assert taken.body["step"] == 1
        assert hall.server.rooms["enquiry"].alarms() == []
        late = await office.ask("POST", f"/api/v1/enquiry/complaints/{held['id']}/answer", {"seen": 0, "answer": "好"})
        assert (late.code, late.error) == (409, "enquiry.changed")
        told = {"seen": 1, "answer": "已向您道歉，并调整了窗口人员"}
        await office.ask("POST", f"/api/v1/enquiry/complaints/{held['id']}/answer", told)
        seen = await visitor.ask("POST", "/api/v1/enquiry/complaints/asked", asked)
        assert (seen.body["state"], seen.body["answer"]) == ("answered", told["answer"])
        journal = await hall.journal_text()
        for secret in (WORDS, PHONE, told["answer"], made.body["code"]):
            assert secret not in journal
            assert secret not in caplog.text


@pytest.mark.gen_test
async def test_what_is_wrong_with_a_complaint_is_said_with_the_field(tmp_path: Path) -> None:
    async with enquiry_hall(tmp_path) as (hall, visitor, _):
        for wrong, field, code in (
            ({"words": "  "}, "words", "enquiry.words_missing"),
            ({"phone": "12"}, "phone", "person.phone"),
            ({"window": "99"}, "window", "enquiry.window_unknown"),
            ({"department": "x"}, "department", "enquiry.department_unknown"),
        ):
            answer = await visitor.ask("POST", "/api/v1/enquiry/complaints", complaint(**wrong))
            assert (answer.code, answer.error) == (400, code)
            assert field in str(answer.body["error"])
        assert (await visitor.ask("POST", "/api/v1/enquiry/complaints", complaint(words="长" * 1001))).code == 400
        rows = await hall.server.database.fetch("SELECT count(*) FROM vault WHERE kind LIKE 'complaint%'")
        assert rows[0][0] == 0  # what was refused left no words behind
        assert (await visitor.ask("GET", "/api/v1/enquiry/complaints")).code == 401


@pytest.mark.gen_test
async def test_a_policy_is_put_up_read_changed_and_taken_down(tmp_path: Path) -> None:
    async with enquiry_hall(tmp_path) as (_, visitor, office):
        pages = await office.ask("POST", f"{POLICIES}/pages", raw=pdf(2))
        assert pages.code == 201, pages.body
        given = {"title": "关于便民服务的通知", "source": "区政办〔2026〕1号", "text": "第一段\n第二段", **pages.body}
        made = await office.ask("POST", POLICIES, given)
        assert made.code == 200, made.body
        id_ = made.body["about"]["id"]
        [listed] = (await visitor.ask("GET", "/api/v1/enquiry/policies")).body["policies"]
        assert (listed["title"], listed["pages"], listed["title_en"]) == (given["title"], 2, given["title"])
        full = (await visitor.ask("GET", f"/api/v1/enquiry/policies/{id_}")).body
        picture = await visitor.ask("GET", full["pages"][1]["src"])
        assert (picture.code, picture.headers["Content-Type"].split("/")[0]) == (200, "image")
        held = (await office.ask("GET", f"{POLICIES}/{id_}")).body
        changed = {**given, "title": "新的通知", "pages": held["kept"], "until": "2026-11-23"}
        assert (await office.ask("PUT", f"{POLICIES}/{id_}", changed)).code == 200
        assert (await office.ask("POST", f"{POLICIES}/{id_}/take-down", {"reason": ""})).error == "enquiry.reason_unfit"
        assert (await office.ask("POST", f"{POLICIES}/{id_}/take-down", {"reason": "已失效"})).code == 204
        assert (await visitor.ask("GET", f"/api/v1/enquiry/policies/{id_}")).code == 404


@pytest.mark.gen_test
async def test_after_its_last_day_a_policy_says_that_it_no_longer_holds(tmp_path: Path) -> None:
    async with enquiry_hall(tmp_path) as (hall, visitor, office):
        pages = await office.ask("POST", f"{POLICIES}/pages", raw=pdf(1))
        given = {"title": "优惠办法", "text": "到今天为止", "until": "2026-11-23", **pages.body}
        made = (await office.ask("POST", POLICIES, given)).body
        id_, page = made["about"]["id"], made["pages"][0]["src"]
        today = await visitor.ask("GET", page)
        assert (today.code, today.headers["Cache-Control"]) == (200, "no-store")
        hall.clock.forward(days=1)
        assert (await visitor.ask("GET", "/api/v1/enquiry/policies")).body["policies"] == []
        for path in (f"/api/v1/enquiry/policies/{id_}", page):
            over = await visitor.ask("GET", path, Accept_Language="en")
            assert (over.code, over.error) == (404, "enquiry.policy_over")
            assert over.body["error"]["message"] == "This document held until 2026-11-23. It no longer holds"
            assert "到今天为止" not in str(over.body)
        manager = await hall.signed_in("m2", roles=("manager",))
        assert (await manager.ask("GET", page)).code == 200
        assert [one["is_shown"] for one in (await manager.ask("GET", POLICIES)).body["policies"]] == [False]


@pytest.mark.gen_test
async def test_what_cannot_be_put_up_is_refused(tmp_path: Path) -> None:
    async with enquiry_hall(tmp_path) as (hall, visitor, office):
        clerk = await hall.signed_in()
        ticket = await hall.serve()
        [scan] = await hall.scan(clerk, ticket)
        stolen = [{"sha256": scan["sha256"], "width": scan["width"], "height": scan["height"]}]
        for wrong, code in (
            ({"title": ""}, "enquiry.text_unfit"),
            ({"title": "通知", "text": " "}, "enquiry.policy_empty"),
            ({"title": "通知", "text": "x", "until": "2026-11-22"}, "enquiry.until_past"),
            ({"title": "通知", "text": "x", "department": "nobody"}, "enquiry.department_unknown"),
            ({"title": "通知", "text": "x", "pages": stolen}, "enquiry.page_unknown"),  # somebody's papers
        ):
            answer = await office.ask("POST", POLICIES, wrong)
            assert (answer.code, answer.error) == (400, code), answer.body
        for content in (b"", b"hello", page()[:200]):
            assert (await office.ask("POST", f"{POLICIES}/pages", raw=content)).code == 400
        for method, path in (("POST", POLICIES), ("POST", f"{POLICIES}/pages"), ("PUT", "/api/v1/enquiry-picture")):
            assert (await visitor.ask(method, path, {})).code == 401
            assert (await clerk.ask(method, path, {})).code == 403


@pytest.mark.gen_test
async def test_windows_show_who_sits_there_as_the_halls_rule_says(tmp_path: Path) -> None:
    async with enquiry_hall(tmp_path, pad_staff="number") as (hall, visitor, _):
        await hall.serve()
        windows = (await visitor.ask("GET", "/api/v1/enquiry/windows")).body["windows"]
        [first] = [one for one in windows if one["id"] == "w01"]
        assert [one["number"] for one in windows] == sorted(one["number"] for one in windows)
        assert (first["state"], first["staff"]["name"]) == ("serving", "")
        assert first["staff"]["number"]
        assert first["ticket"]
        assert all(one["staff"] is None for one in windows if one["state"] == "closed")


@pytest.mark.gen_test
async def test_fees_stand_with_their_basis_and_what_is_not_written_is_counted(tmp_path: Path) -> None:
    async with enquiry_hall(tmp_path) as (hall, visitor, _):
        fees = (await visitor.ask("GET", "/api/v1/enquiry/fees")).body
        assert [one["matter"] for one in fees["matters"] if one["matter"] == hall.matter] == [hall.matter]
        assert fees["unwritten"] + len(fees["matters"]) == sum(
            one.active for one in hall.server.directory.matters.values()
        )
        for one in fees["matters"]:
            assert all(fee["basis"] for fee in one["fees"])


@pytest.mark.gen_test
async def test_a_card_on_the_reader_shows_its_holders_cases_and_no_others(tmp_path: Path) -> None:
    async with enquiry_hall(tmp_path) as (hall, visitor, _):
        clerk = await hall.signed_in()
        mine = case_of(await clerk.ask("POST", "/api/v1/cases", hall.wanted(await hall.serve(), then="accept")))
        room = hall.server.rooms["enquiry"]
        seen = await room.cases_of(NUMBER, "enquiry-1")
        assert (seen.masked, [one.number for one in seen.cases]) == ("110*************2X", [mine["number"]])
        assert not seen.cases[0].can_withdraw
        assert NAME not in str(seen)
        assert (await room.cases_of(OTHER, "enquiry-1")).cases == ()
        refused = await visitor.ask("POST", "/api/v1/enquiry/cases", {"card": "guessed"})
        assert refused.code in {409, 503}


@pytest.mark.gen_test
async def test_a_cards_word_serves_only_the_machine_beside_its_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk_hall(tmp_path, clock=HandClock(), rooms=ROOMS) as hall:
        told: list[dict[str, Any]] = []
        cards = hall.server.rooms["identity"]
        monkeypatch.setattr(cards, "_tell", lambda kiosk, what: told.append(what))
        monkeypatch.setattr(cards._pairs, "holder_of", lambda reader: "enquiry-1")
        await cards.read(device_actor("reader-1", frozenset()), "r1", {"id_number": NUMBER})
        room, [what] = hall.server.rooms["enquiry"], told
        with pytest.raises(Refused, match="unknown"):
            room.number_on(what["card"], device_actor("kiosk-9", frozenset()), "c1")
        assert room.number_on(what["card"], device_actor("enquiry-1", frozenset()), "c2") == NUMBER


@pytest.mark.gen_test
async def test_a_complaint_for_12345_is_handed_over_once_and_shows_the_hotlines_number(tmp_path: Path) -> None:
    clock = HandClock()
    async with neighbours(tmp_path / "others", clock) as (others, at):
        settings = places(at, tmp_path / "others")
        async with running(tmp_path / "hall", clock=clock, rooms=NO_DEVICES, neighbours=settings) as (server, port):
            visitor, body = Who(port), complaint(channel="hotline", window="")
            assert (await visitor.ask("GET", "/api/v1/enquiry")).body["has_hotline"]
            for _ in range(2):
                made = await visitor.ask("POST", "/api/v1/enquiry/complaints", body, Idempotency_Key="complaint-two")
            [known] = server.rooms["enquiry"].enquiry.complaints.values()
            letter = await answered(server.rooms["neighbours"], f"complaint-{known.id}")
            assert letter.state is State.ACCEPTED, letter.reason
            seen = (await visitor.ask("POST", "/api/v1/enquiry/complaints/asked", made.body)).body
            assert (seen["hotline"], bool(seen["order"])) == ("given", True)
            clock.forward(seconds=1)
            told = r.HotlineCase(order=seen["order"], about=known.number, transaction=letter.id)
            assert (await others.tell(f"http://127.0.0.1:{port}", "hotline", told)).code == ""
            seen = (await visitor.ask("POST", "/api/v1/enquiry/complaints/asked", made.body)).body
            assert seen["hotline"] == "answered"
            assert WORDS not in str(await server.database.fetch("SELECT payload FROM journal"))


@pytest.mark.gen_test
async def test_an_appointment_is_shown_for_phone_and_code_together_only(tmp_path: Path) -> None:
    async with enquiry_hall(tmp_path) as (_, visitor, _office):
        alone = await visitor.ask("POST", "/api/v1/enquiry/appointment", {"phone": PHONE})
        assert (alone.code, alone.error) == (400, "enquiry.code_needed")
        wanted = {"line": "business", "day": "2026-11-23", "begin": "10:00", "person": {"phone": PHONE}}
        booked = (await visitor.ask("POST", "/api/v1/appointments", wanted)).body
        wrong = "000000" if booked["code"] != "000000" else "000001"
        refused = await visitor.ask("POST", "/api/v1/enquiry/appointment", {"phone": PHONE, "code": wrong})
        assert (refused.code, refused.error) == (404, "appointment.code_unknown")
        asked = {"phone": PHONE, "code": booked["code"]}
        seen = (await visitor.ask("POST", "/api/v1/enquiry/appointment", asked)).body
        assert (seen["state"], seen["due"], seen["ticket"]) == ("booked", "2026-11-23T10:00:00+08:00", None)
        assert PHONE not in str(seen)


@pytest.mark.gen_test
async def test_tries_count_for_one_number_however_it_is_written(tmp_path: Path) -> None:
    async with enquiry_hall(tmp_path) as (_, visitor, _office):
        number, phone, met = "TS20261123-001", PHONE, []
        for place in range(1, 12):
            spaced = f"{number[:place]} {number[place:]}"
            met.append(await visitor.ask("POST", "/api/v1/enquiry/complaints/asked", {"number": spaced, "code": "1"}))
        assert [one.code for one in met] == [404] * 10 + [429]
        met.clear()
        for place in range(1, 12):
            asked = {"phone": f"{phone[:place]} {phone[place:]}".strip(), "code": "000000"}
            met.append(await visitor.ask("POST", "/api/v1/enquiry/appointment", asked))
        assert [one.code for one in met] == [404] * 10 + [429]


@pytest.mark.gen_test
async def test_whoever_guesses_codes_of_many_numbers_waits_and_learns_nothing(tmp_path: Path) -> None:
    async with enquiry_hall(tmp_path) as (hall, visitor, _office):
        path = "/api/v1/enquiry/complaints/asked"
        right = (await visitor.ask("POST", "/api/v1/enquiry/complaints", complaint())).body
        met = []
        for n in range(2, 42):
            met.append((await visitor.ask("POST", path, {"number": f"TS20261123-{n:03d}", "code": "000000"})).code)
            hall.clock.forward(seconds=2)
        assert (met[0], met[-1], met.index(429)) == (404, 429, WRONG_CODES.burst + 1)
        assert (await visitor.ask("POST", path, right)).code == 429  # a right guess looks like a wrong one
        hall.clock.forward(minutes=2)
        assert (await visitor.ask("POST", path, right)).code == 200


@pytest.mark.gen_test
async def test_what_was_put_up_and_complained_about_is_there_after_a_restart(tmp_path: Path) -> None:
    async with enquiry_hall(tmp_path) as (_, visitor, office):
        await office.ask("POST", POLICIES, {"title": "通知", "text": "内容"})
        made = (await visitor.ask("POST", "/api/v1/enquiry/complaints", complaint())).body
    async with enquiry_hall(tmp_path) as (_, visitor, _office):
        assert [one["title"] for one in (await visitor.ask("GET", "/api/v1/enquiry/policies")).body["policies"]] == [
            "通知"
        ]
        seen = await visitor.ask("POST", "/api/v1/enquiry/complaints/asked", made)
        assert seen.body["state"] == "made"
        second = (await visitor.ask("POST", "/api/v1/enquiry/complaints", complaint())).body
        assert second["number"] == "TS20261123-002"


@pytest.mark.gen_test
async def test_the_halls_search_serves_everyday_phrases_and_the_words_of_editions(tmp_path: Path) -> None:
    async with enquiry_hall(tmp_path) as (hall, visitor, _):

        async def found(said: str) -> list[str]:
            answer = await visitor.ask("GET", f"/api/v1/matters?limit=3&q={quote(said)}")
            return [one["name"] for one in answer.body["matters"]]

        assert "户口登记" in await found("孩子上沪口")
        assert "户口登记" in await found("hai zi shang hu kou")
        known = food(hall.matter, number=2, words=("搓澡店执照",))
        name = hall.server.directory.matters[hall.matter].name
        assert name not in await found("我想办搓澡店执照")
        await hall.server.execute(TakeEdition(edition=known), actor=SYSTEM)
        await hall.server.settled()
        assert (await found("我想办搓澡店执照"))[0] == name


@pytest.mark.gen_test
async def test_a_complaint_stands_among_the_managers_alarms_until_somebody_looks_into_it(tmp_path: Path) -> None:
    async with enquiry_hall(tmp_path, rooms=ALL_ROOMS) as (_, visitor, office):
        await visitor.ask("POST", "/api/v1/enquiry/complaints", complaint())

        async def alarms() -> list[str]:
            return [one["code"] for one in (await office.ask("GET", "/api/v1/manager")).body["alarms"]]

        assert "complaint.waiting" in await alarms()
        [held] = (await office.ask("GET", "/api/v1/enquiry/complaints")).body["complaints"]
        await office.ask("POST", f"/api/v1/enquiry/complaints/{held['id']}/take", {"seen": 0})
        assert "complaint.waiting" not in await alarms()
