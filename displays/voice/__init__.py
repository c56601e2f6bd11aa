"""The hall's voice: what is said, by recorded clips or the speech engine, and in which order."""

from displays.voice.announcement import SPOKEN_WITHIN, Announcement, ZoneQueue
from displays.voice.announcer import Announcer, VoiceSettings
from displays.voice.clips import ClipBank
from displays.voice.engine import Pyttsx3Engine, SpeechEngine
from displays.voice.errors import BadWave, VoiceError, VoiceFailed, VoiceUnavailable
from displays.voice.spoken import call_text, spoken_number, spoken_window

__all__ = [
    "SPOKEN_WITHIN",
    "Announcement",
    "Announcer",
    "BadWave",
    "ClipBank",
    "Pyttsx3Engine",
    "SpeechEngine",
    "VoiceError",
    "VoiceFailed",
    "VoiceSettings",
    "VoiceUnavailable",
    "ZoneQueue",
    "call_text",
    "spoken_number",
    "spoken_window",
]
