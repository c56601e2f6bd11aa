"""The two soft tones before a call: made here, so no recording has to be licensed."""

import functools
import math
from array import array

from displays.voice.waves import FULL_SCALE, Sound, faded

TONES_HZ = (659.26, 523.25)
"""E5, then C5: the falling third of a door bell."""

TONE_S = 0.45
ATTACK_S = 0.012
DECAY_S = 0.16
LOUDNESS = 0.35
"""Of full scale, before the decay."""


@functools.lru_cache(maxsize=4)
def chime(*, rate: int = 22_050) -> Sound:
    """The chime at the given samples per second; made once for each rate a hall uses."""
    samples = array("h")
    for tone_hz in TONES_HZ:
        samples.extend(_tone(tone_hz, rate=rate).samples)
    return Sound(rate, samples)


def _tone(tone_hz: float, *, rate: int) -> Sound:
    """One tone with its octave, led in gently and dying away like a struck bar."""
    samples = array("h", (_sample(place / rate, tone_hz) for place in range(round(TONE_S * rate))))
    return faded(Sound(rate, samples), fade_s=0.02)


def _sample(at_s: float, tone_hz: float) -> int:
    attack = min(1.0, at_s / ATTACK_S)
    body = math.sin(math.tau * tone_hz * at_s) + 0.25 * math.sin(2 * math.tau * tone_hz * at_s)
    return round(FULL_SCALE * LOUDNESS * attack * math.exp(-at_s / DECAY_S) * body / 1.25)
