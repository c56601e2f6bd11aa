"""Devices that are browsers: they say how they are and get their commands over HTTP instead of MQTT.

A page asks again and again, and each question is held until there is a command for it, `HELD_S` at most; a device has
one question at a time: the next one ends the one before, so that nothing piles up. A page that is closed, or whose
machine is off, asks no more; after `GRACE_S` it is gone, as if its last will had been said.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from devices.browser_pages import BROWSER_KINDS, page_of
from devices.model import Device, DeviceKind
from devices.registry import DeviceRegistry
from hall_server.errors import Forbidden, NotFound, Refused, TooMany, Unavailable
from hall_server.mqtt.topics import Command, Report, State, Status
from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import DEVICE, Route, Verb, api

if TYPE_CHECKING:
    from hall_server.mqtt.router import DeviceRouter

HELD_S = 8.0
GRACE_S = 1.5
"""Between two questions of a page; who is away for longer is offline."""
MOST_REPORTS = 50


class PageWord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /api/v1/device/link`: what a page says of itself.

    Attributes:
        state: as ``up/state``. reports: as ``up/report``. under_way: ids of commands it has and has not reported.
        page: names this opening of the page; a newer one takes the device over.
    """

    state: State
    page: Annotated[str, Meta(max_length=80)]
    reports: list[Report] = []
    under_way: list[str] = []


class PageOrders(msgspec.Struct, frozen=True, kw_only=True):
    """Its answer: who the page is, where it belongs, and what to do.

    Attributes:
        opens: the path of the page for this device at its place; None: none.
    """

    device: str
    kind: DeviceKind
    name: str
    opens: str | None
    commands: list[Command]


