"""Loudspeaker (音箱): plays what the hall has rendered, in the order in which it came, each once, never two at once.

A sound is fetched while the one before it plays. It is not begun after its ``until``, or, where the hall names none,
half a minute after it came. What was said before the agent was started again is not known any more; the hall sends a
command again only until it is reported.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urljoin, urlsplit

import msgspec
from msgspec import Meta
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from devices.gateway.drivers import Surroundings
from devices.gateway.ports import HallSide
from devices.gateway.protocols.players import NoSound, Player, at_volume, chime, player
from devices.model import DeviceKind
from hall_server.mqtt.simulated import NotDone, RequestRefused
from hall_server.mqtt.topics import Status

KIND = DeviceKind.SPEAKER
SPOKEN_WITHIN_S = 30.0
"""Domain page, displays and voice: what is older is dropped."""
MOST_BYTES = 20 * 1024 * 1024
_REMEMBERED = 500


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The speaker's own lines in gateway.toml; its address is ``aplay``, ``aplay:DEVICE``, ``paplay``, ``paplay:SINK``,
    ``command:…`` (which gets WAV on its standard input) or ``file:FOLDER``.

    Attributes:
        volume: of the hall's own volume, 0 to 1; for a loudspeaker that is too loud.
        fetch_s: so long the hall may take to give a sound.
        probe_s: between two tries of a sound card that is not there.
    """

    volume: Annotated[float, Meta(ge=0, le=1)] = 1.0
    fetch_s: Annotated[float, Meta(gt=0)] = 5.0
    probe_s: Annotated[float, Meta(gt=0)] = 15.0


