"""A founded demonstration hall to copy: master data, accounts and devices are made once and not for every test."""

from __future__ import annotations

import shutil
from pathlib import Path

from scripts.hall_process import HallProcess


class FoundedHall:
    """The folder of a hall that was begun and ended in order, before anybody came.

    Its keys, accounts and devices are those of every copy. Tests of a hall's first start begin an empty folder instead.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def copy(self, data: Path) -> Path:
        """Lay the hall into a folder that is not there yet; gives that folder."""
        if not self._folder.exists():
            hall = HallProcess(self._folder).start()
            assert hall.stop() == 0, hall.log
        shutil.copytree(self._folder, data)
        return data
