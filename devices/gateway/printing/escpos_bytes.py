"""A sheet as the bytes an ESC/POS printer understands, made by python-escpos.

Source: Epson's ESC/POS command reference; Chinese printers take GB18030 text after FS & (GB/T 18030).
"""

from __future__ import annotations

import copy
from enum import StrEnum
from functools import cache
from typing import Any

from escpos.capabilities import get_profile
from escpos.constants import QR_ECLEVEL_M
from escpos.printer import Dummy

from devices.gateway.printing.blocks import PAPER, Align, Block, Code, Line, Paper, Rule, Run, Space
from devices.gateway.printing.layout import code_error, laid_out
from devices.gateway.printing.picture import code_picture
from devices.gateway.printing.slip import Sheet

RESET = b"\x1b@"
CHINESE = b"\x1c&"
FEED_DOTS = b"\x1bJ"
MOST_FEED = 255
CLOSE_DOTS = 100
"""A profile for 80 mm paper has 512 to 576 dots; one that differs more is for another paper."""
RULE_GAP = 11


class CodeWay(StrEnum):
    """How QR codes are printed."""

    AUTO = "auto"  # as the printer's profile says
    NATIVE = "native"  # the printer makes them
    PICTURE = "picture"  # we make them


class Charset(StrEnum):
    """What the printer's own characters are."""

    GB18030 = "gb18030"
    GBK = "gbk"  # older printers; what it lacks comes out as a question mark


class PrinterProfile:
    """What a printer can do, from python-escpos' collection."""

    def __init__(
        self,
        name: str = "default",
        *,
        mm: int = 80,
        code_way: CodeWay = CodeWay.AUTO,
        charset: Charset = Charset.GB18030,
    ) -> None:
        """Args: name of the profile; width of the paper; how QR codes are printed; the printer's characters.

        Raises:
            ValueError: there is no such profile or paper.
        """
        if mm not in PAPER:
            raise ValueError(f"paper is {' or '.join(map(str, PAPER))} mm wide")
        self.paper, self.escpos = _known(name, mm)
        self.charset = charset
        can = self.escpos.supports("qrCode")
        self.is_code_native = can if code_way is CodeWay.AUTO else code_way is CodeWay.NATIVE
        self.raster = "bitImageRaster" if self.escpos.supports("bitImageRaster") else "bitImageColumn"
        self.cuts = self.escpos.supports("paperFullCut") or self.escpos.supports("paperPartCut")


def bytes_of(sheet: Sheet, profile: PrinterProfile) -> bytes:
    """Everything to send for a sheet, from the reset to the cut."""
    printer = Dummy()
    printer.profile = profile.escpos
    printer._raw(RESET + CHINESE)
    for block in laid_out(sheet, profile.paper):
        _put(printer, block, profile)
    _cut(printer, profile)
    return bytes(printer.output)


def _put(printer: Dummy, block: Block, profile: PrinterProfile) -> None:
    match block:
        case Line():
            _line(printer, block, profile)
        case Rule():
            _rule(printer, profile)
        case Code():
            _code(printer, block, profile)
        case Space():
            _feed(printer, block.dots)


def _line(printer: Dummy, line: Line, profile: PrinterProfile) -> None:
    printer.line_spacing(line.high)
    printer.set(align=line.align)
    for run in line.runs:
        _run(printer, run, profile)
    printer._raw(b"\n")


def _run(printer: Dummy, run: Run, profile: PrinterProfile) -> None:
    printer.set(custom_size=True, width=run.size.wide, height=run.size.high, bold=run.is_bold, invert=run.is_inverse)
    printer._raw(run.text.encode(profile.charset, "replace"))


def _rule(printer: Dummy, profile: PrinterProfile) -> None:
    """A row of hyphens would be broken and as high as text: the box-drawing line of GB2312 is whole."""
    printer.line_spacing(24)
    printer.set(align="left", custom_size=True, width=1, height=1, bold=False, invert=False)
    printer._raw(("─" * (profile.paper.dots // 24)).encode("gb18030") + b"\n")


def _code(printer: Dummy, code: Code, profile: PrinterProfile) -> None:
    printer.set(align=Align.CENTER)
    if profile.is_code_native:
        printer.qr(code.address, ec=QR_ECLEVEL_M, size=code.module, native=True)
    else:
        picture = code_picture(code.address, code.module, error=code_error())
        printer.image(picture, impl=profile.raster)


def _feed(printer: Dummy, dots: int) -> None:
    while dots > 0:
        step = min(dots, MOST_FEED)
        printer._raw(FEED_DOTS + bytes([step]))
        dots -= step


def _cut(printer: Dummy, profile: PrinterProfile) -> None:
    printer.set(align=Align.LEFT, custom_size=True, width=1, height=1, bold=False, invert=False)
    printer.line_spacing()
    if profile.cuts:
        printer.cut()
    else:
        printer.print_and_feed(6)


@cache
def _known(name: str, mm: int) -> tuple[Paper, Any]:
    """The paper and the profile of a name; the profile's own width counts where it knows one for this paper."""
    try:
        profile = get_profile(name)
    except KeyError as exc:
        raise ValueError(f"python-escpos has no printer profile {name}") from exc
    profile.profile_data = copy.deepcopy(profile.profile_data)  # shared by all of this name
    pixels = profile.profile_data["media"]["width"]["pixels"]
    paper = PAPER[mm]
    if isinstance(pixels, int) and abs(pixels - paper.dots) < CLOSE_DOTS:
        paper = Paper(mm, pixels)
    profile.profile_data["media"]["width"]["pixels"] = paper.dots  # else python-escpos prints a warning to our output
    return paper, profile
