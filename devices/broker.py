"""The hall's way to its devices: the broker where it is embedded, the server's link to it, and the router."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hall_server.errors import DomainError, Invalid, Unavailable
from hall_server.identity import device_actor
from hall_server.mqtt.credentials import SERVER_USER, server_credential
from hall_server.mqtt.embedded import EmbeddedBroker
from hall_server.mqtt.embedded_link import EmbeddedLink
from hall_server.mqtt.link import AiomqttLink, Endpoint
from hall_server.mqtt.names import is_id
from hall_server.mqtt.requests import RequestHandler
from hall_server.mqtt.router import DeviceRouter
from hall_server.mqtt.tls import client_context, server_context

if TYPE_CHECKING:
    from hall_server.server import DeviceRequest, Server
    from hall_server.settings import Settings

log = logging.getLogger(__name__)

CONNECT_S = 5.0
"""The embedded broker is in this process: it answers within this time or something is wrong."""

_EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104  # compared with, not listened on


class MqttSide:
    """Starts and stops what carries MQTT; ``server.router`` and ``server.mqtt_port`` stand from `start` to `stop`."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._link: AiomqttLink | EmbeddedLink | None = None
        self._refused: Callable[[str, str], None] = lambda device, why: None
        self.broker: EmbeddedBroker | None = None

    async def start(self) -> None:
        """Listen, or connect to the broker outside; who asks for a verb finds the handler its room has given.

        Raises:
            Unavailable: the embedded broker's port is taken, or it does not answer.
        """
        server = self._server
        endpoint = await self._endpoint()
        self._link = AiomqttLink(endpoint) if self.broker is None else EmbeddedLink(self.broker)
        router = DeviceRouter(
            hall=hall_id(server),
            link=self._link,
            gate=server.device_gate,
            clock=server.clock,
            ids=server.ids,
            describe=self._describe,
        )
        for do, handler in server.requests.items():
            router.on_request(do, self._as_device(handler))
        router.on_bad_input(lambda device, code, _: self._refused(device, code))
        self._link.start()
        router.start()
        server.router, server.mqtt_port = router, endpoint.port
        if self.broker is not None:
            await self._connected(self._link)

    async def stop(self) -> None:
        """Say goodbye to the broker, and end it where it is ours."""
        router, self._server.router = self._server.router, None
        if router is not None:
            await router.stop()
        if self._link is not None:
            await self._link.stop()
        if self.broker is not None:
            await self.broker.stop()

    @property
    def is_connected(self) -> bool:
        """Whether the broker serves the hall now."""
        return self._link is not None and self._link.is_connected

    def on_connect(self, listener: Callable[[], None]) -> None:
        """Who is told of every connection to the broker; after `start`."""
        if self._link is not None:
            self._link.on_connect(listener)

    def on_refused(self, listener: Callable[[str, str], None]) -> None:
        """Who is told of everything refused from a known device: listener(device id, why); before `start`."""
        self._refused = listener

    def kick(self, device: str) -> None:
        """Cut a device off whose credential has ended; a broker outside does so when its files are written anew."""
        if self.broker is not None:
            self.broker.kick(device)

    def denied(self) -> dict[str, dict[str, int]]:
        """How often what was turned away, by device and reason."""
        found: dict[str, dict[str, int]] = {}
        for (device, why), times in (self.broker.denied if self.broker else {}).items():
            found.setdefault(device, {})[f"broker.{why.value}"] = times
        return found

    # -- inside

    async def _endpoint(self) -> Endpoint:
        server, settings = self._server, self._server.settings
        if settings.mqtt_broker == "external":
            password = server_credential(server.keys.device)
            authority = settings.mqtt_tls_authority
            return Endpoint(
                host=_reachable(settings.mqtt_host),
                port=settings.mqtt_port,
                user=SERVER_USER,
                password=password,
                tls=client_context(Path(authority)) if authority else None,
            )
        context = _own_context(settings)
        self.broker = EmbeddedBroker(
            gate=server.device_gate,
            device_key=server.keys.device,
            hall=hall_id(server),
            host=settings.mqtt_host,
            port=None if settings.mqtt_tls_only else settings.mqtt_port,
            tls=context,
            tls_port=settings.mqtt_tls_port,
            on_denied=lambda device, why, _: self._refused(device, f"broker.{why.value}") if device else None,
        )
        try:
            port = await self.broker.start()
        except OSError as exc:
            raise Unavailable("mqtt.port_taken", port=settings.mqtt_port, reason=exc.strerror or str(exc)) from exc
        user, password = self.broker.server_user, self.broker.server_password
        return Endpoint(host=_reachable(settings.mqtt_host), port=port, user=user, password=password)

    async def _connected(self, link: AiomqttLink | EmbeddedLink) -> None:
        try:
            async with asyncio.timeout(CONNECT_S):
                await link.connected()
        except TimeoutError as exc:
            raise Unavailable("mqtt.no_answer", port=self._server.mqtt_port) from exc

    def _describe(self, error: DomainError, language: str) -> str:
        return self._server.locales.text(f"error.{error.code}", language, **error.fields)

    def _as_device(self, handler: DeviceRequest) -> RequestHandler:
        """Let the handler see who asks, and where that device stands."""

        async def answer(device: str, request_id: str, args: dict[str, Any]) -> object:
            actor = device_actor(device, self._server.device_gate.windows(device))
            return await handler(actor, request_id, args)

        return answer


def _own_context(settings: Settings) -> ssl.SSLContext | None:
    """What the embedded broker speaks TLS with; None where it does not.

    Raises:
        Invalid: ``settings.tls``: half of it is missing, or a file cannot be used.
    """
    certificate, key = settings.mqtt_tls_certificate, settings.mqtt_tls_key
    if certificate and key:
        return server_context(Path(certificate), Path(key))
    if certificate or key or settings.mqtt_tls_only:
        raise Invalid("settings.tls", reason="mqtt_tls_certificate and mqtt_tls_key are both needed")
    return None


def _reachable(host: str) -> str:
    """Where to reach what listens on an address: "all of them" is none to connect to."""
    return _EVERY_ADDRESS.get(host, host)


def hall_id(server: Server) -> str:
    """The hall's id in topics: its own, where it can stand there, else the one of the settings."""
    hall = server.directory.hall
    return hall.id if hall and is_id(hall.id) else server.settings.hall
