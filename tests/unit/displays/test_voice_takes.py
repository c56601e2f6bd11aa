"""What an announcer records is judged in words, and what is kept is cut, levelled and led in and out."""

from __future__ import annotations

import contextlib
import io
import itertools
import math
import random
import wave
from array import array
from collections.abc import Callable

import pytest

from displays.voice.takes import LOUDNESS_DB, RATE, BadTake, lowered, made
from displays.voice.waves import Sound, joined, loudness_db

Level = float


def word(length_s: float = 0.4, *, level: Level = 0.3, rate: int = 48_000, hz: float = 180) -> list[float]:
    """Something like a spoken vowel: harmonics that come and go."""

    def at(place: int) -> float:
        t = place / rate
        envelope = math.sin(math.pi * place / (length_s * rate)) ** 0.5
        body = sum(math.sin(math.tau * hz * n * t) / n for n in range(1, 8)) / 2
        return level * envelope * body

    return [at(place) for place in range(round(length_s * rate))]


def room(length_s: float, *, level: Level = 0.001, rate: int = 48_000) -> list[float]:
    noise = random.Random(7)  # a room's noise, no secret
    return [noise.gauss(0, level) for _ in range(round(length_s * rate))]


def mixed(*parts: list[float], noise: Level = 0.001, offset: float = 0.0, rate: int = 48_000) -> list[float]:
    samples = [sample for part in parts for sample in part]
    return [sample + hum + offset for sample, hum in zip(samples, room(len(samples) / rate, level=noise), strict=False)]


def wav(samples: list[float], *, rate: int = 48_000, channels: int = 1, width: int = 2) -> bytes:
    held = [round(max(-1.0, min(1.0, sample)) * (2 ** (8 * width - 1) - 1)) for sample in samples]
    data = b"".join(value.to_bytes(width, "little", signed=True) * channels for value in held)
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((channels, width, rate, 0, "NONE", ""))
        out.writeframes(data)
    return file.getvalue()


def silent(length_s: float = 0.5, rate: int = 48_000) -> list[float]:
    return [0.0] * round(length_s * rate)


def good(**how: float) -> bytes:
    return wav(mixed(silent(), word(**how), silent()))


def test_a_good_take_is_cut_levelled_and_at_the_banks_rate() -> None:
    take = made(good(), "一")
    assert take.sound.rate == RATE
    assert take.length_s == pytest.approx(0.4 + 0.13, abs=0.08)
    assert loudness_db(take.sound) == pytest.approx(LOUDNESS_DB, abs=0.7)
    assert take.sound.samples[0] == take.sound.samples[-1] == 0
    assert take.over_noise_db is not None
    assert take.over_noise_db > 20


@pytest.mark.parametrize("level", [0.08, 0.3, 0.9])
def test_clips_are_equally_loud_however_they_were_read(level: Level) -> None:
    assert loudness_db(made(good(level=level), "一").sound) == pytest.approx(LOUDNESS_DB, abs=0.7)


def test_a_sound_cards_offset_is_taken_away() -> None:
    take = made(wav(mixed(silent(), word(), silent(), offset=0.1)), "一")
    assert abs(sum(take.sound.samples) / len(take.sound.samples)) < 60


@pytest.mark.parametrize(
    ("channels", "width", "rate"), [(1, 2, 16_000), (2, 2, 44_100), (2, 3, 48_000), (1, 3, 22_050)]
)
def test_other_kinds_of_wav_are_read(channels: int, width: int, rate: int) -> None:
    samples = mixed(silent(rate=rate), word(rate=rate), silent(rate=rate), rate=rate)
    assert made(wav(samples, rate=rate, channels=channels, width=width), "一").sound.rate == RATE


