"""The Alpha sign protocol (M-Protocol) of Adaptive's Alpha and BetaBrite signs: writing text files.

A packet is five NUL, SOH, one letter for the type of sign, two hexadecimal digits of its address, STX, the command with
its data, ETX, the checksum (four hexadecimal digits: the sum of all bytes from STX to ETX), EOT. The text of the file
``0``, the priority file, is shown instead of everything else for as long as it is there. Signs take ASCII only.

Source: Adaptive Micro Systems, Alpha Sign Communications Protocol, 9708-8061F (2006): 5.1 (packet), 6.1 (TEXT files),
appendix I (modes); 7E1 at 9,600 baud is how signs leave the works.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from devices.gateway.protocols.errors import BadFrame

NUL, SOH, STX, ETX, EOT, ESC = b"\0" * 5, b"\x01", b"\x02", b"\x03", b"\x04", b"\x1b"
WRITE_TEXT = b"A"
FILL = b"\x30"
ANY_SIGN, ANY_ADDRESS = "Z", "00"
MOST_TEXT = 125
"""The priority file holds so much; the others more."""
_MOST_PACKET = 4_096


class Label(StrEnum):
    """Files that every sign has."""

    PRIORITY = "0"
    TEXT = "A"


class Mode(StrEnum):
    """How a text comes."""

    ROTATE = "a"  # runs from right to left
    HOLD = "b"  # stands
    FLASH = "c"  # stands and flashes


class TextFile(msgspec.Struct, frozen=True, kw_only=True):
    """A text for a sign; an empty priority file ends the priority."""

    label: Label
    text: str
    mode: Mode = Mode.HOLD
    sign: str = ANY_SIGN
    address: str = ANY_ADDRESS


def encode(file: TextFile) -> bytes:
    """The packet that writes a text file; letters a sign cannot have become ``?``.

    Raises:
        ValueError: the sign's type or address do not fit.
    """
    if len(file.sign) != 1 or len(file.address) != 2:
        raise ValueError("the type is one letter, the address two")
    data = b""
    if file.text or file.label is not Label.PRIORITY:
        data = ESC + FILL + file.mode.encode() + _plain(file.text)[:MOST_TEXT]
    command = STX + WRITE_TEXT + file.label.encode() + data + ETX
    head = SOH + f"{file.sign}{file.address}".encode("ascii")
    return NUL + head + command + f"{sum(command) & 0xFFFF:04X}".encode() + EOT


def decode(packet: bytes) -> TextFile:
    """The text file of a packet, from its SOH to its EOT.

    Raises:
        BadFrame: ``packet.head``, ``packet.short``, ``packet.checksum``, ``packet.command``, ``packet.mode``.
    """
    if packet[:1] != SOH or packet[-1:] != EOT:
        raise BadFrame("packet.head")
    if len(packet) < 13 or packet[4:5] != STX or packet[-6:-5] != ETX:
        raise BadFrame("packet.short")
    command = packet[4:-5]
    if f"{sum(command) & 0xFFFF:04X}".encode() != packet[-5:-1]:
        raise BadFrame("packet.checksum")
    try:
        return _text_file(packet[1:4].decode("ascii"), command[1:-1])
    except ValueError as exc:
        raise BadFrame("packet.command") from exc


class Packets:
    """Finds packets in a stream.

    Attributes:
        faults: how many were none.
    """

    def __init__(self) -> None:
        self._bytes = bytearray()
        self.faults = 0

    def feed(self, data: bytes) -> list[TextFile]:
        """The files that are whole with these bytes."""
        self._bytes += data
        found: list[TextFile] = []
        while (end := self._bytes.find(EOT)) >= 0:
            packet = bytes(self._bytes[: end + 1])
            del self._bytes[: end + 1]
            try:
                found.append(decode(packet[packet.rfind(SOH) :] if SOH in packet else packet))
            except BadFrame:
                self.faults += 1
        if len(self._bytes) > _MOST_PACKET:
            self.faults += 1
            self._bytes.clear()
        return found


def _text_file(whose: str, command: bytes) -> TextFile:
    if command[:1] != WRITE_TEXT:
        raise BadFrame("packet.command")
    label, data = Label(command[1:2].decode("ascii")), command[2:]
    mode, text = Mode.HOLD, ""
    if data:
        if data[:2] != ESC + FILL:
            raise BadFrame("packet.mode")
        mode, text = Mode(data[2:3].decode("ascii")), data[3:].decode("ascii")
    return TextFile(label=label, text=text, mode=mode, sign=whose[0], address=whose[1:])


def _plain(text: str) -> bytes:
    return bytes(byte for byte in text.encode("ascii", "replace") if byte >= 0x20)
