"""What the agent needs of each driver module, and what a wrong line in gateway.toml is told."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from devices.gateway.drivers import Surroundings, driver_kind
from devices.model import DeviceKind
from hall_server.clock import SystemClock

DRIVERS: dict[str, tuple[DeviceKind, str, dict[str, Any]]] = {
    "id_reader": (DeviceKind.ID_READER, "/dev/ttyUSB0", {}),
    "handset": (DeviceKind.HANDSET, "tcp://10.0.0.7:4001", {"bus_address": 3, "keys": {"a1": "01"}}),
    "led": (DeviceKind.LED, "COM3", {"width": 12}),
    "speaker": (DeviceKind.SPEAKER, "aplay", {"volume": 0.5}),
    "page_printer": (DeviceKind.PAGE_PRINTER, "ipp://10.0.0.6/ipp/print", {"sides": "two-sided-long-edge"}),
    "terminal": (DeviceKind.TERMINAL, "http://0.0.0.0:8081", {"serial": "CN1", "buffer": "punches.db"}),
}


@pytest.mark.parametrize("name", DRIVERS)
def test_a_driver_is_made_from_its_lines(name: str) -> None:
    kind, address, lines = DRIVERS[name]
    driver = driver_kind(name)
    options = msgspec.convert(lines, driver.options)
    driver.check(address, options)
    made = driver.made(address, options, Surroundings(clock=SystemClock()))
    made.on_show({"window": {"state": "idle"}})
    assert driver.kind is kind


@pytest.mark.parametrize("name", DRIVERS)
def test_wrong_lines_are_refused(name: str) -> None:
    _, _, lines = DRIVERS[name]
    driver = driver_kind(name)
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.convert({**lines, "adress": "x"}, driver.options)
    has_usual_port = name == "page_printer"
    for address in ("ftp://10.0.0.7", "tcp://:x", "tcp://10.0.0.7/x" if has_usual_port else "tcp://10.0.0.7"):
        with pytest.raises(ValueError, match=r".+"):
            driver.check(address, msgspec.convert(lines, driver.options))


@pytest.mark.parametrize("page", ["drivers.md", "drivers.zh-CN.md"])
def test_every_option_stands_on_the_page(page: str) -> None:
    text = (Path(__file__).parents[3] / "docs" / page).read_text(encoding="utf-8")
    for name in DRIVERS:
        assert f'driver = "{name}"' in text
        for option in driver_kind(name).options.__struct_fields__:
            assert f"`{option}`" in text, (name, option)
