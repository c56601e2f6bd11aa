"""One printer as the driver uses it: asks how it is, prints a job and waits until the printer says that it is out.

A printer executes what it is sent in order; GS r stands behind the job's last byte, so its answer means that
everything before it was printed. DLE EOT is answered at once, also by a printer that has stopped.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from devices.gateway.printing.health import IS_ANSWER, IS_CONFIRMATION, QUESTIONS, Health, Trouble, fits, read
from devices.gateway.printing.line_to_printer import LineLost, LineToPrinter

CONFIRM = b"\x1dr\x01"
"""GS r 1: the paper sensor, told in order."""
FORGET = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
"""DLE DC4 8: throw away what was received and not printed. Source: Epson ESC/POS command reference."""
ANSWER_S = 1.0
PRINT_S = 20.0
LOOK_S = 0.5


class NotPrinted(Exception):
    """A job did not come out whole. ``is_begun``: the printer had got some of it."""

    def __init__(self, reason: str, *, is_begun: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_begun = is_begun


class PrinterPort:
    """The printer; all calls block and come from one thread."""

    def __init__(
        self,
        line: LineToPrinter,
        *,
        confirms: bool = True,
        print_s: float = PRINT_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Args: the line to it; whether it answers GS r; how long a job may take; a clock in seconds."""
        self._line = line
        self._confirms = confirms and line.can_answer
        self._print_s = print_s
        self._monotonic = monotonic
        self._is_open = False
        self._has_leftovers = False
        self._is_confirmed = False
        self._ended = threading.Event()

    def health(self) -> Health:
        """How the printer is now; opens the line where it is not open."""
        try:
            self._open()
            return self._asked()
        except LineLost:
            self._hang_up()
            return Health(paper=None, trouble=Trouble.NO_ANSWER)

    def print(self, data: bytes) -> None:
        """Print one job; returns when the printer has said that it is out.

        Raises:
            NotPrinted: it did not come out, or not whole. What the printer still held of it was thrown away.
        """
        health = self.health()
        if health.trouble is not None:
            raise NotPrinted(health.trouble, is_begun=False)
        self._is_confirmed = not self._confirms
        try:
            self._line.write(data + (CONFIRM if self._confirms else b""))
            self._await_end()
        except LineLost as exc:
            self._has_leftovers = True
            self._hang_up()
            raise NotPrinted("connection_lost", is_begun=True) from exc

    def end(self) -> None:
        """Let a call under way end soon; from any thread."""
        self._ended.set()

    def close(self) -> None:
        """Hang up."""
        self._hang_up()

    # -- inside

    def _await_end(self) -> None:
        deadline = self._monotonic() + self._print_s
        while not self._is_confirmed:
            if self._ended.is_set():  # the printer goes on with what it has
                raise NotPrinted("stopped", is_begun=True)
            if self._monotonic() >= deadline:
                self._give_up("no_confirmation")
            self._take(self._line.read(LOOK_S))
            if not self._is_confirmed and (health := self._asked()).trouble is not None and not self._is_confirmed:
                self._give_up(health.trouble)

    def _give_up(self, reason: str) -> None:
        """Let the printer forget the rest, and hang up: a late confirmation must not count for the next job."""
        self._line.write(FORGET)
        self._hang_up()
        raise NotPrinted(reason, is_begun=True)

    def _open(self) -> None:
        if self._is_open:
            return
        self._line.open()
        self._is_open = True
        if self._has_leftovers and self._line.can_answer:
            self._line.write(FORGET)
        self._has_leftovers = False

    def _hang_up(self) -> None:
        self._is_open = False
        self._line.close()

    def _asked(self) -> Health:
        """Ask the four questions.

        Raises:
            LineLost: it does not answer.
        """
        if not self._line.can_answer:
            return Health(paper=None)
        printer, offline, error, paper = (self._answer(question) for question in QUESTIONS)
        return read((printer, offline, error, paper))

    def _answer(self, question: bytes) -> int:
        self._line.write(question)
        deadline = self._monotonic() + ANSWER_S
        while (left_s := deadline - self._monotonic()) > 0:
            if (found := self._take(self._line.read(left_s))) is not None:
                return found
        raise LineLost("no answer")

    def _take(self, data: bytes) -> int | None:
        """Note a confirmation; the answer to DLE EOT among the bytes, if there is one. All else is noise."""
        found = None
        for byte in data:
            if fits(byte, IS_ANSWER):
                found = byte
            elif fits(byte, IS_CONFIRMATION):
                self._is_confirmed = True
        return found
