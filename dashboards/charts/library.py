"""plotly.js as the plotly package brings it; found without loading the package, which would take a second."""

from __future__ import annotations

from importlib import metadata


def version() -> str:
    """The package's version."""
    return metadata.version("plotly")


def script() -> bytes:
    """The library's script, 4.8 MB."""
    distribution = metadata.distribution("plotly")
    path = distribution.locate_file("plotly/package_data/plotly.min.js")
    with open(str(path), "rb") as file:
        return file.read()
