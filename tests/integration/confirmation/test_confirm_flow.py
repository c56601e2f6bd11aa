"""A sheet from the window to the visitor and back: sent, shown, confirmed and signed, disputed, refused, withdrawn."""

import asyncio
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from evaluation.confirmation.model import SheetState
from hall_queue import messages as m
from tests.fakes.confirming import SECRETS, ConfirmHall, Who, base, confirming, lying, sha, signature, wanted
from tests.fakes.hall import staff


async def sent(hall: ConfirmHall, clerk: Who, **more: object) -> Any:
    """A sheet for a new ticket."""
    ticket = await hall.serve()
    made = await clerk.ask("POST", base(), wanted(ticket, **more))
    assert made.code == 201, made.body
    return made.body


async def shown(pad: Who, sheet: Any) -> Any:
    """What the pad loads and reports."""
    loaded = await pad.ask("GET", f"{base()}/{sheet['id']}/sheet")
    assert loaded.code == 200, loaded.body
    noted = await pad.ask("POST", f"{base()}/{sheet['id']}/shown", {"hash": sheet["hash"]})
    assert noted.body["state"] == "shown"
    return loaded.body


def signed(sheet: Any, **more: object) -> dict[str, object]:
    return {"hash": sheet["hash"], "seen": 1, **signature(), **more}


@pytest.mark.gen_test
async def test_a_sheet_is_sent_shown_confirmed_and_signed(tmp_path: Path) -> None:
    async with confirming(tmp_path) as hall:
        clerk, pad = await hall.signed_in("s01", "w01"), hall.device()
        sheet = await sent(hall, clerk)
        loaded = await shown(pad, sheet)
        assert sha(loaded["content"]) == sheet["hash"] == loaded["hash"]
        content = json.loads(loaded["content"])
        assert [one["value"] for one in content["fields"]] == ["张三丰", "11010519491231002X"]
        assert content["materials"] == ["营业执照副本原件"]
        done = await pad.ask("POST", f"{base()}/{sheet['id']}/sign", signed(sheet), Idempotency_Key="sign-000001")
        assert (done.code, done.body["state"]) == (200, "confirmed")
        again = await pad.ask("POST", f"{base()}/{sheet['id']}/sign", signed(sheet), Idempotency_Key="sign-000001")
        assert again.body == done.body
        kept = await hall.keeper.signature(sheet["id"], hall.sheets.by_id[sheet["id"]].ink or "")
        assert kept.picture.startswith(b"\x89PNG")
        assert msgspec.json.decode(kept.strokes)["strokes"] == signature()["strokes"]
        assert sha(kept.strokes) == hall.sheets.by_id[sheet["id"]].ink


@pytest.mark.gen_test
async def test_the_journal_and_the_files_hold_nothing_of_what_was_shown(tmp_path: Path) -> None:
    async with confirming(tmp_path) as hall:
        clerk, pad = await hall.signed_in("s01", "w01"), hall.device()
        sheet = await sent(hall, clerk, title="张三丰的登记信息")
        await shown(pad, sheet)
        said = {"hash": sheet["hash"], "wrong": ["f0"], "text": "张三丰写错了"}
        assert (await pad.ask("POST", f"{base()}/{sheet['id']}/dispute", said)).body["state"] == "disputed"
        journal = await hall.journal_text()
        assert sheet["id"] in journal
        files = lying(tmp_path).values()
        for secret in SECRETS:
            assert secret not in journal
            assert [one for one in files if secret.encode() in one] == []
        answer = await clerk.ask("GET", f"{base()}/{sheet['id']}/said")
        assert answer.body == {"wrong": ["f0"], "text": "张三丰写错了"}


@pytest.mark.gen_test
@pytest.mark.parametrize("verb", ["sheet", "shown", "sign", "dispute", "refuse", "screen"])
async def test_nobody_but_the_windows_pad_and_staff_sees_or_answers(tmp_path: Path, verb: str) -> None:
    async with confirming(tmp_path) as hall:
        clerk = await hall.signed_in("s01", "w01")
        sheet = await sent(hall, clerk)
        others = {
            "nobody": (hall.nobody(), 401),
            "pad of another window": (hall.device("pad-w02"), 403),
            "handset of the window": (hall.device("key-w01"), 403),
            "staff of another window": (await hall.signed_in("s02", "w02"), 403),
            "manager": (await hall.signed_in("m01", roles=("manager",)), 403),
        }
        path = f"{base()}/screen" if verb == "screen" else f"{base()}/{sheet['id']}/{verb}"
        bodies: dict[str, Any] = {
            "shown": {"hash": sheet["hash"]},
            "refuse": {"hash": sheet["hash"]},
            "sign": signed(sheet),
            "dispute": {"hash": sheet["hash"], "wrong": ["f0"]},
            "screen": {"page": "page-0001"},
        }
        for name, (who, code) in others.items():
            answer = await who.ask("GET" if verb == "sheet" else "POST", path, bodies.get(verb))
            assert answer.code == code, name
            assert not any(secret in str(answer.body) for secret in SECRETS)
        assert hall.sheets.by_id[sheet["id"]].state is SheetState.SENT


