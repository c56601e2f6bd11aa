"""Looks into an MP4 or WebM file: whether it is one, whether browsers can play it, how large and how long it is.

Sources: ISO/IEC 14496-12 (boxes ftyp, moov, mvhd, tkhd, hdlr, stsd); RFC 8794 (EBML) and RFC 9559 (Matroska).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from hall_server.errors import Invalid

_PLAYED_EVERYWHERE = {b"avc1", b"avc3", b"av01", b"vp09"}
_WEBM_CODECS = {b"V_VP8", b"V_VP9", b"V_AV1"}
_MOOV_MOST = 16 * 1024 * 1024
_BOXES_MOST = 4096
_EBML, _DOC_TYPE, _SEGMENT = 0x1A45DFA3, 0x4282, 0x18538067
_INFO, _SCALE, _DURATION = 0x1549A966, 0x2AD7B1, 0x4489
_TRACKS, _ENTRY, _CODEC, _VIDEO, _WIDTH, _HEIGHT = 0x1654AE6B, 0xAE, 0x86, 0xE0, 0xB0, 0xBA
_HEAD_MOST = 4 * 1024 * 1024
_UNKNOWN_SIZE = -1


class Video(NamedTuple):
    """What a video says of itself."""

    extension: str
    media_type: str
    width: int
    height: int
    seconds: float | None


def look_into(path: Path) -> Video:
    """Read a video's description.

    Raises:
        Invalid: ``media.not_what_it_says`` (neither MP4 nor WebM, or broken), ``media.codec``.
    """
    with path.open("rb") as file:
        start = file.read(12)
        file.seek(0)
        try:
            if start[4:8] == b"ftyp":
                return _mp4(file, path.stat().st_size)
            if start[:4] == b"\x1a\x45\xdf\xa3":
                return _webm(file.read(_HEAD_MOST))
        except (struct.error, IndexError, UnicodeDecodeError, OverflowError) as exc:
            raise Invalid("media.not_what_it_says", field="file") from exc
    raise Invalid("media.not_what_it_says", field="file")


# -- MP4


def _mp4(file: BinaryIO, total: int) -> Video:
    moov = _find_moov(file, total)
    seconds: float | None = None
    width = height = 0
    codec = None
    for name, body in _boxes(moov):
        if name == b"mvhd":
            seconds = _duration(body)
        elif name == b"trak" and (track := _track(body)) is not None:
            width, height, codec = track
    if codec is None:
        raise Invalid("media.not_what_it_says", field="file")
    if codec not in _PLAYED_EVERYWHERE:
        raise Invalid("media.codec", field="file", codec=codec.decode("latin-1"))
    return Video("mp4", "video/mp4", width, height, seconds)


def _find_moov(file: BinaryIO, total: int) -> bytes:
    at = 0
    for _ in range(_BOXES_MOST):
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            break
        size, name = struct.unpack(">I4s", head[:8])
        begin = 8
        if size == 1:
            size, begin = struct.unpack(">Q", head[8:16])[0], 16
        elif size == 0:
            size = total - at
        if size < begin or at + size > total:
            break
        if name == b"moov":
            if size > _MOOV_MOST:
                break
            file.seek(at + begin)
            return file.read(size - begin)
        at += size
    raise Invalid("media.not_what_it_says", field="file")


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        size, name = struct.unpack(">I4s", data[at : at + 8])
        if size < 8 or at + size > len(data):
            return
        yield name, data[at + 8 : at + size]
        at += size


def _duration(body: bytes) -> float | None:
    scale, length = struct.unpack(">IQ", body[20:32]) if body[0] == 1 else struct.unpack(">II", body[12:20])
    return round(length / scale, 2) if scale and length else None


def _track(body: bytes) -> tuple[int, int, bytes] | None:
    """Width, height and codec of a video track."""
    width = height = 0
    for name, part in _boxes(body):
        if name == b"tkhd" and len(part) >= 8:
            width, height = (value >> 16 for value in struct.unpack(">II", part[-8:]))
        elif name == b"mdia":
            found = dict(_boxes(part))
            if found.get(b"hdlr", b"")[8:12] != b"vide":
                return None
            codec = _codec(found.get(b"minf", b""))
            return (width, height, codec) if codec else None
    return None


def _codec(minf: bytes) -> bytes | None:
    table = dict(_boxes(dict(_boxes(minf)).get(b"stbl", b""))).get(b"stsd", b"")
    return table[12:16] if len(table) >= 16 else None


# -- WebM


def _webm(data: bytes) -> Video:
    head = dict(_elements(data, 0, len(data)))
    if _EBML not in head or bytes(data[slice(*dict(_elements(data, *head[_EBML])).get(_DOC_TYPE, (0, 0)))]) != b"webm":
        raise Invalid("media.not_what_it_says", field="file")
    seconds: float | None = None
    found: tuple[int, int, bytes] | None = None
    for name, span in _elements(data, *head.get(_SEGMENT, (0, 0))):
        if name == _INFO:
            seconds = _webm_seconds(data, span)
        elif name == _TRACKS:
            found = next(
                (one for track, at in _elements(data, *span) if track == _ENTRY and (one := _entry(data, at))), None
            )
        if found:
            break
    if found is None:
        raise Invalid("media.not_what_it_says", field="file")
    if found[2] not in _WEBM_CODECS:
        raise Invalid("media.codec", field="file", codec=found[2].decode("latin-1")[:20])
    return Video("webm", "video/webm", found[0], found[1], seconds)


def _elements(data: bytes, begin: int, end: int) -> Iterator[tuple[int, tuple[int, int]]]:
    at = begin
    while at < end:
        name, at = _number(data, at, keeps_marker=True)
        size, at = _number(data, at, keeps_marker=False)
        stop = end if size == _UNKNOWN_SIZE else min(at + size, end)
        yield name, (at, stop)
        at = stop


def _number(data: bytes, at: int, *, keeps_marker: bool) -> tuple[int, int]:
    first = data[at]
    length = 9 - first.bit_length()
    if first == 0 or length > 8:
        raise IndexError
    value = int.from_bytes(data[at : at + length], "big")
    ones = (1 << (7 * length)) - 1
    if keeps_marker:
        return value, at + length
    return (_UNKNOWN_SIZE if value & ones == ones else value & ones), at + length


def _webm_seconds(data: bytes, span: tuple[int, int]) -> float | None:
    found = dict(_elements(data, *span))
    scale = int.from_bytes(data[slice(*found[_SCALE])], "big") if _SCALE in found else 1_000_000
    if _DURATION not in found:
        return None
    raw = data[slice(*found[_DURATION])]
    length: float = struct.unpack(">f" if len(raw) == 4 else ">d", raw)[0]
    return round(length * scale / 1e9, 2)


def _entry(data: bytes, span: tuple[int, int]) -> tuple[int, int, bytes] | None:
    found = dict(_elements(data, *span))
    if _VIDEO not in found:
        return None
    size = dict(_elements(data, *found[_VIDEO]))
    width, height = (int.from_bytes(data[slice(*size.get(name, (0, 0)))], "big") for name in (_WIDTH, _HEIGHT))
    return width, height, data[slice(*found.get(_CODEC, (0, 0)))]
