"""Installs what keeps devices in order: pairing, renewals, alarms, tests, browser devices and the device board."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from devices import messages as m
from devices import page_link, pairing_web, web
from devices.alarms import DeviceAlarms
from devices.board_view import TOPIC, DevicesView
from devices.missing import Missing
from devices.page_link import PageLink
from devices.pairing import Pairings
from devices.renewal import Renewer
from devices.trial import Trials
from hall_server.web.pages import file_route, page_routes
from hall_server.web.routes import SIGNED_IN

if TYPE_CHECKING:
    from devices import Room
    from devices.service import DeviceService
    from hall_server.messages import Recorded
    from hall_server.server import Server

PAGES = Path(__file__).parent / "pages"


@dataclass(slots=True)
class Upkeep:
    """The parts, as ``server.rooms["devices"].upkeep``."""

    pairings: Pairings
    renewer: Renewer
    alarms: DeviceAlarms
    trials: Trials
    pages: PageLink
    view: DevicesView
    missing: Missing

    async def start(self, server: Server) -> None:
        """Begin, after the way to the broker stands."""
        self.missing.start()
        self.alarms.start()
        self.trials.start()
        self.pages.start()
        self.renewer.start()
        assert server.router is not None  # noqa: S101 - the broker's side has started before
        server.router.on_presence(self.view.changed)
        server.spawn(self.view.run(server.live.refresh), "device board")

    async def stop(self) -> None:
        """Let the pages go."""
        self.pages.stop()


def install(server: Server, room: Room, service: DeviceService) -> Upkeep:
    """Install all of it; before the server starts."""
    registry = room.registry
    pairings = Pairings(clock=server.clock, ids=server.ids, changed=lambda: view.changed())
    alarms = DeviceAlarms(server, registry, changed=lambda: view.changed())
    trials = Trials(lambda: server.router, server.clock, changed=lambda: view.changed())
    pages = PageLink(registry, lambda: server.router)
    renewer = Renewer(server, registry)
    view = DevicesView(
        clock=server.clock,
        zone=ZoneInfo(server.settings.timezone),
        directory=server.directory,
        registry=registry,
        board=room.board,
        alarms=alarms,
        pairings=pairings,
        trials=trials,
        broker=server.settings.mqtt_broker,
        strangers=lambda: room.mqtt.denied().get("", {}),
    )
    server.handle(m.PairDevice, service.pair)
    server.handle(m.RenewCredential, service.renew)
    server.handle(m.EndRenewal, service.end_renewal)
    server.handle(m.NoteArrival, service.arrive)
    server.handle(m.AcknowledgeAlarm, alarms.acknowledge)
    server.handle(m.EndAlarm, alarms.end)
    server.fold(alarms.held)
    room.mqtt.on_refused(alarms.refusals.note)
    server.listen("renewals", renewer.begun, (m.RenewalBegun.type,))
    server.listen("device pages", lambda recorded: _woken(pages, alarms, recorded), _TOLD)
    server.view(TOPIC, view)
    server.route(*web.routes(registry, room.board, trials, alarms))
    server.route(*pairing_web.routes(pairings, registry, room.board), *page_link.routes(pages))
    server.route(
        *page_routes("devices", PAGES, {"/pair/{kind}": "pair.html", "/speaker/{zone}": "speaker.html"}),
        *page_routes("devices", PAGES, {"/manager/devices": "devices.html"}, access=SIGNED_IN),
        file_route("devices", PAGES),
    )
    return Upkeep(pairings, renewer, alarms, trials, pages, view, Missing(server, registry))


_TOLD = (m.DeviceChanged.type, m.CredentialRotated.type, m.DeviceRevoked.type)


def _woken(pages: PageLink, alarms: DeviceAlarms, recorded: Recorded) -> None:
    """A page learns at once that it was moved or shut out."""
    if isinstance(recorded.event, m.DeviceEvent):
        pages.wake(recorded.event.device)
        if isinstance(recorded.event, m.DeviceRevoked):
            alarms.refusals.forget(recorded.event.device)