@pytest.mark.gen_test
async def test_a_sheet_of_another_window_is_as_unknown_as_none(tmp_path: Path) -> None:
    async with confirming(tmp_path) as hall:
        clerk = await hall.signed_in("s01", "w01")
        sheet = await sent(hall, clerk)
        other = hall.device("pad-w02")
        for id_ in (sheet["id"], "no-such-sheet"):
            answer = await other.ask("POST", f"{base('w02')}/{id_}/sign", signed(sheet))
            assert (answer.code, answer.error) == (404, "confirmation.unknown")


@pytest.mark.gen_test
async def test_a_wrong_hash_is_refused(tmp_path: Path) -> None:
    async with confirming(tmp_path) as hall:
        clerk, pad = await hall.signed_in("s01", "w01"), hall.device()
        sheet = await sent(hall, clerk)
        await shown(pad, sheet)
        for verb, body in (("sign", signed(sheet)), ("refuse", {}), ("dispute", {"wrong": ["f0"]}), ("shown", {})):
            answer = await pad.ask("POST", f"{base()}/{sheet['id']}/{verb}", {**body, "hash": sha(b"other")})
            assert (answer.code, answer.error) == (409, "confirmation.wrong_hash")
        assert hall.sheets.by_id[sheet["id"]].state is SheetState.SHOWN


@pytest.mark.gen_test
async def test_nothing_is_confirmed_that_was_not_shown_and_read(tmp_path: Path) -> None:
    async with confirming(tmp_path) as hall:
        clerk, pad = await hall.signed_in("s01", "w01"), hall.device()
        sheet = await sent(hall, clerk)
        early = await pad.ask("POST", f"{base()}/{sheet['id']}/sign", signed(sheet))
        assert (early.code, early.error) == (409, "confirmation.not_shown")
        await shown(pad, sheet)
        unread = await pad.ask("POST", f"{base()}/{sheet['id']}/sign", signed(sheet, seen=0))
        assert (unread.code, unread.error) == (409, "confirmation.not_read")
        assert lying(tmp_path, "*.ink-*") == {}, "a refused signature is not kept"


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("strokes", "code"),
    [
        ([], "confirmation.ink_empty"),
        ([[]], "confirmation.ink_empty"),
        ([[[0.5, 0.5, 0, 0.5]]], "confirmation.ink_dot"),
        ([[[0.5, 0.5, 0, 0.5], [0.501, 0.5, 9, 0.5]]], "confirmation.ink_dot"),
        ([[[0.1, 0.5, 90, 0.5], [0.9, 0.5, 10, 0.5]]], "confirmation.ink_times"),
        ([[[1.5, 0.5, 0, 0.5]]], "body.invalid"),
        ([[[0.5, 0.5, -1, 0.5]]], "body.invalid"),
        ([[["<script>", 0.5, 1, 0.5]]], "body.invalid"),
    ],
)
async def test_what_is_no_signature_is_refused(tmp_path: Path, strokes: Any, code: str) -> None:
    async with confirming(tmp_path) as hall:
        clerk, pad = await hall.signed_in("s01", "w01"), hall.device()
        sheet = await sent(hall, clerk)
        await shown(pad, sheet)
        answer = await pad.ask("POST", f"{base()}/{sheet['id']}/sign", signed(sheet, strokes=strokes))
        assert (answer.code, answer.error) == (400, code)


@pytest.mark.gen_test
async def test_a_dispute_names_what_is_wrong_and_only_that(tmp_path: Path) -> None:
    async with confirming(tmp_path) as hall:
        clerk, pad = await hall.signed_in("s01", "w01"), hall.device()
        sheet = await sent(hall, clerk)
        await shown(pad, sheet)
        path = f"{base()}/{sheet['id']}/dispute"
        for body, code in (
            ({"wrong": []}, "confirmation.nothing_wrong"),
            ({"wrong": ["f7"]}, "confirmation.part_unknown"),
            ({"wrong": ["d"]}, "confirmation.part_unknown"),
            ({"wrong": ["f0"], "text": "x" * 501}, "confirmation.text_too_long"),
            ({"wrong": ["f0"], "text": "\u202e倒过来"}, "confirmation.text_control"),
        ):
            answer = await pad.ask("POST", path, {"hash": sheet["hash"], **body})
            assert (answer.code, answer.error) == (400, code)
        assert hall.sheets.by_id[sheet["id"]].state is SheetState.SHOWN
        markup = "<img src=x onerror=alert(1)>"
        done = await pad.ask("POST", path, {"hash": sheet["hash"], "wrong": ["m0", "f1"], "text": markup})
        assert done.body["state"] == "disputed"
        told = await clerk.ask("GET", f"{base()}/{sheet['id']}/said")
        assert told.body == {"wrong": ["f1", "m0"], "text": markup}


