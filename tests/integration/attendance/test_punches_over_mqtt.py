"""Punches over MQTT alone, with either broker: taken once, known again, and refused to what is no terminal."""

from datetime import timedelta
from pathlib import Path

import pytest

from attendance import messages as a
from hall_server.mqtt.simulated import RequestRefused
from tests.fakes.device_hall import ROOMS, device_hall

SERIAL = "CGXH201360029"


@pytest.mark.gen_test
@pytest.mark.parametrize("broker", ["embedded", "mosquitto"])
async def test_a_terminals_punch_over_mqtt_is_stored_once_and_only_a_terminals(tmp_path: Path, broker: str) -> None:
    async with device_hall(tmp_path, broker, rooms=(*ROOMS, "attendance")) as hall:
        await hall.do(a.SetPin(staff="s01", pin="1001"))
        terminal = await hall.device("terminal", "z1")
        now = hall.server.now().replace(microsecond=0)
        args = {"terminal": SERIAL, "pin": "1001", "at": (now - timedelta(seconds=5)).isoformat()}
        args |= {"received_at": now.isoformat()}
        assert await terminal.request("punch", args, request_id="punch-one-1") == {"taken": 1, "known": 0, "faulty": 0}
        assert await terminal.request("punch", args, request_id="punch-one-1") == {"taken": 1, "known": 0, "faulty": 0}
        assert await terminal.request("punch", args) == {"taken": 0, "known": 1, "faulty": 0}
        with pytest.raises(RequestRefused) as wrong:
            await terminal.request("punch", {**args, "pin": "王"})
        assert wrong.value.code == "body.invalid"
        pad = await hall.device("pad", "w01")
        with pytest.raises(RequestRefused):
            await pad.request("punch", args)
        await hall.server.settled()
        await hall.server.projector.reached(hall.server.journal.committed)
        rows = await hall.server.views.fetch("SELECT staff, source, device FROM punches")
        assert [(staff, source) for staff, source, _ in rows] == [("s01", "gateway")]
