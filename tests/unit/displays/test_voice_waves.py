"""Sound: read, written, joined without clicks; the chime."""

import itertools
import math
import wave
from array import array
from pathlib import Path

import pytest

from displays.voice.chime import chime
from displays.voice.errors import BadWave, VoiceFailed
from displays.voice.plausible import check_plausible
from displays.voice.waves import Sound, faded, joined, read_sound, resampled, silence, write_sound


def tone(*, rate: int = 22_050, length_s: float = 0.3, hz: float = 220.0, peak: int = 30_000) -> Sound:
    """A cosine: it begins at full height, the worst case for a click."""
    return Sound(
        rate, array("h", (round(peak * math.cos(math.tau * hz * n / rate)) for n in range(round(length_s * rate))))
    )


def largest_step(sound: Sound) -> int:
    padded = [0, *sound.samples, 0]
    return max(abs(b - a) for a, b in itertools.pairwise(padded))


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    write_sound(tmp_path / "a.wav", tone())
    assert read_sound(tmp_path / "a.wav") == tone()


def test_joins_do_not_click_where_bare_joining_would() -> None:
    pieces = [tone(hz=220), tone(hz=330), tone(hz=275)]
    inside = max(max(abs(b - a) for a, b in zip(p.samples, p.samples[1:], strict=False)) for p in pieces)
    bare = Sound(22_050, array("h", [n for piece in pieces for n in [*piece.samples, *([0] * 600)]]))

    assert largest_step(joined(pieces, gap_s=0.03)) <= inside + 30_000 / (0.005 * 22_050) + 1
    assert largest_step(bare) >= 29_000  # the control: the measure finds a click where there is one


def test_a_gap_of_silence_stands_between_pieces() -> None:
    whole = joined([tone(length_s=0.1), tone(length_s=0.1)], gap_s=0.05)
    assert whole.length_s == pytest.approx(0.25, abs=0.001)
    assert set(whole.samples[2_205 + 1 : 2_205 + 1_102]) == {0}


def test_pieces_of_different_rates_are_joined_at_the_highest_and_keep_their_length_and_pitch() -> None:
    whole = joined([tone(rate=22_050, hz=200), tone(rate=48_000, hz=200)], gap_s=0.0)
    first = whole.samples[: len(whole.samples) // 2]
    crossings = sum(1 for a, b in itertools.pairwise(first) if a < 0 <= b)

    assert whole.rate == 48_000
    assert whole.length_s == pytest.approx(0.6, abs=0.001)
    assert crossings == pytest.approx(0.3 * 200, abs=1)


def test_a_rate_is_never_lowered() -> None:
    with pytest.raises(ValueError, match="only be raised"):
        resampled(tone(rate=48_000), rate=22_050)


def test_fading_a_very_short_sound_keeps_its_length() -> None:
    assert len(faded(Sound(22_050, array("h", [9, 9, 9]))).samples) == 3
    assert faded(Sound(22_050, array("h"))).samples == array("h")


@pytest.mark.parametrize(("channels", "width"), [(2, 2), (1, 1), (1, 3)])
def test_a_wave_of_another_shape_is_refused_by_name(tmp_path: Path, channels: int, width: int) -> None:
    path = tmp_path / "qing.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(22_050)
        file.writeframes(bytes(600))
    with pytest.raises(BadWave) as caught:
        read_sound(path)
    assert caught.value.fields["file"] == "qing.wav"


@pytest.mark.parametrize("content", [b"", b"RIFF", b"ID3 not a wave at all" * 9])
def test_what_is_no_wave_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "hao.wav").write_bytes(content)
    with pytest.raises(BadWave):
        read_sound(tmp_path / "hao.wav")


@pytest.mark.parametrize("rate", [16_000, 22_050, 48_000])
def test_the_chime_is_soft_heard_and_without_a_click(rate: int) -> None:
    sound = chime(rate=rate)
    assert 0.6 <= sound.length_s <= 1.2
    assert 4_000 <= sound.peak <= 16_000
    assert sound.samples[0] == 0
    assert abs(sound.samples[-1]) < 50
    # no step is steeper than the tone itself, its octave included, at full loudness
    assert largest_step(sound) <= 16_000 * math.tau * 659.26 * 2 / rate


def test_speech_that_is_heard_and_long_enough_is_accepted() -> None:
    check_plausible(tone(length_s=2.0), "请 A 零零一 号到 三号窗口")


@pytest.mark.parametrize(
    ("sound", "reason"),
    [
        (silence(2.0, rate=22_050), "silent"),
        (tone(length_s=2.0, peak=200), "silent"),
        (Sound(22_050, array("h")), "silent"),
        (tone(length_s=0.2), "too short"),
        (tone(length_s=60, rate=8_000), "too long"),
    ],
)
def test_speech_that_cannot_be_this_text_is_refused(sound: Sound, reason: str) -> None:
    with pytest.raises(VoiceFailed) as caught:
        check_plausible(sound, "请 A 零零一 号到 三号窗口")
    assert caught.value.fields["reason"] == reason
