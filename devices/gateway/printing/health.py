"""How a printer says it is, as bits of the answers to DLE EOT 1–4.

Source: Epson ESC/POS command reference, DLE EOT (real-time status transmission).
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

QUESTIONS = tuple(b"\x10\x04" + bytes([n]) for n in (1, 2, 3, 4))
"""Printer, cause of being offline, cause of an error, paper."""

IS_ANSWER = 0x93, 0x12
"""Mask and value of every answer to DLE EOT."""
IS_CONFIRMATION = 0x90, 0x00
"""Mask and value of the answer to GS r 1."""

_OFFLINE = 0x08
_COVER, _PAPER_STOP, _ERROR = 0x04, 0x20, 0x40
_CUTTER, _UNRECOVERABLE, _HOT = 0x08, 0x20, 0x40
_NEAR_END, _PAPER_OUT = 0x0C, 0x60


class Trouble(StrEnum):
    """Why a printer does not print; the word goes to the hall."""

    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    CUTTER = "cutter"  # blade stuck; somebody must open the printer
    BROKEN = "broken"  # an error that only switching off ends
    HOT = "too_hot"  # goes on by itself
    ERROR = "error"
    OFFLINE = "offline"  # the printer says so, without a cause
    NO_ANSWER = "no_answer"  # switched off, unplugged, or it speaks another language
    JAM = "jam"
    TONER = "toner"  # none left
    TRAY_FULL = "tray_full"  # nobody takes the pages out
    NO_PDF = "no_pdf"  # it reads no PDF


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The printer at one moment. ``paper``: ok, near_end or out; None: not known."""

    paper: str | None = "ok"
    trouble: Trouble | None = None

    @property
    def detail(self) -> dict[str, str]:
        """What goes into the device's state."""
        paper = {"paper": self.paper} if self.paper else {}
        return {**paper, **({"reason": self.trouble.value} if self.trouble else {})}


def read(answers: tuple[int, int, int, int]) -> Health:
    """What the four answers say."""
    _, offline, _, paper = answers
    out = bool(paper & _PAPER_OUT) or bool(offline & _PAPER_STOP)
    word = "out" if out else "near_end" if paper & _NEAR_END else "ok"
    return Health(paper=word, trouble=_trouble(answers, is_out=out))


def _trouble(answers: tuple[int, int, int, int], *, is_out: bool) -> Trouble | None:
    printer, offline, error, _ = answers
    found = (
        (offline & _COVER, Trouble.COVER_OPEN),
        (is_out, Trouble.PAPER_OUT),
        (error & _CUTTER, Trouble.CUTTER),
        (error & _UNRECOVERABLE, Trouble.BROKEN),
        (error & _HOT, Trouble.HOT),
        (offline & _ERROR, Trouble.ERROR),
        (printer & _OFFLINE, Trouble.OFFLINE),
    )
    return next((trouble for bit, trouble in found if bit), None)


def fits(byte: int, pattern: tuple[int, int]) -> bool:
    """Whether a byte is an answer of this kind."""
    mask, value = pattern
    return byte & mask == value
