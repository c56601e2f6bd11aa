"""The voice's child process: pyttsx3 alone in one process, asked over pipes for one phrase at a time.

Run as a file (`python -P engine_process.py espeak`, or `sapi5` on Windows), not as a module of `displays`, so that a
new child loads nothing of the server. It imports only the standard library, pyttsx3 and, from the file beside it, the
pronunciation.

* In: one JSON object a line, `{"id", "text", "lang", "voice", "rate", "path"}`.
* Out: first `{"ready": true, "engine": "1.52.0"}` or `{"ready": false, "reason"}`, then `{"id", "ok": true}` or
  `{"id", "ok": false, "reason"}` for each request; with `"missing": true` where there is no voice for the language.
* The end of standard input ends the process at once, even while the engine hangs.

Which library speaks: the 1.52 of `espeakng-loader` where it loads, else the system's (Debian 12 has 1.51). With the
spelling of `pronunciation.py` both speak all Mandarin syllables with the same phonemes; the loader's is pinned by the
lock file, so a phrase sounds the same on every machine. pyttsx3 asks for `libespeak-ng.so.1`: loading the loader's copy
first answers that by its SONAME (glibc), and `ESPEAK_DATA_PATH` tells that copy where its voices are.

Three manners of pyttsx3 2.99 shape the code:

* `runAndWait` returns 10 ms after the start of the synthesis, not at its end: the end is awaited.
* The end is notified from espeak's thread, whose callback then still changes the driver, so that the next phrase came
  out empty: espeak's own `Synchronize` is awaited too.
* `runAndWait` cancels what espeak has not begun yet, which on a busy machine is the new rate: voice and rate are set on
  the driver itself, which also raises for an unknown voice, and `Synchronize` is awaited before the text follows.
"""

import contextlib
import ctypes
import importlib
import json
import os
import queue
import runpy
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO


class Renderer:
    """Speaks into files.

    Raises:
        ImportError, OSError, RuntimeError: There is no pyttsx3, no library or no voice data on this machine.
    """

    def __init__(self) -> None:
        _prefer_bundled_library()
        import pyttsx3  # here, because its espeak driver looks for the library while it is imported

        self._engine = pyttsx3.init("espeak")
        self._driver = importlib.import_module("pyttsx3.drivers.espeak").EspeakDriver
        self._library = importlib.import_module("pyttsx3.drivers._espeak")
        self._ended = threading.Event()
        self._errors: list[str] = []
        self._engine.connect("finished-utterance", self._on_end)
        self._engine.connect("error", self._on_error)

    def version(self) -> str:
        """The library's own version, such as `1.52.0`."""
        info = self._library.dll.espeak_Info
        info.restype = ctypes.c_char_p
        return str(info(None).decode().split()[0])

    def render(self, text: str, *, voice: str, rate: int, path: str) -> None:
        """Speaks the text into a WAV.

        Raises:
            OSError: The path cannot be written.
            RuntimeError: The engine refused the text.
            ValueError: The engine refused the voice or the rate.
        """
        with open(path, "wb"):
            pass  # the driver would fail to write inside a callback, where nobody learns of it
        self._ended.clear()
        self._errors.clear()
        self._driver.setProperty("voice", voice)
        self._driver.setProperty("rate", rate)
        self._library.Synchronize()
        self._engine.save_to_file(text, path)
        self._engine.runAndWait()
        self._ended.wait()
        self._library.Synchronize()
        self._raise_errors()

    def _on_end(self, **_about: object) -> None:
        self._ended.set()

    def _on_error(self, *, exception: Exception, **_about: object) -> None:
        self._errors.append(repr(exception))
        self._ended.set()

    def _raise_errors(self) -> None:
        if self._errors:
            raise RuntimeError("; ".join(self._errors))


class NoVoice(ValueError):
    """The machine has no voice for the language."""


class SapiRenderer:
    """Speaks into files with Windows' own voices.

    Source: pyttsx3's sapi5 driver; SpVoice writes 16-bit mono of 22,050 Hz into an SpFileStream by default.

    Raises:
        ImportError, OSError, RuntimeError: There is no SAPI5 on this machine.
    """

    def __init__(self) -> None:
        import pyttsx3  # here, because a machine without it must be able to say so

        self._engine = pyttsx3.init("sapi5")

    def version(self) -> str:
        """How many voices there are."""
        return f"with {len(self._engine.getProperty('voices'))} voices"

    def render(self, text: str, *, voice: str, rate: int, path: str) -> None:
        """Speaks the text into a WAV.

        Raises:
            NoVoice: No voice has this name or language.
        """
        self._engine.setProperty("voice", chosen(self._engine.getProperty("voices"), voice))
        self._engine.setProperty("rate", rate)
        self._engine.save_to_file(text, path)
        self._engine.runAndWait()


