"""What every answer and every request must satisfy: headers, host names, the token against forged requests."""

from __future__ import annotations

import hmac
import ipaddress
import re
import socket
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import urlsplit

from hall_server.errors import Forbidden, Invalid
from hall_server.identity import keyed_text

REMEMBERED = 64
"""Right host names kept, so that each is looked at once; a hall has a handful."""
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")


@lru_cache(maxsize=64)
def headers(host: str, *, is_private: bool) -> Mapping[str, str]:
    """Headers of every answer.

    Args:
        host: the request's ``Host``; the page may open WebSockets to it and to nobody else.
        is_private: whether the answer is data that nobody may keep, and no page.
    """
    every = {
        "Content-Security-Policy": _policy(host),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if is_private:
        return MappingProxyType(every | {"Cache-Control": "no-store"})
    return MappingProxyType(every | {"X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin"})


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
        self._seen: set[str] = set()

    def check(self, host: str) -> None:
        """Refuse a request for a name that is not the hall's.

        Raises:
            Invalid: ``host.unknown``.
        """
        if host in self._seen:
            return
        name = urlsplit(f"//{host}").hostname if _HOST.fullmatch(host) else None
        if name is None or not ("*" in self._names or name in self._names or _is_address(name)):
            raise Invalid("host.unknown", host=host[:80])
        if len(self._seen) < REMEMBERED:
            self._seen.add(host)


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
