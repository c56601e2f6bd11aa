"""Lays a sheet out on paper: the number as large as it goes, then what a visitor looks for, in that order.

A person of seventy reads the number at arm's length: at size 8 a digit is 24 mm high. What matters next (people before,
wait, where to go) has letters of 6 mm; only notices and times have the printer's own 3 mm.
"""

from __future__ import annotations

from collections.abc import Iterator

import segno

from devices.gateway.printing import words
from devices.gateway.printing.blocks import Align, Block, Code, Line, Paper, Rule, Run, Size, Space, cells, width
from devices.gateway.printing.slip import AppointmentSlip, Language, Listing, Printed, Row, Sheet, Slip
from devices.gateway.printing.wrapping import wrapped

PLAIN, TALL, LARGE = Size(1, 1), Size(1, 2), Size(2, 2)
LARGEST = 8
CODE_PART = 0.44
"""Part of the paper's width a QR code takes: 21 mm on the narrow paper, 32 mm on the wide."""
CODE_MODULES = (3, 8)
"""Least and most dots of a square: less is not read by old phones."""

Pairs = list[tuple[str, str]]


def laid_out(sheet: Sheet, paper: Paper) -> tuple[Block, ...]:
    """The blocks of a sheet, from the top to the cut."""
    match sheet:
        case Slip():
            return tuple(_ticket(sheet, paper))
        case AppointmentSlip():
            return tuple(_appointment(sheet, paper))
        case Listing():
            return tuple(_listing(sheet, paper))


def code_error() -> str:
    """The error correction of all QR codes: 15 %, for a fold across it."""
    return "m"


# -- the sheets


def _ticket(slip: Slip, paper: Paper) -> Iterator[Block]:
    language = slip.language
    yield from _head(slip, paper)
    yield from _centered(words.say(language, "number"), paper, TALL)
    yield Space(8)
    yield _number(slip.number, paper)
    yield Space(4)
    yield from _fitted(slip.line, paper)
    yield from _centered(_matters(slip), paper, PLAIN, most=2)
    yield Rule()
    yield from _pairs(_facts(slip), paper)
    yield Rule()
    yield from _centered(slip.notice or words.say(language, "listen"), paper, PLAIN)
    yield from _code(slip.address, words.say(language, "qr"), paper)
    yield from _foot(words.say(language, "issued_at", time=slip.issued_at) if slip.issued_at else "", paper)
    if slip.is_demo:
        yield from _centered(words.say(language, "demo"), paper, PLAIN)


def _appointment(slip: AppointmentSlip, paper: Paper) -> Iterator[Block]:
    language = slip.language
    yield from _head(slip, paper)
    yield from _centered(words.say(language, "appointment"), paper, TALL)
    yield Space(8)
    yield _number(slip.code, paper, largest=6)
    yield Space(4)
    yield from _fitted(slip.line, paper)
    yield from _centered(slip.matter, paper, PLAIN, most=2)
    yield Rule()
    span = f"{slip.begin}-{slip.until}" if slip.until else slip.begin
    facts = [(words.say(language, "day"), slip.day), (words.say(language, "at"), span)]
    facts += [(words.say(language, "zone"), slip.zone)] if slip.zone else []
    yield from _pairs(facts, paper)
    yield Rule()
    yield from _centered(slip.notice, paper, PLAIN)
    yield from _code(slip.address, words.say(language, "appointment_qr"), paper)
    yield from _foot(words.say(language, "printed_at", time=slip.printed_at) if slip.printed_at else "", paper)


def _listing(sheet: Listing, paper: Paper) -> Iterator[Block]:
    yield from _head(sheet, paper)
    yield from _fitted(sheet.title, paper)
    yield Rule()
    for line in sheet.lines:
        if isinstance(line, str):
            yield from (Line((Run(text),)) for text in wrapped(line, paper.dots))
        else:
            yield from _plain_row(line, paper)
    yield Rule()
    yield from _code(sheet.address, "", paper)
    printed = words.say(sheet.language, "printed_at", time=sheet.printed_at) if sheet.printed_at else ""
    yield from _foot(printed, paper)


