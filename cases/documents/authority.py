"""The hall's own test authority and test certificate: made on first start, renewed by itself, never shipped."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from cases.documents.means import TEST_MARK

KEY_BITS = 3072
AUTHORITY_DAYS, SIGNER_DAYS = 7_300, 1_095
RENEW_DAYS = 30
"""A test certificate that ends sooner than this is made anew at the next start."""
LOCKED_S = 20.0
NAME_BYTES = 64
"""Longest name of an organisation or a holder. Source: X.520 (ub-organization-name, ub-common-name)."""
_SKEW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Files:
    """Where a place keeps them, under DATA/keys; nobody but the server reads the keys."""

    folder: Path

    @property
    def authority(self) -> Path:
        """The test authority's certificate; who checks documents is given it."""
        return self.folder / "documents-authority.pem"

    @property
    def authority_key(self) -> Path:
        """Its key."""
        return self.folder / "documents-authority.key"

    @property
    def certificate(self) -> Path:
        """What documents are signed with."""
        return self.folder / "documents.pem"

    @property
    def key(self) -> Path:
        """Its key."""
        return self.folder / "documents.key"


def ensure(files: Files, name: str, *, now: datetime) -> None:
    """Make what is missing, and a new certificate where the old one soon ends; blocks.

    Args:
        files: where.
        name: of the hall or the city; stands in the certificate beside the mark of a test.
        now: aware.
    """
    if _is_there(files, now):
        return
    files.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(files.folder / "documents.lock"):
        _make(files, name, now)


def _is_there(files: Files, now: datetime) -> bool:
    paths = (files.authority, files.authority_key, files.key, files.certificate)
    return all(path.exists() for path in paths) and _ends(files.certificate) - now >= _renew()


def _make(files: Files, name: str, now: datetime) -> None:
    if not files.authority.exists() or not files.authority_key.exists():
        _make_authority(files, name, now)
    if not files.certificate.exists() or not files.key.exists() or _ends(files.certificate) - now < _renew():
        _make_signer(files, name, now)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep the other processes of a city out; a lock that stays so long was left by one that was killed."""
    until = time.monotonic() + LOCKED_S
    while True:
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            break
        except FileExistsError:
            if time.monotonic() > until:
                path.unlink(missing_ok=True)
            time.sleep(0.05)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _renew() -> timedelta:
    return timedelta(days=RENEW_DAYS)


def _ends(path: Path) -> datetime:
    return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc


def _make_authority(files: Files, name: str, now: datetime) -> None:
    key = rsa.generate_private_key(public_exponent=65_537, key_size=KEY_BITS)
    subject = _subject(f"{TEST_MARK} 文书证书 CA", name)
    usage = _usage(sign=False, authority=True)
    built = (
        _builder(subject, subject, key.public_key(), now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    _write(files.authority_key, _pem(key))
    _write(files.authority, built.public_bytes(serialization.Encoding.PEM))
    for path in (files.certificate, files.key):
        path.unlink(missing_ok=True)


def _make_signer(files: Files, name: str, now: datetime) -> None:
    issuer_key = serialization.load_pem_private_key(files.authority_key.read_bytes(), None)
    if not isinstance(issuer_key, rsa.RSAPrivateKey):
        raise TypeError(type(issuer_key))
    issuer = x509.load_pem_x509_certificate(files.authority.read_bytes())
    key = rsa.generate_private_key(public_exponent=65_537, key_size=KEY_BITS)
    days = min(SIGNER_DAYS, (issuer.not_valid_after_utc - now).days)
    built = (
        _builder(_subject(f"{TEST_MARK} {name}", name), issuer.subject, key.public_key(), now, days)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign=True, authority=False), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
        .sign(issuer_key, hashes.SHA256())
    )
    _write(files.key, _pem(key))
    _write(files.certificate, built.public_bytes(serialization.Encoding.PEM))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _subject(common: str, name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _bounded(name)),
            x509.NameAttribute(NameOID.COMMON_NAME, _bounded(common)),
        ]
    )


def _bounded(text: str) -> str:
    return text.encode()[:NAME_BYTES].decode(errors="ignore")


def _usage(*, sign: bool, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=sign,
        content_commitment=sign,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, for nobody else to read."""
    fresh = path.with_suffix(path.suffix + ".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
