"""``run.py verify-document FILE``: who signed a document, when, and whether it is whole, in words."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from cases.documents.authority import Files
from cases.documents.model import Verified
from cases.documents.signing import verify
from hall_server.errors import Invalid


def checked(file: Path, authorities: Sequence[Path], data: Path, *, now: datetime) -> tuple[list[str], bool]:
    """Lines to print, and whether all of it holds; blocks.

    Args:
        file: the document.
        authorities: PEM files that are trusted; none: the test authority of the place whose data folder is given.
        data: a hall's or a city's data folder.
        now: aware.

    Raises:
        Invalid: ``case_document.unreadable``.
    """
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # what it has to say stands in the lines
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    own = Files(data / "keys").authority
    paths = list(authorities) or ([own] if own.exists() else [])
    content, *roots = [_read(path) for path in (file, *paths)]
    found = verify(content, roots, now=now)
    return [f"{file.name}: {line}" for line in _lines(found, bool(paths))], found.is_sound


def _lines(found: Verified, is_asked: bool) -> Iterator[str]:
    if not found.is_signed:
        yield "没有签名 · not signed"
        return
    yield "完整，签名后未改动 · whole" if found.is_whole else "签名后被改动 · CHANGED after it was signed"
    yield f"签名人 · signed by {found.signer}（{found.issuer}）"
    if found.at is not None:
        yield f"签名时间（自述）· at {found.at.isoformat(timespec='seconds')}, as it says itself"
    if found.is_trusted:
        yield "证书可信 · certificate trusted"
    elif is_asked:
        yield "证书不可信 · certificate NOT trusted: another authority, or not valid at that time"
    else:
        yield "未指定可信机构 · no authority was named: --authority FILE"
    if found.is_expired and found.until is not None:
        yield f"证书现已过期 · the certificate ended on {found.until.date().isoformat()}"
    if found.is_test:
        yield "测试证书，不具有法律效力 · TEST certificate, without legal effect"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise Invalid("case_document.unreadable", file=path.name) from exc
