"""Judges what an announcer has recorded, and makes a clip of it: cut, levelled, led in and out, at one rate."""

import io
import math
import sys
import wave
from array import array
from operator import mul

import msgspec

from displays.voice.errors import VoiceError
from displays.voice.waves import FULL_SCALE, Sound, block_powers, faded, levelled, loudness_db

RATE = 22_050
"""Of every clip in the hall's bank: what espeak writes too, and more than a hall's loudspeakers give back."""

LOUDNESS_DB = -20.0
"""Of every clip, as `waves.loudness_db` measures it."""

LONGEST_TAKE_S = 10.0
LEAST_RATE, MOST_RATE = 16_000, 96_000
FRAME_S = 0.01
LEAD_S, TAIL_S = 0.05, 0.08
"""Kept before and after the word: a q or s begins below what counts as speech."""

QUIETEST_DB = -42.0
LEAST_OVER_NOISE_DB = 15.0
CLIPPED_AT = 32_400
CLIPPED_RUN = 3
"""So many samples at full scale in a row are a wave whose top is cut off."""
MOST_CLIPPED_RUNS = 2
SHORTEST_UNIT_S, LONGEST_UNIT_S, LONGEST_MORE_S = 0.09, 0.75, 0.45
"""Seconds for each hanzi or letter of a prompt, and for the whole besides; W takes longest of the letters."""


class BadTake(VoiceError):
    """What was recorded cannot be used; ``code`` says why, and its text what to do."""

    def __init__(self, code: str, **fields: object) -> None:
        super().__init__(**fields)
        self.code = code


class Take(msgspec.Struct, frozen=True, kw_only=True):
    """A clip made of a recording.

    Attributes:
        sound: the clip. length_s: of the clip.
        heard_db: loudness of the speech as it was recorded, dB of full scale.
        over_noise_db: how much louder than the room; None where the room was silent.
    """

    sound: Sound
    length_s: float
    heard_db: float
    over_noise_db: float | None


def made(data: bytes, text: str) -> Take:
    """A clip of what was recorded for a prompt.

    Args:
        data: a WAV of 16 or 24 bits, one or two channels.
        text: what was to be said.

    Raises:
        BadTake: it is no such WAV, or silent, clipped, cut off, noisy, too quiet, too short or too long.
    """
    raw = _read(data)
    _check_clipped(raw)
    clean = _without_rumble(raw)
    begin, end, over_noise_db = _speech(clean)
    spoken = Sound(clean.rate, clean.samples[begin:end])
    heard_db = loudness_db(spoken)
    if heard_db < QUIETEST_DB:
        raise BadTake("voice.take_quiet", heard_db=round(heard_db), least_db=round(QUIETEST_DB))
    _check_length(spoken, text)
    lead, tail = round(LEAD_S * clean.rate), round(TAIL_S * clean.rate)
    cut = Sound(clean.rate, clean.samples[max(0, begin - lead) : end + tail])
    clip = faded(levelled(lowered(cut, rate=RATE), to_db=LOUDNESS_DB), fade_s=0.01)
    return Take(sound=clip, length_s=round(clip.length_s, 3), heard_db=round(heard_db, 1), over_noise_db=over_noise_db)


