"""Pairing under attack and under bad luck: nobody gets another's credential, a second device, or all the room."""

import asyncio
from pathlib import Path

import pytest

from devices import pairing_web
from devices.messages import RegisterDevice
from devices.model import DeviceKind
from hall_server.identity import Role
from tests.fakes.device_hall import DeviceHall, device_hall

PAIRING = "/api/v1/pairing"


async def asked(hall: DeviceHall) -> dict[str, str]:
    session, hall.session = hall.session, {}
    answer = await hall.ask("POST", PAIRING, {"kind": "pad"})
    hall.session = session
    return dict(answer.body)


async def accepted(hall: DeviceHall, code: str, *, key: str | None = None, name: str = "pad-w01") -> tuple[int, str]:
    """Let a device in; gives the status and the device or the error."""
    headers = {"Idempotency_Key": key} if key else {}
    body = {"code": code, "window": "w01", "id": name}
    answer = await hall.ask("POST", f"{PAIRING}/accept", body, **headers)
    return answer.code, answer.body["id"] if answer.code == 201 else answer.error


async def collected(hall: DeviceHall, pairing: dict[str, str]) -> tuple[int, str | None]:
    session, hall.session = hall.session, {}
    answer = await hall.ask("GET", f"{PAIRING}/{pairing['id']}", X_Pairing_Secret=pairing["secret"])
    hall.session = session
    return answer.code, answer.body.get("credential")


@pytest.mark.gen_test
async def test_a_credential_given_to_the_next_device_of_the_name_is_not_told_to_the_one_before(tmp_path: Path) -> None:
    """Somebody was let in by mistake and shut out at once; it asks only after the right one has its place."""
    async with device_hall(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        wrong = await asked(hall)
        assert await accepted(hall, wrong["code"]) == (201, "pad-w01")
        await hall.revoke("pad-w01")
        await hall.do(RegisterDevice(kind=DeviceKind.PAD, id="pad-w01", window="w01"))
        assert await collected(hall, wrong) == (404, None)


@pytest.mark.gen_test
async def test_control_without_looking_at_the_generation_the_one_before_would_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairing_web, "is_still_its_own", lambda device, generation: True)
    async with device_hall(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        wrong = await asked(hall)
        await accepted(hall, wrong["code"])
        await hall.revoke("pad-w01")
        await hall.do(RegisterDevice(kind=DeviceKind.PAD, id="pad-w01", window="w01"))
        assert await collected(hall, wrong) == (200, hall.password("pad-w01"))


@pytest.mark.gen_test
async def test_one_code_lets_one_device_in_however_often_it_is_typed_at_once(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        pairing = await asked(hall)
        answers = await asyncio.gather(*(accepted(hall, pairing["code"], name=f"pad-{one}") for one in range(8)))
        assert sorted(answers)[0][0] == 201
        assert {answer[1] for answer in answers if answer[0] != 201} == {"pairing.accepted"}
        assert (
            len([one for one in hall.server.rooms["devices"].registry.all_active() if one.id.startswith("pad-")]) == 1
        )


@pytest.mark.gen_test
async def test_a_manager_whose_answer_was_lost_gets_it_again(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        pairing = await asked(hall)
        first = await accepted(hall, pairing["code"], key="accept-0001")
        assert await accepted(hall, pairing["code"], key="accept-0001") == first
        assert (await collected(hall, pairing))[1] == hall.password("pad-w01")
        assert await accepted(hall, pairing["code"], key="accept-0001") == first
        assert await accepted(hall, pairing["code"], key="accept-0002") == (409, "pairing.accepted")
        assert hall.server.rooms["devices"].upkeep.pairings.wrong_codes == 0
