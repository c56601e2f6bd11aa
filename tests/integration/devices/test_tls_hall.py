"""A whole hall whose devices come over TLS: beside the plain port, instead of it, and through Mosquitto."""

import asyncio
import contextlib
from pathlib import Path

import aiomqtt
import pytest

from devices.outside_broker import broker_configuration, broker_tls
from hall_server.errors import Invalid
from hall_server.mqtt.tls import client_context
from tests.fakes.authority import Authority, Certified
from tests.fakes.device_hall import DeviceHall, device_hall
from tests.fakes.hall import opened
from tests.fakes.mqtt_hall import free_port


def shown(folder: Path) -> tuple[Authority, Certified]:
    authority = Authority(folder)
    return authority, authority.certify()


async def says_hello(
    hall: DeviceHall, device: str, authority: Authority | None, port: int, *, within_s: float = 30
) -> bool:
    tls = client_context(authority.file) if authority else None
    client = aiomqtt.Client(
        "127.0.0.1",
        port,
        username=device,
        password=hall.password(device),
        identifier=device,
        timeout=within_s,
        tls_context=tls,
    )
    with contextlib.suppress(aiomqtt.MqttError):
        async with client:
            return True
    return False


@pytest.mark.gen_test
async def test_the_embedded_broker_speaks_tls_beside_the_plain_port(tmp_path: Path) -> None:
    authority, files = shown(tmp_path / "tls")
    settings = {"mqtt_tls_certificate": str(files.certificate), "mqtt_tls_key": str(files.key), "mqtt_tls_port": 0}
    async with device_hall(tmp_path, **settings) as hall:
        pad = await hall.register("pad", "w01")
        broker = hall.server.rooms["devices"].mqtt.broker
        assert await says_hello(hall, pad, authority, broker.tls_port)
        assert await says_hello(hall, pad, None, hall.server.mqtt_port)


@pytest.mark.gen_test
async def test_the_embedded_broker_speaks_nothing_but_tls_where_the_hall_says_so(tmp_path: Path) -> None:
    authority, files = shown(tmp_path / "tls")
    settings = {"mqtt_tls_certificate": str(files.certificate), "mqtt_tls_key": str(files.key), "mqtt_tls_port": 0}
    async with device_hall(tmp_path, mqtt_tls_only=True, **settings) as hall:
        pad = await hall.register("pad", "w01")
        assert await says_hello(hall, pad, authority, hall.server.mqtt_port)
        assert not await says_hello(hall, pad, None, hall.server.mqtt_port, within_s=2)


@pytest.mark.parametrize("given", [{"mqtt_tls_only": True}, {"mqtt_tls_key": "/no/such/key"}])
@pytest.mark.gen_test
async def test_half_of_tls_is_said_at_the_start(tmp_path: Path, given: dict[str, object]) -> None:
    with pytest.raises(Invalid) as refused:
        async with device_hall(tmp_path, **given):
            pass
    assert refused.value.code == "settings.tls"


@pytest.mark.gen_test
async def test_mosquitto_s_files_have_both_listeners_or_the_secret_one_alone(tmp_path: Path) -> None:
    _, files = shown(tmp_path / "tls")
    async with opened(tmp_path / "hall", rooms=("hall_queue", "devices")) as server:
        for is_only, listeners in (
            (False, ["listener 1883 0.0.0.0", "listener 8884 0.0.0.0"]),
            (True, ["listener 8884 0.0.0.0"]),
        ):
            tls = broker_tls(files.certificate, files.key, port=8884, is_only=is_only)
            written = broker_configuration(server, tmp_path / "out", tls=tls)
            lines = written.configuration.read_text().splitlines()
            assert [line for line in lines if line.startswith("listener")] == listeners
            assert f"certfile {files.certificate}" in lines
            assert "tls_version tlsv1.2" in lines
    with pytest.raises(Invalid):
        broker_tls(files.certificate, None, port=8884, is_only=False)
    with pytest.raises(Invalid):
        broker_tls(files.certificate, tmp_path / "missing", port=8884, is_only=False)


@pytest.mark.gen_test
async def test_a_hall_speaks_to_mosquitto_over_tls_and_so_do_its_devices(tmp_path: Path) -> None:
    authority, files = shown(tmp_path / "tls")
    plain, port = free_port(), free_port()
    settings = {"mqtt_broker": "external", "mqtt_port": port, "mqtt_tls_authority": str(authority.file)}
    async with device_hall(tmp_path, **settings) as hall:
        tls = broker_tls(files.certificate, files.key, port=port, is_only=True)
        written = broker_configuration(
            hall.server, tmp_path / "out", port=plain, host="127.0.0.1", tls=tls, run_as="root"
        )
        process = await asyncio.create_subprocess_exec(
            *("mosquitto", "-c", str(written.configuration)), stdout=asyncio.subprocess.DEVNULL
        )
        try:
            pad = await hall.register("pad", "w01")
            device = hall.simulate(pad, tls=client_context(authority.file))
            device.start()
            assert (await device.request("hello"))["device"] == pad
        finally:
            process.kill()
            await process.wait()
