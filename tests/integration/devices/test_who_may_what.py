"""Fault 32 for the rooms of devices, screens and voice: every address and verb, by everyone, and forged writes."""

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from hall_server.identity import Role
from hall_server.web.routes import PUBLIC, WRITING, Kind
from tests.fakes.device_hall import DeviceHall, device_hall
from tests.fakes.hall import composed

ROOMS = ("devices", "displays")
EVERYONE = "everyone"
DEVICES = "devices"
MANAGERS = "managers"
CLERKS_AND_DEVICES = "clerks and devices"
STAFF = "staff"
EXPECTED: Mapping[str, str] = {
    "GET /api/v1/devices": MANAGERS,
    "POST /api/v1/devices": MANAGERS,
    "GET /api/v1/devices/{device}": MANAGERS,
    "PATCH /api/v1/devices/{device}": MANAGERS,
    "POST /api/v1/devices/{device}/rotate": MANAGERS,
    "POST /api/v1/devices/{device}/renew": MANAGERS,
    "POST /api/v1/devices/{device}/test": MANAGERS,
    "POST /api/v1/devices/{device}/revoke": MANAGERS,
    "POST /api/v1/devices/{device}/alarms/{code}/acknowledge": MANAGERS,
    "GET /api/v1/device-alarms": MANAGERS,
    "GET /api/v1/devices/{device}/kiosk": MANAGERS,
    "PUT /api/v1/devices/{device}/kiosk": MANAGERS,
    "GET /api/v1/pairing": MANAGERS,
    "POST /api/v1/pairing": EVERYONE,
    "POST /api/v1/pairing/accept": MANAGERS,
    "GET /api/v1/pairing/{pairing}": EVERYONE,
    "DELETE /api/v1/pairing/{pairing}": MANAGERS,
    "POST /api/v1/device/link": DEVICES,
    "POST /api/v1/device/reports": DEVICES,
    "GET /api/v1/kiosk/beside": DEVICES,
    "GET /api/v1/tickets/{token}/slip": EVERYONE,
    "POST /api/v1/tickets/{token}/slip": CLERKS_AND_DEVICES,
    "GET /api/v1/print-files/{job}": EVERYONE,  # the word of the job stands for a sign-in
    "POST /api/v1/printers/{device}/text": MANAGERS,
    "PUT /api/v1/printers/{device}/kiosk": MANAGERS,
    "GET /api/v1/screens": MANAGERS,
    "POST /api/v1/screens": MANAGERS,
    "POST /api/v1/screens/preview": MANAGERS,
    "PUT /api/v1/screens/{screen}": MANAGERS,
    "DELETE /api/v1/screens/{screen}": MANAGERS,
    "POST /api/v1/floor-plans": MANAGERS,
    "PUT /api/v1/floor-plans/{plan}": MANAGERS,
    "DELETE /api/v1/floor-plans/{plan}": MANAGERS,
    "POST /api/v1/media": MANAGERS,
    "GET /api/v1/media/{media}": EVERYONE,
    "GET /api/v1/voice": MANAGERS,
    "PATCH /api/v1/voice": MANAGERS,
    "POST /api/v1/voice/listen": MANAGERS,
    "GET /api/v1/voice/prompts": MANAGERS,
    "POST /api/v1/voice/prompts/{prompt}/take": MANAGERS,
    "DELETE /api/v1/voice/prompts/{prompt}/take": MANAGERS,
    "GET /api/v1/voice/takes/{digest}.wav": MANAGERS,
    "GET /api/v1/voice/{sound}.wav": EVERYONE,
    "GET /api/v1/board": EVERYONE,
    "GET /api/v1/way": EVERYONE,
    "POST /api/v1/read-aloud": EVERYONE,
    "GET /pair/{kind}": EVERYONE,
    "GET /speaker/{zone}": EVERYONE,
    "GET /screen/{screen}": EVERYONE,
    "GET /screen-preview": EVERYONE,
    "GET /board/{zone}": EVERYONE,
    "GET /window-screen/{window}": EVERYONE,
    "GET /efficiency": EVERYONE,
    "GET /manager/devices": STAFF,
    "GET /manager/screens": STAFF,
    "GET /manager/voice": STAFF,
    "GET /manager/voice/record": STAFF,
}
"""By hand, and apart from what the routes say of themselves."""
WHO: Mapping[str, frozenset[str]] = {
    EVERYONE: frozenset({"visitor", "device", "staff", "manager", "admin"}),
    DEVICES: frozenset({"device"}),
    MANAGERS: frozenset({"manager", "admin"}),
    CLERKS_AND_DEVICES: frozenset({"device", "staff", "manager", "admin"}),  # an administrator is a manager too
    STAFF: frozenset({"staff", "manager", "admin"}),
}
PATHS = {"media": "0" * 32 + ".jpg", "digest": "0" * 64, "token": "t" * 22, "sound": "0" * 32, "kind": "pad"}
ENDED = frozenset({401, 403, 302})


