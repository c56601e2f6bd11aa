"""The blocking side: a printer over TCP, a serial line or a device file, opened by python-escpos."""

from __future__ import annotations

import os
import select
import socket
import time
from typing import Protocol
from urllib.parse import urlsplit

from escpos.exceptions import Error as EscposError
from escpos.printer import Network, Serial

CONNECT_S = 3.0
TCP_PORT = 9100
MOST_AT_ONCE = 4096
BAUD = 19200


class LineLost(Exception):
    """The printer cannot be reached, or was lost."""


class LineToPrinter(Protocol):
    """Bytes to a printer and back. Every call blocks."""

    can_answer: bool

    def open(self) -> None:
        """Raises: LineLost."""

    def write(self, data: bytes) -> None:
        """Raises: LineLost."""

    def read(self, seconds: float) -> bytes:
        """What comes within so many seconds; empty: nothing. Raises: LineLost."""

    def close(self) -> None:
        """Never fails."""


class TcpLine:
    """A printer in the network. Source: port 9100, raw printing."""

    can_answer = True

    def __init__(self, host: str, port: int) -> None:
        self._address = host, port
        self._printer = Network(host, port=port, timeout=CONNECT_S)

    def open(self) -> None:
        """Connect; python-escpos itself would know IPv4 only, and leave the socket open where nobody answers."""
        try:
            self._printer.device = link = socket.create_connection(self._address, CONNECT_S)
            link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as exc:
            raise LineLost(str(exc)) from exc

    def write(self, data: bytes) -> None:
        """Send all; a printer that takes nothing for three seconds is lost."""
        try:
            self._printer._raw(data)
        except (OSError, AssertionError) as exc:
            raise LineLost(str(exc)) from exc

    def read(self, seconds: float) -> bytes:
        """See `LineToPrinter`."""
        device = self._printer.device
        if device is None:
            raise LineLost("not open")
        try:
            if not select.select([device], [], [], seconds)[0]:
                return b""
            found = bytes(self._printer._read())
        except (OSError, ValueError) as exc:
            raise LineLost(str(exc)) from exc
        if not found:
            raise LineLost("closed by the printer")
        return found

    def close(self) -> None:
        """Hang up."""
        self._printer.close()


class SerialLine:
    """A printer on a serial line, 8-N-1."""

    can_answer = True

    def __init__(self, device: str, baud: int) -> None:
        self._printer = Serial(device, baudrate=baud, timeout=CONNECT_S, dsrdtr=False)

    def open(self) -> None:
        """Open the line."""
        try:
            self._printer.open()
        except (EscposError, OSError, ValueError) as exc:
            raise LineLost(str(exc)) from exc

    def write(self, data: bytes) -> None:
        """Send all."""
        try:
            self._printer._raw(data)
        except (OSError, AssertionError) as exc:  # pyserial's errors are OSErrors
            raise LineLost(str(exc)) from exc

    def read(self, seconds: float) -> bytes:
        """See `LineToPrinter`."""
        device = self._printer.device
        if device is None:
            raise LineLost("not open")
        try:
            device.timeout = seconds
            return bytes(device.read(1))
        except (OSError, TypeError) as exc:  # TypeError: pyserial reads from a line that was closed
            raise LineLost(str(exc)) from exc

    def close(self) -> None:
        """Close the line."""
        self._printer.close()


class DeviceFile:
    """A printer's device file such as /dev/usb/lp0, or a plain file to which everything is appended.

    python-escpos' own class would open it for writing only, and empty it.
    """

    def __init__(self, path: str, *, can_answer: bool) -> None:
        self.can_answer = can_answer
        self._path = path
        self._handle = -1

    def open(self) -> None:
        """Open it."""
        plain = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        device = os.O_RDWR | getattr(os, "O_NOCTTY", 0)
        try:
            self._handle = os.open(self._path, device if self.can_answer else plain, 0o600)
        except OSError as exc:
            raise LineLost(str(exc)) from exc

    def write(self, data: bytes) -> None:
        """Send all; a printer that takes nothing for three seconds is lost."""
        try:
            while data:
                if not select.select([], [self._handle], [], CONNECT_S)[1]:
                    raise LineLost("takes no more")
                data = data[os.write(self._handle, data[:MOST_AT_ONCE]) :]
        except (OSError, ValueError) as exc:
            raise LineLost(str(exc)) from exc

    def read(self, seconds: float) -> bytes:
        """See `LineToPrinter`."""
        try:
            if not select.select([self._handle], [], [], seconds)[0]:
                return b""
            found = os.read(self._handle, 64)
        except (OSError, ValueError) as exc:
            raise LineLost(str(exc)) from exc
        if not found:
            time.sleep(min(seconds, 0.1))  # usblp answers at once with nothing where there is nothing
        return found

    def close(self) -> None:
        """Close it."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)


def line_to(address: str, *, baud: int = BAUD) -> LineToPrinter:
    """The line an address of gateway.toml names.

    ``tcp://10.1.2.3:9100``, ``serial:/dev/ttyUSB0``, ``usb:/dev/usb/lp0``, ``file:/var/spool/slips.bin``.

    Raises:
        ValueError: none of these.
    """
    parts = urlsplit(address)
    match parts.scheme:
        case "tcp" if parts.hostname and not parts.path:
            return TcpLine(parts.hostname, parts.port or TCP_PORT)
        case "serial" if parts.path:
            return SerialLine(parts.path, baud)
        case "usb" if parts.path:
            return DeviceFile(parts.path, can_answer=True)
        case "file" if parts.path:
            return DeviceFile(parts.path, can_answer=False)
    raise ValueError("expected tcp://HOST[:PORT], serial:/dev/…, usb:/dev/usb/lp0 or file:/…")
