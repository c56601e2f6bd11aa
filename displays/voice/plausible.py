"""Judges a rendered sound before anyone hears it: not silent, and about as long as its text takes to say."""

import re

from displays.voice.errors import VoiceFailed
from displays.voice.waves import Sound

QUIETEST_PEAK = 1_000
"""Of 32,767: speech below 3 % of full scale is not heard in a hall."""

SHORTEST_UNIT_S = 0.06
LONGEST_UNIT_S = 2.0
"""Seconds per hanzi, letter said by its name, or word; espeak at 450 and at 80 words a minute stays between."""

PAUSES_S = 5.0

_UNIT = re.compile(r"[\u3400-\u9fff]|\d|[A-Za-z]+")


def check_plausible(sound: Sound, text: str) -> None:
    """Accepts a sound as this text spoken.

    Raises:
        VoiceFailed: It is silent, too short or too long.
    """
    units = max(1, len(_UNIT.findall(text)))
    about: dict[str, object] = {"length_s": round(sound.length_s, 2), "units": units}
    if sound.peak < QUIETEST_PEAK:
        raise VoiceFailed(reason="silent", peak=sound.peak, **about)
    if sound.length_s < units * SHORTEST_UNIT_S:
        raise VoiceFailed(reason="too short", **about)
    if sound.length_s > units * LONGEST_UNIT_S + PAUSES_S:
        raise VoiceFailed(reason="too long", **about)
