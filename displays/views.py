"""The live feed's topics ``board/{zone}``, ``window/{w}`` and ``voice/{zone}``: public, as screens in the hall are."""

from __future__ import annotations

from collections.abc import Iterable

from displays.pictures import BoardPicture, Screens, WindowScreen
from displays.touched import Touches
from hall_server.directory.directory import Directory
from hall_server.identity import Actor
from hall_server.messages import Recorded
from hall_server.web.routes import PUBLIC


class BoardView:
    """``board/{zone}``."""

    access = PUBLIC

    def __init__(self, screens: Screens, touches: Touches, directory: Directory) -> None:
        self._screens, self._touches, self._directory = screens, touches, directory

    def key_ok(self, key: str, actor: Actor) -> bool:
        """Whether there is such a zone."""
        return key in self._directory.zones

    def picture(self, key: str) -> BoardPicture:
        """The zone's board."""
        return self._screens.board(key)

    def touched(self, recorded: Recorded) -> Iterable[str]:
        """The zones an event concerns."""
        return self._touches.of(recorded.event).zones


class WindowView:
    """``window/{w}``."""

    access = PUBLIC

    def __init__(self, screens: Screens, touches: Touches, directory: Directory) -> None:
        self._screens, self._touches, self._directory = screens, touches, directory

    def key_ok(self, key: str, actor: Actor) -> bool:
        """Whether there is such a window."""
        return key in self._directory.windows

    def picture(self, key: str) -> WindowScreen:
        """The window's screen."""
        return self._screens.window(key)

    def touched(self, recorded: Recorded) -> Iterable[str]:
        """The windows an event concerns."""
        return self._touches.of(recorded.event).windows


class VoiceView:
    """``voice/{zone}``: announcements are sent as they come; there is no picture of a sound."""

    access = PUBLIC

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def key_ok(self, key: str, actor: Actor) -> bool:
        """Whether there is such a zone."""
        return key in self._directory.zones

    def picture(self, key: str) -> dict[str, str]:
        """Nothing: who comes later has not missed a picture."""
        return {}

    def touched(self, recorded: Recorded) -> Iterable[str]:
        """None: see ``Announcing``."""
        return ()
