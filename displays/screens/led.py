"""What rows of LED characters say: pure choices, from the longest wording that fits; a number is never cut."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec

from displays.pictures import BoardCall, BoardPicture, WindowScreen
from hall_queue.model import TicketState, WindowState


class Tone(StrEnum):
    """How a row is lit, where the controller has colours."""

    CALL = "call"  # red, blinking for a fresh call
    QUIET = "quiet"  # green
    WARN = "warn"  # amber
    ALARM = "alarm"  # red, the emergency


class LedRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row.

    Attributes:
        texts: what it says, one after the other (Chinese, English); usually one or two.
        scroll: whether a text is wider than the row, so that it must run.
        number: the ticket number in it, for controllers that light it apart.
    """

    texts: tuple[str, ...]
    tone: Tone
    scroll: bool = False
    number: str | None = None


class LedText(msgspec.Struct, frozen=True, kw_only=True):
    """Everything an LED bar shows.

    Attributes:
        chars: its width in Chinese characters; a Latin letter or digit takes half of one.
    """

    chars: int
    rows: tuple[LedRow, ...]


def width(text: str) -> float:
    """How wide a text is, in Chinese characters."""
    return sum(1.0 if unicodedata.east_asian_width(letter) in "WFA" else 0.5 for letter in text)


def fits(texts: Iterable[str], chars: int) -> str:
    """The first of several wordings that fits, from the longest to the shortest; the last where none does."""
    last = ""
    for last in texts:
        if width(last) <= chars:
            return last
    return last


def of_window(screen: WindowScreen, *, chars: int, languages: Sequence[str] = ("zh", "en")) -> LedText:
    """The bar above a window."""
    if screen.emergency is not None:
        return _alarm(screen.emergency.zh, screen.emergency.en, chars, languages, rows=1)
    return LedText(chars=chars, rows=(_window_row(screen, chars, languages),))


def of_zone(board: BoardPicture, *, chars: int, rows: int, languages: Sequence[str] = ("zh", "en")) -> LedText:
    """A wall of several rows: the newest calls first, then the last called; then what the hall has to say."""
    if board.emergency is not None:
        return _alarm(board.emergency.zh, board.emergency.en, chars, languages, rows=rows)
    calls = [_call_row(call, Tone.CALL, chars, languages) for call in board.calling[:rows]]
    past = [_call_row(call, Tone.QUIET, chars, languages) for call in board.recent[: rows - len(calls)]]
    return LedText(chars=chars, rows=(*calls, *past, *_rest(board, rows - len(calls) - len(past), chars, languages)))


# -- inside


def _window_row(screen: WindowScreen, chars: int, languages: Sequence[str]) -> LedRow:
    window, ticket = screen.window, screen.ticket
    if ticket is not None:
        number, is_call = ticket.number, ticket.state is TicketState.CALLED
        zh = (
            (f"请{number}号到本窗口", f"请{number}到本窗口", f"请 {number}", number)
            if is_call
            else (f"正在办理 {number}", f"办理 {number}", number)
        )
        en = (f"{number} please come here", f"{number} come here", number) if is_call else (f"Serving {number}", number)
        return _row({"zh": zh, "en": en}, Tone.CALL if is_call else Tone.QUIET, chars, languages, number=number)
    if window.state is WindowState.PAUSED:
        return _row({"zh": ("暂停服务",), "en": ("Service paused", "Paused")}, Tone.WARN, chars, languages)
    if window.state is WindowState.CLOSED:
        return _row({"zh": ("窗口未开放",), "en": ("Window closed", "Closed")}, Tone.WARN, chars, languages)
    zh = (f"{window.number}号窗口 {window.name}", window.name, f"{window.number}号窗口")
    en = (f"Window {window.number} {window.name_en}".rstrip(), f"Window {window.number}")
    return _row({"zh": zh, "en": en}, Tone.QUIET, chars, languages)


def _call_row(call: BoardCall, tone: Tone, chars: int, languages: Sequence[str]) -> LedRow:
    number, at = call.number, call.window_number
    zh = (
        f"{number}号 请到 {at}号窗口",
        f"{number} 请到{at}号窗口",
        f"{number}到{at}号窗口",
        f"{number}→{at}号",
        f"{number}→{at}",
    )
    en = (f"{number} to Window {at}", f"{number} Window {at}", f"{number} Win {at}", f"{number}>{at}")
    return _row({"zh": zh, "en": en}, tone, chars, languages, number=number)


def _rest(board: BoardPicture, left: int, chars: int, languages: Sequence[str]) -> Iterable[LedRow]:
    """Rows without a call: the notices, then one quiet word, then nothing."""
    if left <= 0:
        return
    said = [_row({"zh": (one.zh,), "en": (one.en,)}, Tone.WARN, chars, languages) for one in board.notices[:left]]
    yield from said
    left -= len(said)
    if left and not board.calling and not board.recent:
        waiting = sum(line.waiting for line in board.lines)
        yield _row({"zh": (f"等候 {waiting} 人",), "en": (f"{waiting} waiting",)}, Tone.QUIET, chars, languages)
        left -= 1
    for _ in range(left):
        yield LedRow(texts=("",), tone=Tone.QUIET)


def _alarm(zh: str, en: str, chars: int, languages: Sequence[str], *, rows: int) -> LedText:
    row = _row({"zh": (zh,), "en": (en,)}, Tone.ALARM, chars, languages)
    return LedText(chars=chars, rows=(row,) * rows)


def _row(
    wordings: dict[str, Sequence[str]],
    tone: Tone,
    chars: int,
    languages: Sequence[str],
    *,
    number: str | None = None,
) -> LedRow:
    chosen = [fits(wordings[lang], chars) for lang in languages if any(wordings[lang])]
    texts = tuple(dict.fromkeys(text for text in chosen if text)) or (fits(wordings["zh"], chars),)
    return LedRow(texts=texts, tone=tone, scroll=any(width(text) > chars for text in texts), number=number)
