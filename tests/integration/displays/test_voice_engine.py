"""pyttsx3 in its child process, with the real library."""

import asyncio
import importlib.util
import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tornado.ioloop import IOLoop

from displays.voice.engine import CHILD, LONGEST_TEXT, VOICES, EspeakVoice, Pyttsx3Engine
from displays.voice.errors import VoiceFailed, VoiceUnavailable
from displays.voice.plausible import check_plausible
from displays.voice.spoken import call_text
from displays.voice.waves import read_sound

Start = Callable[..., Pyttsx3Engine]


def child_without(*, bundled: bool = True, system: bool = True) -> list[str]:
    """The real child on a machine where espeakng-loader or every library of the system is missing."""
    hide = ["import ctypes, runpy, sys"]
    if not bundled:
        hide.append("sys.modules['espeakng_loader'] = None")
    if not system:
        hide.append("ctypes.cdll.LoadLibrary = lambda path: (_ for _ in ()).throw(OSError(path))")
    return [sys.executable, "-P", "-c", "; ".join([*hide, f"runpy.run_path({CHILD[-1]!r}, run_name='__main__')"])]


def is_running(pid: int | None) -> bool:
    return Path(f"/proc/{pid}").exists()


def library_of(pid: int | None) -> str:
    """The folder of the espeak library that the process has loaded."""
    maps = Path(f"/proc/{pid}/maps").read_text().splitlines()
    return "".join({line.split("/")[-2] for line in maps if "/libespeak-ng" in line})


@pytest.fixture
def start(io_loop: IOLoop) -> Iterator[Start]:
    """Makes engines and closes them."""
    engines: list[Pyttsx3Engine] = []

    def make(**how: object) -> Pyttsx3Engine:
        engines.append(Pyttsx3Engine(**{"deadline_s": 30.0, "start_deadline_s": 30.0, **how}))  # type: ignore[arg-type]  # any of its arguments
        return engines[-1]

    yield make
    for engine in engines:
        io_loop.run_sync(engine.close)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.gen_test
async def test_a_call_is_rendered_to_be_heard(start: Start, tmp_path: Path, lang: str) -> None:
    text = call_text("A001", "3", lang)
    await start().render(text, lang, tmp_path / "call.wav")
    sound = read_sound(tmp_path / "call.wav")
    check_plausible(sound, text)
    assert sound.rate == 22_050
    assert 2.0 < sound.length_s < 8.0


@pytest.mark.gen_test
async def test_phrases_asked_at_once_are_each_rendered_right(start: Start, tmp_path: Path) -> None:
    engine = start()
    phrases = [("zh", call_text(f"A{number:03}", str(number), "zh")) for number in (1, 22, 333)]
    phrases += [("en", call_text("B7", "4", "en")), ("en", call_text("C1234567", "55", "en"))]
    alone = []
    for lang, text in phrases:
        await engine.render(text, lang, tmp_path / "alone.wav")
        alone.append(read_sound(tmp_path / "alone.wav").length_s)

    await asyncio.gather(
        *(engine.render(text, lang, tmp_path / f"{place}.wav") for place, (lang, text) in enumerate(phrases))
    )

    # espeak's samples differ a little each time, its lengths hardly.
    together = [read_sound(tmp_path / f"{place}.wav").length_s for place in range(5)]
    assert together == pytest.approx(alone, abs=0.05)
    assert min(abs(a - b) for a, b in itertools.combinations(alone, 2)) > 0.1


@pytest.mark.gen_test
async def test_no_phrase_disturbs_the_one_behind_it(start: Start, tmp_path: Path) -> None:
    """pyttsx3 tells of the end too early and may cancel a new rate: then the next phrase is empty or too fast."""
    engine = start()
    lengths: dict[str, set[float]] = {"zh": set(), "en": set()}
    for number in range(60):
        lang = ("zh", "en")[number % 2]
        await engine.render(call_text("A001", "3", lang), lang, tmp_path / "a.wav")
        lengths[lang].add(read_sound(tmp_path / "a.wav").length_s)
    assert [max(of) - min(of) < 0.05 for of in lengths.values()] == [True, True]


