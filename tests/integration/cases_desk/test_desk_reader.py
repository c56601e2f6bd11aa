"""A reader beside a window: whoever serves there gets the card over the window's topic, and nobody else."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest

from devices.messages import RegisterDevice
from devices.model import DeviceKind
from hall_server.errors import Refused
from hall_server.identity import device_actor
from tests.fakes.cases_desk import NUMBER, OTHER, WINDOW, DeskHall
from tests.fakes.cases_desk import ROOMS as DESK_ROOMS
from tests.fakes.confirming import lying
from tests.fakes.device_hall import DeviceHall, device_hall
from tests.fakes.hall import HandClock, staff

ROOMS = ("hall_queue", "devices", *DESK_ROOMS[1:])
DESK = f"/api/v1/cases/desk/{WINDOW}"
NAME = "欧阳明月"


async def reader_at(hall: DeviceHall, **place: str) -> Any:
    """A reader that is connected."""
    made = await hall.do(RegisterDevice(kind=DeviceKind.ID_READER, **place))
    reader = hall.simulate(str(made["id"]))
    reader.start()
    await reader.link.connected()
    return reader


@pytest.mark.gen_test(timeout=60)
async def test_a_card_at_the_window_fills_the_form_of_whoever_serves_there(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    async with device_hall(tmp_path, rooms=ROOMS) as hall:
        server, told = hall.server, asyncio.Queue[tuple[str, dict[str, Any]]]()
        send = server.live.send
        monkeypatch.setattr(
            server.live, "send", lambda topic, what: (told.put_nowait((topic, dict(what))), send(topic, what))
        )
        desk = DeskHall(server, HandClock(), hall.port)
        clerk, other = await desk.signed_in(), await desk.signed_in("s02", "w02")
        ticket = await desk.serve()
        reader = await reader_at(hall, window=WINDOW)
        answer = await reader.request("identity.read", {"id_number": NUMBER, "name": NAME, "address": "牌坊路7号"})
        assert answer == {"window": WINDOW, "valid_s": 60.0}
        while (found := await told.get())[0] != f"desk-card/{WINDOW}" or found[1]["type"] != "card":
            pass
        word = found[1]
        assert word["masked"] == "110*************2X"
        assert NAME not in str(word)
        body = {"ticket": ticket, "card": word["card"]}
        shown = await clerk.ask("POST", f"{DESK}/card", body)
        assert shown.body == {"id_number": NUMBER, "phone": "", "name": NAME, "address": "牌坊路7号"}
        assert (await other.ask("POST", f"{DESK}/card", body)).error == "case_desk.not_here"
        cards = server.rooms["identity"]
        with pytest.raises(Refused, match="unknown"):
            cards.person(word["card"], device_actor("kiosk-1", frozenset({WINDOW})), WINDOW)
        with pytest.raises(Refused, match="unknown"):
            cards.person(word["card"], staff("s02", "w02"), "w02")
        journal = await desk.journal_text()
        assert '"use":"card"' in journal
        for secret in (NUMBER, NAME):
            assert secret not in journal
            assert secret not in caplog.text
            assert [name for name, content in lying(tmp_path).items() if secret.encode() in content] == []


@pytest.mark.gen_test(timeout=60)
async def test_a_kiosk_at_the_window_comes_first_and_gets_the_number_alone(tmp_path: Path) -> None:
    async with device_hall(tmp_path, rooms=ROOMS) as hall:
        kiosk = await hall.do(RegisterDevice(kind=DeviceKind.ENQUIRY, window=WINDOW))
        reader = await reader_at(hall, window=WINDOW)
        answer = await reader.request("identity.read", {"id_number": OTHER, "name": NAME})
        assert answer == {"kiosk": kiosk["id"], "valid_s": 60.0}
        assert NAME not in str(vars(hall.server.rooms["identity"]))
        alone = await reader_at(hall, zone=next(iter(hall.server.directory.zones)))
        assert alone.device_id
