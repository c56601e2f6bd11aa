"""Spells a text for espeak: numbered pinyin with Chinese letter names for Mandarin, letter names for English.

espeak's `cmn-latn-pinyin` voice speaks Mandarin from numbered pinyin in 1.51 (Debian 12) and 1.52 alike, while `cmn` of
1.51 reads its own pinyin as English. What either says wrong is respelt here; the phonemes were measured for all
1,349 syllables of GB 2312 and are tested with the espeak-ng program.

Only the voice's child process imports this at run time: pypinyin's dictionaries take 57 MB.
"""

import re
import unicodedata

from pypinyin import Style, lazy_pinyin

LETTERS: dict[str, str] = {
    **{"A": "ei1", "B": "bi4", "C": "xi1", "D": "di4", "E": "yi4", "F": "ai2 fu5", "G": "ji4"},
    **{"H": "ei2 chi5", "I": "ai4", "J": "zhei4", "K": "kei4", "L": "ai2 le5", "M": "ai2 mu5", "N": "en1"},
    **{"O": "ou1", "P": "pi4", "Q": "ke5 you4", "R": "a4 er5", "S": "ai2 si5", "T": "ti4", "U": "you1"},
    **{"V": "wei1", "W": "da2 bu5 liu5", "X": "ai4 ke5 si5", "Y": "wai4", "Z": "zei4"},
}
"""Latin letters as they are said in a Chinese sentence; a bare `A` is the English article `a` to espeak 1.52."""

_DIGITS = str.maketrans("0123456789", "零一二三四五六七八九")
_PAUSE = re.compile(r"[，。；：、！？,.;:!?]+")
_WORD = re.compile(r"[A-Za-z]|[\u3400-\u9fff]+|[，。；：、！？,.;:!?]+")
_MARK = re.compile(r"\[([^\[\]|]+)\|([^\[\]|]+)\]")
"""The hall's own corrections, as `marks.py` writes them; this file runs alone and cannot import it."""
_PINYIN = re.compile(r"[a-zü]+[1-5](?: +[a-zü]+[1-5])*")
_EN_LETTER_A = re.compile(
    r"\bA\b(?=\s*(?:[,.;:!?]|$|\d|[A-Z]\b|(?:zero|one|two|three|four|five|six|seven|eight|nine)\b))"
)


def for_espeak(text: str, lang: str) -> str:
    """The text as the espeak voice of the language must be given it.

    Args:
        text: As people read it.
        lang: `zh`; `yue`, whose voice reads hanzi by itself; anything else is treated as English.
    """
    if lang == "zh":
        return numbered_pinyin(text)
    said = _MARK.sub(r"\2", text)
    return said.translate(_DIGITS) if lang == "yue" else named_letters(said)


def numbered_pinyin(text: str) -> str:
    """Pinyin with tone numbers, 5 for the neutral tone: `请 A 零零一` → `qing3 ei1 ling2 ling2 yi1`.

    Letters are spelt one by one, stray digits said one by one, punctuation becomes a pause, other marks are dropped.
    A word that the hall has corrected is said as the hall says: by its pinyin, or like other words.
    """
    parts = _MARK.split(text)
    said = [_syllables(part) for part in parts[::3]]
    fixes = [say if _PINYIN.fullmatch(say) else _syllables(say) for say in parts[2::3]]
    ordered = [said[0], *(one for pair in zip(fixes, said[1:], strict=True) for one in pair)]
    return " ".join(filter(None, ordered)).replace(" ,", ",").strip(" ,")


def _syllables(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).translate(_DIGITS)
    return " ".join(_spelt(word) for word in _WORD.findall(plain))


def named_letters(text: str) -> str:
    """English with the letter A spelt so that espeak says its name and not the article."""
    return _EN_LETTER_A.sub("eigh", unicodedata.normalize("NFKC", text))


def _spelt(word: str) -> str:
    if word.upper() in LETTERS:
        return LETTERS[word.upper()]
    if _PAUSE.fullmatch(word):
        return ","
    syllables = lazy_pinyin(
        word, style=Style.TONE3, neutral_tone_with_five=True, tone_sandhi=True, errors="ignore", strict=False
    )
    return " ".join(_respelt(syllable) for syllable in syllables)


def _respelt(syllable: str) -> str:
    """espeak 1.52 reads xiong, qiong, jiong as English, 1.51 with a wrong vowel; xong, qong, jong are right in both."""
    if match := re.fullmatch(r"([xqj])iong(\d)", syllable):
        return f"{match[1]}ong{match[2]}"
    if match := re.fullmatch(r"(?:h?ng|m|n)(\d)", syllable):
        return f"en{match[1]}"
    return "er5" if syllable == "r5" else syllable.replace("ü", "v")
