"""Pairing over HTTP: a device asks and waits, a manager sees it and lets it in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from devices import messages as m
from devices.browser_pages import page_of
from devices.model import Device, DeviceKind
from devices.pairing import LetIn, Pairings, Waiting
from devices.presence import DeviceBoard, DeviceShown
from devices.registry import DeviceRegistry
from hall_server.errors import NotFound, Unauthenticated
from hall_server.mqtt.credentials import credential
from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import MANAGER, PUBLIC, Limit, Route, Verb, api

SECRET_HEADER = "X-Pairing-Secret"  # noqa: S105  # the name of a header
ASKING = Limit("pairing", per_s=0.1, burst=20)
"""A machine with many devices behind it asks for all of them at once."""
LOOKING = Limit("pairing-look", per_s=20, burst=100)

ToldText = Annotated[str, Meta(max_length=120)]


class PairingWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /api/v1/pairing`."""

    kind: DeviceKind
    model: ToldText | None = None
    firmware: ToldText | None = None


class PairingAsked(msgspec.Struct, frozen=True, kw_only=True):
    """Its answer: show ``code``, keep ``secret``, ask ``GET /api/v1/pairing/{id}`` every two seconds."""

    id: str
    code: str
    secret: str
    until: datetime


class PairingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """All None until somebody has accepted; then, once, who the device is and its credential.

    Attributes:
        page: for a browser: the page that shows what this device is for; None: it has none.
    """

    device: str | None = None
    credential: str | None = None
    hall: str | None = None
    page: str | None = None


class PairingList(msgspec.Struct, frozen=True, kw_only=True):
    """Who waits; ``wrong_codes`` were typed since the server's start."""

    items: list[Waiting]
    wrong_codes: int


class PairingAccepted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /api/v1/pairing/accept`: the code as the device shows it, its name and place, or whom it replaces."""

    code: Annotated[str, Meta(min_length=1, max_length=20)]
    id: m.DeviceId | None = None
    name: m.DeviceName = ""
    zone: m.PlaceId | None = None
    window: m.PlaceId | None = None
    replaces: str | None = None


class PairingHandler(ApiHandler):
    """What the handlers of pairing share."""

    pairings: Pairings
    registry: DeviceRegistry
    board: DeviceBoard


class AskHandler(PairingHandler):
    """The beginning, and the list of those who wait."""

    async def get(self) -> None:
        """Answer with who waits."""
        self.answer(PairingList(items=self.pairings.waiting(), wrong_codes=self.pairings.wrong_codes))

    async def post(self) -> None:
        """Give a device a code to show."""
        wanted = self.read(PairingWanted)
        shown, secret = self.pairings.ask(
            wanted.kind, model=wanted.model or "", firmware=wanted.firmware or "", who=self.origin
        )
        self.set_header("Cache-Control", "no-store")
        self.answer(PairingAsked(id=shown.id, code=shown.code, secret=secret, until=shown.until))


class LookHandler(PairingHandler):
    """What became of one."""

    async def get(self, pairing: str) -> None:
        """Answer the device, with its credential once."""
        secret = self.request.headers.get(SECRET_HEADER)
        if not secret:
            raise Unauthenticated("pairing.no_secret")
        let_in = self.pairings.collect(pairing, secret[:200])
        self.set_header("Cache-Control", "no-store")
        if let_in is None:
            self.answer(PairingAnswer())
            return
        device = self.registry.active(let_in.device)
        if device is None or not is_still_its_own(device, let_in.generation):
            raise NotFound("pairing.unknown")
        self.answer(self._credential(device))

    async def delete(self, pairing: str) -> None:
        """Turn it away."""
        self.pairings.turn_away(pairing)
        self.answer_nothing()

    def _credential(self, device: Device) -> PairingAnswer:
        hall = self.server.directory.hall
        return PairingAnswer(
            device=device.id,
            credential=credential(self.server.keys.device, device.id, device.generation),
            hall=hall.id if hall else None,
            page=page_of(device),
        )


class AcceptHandler(PairingHandler):
    """The letting in."""

    async def post(self) -> None:
        """Let the device in that shows this code."""
        given = self.read(PairingAccepted)
        found, asked_as = self.pairings.find(given.code, who=str(self.actor)), (str(self.actor), self.command_id)
        with self.pairings.deciding(found.id, asked_as):
            reply = await self.server.execute(_command(given, found), actor=self.actor, command_id=self.command_id)
            device = msgspec.json.decode(reply, type=Device)
            self.pairings.accepted(found.id, LetIn(device=device.id, generation=device.generation, asked_as=asked_as))
        shown = self.registry.active(device.id)
        if shown is None:
            raise NotFound("device.not_registered", device=device.id)
        self.answer(self.board.one(shown))


def is_still_its_own(device: Device, generation: int) -> bool:
    """Whether the credential that one was let in with is still the device's; a later one belongs to somebody else."""
    return device.generation == generation


def _command(given: PairingAccepted, found: Waiting) -> m.PairDevice:
    return m.PairDevice(
        kind=found.kind,
        id=given.id,
        name=given.name,
        zone=given.zone,
        window=given.window,
        replaces=given.replaces,
        model=found.model,
        firmware=found.firmware,
    )


def routes(pairings: Pairings, registry: DeviceRegistry, board: DeviceBoard) -> list[Route]:
    """All routes of pairing."""
    made = [
        api(
            "/api/v1/pairing",
            AskHandler,
            get=Verb(access=MANAGER, summary="Devices that wait to be let in", reply=PairingList),
            post=Verb(
                access=PUBLIC,
                summary="Ask to be let in, and get a code to show",
                request=PairingWanted,
                reply=PairingAsked,
                status=201,
                limit=ASKING,
            ),
        ),
        api(
            "/api/v1/pairing/accept",
            AcceptHandler,
            post=Verb(
                access=MANAGER,
                summary="Let the device in that shows a code",
                request=PairingAccepted,
                reply=DeviceShown,
                status=201,
            ),
        ),
        api(
            "/api/v1/pairing/{pairing}",
            LookHandler,
            get=Verb(
                access=PUBLIC,
                summary=f"Whether a device was let in, and once its credential (header {SECRET_HEADER})",
                reply=PairingAnswer,
                limit=LOOKING,
            ),
            delete=Verb(access=MANAGER, summary="Turn a waiting device away", status=204),
        ),
    ]
    options = {"pairings": pairings, "registry": registry, "board": board}
    return [Route(route.path, route.handler, route.verbs, options=options) for route in made]
