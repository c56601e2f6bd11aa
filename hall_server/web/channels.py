"""Topics with listeners: the frames they sent, for those who come back."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hall_server.web.subscribers import Subscriber

KEPT_FRAMES = 1000
"""Frames kept over all topics."""
KEPT_BYTES = 16 * 1024 * 1024
MOST_CHANNELS = 5000
"""Topics kept; beyond it those that nobody listens to are forgotten."""


@dataclass(slots=True)
class Channel:
    """A topic.

    Attributes:
        since: every frame after this seq is known, unless it is older than the ring.
        lasting: kept while nobody listens (announcements); others are made anew.
        newest: the last frame. joining: how many wait for their first picture.
    """

    topic: str
    since: int
    lasting: bool = False
    newest: bytes | None = None
    joining: int = 0
    clients: set[Subscriber] = field(default_factory=set)

    @property
    def is_idle(self) -> bool:
        """Whether nobody listens or is about to."""
        return not self.clients and not self.joining


@dataclass(frozen=True, slots=True)
class Kept:
    """A frame that was sent."""

    seq: int
    topic: str
    frame: bytes


class Channels:
    """The topics somebody listens to, and a ring of the last frames."""

    def __init__(self) -> None:
        self._channels: dict[str, Channel] = {}
        self._of_name: Counter[str] = Counter()
        self._ring: deque[Kept] = deque()
        self._bytes = 0
        self._forgotten = 0

    def get(self, topic: str) -> Channel | None:
        """The channel, where there is one."""
        return self._channels.get(topic)

    def has_any_of(self, name: str) -> bool:
        """Whether there is a channel of a topic ``name`` or ``name/{key}``."""
        return self._of_name[name] > 0

    def open(self, topic: str, *, seq: int) -> Channel:
        """A new channel, which knows what happens after a seq."""
        self._forget_idle()
        channel = self._channels[topic] = Channel(topic, seq)
        self._of_name[name_of(topic)] += 1
        return channel

    def drop(self, topic: str) -> None:
        """Forget a topic nobody listens to: its next picture is not made."""
        channel = self._channels.get(topic)
        if channel is not None and channel.is_idle and not channel.lasting:
            del self._channels[topic]
            self._of_name[name_of(topic)] -= 1

    def _forget_idle(self) -> None:
        if len(self._channels) >= MOST_CHANNELS:
            for topic in list(self._channels):
                self.drop(topic)

    def keep(self, seq: int, topic: str, frame: bytes) -> None:
        """Remember a frame, forgetting the oldest."""
        if channel := self._channels.get(topic):
            channel.newest = frame
        self._ring.append(Kept(seq, topic, frame))
        self._bytes += len(frame)
        while len(self._ring) > KEPT_FRAMES or self._bytes > KEPT_BYTES:
            old = self._ring.popleft()
            self._bytes -= len(old.frame)
            self._forgotten = old.seq

    def missed(self, channel: Channel, after: int, *, now: int) -> list[Kept] | None:
        """The frames of a topic after a seq; None where that is not known, so that a snapshot is needed."""
        if not max(channel.since, self._forgotten) <= after <= now:
            return None
        return [kept for kept in self._ring if kept.topic == channel.topic and kept.seq > after]


def name_of(topic: str) -> str:
    """The view's name in ``name/{key}``."""
    return topic.partition("/")[0]