@pytest.mark.gen_test
async def test_a_visitor_may_refuse_and_the_pad_then_sees_nothing(tmp_path: Path) -> None:
    async with confirming(tmp_path) as hall:
        clerk, pad = await hall.signed_in("s01", "w01"), hall.device()
        sheet = await sent(hall, clerk)
        await shown(pad, sheet)
        done = await pad.ask("POST", f"{base()}/{sheet['id']}/refuse", {"hash": sheet["hash"]})
        assert done.body["state"] == "refused"
        late = await pad.ask("GET", f"{base()}/{sheet['id']}/sheet")
        assert (late.code, late.error) == (403, "confirmation.not_open")
        after = await pad.ask("POST", f"{base()}/{sheet['id']}/sign", signed(sheet))
        assert (after.code, after.error) == (409, "confirmation.over")
        correcting = await clerk.ask("GET", f"{base()}/{sheet['id']}/sheet")
        assert correcting.code == 200, "the window corrects it and sends it again"


@pytest.mark.gen_test
async def test_a_second_sheet_takes_the_first_ones_place_only_when_told(tmp_path: Path) -> None:
    async with confirming(tmp_path) as hall:
        clerk = await hall.signed_in("s01", "w01")
        ticket = await hall.serve()
        first = (await clerk.ask("POST", base(), wanted(ticket))).body
        second = await clerk.ask("POST", base(), wanted(ticket, title="第二份"))
        assert (second.code, second.error) == (409, "confirmation.open")
        assert second.body["error"]["fields"]["confirmation"] == first["id"]
        replaced = await clerk.ask("POST", base(), wanted(ticket, title="第二份", replaces=first["id"]))
        assert replaced.code == 201
        assert hall.sheets.by_id[first["id"]].state is SheetState.WITHDRAWN
        assert hall.sheets.open("w01") is hall.sheets.by_id[replaced.body["id"]]


@pytest.mark.gen_test
async def test_the_same_request_again_sends_one_sheet(tmp_path: Path) -> None:
    async with confirming(tmp_path) as hall:
        clerk = await hall.signed_in("s01", "w01")
        ticket = await hall.serve()
        asked = [clerk.ask("POST", base(), wanted(ticket), Idempotency_Key="send-000001") for _ in range(4)]
        answers = await asyncio.gather(*asked)
        assert {answer.code for answer in answers} == {201}
        assert len({answer.body["id"] for answer in answers}) == 1
        assert len(hall.sheets.by_id) == 1
        assert (await hall.keeper.content(answers[0].body["id"])).number == ticket.number


@pytest.mark.gen_test
async def test_a_second_window_cannot_send_for_a_ticket_that_is_not_there(tmp_path: Path) -> None:
    async with confirming(tmp_path) as hall:
        other = await hall.signed_in("s02", "w02")
        ticket = await hall.serve()
        await hall.serve("w02")
        answer = await other.ask("POST", base("w02"), wanted(ticket))
        assert (answer.code, answer.error) == (409, "confirmation.not_serving")
        assert hall.sheets.by_id == {}
        assert lying(tmp_path, "*.sheet") == {}, "nothing stays of what was refused"


@pytest.mark.gen_test
@pytest.mark.parametrize(
    "leaves",
    [
        m.FinishService(window="w01"),
        m.HoldTicket(window="w01", minutes=5),
        m.TransferTicket(window="w01", to_window="w02"),
        m.UndoKey(window="w01"),
    ],
    ids=lambda command: type(command).__name__,
)
async def test_a_ticket_that_leaves_takes_its_sheet_back(tmp_path: Path, leaves: Any) -> None:
    async with confirming(tmp_path) as hall:
        clerk, pad = await hall.signed_in("s01", "w01"), hall.device()
        await hall.do(m.OpenWindow(window="w02"), staff("s02", "w02"))
        sheet = await sent(hall, clerk)
        await shown(pad, sheet)
        await hall.do(leaves, staff("s01", "w01"))
        late = await pad.ask("POST", f"{base()}/{sheet['id']}/sign", signed(sheet))
        assert late.code == 409
        await hall.settle()
        kept = hall.sheets.by_id[sheet["id"]]
        assert (kept.state, kept.why) == (SheetState.WITHDRAWN, "ticket_left")
        assert hall.sheets.open("w01") is None


