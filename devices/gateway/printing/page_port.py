"""What the driver of a page printer needs of a printer, whichever language it speaks."""

from __future__ import annotations

from typing import Protocol

from devices.gateway.printing.health import Health


class PagePrinter(Protocol):
    """One printer for whole pages."""

    async def health(self) -> Health:
        """How it is now; never raises."""
        ...

    async def print(self, pdf: bytes, *, name: str) -> int | None:
        """Print one job; returns when the printer has said that its last page is out.

        Args:
            pdf: the file. name: of the job, letters and digits.

        Returns:
            How many sheets came out; None: the printer does not say.

        Raises:
            NotPrinted: it did not come out, or not whole; what could be called back was called back.
        """
        ...

    async def forget(self) -> None:
        """Call back what an earlier run has left in the printer; raises nothing."""
        ...