def lowered(sound: Sound, *, rate: int) -> Sound:
    """The sound at another rate through a windowed sinc that takes away what the new rate cannot hold.

    Source: polyphase resampling, e.g. Crochiere and Rabiner, Multirate Digital Signal Processing (1983), chapter 2.
    """
    if rate == sound.rate:
        return sound
    common = math.gcd(rate, sound.rate)
    up, down = rate // common, sound.rate // common
    width = 16 * max(1.0, down / up)
    phases = [_taps(phase / up, width, min(1.0, up / down)) for phase in range(up)]
    reach = math.ceil(width)
    padded = [0.0] * reach + list(map(float, sound.samples)) + [0.0] * (reach + 1)
    samples = array("h")
    for place in range(len(sound.samples) * up // down):
        start, phase = divmod(place * down, up)
        value = sum(map(mul, padded[start : start + 2 * reach + 1], phases[phase]))
        samples.append(max(-FULL_SCALE, min(FULL_SCALE, round(value))))
    return Sound(rate, samples)


def _taps(offset: float, width: float, cutoff: float) -> list[float]:
    reach = math.ceil(width)
    taps = []
    for step in range(-reach, reach + 1):
        x = step - offset
        window = 0.5 + 0.5 * math.cos(math.pi * x / width) if abs(x) < width else 0.0
        taps.append(cutoff * window * (math.sin(math.pi * x * cutoff) / (math.pi * x * cutoff) if x else 1.0))
    total = sum(taps)
    return [tap / total for tap in taps]


def _read(data: bytes) -> Sound:
    try:
        with wave.open(io.BytesIO(data), "rb") as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            frames = file.readframes(min(file.getnframes(), round((LONGEST_TAKE_S + 1) * rate)))
    except (EOFError, RuntimeError, wave.Error) as exc:  # RuntimeError: a chunk that says it is longer than the file
        raise BadTake("voice.take_no_wave") from exc
    if width not in (2, 3) or channels not in (1, 2) or not LEAST_RATE <= rate <= MOST_RATE:
        raise BadTake("voice.take_no_wave", bits=8 * width, channels=channels, rate=rate)
    if len(frames) > LONGEST_TAKE_S * rate * width * channels:
        raise BadTake("voice.take_long", most_s=LONGEST_TAKE_S)
    samples = _sixteen(frames, width)
    if channels == 2:
        pairs = zip(samples[::2], samples[1::2], strict=False)
        samples = array("h", ((left + right) // 2 for left, right in pairs))
    if not samples:
        raise BadTake("voice.take_silent")
    return Sound(rate, samples)


def _sixteen(frames: bytes, width: int) -> "array[int]":
    if width == 3:  # the two upper bytes of each sample, which stand last
        frames = bytes(byte for place in range(0, len(frames) - 2, 3) for byte in frames[place + 1 : place + 3])
    samples = array("h", frames[: len(frames) // 2 * 2])
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def _check_clipped(sound: Sound) -> None:
    runs = length = 0
    for sample in sound.samples:
        length = length + 1 if abs(sample) >= CLIPPED_AT else 0
        runs += length == CLIPPED_RUN
    if runs > MOST_CLIPPED_RUNS:
        raise BadTake("voice.take_clipped", times=runs)


def _without_rumble(sound: Sound) -> Sound:
    """Without the offset that cheap sound cards add, and without what lies below a voice (50 Hz, one pole)."""
    mean = sum(sound.samples) / len(sound.samples)
    keep = math.exp(-math.tau * 50 / sound.rate)
    samples = array("h")
    value, last = 0.0, 0.0
    for sample in sound.samples:
        here = sample - mean
        value = keep * (value + here - last)
        last = here
        samples.append(max(-FULL_SCALE, min(FULL_SCALE, round(value))))
    return Sound(sound.rate, samples)


def _speech(sound: Sound) -> tuple[int, int, float | None]:
    """Where the word begins and ends, in samples, and how far it stands above the room, in dB."""
    powers = block_powers(sound, block_s=FRAME_S)
    loudest = max(powers)
    if loudest < 1e-6:  # -60 dBFS
        raise BadTake("voice.take_silent")
    room = sorted(powers)[len(powers) // 10]
    gate = max(room * 10, loudest * 10**-3.5)
    loud = [place for place, power in enumerate(powers) if power >= min(gate, loudest / 2)]
    begin, end = loud[0], loud[-1] + 1
    over_noise = 10 * math.log10(loudest / room) if room > 0 else math.inf
    if over_noise < LEAST_OVER_NOISE_DB + 6:  # the loudest 10 ms stand some 6 dB above the whole word
        raise BadTake(
            "voice.take_noisy", over_noise_db=max(0, round(over_noise - 6)), least_db=round(LEAST_OVER_NOISE_DB)
        )
    if begin == 0 or end >= len(powers):
        raise BadTake("voice.take_cut")
    frame = max(1, round(FRAME_S * sound.rate))
    return begin * frame, end * frame, None if over_noise == math.inf else round(over_noise - 6, 1)


def _check_length(spoken: Sound, text: str) -> None:
    units = max(1, len(text.replace(" ", "")))
    least, most = SHORTEST_UNIT_S * units, LONGEST_UNIT_S * units + LONGEST_MORE_S
    about = {"length_s": round(spoken.length_s, 2), "least_s": round(least, 2), "most_s": round(most, 2)}
    if spoken.length_s < least:
        raise BadTake("voice.take_short", **about)
    if spoken.length_s > most:
        raise BadTake("voice.take_long", **about)
