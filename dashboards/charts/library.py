"""plotly.js as the plotly package brings it; found without loading the package, which would take a second."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import metadata

_STYLE = re.compile(rb'document\.getElementById\("([0-9a-f]{32,64})"\)\)\{var \w+=document\.createElement\("style"\)')


def version() -> str:
    """The package's version."""
    return metadata.version("plotly")


def script() -> bytes:
    """The library's script, 4.8 MB."""
    distribution = metadata.distribution("plotly")
    path = distribution.locate_file("plotly/package_data/plotly.min.js")
    with open(str(path), "rb") as file:
        return file.read()


@lru_cache(maxsize=1)
def style_ids() -> tuple[str, ...]:
    """Ids under which the script would add styles of parts that we do not use (maps), were they not there.

    The pages' policy refuses such styles, so the page puts empty elements there first.
    """
    return tuple(sorted({found.decode() for found in _STYLE.findall(script())}))
