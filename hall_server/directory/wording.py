"""What may stand in a text of the directory, said once for the editor's fields and the importer's cells."""

import re
import unicodedata

ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
STAFF_NUMBER = re.compile(r"[0-9A-Za-z-]{1,20}")
CODE_LIMIT = 64
NAME_LIMIT = 200
_NOT_TEXT = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def text_fault(text: str, *, limit: int, may_be_empty: bool = False) -> str | None:
    """Say what is wrong with a text, or None.

    Args:
        text: the text as it was given.
        limit: the longest it may be, in characters.
        may_be_empty: whether nothing at all is allowed.

    Returns:
        ``empty``, ``too_long``, ``control``, ``markup`` or ``untrimmed``; None when the text is fit to store and show.
    """
    if not text.strip():
        return None if may_be_empty and not text else "empty"
    if len(text) > limit:
        return "too_long"
    if not text.isprintable() and any(unicodedata.category(letter) in _NOT_TEXT for letter in text):
        return "control"
    if "<" in text or ">" in text:
        return "markup"
    return "untrimmed" if text != text.strip() else None
