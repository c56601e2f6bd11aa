"""TLS for both ends of MQTT: 1.2 at least, and a client that always looks at whom it speaks to."""

from __future__ import annotations

import ssl
from pathlib import Path

from hall_server.errors import Invalid


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """What a listener speaks with.

    Args:
        certificate: the chain in PEM, its own certificate first.
        key: its private key in PEM, without a passphrase.

    Raises:
        Invalid: ``settings.tls``: a file cannot be read, or the two do not fit.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as exc:
        raise Invalid("settings.tls", reason=str(exc), certificate=str(certificate), key=str(key)) from exc
    return context


def client_context(authority: Path | None) -> ssl.SSLContext:
    """What a client speaks with: the certificate must be signed by the authority, hold now, and name the host.

    Args:
        authority: in PEM; None: those that the system trusts.

    Raises:
        Invalid: ``settings.tls``: the file cannot be read.
    """
    try:
        context = ssl.create_default_context(cafile=str(authority) if authority else None)
    except (OSError, ssl.SSLError) as exc:
        raise Invalid("settings.tls", reason=str(exc), authority=str(authority)) from exc
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


_PLAIN = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "HTTPS_PROXY_REQUEST"})
_MISTRUST = frozenset({"TLSV1_ALERT_UNKNOWN_CA", "SSLV3_ALERT_BAD_CERTIFICATE", "SSLV3_ALERT_CERTIFICATE_UNKNOWN"})


def refusal(error: BaseException) -> str:
    """Why a handshake failed, in words for the log."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the other end's certificate is not trusted: {error.verify_message}"
    reason = getattr(error, "reason", None) or ""
    if reason in _PLAIN:
        return "the other end does not speak TLS"
    if reason in _MISTRUST:
        return "the other end does not trust our certificate"
    if reason == "SSLV3_ALERT_CERTIFICATE_EXPIRED":
        return "the other end finds our certificate expired"
    if reason in {"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION"}:
        return "the other end speaks no TLS from 1.2 on"
    return f"the handshake failed: {reason or type(error).__name__}"
