"""gateway.toml is read strictly: every mistake is told with the field it is in."""

from pathlib import Path

import pytest

from devices.gateway.config import GatewayConfig, read
from devices.gateway.drivers import driver_kind, known
from devices.gateway.drivers.printer import Options
from devices.gateway.printing.escpos_bytes import CodeWay
from devices.model import DeviceKind
from hall_server.errors import Invalid

HALL = '[hall]\nid = "demo"\nmqtt = "mqtt://hall.example"\n'
PRINTER = '[[devices]]\nid = "p1"\ndriver = "printer"\naddress = "tcp://10.0.0.5"\n'


def config(folder: Path, text: str) -> GatewayConfig:
    path = folder / "gateway.toml"
    path.write_text(text, "utf-8")
    return read(path)


def test_a_whole_configuration_is_understood(tmp_path: Path) -> None:
    found = config(
        tmp_path,
        '[hall]\nid = "demo"\nmqtt = "mqtts://hall.example"\nweb = "https://hall.example/"\nca = "ca.pem"\n'
        + PRINTER
        + 'paper = 58\nprofile = "POS-5890"\nqr = "picture"\nmodel = "XP-58"\n',
    )
    assert (found.hall, found.host, found.port, found.is_secure) == ("demo", "hall.example", 8883, True)
    assert (found.web, found.ca) == ("https://hall.example", tmp_path / "ca.pem")
    assert found.credentials == tmp_path / "gateway-credentials.json"
    (device,) = found.devices
    assert (device.id, device.model, device.kind.kind) == ("p1", "XP-58", DeviceKind.PRINTER)
    assert device.options == Options(paper=58, profile="POS-5890", qr=CodeWay.PICTURE)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (PRINTER, "hall"),
        (HALL, "devices"),
        ("devices = []\n" + HALL, "devices"),
        (HALL + "devices = []\n", "hall.devices"),
        (HALL + 'colour = "red"\n' + PRINTER, "hall.colour"),
        (HALL.replace("mqtt://", "http://") + PRINTER, "hall.mqtt"),
        (HALL.replace("hall.example", "hall.example:99999") + PRINTER, "hall.mqtt"),
        (HALL + 'web = "hall.example"\n' + PRINTER, "hall.web"),
        (HALL + PRINTER.replace("p1", "P 1"), "devices[0].id"),
        (HALL + PRINTER.replace('"printer"', '"fax"'), "devices[0].driver"),
        (HALL + PRINTER.replace("tcp://", "carrier-pigeon://"), "devices[0].address"),
        (HALL + PRINTER.replace('address = "tcp://10.0.0.5"\n', ""), "devices[0].address"),
        (HALL + PRINTER + "paper = 70\n", "devices[0].address"),
        (HALL + PRINTER + "paper = 300\n", "devices[0].paper"),
        (HALL + PRINTER + 'profile = "no-such"\n', "devices[0].address"),
        (HALL + PRINTER + "colour = 3\n", "devices[0].colour"),
        (HALL + PRINTER + PRINTER, "devices[1].id"),
        ("hall = ", ""),
    ],
)
def test_a_mistake_is_told_with_its_field(tmp_path: Path, text: str, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        config(tmp_path, text)
    assert caught.value.code == "gateway.config"
    assert field in str(caught.value.fields["field"])
    assert caught.value.fields["reason"]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        read(tmp_path / "none.toml")
    assert caught.value.code == "gateway.config"


def test_every_driver_has_what_the_agent_needs() -> None:
    assert "printer" in known()
    for name in known():
        kind = driver_kind(name)
        assert isinstance(kind.kind, DeviceKind)
        assert callable(kind.made)
        assert kind.options.__struct_config__.forbid_unknown_fields, name
