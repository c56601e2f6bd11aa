"""Makes the PDF of a sheet that was confirmed and signed."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from evaluation.confirmation.confirmed import Confirmed
from hall_server.errors import Refused, Unavailable

if TYPE_CHECKING:
    from evaluation.confirmation.keeping import Keeper
    from hall_server.server import Server

WITHIN_S = 20.0


class Signed(Protocol):
    """A sheet of today, or its row of another day."""

    @property
    def id(self) -> str: ...
    @property
    def hash(self) -> str: ...
    @property
    def ink(self) -> str | None: ...
    @property
    def device(self) -> str | None: ...
    @property
    def sent_at(self) -> datetime: ...
    @property
    def ended_at(self) -> datetime | None: ...


async def made(hall: Server, keeper: Keeper, sheet: Signed, *, language: str, is_copy: bool = True) -> bytes:
    """The PDF, made off the loop.

    Args:
        is_copy: made to be looked at now; one that is kept is the same bytes each time.

    Raises:
        Refused: ``confirmation.not_confirmed``. NotFound: ``confirmation.erased``.
        Unavailable: ``confirmation.pdf_slow``, ``paper.no_font``.
    """
    if sheet.ink is None:
        raise Refused("confirmation.not_confirmed", state="")
    content = await keeper.content(sheet.id)
    signature = await keeper.signature(sheet.id, sheet.ink)
    pictures = (await keeper.documents.kept(content.document.id)).pictures if content.document else ()

    def word(key: str, /, **parameters: object) -> str:
        return hall.locales.text(f"confirmation.{key}", language, **parameters)

    def time(at: datetime) -> str:
        return f"{at.astimezone(ZoneInfo(hall.settings.timezone)):%Y-%m-%d %H:%M:%S}"

    confirmed = Confirmed(
        content=content,
        ink=signature.ink,
        hash=sheet.hash,
        ink_hash=sheet.ink,
        sent_at=time(sheet.sent_at),
        signed_at=time(sheet.ended_at or sheet.sent_at),
        screen=word("pdf.on_pad" if (sheet.device or "").startswith("device:") else "pdf.on_second"),
        printed_at=time(hall.now() if is_copy else sheet.ended_at or sheet.sent_at),
        word=word,
        pictures=pictures,
    )
    try:
        async with asyncio.timeout(WITHIN_S):
            return await asyncio.to_thread(_rendered, confirmed)
    except TimeoutError as exc:
        raise Unavailable("confirmation.pdf_slow") from exc


def _rendered(confirmed: Confirmed) -> bytes:
    """The PDF, in a thread."""
    from evaluation.confirmation.pdf import (
        pdf,  # here: reportlab would cost every start of the hall a tenth of a second
    )

    return pdf(confirmed)
