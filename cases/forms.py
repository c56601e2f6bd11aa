"""What an applicant filled in, as it is sealed beside the journal: events know its SHA-256 only."""

from __future__ import annotations

import hashlib
import secrets
from enum import StrEnum
from typing import Any

import msgspec

SALT_BYTES = 16


class PartyKind(StrEnum):
    """What an applicant is."""

    PERSON = "person"
    ORGANISATION = "organisation"


class Party(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An applicant or an agent.

    Attributes:
        id_kind: of the GB/T 39046 code set: ``111`` 居民身份证, ``001`` 统一社会信用代码 …
        represented_by: 法定代表人 of an organisation.
    """

    kind: PartyKind = PartyKind.PERSON
    name: str
    id_kind: str = "111"
    id_number: str = ""
    phone: str = ""
    address: str = ""
    represented_by: str = ""


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """The whole form.

    Attributes:
        salt: random, so that nobody finds a person's number by trying hashes of forms.
        fields: by the JSON Schema of the edition.
    """

    salt: str
    edition: str
    applicant: Party
    agent: Party | None = None
    fields: dict[str, Any] = {}


def new_salt() -> str:
    """A salt for a form."""
    return secrets.token_hex(SALT_BYTES)


def sealed_bytes(form: Form) -> bytes:
    """The bytes that are hashed and kept: JSON in UTF-8, keys in order."""
    return msgspec.json.encode(form, order="deterministic")


def digest(form: Form) -> str:
    """SHA-256 in hexadecimal of a form's bytes."""
    return hashlib.sha256(sealed_bytes(form)).hexdigest()
