"""Requests of devices: each is handed to its one handler, and answered in the shape HTTP uses."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from hall_server.errors import DomainError, NotFound, TooMany, Unavailable
from hall_server.mqtt.topics import Failure, Reply, Request

_LOG = logging.getLogger(__name__)
UNDER_WAY_PER_DEVICE = 16
UNDER_WAY = 1_000

RequestHandler = Callable[[str, str, dict[str, Any]], Awaitable[object]]
"""handler(device id, request id = command id, args): the result, or bytes that are already JSON."""
Describe = Callable[[DomainError, str], str]
"""describe(error, language): the wording of an error."""


class Requests:
    """What devices have asked for and what is under way.

    The first reply to an id is kept by the journal, for good: a request that comes again after its reply runs into it
    there. Here only one that comes again while it is still under way is held back.
    """

    def __init__(self, *, describe: Describe, reply: Callable[[str, Reply], None], language: str) -> None:
        """Args: describe words an error; reply(device, reply) publishes; language of the wording, such as zh-CN."""
        self._describe = describe
        self._reply = reply
        self._language = language
        self._handlers: dict[str, RequestHandler] = {}
        self._under_way: dict[str, dict[str, asyncio.Task[None]]] = {}
        self._count = 0

    def handle(self, do: str, handler: RequestHandler) -> None:
        """Gives a verb its one handler.

        Raises:
            ValueError: it has one.
        """
        if do in self._handlers:
            raise ValueError(f"{do} has a handler")
        self._handlers[do] = handler

    def request(self, device: str, request: Request) -> None:
        """Begins a request; its reply is published when it is there."""
        mine = self._under_way.setdefault(device, {})
        if request.id in mine:
            return
        if len(mine) >= UNDER_WAY_PER_DEVICE or self._count >= UNDER_WAY:
            self.refuse(device, request.id, TooMany("device.too_many_requests", limit=UNDER_WAY_PER_DEVICE))
            return
        self._count += 1
        task = asyncio.create_task(self._answer(device, request), name=f"mqtt {device} {request.do}")
        mine[request.id] = task
        task.add_done_callback(lambda _: self._finished(device, request.id))

    def refuse(self, device: str, request_id: str | None, error: DomainError) -> None:
        """Answers with an error."""
        failure = Failure(
            code=error.code,
            message=self._describe(error, self._language),
            fields={name: _plain(value) for name, value in error.fields.items()},
        )
        self._reply(device, Reply(id=request_id, ok=False, error=failure))

    async def stop(self) -> None:
        """Ends what is under way, unanswered: the device asks again."""
        tasks = [task for mine in self._under_way.values() for task in mine.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(self, device: str, request: Request) -> None:
        handler = self._handlers.get(request.do)
        try:
            if handler is None:
                raise NotFound("request.unknown", do=request.do)
            result = await handler(device, request.id, request.args)
            self._reply(device, Reply(id=request.id, ok=True, result=_plain_result(result)))
        except DomainError as error:
            self.refuse(device, request.id, error)
        except Exception:  # noqa: BLE001 - top of the request's task: the device is answered whatever happened
            _LOG.exception("%s asked for %s", device, request.do, extra={"action": "mqtt.request"})
            self.refuse(device, request.id, Unavailable("server.failed"))

    def _finished(self, device: str, request_id: str) -> None:
        self._count -= 1
        mine = self._under_way[device]
        del mine[request_id]
        if not mine:
            del self._under_way[device]


def _plain_result(result: object) -> object:
    if isinstance(result, msgspec.Raw):
        return result
    return msgspec.Raw(result) if isinstance(result, bytes) else msgspec.to_builtins(result)


def _plain(value: object) -> object:
    try:
        return msgspec.to_builtins(value)
    except TypeError:
        return str(value)
