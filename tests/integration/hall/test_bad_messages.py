"""Whatever wrong a device sends over MQTT gets a clear reply, reaches nobody else, and leaves no trace in the books."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.hall_process import HallProcess
from tests.fakes.hall_talk import RawDevice, Talker, books, events, raw_device

Accounts = Callable[[str], dict[str, str]]
SignedIn = Callable[[str], Talker]


def refusal(reply: dict[str, Any]) -> tuple[str, set[str]]:
    """Code and fields of a refusal, which has the shape that HTTP uses."""
    assert reply["ok"] is False
    assert set(reply["error"]) == {"code", "message", "fields"}
    assert any("\u4e00" <= letter <= "\u9fff" for letter in reply["error"]["message"])
    return reply["error"]["code"], set(reply["error"]["fields"])


async def standing(manager: Talker, device: str) -> dict[str, Any]:
    """How a device stands on the manager's board of devices."""
    answer = await asyncio.to_thread(manager.send, "GET", f"devices/{device}")
    assert answer.status == 200
    found: dict[str, Any] = answer.body
    return found


@pytest.mark.parametrize(
    ("do", "args", "expected"),
    [
        ("ticket.issue", {"matter": "no-such"}, ("matter.unknown", {"matter"})),
        ("ticket.issue", {"line": "no-such", "person": {"phone": "13900000001"}}, ("line.unknown", {"line"})),
        ("ticket.issue", {}, ("ticket.nothing_wanted", {"matter", "line"})),
        ("ticket.issue", {"line": 5}, ("body.invalid", {"line"})),
        ("ticket.issue", {"line": "business", "colour": "red"}, ("body.invalid", {"colour"})),
        ("ticket.issue", {"line": "business", "person": {"phone": "-"}}, ("person.phone", {"person.phone"})),
        ("window.call", {}, ("device.may_not", {"do", "kind"})),
        ("rating.give", {"level": 5}, ("device.may_not", {"do", "kind"})),
        ("no.such", {}, ("request.unknown", {"do"})),
    ],
)
@pytest.mark.gen_test
async def test_a_request_that_cannot_be_is_refused_by_its_field(
    hall: HallProcess,
    device_account: Accounts,
    data: Path,
    do: str,
    args: dict[str, Any],
    expected: tuple[str, set[str]],
) -> None:
    before = books(data)
    async with raw_device(hall.mqtt_port, device_account("kiosk")) as kiosk:
        assert refusal(await kiosk.ask("a-wrong-request", do, **args)) == expected
    assert books(data) == before


@pytest.mark.parametrize(
    ("payload", "id_", "code"),
    [
        (b'{"id": "cut-short-01", "do": "ticket.issue"', None, "payload.not_json"),
        (b"\xff\xfe\x00", None, "payload.not_json"),
        (b'{"id": "no-verb-0001"}', "no-verb-0001", "payload.missing_field"),
        (b'{"id": "extra-field1", "do": "hello", "now": 1}', "extra-field1", "payload.unknown_field"),
        (b'{"id": "wrong-type-1", "do": 5}', "wrong-type-1", "payload.invalid"),
        (
            b'{"id": "too-deep-001", "do": "hello", "args": {"a": ' + b"[" * 200 + b"]" * 200 + b"}}",
            "too-deep-001",
            "payload.too_deep",
        ),
    ],
)
@pytest.mark.gen_test
async def test_a_message_that_is_none_is_refused_and_counted_on_the_board(
    hall: HallProcess,
    device_account: Accounts,
    signed_in: SignedIn,
    data: Path,
    payload: bytes,
    id_: str | None,
    code: str,
) -> None:
    before, account = books(data), device_account("kiosk")
    counted = (await standing(signed_in("manager"), account["id"]))["denied"].get(code, 0)
    async with raw_device(hall.mqtt_port, account) as kiosk:
        await kiosk.publish(payload)
        found, fields = refusal(await kiosk.reply(id_))
        assert found == code
        assert fields
        assert (await kiosk.ask("after-the-bad-one", "hello"))["ok"] is True
    assert (await standing(signed_in("manager"), account["id"]))["denied"][code] == counted + 1
    assert books(data) == before


@pytest.mark.gen_test
async def test_ten_megabytes_cut_the_device_off_and_no_other(
    hall: HallProcess, device_account: Accounts, signed_in: SignedIn, data: Path
) -> None:
    before, account = books(data), device_account("kiosk")
    async with raw_device(hall.mqtt_port, device_account("board")) as other:
        async with raw_device(hall.mqtt_port, account) as kiosk:
            await kiosk.flood(b'{"id": "ten-megabytes", "do": "' + b"x" * 10_000_000 + b'"}')
        assert (await other.ask("i-am-still-here", "hello"))["ok"] is True
    assert (await standing(signed_in("manager"), account["id"]))["denied"]["broker.protocol"] >= 1
    assert books(data) == before
    async with raw_device(hall.mqtt_port, account) as kiosk:
        assert (await kiosk.ask("let-in-once-more", "hello"))["ok"] is True


