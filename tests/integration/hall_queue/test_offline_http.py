"""Numbers for a lost link over HTTP and MQTT: kiosks reserve and hand in, managers look, visitors claim."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hall_server.identity import Role
from hall_server.mqtt.simulated import RequestRefused
from tests.fakes.device_hall import device_hall
from tests.fakes.hall import HandClock, running
from tests.fakes.visits import Visits, listening

SESSION, KEY, OTHER = "s" * 22, "k" * 22, "o" * 22
NUMBERS, HAND_IN, CLAIMS = "/api/v1/kiosk/numbers", "/api/v1/kiosk/hand-in", "/api/v1/kiosk/claims"


def ticket(given: dict[str, Any], serial: int, key: str = KEY, **more: Any) -> dict[str, Any]:
    return {"key": key, "day": given["day"], "line": "tax", "serial": serial, "taken_at": given["now"], **more}


async def reserved(hall: Visits) -> dict[str, Any]:
    answer = await hall.ask("POST", NUMBERS, {"session": SESSION, "lines": ["tax"]})
    assert answer.code == 200, answer.body
    return dict(answer.body)


@pytest.mark.gen_test
async def test_a_kiosk_reserves_hands_in_twice_and_its_slip_leads_to_the_page(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        given = await reserved(hall)
        assert (given["day"], given["until"], given["size"]) == ("2026-11-23", "2026-11-24T00:00:00+08:00", 20)
        assert await reserved(hall) == given
        before = await hall.ask("GET", f"{CLAIMS}/{KEY}")
        body = {"session": SESSION, "now": given["now"], "tickets": [ticket(given, 801), ticket(given, 999, OTHER)]}
        first, again = await hall.ask("POST", HAND_IN, body), await hall.ask("POST", HAND_IN, body)
        assert first.body == again.body
        accepted, refused = first.body["tickets"]
        assert (accepted["ok"], refused["ok"], refused["code"]) == (True, False, "offline.not_reserved")
        claim = await hall.ask("GET", f"{CLAIMS}/{KEY}")
        assert (before.body["token"], claim.body["token"]) == (None, accepted["token"])
        shown = await hall.ask("GET", f"/api/v1/tickets/{claim.body['token']}")
        assert (shown.body["number"], shown.body["state"]) == (accepted["number"], "waiting")


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        (NUMBERS, {"session": "short"}, "session"),
        (HAND_IN, {"session": SESSION, "now": "2026-11-23T09:00:00", "tickets": []}, "now"),
        (
            HAND_IN,
            {
                "session": SESSION,
                "now": "2026-11-23T09:00:00Z",
                "tickets": [
                    {"key": KEY, "day": "2026-11-23", "line": "tax", "serial": 0, "taken_at": "2026-11-23T09:00:00Z"}
                ],
            },
            "tickets[0].serial",
        ),
    ],
)
@pytest.mark.gen_test
async def test_what_is_wrong_is_refused_at_its_field(
    tmp_path: Path, path: str, body: dict[str, Any], field: str
) -> None:
    async with listening(tmp_path) as hall:
        answer = await hall.ask("POST", path, body)
        assert (answer.code, answer.error) == (400, "body.invalid")
        assert field in str(answer.body["error"]["fields"])


@pytest.mark.gen_test
async def test_where_only_kiosks_give_numbers_a_visitors_browser_gets_none(tmp_path: Path) -> None:
    clock = HandClock()
    async with running(tmp_path, clock=clock, rooms=("hall_queue",), demo=False, open_ticketing=False) as (
        server,
        port,
    ):
        hall = Visits(server, clock, port)
        answers = [
            await hall.ask("POST", NUMBERS, {"session": SESSION}),
            await hall.ask("POST", HAND_IN, {"session": SESSION, "now": "2026-11-23T09:00:00Z", "tickets": []}),
            await hall.ask("GET", "/api/v1/kiosk/offline"),
        ]
        assert [answer.code for answer in answers] == [401, 401, 401]


@pytest.mark.gen_test
async def test_a_manager_sees_blocks_hand_ins_and_what_was_refused(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        given = await reserved(hall)
        tickets = [ticket(given, 801), ticket({**given, "day": "2026-11-22"}, 802, OTHER)]
        await hall.ask("POST", HAND_IN, {"session": SESSION, "now": given["now"], "tickets": tickets})
        await hall.sign_in(Role.MANAGER)
        shown = (await hall.ask("GET", "/api/v1/kiosk/offline")).body
        assert [one["used"] for one in shown["blocks"]] == [1]
        assert [one["state"] for one in shown["tickets"]] == ["waiting"]
        assert [(one["code"], one["day"]) for one in shown["refused"]] == [("offline.day_over", "2026-11-22")]
        assert [(one["accepted"], one["refused"]) for one in shown["hand_ins"]] == [(1, 1)]


@pytest.mark.gen_test
async def test_a_device_does_the_same_over_mqtt_and_another_kind_may_not(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        kiosk, pad = await hall.device("kiosk", "z1"), await hall.device("pad", "w01")
        given = await kiosk.request("numbers.reserve", {"session": SESSION, "lines": ["tax"]})
        asked = {"session": SESSION, "now": given["now"], "tickets": [ticket(given, 801)]}
        [answer] = (await kiosk.request("tickets.hand_in", asked))["tickets"]
        assert answer["ok"]
        for verb in ("numbers.reserve", "tickets.hand_in"):
            with pytest.raises(RequestRefused, match=r"device\.may_not"):
                await pad.request(verb, {"session": SESSION})


@pytest.mark.gen_test
async def test_the_kiosks_worker_is_a_script_at_the_root(tmp_path: Path) -> None:
    async with listening(tmp_path) as hall:
        answer = await hall.ask("GET", "/kiosk-worker.js")
        assert (answer.code, answer.body[:2]) == (200, b"/*")
