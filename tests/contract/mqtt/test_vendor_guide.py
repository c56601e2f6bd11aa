"""The vendor guide's examples run as they stand, on both brokers."""

import asyncio
import os
import re
from pathlib import Path
from typing import Any

import pytest

from hall_server.mqtt.router import DeviceRouter
from tests.fakes.mqtt_hall import HALL, Broker, Watch, served


@pytest.mark.gen_test
async def test_every_example_runs(broker: Broker, checkout: Path, tmp_path: Path) -> None:
    examples = re.findall(
        r"^```sh\n(.*?)^```", (checkout / "docs/devices-mqtt.md").read_text(), re.DOTALL | re.MULTILINE
    )
    assert len(examples) == 4
    reports = Watch()

    async def issue(device_id: str, request_id: str, args: dict[str, Any]) -> object:
        return {"number": "A001", **args}

    def prepare(router: DeviceRouter) -> None:
        router.on_request("ticket.issue", issue)
        router.on_report(reports)

    output = b""
    async with served(broker, prepare=prepare) as router:
        router.show("d1", {"number": "A001"})
        for example in examples:
            output += await run(example, broker, tmp_path)
        await reports.until(bool)
        presence = router.presence("d1")
        assert presence is not None
        assert (presence.model, presence.detail) == ("K-7", {"paper": "near_end"})
        assert router.bad_input("d1") == {}
    assert b'"picture":{"number":"A001"}' in output
    assert b'"ok":true,"result":{"number":"A001","line":"a"}' in output


async def run(example: str, broker: Broker, folder: Path) -> bytes:
    """Run an example; with TLS the tools find the authority in their own configuration, as an integrator has it."""
    for name in ("mosquitto_pub", "mosquitto_sub", "mosquitto_rr"):
        (folder / name).write_text(f"--cafile {broker.secure.authority.file}\n" if broker.secure else "")
    process = await asyncio.create_subprocess_exec(
        *("bash", "-euc", example),
        stdout=asyncio.subprocess.PIPE,
        env={
            **os.environ,
            "XDG_CONFIG_HOME": str(folder),
            "HOST": "127.0.0.1",
            "PORT": str(broker.port),
            "HALL": HALL,
            "DEVICE": "d1",
            "PASSWORD": broker.registry.password("d1"),
        },
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, example
    return output
