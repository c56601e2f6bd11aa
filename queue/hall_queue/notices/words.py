"""What people write into the hall's forms: kept as text, in one line, never empty where something must be said."""

from __future__ import annotations

from hall_server.errors import Invalid

REASON_MOST = 200
"""Longest reason, characters."""


def written(text: str, *, field: str, most: int, is_needed: bool = True) -> str:
    """The text in one line, without what cannot be seen; markup stays the text that it is.

    Args:
        text: as it was typed.
        field: of the request, named in a refusal.
        most: longest, characters.
        is_needed: whether it may not be empty.

    Raises:
        Invalid: ``text.missing`` or ``text.too_long``, with the field's name.
    """
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    if is_needed and not plain:
        raise Invalid("text.missing", field=field)
    if len(plain) > most:
        raise Invalid("text.too_long", field=field, most=most)
    return plain


def reason_of(text: str) -> str:
    """Why somebody did what everybody will see.

    Raises:
        Invalid: there is none, or it is too long.
    """
    return written(text, field="reason", most=REASON_MOST)
