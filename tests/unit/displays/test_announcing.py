"""Calls become announcements: in order, one at a time, never late, with or without an engine."""

import asyncio
import itertools
import struct
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from displays.announcing import Announcing, Spoken
from displays.speech.book import VoiceBook
from displays.speech.rule_events import VoiceRulesSaved
from displays.speech.sentences import Speech
from displays.voice import Announcer, VoiceFailed
from hall_queue import messages as q
from hall_server.ids import RandomIds
from hall_server.messages import Recorded
from tests.fakes.hall import HandClock, opened, staff
from tests.fakes.visits import Visits

RATE = 8_000
LENGTH_S = 4.0
BUSINESS = ("w01", "w02", "w03", "w04")


class ToneEngine:
    """Speaks every text as a tone of a few seconds, or fails where it is told to."""

    def __init__(self) -> None:
        self.rendered: list[str] = []
        self.fails = False
        self.hangs = False

    def style(self, lang: str) -> str | None:
        return "tone"

    async def render(self, text: str, lang: str, path: Path) -> None:
        if self.hangs:
            await asyncio.Event().wait()
        if self.fails:
            raise VoiceFailed(reason="told to")
        self.rendered.append(text)
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(struct.pack("<h", 9_000) * int(RATE * LENGTH_S))

    async def close(self) -> None:
        pass


class Ear:
    """Hears what is spoken, and when."""

    def __init__(self, clock: HandClock) -> None:
        self.heard: list[tuple[float, Spoken]] = []
        self._clock = clock

    def __call__(self, spoken: Spoken) -> None:
        self.heard.append((self._clock.monotonic(), spoken))

    @property
    def numbers(self) -> list[str]:
        return [spoken.texts["zh"].split("号到")[0].removeprefix("请").strip() for _, spoken in self.heard]


class Hall(Visits):
    book: VoiceBook
    engine: ToneEngine
    ear: Ear
    announcing: Announcing
    time_flows: asyncio.Event

    def set(self, place: str = "hall", **values: object) -> None:
        """Rules of the voice, as if a manager had saved them."""
        after = {**self.book.changed.get(place, {}), **self.book.plan({place: values})[place]}
        event = VoiceRulesSaved(place=place, values=after)
        now = self.clock.now()
        self.book.apply(Recorded(seq=1, at=now, business_day=now.date(), event=event, actor="staff:m01"))

    async def called_at_once(self, count: int) -> None:
        """So many calls before the first of them is spoken to its end."""
        self.time_flows.clear()
        await self.open()
        for _ in range(count):
            await self.call()
            await self.do(q.StartService(window="w01"))
            await self.do(q.FinishService(window="w01"))
        self.time_flows.set()
        await self.announcing.idle()


@asynccontextmanager
async def speaking(data: Path, languages: tuple[str, ...] = ("zh",)) -> AsyncIterator[Hall]:
    clock = HandClock()

    async def sleep(span_s: float) -> None:
        await hall.time_flows.wait()
        clock.forward(seconds=span_s)
        await asyncio.sleep(0)

    async with opened(data, clock=clock, voice_languages=languages) as server:
        hall = Hall(server, clock)
        hall.book = VoiceBook(server.settings)
        hall.engine, hall.ear, hall.time_flows = ToneEngine(), Ear(clock), asyncio.Event()
        hall.time_flows.set()
        hall.set(chime=False)
        announcer = Announcer(hall.engine, data / "voice")
        hall.announcing = Announcing(
            hall=hall.room.hall,
            announcer=announcer,
            speech=Speech(hall.book, server.directory, ZoneInfo(server.settings.timezone)),
            clock=clock,
            ids=RandomIds(),
            outlets=(hall.ear,),
            sleep=sleep,
        )
        server.listen("voice", hall.announcing.called)
        try:
            yield hall
        finally:
            await hall.announcing.close()
            await announcer.close()


@pytest.mark.gen_test
async def test_calls_of_one_second_are_all_spoken_in_order_and_never_overlap(tmp_path: Path) -> None:
    async with speaking(tmp_path) as hall:
        for window, clerk in zip(BUSINESS, ("s01", "s02", "s03", "s04"), strict=True):
            await hall.open(window, clerk)
        for _ in BUSINESS:
            await hall.issue()
        for window in BUSINESS:
            hall.clock.forward(seconds=0.2)
            await hall.do(q.CallNext(window=window), staff("s" + window[1:], window))
        await hall.announcing.idle()
        assert hall.ear.numbers == ["A 零零一", "A 零零二", "A 零零三", "A 零零四"]
        starts = [at for at, _ in hall.ear.heard]
        assert all(later - earlier >= LENGTH_S for earlier, later in itertools.pairwise(starts))


