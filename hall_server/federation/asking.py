"""Questions that a hall puts to its city over the link that is there: answered at once or not at all, kept nowhere."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

import msgspec

from hall_server.errors import DomainError, NotFound, TooMany, Unavailable
from hall_server.federation import wire

log = logging.getLogger(__name__)

ANSWER_S = 4.0
"""So long somebody at a machine waits for an answer."""
AT_ONCE = 8
"""Questions of one hall that the city works on at the same time."""

Say = Callable[[wire.Frame], Awaitable[None]]
Answerer = Callable[[str, bytes], Awaitable[object]]
"""``(hall, body as JSON)`` → what is answered; a `DomainError` is told to the hall."""


class Questions:
    """The hall's end: those of one connection that are open."""

    def __init__(self, say: Say, kinds: tuple[str, ...]) -> None:
        """``kinds``: what the city answers; an older one answers nothing, and would not know the frame."""
        self._say = say
        self._kinds = kinds
        self._open: dict[int, asyncio.Future[bytes]] = {}
        self._last = 0

    async def ask(self, kind: str, body: bytes) -> bytes:
        """Ask, and wait for the answer.

        Raises:
            Unavailable: ``federation.unlinked``: the link broke, or the city does not answer such questions.
            DomainError: the city refuses.
        """
        if kind not in self._kinds:
            raise Unavailable("federation.unlinked")
        self._last += 1
        number, answer = self._last, asyncio.get_running_loop().create_future()
        self._open[number] = answer
        try:
            await self._say(wire.Ask(id=number, kind=kind, body=msgspec.Raw(body)))
            return bytes(await answer)
        finally:
            self._open.pop(number, None)

    def heard(self, frame: wire.Answer) -> None:
        """The city has answered; nobody may be waiting any more."""
        answer = self._open.get(frame.id)
        if answer is None or answer.done():
            return
        if frame.code:
            answer.set_exception(_refusal(frame))
        else:
            answer.set_result(bytes(frame.body))

    def end(self) -> None:
        """The link is over."""
        for answer in self._open.values():
            if not answer.done():
                answer.set_exception(Unavailable("federation.unlinked"))


class Answering:
    """The city's end of one link: works on questions beside the journal, which they never hold up."""

    def __init__(self, answerers: Mapping[str, Answerer], say: Say) -> None:
        self._answerers = answerers
        self._say = say
        self._tasks: set[asyncio.Task[None]] = set()

    async def heard(self, hall: str, frame: wire.Ask) -> None:
        """Begin to answer; over the limit it is refused at once."""
        if len(self._tasks) >= AT_ONCE:
            await self._say(wire.Answer(id=frame.id, code="rate.exceeded", fields={"retry_s": 1}))
            return
        task = asyncio.create_task(self._answer(hall, frame), name=f"answer for {hall}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def end(self) -> None:
        """The link is over."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(self, hall: str, frame: wire.Ask) -> None:
        try:
            found = await self._found(hall, frame)
            await self._say(found)
        except OSError:
            log.debug("%s had gone", hall, extra={"action": "federation.answer"})

    async def _found(self, hall: str, frame: wire.Ask) -> wire.Answer:
        answerer = self._answerers.get(frame.kind)
        try:
            if answerer is None:
                raise NotFound("federation.kind_unknown", kind=frame.kind)
            body = msgspec.json.encode(await answerer(hall, bytes(frame.body)))
            return wire.Answer(id=frame.id, body=msgspec.Raw(body))
        except DomainError as exc:
            fields = msgspec.json.decode(msgspec.json.encode(exc.fields, enc_hook=str))
            return wire.Answer(id=frame.id, code=exc.code, fields=fields)
        except Exception:  # the top of a question: one that fails must not end the link
            log.exception("a question of %s failed", hall, extra={"action": "federation.answer_failed"})
            return wire.Answer(id=frame.id, code="federation.answer_failed")


def _refusal(frame: wire.Answer) -> DomainError:
    if frame.code == "rate.exceeded":
        return TooMany("rate.exceeded", **frame.fields)
    return Unavailable("federation.answer_failed", reason=frame.code)
