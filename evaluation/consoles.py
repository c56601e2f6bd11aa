"""From where the consoles of windows are signed in now, so that a window that rates itself is noticed."""

from __future__ import annotations

from collections import Counter
from ipaddress import ip_address
from typing import TYPE_CHECKING

from hall_queue.state import HallQueue

if TYPE_CHECKING:
    from hall_server.server import Server


class Consoles:
    """Joins who sits at a window with where they are signed in.

    The hall looks at no header that a client could write. Behind a reverse proxy all requests therefore come from one
    address: one that several people are signed in from, or this machine's own, says nothing and is left out.
    """

    def __init__(self, server: Server, queue: HallQueue) -> None:
        self._server = server
        self._queue = queue

    def at(self, window: str) -> frozenset[str]:
        """Keyed addresses from which whoever sits at a window, and nobody else, is signed in."""
        staff = self._queue.desk(window).staff
        web = self._server.rooms.get("web")
        if staff is None or web is None:
            return frozenset()
        return apart(web.sessions.places(), staff)


def apart(places: list[tuple[str, str, str]], staff: str) -> frozenset[str]:
    """The addresses that are one person's alone.

    Args:
        places: account, remote address and its keyed hash of each session.
        staff: whose account.
    """
    people = Counter(address for _, address in {(account, address) for account, _, address in places})
    own = ((remote_ip, address) for account, remote_ip, address in places if account == staff)
    return frozenset(address for remote_ip, address in own if people[address] == 1 and not _is_this_machine(remote_ip))


def _is_this_machine(remote_ip: str) -> bool:
    try:
        return ip_address(remote_ip).is_loopback
    except ValueError:
        return True  # no address at all: a socket of this machine
