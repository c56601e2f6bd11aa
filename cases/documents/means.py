"""What documents are signed with, and whether it may be used now; without the library that signs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12

from hall_server.errors import Unavailable

TEST_MARK = "测试 TEST"
"""Stands in the holder's name of a certificate that proves nothing."""


class Means(msgspec.Struct, frozen=True, kw_only=True):
    """What documents are signed with, by the names of files.

    Attributes:
        certificate: with those between it and the root, PEM. pkcs12: in place of both.
        passphrase: of the key or the PKCS #12 file; empty: none.
    """

    certificate: str = ""
    key: str = ""
    pkcs12: str = ""
    passphrase: str = ""


def check(means: Means, *, now: datetime) -> bool:
    """Refuse a certificate that does not hold now; says whether it is one for tests. Blocks.

    Raises:
        Unavailable: ``case_document.certificate``: it cannot be read, has not begun, or is over.
    """
    certificate = _certificate(means)
    if now < certificate.not_valid_before_utc:
        raise Unavailable("case_document.certificate", reason="not yet valid")
    if now > certificate.not_valid_after_utc:
        raise Unavailable("case_document.certificate", reason="expired")
    return is_test(certificate)


def is_test(certificate: x509.Certificate) -> bool:
    """Whether a certificate calls itself one for tests."""
    return any(TEST_MARK in str(one.value) for one in certificate.subject)


def _certificate(means: Means) -> x509.Certificate:
    try:
        if not means.pkcs12:
            return x509.load_pem_x509_certificate(Path(means.certificate).read_bytes())
        word = means.passphrase.encode() or None
        _, found, _ = pkcs12.load_key_and_certificates(Path(means.pkcs12).read_bytes(), word)
    except (OSError, ValueError) as exc:
        raise Unavailable("case_document.certificate", reason="unreadable") from exc
    if found is None:
        raise Unavailable("case_document.certificate", reason="unreadable")
    return found