@pytest.mark.gen_test
async def test_a_long_notice_is_on_disk_to_its_end(start: Start, tmp_path: Path) -> None:
    """pyttsx3's own wait ends 10 ms after the start of the synthesis; ours ends with it."""
    text = "请办理不动产登记的群众到二楼综合窗口等候。" * 20
    await start().render(text, "zh", tmp_path / "notice.wav")
    assert read_sound(tmp_path / "notice.wav").length_s > 60


@pytest.mark.gen_test
async def test_one_child_serves_all_phrases_and_ends_with_the_engine(start: Start, tmp_path: Path) -> None:
    engine = start()
    assert engine.pid is None
    await engine.render("one", "en", tmp_path / "a.wav")
    pid = engine.pid
    await engine.render("two", "en", tmp_path / "a.wav")
    assert engine.pid == pid
    await engine.close()
    assert engine.pid is None
    assert not is_running(pid)
    with pytest.raises(VoiceUnavailable):
        await engine.render("three", "en", tmp_path / "a.wav")


@pytest.mark.parametrize(
    ("text", "lang", "reason"),
    [
        ("  ", "en", "characters"),
        ("a" * (LONGEST_TEXT + 1), "en", "characters"),
        ("☎☎", "zh", "nothing in the text can be spoken"),
    ],
)
@pytest.mark.gen_test
async def test_what_cannot_be_spoken_is_refused_and_the_next_is_spoken(
    start: Start, tmp_path: Path, text: str, lang: str, reason: str
) -> None:
    engine = start()
    with pytest.raises(VoiceFailed) as caught:
        await engine.render(text, lang, tmp_path / "a.wav")
    assert reason in str(caught.value.fields["reason"])
    await engine.render("ready", "en", tmp_path / "a.wav")
    check_plausible(read_sound(tmp_path / "a.wav"), "ready")


@pytest.mark.gen_test
async def test_a_file_that_cannot_be_written_fails_at_once_and_keeps_the_child(start: Start, tmp_path: Path) -> None:
    engine = start()
    await engine.render("one", "en", tmp_path / "a.wav")
    pid = engine.pid
    with pytest.raises(VoiceFailed, match="No such file"):
        await engine.render("two", "en", tmp_path / "none" / "a.wav")
    assert engine.pid == pid


@pytest.mark.gen_test
async def test_an_unknown_voice_fails_and_is_not_replaced_by_another(start: Start, tmp_path: Path) -> None:
    engine = start(voices={**VOICES, "zh": EspeakVoice(name="no/such-voice", rate=150)})
    with pytest.raises(VoiceFailed, match="no/such-voice"):
        await engine.render("请", "zh", tmp_path / "a.wav")
    await engine.render("ready", "en", tmp_path / "a.wav")


@pytest.mark.gen_test
async def test_an_unknown_language_is_unavailable(start: Start, tmp_path: Path) -> None:
    with pytest.raises(VoiceUnavailable):
        await start().render("bonjour", "fr", tmp_path / "a.wav")
    assert start().style("fr") is None


@pytest.mark.gen_test
async def test_the_bundled_library_speaks_where_the_system_has_none(start: Start, tmp_path: Path) -> None:
    assert importlib.util.find_spec("espeakng_loader")
    engine = start()
    await engine.render("one", "en", tmp_path / "a.wav")
    assert library_of(engine.pid) == "espeakng_loader"


@pytest.mark.gen_test
async def test_the_systems_library_speaks_where_the_bundled_is_missing(start: Start, tmp_path: Path) -> None:
    engine = start(command=child_without(bundled=False))
    for lang in ("zh", "en"):
        text = call_text("A001", "3", lang)
        await engine.render(text, lang, tmp_path / "a.wav")
        check_plausible(read_sound(tmp_path / "a.wav"), text)
    assert library_of(engine.pid) not in ("", "espeakng_loader")


@pytest.mark.gen_test
async def test_a_machine_without_any_library_says_so_and_is_not_asked_again_at_once(
    start: Start, tmp_path: Path
) -> None:
    engine = start(command=child_without(bundled=False, system=False))
    for _ in range(2):
        with pytest.raises(VoiceUnavailable, match="eSpeak"):
            await engine.render("one", "en", tmp_path / "a.wav")
        assert engine.pid is None