def of_these_rooms(data: Path) -> dict[str, Any]:
    """What the rooms answer, by verb and address; files of pages are anybody's."""
    found = {}
    for route in composed(data).routes:
        package = route.handler.__module__.partition(".")[0]
        page_of = str(route.options.get("room", "")) or str(route.options.get("folder", ""))
        if route.kind is Kind.STATIC or not (package in ROOMS or any(f"{room}/pages" in page_of for room in ROOMS)):
            continue
        found.update({f"{verb} {route.template}": route.verbs[verb] for verb in route.verbs})
    return found


def test_every_address_of_the_rooms_is_in_the_list(tmp_path: Path) -> None:
    found = of_these_rooms(tmp_path)
    assert {name for name in EXPECTED if " /api/" in name} <= set(found)
    assert set(found) <= set(EXPECTED)


async def knocked(hall: DeviceHall, name: str, headers: dict[str, str]) -> int:
    """The status of a call that has the right address and nothing that makes sense."""
    method, _, path = name.partition(" ")
    for key in ("device", "code", "pairing", "screen", "plan", "prompt", "zone", "window", "job", *PATHS):
        path = path.replace(f"{{{key}}}", PATHS.get(key, "none"))
    request = HTTPRequest(
        f"http://127.0.0.1:{hall.port}{path}",
        method=method,
        headers={"X-Pairing-Secret": "guessed", **headers},
        body=b"[]" if method in {"POST", "PUT", "PATCH"} else None,
        follow_redirects=False,
    )
    return (await AsyncHTTPClient().fetch(request, raise_error=False)).code


@pytest.mark.gen_test(timeout=90)
async def test_every_address_asked_by_everyone_answers_as_written(tmp_path: Path) -> None:
    wrong = []
    async with device_hall(tmp_path) as hall:
        for who, headers in (await everyone(hall)).items():
            for name, whose in EXPECTED.items():
                code = await knocked(hall, name, headers)
                if (code not in ENDED) != (who in WHO[whose]) or code >= 500:
                    wrong.append((who, name, code))
    assert wrong == []


@pytest.mark.gen_test(timeout=90)
async def test_control_a_route_left_open_is_found(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        [route] = [one for one in hall.server.routes if one.template == "/api/v1/devices/{device}/revoke"]
        object.__setattr__(route.verbs["POST"], "access", PUBLIC)
        assert await knocked(hall, "POST /api/v1/devices/{device}/revoke", {}) not in ENDED


@pytest.mark.gen_test(timeout=90)
async def test_no_write_passes_without_the_session_s_own_word_or_from_another_site(tmp_path: Path) -> None:
    passed = []
    async with device_hall(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        cookie = {"Cookie": hall.session["Cookie"]}
        for name in (name for name in EXPECTED if name.partition(" ")[0] in WRITING):
            for headers in (cookie, {**cookie, "X-XSRFToken": "guessed"}):
                if await knocked(hall, name, headers) != 403:
                    passed.append((name, headers))
        evil = {**hall.session, "Host": "evil.example"}
        assert await knocked(hall, "GET /api/v1/devices", evil) in {400, 403, 421}
    assert passed == []


async def everyone(hall: DeviceHall) -> dict[str, dict[str, str]]:
    """The headers of one of each."""
    found: dict[str, dict[str, str]] = {"visitor": {}}
    kiosk = await hall.register("kiosk", "z1")
    words = base64.b64encode(f"{kiosk}:{hall.password(kiosk)}".encode()).decode()
    found["device"] = {"Authorization": f"Basic {words}"}
    for role in (Role.STAFF, Role.MANAGER, Role.ADMIN):
        await hall.sign_in(role)
        found[role.value] = hall.session
    return found
