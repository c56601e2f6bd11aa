"""The emergency is said in every zone, each minute anew, before the calls that wait, and no longer than it lasts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from displays.emergency_voice import OVER, EmergencyVoice, texts_of
from displays.voice import Announcement, ZoneQueue
from hall_queue.notices import Notices
from hall_queue.notices import messages as n
from hall_queue.notices.model import DEFAULTS, EmergencyKind
from hall_server.directory.directory import Directory
from hall_server.directory.model import Zone
from hall_server.messages import Event, Recorded

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


class Heard:
    """Whoever would speak."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    def tell(self, zones: Iterable[str], texts: Mapping[str, str]) -> None:
        self.said += [(zone, texts["zh"]) for zone in zones]


class Minutes:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self._over: list[asyncio.Future[None]] = []

    async def sleep(self, _: float) -> None:
        self._over.append(asyncio.get_running_loop().create_future())
        await self._over[-1]

    async def pass_(self) -> None:
        for waiting in self._over:
            if not waiting.done():
                waiting.set_result(None)
        await settle()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def recorded(event: Event) -> Recorded:
    return Recorded(seq=1, at=NOW, business_day=NOW.date(), event=event, actor="staff:m01")


def raised() -> Recorded:
    usual = DEFAULTS[EmergencyKind.FIRE]
    words = {"zh": usual.zh, "en": usual.en, "do_zh": usual.do_zh, "do_en": usual.do_en}
    stops = {"stops_issuing": True, "stops_calling": True}
    return recorded(n.EmergencyRaised(emergency="e1", kind=EmergencyKind.FIRE, **words, **stops, reason="x"))


class Scene:
    """Two zones, one switched off, and a voice."""

    def __init__(self) -> None:
        directory = Directory()
        for id_, active in (("a", True), ("b", True), ("c", False)):
            directory.apply(Zone(id=id_, name=id_, active=active))
        self.notices, self.heard, self.minutes = Notices(), Heard(), Minutes()
        self.voice = EmergencyVoice(self.notices, directory, self.heard, sleep=self.minutes.sleep)

    async def happens(self, one: Recorded) -> None:
        self.notices.apply(one)
        self.voice.changed(one)
        await settle()


@pytest.mark.gen_test
async def test_said_once_per_zone_and_again_each_minute() -> None:
    scene = Scene()
    await scene.happens(raised())
    assert [zone for zone, _ in scene.heard.said] == ["a", "b"]
    await scene.minutes.pass_()
    assert [zone for zone, _ in scene.heard.said] == ["a", "b", "a", "b"]
    await scene.voice.stop()


@pytest.mark.gen_test
async def test_lifted_it_is_said_to_be_over_and_never_again() -> None:
    scene = Scene()
    await scene.happens(raised())
    scene.heard.said.clear()
    await scene.happens(recorded(n.EmergencyLifted(emergency="e1", reason="x")))
    await scene.minutes.pass_()
    assert scene.heard.said == [("a", OVER["zh"]), ("b", OVER["zh"])]


@pytest.mark.gen_test
async def test_a_restart_goes_on_saying_it() -> None:
    scene = Scene()
    scene.notices.apply(raised())
    await scene.voice.start()
    await settle()
    assert [zone for zone, _ in scene.heard.said] == ["a", "b"]
    await scene.voice.stop()


def test_what_nobody_wrote_in_english_is_not_said_in_english() -> None:
    scene = Scene()
    scene.notices.apply(raised())
    found = scene.notices.emergency
    assert found is not None
    assert texts_of(found)["zh"].startswith("大厅发生火情。请立即")
    assert set(texts_of(found)) == {"zh", "en"}


def announcement(id_: str, *, is_urgent: bool = False) -> Announcement:
    until = NOW + timedelta(seconds=30)
    return Announcement(id=id_, zone="a", texts={"zh": id_}, until=until, is_urgent=is_urgent)


def test_an_urgent_word_goes_before_the_calls_and_replaces_an_earlier_one() -> None:
    queue = ZoneQueue()
    for one in (announcement("call"), announcement("fire", is_urgent=True), announcement("over", is_urgent=True)):
        assert queue.offer(one, NOW)
    assert [one.id for one in queue.waiting("a")] == ["over", "call"]


def test_a_full_queue_drops_calls_and_never_the_urgent_word() -> None:
    queue = ZoneQueue()
    queue.offer(announcement("fire", is_urgent=True), NOW)
    for number in range(30):
        queue.offer(announcement(f"call{number}"), NOW)
    waiting = [one.id for one in queue.waiting("a")]
    assert (waiting[0], waiting[-1], len(waiting)) == ("fire", "call29", 20)
