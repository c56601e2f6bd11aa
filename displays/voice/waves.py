"""16-bit mono sound: reads, writes, fades, levels, joins and resamples it without clicks."""

import math
import sys
import wave
from array import array
from collections.abc import Sequence
from operator import mul
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


def joined(sounds: Sequence[Sound], *, gap_s: float | Sequence[float]) -> Sound:
    """The sounds one after another, each faded, with silence between them, at the highest rate of them.

    Args:
        sounds: in order.
        gap_s: of every gap, or of each: one fewer than there are sounds.
    """
    rate = max(sound.rate for sound in sounds)
    gaps = [gap_s] * (len(sounds) - 1) if isinstance(gap_s, int | float) else list(gap_s)
    samples = array("h")
    for gap, sound in zip([0.0, *gaps], sounds, strict=True):
        samples.extend(silence(gap, rate=rate).samples)
        samples.extend(faded(resampled(sound, rate=rate)).samples)
    return Sound(rate, samples)


def loudness_db(sound: Sound) -> float:
    """How loud the speech in it is, in dB of full scale: the mean power of its loud blocks.

    Blocks of 50 ms; what is below -60 dBFS, then what is 10 dB below the mean of the rest, does not count, so that
    pauses do not make a sound quiet. Source: the two gates of ITU-R BS.1770-5, with shorter blocks for single
    syllables and without its frequency weighting.
    """
    powers = [power for power in block_powers(sound, block_s=0.05) if power > _power(-60)]
    if not powers:
        return -math.inf
    gate = sum(powers) / len(powers) / 10
    loud = [power for power in powers if power >= gate]
    return _db(sum(loud) / len(loud))


def block_powers(sound: Sound, *, block_s: float) -> list[float]:
    """The mean square of each block, of 1 at full scale; of a last part block only where it is the only one."""
    samples, size = sound.samples, max(1, round(block_s * sound.rate))
    starts = range(0, max(1, len(samples) - size + 1), size) if samples else ()
    blocks = (samples[start : start + size] for start in starts)
    return [sum(map(mul, block, block)) / len(block) / FULL_SCALE**2 for block in blocks]


def levelled(sound: Sound, *, to_db: float, peak_db: float = -1.5) -> Sound:
    """The sound at a loudness, or as near to it as its loudest sample allows."""
    loudness = loudness_db(sound)
    if loudness == -math.inf or not sound.peak:
        return sound
    gain = min(10 ** ((to_db - loudness) / 20), FULL_SCALE * 10 ** (peak_db / 20) / sound.peak)
    return scaled(sound, gain)


def scaled(sound: Sound, gain: float) -> Sound:
    """The sound at so many times its height, held within full scale."""
    return Sound(
        sound.rate,
        array("h", [max(-FULL_SCALE, min(FULL_SCALE, round(sample * gain))) for sample in sound.samples]),
    )


def _power(db: float) -> float:
    return float(10 ** (db / 10))


def _db(power: float) -> float:
    return 10 * math.log10(power) if power > 0 else -math.inf


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
