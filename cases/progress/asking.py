"""Who may see a case: whoever has its number and its query code; a wrong code and an unknown number are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.model import Case
from cases.state import is_code, query_digest
from hall_server.errors import NotFound

if TYPE_CHECKING:
    from cases.neighbours.casework import Casework

_NOBODYS = query_digest("", "nobody knows this one")
NUMBER_MOST, CODE_MOST = 60, 40


async def asked_for(casework: Casework, number: str, code: str) -> Case:
    """The case, where the code is its own.

    The digest is looked up, made and compared in the same way whether the number is known or not; only then is the
    case itself read.

    Raises:
        NotFound: ``progress.unknown``.
    """
    plain = plain_number(number)
    kept = await casework.digest(plain)
    is_right = is_code(kept or _NOBODYS, plain, code[:CODE_MOST])
    case = await casework.numbered(plain) if is_right and kept else None
    if case is None:
        raise NotFound("progress.unknown")
    return case


def plain_number(number: str) -> str:
    """A number as it is kept: no blanks, capital letters."""
    return "".join(number.split()).upper()[:NUMBER_MOST]