LOCALES = {
    "zh-CN": ("804", "zh-cn", "chinese (simplified", "chinese (prc", "mandarin"),
    "zh-HK": ("c04", "zh-hk", "cantonese", "hong kong"),
    "en": ("409", "809", "en-us", "en-gb", "english"),
}
"""Language → how Windows' voices say that they speak it: by LCID, tag or name. Source: MS-LCID."""


def chosen(voices: list[Any], wanted: str) -> str:
    """The id of the voice of a name or a language; never one of another language.

    Raises:
        NoVoice: there is none.
    """
    signs = LOCALES.get(wanted, (wanted.lower(),))
    for voice in voices:
        languages = [str(one).lower().removeprefix("0x") for one in getattr(voice, "languages", None) or ()]
        name = str(voice.name).lower()
        if any(sign in languages or sign in name or _has_tag(str(voice.id), sign) for sign in signs):
            return str(voice.id)
    raise NoVoice(f"no voice for {wanted}")


def _has_tag(voice_id: str, sign: str) -> bool:
    """Whether the registry's key of a voice names the language: `…\\TTS_MS_ZH-CN_HUIHUI_11.0`."""
    return f"_{sign}_" in voice_id.lower().replace("\\", "_")


RENDERERS: dict[str, Any] = {"espeak": Renderer, "sapi5": SapiRenderer}


def main(driver: str) -> None:
    """Answers requests until standard input ends."""
    with _only_replies_on_stdout() as replies:
        requests = _requests()
        try:
            renderer = RENDERERS[driver]()
            for_espeak = _pronunciation() if driver == "espeak" else _as_written
        except (ImportError, OSError, RuntimeError) as exc:
            _send(replies, {"ready": False, "reason": str(exc)})
            return
        _send(replies, {"ready": True, "engine": renderer.version()})
        while True:
            _send(replies, _answer(requests.get(), renderer, for_espeak))


def _as_written(text: str, _: str) -> str:
    return text


def _answer(request: dict[str, Any], renderer: Any, for_espeak: Callable[[str, str], str]) -> dict[str, object]:
    try:
        spelt = for_espeak(request["text"], request["lang"])
        if not spelt:
            raise ValueError("nothing in the text can be spoken")
        renderer.render(spelt, voice=request["voice"], rate=request["rate"], path=request["path"])
    except NoVoice as exc:
        return {"id": request["id"], "ok": False, "missing": True, "reason": str(exc)}
    except (OSError, RuntimeError, ValueError) as exc:
        return {"id": request["id"], "ok": False, "reason": str(exc)}
    return {"id": request["id"], "ok": True}


def _prefer_bundled_library() -> None:
    """Loads the library of espeakng-loader; where that is missing or does not fit the system, the system's is found."""
    with contextlib.suppress(ImportError, OSError, RuntimeError):
        loader = importlib.import_module("espeakng_loader")
        data = loader.get_data_path()
        ctypes.CDLL(loader.get_library_path())
        os.environ["ESPEAK_DATA_PATH"] = data


def _pronunciation() -> Callable[[str, str], str]:
    """The neighbour's `for_espeak`, by file: `import displays…` would load the server's room into the child."""
    spell: Callable[[str, str], str] = runpy.run_path(str(Path(__file__).with_name("pronunciation.py")))["for_espeak"]
    return spell


@contextlib.contextmanager
def _only_replies_on_stdout() -> Any:
    """Gives the pipe to us alone: pyttsx3 prints "Audio saved to …", the library prints too."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as replies, open(os.devnull, "w") as nowhere:
        os.dup2(2, 1)
        with contextlib.redirect_stdout(nowhere):
            yield replies


def _requests() -> "queue.SimpleQueue[dict[str, Any]]":
    """Reads in a thread, so that the server's end is noticed while the engine hangs; pyttsx3 stays in the main one."""
    requests: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(requests,), name="requests", daemon=True).start()
    return requests


def _read(requests: "queue.SimpleQueue[dict[str, Any]]") -> None:
    for line in sys.stdin.buffer:
        requests.put(json.loads(line))
    os._exit(0)


def _send(replies: TextIO, reply: dict[str, object]) -> None:
    replies.write(json.dumps(reply) + "\n")
    replies.flush()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "espeak")
