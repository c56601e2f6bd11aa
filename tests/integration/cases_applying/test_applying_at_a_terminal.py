"""At a terminal with a reader beside it: the card opens a short session that belongs to this machine alone."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest

from devices.messages import RegisterDevice
from devices.model import DeviceKind
from tests.fakes.applying import BASE, ApplyingHall, body_of, take_session
from tests.fakes.cases_desk import NUMBER, OTHER, ROOMS, WINDOW, DeskHall
from tests.fakes.confirming import Who, lying
from tests.fakes.device_hall import DeviceHall, device_hall
from tests.fakes.hall import HandClock

NAME, ADDRESS = "欧阳明月", "牌坊路7号"
SESSION = "/api/v1/applicant/session"


def machine(hall: DeviceHall, device: str) -> Who:
    """A page on a machine of the hall."""
    who = Who(hall.port)
    words = base64.b64encode(f"{device}:{hall.password(device)}".encode()).decode()
    who.headers = {"Authorization": f"Basic {words}"}
    return who


@pytest.mark.gen_test(timeout=60)
async def test_a_card_opens_a_session_that_the_next_card_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rooms = ("hall_queue", "devices", *ROOMS[1:])
    async with device_hall(tmp_path, rooms=rooms) as hall:
        told = asyncio.Queue[dict[str, Any]]()
        send = hall.server.live.send

        def heard(topic: str, what: Any) -> None:
            if topic.startswith("identity/") and what["type"] == "card":
                told.put_nowait(dict(what))
            send(topic, what)

        monkeypatch.setattr(hall.server.live, "send", heard)
        here = ApplyingHall(DeskHall(hall.server, HandClock(), hall.port))
        here.edition()
        terminal, other = [
            str((await hall.do(RegisterDevice(kind=DeviceKind.SELF_SERVICE, **place)))["id"])
            for place in ({"window": WINDOW}, {"window": "w02"})
        ]
        made = await hall.do(RegisterDevice(kind=DeviceKind.ID_READER, window=WINDOW))
        reader = hall.simulate(str(made["id"]))
        reader.start()
        await reader.link.connected()

        async def word(number: str) -> str:
            await reader.request("identity.read", {"id_number": number, "name": NAME, "address": ADDRESS})
            return str((await told.get())["card"])

        first, elsewhere = machine(hall, terminal), machine(hall, other)
        card = await word(NUMBER)
        assert (await elsewhere.ask("POST", SESSION, {"card": card})).error == "identity.unknown"
        answer = await first.ask("POST", SESSION, {"card": card})
        assert (answer.body["how"], answer.body["machine"]) == ("card", "terminal")
        [cookie] = [one for one in answer.headers.get_list("Set-Cookie") if one.startswith("onedoor_applicant")]
        assert {"HttpOnly", "SameSite=Strict"} <= {one.strip() for one in cookie.split(";")}
        assert "Max-Age" not in cookie
        take_session(first, answer)
        assert (await first.ask("POST", SESSION, {"card": card})).error == "identity.used"
        take_session(first, await first.ask("POST", SESSION, {"card": await word(NUMBER)}))
        draft = await here.begun(first)
        assert (draft["channel"], draft["applicant"]["name"], draft["applicant"]["address"]) == (
            "terminal",
            NAME,
            ADDRESS,
        )
        for carried in (Who(hall.port), machine(hall, other)):
            carried.headers["Cookie"] = first.headers["Cookie"]
            assert (await carried.ask("GET", BASE)).code == 401
        second = take_session(
            machine(hall, terminal), await machine(hall, terminal).ask("POST", SESSION, {"card": await word(OTHER)})
        )
        assert (await first.ask("GET", BASE)).error == "session.expired"
        assert body_of(await second.ask("GET", BASE)) == {"items": [], "total": 0}
        journal = await here.hall.journal_text()
        assert '"how":"card"' in journal
        for secret in (NUMBER, NAME, ADDRESS):
            assert secret not in journal
    for secret in (NUMBER, NAME, ADDRESS):
        assert [name for name, content in lying(tmp_path).items() if secret.encode() in content] == []
