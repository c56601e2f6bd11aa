"""Cuts typed letters into syllables of pinyin: shenfenz is shen, fen and a begun z."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

LONGEST = 6
"""Letters of the longest syllable: zhuang."""
MOST_WAYS = 4
"""Ways of reading the same letters that are followed; people mean the one with the fewest syllables."""


class Cut(msgspec.Struct, frozen=True):
    """One way of reading letters.

    Attributes:
        syllables: whole ones, in order.
        ends: how many of the typed letters (apostrophes counted) each has used up, in order.
        begun: letters of a last syllable that is not finished; may be empty.
    """

    syllables: tuple[str, ...]
    ends: tuple[int, ...]
    begun: str = ""


class Syllables:
    """Every syllable there is.

    Args:
        known: in lower-case ASCII, ü as v.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._known = frozenset(known)
        self._begun = frozenset(one[:length] for one in self._known for length in range(1, len(one)))

    def cuts(self, letters: str) -> list[Cut]:
        """Ways of reading the letters, the likeliest first; none where they are no pinyin.

        Args:
            letters: a to z and apostrophes, which divide syllables (xi'an).
        """
        ways: dict[int, list[Cut]] = {len(letters): [Cut((), ())]}
        for at in range(len(letters) - 1, -1, -1):
            if letters[at] == "'":
                ways[at] = ways[at + 1]
            else:
                ways[at] = sorted(self._ways(letters, at, ways), key=_likeliness)[:MOST_WAYS]
        return ways[0]

    def _ways(self, letters: str, at: int, after: dict[int, list[Cut]]) -> Iterator[Cut]:
        """Ways from here on, each syllable before those that come after it."""
        whole = letters[at : at + LONGEST].split("'", 1)[0]
        for end in range(at + len(whole), at, -1):
            if letters[at:end] in self._known:
                for cut in after[end]:
                    yield Cut((letters[at:end], *cut.syllables), (end, *cut.ends), cut.begun)
        if at + len(whole) == len(letters) and whole in self._begun:
            yield Cut((), (), whole)


def _likeliness(cut: Cut) -> tuple[int, bool, int]:
    """Few syllables are likelier, whole ones more than begun ones, long ones first (xian before xi an)."""
    return len(cut.syllables) + bool(cut.begun), bool(cut.begun), -len(cut.syllables[0] if cut.syllables else "")