BAD: list[tuple[str, Callable[[], bytes], str]] = [
    ("voice.take_no_wave", lambda: b"RIFF....WAVE", "一"),
    ("voice.take_no_wave", lambda: b"", "一"),
    ("voice.take_no_wave", lambda: wav(mixed(silent(), word()), rate=8_000), "一"),
    ("voice.take_no_wave", lambda: wav(word(), width=4), "一"),
    ("voice.take_silent", lambda: wav(silent(2.0)), "一"),
    ("voice.take_silent", lambda: wav([]), "一"),
    ("voice.take_silent", lambda: wav(room(2.0, level=0.0005)), "一"),
    ("voice.take_clipped", lambda: wav(mixed(silent(), word(level=3.0), silent())), "一"),
    ("voice.take_cut", lambda: wav(mixed(word()[4_000:], silent())), "一"),
    ("voice.take_cut", lambda: wav(mixed(silent(), word()[:12_000])), "一"),
    ("voice.take_noisy", lambda: wav(mixed(silent(), word(level=0.3), silent(), noise=0.08)), "一"),
    ("voice.take_noisy", lambda: wav(room(1.5, level=0.2)), "一"),
    ("voice.take_quiet", lambda: wav(mixed(silent(), word(level=0.006), silent(), noise=0.0001)), "一"),
    ("voice.take_short", lambda: good(length_s=0.05), "号窗口"),
    ("voice.take_long", lambda: good(length_s=1.8), "一"),
    ("voice.take_long", lambda: wav(mixed(silent(6.0), word(), silent(6.0))), "一"),
]


@pytest.mark.parametrize(("code", "take", "text"), BAD)
def test_a_take_that_cannot_be_used_is_refused_with_its_reason(code: str, take: Callable[[], bytes], text: str) -> None:
    with pytest.raises(BadTake) as caught:
        made(take(), text)
    assert caught.value.code == code


@pytest.mark.parametrize("rate", [44_100, 48_000, 32_000])
def test_a_lower_rate_keeps_the_voice_and_drops_what_it_cannot_hold(rate: int) -> None:
    def tone(hz: float) -> Sound:
        return Sound(rate, array("h", (round(10_000 * math.sin(math.tau * hz * n / rate)) for n in range(rate // 4))))

    kept, dropped = lowered(tone(1_000), rate=RATE), lowered(tone(RATE * 0.62), rate=RATE)
    assert len(kept.samples) == pytest.approx(RATE / 4, abs=1)
    assert max(kept.samples[500:-500]) == pytest.approx(10_000, rel=0.03)
    assert max(map(abs, dropped.samples[500:-500])) < 200, "an alias would sound as another tone"


def steps(sound: Sound) -> list[int]:
    return [abs(after - before) for before, after in itertools.pairwise([0, *sound.samples, 0])]


def test_the_jump_at_a_join_is_no_larger_than_within_the_clips() -> None:
    """Of takes as they come, with noise to their very ends; the control joins them bare and clicks."""
    takes = [made(wav(mixed(silent(), word(hz=hz), silent(), noise=0.004)), "一").sound for hz in (150, 190, 230)]
    within = max(max(steps(take)[1:-1]) for take in takes)
    whole = joined(takes, gap_s=[0.02, 0.14])
    edges, at = [], 0
    for take, gap in zip(takes, [0.02, 0.14, 0.0], strict=True):
        edges += [at, at + len(take.samples)]
        at += len(take.samples) + round(gap * RATE)
    found = steps(whole)
    near = [found[place] for edge in edges for place in range(max(0, edge - 3), min(len(found), edge + 4))]
    assert max(near) <= within
    cut = [Sound(take.rate, take.samples[2_000:-2_000]) for take in takes]
    bare = [sample for take in cut for sample in take.samples]
    control = [abs(bare[len(cut[0].samples)] - bare[len(cut[0].samples) - 1]), abs(bare[0]), abs(bare[-1])]
    assert max(control) > within


def test_a_wave_whose_parts_are_longer_than_the_file_is_refused_in_words() -> None:
    whole = bytearray(good())
    whole[16:20] = b"\xfa\x00\x00\x00"  # the length of its description
    with pytest.raises(BadTake, check=lambda exc: exc.code == "voice.take_no_wave"):
        made(bytes(whole), "三")
    noise = random.Random(11)  # a dice, no secret
    for _ in range(400):
        broken = bytearray(good_head())
        for _ in range(4):
            broken[noise.randrange(44)] = noise.randrange(256)
        with contextlib.suppress(BadTake):
            made(bytes(broken), "三")


def good_head() -> bytes:
    return wav(silent(0.05))
