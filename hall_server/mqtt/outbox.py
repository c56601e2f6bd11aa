"""What waits to be published: bounded, in order, and of a retained topic only its newest picture."""

from collections import OrderedDict, deque
from typing import NamedTuple


class Outgoing(NamedTuple):
    """One message on its way to the broker."""

    topic: str
    payload: bytes
    qos: int
    is_retained: bool


class Outbox:
    """A queue that cannot grow: old commands give way to new ones, and counted."""

    def __init__(self, *, limit: int) -> None:
        self.dropped = 0
        self._limit = limit
        self._pictures: OrderedDict[str, Outgoing] = OrderedDict()
        self._others: deque[Outgoing] = deque()

    def put(self, message: Outgoing) -> None:
        """Adds a message; over the limit the oldest that is not retained goes, then the oldest retained."""
        if message.is_retained:
            self._pictures[message.topic] = message
        else:
            self._others.append(message)
        if len(self) > self._limit:
            self.dropped += 1
            if self._others:
                self._others.popleft()
            else:
                self._pictures.popitem(last=False)

    def take(self) -> Outgoing:
        """The next message, pictures first: they are what a screen shows now.

        Raises:
            IndexError: nothing waits.
        """
        if self._pictures:
            return self._pictures.popitem(last=False)[1]
        return self._others.popleft()

    def __len__(self) -> int:
        return len(self._pictures) + len(self._others)