class PageReports(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /api/v1/device/reports`: what a page did, without waiting for the question that is held."""

    reports: list[Report]


class _Held(msgspec.Struct, kw_only=True):
    """A page of a device.

    Attributes:
        question: the one that is held; the others of this page have ended. is_due: to be answered now.
    """

    page: str
    news: asyncio.Event
    question: object = None
    is_due: bool = False
    leaving: asyncio.TimerHandle | None = None


class PageLink:
    """Keeps the pages that are open, one for each device."""

    def __init__(self, registry: DeviceRegistry, router: Callable[[], DeviceRouter | None]) -> None:
        self._registry = registry
        self._router = router
        self._held: dict[str, _Held] = {}

    def start(self) -> None:
        """Listen to new commands."""
        if (router := self._router()) is not None:
            router.on_command_begin(self._told)

    def stop(self) -> None:
        """Let go of everyone."""
        for held in self._held.values():
            held.news.set()
            if held.leaving is not None:
                held.leaving.cancel()
        self._held.clear()

    async def talk(self, device_id: str, word: PageWord, question: object) -> PageOrders:
        """Take what a page says, and answer as soon as there is something to do.

        Args:
            device_id: who asks.
            word: what it says.
            question: stands for this question, until it has `left`.

        Raises:
            Forbidden: ``device.may_not``: this kind is no browser.
            NotFound: ``device.not_registered``. Refused: ``device.other_page``: it is open elsewhere.
            TooMany: it says too much. Unavailable: the hall has no way to its devices now.
        """
        device, router = self._device(device_id), self._router()
        if router is None:
            raise Unavailable("mqtt.no_answer")
        held = self._hold(device_id, word.page, question)
        router.took(device_id, word.state)
        for report in word.reports[:MOST_REPORTS]:
            router.took(device_id, report)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HELD_S):
                while not (held.is_due or held.question is not question or self._fresh(router, device_id, word)):
                    held.news.clear()
                    await held.news.wait()
        if self._held.get(device_id) is not held:
            raise Refused("device.other_page", device=device_id)
        device = self._device(device_id)
        is_to_ask_again = held.is_due or held.question is not question  # perhaps no longer with this credential
        return PageOrders(
            device=device.id,
            kind=device.kind,
            name=device.name,
            opens=page_of(device),
            commands=[] if is_to_ask_again else self._fresh(router, device_id, word),
        )

    def report(self, device_id: str, reports: list[Report]) -> None:
        """Take what a page did.

        Raises:
            Forbidden, NotFound, TooMany, Unavailable: as `talk`.
        """
        self._device(device_id)
        router = self._router()
        if router is None:
            raise Unavailable("mqtt.no_answer")
        for report in reports[:MOST_REPORTS]:
            router.took(device_id, report)

    def left(self, device_id: str, question: object) -> None:
        """A question has ended: without another one the device is gone."""
        held = self._held.get(device_id)
        if held is None or held.question is not question:
            return
        if held.leaving is not None:
            held.leaving.cancel()
        held.leaving = asyncio.get_running_loop().call_later(GRACE_S, self._gone, device_id, held)

    def wake(self, device_id: str) -> None:
        """Its place or credential has changed: answer its page now, so that it asks again as who it is."""
        if (held := self._held.get(device_id)) is not None:
            held.is_due = True
            held.news.set()

    # -- inside

    def _device(self, device_id: str) -> Device:
        device = self._registry.active(device_id)
        if device is None:
            raise NotFound("device.not_registered", device=device_id)
        if device.kind not in BROWSER_KINDS:
            raise Forbidden("device.may_not", do="link", kind=device.kind)
        return device

    def _hold(self, device_id: str, page: str, question: object) -> _Held:
        held = self._held.get(device_id)
        if held is not None:
            held.news.set()  # whatever was asked before is answered now
            if held.leaving is not None:
                held.leaving.cancel()
                held.leaving = None
        if held is None or held.page != page:
            held = self._held[device_id] = _Held(page=page, news=asyncio.Event())
        held.question, held.is_due = question, False
        return held

    def _fresh(self, router: DeviceRouter, device_id: str, word: PageWord) -> list[Command]:
        return [command for command in router.open_commands(device_id) if command.id not in word.under_way]

    def _told(self, device_id: str) -> None:
        if (held := self._held.get(device_id)) is not None:
            held.news.set()

    def _gone(self, device_id: str, held: _Held) -> None:
        if self._held.get(device_id) is not held:
            return
        del self._held[device_id]
        router = self._router()
        if router is not None and self._registry.active(device_id) is not None:
            with contextlib.suppress(TooMany):  # one that said too much falls silent now, and is found by that
                router.took(device_id, State(status=Status.OFFLINE))


class LinkHandler(ApiHandler):
    """A page's question."""

    link: PageLink
    _has_gone = False

    async def post(self) -> None:
        """Answer when there is something to do, or after a while."""
        word = self.read(PageWord)
        try:
            orders = await self.link.talk(self.actor.id, word, self)
        finally:
            self.link.left(self.actor.id, self)
        if not self._has_gone:
            self.answer(orders)

    def on_connection_close(self) -> None:
        """The page has gone in the middle of its question."""
        super().on_connection_close()
        self._has_gone = True
        self.link.left(self.actor.id, self)


class ReportsHandler(ApiHandler):
    """What a page did."""

    link: PageLink

    async def post(self) -> None:
        """Take it."""
        self.link.report(self.actor.id, self.read(PageReports).reports)
        self.answer_nothing()


def routes(link: PageLink) -> list[Route]:
    """The routes of pages that are devices."""
    reports = api(
        "/api/v1/device/reports",
        ReportsHandler,
        post=Verb(access=DEVICE, summary="What a device that is a browser did", request=PageReports, status=204),
    )
    made = api(
        "/api/v1/device/link",
        LinkHandler,
        post=Verb(
            access=DEVICE,
            summary="A device that is a browser says how it is and is told what to do",
            request=PageWord,
            reply=PageOrders,
        ),
    )
    return [Route(one.path, one.handler, one.verbs, options={"link": link}) for one in (made, reports)]
