"""The voice over HTTP: managers set it, hear it, and record it; a recording is spoken at once."""

from __future__ import annotations

import base64
import io
import math
import wave
from array import array
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

from displays.voice import PROMPTS, EngineName, VoiceFailed
from displays.voice.waves import Sound, write_sound
from hall_server.identity import Role
from tests.fakes.device_hall import DeviceHall, device_hall


def take(*, hz: float = 180, length_s: float = 0.35, level: float = 0.3, rate: int = 48_000) -> str:
    """A recording of something like a vowel between silences, as the page sends it."""
    count = round(length_s * rate)
    vowel = [
        round(
            32_767
            * level
            * math.sin(math.pi * n / count) ** 0.5
            * sum(math.sin(math.tau * hz * k * n / rate) / k for k in range(1, 6))
            / 2
        )
        for n in range(count)
    ]
    samples = array("h", [n % 3 - 1 for n in range(rate // 3)]) + array("h", vowel) + array("h", bytes(rate // 2))
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, rate, 0, "NONE", ""))
        out.writeframes(samples.tobytes())
    return base64.b64encode(file.getvalue()).decode()


async def heard(hall: DeviceHall, **more: Any) -> dict[str, Any]:
    answer = await hall.ask("POST", "/api/v1/voice/listen", {"line": "business", **more})
    assert answer.code == 200, answer.body
    return dict(answer.body)


async def shown(hall: DeviceHall) -> dict[str, Any]:
    return dict((await hall.ask("GET", "/api/v1/voice")).body)


@pytest.mark.gen_test
async def test_a_manager_hears_what_a_board_would_play_also_before_it_is_saved(tmp_path: Path) -> None:
    async with device_hall(tmp_path, voice=True) as hall:
        await hall.sign_in(Role.MANAGER)
        first = await heard(hall)
        assert first["texts"] == {
            "zh": "请 A 零一八 号到 一号窗口",
            "en": "Ticket A zero one eight, please go to window one",
        }
        assert first["by"] == {"zh": "espeak", "en": "espeak"}
        sound = await hall.ask("GET", first["audio"])
        assert (sound.code, sound.body[:4]) == (200, b"RIFF")
        changes = {"hall": {"repeat": 2, "yao": True}, "line:business": {"templates": {"zh": "{number} 号请进"}}}
        tried = await heard(hall, changes=changes, languages=["zh"], number="A111")
        assert (tried["texts"], tried["repeat"]) == ({"zh": "A 幺幺幺 号请进"}, 2)
        engine = next(one for one in (await shown(hall))["engines"] if one["name"] == "espeak")
        assert (engine["state"], engine["spoken"]) == ("ok", 3)
        assert all(not rule["is_changed"] for rule in (await shown(hall))["rules"])


@pytest.mark.gen_test
async def test_rules_are_saved_over_http_and_refused_at_their_field(tmp_path: Path) -> None:
    async with device_hall(tmp_path, voice=True) as hall:
        await hall.sign_in(Role.MANAGER)
        body = {"changes": {"hall": {"templates": {"zh": "请 {nr} 号"}}}, "reason": "试"}
        refused = await hall.ask("PATCH", "/api/v1/voice", body)
        assert (refused.code, refused.error) == (400, "voice.template_place")
        assert refused.body["error"]["fields"]["placeholder"] == "{nr}"
        assert "{nr}" in refused.body["error"]["message"]
        body = {"changes": {"hall": {"quiet_hours": [{"begin": "00:00", "end": "24:00"}]}}, "reason": "试"}
        assert (await hall.ask("PATCH", "/api/v1/voice", body)).code == 200
        assert (await heard(hall, languages=["zh"]))["volume"] is None
        assert (await shown(hall))["last"]["reason"] == "试"


@pytest.mark.parametrize("roles", [(), (Role.STAFF,)])
@pytest.mark.gen_test
async def test_nobody_but_managers_sees_or_sets_the_voice(tmp_path: Path, roles: tuple[Role, ...]) -> None:
    async with device_hall(tmp_path, voice=True) as hall:
        if roles:
            await hall.sign_in(*roles)
        for method, path, body in (
            ("GET", "/api/v1/voice", None),
            ("PATCH", "/api/v1/voice", {"changes": {}}),
            ("POST", "/api/v1/voice/listen", {"line": "business"}),
            ("GET", "/api/v1/voice/prompts", None),
            ("POST", "/api/v1/voice/prompts/yi/take", {"wav": take()}),
            ("DELETE", "/api/v1/voice/prompts/yi/take", None),
            ("GET", f"/api/v1/voice/takes/{'0' * 64}.wav", None),
        ):
            assert (await hall.ask(method, path, body)).code == (403 if roles else 401), path


@pytest.mark.gen_test
async def test_the_announcers_recordings_speak_at_once_and_can_be_taken_back(tmp_path: Path) -> None:
    async with device_hall(tmp_path, voice=True) as hall:
        await hall.sign_in(Role.MANAGER)
        picture = (await hall.ask("GET", "/api/v1/voice/prompts")).body
        needed = {one["name"] for one in picture["prompts"] if one["needed"]}
        assert set(picture["missing"]) == needed
        assert {"qing", "hao", "dao", "haochuangkou", "jiu", "letter_a", "letter_k"} < needed
        assert not {"letter_i", "letter_z", "yao"} & needed
        for place, name in enumerate(sorted(needed)):
            sent = {"wav": take(hz=120 + 4 * place), "announcer": "王小华"}
            kept = await hall.ask("POST", f"/api/v1/voice/prompts/{name}/take", sent)
            assert kept.code == 200, (name, kept.body)
            assert kept.body["take"]["announcer"] == "王小华"
        assert (await hall.ask("GET", "/api/v1/voice/prompts")).body["missing"] == []
        first = await heard(hall, languages=["zh"])
        assert (first["by"], first["own"]) == ({"zh": "clips"}, {"zh": "last"})
        again = await hall.ask("POST", "/api/v1/voice/prompts/yi/take", {"wav": take(hz=330)})
        assert again.body["before"] == 1
        second = await heard(hall, languages=["zh"])
        assert second["audio"] != first["audio"]
        assert (await hall.ask("DELETE", "/api/v1/voice/prompts/yi/take")).body["before"] == 0
        assert (await heard(hall, languages=["zh"]))["audio"] == first["audio"]
        assert (await hall.ask("DELETE", "/api/v1/voice/prompts/yi/take")).body["take"] is None
        assert (await heard(hall, languages=["zh"]))["by"] == {"zh": "espeak"}
        nothing = await hall.ask("DELETE", "/api/v1/voice/prompts/yi/take")
        assert (nothing.code, nothing.error) == (409, "voice.take_none")
        journal = [one.decode() async for one in _payloads(hall)]
        assert journal
        assert not any("王小华" in one for one in journal), "a name stays out of the journal, which travels"


async def _payloads(hall: DeviceHall) -> Any:
    async with aiosqlite.connect(hall.server.data / "hall.db") as db:
        async for (payload,) in await db.execute("SELECT payload FROM journal"):
            yield payload if isinstance(payload, bytes) else str(payload).encode()


@pytest.mark.parametrize(
    ("wav", "code", "error"),
    [
        (base64.b64encode(b"no wave").decode(), 409, "voice.take_no_wave"),
        (take(level=0.001), 409, "voice.take_silent"),
        (take(length_s=1.9), 409, "voice.take_long"),
        ("not base64!", 400, "body.invalid"),
        (base64.b64encode(bytes(6_000_000)).decode(), 413, "body.too_large"),
    ],
)
@pytest.mark.gen_test
async def test_a_bad_recording_is_refused_in_words_and_the_old_one_stays(
    tmp_path: Path, wav: str, code: int, error: str
) -> None:
    async with device_hall(tmp_path, voice=True) as hall:
        await hall.sign_in(Role.MANAGER)
        await hall.ask("POST", "/api/v1/voice/prompts/yi/take", {"wav": take()})
        refused = await hall.ask("POST", "/api/v1/voice/prompts/yi/take", {"wav": wav}, Accept_Language="en")
        assert (refused.code, refused.error) == (code, error)
        assert not refused.body["error"]["message"].startswith("voice.")
        shown_now = (await hall.ask("GET", "/api/v1/voice/prompts")).body["prompts"]
        assert next(one for one in shown_now if one["name"] == "yi")["take"] is not None


@pytest.mark.gen_test
async def test_recordings_outlive_a_restart_and_lie_over_the_halls_own_folder(tmp_path: Path) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    tone = array("h", [round(9_000 * math.sin(n / 9)) for n in range(8_000)])
    for name in PROMPTS:
        write_sound(folder / f"{name}.wav", Sound(22_050, tone))
    async with device_hall(tmp_path, voice=True, voice_clips=str(folder)) as hall:
        await hall.sign_in(Role.MANAGER)
        first = await heard(hall, languages=["zh"])
        assert first["by"] == {"zh": "clips"}
        await hall.ask("POST", "/api/v1/voice/prompts/yi/take", {"wav": take()})
        mine = await heard(hall, languages=["zh"])
        assert mine["audio"] != first["audio"]
    async with device_hall(tmp_path, voice=True, voice_clips=str(folder)) as hall:
        await hall.sign_in(Role.MANAGER)
        assert (await heard(hall, languages=["zh"]))["audio"] == mine["audio"]


@pytest.mark.gen_test
async def test_the_halls_own_words_are_read_too(tmp_path: Path) -> None:
    async with device_hall(tmp_path, voice=True) as hall:
        await hall.sign_in(Role.MANAGER)
        body = {
            "changes": {"hall": {"templates": {"zh": "尊敬的 {number} 号，请到 {window} 号窗口"}}},
            "reason": "客气",
        }
        assert (await hall.ask("PATCH", "/api/v1/voice", body)).code == 200
        picture = (await hall.ask("GET", "/api/v1/voice/prompts")).body
        own = next(one for one in picture["prompts"] if one["text"] == "尊敬的")
        assert own["needed"]
        for name in [one["name"] for one in picture["prompts"] if one["needed"]]:
            await hall.ask("POST", f"/api/v1/voice/prompts/{name}/take", {"wav": take(length_s=0.5)})
        assert (await heard(hall, languages=["zh"]))["by"] == {"zh": "clips"}


@pytest.mark.gen_test
async def test_an_engine_in_trouble_is_on_the_page_and_among_the_alarms(tmp_path: Path) -> None:
    async with device_hall(tmp_path, voice=True) as hall:
        await hall.sign_in(Role.MANAGER)
        voice = hall.server.rooms["displays"].voice
        voice.engines.refused(EngineName.ESPEAK, VoiceFailed(reason="died"))
        engine = next(one for one in (await shown(hall))["engines"] if one["name"] == "espeak")
        assert (engine["state"], engine["replaced"], engine["last_error"]) == ("failed", 1, "died")
        [alarm] = hall.server.rooms["displays"].alarms()
        assert (alarm.code, alarm.fields["engine"]) == ("voice.engine", "espeak")
        await heard(hall, languages=["zh"])
        assert hall.server.rooms["displays"].alarms() == []
