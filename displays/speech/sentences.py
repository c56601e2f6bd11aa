"""What is said when a number is called, and how: the rules in force, put into words and settings of the voice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from displays.speech.book import VoiceBook
from displays.speech.rules import VoiceRules
from displays.voice import ORDER, EngineName, VoiceSettings, call_text, marked
from displays.voice.spoken import HANZI_LANGUAGES
from hall_server.directory.directory import Directory

ROOM = "hall"
"""The one room that all zones share where they may not speak at the same time."""


class Speech:
    """The hall's manner of speaking.

    Args:
        zone: the hall's time zone, for quiet hours and volumes.
    """

    def __init__(self, book: VoiceBook, directory: Directory, zone: ZoneInfo) -> None:
        self.book = book
        self.directory = directory
        self._zone = zone

    def call(
        self, number: str, window: str, *, zone: str, line: str, matter: str | None, languages: tuple[str, ...] = ()
    ) -> dict[str, str]:
        """The sentences of a call, by language, with the hall's corrections marked.

        Args:
            number: the ticket's, as printed. window: number of the window. zone: where it is heard.
            line, matter: their ids.
            languages: instead of the zone's.
        """
        rules = self.book.of_zone(zone)
        found_line = self.directory.lines.get(line)
        found_matter = self.directory.matters.get(matter or "")
        said = {}
        for language in languages or rules.languages:
            is_hanzi = language in HANZI_LANGUAGES
            text = call_text(
                number,
                window,
                language,
                template=self.book.template(line, language),
                yao=rules.yao,
                line=_named(found_line, is_hanzi=is_hanzi),
                matter=_named(found_matter, is_hanzi=is_hanzi),
            )
            said[str(language)] = self._marked(rules, language, text)
        return said

    def words(self, texts: Mapping[str, str], zone: str) -> dict[str, str]:
        """What concerns everybody, in the languages of the zone; Cantonese is given the Chinese words."""
        rules = self.book.of_zone(zone)
        found = {language: texts.get(language) or self._instead(language, texts) for language in rules.languages}
        return {str(one): self._marked(rules, one, text) for one, text in found.items() if text}

    def settings(self, zone: str) -> VoiceSettings:
        """How a zone's announcements are made."""
        rules = self.book.of_zone(zone)
        return VoiceSettings(
            languages=tuple(str(one) for one in rules.languages),
            with_chime=rules.chime,
            repeat=rules.repeat,
            orders=self.orders(rules.languages),
        )

    def orders(self, languages: Iterable[str]) -> dict[str, tuple[EngineName, ...]]:
        """Language → who may speak it, best first."""
        return {str(one): order_of(self.book.hall, one) for one in languages}

    def trying(self, changes: Mapping[str, Mapping[str, Any]]) -> Speech:
        """The same with rules that nobody has saved.

        Raises:
            Invalid: as :meth:`VoiceBook.plan`.
        """
        return Speech(self.book.tried(changes), self.directory, self._zone) if changes else self

    def loudness(self, zone: str, now: datetime) -> float | None:
        """Of a call at this moment, 1 at its loudest; None: it is shown and not spoken."""
        rules = self.book.of_zone(zone)
        at = now.astimezone(self._zone).time()
        return None if rules.is_quiet(at) else rules.volume_at(at) / 100

    def room_of(self, zone: str) -> str | None:
        """The room that a zone shares with the others; None where it speaks for itself."""
        return None if self.book.hall.zones_apart else ROOM

    def _instead(self, language: str, texts: Mapping[str, str]) -> str:
        return texts.get("zh", "") if language in HANZI_LANGUAGES else ""

    def _marked(self, rules: VoiceRules, language: str, text: str) -> str:
        return marked(text, rules.says(language), by_words=language not in HANZI_LANGUAGES)


ORDERS: Mapping[str, tuple[EngineName, ...]] = {
    "zh": ORDER,
    "en": (EngineName.SAPI, EngineName.ESPEAK, EngineName.BROWSER),
    "yue": (EngineName.SAPI, EngineName.BROWSER, EngineName.ESPEAK),
}
"""Who speaks where the hall says nothing else: espeak last in Chinese, because people do not understand it."""


def order_of(rules: VoiceRules, language: str) -> tuple[EngineName, ...]:
    """Who may speak a language, best first."""
    orders = {str(name): order for name, order in rules.engines.items()}
    return orders.get(language) or ORDERS.get(language, ORDER)


def _named(thing: object, *, is_hanzi: bool) -> str:
    """Its name in the language; a thing that is not there has none."""
    name: str = getattr(thing, "name", "")
    return name if is_hanzi else getattr(thing, "name_en", "")