@pytest.mark.gen_test
async def test_a_call_that_was_taken_back_before_its_turn_is_not_spoken(tmp_path: Path) -> None:
    async with speaking(tmp_path) as hall:
        hall.time_flows.clear()
        for window, clerk in (("w01", "s01"), ("w02", "s02")):
            await hall.open(window, clerk)
            await hall.issue()
        for window in ("w01", "w02"):
            await hall.do(q.CallNext(window=window), staff("s" + window[1:], window))
        await hall.do(q.UndoKey(window="w02"), staff("s02", "w02"))
        hall.time_flows.set()
        await hall.announcing.idle()
        assert hall.ear.numbers == ["A 零零一"]
        await hall.do(q.CallNext(window="w02"), staff("s02", "w02"))
        await hall.announcing.idle()
        assert hall.ear.numbers == ["A 零零一", "A 零零二"]


@pytest.mark.gen_test
async def test_five_calls_at_once_are_all_spoken(tmp_path: Path) -> None:
    async with speaking(tmp_path) as hall:
        await hall.called_at_once(5)
        assert hall.ear.numbers == ["A 零零一", "A 零零二", "A 零零三", "A 零零四", "A 零零五"]


@pytest.mark.gen_test
async def test_zones_speak_at_the_same_time(tmp_path: Path) -> None:
    async with speaking(tmp_path) as hall:
        await hall.open("w01", "s01")
        await hall.open("w10", "s10")
        await hall.call("business", "w01")
        await hall.call("tax", "w10")
        await hall.announcing.idle()
        assert {spoken.zone: at for at, spoken in hall.ear.heard} == {"z1": 0.0, "z3": 0.0}


@pytest.mark.gen_test
async def test_a_recall_is_spoken_anew_with_a_sound_rendered_once(tmp_path: Path) -> None:
    async with speaking(tmp_path) as hall:
        await hall.open()
        await hall.call()
        await hall.announcing.idle()
        hall.clock.forward(seconds=12)
        await hall.do(q.RecallTicket(window="w01"))
        await hall.announcing.idle()
        first, second = (spoken for _, spoken in hall.ear.heard)
        assert (first.audio, first.texts) == (second.audio, second.texts)
        assert first.id != second.id
        assert len(hall.engine.rendered) == 1


@pytest.mark.gen_test
async def test_what_waited_longer_than_thirty_seconds_is_not_spoken(tmp_path: Path) -> None:
    async with speaking(tmp_path) as hall:
        await hall.called_at_once(10)
        assert hall.ear.numbers[-1] == "A 零零七"  # the eighth would have begun after 30.8 s
        assert len(hall.ear.heard) == 7


@pytest.mark.gen_test
async def test_a_broken_engine_leaves_the_words_and_raises_an_alarm_until_it_works_again(tmp_path: Path) -> None:
    async with speaking(tmp_path) as hall:
        hall.engine.fails = True
        await hall.open()
        await hall.call()
        await hall.announcing.idle()
        [(_, spoken)] = hall.ear.heard
        assert (spoken.audio, spoken.texts["zh"]) == (None, "请 A 零零一 号到 一号窗口")
        assert hall.announcing.alarm is not None
        assert hall.announcing.alarm.code == "voice.failed"
        hall.engine.fails = False
        hall.clock.forward(seconds=15)
        await hall.do(q.RecallTicket(window="w01"))
        await hall.announcing.idle()
        assert hall.ear.heard[1][1].audio is not None
        assert hall.announcing.alarm is None


@pytest.mark.gen_test
async def test_each_language_has_its_words(tmp_path: Path) -> None:
    async with speaking(tmp_path, ("zh", "en")) as hall:
        await hall.open()
        await hall.call()
        await hall.announcing.idle()
        [(_, spoken)] = hall.ear.heard
        assert list(spoken.texts) == ["zh", "en"]
        assert spoken.texts["en"] == "Ticket A zero zero one, please go to window one"


@pytest.mark.gen_test
async def test_nothing_that_was_called_before_a_restart_is_spoken_after_it(tmp_path: Path) -> None:
    async with speaking(tmp_path) as hall:
        await hall.open()
        await hall.call()
    async with speaking(tmp_path) as hall:
        await hall.announcing.idle()
        assert hall.desk("w01").ticket is not None
        assert hall.ear.heard == []


@pytest.mark.gen_test
async def test_quiet_hours_are_obeyed_at_the_moment_of_speaking(tmp_path: Path) -> None:
    async with speaking(tmp_path) as hall:
        hall.set(quiet_hours=[{"begin": "09:00", "end": "09:01"}])  # the hall's clock stands at nine
        await hall.open()
        await hall.call()
        await hall.announcing.idle()
        assert hall.ear.heard == []
        hall.clock.forward(seconds=61)
        await hall.do(q.RecallTicket(window="w01"))
        await hall.announcing.idle()
        assert hall.ear.numbers == ["A 零零一"]


@pytest.mark.gen_test
async def test_a_call_that_waits_into_the_quiet_hours_is_shown_only(tmp_path: Path) -> None:
    async with speaking(tmp_path) as hall:
        hall.set(quiet_hours=[{"begin": "09:01", "end": "10:00"}])
        hall.clock.forward(seconds=50)
        await hall.called_at_once(5)
        assert hall.ear.numbers == ["A 零零一", "A 零零二", "A 零零三"]  # begun at 50.0, 54.4 and 58.8 s


