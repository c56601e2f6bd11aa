"""16-bit mono sound: reads, writes, fades, joins and resamples it without clicks."""

import sys
import wave
from array import array
from collections.abc import Sequence
from pathlib import Path

import msgspec

from displays.voice.errors import BadWave

FADE_S = 0.005
"""Every joined piece is led in and out over this time, so a join never steps by more than a sample of speech does."""

FULL_SCALE = 32_767


class Sound(msgspec.Struct, frozen=True):
    """Samples of one channel.

    Attributes:
        rate: Samples per second.
        samples: Signed 16-bit values.
    """

    rate: int
    samples: "array[int]"  # array takes no type argument at run time before Python 3.12

    @property
    def length_s(self) -> float:
        """How long it plays."""
        return len(self.samples) / self.rate

    @property
    def peak(self) -> int:
        """The loudest sample's distance from zero."""
        return max(max(self.samples), -min(self.samples)) if self.samples else 0


def read_sound(path: Path) -> Sound:
    """Reads a WAV.

    Raises:
        BadWave: The file is missing, no WAV, or not 16-bit mono.
    """
    try:
        with wave.open(str(path), "rb") as file:
            if file.getnchannels() != 1 or file.getsampwidth() != 2:
                shape = f"{file.getnchannels()} channels of {8 * file.getsampwidth()} bits"
                raise BadWave(file=path.name, reason=f"16-bit mono is needed, this has {shape}")
            rate, data = file.getframerate(), file.readframes(file.getnframes())
    except (OSError, EOFError, wave.Error) as exc:
        raise BadWave(file=path.name, reason=str(exc) or "not a WAV") from exc
    samples = array("h", data[: len(data) // 2 * 2])
    if sys.byteorder == "big":
        samples.byteswap()
    return Sound(rate, samples)


def write_sound(path: Path, sound: Sound) -> None:
    """Writes a WAV."""
    samples = sound.samples
    if sys.byteorder == "big":
        samples = samples[:]
        samples.byteswap()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.rate)
        file.writeframes(samples.tobytes())


def silence(length_s: float, *, rate: int) -> Sound:
    """Nothing, for a while."""
    return Sound(rate, array("h", bytes(2 * round(length_s * rate))))


def faded(sound: Sound, *, fade_s: float = FADE_S) -> Sound:
    """The sound led in from zero and out to zero."""
    samples = sound.samples[:]
    steps = min(round(fade_s * sound.rate), len(samples) // 2)
    for step in range(steps):
        samples[step] = samples[step] * step // steps
        samples[-1 - step] = samples[-1 - step] * step // steps
    return Sound(sound.rate, samples)


def joined(sounds: Sequence[Sound], *, gap_s: float) -> Sound:
    """The sounds one after another, each faded, with a gap of silence between them, at the highest rate of them."""
    rate = max(sound.rate for sound in sounds)
    gap = silence(gap_s, rate=rate).samples
    samples = array("h")
    for sound in sounds:
        if samples:
            samples.extend(gap)
        samples.extend(faded(resampled(sound, rate=rate)).samples)
    return Sound(rate, samples)


def resampled(sound: Sound, *, rate: int) -> Sound:
    """The sound at a higher rate, values between two samples on the line through them.

    Raises:
        ValueError: The rate is lower: that would need a filter, and joining never asks for it.
    """
    if rate == sound.rate:
        return sound
    if rate < sound.rate:
        raise ValueError(f"{sound.rate} Hz can only be raised, not lowered to {rate} Hz")
    source = sound.samples + sound.samples[-1:]
    samples = array("h")
    for place in range(len(sound.samples) * rate // sound.rate):
        index, part = divmod(place * sound.rate, rate)
        samples.append(source[index] + (source[index + 1] - source[index]) * part // rate)
    return Sound(rate, samples)
