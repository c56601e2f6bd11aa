"""The works of a simulated receipt printer: obeys ESC/POS commands one after another and uses paper up."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from devices.gateway.printing.blocks import Run, Size
from devices.gateway.printing.picture import code_picture
from devices.simulated.hardware.escpos_tokens import Token
from devices.simulated.hardware.strip import Strip, StripMaker

_ALIGNS = {0: "left", 1: "center", 2: "right", 48: "left", 49: "center", 50: "right"}
_ERRORS = {48: "l", 49: "m", 50: "q", 51: "h"}
DEFAULT_STEP = 30


class Works:
    """Everything a printer remembers from one command to the next.

    Attributes:
        unknown: commands it did not understand.
    """

    def __init__(self, dots: int, *, on_strip: Callable[[Strip], None], says: Callable[[bytes], None]) -> None:
        """Args: printable width; who takes what was cut off; who takes the answers to GS r."""
        self._dots = dots
        self._on_strip = on_strip
        self._says = says
        self.paper_sensor = 0
        self.used_dots = 0
        self.unknown: list[str] = []
        self._maker = StripMaker(dots)
        self.reset()

    def reset(self) -> None:
        """Forget all settings and the line begun (ESC @)."""
        self._line: list[Run] = []
        self._size = Size(1, 1)
        self._is_bold = self._is_inverse = self._is_chinese = False
        self._align = "left"
        self._step = DEFAULT_STEP
        self._code = b""
        self._code_module, self._code_error = 3, "l"

    def tear(self) -> None:
        """Somebody tears off what stands out, uncut."""
        if not self._maker.is_blank:
            self._hand_over(is_cut=False)

    def obey(self, token: Token) -> None:
        """Do one thing."""
        if not token.name:
            self._letter(token.rest)
            return
        if token.name[:1] == b"\x1b":
            self._esc(token.name[1:2], token.rest)
        elif token.name[:1] == b"\x1c":
            self._fs(token.name[1:2])
        else:
            self._gs(token.name, token.rest)

    # -- inside

    def _letter(self, data: bytes) -> None:
        if data == b"\n":
            self._feed_line()
        elif data >= b" ":
            if len(data) > 1 and not self._is_chinese:
                self.unknown.append(f"Chinese outside Chinese mode: {data.hex()}")
            letter = data.decode("gb18030", "replace")
            kind = (self._size, self._is_bold, self._is_inverse)
            if self._line and self._line[-1][1:] == kind:
                letter = self._line.pop().text + letter
            self._line.append(Run(letter, *kind))

    def _feed_line(self) -> None:
        high = 24 * max((run.size.high for run in self._line), default=1)
        step = max(self._step, high)
        self._maker.line(self._line, self._align, step)
        self._line = []
        self.used_dots += step

    def _feed(self, dots: int) -> None:
        if self._line:
            self._feed_line()
        self._maker.canvas.space(dots)
        self.used_dots += dots

    def _esc(self, name: bytes, rest: bytes) -> None:
        match name:
            case b"@":
                self.reset()
            case b"a":
                self._align = _ALIGNS[rest[0]]
            case b"E" | b"G":
                self._is_bold = bool(rest[0] & 1)
            case b"2":
                self._step = DEFAULT_STEP
            case b"3":
                self._step = rest[0]
            case b"J":
                self._feed(rest[0])
            case b"d":
                self._feed(rest[0] * self._step)
            case b"t" | b"R" | b"M" | b"{" | b"-" | b"V" | b" ":
                pass  # code page, national letters, font, upside down, underline: not drawn
            case _:
                self.unknown.append(f"ESC {name!r}")

    def _fs(self, name: bytes) -> None:
        if name in (b"&", b"."):
            self._is_chinese = name == b"&"
        else:
            self.unknown.append(f"FS {name!r}")

    def _gs(self, name: bytes, rest: bytes) -> None:
        match name:
            case b"\x1d!":
                self._size = Size((rest[0] >> 4) + 1, (rest[0] & 7) + 1)
            case b"\x1dB":
                self._is_inverse = bool(rest[0] & 1)
            case b"\x1dr":
                self._says(bytes([self.paper_sensor]))
            case b"\x1dV":
                self._hand_over(is_cut=True)
            case b"\x1dv":
                self._raster(rest)
            case b"\x1d(k":
                self._two_dimensional(rest[2:])
            case b"\x1db":
                pass  # smoothing
            case _:
                self.unknown.append(name.hex(" "))

    def _raster(self, rest: bytes) -> None:
        across, down = int.from_bytes(rest[2:4], "little"), int.from_bytes(rest[4:6], "little")
        picture = Image.frombytes("1", (across * 8, down), bytes(byte ^ 0xFF for byte in rest[6:]))
        self._maker.raster(picture, self._align)
        self.used_dots += down

    def _two_dimensional(self, rest: bytes) -> None:
        """GS ( k for QR codes (cn = 49): module size, error correction, store, print."""
        if rest[:1] != b"1":
            self.unknown.append(f"GS ( k {rest[:1]!r}")
            return
        match rest[1]:
            case 67:
                self._code_module = rest[2]
            case 69:
                self._code_error = _ERRORS[rest[2]]
            case 80:
                self._code = rest[3:]
            case 81:
                words = self._code.decode("utf-8")
                picture = code_picture(words, self._code_module, error=self._code_error)
                self._maker.code(words, picture, self._align)
                self.used_dots += picture.height

    def _hand_over(self, *, is_cut: bool) -> None:
        maker, self._maker = self._maker, StripMaker(self._dots)
        self._on_strip(maker.finished(is_cut=is_cut))
