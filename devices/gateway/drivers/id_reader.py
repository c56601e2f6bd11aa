"""Identity-card reader (身份证阅读器): hands the number of each card laid on it to the hall, once, and keeps nothing.

The hall is asked ``identity.read`` with the number alone; the name and the address go with it only where the reader
stands at a window that fills in forms (``tells_name``), the photo stays on the reader everywhere. If the hall cannot be
asked, the number is forgotten: the visitor lays the card on again. A card whose time is over is read as any other: its
number is still the visitor's, who may have come to renew it.
"""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from devices.gateway.drivers import Surroundings
from devices.gateway.ports import HallSide
from devices.gateway.protocols import id_card, sdt
from devices.gateway.protocols.errors import BadFrame, HardwareError, NoAnswer
from devices.gateway.protocols.lines import Line, check_address, open_line
from devices.model import DeviceKind
from hall_server.mqtt.simulated import NotDone, RequestRefused
from hall_server.mqtt.topics import Status

KIND = DeviceKind.ID_READER
GARBAGE_LIMIT = 5
"""So many wrong answers one after another are a fault of the reader, fewer a crackle on the line."""


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The reader's own lines in gateway.toml; its address is ``/dev/ttyUSB0``, ``COM3`` or ``tcp://host:port``.

    Attributes:
        baud: of the serial port; readers leave the works with 115,200.
        poll_s: between two looks for a card.
        reply_s: so long the reader may take; reading a card takes it about a second.
        hand_on_s: so long the hall may take.
        retry_s: before a reader that is away is looked for again.
        tells_name: hand the name and the address on too: for a reader at a window where forms are filled in.
    """

    baud: int = 115_200
    poll_s: float = 0.3
    reply_s: float = 3.0
    hand_on_s: float = 8.0
    retry_s: float = 3.0
    tells_name: bool = False


class IdReader:
    """One reader (the Driver port)."""

    def __init__(self, address: str, options: Options) -> None:
        """Opens nothing yet."""
        self._address = address
        self._options = options
        self._said: tuple[Status, dict[str, Any]] | None = None

    async def run(self, hall: HallSide) -> None:
        """Look for cards until cancelled."""
        while True:
            try:
                await self._serve(hall)
            except HardwareError as exc:
                self._say(hall, Status.FAULT, {"reason": exc.code})
            await asyncio.sleep(self._options.retry_s)

    async def on_command(self, do: str, args: dict[str, Any]) -> dict[str, Any] | None:
        """``test``: how the reader is, as last said.

        Raises:
            NotDone: anything else.
        """
        if do != "test":
            raise NotDone("unknown_command")
        status, detail = self._said or (Status.OFFLINE, {})
        return {"status": status.value, **detail}

    def on_show(self, picture: Any) -> None:
        """A reader shows nothing."""

    # -- inside

    async def _serve(self, hall: HallSide) -> None:
        line = await open_line(self._address, baud=self._options.baud)
        try:
            talk = _Talk(line, self._options.reply_s)
            await self._check(talk)
            while True:
                await self._look(hall, talk)
                await asyncio.sleep(self._options.poll_s)
        finally:
            await line.close()

    async def _check(self, talk: _Talk) -> None:
        """Refuse to go on with a reader that is there and cannot read.

        Raises:
            BadFrame: ``reader.not_authorised``, ``reader.broken``.
        """
        match (await talk.ask(sdt.STATUS)).sw3:
            case sdt.Sw3.OK:
                return
            case sdt.Sw3.NOT_AUTHORISED:
                raise BadFrame("reader.not_authorised")
            case _:
                raise BadFrame("reader.broken")

    async def _look(self, hall: HallSide, talk: _Talk) -> None:
        """One look; a card that was read is not read again before it was away."""
        found = (await talk.ask(sdt.FIND)).sw3 == sdt.Sw3.FOUND
        if not found:
            talk.has_read = False
            self._say(hall, Status.ONLINE, {"card": "none"})
            return
        if talk.has_read:
            return
        self._say(hall, Status.ONLINE, {"card": "reading"})
        talk.has_read = True
        try:
            card = await _read(talk)
        except BadFrame as exc:
            self._say(hall, Status.ONLINE, {"card": "wrong_kind" if exc.code == "card.kind" else "unreadable"})
            hall.report("card.unreadable", {"reason": exc.code})
            return
        await self._hand_on(hall, card)

    async def _hand_on(self, hall: HallSide, card: id_card.Card) -> None:
        more = {"name": card.name, "address": card.address} if self._options.tells_name else {}
        wish = {"id_number": card.number, **more}
        try:
            await hall.request("identity.read", wish, timeout_s=self._options.hand_on_s)
        except RequestRefused as exc:
            self._say(hall, Status.ONLINE, {"card": "refused"})
            hall.report("card.refused", {"reason": exc.code})
        except TimeoutError:
            self._say(hall, Status.ONLINE, {"card": "not_handed_on"})
        else:
            self._say(hall, Status.ONLINE, {"card": "read"})

    def _say(self, hall: HallSide, status: Status, detail: dict[str, Any]) -> None:
        if self._said != (status, detail):
            self._said = (status, detail)
            hall.say_state(status, detail)


class _Talk:
    """Question and answer with one reader."""

    def __init__(self, line: Line, reply_s: float) -> None:
        self._line, self._reply_s = line, reply_s
        self._frames = sdt.Frames()
        self._wrong = 0
        self.has_read = False

    async def ask(self, wish: sdt.Wish) -> sdt.Answer:
        """The answer to a command.

        Raises:
            LineLost: the line is gone. NoAnswer: the reader says nothing, or nothing that makes sense.
        """
        while True:
            self._frames.clear()
            await self._line.write(sdt.encode(wish))
            try:
                async with asyncio.timeout(self._reply_s):
                    answer = await self._answer()
            except TimeoutError as exc:
                self._wrong += 1
                if self._wrong >= GARBAGE_LIMIT or not self._frames.faults:
                    raise NoAnswer("the reader says nothing") from exc
                continue
            self._wrong = 0
            return answer

    async def _answer(self) -> sdt.Answer:
        while True:
            for body in self._frames.feed(await self._line.read()):
                try:
                    return sdt.answer(body)
                except BadFrame:
                    self._frames.faults += 1


async def _read(talk: _Talk) -> id_card.Card:
    """The card that was found.

    Raises:
        BadFrame: it cannot be read; ``card.sw_XX`` with the reader's own status where it said one.
        LineLost, NoAnswer: the reader is gone.
    """
    for wish in (sdt.SELECT, sdt.READ):
        answer = await talk.ask(wish)
        if answer.sw3 != sdt.Sw3.OK:
            raise BadFrame(f"card.sw_{answer.sw3:02x}")
    return id_card.parse(sdt.read_text(answer.data))


def made(address: str, options: Options, around: Surroundings) -> IdReader:
    """A driver for the agent."""
    return IdReader(address, options)


def check(address: str, options: Options) -> None:
    """Refuse an address that cannot be one.

    Raises:
        ValueError: it says why.
    """
    check_address(address)
