"""The words of attendance terminals that push over HTTP (ADMS): text, a line for each record, tabs between its parts.

Source: ZKTeco, Attendance PUSH Communication Protocol (PUSH SDK 2.4.2, document 4.8, July 2024), and PUSH SDK
Communication Protocol V2.0.1 (2011). Pictures, fingerprints, faces, names and passwords are not read.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple
from urllib.parse import parse_qsl

from attendance.records import Punch, PunchFault

SERIAL = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)
OK = "OK"
RAW_LIMIT = 200
"""So many characters of a line are kept; those of terminals have about 40."""
_PIN = re.compile(r"[0-9A-Za-z_.-]{1,24}", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
_NUMBER = re.compile(r"\d{1,4}", re.ASCII)
_RESULT = re.compile(r"-?\d{1,9}", re.ASCII)


class CommandResult(NamedTuple):
    """What became of a command; ``code`` 0 or more: it was done."""

    id: str
    code: int


def lines(body: bytes) -> list[str]:
    """The records of an upload; older Chinese firmware writes GB 18030."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("gb18030", "replace")
    return [line for line in text.replace("\r", "").split("\n") if line.strip()]


def punch(line: str, *, offset: timedelta) -> Punch:
    """A line of ATTLOG, ``PIN time status verify workcode …``; a bad one is a punch with a fault, and keeps its text.

    Args:
        line: without its end.
        offset: of the hall's clock from UTC; terminals speak hall time.
    """
    raw = "".join(letter if letter.isprintable() or letter == "\t" else "\ufffd" for letter in line[:RAW_LIMIT])
    parts = [part.strip(" ") for part in line.split("\t")]
    pin, time, status, verify, workcode, *_ = (*parts, *[""] * 5)
    at = _moment(time, offset)
    fault = _fault(parts, pin, at, status, verify)
    if not _PIN.fullmatch(pin):
        pin = ""
    if fault is not PunchFault.NONE and "=" in raw:
        raw = f"{raw.split('=')[0][:20]}=…"  # names, cards or templates in the wrong table: what follows is not kept
    if fault is not PunchFault.NONE:
        return Punch(pin=pin, at=at, raw=raw, fault=fault)
    work = workcode[:40] if workcode.isprintable() else ""
    return Punch(pin=pin, at=at, status=int(status or 0), verify=int(verify or 0), workcode=work, raw=raw)


def _fault(parts: list[str], pin: str, at: datetime | None, status: str, verify: str) -> PunchFault:
    if len(parts) < 2 or not parts[1]:
        return PunchFault.SHORT
    if not _PIN.fullmatch(pin):
        return PunchFault.PERSON
    if at is None:
        return PunchFault.SHORT if len(parts[1]) < len("2026-11-23 08:30:00") and len(parts) == 2 else PunchFault.TIME
    return PunchFault.NONE if all(not one or _NUMBER.fullmatch(one) for one in (status, verify)) else PunchFault.FIELD


def settings(serial: str, *, offset: timedelta, poll_s: int, stamp: str) -> str:
    """The answer to a terminal that starts: only ATTLOG and OPERLOG are wanted, at once, and no pictures.

    ``TransFlag``: attendance records, operation log, then pictures, new users, changed users, new fingers, … all off.
    """
    minutes = int(offset.total_seconds() // 60)
    zone = minutes // 60 if minutes % 60 == 0 else minutes
    told = (
        f"GET OPTION FROM: {serial}",
        f"ATTLOGStamp={stamp}",
        "OPERLOGStamp=9999",
        "ATTPHOTOStamp=9999",
        "ErrorDelay=30",
        f"Delay={poll_s}",
        "TransTimes=00:00;12:00",
        "TransInterval=1",
        "TransFlag=1100000000",
        f"TimeZone={zone}",
        "Realtime=1",
        "Encrypt=None",
    )
    return "".join(f"{line}\n" for line in told)


def taken(records: int) -> str:
    """The answer to an upload: so many records were received."""
    return f"OK: {records}"


def command(id_: int, words: str) -> str:
    """A command for the terminal."""
    return f"C:{id_}:{words}\n"


def set_time(now: datetime, *, offset: timedelta) -> str:
    """The words that set the clock, in the time the terminal shall show."""
    return f"SET OPTIONS DateTime={encoded_time(now.astimezone(timezone(offset)))}"


def time_told(now: datetime, *, offset: timedelta) -> str:
    """The answer to ``rtdata?type=time``: Greenwich time and the zone."""
    minutes = int(offset.total_seconds() // 60)
    sign = "-" if minutes < 0 else "+"
    return f"DateTime={encoded_time(now.astimezone(UTC))},ServerTZ={sign}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"


def encoded_time(at: datetime) -> int:
    """A time as terminals count it: seconds since 2000 in months of 31 days. Source: protocol, appendix 5."""
    days = (at.year - 2000) * 12 * 31 + (at.month - 1) * 31 + at.day - 1
    return days * 86_400 + (at.hour * 60 + at.minute) * 60 + at.second


def result(line: str) -> CommandResult | None:
    """A line of ``devicecmd``, ``ID=1&Return=0&CMD=INFO``; None where it is none."""
    found = dict(parse_qsl(line, keep_blank_values=True))
    id_, code = found.get("ID", ""), found.get("Return", "")
    return CommandResult(id_[:20], int(code)) if id_ and _RESULT.fullmatch(code) else None


def _moment(text: str, offset: timedelta) -> datetime | None:
    if not _TIME.fullmatch(text):
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone(offset)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