@pytest.mark.gen_test
async def test_an_emergency_is_heard_in_quiet_hours_at_full_volume(tmp_path: Path) -> None:
    async with speaking(tmp_path) as hall:
        hall.set(quiet_hours=[{"begin": "00:00", "end": "24:00"}], volume=20)
        hall.announcing.tell(["z1", "z2"], {"zh": "火警。", "en": "Fire."})
        await hall.announcing.idle()
        heard = sorted((spoken.zone, spoken.volume) for _, spoken in hall.ear.heard)  # zones speak at once
        assert heard == [("z1", 1.0), ("z2", 1.0)]


@pytest.mark.gen_test
async def test_the_volume_is_that_of_the_hour_and_of_the_zone(tmp_path: Path) -> None:
    async with speaking(tmp_path) as hall:
        hall.set(volume=70, volume_hours=[{"begin": "09:01", "end": "10:00", "volume": 30}])
        hall.set("zone:z3", volume=50, volume_hours=[])
        await hall.open("w01", "s01")
        await hall.open("w10", "s10")
        await hall.call("business", "w01")
        await hall.call("tax", "w10")
        await hall.announcing.idle()
        hall.clock.forward(seconds=60)
        await hall.do(q.RecallTicket(window="w01"))
        await hall.announcing.idle()
        heard = [(spoken.zone, spoken.volume) for _, spoken in hall.ear.heard]
        assert (sorted(heard[:2]), heard[2:]) == ([("z1", 0.7), ("z3", 0.5)], [("z1", 0.3)])  # zones speak at once


@pytest.mark.gen_test
async def test_a_repeated_call_is_one_announcement_and_the_next_waits_for_all_of_it(tmp_path: Path) -> None:
    async with speaking(tmp_path) as hall:
        hall.set(repeat=2)
        await hall.called_at_once(2)
        first, second = (at for at, _ in hall.ear.heard)
        assert hall.ear.numbers == ["A 零零一", "A 零零二"]
        assert len({spoken.id for _, spoken in hall.ear.heard}) == 2
        assert second - first >= 2 * LENGTH_S
        assert hall.engine.rendered.count("请 A 零零一 号到 一号窗口") == 1


@pytest.mark.gen_test
async def test_zones_of_one_room_wait_for_each_other(tmp_path: Path) -> None:
    async with speaking(tmp_path) as hall:
        hall.set(zones_apart=False)
        await hall.open("w01", "s01")
        await hall.open("w10", "s10")
        hall.time_flows.clear()
        await hall.call("business", "w01")
        await hall.call("tax", "w10")
        hall.announcing.tell(["z1", "z2", "z3"], {"zh": "请注意。"})
        hall.time_flows.set()
        await hall.announcing.idle()
        assert [spoken.zone for _, spoken in hall.ear.heard] == ["z1", "z1", "z2", "z3", "z3"]
        starts = [at for at, _ in hall.ear.heard]
        assert starts[1] == starts[2] == starts[3], "what concerns everybody is said everywhere at once"
        assert starts[1] - starts[0] >= LENGTH_S
        assert starts[4] - starts[3] >= LENGTH_S


@pytest.mark.gen_test
async def test_how_late_a_call_may_be_is_the_halls_to_say(tmp_path: Path) -> None:
    async with speaking(tmp_path) as hall:
        hall.set(late_s=10)
        await hall.called_at_once(5)
        assert hall.ear.numbers == ["A 零零一", "A 零零二", "A 零零三"]


@pytest.mark.gen_test
async def test_a_line_has_its_own_sentence_and_words_are_said_as_the_hall_says(tmp_path: Path) -> None:
    async with speaking(tmp_path) as hall:
        hall.set("line:tax", templates={"zh": "办理{line}的 {number} 号，请到 {window} 号窗口"})
        hall.set(fixes=[{"language": "zh", "word": "税务", "say": "shui4 wu4"}], yao=True)
        await hall.open("w10", "s10")
        await hall.call("tax", "w10")
        await hall.announcing.idle()
        [(_, spoken)] = hall.ear.heard
        assert spoken.texts["zh"] == "办理税务的 C 零零幺 号，请到 十号窗口"
        assert hall.engine.rendered == ["办理[税务|shui4 wu4]的 C 零零幺 号，请到 十号窗口"]


@pytest.mark.gen_test
async def test_a_page_with_a_voice_of_its_own_comes_before_the_engine_that_people_do_not_understand(
    tmp_path: Path,
) -> None:
    async with speaking(tmp_path, ("zh", "en")) as hall:
        await hall.open()
        await hall.call()
        await hall.announcing.idle()
        hall.set(engines={"zh": ["espeak"], "en": ["espeak"]})
        hall.clock.forward(seconds=12)
        await hall.do(q.RecallTicket(window="w01"))
        await hall.announcing.idle()
        assert [spoken.own for _, spoken in hall.ear.heard] == [{"zh": "first", "en": "last"}, {}]
        assert all(spoken.audio for _, spoken in hall.ear.heard)
