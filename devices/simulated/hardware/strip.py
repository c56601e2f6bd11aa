"""The strip of paper that comes out of a simulated printer: what stands on it, and how it looks."""

from __future__ import annotations

from dataclasses import dataclass, field

from PIL import Image

from devices.gateway.printing.blocks import Run
from devices.gateway.printing.picture import Canvas


@dataclass(slots=True)
class Strip:
    """What came out between two cuts.

    Attributes:
        lines: the text, line by line.
        runs: the same with sizes and weights.
        codes: what the QR codes say that the printer made itself.
        rasters: pictures it was sent.
        is_cut: False: torn off, since the printer stopped before the cut.
    """

    lines: list[str] = field(default_factory=list)
    runs: list[tuple[Run, ...]] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    rasters: int = 0
    is_cut: bool = False
    picture: Image.Image | None = None

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.lines)

    @property
    def largest(self) -> str:
        """The line with the highest letters: the number."""
        return max(self.runs, key=lambda runs: max(run.size.high for run in runs), default=(Run(""),))[0].text


class StripMaker:
    """Draws and notes one strip."""

    def __init__(self, dots: int) -> None:
        """``dots``: printable width."""
        self.strip = Strip()
        self.canvas = Canvas(dots)
        self.is_blank = True

    def line(self, runs: list[Run], align: str, step: int) -> None:
        """Print a line of text and feed."""
        self.canvas.text(tuple(runs), align, step)
        if runs:
            self.is_blank = False
            self.strip.lines.append("".join(run.text for run in runs))
            self.strip.runs.append(tuple(runs))

    def raster(self, picture: Image.Image, align: str) -> None:
        """Print a picture."""
        self.is_blank = False
        self.strip.rasters += 1
        self.canvas.picture(picture, align)

    def code(self, words: str, picture: Image.Image, align: str) -> None:
        """Print a QR code of the printer's own."""
        self.is_blank = False
        self.strip.codes.append(words)
        self.canvas.picture(picture, align)

    def finished(self, *, is_cut: bool) -> Strip:
        """The strip with its picture."""
        self.strip.is_cut = is_cut
        self.strip.picture = self.canvas.done()
        return self.strip
