"""The 200 everyday phrases of tests/data and what becomes of them when people mistype: a wrong character, a slip."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import msgspec

from hall_server.directory.catalogue_import import matter_id, read
from hall_server.directory.model import Matter
from hall_server.directory.pinyin import first_readings
from hall_server.directory.search import MatterSearch
from hall_server.directory.sounds import BESIDE, blurred

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "config" / "catalogue" / "catalogue_qianfeng.csv"
PHRASES = ROOT / "tests" / "data" / "everyday_phrases.csv"
HELD_OUT = 50
FIRST = 3

Change = Callable[[str], str]


class Said(msgspec.Struct, frozen=True):
    """A phrase and the codes of the matters that are right answers."""

    phrase: str
    codes: frozenset[str]


def phrases() -> tuple[list[Said], list[Said]]:
    """Return the phrases for tuning and those held out: the 50 with the smallest SHA-256."""
    with PHRASES.open(encoding="utf-8", newline="") as file:
        said = [Said(row["phrase"], frozenset(row["codes"].split())) for row in csv.DictReader(file)]
    ordered = sorted(said, key=lambda one: _digest(one.phrase))
    held_out = set(ordered[:HELD_OUT])
    return [one for one in said if one not in held_out], ordered[:HELD_OUT]


def district() -> MatterSearch:
    """The search over the real catalogue, nothing marked as frequent and no words of editions."""
    rows = read(CATALOGUE).rows
    search = MatterSearch()
    search.rebuild(
        (
            Matter(
                id=matter_id(row.code),
                code=row.code,
                name=row.name,
                department=row.department,
                line="a",
                task_type=row.task_type,
            )
            for row in rows
        ),
        {row.department: row.department for row in rows},
    )
    return search


def is_found(search: MatterSearch, said: Said, change: Change = str) -> bool:
    """Say whether a right matter is among the first three."""
    return any(matter.code in said.codes for matter in search.find(change(said.phrase), limit=FIRST))


def share_found(search: MatterSearch, said: Sequence[Said], change: Change = str) -> float:
    """The share of the phrases that find a right matter among the first three."""
    return sum(is_found(search, one, change) for one in said) / len(said)


class Mistakes:
    """One mistake in each phrase, the same in every run: what is struck is drawn by the phrase's own hash."""

    def __init__(self) -> None:
        """Draw from the characters that stand in the phrases and in the catalogue."""
        self._reading = first_readings()
        known = {letter for said in phrases() for one in said for letter in one.phrase}
        known |= {letter for row in read(CATALOGUE).rows for letter in row.name}
        self._letters = sorted(letter for letter in known if self._reading.get(letter))

    def same_sound(self, phrase: str) -> str:
        """One character replaced by another of the same syllable, whatever its tone."""
        return self._replaced(phrase, lambda letter: self._reading.get(letter))

    def like_sound(self, phrase: str) -> str:
        """One character replaced by one that some people say alike (z/zh, n/l, en/eng, in/ing)."""
        return self._replaced(phrase, lambda letter: blurred(self._reading.get(letter)))

    def any_character(self, phrase: str) -> str:
        """One character replaced by any other."""
        return self._replaced(phrase, lambda letter: "")

    def pinyin(self, phrase: str) -> str:
        """The whole phrase in letters, without tones and spaces."""
        return "".join(self._reading.get(letter) or letter for letter in phrase)

    def pinyin_apart(self, phrase: str) -> str:
        """The whole phrase in letters, a space after each syllable."""
        return " ".join(self._reading.get(letter) or letter for letter in phrase)

    def slip(self, phrase: str) -> str:
        """The phrase in letters, one of them struck on the key beside."""
        typed, dice = self.pinyin(phrase), _dice(phrase)
        place = dice.choice([at for at, letter in enumerate(typed) if letter in BESIDE])
        return typed[:place] + dice.choice(BESIDE[typed[place]]) + typed[place + 1 :]

    def _replaced(self, phrase: str, kind: Callable[[str], str]) -> str:
        dice = _dice(phrase)
        place = dice.choice([at for at, letter in enumerate(phrase) if self._reading.get(letter)])
        meant = phrase[place]
        others = [letter for letter in self._letters if letter != meant and kind(letter) == kind(meant)]
        return phrase[:place] + dice.choice(others or [meant]) + phrase[place + 1 :]


def _digest(phrase: str) -> str:
    return hashlib.sha256(phrase.encode()).hexdigest()


def _dice(phrase: str) -> Random:
    return Random(int(_digest(phrase), 16))
