"""The hall's voice: what is said, by recorded clips or the speech engine, and in which order."""

from displays.voice.announcement import SPOKEN_WITHIN, Announcement, ZoneQueue
from displays.voice.announcer import ORDER, Announcer, Rendered, VoiceSettings
from displays.voice.clips import PROMPTS, Clip, ClipBank, clip_tokens
from displays.voice.engine import SAPI_VOICES, VOICES, EspeakVoice, Pyttsx3Engine, SpeechEngine
from displays.voice.engines import EngineName, Engines, EngineState, Health
from displays.voice.errors import BadWave, VoiceError, VoiceFailed, VoiceUnavailable
from displays.voice.marks import marked, respelt, written
from displays.voice.spoken import PLACES, TEMPLATES, call_text, spoken_number, spoken_window

__all__ = [
    "ORDER",
    "PLACES",
    "PROMPTS",
    "SAPI_VOICES",
    "SPOKEN_WITHIN",
    "TEMPLATES",
    "VOICES",
    "Announcement",
    "Announcer",
    "BadWave",
    "Clip",
    "ClipBank",
    "EngineName",
    "EngineState",
    "Engines",
    "EspeakVoice",
    "Health",
    "Pyttsx3Engine",
    "Rendered",
    "SpeechEngine",
    "VoiceError",
    "VoiceFailed",
    "VoiceSettings",
    "VoiceUnavailable",
    "ZoneQueue",
    "call_text",
    "clip_tokens",
    "marked",
    "respelt",
    "spoken_number",
    "spoken_window",
    "written",
]
