"""Printer Job Language: a PDF on port 9100 with a name before it and a word back when it is out.

Source: Hewlett-Packard, *Printer Job Language Technical Reference Manual*: UEL, JOB, EOJ, ENTER, INFO STATUS,
USTATUS, and appendix D for the codes.
"""

from __future__ import annotations

import re

import msgspec

from devices.gateway.printing.health import Trouble

UEL = b"\x1b%-12345X"
END = b"\x0c"
"""A form feed ends each answer."""
MOST_WAITING = 64 * 1024

ASK_STATUS = UEL + b"@PJL INFO STATUS\r\n" + UEL
_NAME = re.compile(r'^NAME\s*=\s*"(.*)"', re.MULTILINE)
_CODE = re.compile(r"^CODE\s*=\s*(\d+)", re.MULTILINE)
_ONLINE = re.compile(r"^ONLINE\s*=\s*(TRUE|FALSE)", re.MULTILINE)
_PAGES = re.compile(r"^PAGES\s*=\s*(\d+)", re.MULTILINE)
_ONE_PAGE = re.compile(r"^@PJL USTATUS PAGE\s+(\d+)", re.MULTILINE)

_BY_CODE = {40021: Trouble.COVER_OPEN, 40022: Trouble.JAM, 40079: Trouble.OFFLINE, 10002: Trouble.OFFLINE}
_BY_THOUSAND = {41: Trouble.PAPER_OUT, 42: Trouble.JAM, 43: Trouble.ERROR, 44: Trouble.JAM, 50: Trouble.BROKEN}


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a printer said, as far as it matters here.

    Attributes:
        trouble: what keeps it from printing. is_status: it told how it is.
        ended: name of a job that is out. pages: of which so many came out; ``page``: one more came out.
    """

    is_status: bool = False
    trouble: Trouble | None = None
    ended: str = ""
    pages: int = 0
    page: bool = False


def job(name: str, pdf: bytes) -> bytes:
    """A job: from then on the printer tells of pages, of the job's end and of its own trouble."""
    head = (
        "@PJL USTATUSOFF\r\n@PJL USTATUS DEVICE=ON\r\n@PJL USTATUS JOB=ON\r\n@PJL USTATUS PAGE=ON\r\n"
        f'@PJL JOB NAME="{name}"\r\n@PJL ENTER LANGUAGE=PDF\r\n'
    )
    tail = f'@PJL EOJ NAME="{name}"\r\n'
    return UEL + head.encode() + pdf + UEL + tail.encode() + UEL


def read(answer: bytes) -> Said:
    """One answer of a printer, without the form feed."""
    text = answer.decode("ascii", "replace").replace("\r\n", "\n").strip()
    if text.startswith("@PJL USTATUS JOB"):
        if "\nEND" not in text or (named := _NAME.search(text)) is None:
            return Said()
        pages = _PAGES.search(text)
        return Said(ended=named[1], pages=int(pages[1]) if pages else 0)
    if _ONE_PAGE.match(text):
        return Said(page=True)
    code = _CODE.search(text)
    if code is None:
        return Said()
    online = _ONLINE.search(text)
    return Said(is_status=True, trouble=_trouble(int(code[1]), is_online=online is None or online[1] == "TRUE"))


def _trouble(code: int, *, is_online: bool) -> Trouble | None:
    """10xxx and 12xxx inform; 11xxx asks for paper in a tray that is not needed now."""
    found = _BY_CODE.get(code) or _BY_THOUSAND.get(code // 1000)
    if found is not None:
        return found
    return None if is_online else Trouble.OFFLINE
