"""Numbers as people say them (一千, 八十, 三百五十) beside numbers as names write them (1000, 80, 350)."""

import re

_DIGITS = {letter: value for value, letter in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_TENS = {"十": 10, "百": 100, "千": 1000}
_TYPED = re.compile("[0-9]+")
_SAID = re.compile("[零〇一二两三四五六七八九十百千万]{2,}")


def numbers_in(text: str) -> list[str]:
    """Return the numbers of two digits and more that are typed or said in a text, in figures: 八十岁 holds 80."""
    said = [str(_value(one)) for one in _SAID.findall(text) if any(letter in "十百千万" for letter in one)]
    return [number for number in (*_TYPED.findall(text), *said) if len(number) > 1]


def _value(said: str) -> int:
    whole, part, digit = 0, 0, 0
    for letter in said:
        if letter in _DIGITS:
            digit = _DIGITS[letter]
        elif letter in _TENS:
            part += (digit or 1) * _TENS[letter]
            digit = 0
        else:
            whole = (whole + part + digit or 1) * 10_000
            part = digit = 0
    return whole + part + digit
