"""Has the hall let the devices of this machine in: shows a code for each and waits until somebody accepts it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import msgspec
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse

from devices.gateway.config import DeviceEntry
from devices.gateway.credentials import Pairing
from devices.gateway.one_device import FIRMWARE, Means
from hall_server.errors import Invalid, Refused

ASK_AGAIN_S = 2.0
ANSWER_S = 10.0
SECRET_HEADER = "X-Pairing-Secret"  # noqa: S105 - the name of a header

Say = Callable[[str], None]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to ``POST /api/v1/pairing``."""

    id: str
    code: str
    secret: str


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to ``GET /api/v1/pairing/{id}``, once; before somebody accepts both are None."""

    device: str | None = None
    credential: str | None = None


class Forgotten(Exception):
    """The hall knows a pairing no more."""


async def pair_all(means: Means, *, say: Say) -> None:
    """Pair every device that has no credential yet, all at the same time.

    Raises:
        Invalid: ``gateway.config``: the hall's web address is missing.
        Refused: ``gateway.pairing``: the hall turned a device down.
    """
    web = means.config.web
    if web is None:
        raise Invalid("gateway.config", field="hall.web", reason="missing; pairing goes over it")
    waiting = [one for one in means.config.devices if means.credentials.of(one.id) is None]
    if not waiting:
        say("every device is paired")
    tasks = [asyncio.create_task(_OnePairing(one, web, means, say).run(), name=f"pairing {one.id}") for one in waiting]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _OnePairing:
    """The pairing of one device; broken off and begun again, it goes on with the same code."""

    def __init__(self, entry: DeviceEntry, web: str, means: Means, say: Say) -> None:
        self._entry = entry
        self._means = means
        self._say = say
        self._web = web
        self._client = AsyncHTTPClient()
        self._ca = str(means.config.ca) if means.config.ca else None

    async def run(self) -> None:
        """Show a code until the hall gives a credential; a new code when the old one is over."""
        while (accepted := await self._shown()) is None:
            self._means.credentials.begun(self._entry.id, None)
        device, credential = accepted
        self._means.credentials.paired(self._entry.id, device, credential)
        self._say(f"{self._entry.id} paired as {device}")

    async def _shown(self) -> tuple[str, str] | None:
        """Show one code until it is accepted; None: the hall does not know it any more."""
        pairing = self._means.credentials.pairing(self._entry.id) or await self._begin()
        self._say(f"{self._entry.id} code={pairing.code}")
        try:
            while (accepted := await self._look(pairing)) is None:
                await self._means.pause(ASK_AGAIN_S)
        except Forgotten:
            return None
        return accepted

    async def _begin(self) -> Pairing:
        body = {"kind": self._entry.kind.kind, "model": self._entry.model, "firmware": FIRMWARE}
        while (answer := await self._asked("POST", "/api/v1/pairing", body=msgspec.json.encode(body))) is None:
            await self._means.pause(ASK_AGAIN_S)
        asked = msgspec.json.decode(answer.body, type=Asked)
        pairing = Pairing(id=asked.id, code=asked.code, secret=asked.secret)
        self._means.credentials.begun(self._entry.id, pairing)
        return pairing

    async def _look(self, pairing: Pairing) -> tuple[str, str] | None:
        answer = await self._asked("GET", f"/api/v1/pairing/{pairing.id}", headers={SECRET_HEADER: pairing.secret})
        if answer is None or not answer.body:
            return None
        accepted = msgspec.json.decode(answer.body, type=Accepted)
        if accepted.device is None or accepted.credential is None:
            return None
        return accepted.device, accepted.credential

    async def _asked(self, method: str, path: str, **more: Any) -> HTTPResponse | None:
        """The hall's answer; None where it is away or busy and shall be asked again.

        Raises:
            Forgotten: it knows no such pairing, since a code holds ten minutes or it was restarted.
            Refused: it said no.
        """
        headers = {"Content-Type": "application/json", **more.pop("headers", {})}
        request = HTTPRequest(
            self._web + path, method=method, headers=headers, request_timeout=ANSWER_S, ca_certs=self._ca, **more
        )
        try:
            return await self._client.fetch(request)
        except HTTPClientError as exc:
            if exc.code >= HTTPStatus.INTERNAL_SERVER_ERROR or exc.code == HTTPStatus.TOO_MANY_REQUESTS:
                return None  # 599: no answer in time
            if exc.code in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE) and method == "GET":
                raise Forgotten from exc
            raise Refused("gateway.pairing", device=self._entry.id, reason=_code_of(exc)) from exc
        except (OSError, ssl.SSLError) as exc:
            self._say(f"{self._entry.id}: the hall does not answer: {exc}")
            return None


def _code_of(error: HTTPClientError) -> str:
    try:
        return str(msgspec.json.decode(error.response.body if error.response else b"")["error"]["code"])
    except (msgspec.DecodeError, KeyError, TypeError):
        return str(error.code)
