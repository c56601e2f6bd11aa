"""How a figure is shown, said once for pages, paper and spreadsheets: rounded half up, from its shortest decimals."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

NOTHING = "—"
"""Where there is nothing to divide by."""
_WHOLE, _TENTH = Decimal(1), Decimal("0.1")


class Unit(StrEnum):
    """What a shown number is."""

    COUNT = "count"  # a whole number
    RATE = "rate"  # a share; shown in percent with one digit behind the point
    SPAN = "span"  # seconds; shown as minutes and seconds, minutes without end: 75:30


def rounded(value: float | None, unit: Unit) -> Decimal | None:
    """The number that is shown: a count, tenths of a percent as a share, whole seconds; None: nothing."""
    if value is None:
        return None
    exact = Decimal(str(value))
    if unit is Unit.RATE:
        return (exact * 100).quantize(_TENTH, ROUND_HALF_UP) / 100
    return exact.quantize(_WHOLE, ROUND_HALF_UP)


def shown(value: float | None, unit: Unit) -> str:
    """The text that is shown: ``1,234``, ``93.5%``, ``14:30``; a dash where there is nothing."""
    number = rounded(value, unit)
    if number is None:
        return NOTHING
    match unit:
        case Unit.RATE:
            return f"{number * 100:,.1f}%"
        case Unit.SPAN:
            return span(int(number))
        case Unit.COUNT:
            return f"{number:,f}"


def span(seconds: int) -> str:
    """``14:30``; a difference may be below nothing."""
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 60}:{seconds % 60:02d}"


def difference(now: float | None, before: float | None, unit: Unit) -> float | None:
    """How much a figure differs from another period's, of the numbers that are shown; None: not comparable."""
    a, b = rounded(now, unit), rounded(before, unit)
    return None if a is None or b is None else float(a - b)


def shown_change(by: float | None, unit: Unit) -> str:
    """A difference with its sign: ``+12``, ``-0:40``, ``+1.5`` percentage points; a dash where there is none."""
    if by is None:
        return NOTHING
    sign = "+" if by > 0 else ""
    return f"{sign}{shown(by, unit).rstrip('%')}"
