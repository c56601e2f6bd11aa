"""Both brokers, one after the other, with TLS and without, under the same suite."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from tornado.ioloop import IOLoop

from tests.fakes.mqtt_hall import Broker, Embedded, Mosquitto, Registry, Secure


@pytest.fixture(params=["embedded", "embedded-tls", "mosquitto", "mosquitto-tls"])
def broker(request: pytest.FixtureRequest, io_loop: IOLoop, tmp_path: Path) -> Iterator[Broker]:
    """A running broker that knows the devices d1, d2 and d3."""
    registry = Registry("d1", "d2", "d3")
    made: Broker

    async def start() -> Broker:
        name, _, has_tls = request.param.partition("-")
        secure = Secure(tmp_path / "tls") if has_tls else None
        chosen: Broker = (
            Embedded(registry, secure=secure)
            if name == "embedded"
            else Mosquitto(registry, tmp_path / "mosquitto", secure=secure)
        )
        await chosen.start()
        return chosen

    made = io_loop.run_sync(lambda: asyncio.wait_for(start(), 20))
    yield made
    io_loop.run_sync(made.stop)
