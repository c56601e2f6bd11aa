"""The one page for vendors: its shell lines and its Python device run as they stand, on both brokers."""

import asyncio
import os
import re
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from hall_server.mqtt.router import DeviceRouter
from tests.contract.mqtt.test_vendor_guide import run
from tests.fakes.mqtt_hall import HALL, Broker, Watch, served


def examples(checkout: Path, language: str, page: str = "devices.md") -> list[str]:
    """The page's pieces of code in a language."""
    text = (checkout / "docs" / page).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def test_both_languages_show_the_same_lines(checkout: Path) -> None:
    assert examples(checkout, "sh") == examples(checkout, "sh", "devices.zh-CN.md")
    assert len(examples(checkout, "sh")) == 3


@pytest.mark.gen_test(timeout=60)
async def test_the_lines_run(broker: Broker, checkout: Path, tmp_path: Path) -> None:
    async def hello(device_id: str, request_id: str, args: dict[str, Any]) -> object:
        return {"device": device_id}

    def prepare(router: DeviceRouter) -> None:
        router.on_request("hello", hello)

    async with served(broker, prepare=prepare) as router:
        router.show("d1", {"number": "A001"})
        output = b"".join([await run(line, broker, tmp_path) for line in examples(checkout, "sh")])
        presence = router.presence("d1")
        assert presence is not None
        assert presence.model == "B-7"
        assert router.bad_input("d1") == {}
    assert b'"picture":{"number":"A001"}' in output
    assert b'"ok":true,"result":{"device":"d1"}' in output


@pytest.mark.gen_test(timeout=60)
async def test_the_python_device_shows_does_and_keeps_its_credential(
    broker: Broker, checkout: Path, tmp_path: Path
) -> None:
    (program,) = examples(checkout, "python")
    (tmp_path / "device.py").write_text(program, "utf-8")
    reports = Watch()
    async with served(broker, prepare=lambda router: router.on_command_end(reports)) as router:
        router.show("d1", {"number": "A001"})
        device = await started(tmp_path, broker)
        try:
            assert await line_with(device, "show:") == 'show: {"number": "A001"}'
            router.command("d1", "test", {"texts": {"zh": "测试", "en": "Test"}}, ttl_s=30)
            assert await line_with(device, "test:") == "test: 测试"
            router.command("d1", "credential.renew", {"credential": "fresh-one"}, ttl_s=30)
            router.command("d1", "dance", {}, ttl_s=30)
            await reports.until(lambda told: len(told) >= 3)
            key = tmp_path / "d1.key"
            assert key.read_text() == "fresh-one"
            assert stat.S_IMODE(key.stat().st_mode) == 0o600
            assert router.waiting("d1") == []
            assert router.bad_input("d1") == {}
        finally:
            device.kill()
            await device.wait()


async def started(folder: Path, broker: Broker) -> asyncio.subprocess.Process:
    """The page's program, as an integrator runs it."""
    places = {"HOST": "127.0.0.1", "PORT": str(broker.port), "HALL": HALL, "DEVICE": "d1"}
    secrets = {
        "PASSWORD": broker.registry.password("d1"),
        "CA_FILE": str(broker.secure.authority.file if broker.secure else ""),
    }
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "device.py"),
        cwd=folder,
        env={**os.environ, **places, **secrets},
        stdout=asyncio.subprocess.PIPE,
    )


async def line_with(device: asyncio.subprocess.Process, word: str) -> str:
    """The next line it prints that begins so."""
    assert device.stdout is not None
    while line := (await device.stdout.readline()).decode():
        if line.startswith(word):
            return line.rstrip("\n")
    raise AssertionError("it has ended")
