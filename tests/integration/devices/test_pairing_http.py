"""Pairing over HTTP, from the code on the device's screen to its first word at the broker."""

from pathlib import Path

import pytest

from hall_server.identity import Role
from tests.fakes.device_hall import DeviceHall, device_hall

PAIRING = "/api/v1/pairing"
BROKERS = pytest.mark.parametrize("broker", ["embedded", "mosquitto"])


async def asked(hall: DeviceHall, kind: str = "pad", **more: str) -> dict[str, str]:
    """A device asks to be let in, as nobody."""
    session, hall.session = hall.session, {}
    answer = await hall.ask("POST", PAIRING, {"kind": kind, **more})
    hall.session = session
    assert answer.code == 201
    return dict(answer.body)


async def looked(hall: DeviceHall, pairing: dict[str, str]) -> tuple[int, dict[str, str]]:
    session, hall.session = hall.session, {}
    answer = await hall.ask("GET", f"{PAIRING}/{pairing['id']}", X_Pairing_Secret=pairing["secret"])
    hall.session = session
    return answer.code, answer.body


@BROKERS
@pytest.mark.gen_test
async def test_a_device_that_was_let_in_gets_its_credential_once_and_signs_in(tmp_path: Path, broker: str) -> None:
    async with device_hall(tmp_path, broker) as hall:
        pairing = await asked(hall, model="P-1", firmware="2.0")
        assert await looked(hall, pairing) == (200, {"device": None, "credential": None, "hall": None, "page": None})
        await hall.sign_in(Role.MANAGER)
        [waits] = (await hall.ask("GET", PAIRING)).body["items"]
        assert (waits["code"], waits["kind"], waits["model"]) == (pairing["code"], "pad", "P-1")
        place = {"code": pairing["code"].lower(), "name": "新评价器", "window": "w01"}
        accepted = await hall.ask("POST", f"{PAIRING}/accept", place)
        assert (accepted.code, accepted.body["id"], accepted.body["name"]) == (201, "pad-w01", "新评价器")
        code, told = await looked(hall, pairing)
        assert (code, told["device"], told["page"]) == (200, "pad-w01", "/pad/w01")
        assert (await looked(hall, pairing))[0] == 404
        pad = hall.simulate("pad-w01", password=told["credential"])
        pad.start()
        await pad.request("hello")
        rows = await hall.server.database.fetch("SELECT type, actor, payload FROM journal")
        assert not any(told["credential"] in str(row) or pairing["code"] in str(row) for row in rows)
        [paired] = [row for row in rows if row[0] == "device.paired"]
        assert paired[1].startswith("staff:")


@pytest.mark.gen_test
async def test_only_managers_let_devices_in(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        pairing = await asked(hall)
        assert (await hall.ask("GET", PAIRING)).code == 401
        assert (await hall.ask("POST", f"{PAIRING}/accept", {"code": pairing["code"]})).code == 401
        await hall.sign_in(Role.STAFF)
        assert (await hall.ask("POST", f"{PAIRING}/accept", {"code": pairing["code"]})).code == 403
        assert (await hall.ask("DELETE", f"{PAIRING}/{pairing['id']}")).code == 403


@pytest.mark.gen_test
async def test_a_place_that_does_not_fit_leaves_the_device_waiting(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        pairing = await asked(hall)
        await hall.sign_in(Role.MANAGER)
        refused = await hall.ask("POST", f"{PAIRING}/accept", {"code": pairing["code"], "zone": "z1"})
        assert refused.error == "device.needs_window"
        assert (await looked(hall, pairing))[1]["device"] is None
        turned = await hall.ask("DELETE", f"{PAIRING}/{pairing['id']}")
        assert turned.code == 204
        assert (await looked(hall, pairing))[0] == 404


@pytest.mark.gen_test
async def test_a_new_device_takes_a_broken_ones_place_and_the_old_credential_ends(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        old = await hall.register("pad", "w01")
        before = hall.password(old)
        await hall.sign_in(Role.MANAGER)
        board = await asked(hall, "board")
        wrong = await hall.ask("POST", f"{PAIRING}/accept", {"code": board["code"], "replaces": old})
        assert wrong.error == "pairing.other_kind"
        pairing = await asked(hall)
        accepted = await hall.ask("POST", f"{PAIRING}/accept", {"code": pairing["code"], "replaces": old})
        assert (accepted.code, accepted.body["id"]) == (201, old)
        _, told = await looked(hall, pairing)
        assert (told["device"], told["credential"]) == (old, hall.password(old))
        assert told["credential"] != before


@pytest.mark.gen_test
async def test_asking_is_limited_for_each_address(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        codes = [(await hall.ask("POST", PAIRING, {"kind": "pad"})).code for _ in range(25)]
        assert codes.count(201) == 20
        assert set(codes[20:]) == {429}