# -- their parts


def _head(sheet: Printed, paper: Paper) -> Iterator[Block]:
    yield from _fitted(sheet.hall, paper, is_bold=True)
    if sheet.is_copy:
        copy = words.say(sheet.language, "copy")
        mark = words.say(sheet.language, "copy_at", time=sheet.printed_at) if sheet.printed_at else copy
        yield Space(6)
        yield Line((Run(f" {mark} ", TALL, is_inverse=True),), Align.CENTER)
    yield Space(10)


def _number(number: str, paper: Paper, *, largest: int = LARGEST) -> Line:
    size = max(1, min(largest, paper.dots // width(number)))
    return Line((Run(number, Size(size, min(largest, size + 1)), is_bold=True),), Align.CENTER, gap=12)


def _fitted(text: str, paper: Paper, *, is_bold: bool = True) -> Iterator[Line]:
    """In large letters where that makes one line, else in tall ones, on two lines at most."""
    size = LARGE if width(text, LARGE.wide) <= paper.dots else TALL
    yield from _centered(text, paper, size, most=2, is_bold=is_bold)


def _centered(text: str, paper: Paper, size: Size, *, most: int | None = None, is_bold: bool = False) -> Iterator[Line]:
    if text:
        for line in wrapped(text, paper.dots, wide=size.wide, most=most):
            yield Line((Run(line, size, is_bold),), Align.CENTER)


def _matters(slip: Slip) -> str:
    if not slip.matters:
        return ""
    first, *more = slip.matters
    return words.say(slip.language, "matters_more", first=first, n=len(slip.matters)) if more else first


def _facts(slip: Slip) -> Pairs:
    language: Language = slip.language
    facts: Pairs = [(words.say(language, "appointment"), slip.due)] if slip.due else []
    if slip.ahead is not None:
        facts.append((words.say(language, "ahead"), words.say(language, "people", n=slip.ahead)))
    if slip.wait_minutes is not None:
        facts.append((words.say(language, "wait"), words.wait(language, slip.wait_minutes)))
    if slip.zone:
        facts.append((words.say(language, "zone"), slip.zone))
    if slip.windows:
        facts.append((words.say(language, "windows"), words.windows(language, slip.windows)))
    return facts


def _pairs(facts: Pairs, paper: Paper) -> Iterator[Line]:
    """Labels in one column, values beside them; one too long for its place has narrower letters, then more lines."""
    column = max((sum(map(cells, label)) for label, _ in facts), default=0) + 2
    room = paper.dots - width(" " * column)
    for label, value in facts:
        size = LARGE if width(value, LARGE.wide) <= room else TALL
        first, *more = wrapped(value, room, wide=size.wide)
        lead = label + " " * (column - sum(map(cells, label)))
        yield Line((Run(lead, TALL), Run(first, size, is_bold=True)), gap=10)
        yield from (Line((Run(" " * column, TALL), Run(line, size, is_bold=True)), gap=10) for line in more)


def _plain_row(row: Row, paper: Paper) -> Iterator[Line]:
    """Label on the left, value on the right where both fit, else the value below."""
    label, value = row.label, row.value
    free = paper.dots - width(label) - width(value)
    if free >= width(" "):
        yield Line((Run(label), Run(" " * (free // width(" "))), Run(value)))
        return
    yield from (Line((Run(text),)) for text in wrapped(label, paper.dots))
    yield from (Line((Run("  "), Run(text))) for text in wrapped(value, paper.dots - width("  ")))


def _code(address: str | None, caption: str, paper: Paper) -> Iterator[Block]:
    if address is None:
        return
    modules = int(segno.make_qr(address, error=code_error()).symbol_size(border=0)[0])
    least, most = CODE_MODULES
    yield Space(14)
    yield Code(address, max(least, min(most, int(paper.dots * CODE_PART) // modules)))
    yield Space(8)
    yield from _centered(caption, paper, PLAIN)


def _foot(text: str, paper: Paper) -> Iterator[Block]:
    yield Space(8)
    yield from _centered(text, paper, PLAIN)
