"""What every answer and every request must satisfy: headers, host names, the token against forged requests."""

from __future__ import annotations

import hmac
import ipaddress
import re
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from hall_server.errors import Forbidden, Invalid
from hall_server.identity import keyed_text

_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")


def headers(host: str, *, is_private: bool) -> dict[str, str]:
    """Headers of every answer.

    Args:
        host: the request's ``Host``; the page may open WebSockets to it and to nobody else.
        is_private: whether nobody may keep the answer.
    """
    found = {
        "Content-Security-Policy": _policy(host),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return found | {"Cache-Control": "no-store"} if is_private else found


def _policy(host: str) -> str:
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    return (
        f"default-src 'self'; img-src 'self' data:; media-src 'self' blob:; connect-src 'self'{sockets}; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


class Hosts:
    """The names under which the hall is reached.

    Addresses, ``localhost`` and the machine's own name are always right: rebinding needs another name.
    """

    def __init__(self, trusted: Iterable[str], public_url: str | None) -> None:
        names = {name.lower() for name in trusted}
        if public_url and (name := urlsplit(public_url).hostname):
            names.add(name.lower())
        self._names = frozenset(names | {"localhost", socket.gethostname().lower()})

    def check(self, host: str) -> None:
        """Refuse a request for a name that is not the hall's.

        Raises:
            Invalid: ``host.unknown``.
        """
        name = urlsplit(f"//{host}").hostname if _HOST.fullmatch(host) else None
        if name is None or not ("*" in self._names or name in self._names or _is_address(name)):
            raise Invalid("host.unknown", host=host[:80])


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def xsrf_token(key: bytes, session: bytes) -> str:
    """The token that proves that a writing request comes from the hall's own page; bound to the session."""
    return keyed_text(key, f"xsrf/{session.hex()}")


def check_xsrf(expected: str, given: str | None) -> None:
    """Refuse a writing request without the session's token.

    Raises:
        Forbidden: ``xsrf.missing`` or ``xsrf.wrong``.
    """
    if not given:
        raise Forbidden("xsrf.missing")
    if not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
        raise Forbidden("xsrf.wrong")
