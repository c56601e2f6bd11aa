"""What hangs in the hall: the register of devices, their credentials and presence, MQTT, simulators."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from devices import identity, identity_pairs, kiosk_beside, printing, upkeep
from devices import messages as m
from devices.allowed import guarded
from devices.broker import MqttSide
from devices.demo import DemoDevice, demo_devices
from devices.mqtt import Greeting
from devices.outside_broker import OutsideFiles, broker_configuration, broker_tls
from devices.paper import PaperWatch
from devices.presence import DeviceBoard
from devices.registry import DeviceRegistry
from devices.service import DeviceService

if TYPE_CHECKING:
    from hall_server.bus import Listener
    from hall_server.messages import Recorded
    from hall_server.server import Server

__all__ = ["DemoDevice", "Room", "broker_configuration", "broker_tls", "demo_devices", "install"]


@dataclass(slots=True)
class Room:
    """The devices of one hall, as ``server.rooms["devices"]``."""

    registry: DeviceRegistry
    board: DeviceBoard
    mqtt: MqttSide
    paper: PaperWatch
    upkeep: upkeep.Upkeep = field(init=False)


def install(server: Server) -> None:
    """Install the register and MQTT; before the displays, so that they find the way to the broker at their start."""
    registry = DeviceRegistry()
    side = MqttSide(server)
    board = DeviceBoard(registry, lambda: server.router, side.denied)
    paper = PaperWatch(lambda: server.router, server.clock)
    room = server.rooms["devices"] = Room(registry, board, side, paper)
    server.types.add(*m.EVENTS)
    server.fold(registry)
    server.device_gate = registry
    service = DeviceService(registry, server.directory)
    server.handle(m.RegisterDevice, service.register)
    server.handle(m.ChangeDevice, service.change)
    server.handle(m.RotateCredential, service.rotate)
    server.handle(m.RevokeDevice, service.revoke)
    room.upkeep = upkeep.install(server, room, service)
    if queue := server.rooms.get("hall_queue"):
        queue.hall.ports.has_paper = paper.has_paper
    slips = printing.install(server, registry)
    pairs = identity_pairs.install(server, registry)
    readers = identity.install(server, pairs)
    server.route(*kiosk_beside.routes(kiosk_beside.KioskBeside(registry, pairs, readers, slips)))
    greeting = Greeting(server, registry)
    server.on_request("hello", greeting.hello)
    server.on_request("time", greeting.time)
    server.listen("credentials", _cut_off(server, side), (m.CredentialRotated.type, m.DeviceRevoked.type))
    changes = (m.DeviceRegistered.type, m.CredentialRotated.type, m.DeviceRevoked.type)
    files = OutsideFiles(server, side)
    server.listen("mosquitto's files", files.changed, changes)
    server.on_stop("mosquitto's files", files.stop)
    server.locales.add(Path(__file__).parent / "locales")

    async def start() -> None:
        server.requests.update({do: guarded(do, handler, registry) for do, handler in server.requests.items()})
        await side.start()
        files.start()
        paper.start()
        await room.upkeep.start(server)
        readers.start()
        if slips is not None:
            slips.start()

    server.on_start("mqtt", start)
    server.on_stop("mqtt", side.stop)
    server.on_stop("device pages", room.upkeep.stop)


def _cut_off(server: Server, side: MqttSide) -> Listener:
    def ended(recorded: Recorded) -> None:
        """End the connections of a credential that has ended; who is shut out leaves nothing at the broker."""
        event = recorded.event
        if isinstance(event, m.DeviceRevoked) and server.router is not None:
            server.router.forget(event.device)
        if isinstance(event, m.DeviceEvent):
            side.kick(event.device)

    return ended
