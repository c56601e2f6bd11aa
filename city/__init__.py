"""The city centre: what its halls journal, its own journal, and what goes down to the halls."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from city.server import City
    from city.settings import CitySettings


def compose(settings: CitySettings, data: Path, **given: Any) -> City:
    """A city's server with everything installed; see `city.web.composition.compose`."""
    from city.web import composition  # a tool that only stores loads no web side and no statistics

    return composition.compose(settings, data, **given)
