"""Which rows an LED bar shows: those of the screen it is tied to, else those of the place where it hangs."""

from __future__ import annotations

from displays.pictures import Screens
from displays.screens import led
from displays.screens.led import LedText
from displays.screens.model import Screen
from displays.screens.register import ScreenRegister
from hall_server.errors import NotFound

USUAL_CHARS, USUAL_ROWS = 8, 4
"""Of a bar that no screen describes: the narrower of the two widths that are sold, and a wall of four rows."""


class LedTexts:
    """Makes the texts of LED bars."""

    def __init__(self, register: ScreenRegister, screens: Screens) -> None:
        self._register = register
        self._screens = screens

    def screen(self, screen_id: str) -> LedText:
        """The rows of a screen of kind LED.

        Raises:
            NotFound: ``screen.unknown``, or its zone or window is gone.
        """
        found = self._register.screens.get(screen_id)
        if found is None:
            raise NotFound("screen.unknown", screen=screen_id[:60])
        return self._of(found)

    def device(self, device: str, *, window: str | None = None, zone: str | None = None) -> LedText:
        """The rows of a device, by its own screen or else by where it hangs.

        Raises:
            NotFound: its place is gone.
        """
        if tied := self._register.of_device(device):
            return self._of(tied)
        if window is not None:
            return led.of_window(self._screens.window(window), chars=USUAL_CHARS)
        return led.of_zone(self._screens.board(zone or ""), chars=USUAL_CHARS, rows=USUAL_ROWS)

    def _of(self, screen: Screen) -> LedText:
        languages = tuple(language.value for language in screen.languages)
        if screen.window is not None:
            return led.of_window(self._screens.window(screen.window), chars=screen.led_chars, languages=languages)
        board = self._screens.board(screen.zone or "")
        return led.of_zone(board, chars=screen.led_chars, rows=screen.led_rows, languages=languages)
