"""Says the emergency in every zone, again each minute while it lasts, and once that it is over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Protocol

from hall_queue.notices import Notices
from hall_queue.notices.messages import EmergencyLifted, EmergencyRaised
from hall_queue.notices.model import Emergency
from hall_server.directory.directory import Directory
from hall_server.messages import Recorded

AGAIN_S = 60.0
TYPES = (EmergencyRaised.type, EmergencyLifted.type)
OVER = {"zh": "紧急状态已解除，恢复正常服务。", "en": "The emergency is over. Service goes on."}


class Teller(Protocol):
    """Whoever lets zones hear something."""

    def tell(self, zones: Iterable[str], texts: Mapping[str, str]) -> None:
        """Let it be heard as soon as each zone is silent."""
        ...


class EmergencyVoice:
    """Follows the emergency; a restart in its middle goes on saying it."""

    def __init__(
        self,
        notices: Notices,
        directory: Directory,
        teller: Teller,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """``sleep`` is a port so that tests need not wait."""
        self._notices = notices
        self._directory = directory
        self._teller = teller
        self._sleep = sleep
        self._task: asyncio.Task[None] | None = None

    def changed(self, recorded: Recorded) -> None:
        """Take a committed beginning or end."""
        if isinstance(recorded.event, EmergencyLifted):
            self._stop()
            self._tell(OVER)
        elif isinstance(recorded.event, EmergencyRaised):
            self._begin()

    async def start(self) -> None:
        """Say the emergency that a restart has found."""
        if self._notices.emergency is not None:
            self._begin()

    async def stop(self) -> None:
        """Fall silent."""
        self._stop()

    def _begin(self) -> None:
        self._stop()
        self._task = asyncio.create_task(self._repeat(), name="emergency voice")

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _repeat(self) -> None:
        while (emergency := self._notices.emergency) is not None:
            self._tell(texts_of(emergency))
            await self._sleep(AGAIN_S)

    def _tell(self, texts: Mapping[str, str]) -> None:
        self._teller.tell([zone.id for zone in self._directory.zones.values() if zone.active], texts)


def texts_of(emergency: Emergency) -> dict[str, str]:
    """What is said of it, by language; nothing in a language in which nothing was written."""
    said = {"zh": (emergency.zh, emergency.do_zh, "。"), "en": (emergency.en, emergency.do_en, ". ")}
    return {lang: _sentence(*parts) for lang, parts in said.items() if parts[0]}


def _sentence(what: str, shall: str, stop: str) -> str:
    return f"{what.rstrip('。.!！')}{stop}{shall}".strip()
