"""Says ticket numbers, windows and calls as people say them, in Chinese and English."""

import re
import unicodedata
from collections.abc import Mapping

ZH_DIGITS = "零一二三四五六七八九"
EN_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_EN_TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_EN_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")

TEMPLATES: Mapping[str, str] = {
    "zh": "请 {number} 号到 {window} 号窗口",
    "en": "Ticket {number}, please go to {window}",
    "yue": "請 {number} 號到 {window} 號窗口",
}
"""The hall's own wording may replace these."""

PLACES = ("number", "window", "line", "matter")
"""What a template may name in braces."""

HANZI_LANGUAGES = frozenset({"zh", "yue"})
"""Written in hanzi; the others are spoken as English is."""

UNSPEAKABLE_EN: Mapping[str, str] = {"line": "your service", "matter": "your matter"}
"""Said where a line or a matter has no English name."""

UNSPEAKABLE_WINDOW_EN = "the window on the screen"
"""Said where a window has no English name: an English voice reads hanzi as "Chinese letter"."""

_WINDOW_NUMBER = re.compile(r"(?:第)?(\d+|[零一二三四五六七八九十]+)\s*(?:号|號)?\s*(?:窗口|窗|柜台)?")
_PLACE = re.compile(r"\{window\}(?:\s*[号號]\s*窗口)?|\{(?:number|line|matter)\}")
_HANZI = re.compile(r"[\u3400-\u9fff]")


def spoken_number(number: str, lang: str, *, yao: bool = False) -> str:
    """The ticket number, letter by letter and digit by digit.

    Args:
        number: As printed, such as `A001`; full-width forms and separators are allowed.
        lang: `zh` or `en`.
        yao: In Chinese, say 1 as 幺, as on the telephone and the railway.

    Returns:
        `A 零零一` or `A zero zero one`.
    """
    sayable = r"[A-Za-z]+|\d+|[\u3400-\u9fff]+" if lang in HANZI_LANGUAGES else r"[A-Za-z]+|\d+"
    runs = re.findall(sayable, _plain(number))
    return " ".join(_run(run, lang, yao=yao) for run in runs)


def spoken_window(window: str, lang: str, *, yao: bool = False) -> str:
    """The window's number or name: `三号窗口`, `综合窗口 A`, `window three`.

    Args:
        window: Number or name as shown, in the language of `lang` or in Chinese.
        lang: `zh` or `en`.
        yao: Say 1 as 幺 where a window number is said digit by digit (from 100 on).
    """
    number = window_number(window)
    if lang in HANZI_LANGUAGES:
        said = _zh_window(window, number, yao=yao)
        return said.replace("号", "號") if lang == "yue" else said
    if number is not None:
        return f"window {_en_words(number)}"
    return _en_name(window)


def window_number(window: str) -> int | None:
    """The number of a window that is called by its number alone (`3`, `3号窗口`, `十二号`, `Window 3`), else None."""
    plain = re.sub(r"(?i)^(window|counter)\s*(no\.?)?\s*", "", _plain(window))
    match = _WINDOW_NUMBER.fullmatch(plain)
    if match is None:
        return None
    return int(match[1]) if match[1].isdigit() else _value_of_hanzi(match[1])


def call_text(
    number: str,
    window: str,
    lang: str,
    *,
    template: str | None = None,
    yao: bool = False,
    line: str = "",
    matter: str = "",
) -> str:
    """The sentence that calls a ticket to a window.

    A window known by name keeps its name: `请 A 零零一 号到 婚姻登记室`, though the template says `{window} 号窗口`.

    Args:
        number: As printed.
        window: Number or name; the English name for `en` where there is one.
        lang: `zh`, `yue` or `en`.
        template: Instead of the language's own, with the places of `PLACES`.
        yao: Say 1 as 幺.
        line: Name of the line, in the language where there is one.
        matter: Name of the matter, likewise.
    """
    said = {
        "window": spoken_window(window, lang, yao=yao),
        "number": spoken_number(number, lang, yao=yao),
        "line": _name(line, lang, "line"),
        "matter": _name(matter, lang, "matter"),
    }
    sentence = _PLACE.sub(lambda found: said[found[0][1:].partition("}")[0]], template or TEMPLATES[lang])
    return re.sub(r" {2,}", " ", sentence).strip()


def _name(name: str, lang: str, place: str) -> str:
    if lang in HANZI_LANGUAGES:
        return name
    return UNSPEAKABLE_EN[place] if not name or _HANZI.search(name) else name


def _plain(text: str) -> str:
    """Full-width letters and digits as ordinary ones."""
    return unicodedata.normalize("NFKC", text).strip()


def _run(run: str, lang: str, *, yao: bool) -> str:
    if run.isdecimal():
        return _zh_digits(run, yao=yao) if lang in HANZI_LANGUAGES else " ".join(EN_DIGITS[int(digit)] for digit in run)
    if _HANZI.match(run):
        return run
    return " ".join(run.upper())


def _zh_digits(digits: str, *, yao: bool) -> str:
    said = "".join(ZH_DIGITS[int(digit)] for digit in digits)
    return said.replace("一", "幺") if yao else said


def _zh_window(window: str, number: int | None, *, yao: bool) -> str:
    if number is not None:
        return f"{_zh_words(number, yao=yao)}号窗口"
    said = re.sub(r"\d+", lambda digits: _zh_words(int(digits[0]), yao=yao), _plain(window))
    return re.sub(r"\s*([A-Za-z]+)\s*", lambda letters: f" {' '.join(letters[1].upper())} ", said).strip()


def _zh_words(number: int, *, yao: bool) -> str:
    """Up to 99 as a number (十二, never 一十二), from 100 on digit by digit, as rooms and windows are said."""
    if number > 99:
        return _zh_digits(str(number), yao=yao)
    tens, ones = divmod(number, 10)
    if not tens:
        return ZH_DIGITS[ones]
    return ("" if tens == 1 else ZH_DIGITS[tens]) + "十" + (ZH_DIGITS[ones] if ones else "")


def _value_of_hanzi(said: str) -> int:
    """The number said as 三, 十二, 二十 or digit by digit as 一零一."""
    if "十" not in said:
        return int("".join(str(ZH_DIGITS.index(digit)) for digit in said))
    tens, _, ones = said.partition("十")
    return (ZH_DIGITS.index(tens) if tens else 1) * 10 + (ZH_DIGITS.index(ones) if ones else 0)


def _en_words(number: int) -> str:
    if number > 99:
        return " ".join(EN_DIGITS[int(digit)] for digit in str(number))
    if number < 10:
        return EN_DIGITS[number]
    if number < 20:
        return _EN_TEENS[number - 10]
    tens, ones = divmod(number, 10)
    return _EN_TENS[tens - 2] + (f"-{EN_DIGITS[ones]}" if ones else "")


def _en_name(window: str) -> str:
    if _HANZI.search(window):
        return UNSPEAKABLE_WINDOW_EN
    words = re.findall(r"[A-Za-z']+|\d+", _plain(window))
    return " ".join(_en_words(int(word)) if word.isdecimal() else word for word in words)
