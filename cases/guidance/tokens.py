"""The address of a list: what was chosen, written into the address itself, so that nothing has to be kept; pure."""

from __future__ import annotations

import hmac
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from hall_server.errors import NotFound, Refused
from hall_server.identity import keyed_text

Answers = Annotated[dict[str, tuple[str, ...]], Meta(max_length=60)]
MOST = 380
"""Letters: a QR code of this length is still read from a slip of paper."""
SIGNED = 11
"""Letters of the signature, 66 bits: nobody makes lists in the hall's name."""
OPENED_MOST = 4096
"""Bytes that a token may hold when it is opened."""


class Language(StrEnum):
    """Of a list."""

    CHINESE = "zh-CN"
    ENGLISH = "en"


class Chosen(msgspec.Struct, frozen=True, kw_only=True, array_like=True, forbid_unknown_fields=True):
    """What a list is of. No field says anything of the person.

    Attributes:
        matter: its id; empty: a package.
        package: id of a kind of package; empty: a matter.
        number: of the edition it was made from; 0: the matter has none.
        answers: to the questions of the matter, or of the package.
        part_answers: to the merged questions of the package's parts.
    """

    matter: str = ""
    package: str = ""
    number: int = 0
    answers: Answers = {}
    part_answers: Answers = {}
    language: Language = Language.CHINESE


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Chosen)


def token_of(chosen: Chosen, key: bytes) -> str:
    """The token of a choice; the same choice has the same token.

    Args:
        chosen: what was chosen.
        key: a secret of the hall.

    Raises:
        Refused: ``guidance.list_too_long``: so many answers fit in no QR code.
    """
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = squeezer.compress(_encoder.encode(chosen)) + squeezer.flush()
    body = urlsafe_b64encode(packed).rstrip(b"=").decode()
    if len(body) + SIGNED > MOST:
        raise Refused("guidance.list_too_long")
    return _signature(body, key) + body


def chosen_of(token: str, key: bytes) -> Chosen:
    """What a token says.

    Raises:
        NotFound: ``guidance.list_unknown``: this hall did not make it.
    """
    signature, body = token[:SIGNED], token[SIGNED:]
    if not body or not hmac.compare_digest(signature.encode(), _signature(body, key).encode()):
        raise NotFound("guidance.list_unknown")
    try:
        packed = urlsafe_b64decode(body + "=" * (-len(body) % 4))
        return _decoder.decode(zlib.decompressobj(-15).decompress(packed, OPENED_MOST))
    except (ValueError, zlib.error, msgspec.MsgspecError) as exc:  # made by an older program
        raise NotFound("guidance.list_unknown") from exc


def _signature(body: str, key: bytes) -> str:
    return keyed_text(key, f"guidance list:{body}")[:SIGNED]