class Speaker:
    """One loudspeaker (the Driver port)."""

    def __init__(self, sounds: Player, options: Options, around: Surroundings) -> None:
        """Plays nothing yet."""
        self._player, self._options, self._clock = sounds, options, around.clock
        self._web, self._ca = around.web, around.ca
        self._skew_s = 0.0  # of this machine's clock, as seen from the hall
        self._turn = asyncio.Lock()  # those who wait for it get it in the order in which they came
        self._said: OrderedDict[str, asyncio.Future[bool]] = OrderedDict()
        self._fault: str | None = None
        self._hall: HallSide | None = None
        self._has_spoken = False  # of its state
        self._is_broken = asyncio.Event()

    async def run(self, hall: HallSide) -> None:
        """Say how the sound card is, until cancelled; sounds come as commands."""
        self._hall = hall
        await self._try()
        greeting = asyncio.create_task(self._greet(hall), name=f"hello of {hall.device_id}")
        try:
            while True:
                await self._is_broken.wait()
                await asyncio.sleep(self._options.probe_s)
                async with self._turn:
                    await self._try()
        finally:
            greeting.cancel()
            await asyncio.gather(greeting, return_exceptions=True)

    async def on_command(self, do: str, args: dict[str, Any]) -> dict[str, Any] | None:
        """``speak`` an announcement, in its turn; ``test``: play three notes.

        Raises:
            NotDone: ``too_late``, ``no_audio`` (a speaker has no voice of its own), ``no_web``, ``not_fetched``, why
                the player failed, or it is something else.
        """
        match do:
            case "speak":
                return await self._once(_Wanted.of(args))
            case "test":
                async with self._turn:
                    await self._try(chime())
                if self._fault:
                    raise NotDone(self._fault)
                return None
            case _:
                raise NotDone("unknown_command")

    def on_show(self, picture: Any) -> None:
        """A speaker shows nothing."""

    # -- inside

    async def _once(self, wanted: _Wanted) -> dict[str, Any]:
        """Say an announcement that was not said yet; one that comes again waits for the first."""
        while known := self._said.get(wanted.announcement):
            if await asyncio.shield(known):
                return {"announcement": wanted.announcement, "again": True}
        done = self._said[wanted.announcement] = asyncio.get_running_loop().create_future()
        if len(self._said) > _REMEMBERED:
            self._said.popitem(last=False)
        begun = self._clock.monotonic()
        try:
            await self._speak(wanted, self._deadline(wanted))
        except BaseException:
            self._said.pop(wanted.announcement, None)  # it was not heard: it may come again
            done.set_result(False)
            raise
        done.set_result(True)
        return {"announcement": wanted.announcement, "took_s": round(self._clock.monotonic() - begun, 3)}

    async def _speak(self, wanted: _Wanted, deadline: float) -> None:
        fetching = asyncio.create_task(self._fetched(wanted), name=f"sound {wanted.announcement}")
        try:
            async with self._turn:
                sound = await fetching
                if self._clock.monotonic() >= deadline:
                    raise NotDone("too_late")
                await self._play(at_volume(sound, wanted.volume * self._options.volume))
        except NoSound as exc:
            raise NotDone(exc.code) from exc
        finally:
            fetching.cancel()
            await asyncio.gather(fetching, return_exceptions=True)

    async def _play(self, sound: bytes) -> None:
        try:
            await self._player.play(sound)
        except NoSound as exc:
            self._say(exc.code)
            raise
        self._say(None)

    async def _try(self, sound: bytes | None = None) -> None:
        """Play a sound, or none that anybody hears, and say how that went."""
        try:
            await (self._player.play(sound) if sound else self._player.probe())
        except NoSound as exc:
            self._say(exc.code)
        else:
            self._say(None)

    def _say(self, fault: str | None) -> None:
        if fault is None:
            self._is_broken.clear()
        else:
            self._is_broken.set()
        if self._hall is not None and (fault != self._fault or not self._has_spoken):
            self._hall.say_state(Status.FAULT if fault else Status.ONLINE, {"reason": fault} if fault else {})
            self._has_spoken = True
        self._fault = fault

    async def _greet(self, hall: HallSide) -> None:
        """Learn where sounds are fetched and how this machine's clock goes."""
        while True:
            with contextlib.suppress(TimeoutError, RequestRefused):
                hello = await hall.request("hello")
                self._web = self._web or hello.get("web")
                self._skew_s = (datetime.fromisoformat(hello["now"]) - self._clock.now()).total_seconds()
                if self._web is None:
                    hall.say_state(Status.FAULT, {"reason": "no_web"})
                return
            await asyncio.sleep(self._options.probe_s)

    def _deadline(self, wanted: _Wanted) -> float:
        """Until when it may be begun, by this machine's monotonic clock."""
        now = self._clock.monotonic()
        if wanted.until is None:
            return now + SPOKEN_WITHIN_S
        left_s = (wanted.until - self._clock.now()).total_seconds() - self._skew_s
        return now + min(left_s, SPOKEN_WITHIN_S)

    async def _fetched(self, wanted: _Wanted) -> bytes:
        """The sound.

        Raises:
            NotDone: ``no_audio``, ``no_web``, ``foreign_web``, ``not_fetched``.
        """
        address = self._address(wanted.audio)
        ca = str(self._ca) if isinstance(self._ca, Path) else None
        request = HTTPRequest(address, request_timeout=self._options.fetch_s, ca_certs=ca, follow_redirects=False)
        client = AsyncHTTPClient(force_instance=True, max_body_size=MOST_BYTES)
        try:
            return (await client.fetch(request)).body
        except (OSError, ValueError) as exc:
            raise NotDone("not_fetched") from exc
        except Exception as exc:  # Tornado's HTTPClientError has no narrower root
            raise NotDone("not_fetched") from exc
        finally:
            client.close()

    def _address(self, audio: str | None) -> str:
        if not audio:
            raise NotDone("no_audio")
        if not self._web:
            raise NotDone("no_web")
        address = urljoin(self._web, audio)
        if urlsplit(address)[:2] != urlsplit(self._web)[:2]:
            raise NotDone("foreign_web")  # the hall sends nobody elsewhere
        return address


class _Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of ``speak`` that a speaker needs."""

    announcement: Annotated[str, Meta(min_length=1, max_length=80)]
    audio: str | None = None
    volume: float = 1.0
    until: datetime | None = None

    @staticmethod
    def of(args: dict[str, Any]) -> _Wanted:
        """Read them.

        Raises:
            NotDone: ``bad_arguments``.
        """
        try:
            return msgspec.convert(args, _Wanted)
        except msgspec.ValidationError as exc:
            raise NotDone("bad_arguments") from exc


def made(address: str, options: Options, around: Surroundings) -> Speaker:
    """A driver for the agent."""
    return Speaker(player(address), options, around)


def check(address: str, options: Options) -> None:
    """Refuse an address that names no player.

    Raises:
        ValueError: it says why.
    """
    player(address)