@pytest.mark.gen_test
async def test_staff_take_a_sheet_back(tmp_path: Path) -> None:
    async with confirming(tmp_path) as hall:
        clerk, pad = await hall.signed_in("s01", "w01"), hall.device()
        sheet = await sent(hall, clerk)
        path = f"{base()}/{sheet['id']}/withdraw"
        assert (await pad.ask("POST", path, {})).code == 403
        assert (await clerk.ask("POST", path, {})).body["state"] == "withdrawn"
        assert (await clerk.ask("POST", path, {})).body["state"] == "withdrawn"
        assert hall.sheets.open("w01") is None


@pytest.mark.gen_test
async def test_bad_content_is_refused_by_field(tmp_path: Path) -> None:
    async with confirming(tmp_path) as hall:
        clerk = await hall.signed_in("s01", "w01")
        ticket = await hall.serve()
        field = {"label": "姓名", "value": "张三"}
        for body, code, at in (
            ({"fields": [], "materials": []}, "confirmation.nothing_to_show", "fields"),
            ({"fields": [{"label": " ", "value": "x"}]}, "confirmation.text_empty", "fields.0.label"),
            ({"fields": [{**field, "value": "x" * 501}]}, "confirmation.text_too_long", "fields.0.value"),
            ({"fields": [{**field, "value": "a\u200bb"}]}, "confirmation.text_control", "fields.0.value"),
            ({"fields": [{**field, "value": "a\u202eb"}]}, "confirmation.text_control", "fields.0.value"),
            ({"title": "x" * 81}, "confirmation.text_too_long", "title"),
            ({"materials": ["ok", ""]}, "confirmation.text_empty", "materials.1"),
            ({"matter": "no-such-matter"}, "confirmation.matter_unknown", "matter"),
        ):
            answer = await clerk.ask("POST", base(), wanted(ticket, **body))
            assert (answer.code, answer.error) == (400, code)
            assert answer.body["error"]["fields"]["field"] == at
        lost = await clerk.ask("POST", base(), wanted(ticket, document="no-such-document"))
        assert (lost.code, lost.error) == (404, "confirmation.document_unknown")
        many = await clerk.ask("POST", base(), wanted(ticket, fields=[field] * 41))
        assert many.error == "body.invalid"
        assert hall.sheets.by_id == {}


@pytest.mark.gen_test
async def test_the_next_sheet_of_a_matter_begins_with_the_last_ones_lines(tmp_path: Path) -> None:
    async with confirming(tmp_path) as hall:
        clerk = await hall.signed_in("s01", "w01")
        await sent(hall, clerk, title="登记信息")
        draft = await clerk.ask("GET", f"{base()}/draft")
        assert draft.body["title"] == "登记信息"
        assert draft.body["fields"] == [{"label": "姓名", "value": ""}, {"label": "证件号码", "value": ""}]
        assert draft.body["has_template"]
        stored = b"".join(lying(tmp_path, "hall.db*").values())
        assert "证件号码".encode() not in stored


@pytest.mark.gen_test
async def test_devices_over_mqtt_can_ask_nothing_of_it_and_are_shown_nothing(tmp_path: Path) -> None:
    async with confirming(tmp_path) as hall:
        clerk = await hall.signed_in("s01", "w01")
        sheet = await sent(hall, clerk)
        assert [do for do in hall.server.requests if do.startswith("confirm")] == []
        public = [hall.nobody().ask("GET", path) for path in ("/api/v1/windows/w01", "/api/v1/board?zone=z1")]
        for answer in await asyncio.gather(*public):
            assert not any(secret in str(answer.body) for secret in (*SECRETS, sheet["id"]))


@pytest.mark.gen_test
async def test_two_screens_that_sign_at_once_leave_one_signature(tmp_path: Path) -> None:
    async with confirming(tmp_path) as hall:
        clerk, pad = await hall.signed_in("s01", "w01"), hall.device()
        sheet = await sent(hall, clerk)
        await shown(pad, sheet)
        path = f"{base()}/{sheet['id']}/sign"
        both = await asyncio.gather(
            pad.ask("POST", path, signed(sheet)), clerk.ask("POST", path, {**signed(sheet), **signature(2)})
        )
        assert sorted(answer.code for answer in both) == [200, 409]
        ink = hall.sheets.by_id[sheet["id"]].ink
        assert list(lying(tmp_path, "*.ink-*")) == [f"{sheet['id']}.ink-{ink}"]


@pytest.mark.gen_test
async def test_the_console_is_told_which_modules_to_load(tmp_path: Path) -> None:
    async with confirming(tmp_path) as hall:
        clerk = await hall.signed_in("s01", "w01")
        told = (await clerk.ask("GET", "/api/v1/console/modules")).body
        assert "/pages/confirmation/console-confirm.js" in told["modules"]
        for address in told["modules"]:
            assert (await clerk.ask("GET", address)).code == 200
        assert (await hall.nobody().ask("GET", "/api/v1/console/modules")).code == 401
