"""Sounds made softer, and addresses of players."""

import array
import io
import wave
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.gateway.protocols.players import CommandPlayer, FolderPlayer, NoSound, at_volume, length_s, player, silence


def sound(*samples: int, width: int = 2) -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(width)
        out.setframerate(8_000)
        out.writeframes(array.array("h" if width == 2 else "B", samples).tobytes())
    return made.getvalue()


def samples_of(wav: bytes) -> list[int]:
    with wave.open(io.BytesIO(wav), "rb") as read:
        return array.array("h", read.readframes(read.getnframes())).tolist()


def test_half_the_volume_is_half_the_samples() -> None:
    assert samples_of(at_volume(sound(32_767, -32_768, 10), 0.5)) == [16_383, -16_384, 5]


@given(st.lists(st.integers(-32_768, 32_767), max_size=50), st.floats(-1, 3))
def test_no_volume_makes_a_sound_longer_or_louder_than_it_was(samples: list[int], volume: float) -> None:
    softer = samples_of(at_volume(sound(*samples), volume))
    assert len(softer) == len(samples)
    assert all(abs(new) <= abs(old) for new, old in zip(softer, samples, strict=True))


def test_a_sound_of_eight_bits_stays_as_it_is() -> None:
    assert at_volume(sound(1, 2, 3, width=1), 0.5) == sound(1, 2, 3, width=1)


def test_the_length_of_a_sound() -> None:
    assert length_s(silence(0.5)) == pytest.approx(0.5, abs=0.001)


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda tail: silence()[:40] + tail))
def test_what_is_no_sound_is_refused_or_measured(data: bytes) -> None:
    codes = []
    try:
        length_s(data)
        at_volume(data, 0.5)
    except NoSound as exc:
        codes.append(exc.code)
    assert codes in ([], ["not_wav"])


def test_addresses_of_players() -> None:
    for address, words in {
        "aplay": ("aplay", "-q", "-"),
        "aplay:plughw:1,0": ("aplay", "-D", "plughw:1,0", "-q", "-"),
        "paplay:hall": ("paplay", "-d", "hall"),
        "command:play -q 'a b'": ("play", "-q", "a b"),
    }.items():
        made = player(address)
        assert isinstance(made, CommandPlayer)
        assert made._words[: len(words)] == words
    assert isinstance(player("file:/tmp"), FolderPlayer)
    for wrong in ("", "file:", "command:", "oss", "http://somewhere"):
        with pytest.raises(ValueError, match="expected"):
            player(wrong)


@pytest.mark.gen_test
async def test_a_folder_collects_sounds_in_order(tmp_path: Path) -> None:
    kept = FolderPlayer(tmp_path)
    await kept.probe()
    await kept.play(sound(1))
    await kept.play(sound(2))
    assert [samples_of(file.read_bytes()) for file in sorted(tmp_path.iterdir())] == [[1], [2]]  # noqa: ASYNC240
    with pytest.raises(NoSound, match="no_folder"):
        await FolderPlayer(tmp_path / "none").probe()
