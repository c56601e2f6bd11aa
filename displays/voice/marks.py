"""Marks in a text that say how a word is to be spoken: `[重庆|chong2 qing4]`, put in by the hall's corrections."""

import re
from collections.abc import Mapping

MARK = re.compile(r"\[([^\[\]|]+)\|([^\[\]|]+)\]")
"""The word as it is written, and how it is said. `pronunciation.py`, which runs alone in a child, has the same."""

PINYIN = re.compile(r"[a-zü]+[1-5](?: +[a-zü]+[1-5])*")
"""Syllables with their tone numbers: what espeak alone can be told; other voices are given the word as written."""

_RESERVED = str.maketrans({"[": "（", "]": "）", "|": "／"})


def marked(text: str, says: Mapping[str, str], *, by_words: bool) -> str:
    """The text with every corrected word marked, the longest word first.

    Args:
        text: as people read it.
        says: word → how it is said.
        by_words: whether a word must stand alone, as in English; Chinese has no spaces between words.
    """
    plain_text = text.translate(_RESERVED)
    words = sorted((word for word in says if word), key=len, reverse=True)
    if not words:
        return plain_text
    any_word = "|".join(map(re.escape, words))
    pattern = re.compile(rf"(?<!\w)(?:{any_word})(?!\w)" if by_words else any_word, re.IGNORECASE)
    known = {word.casefold(): say for word, say in says.items()}
    return pattern.sub(lambda found: f"[{found[0]}|{known[found[0].casefold()]}]", plain_text)


def written(text: str) -> str:
    """The text without marks, as people read it."""
    return MARK.sub(r"\1", text)


def respelt(text: str) -> str:
    """The text for a voice that reads words and no pinyin: a word said like other words is written as those."""
    return MARK.sub(lambda found: found[1] if PINYIN.fullmatch(found[2]) else found[2], text)
