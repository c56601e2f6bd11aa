"""The register of devices over HTTP: who may, what is answered once, what ends at once."""

import base64
from pathlib import Path

import pytest

from hall_server.identity import Role
from tests.fakes.device_hall import device_hall

DEVICES = "/api/v1/devices"


def basic(device: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{device}:{password}".encode()).decode()


@pytest.mark.gen_test
async def test_a_manager_lets_a_device_in_and_gets_its_credential_once(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        made = await hall.ask("POST", DEVICES, {"kind": "pad", "window": "w01", "name": "一号评价器"})
        assert (made.code, made.body["id"]) == (201, "pad-w01")
        assert made.body["credential"] == hall.password("pad-w01")
        listed = await hall.ask("GET", DEVICES)
        [device] = listed.body["items"]
        assert (device["id"], device["place"], device["status"]) == ("pad-w01", "w01", "unknown")
        assert made.body["credential"] not in str(listed.body)
        rows = await hall.server.database.fetch("SELECT payload FROM journal UNION ALL SELECT reply FROM replies")
        assert not any(made.body["credential"] in str(row) for row in rows)


@pytest.mark.gen_test
async def test_the_same_key_again_registers_nothing_twice(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        await hall.sign_in(Role.ADMIN)
        body = {"kind": "speaker", "zone": "z1"}
        first = await hall.ask("POST", DEVICES, body, Idempotency_Key="speaker-0001")
        again = await hall.ask("POST", DEVICES, body, Idempotency_Key="speaker-0001")
        other = await hall.ask("POST", DEVICES, body, Idempotency_Key="speaker-0002")
        assert first.body["credential"] == again.body["credential"]
        assert (first.body["id"], other.body["id"]) == ("speaker-z1", "speaker-z1-2")


@pytest.mark.gen_test
async def test_presence_is_shown_with_model_and_what_was_refused(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        pad = await hall.device("pad", "w01")
        await pad.request("hello")
        pad.link.publish("hall/demo/dev/pad-w01/up/request", b"{", qos=1)
        pad.link.publish("hall/demo/dev/pad-w02/up/request", b"{}", qos=1)
        await pad.request("time")
        shown = (await hall.ask("GET", f"{DEVICES}/pad-w01")).body
        assert (shown["status"], shown["model"], shown["waiting"]) == ("online", "simulated", 0)
        assert shown["denied"] == {"payload.not_json": 1, "broker.publish": 1}


@pytest.mark.gen_test
async def test_rotating_and_revoking_end_the_credential_at_once(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        made = (await hall.ask("POST", DEVICES, {"kind": "pad", "window": "w01"})).body
        fresh = (await hall.ask("POST", f"{DEVICES}/pad-w01/rotate")).body
        assert fresh["credential"] != made["credential"]
        session, hall.session = hall.session, {}
        board = "/api/v1/board?zone=z1"
        assert (await hall.ask("GET", board, Authorization=basic("pad-w01", made["credential"]))).code == 401
        assert (await hall.ask("GET", board, Authorization=basic("pad-w01", fresh["credential"]))).code == 200
        hall.session = session
        assert (await hall.ask("POST", f"{DEVICES}/pad-w01/revoke")).body["active"] is False
        hall.session = {}
        assert (await hall.ask("GET", board, Authorization=basic("pad-w01", fresh["credential"]))).code == 401


@pytest.mark.gen_test
async def test_a_device_is_named_and_placed_anew(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        await hall.ask("POST", DEVICES, {"kind": "led", "window": "w01"})
        named = await hall.ask("PATCH", f"{DEVICES}/led-w01", {"name": "条屏"})
        assert (named.body["name"], named.body["window"]) == ("条屏", "w01")
        moved = await hall.ask("PATCH", f"{DEVICES}/led-w01", {"zone": "z2"})
        assert (moved.body["zone"], moved.body["window"], moved.body["name"]) == ("z2", None, "条屏")


@pytest.mark.parametrize(
    ("body", "code", "error", "field"),
    [
        ({"kind": "toaster", "zone": "z1"}, 400, "body.invalid", "kind"),
        ({"kind": "pad", "window": "w99"}, 404, "device.no_such_window", "window"),
        ({"kind": "board", "zone": "z99"}, 404, "device.no_such_zone", "zone"),
        ({"kind": "pad", "zone": "z1"}, 400, "device.needs_window", "window"),
        ({"kind": "kiosk", "window": "w01"}, 400, "device.needs_zone", "zone"),
        ({"kind": "led", "zone": "z1", "window": "w01"}, 400, "device.two_places", "zone"),
        ({"kind": "board", "zone": "z1", "id": "a/b"}, 400, "body.invalid", "id"),
        ({"kind": "board", "zone": "z1", "id": "server"}, 400, "device.reserved", "id"),
        ({"kind": "board", "zone": "z1", "name": "<b>"}, 400, "device.bad_name", "name"),
        ({"kind": "board", "zone": "z1", "password": "x"}, 400, "body.invalid", "password"),
        ({"kind": "board", "zone": "z1", "id": "known"}, 409, "device.duplicate", "id"),
    ],
)
@pytest.mark.gen_test
async def test_bad_input_is_refused_by_field_in_words(
    tmp_path: Path, body: dict[str, object], code: int, error: str, field: str
) -> None:
    async with device_hall(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        await hall.ask("POST", DEVICES, {"kind": "printer", "id": "known"})
        answer = await hall.ask("POST", DEVICES, body)
        assert (answer.code, answer.error) == (code, error)
        assert field in answer.body["error"]["fields"]
        assert answer.body["error"]["message"] != f"error.{error}"
        assert list(hall.server.rooms["devices"].registry.devices) == ["known"]


@pytest.mark.parametrize("verb", [("GET", ""), ("POST", ""), ("POST", "/pad-w01/rotate"), ("POST", "/pad-w01/revoke")])
@pytest.mark.gen_test
async def test_staff_and_strangers_may_not_touch_the_register(tmp_path: Path, verb: tuple[str, str]) -> None:
    async with device_hall(tmp_path) as hall:
        device = await hall.register("pad", "w01")
        method, path = verb
        body = {"kind": "pad", "window": "w02"} if verb == ("POST", "") else {}
        given = None if method == "GET" else body
        assert (await hall.ask(method, DEVICES + path, given)).code == 401
        headers = {"Authorization": basic(device, hall.password(device))}
        assert (await hall.ask(method, DEVICES + path, given, **headers)).code == 403
        await hall.sign_in(Role.STAFF)
        assert (await hall.ask(method, DEVICES + path, given)).code == 403
        assert hall.server.rooms["devices"].registry.generation(device) == 1