@pytest.mark.gen_test
async def test_what_a_device_writes_to_anothers_topics_reaches_nobody_and_is_counted(
    hall: HallProcess, device_account: Accounts, signed_in: SignedIn, data: Path
) -> None:
    victim, manager = device_account("pad"), signed_in("manager")
    attacker = device_account("board")
    untouched, before = await standing(manager, victim["id"]), books(data)
    counted = (await standing(manager, attacker["id"]))["denied"].get("broker.publish", 0)
    async with raw_device(hall.mqtt_port, victim) as pad, raw_device(hall.mqtt_port, attacker) as board:
        assert (await pad.ask("who-am-i-please", "hello"))["ok"] is True
        here = await standing(manager, victim["id"])
        for channel, payload in FOREIGN:
            await board.publish(payload, channel=channel, device=victim["id"])
        assert (await board.ask("comes-after-them", "hello"))["ok"] is True  # on the same connection, so after them
        now = await standing(manager, victim["id"])
        assert {**now, "last_seen": None} == {**here, "last_seen": None}
        assert now["last_seen"] == here["last_seen"]
        assert (await pad.ask("nothing-came-down", "hello"))["id"] == "nothing-came-down"
        assert not any(b"evil" in message for message in pad.heard)
    assert untouched["denied"] == now["denied"] == {}
    denied = (await standing(manager, attacker["id"]))["denied"]
    assert denied["broker.publish"] == counted + len(FOREIGN)
    assert books(data) == before


FOREIGN = [
    ("up/state", b'{"status": "fault", "detail": {"reason": "evil"}}'),
    ("up/request", b'{"id": "evil-request-1", "do": "rating.give", "args": {"level": 1}}'),
    ("up/report", b'{"id": "evil-report-01", "what": "done"}'),
    ("down/show", b'{"seq": 9, "picture": {"evil": true}}'),
    ("down/command", b'{"id": "evil-command-1", "do": "speak"}'),
]


@pytest.mark.gen_test
async def test_a_device_at_one_window_cannot_press_the_keys_of_another(
    hall: HallProcess, signed_in: SignedIn, data: Path
) -> None:
    made = await asyncio.to_thread(
        signed_in("manager").send,
        "POST",
        "devices",
        {"id": "handset-w02", "kind": "handset", "name": "手持叫号器", "window": "w02"},
    )
    assert made.status == 201
    account = {"id": "handset-w02", "password": made.body["credential"]}
    before = books(data)
    async with raw_device(hall.mqtt_port, account) as handset:
        assert refusal(await handset.ask("not-my-window1", "window.open", window="w01")) == (
            "window.not_yours",
            {"window"},
        )
        assert refusal(await handset.ask("closed-as-yet1", "window.call")) == ("window.closed", {"window"})
    assert books(data) == before


@pytest.mark.gen_test
async def test_one_id_sent_twice_at_once_gives_one_ticket_and_the_same_reply(
    hall: HallProcess, device_account: Accounts, data: Path
) -> None:
    before = books(data).tickets
    wanted = json.dumps({"id": "pressed-twice-1", "do": "ticket.issue", "args": {"line": "farming"}}).encode()
    async with raw_device(hall.mqtt_port, device_account("kiosk")) as kiosk:
        await asyncio.gather(kiosk.publish(wanted), kiosk.publish(wanted))
        first = await kiosk.reply("pressed-twice-1")
        again = await kiosk.ask("pressed-twice-1", "ticket.issue", line="farming")
        assert first["ok"] is True
        assert again["result"]["number"] == first["result"]["number"]
        other = await kiosk.ask("pressed-twice-1", "ticket.issue", line="labour")
        assert await _is_reused(kiosk, other)
    assert books(data).tickets == before + 1


async def _is_reused(kiosk: RawDevice, reply: dict[str, Any]) -> bool:
    """Whether the id is refused for another request; replies to the first one may still be under way."""
    while reply["ok"]:
        reply = await kiosk.reply("pressed-twice-1")
    return reply["error"]["code"] == "command.reused"


@pytest.mark.gen_test
async def test_two_ids_at_once_give_one_person_one_ticket(
    hall: HallProcess, device_account: Accounts, data: Path
) -> None:
    issued = len(events(data, "ticket.issued"))
    args = {"line": "welfare", "person": {"phone": "13900000002"}}
    async with raw_device(hall.mqtt_port, device_account("kiosk")) as kiosk:
        for id_ in ("same-person-1", "same-person-2"):
            await kiosk.publish(json.dumps({"id": id_, "do": "ticket.issue", "args": args}).encode())
        replies = [await kiosk.next_reply() for _ in range(2)]
    good = next(reply for reply in replies if reply["ok"])
    bad = next(reply for reply in replies if not reply["ok"])
    assert refusal(bad)[0] == "ticket.duplicate"
    assert bad["error"]["fields"]["number"] == good["result"]["number"]
    assert len(events(data, "ticket.issued")) == issued + 1
