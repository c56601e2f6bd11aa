"""What can go wrong between the gateway and a piece of hardware."""

from __future__ import annotations


class HardwareError(Exception):
    """Root of this folder's errors; ``code`` is stable and may stand in a device's state."""

    code = "hardware"


class LineLost(HardwareError):
    """The line cannot be opened, or the other side is gone."""

    code = "line_lost"


class NoAnswer(HardwareError):
    """The line is there and the device says nothing."""

    code = "no_answer"


class BadFrame(HardwareError):
    """Bytes that are no frame, or a frame that says something impossible; ``code`` says what is wrong."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
