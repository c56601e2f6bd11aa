"""What attendance terminals push over HTTP (ADMS, ``/iclock/…``): text, a line for each record, tabs between its parts.

Source: ZKTeco, PUSH SDK Communication Protocol V2.0.1 (2011), and Attendance PUSH Communication Protocol (software
2.4.2, document 4.8, 2024).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import parse_qsl

import msgspec

from devices.gateway.protocols.errors import BadFrame

SERIAL = re.compile(r"[A-Za-z0-9_-]{1,40}")
_PIN = re.compile(r"[0-9A-Za-z_.-]{1,24}")
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)


class Punch(msgspec.Struct, frozen=True, kw_only=True):
    """A line of ATTLOG.

    Attributes:
        pin: the person's number on the terminal.
        at: the terminal's own clock, UTC; it may be wrong.
        status: 0 in, 1 out, 2 break begins, 3 break ends, 4 overtime begins, 5 overtime ends.
        verify: 0 password, 1 fingerprint, 2 or 4 card, 15 face; the terminal keeps what it compared with.
        workcode: what was typed beside it.
    """

    pin: str
    at: datetime
    status: int = 0
    verify: int = 0
    workcode: str = ""


class CommandResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a command; ``code`` 0 or more: it was done."""

    id: str
    code: int
    command: str = ""


def parse_punch(line: str, *, utc_offset_h: float) -> Punch:
    """One line: ``PIN time status verify workcode …``, with tabs; what stands behind is left there.

    Args:
        line: without its end.
        utc_offset_h: of the terminal's clock.

    Raises:
        BadFrame: ``punch.pin``, ``punch.time``, ``punch.status``, ``punch.verify``, ``punch.workcode``.
    """
    pin, time, status, verify, workcode, *_ = (part.strip(" ") for part in (*line.split("\t"), *[""] * 5))
    if not _PIN.fullmatch(pin):
        raise BadFrame("punch.pin")
    if len(workcode) > 40 or not workcode.isprintable():
        raise BadFrame("punch.workcode")
    return Punch(
        pin=pin,
        at=_moment(time, utc_offset_h),
        status=_number("status", status),
        verify=_number("verify", verify),
        workcode=workcode,
    )


def compose_punch(punch: Punch, *, utc_offset_h: float) -> str:
    """The line of a punch, as a terminal writes it."""
    local = punch.at.astimezone(timezone(timedelta(hours=utc_offset_h)))
    parts = (punch.pin, f"{local:%Y-%m-%d %H:%M:%S}", str(punch.status), str(punch.verify), punch.workcode, "0", "0")
    return "\t".join(parts)


def lines(body: bytes) -> list[str]:
    """The records of an upload; what cannot be read as text spoils only its own line."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("gb18030", "replace")  # older Chinese firmware
    return [line for line in text.replace("\r", "").split("\n") if line.strip()]


def settings(serial: str, *, utc_offset_h: float, poll_s: int, stamp: str) -> str:
    """The answer to a terminal that has just started: which records to push, and how often to ask for commands.

    Only attendance records are wanted: pictures, fingerprints and faces stay on the terminal.
    """
    offset = int(utc_offset_h) if float(utc_offset_h).is_integer() else round(utc_offset_h * 60)  # else in minutes
    return "\n".join(
        (
            f"GET OPTION FROM: {serial}",
            f"ATTLOGStamp={stamp}",
            "OPERLOGStamp=9999",
            "ATTPHOTOStamp=9999",
            "ErrorDelay=30",
            f"Delay={poll_s}",
            "TransTimes=00:00;12:00",
            "TransInterval=1",
            "TransFlag=1000000000",
            f"TimeZone={offset}",
            "Realtime=1",
            "Encrypt=None",
            "",
        )
    )


def result(line: str) -> CommandResult:
    """A line of ``devicecmd``: ``ID=1&Return=0&CMD=INFO``.

    Raises:
        BadFrame: ``command.result``.
    """
    found = dict(parse_qsl(line, keep_blank_values=True))
    code = found.get("Return", "")
    if not found.get("ID") or not re.fullmatch(r"-?\d{1,9}", code, re.ASCII):
        raise BadFrame("command.result")
    return CommandResult(id=found["ID"][:20], code=int(code), command=found.get("CMD", "")[:40])


def _moment(text: str, utc_offset_h: float) -> datetime:
    if not _TIME.fullmatch(text):
        raise BadFrame("punch.time")
    try:
        local = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone(timedelta(hours=utc_offset_h)))
        return local.astimezone(UTC)
    except (ValueError, OverflowError) as exc:
        raise BadFrame("punch.time") from exc


def _number(field: str, text: str) -> int:
    if not text:
        return 0
    if not re.fullmatch(r"\d{1,4}", text, re.ASCII):
        raise BadFrame(f"punch.{field}")
    return int(text)
