"""TLS at both brokers: who does not speak it, trusts another authority or shows an old certificate gets nowhere."""

import asyncio
import gc
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiomqtt
import pytest

from hall_server.mqtt.link import AiomqttLink, Endpoint
from hall_server.mqtt.permissions import Denial
from hall_server.mqtt.session import BrokerLimits
from hall_server.mqtt.tls import client_context
from tests.fakes.authority import Authority
from tests.fakes.mqtt_hall import Broker, Embedded, Mosquitto, Registry, Secure

# paho leaves the socket of a failed handshake to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:Exception ignored in. <ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning"),
]
BOTH = pytest.mark.parametrize("kind", ["embedded", "mosquitto"])


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """What paho has left goes in the test that made it."""
    yield
    gc.collect()


@asynccontextmanager
async def running(kind: str, folder: Path, secure: Secure) -> AsyncIterator[Broker]:
    registry = Registry("d1")
    made: Broker = (
        Embedded(registry, BrokerLimits(connect_s=3.0), secure=secure)
        if kind == "embedded"
        else Mosquitto(registry, folder / "mosquitto", secure=secure)
    )
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


def client(broker: Broker, tls: ssl.SSLContext | None, *, timeout_s: float = 5) -> aiomqtt.Client:
    return aiomqtt.Client(
        "127.0.0.1",
        broker.port,
        username="d1",
        password=broker.registry.password("d1"),
        identifier="d1",
        timeout=timeout_s,
        tls_context=tls,
    )


@BOTH
@pytest.mark.gen_test
async def test_a_client_that_trusts_the_authority_is_let_in_and_speaks_1_2_at_least(tmp_path: Path, kind: str) -> None:
    async with running(kind, tmp_path, Secure(tmp_path / "tls")) as broker:
        assert broker.secure is not None
        async with client(broker, broker.secure.client()):
            pass
        old = broker.secure.client()
        old.set_ciphers("ALL:@SECLEVEL=0")
        with pytest.warns(DeprecationWarning, match="TLSv1_1"):
            old.minimum_version = ssl.TLSVersion.TLSv1_1
        with pytest.warns(DeprecationWarning, match="TLSv1_1"):
            old.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises(aiomqtt.MqttError):
            async with client(broker, old):
                pass


@BOTH
@pytest.mark.gen_test
async def test_a_client_without_tls_is_refused_and_our_log_says_so(
    tmp_path: Path, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(kind, tmp_path, Secure(tmp_path / "tls")) as broker:
        with pytest.raises(aiomqtt.MqttError):
            async with client(broker, None, timeout_s=1):
                pass
        if isinstance(broker, Embedded):  # Mosquitto cuts it off without a word
            assert "no TLS with 127.0.0.1: the other end does not speak TLS" in caplog.text
            assert broker.broker.denied["", Denial.TLS] == 1


@BOTH
@pytest.mark.parametrize("wrong", ["authority", "expired", "name"])
@pytest.mark.gen_test
async def test_a_link_refuses_a_broker_it_cannot_trust_and_says_why(
    tmp_path: Path, kind: str, wrong: str, caplog: pytest.LogCaptureFixture
) -> None:
    secure = Secure(tmp_path / "tls")
    if wrong == "expired":
        secure.shown = secure.authority.certify("old", days=(-10, -1))
    if wrong == "name":
        secure.shown = secure.authority.certify("other", address="127.0.0.9")
    trusted = Authority(tmp_path / "other", "another authority").file if wrong == "authority" else secure.authority.file
    async with running(kind, tmp_path, secure) as broker:
        link = AiomqttLink(
            Endpoint(
                host="127.0.0.1",
                port=broker.port,
                user="d1",
                password=broker.registry.password("d1"),
                tls=client_context(trusted),
            )
        )
        link.start()
        words = {"authority": "unable to get local issuer", "expired": "expired", "name": "mismatch"}[wrong]
        refused = "no TLS with the broker: the other end's certificate is not trusted"
        while refused not in caplog.text:  # noqa: ASYNC110  # the log is all there is to wait for
            await asyncio.sleep(0.02)
        assert words in caplog.text
        assert not link.is_connected
        await link.stop()


@pytest.mark.gen_test
async def test_control_without_looking_at_the_certificate_anybody_could_be_the_broker(tmp_path: Path) -> None:
    careless = client_context(Authority(tmp_path / "other", "another authority").file)
    careless.check_hostname, careless.verify_mode = False, ssl.CERT_NONE
    async with running("embedded", tmp_path, Secure(tmp_path / "tls")) as broker, client(broker, careless):
        pass


@pytest.mark.gen_test
async def test_half_a_handshake_is_cut_off_in_time(tmp_path: Path) -> None:
    async with running("embedded", tmp_path, Secure(tmp_path / "tls")) as broker:
        reader, writer = await asyncio.open_connection("127.0.0.1", broker.port)
        writer.write(b"\x16\x03\x01")
        assert await asyncio.wait_for(reader.read(), 20) == b""
        writer.close()
