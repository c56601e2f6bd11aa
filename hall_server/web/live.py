"""The live feed: after each commit, every changed picture is made once, framed once and given to all who watch it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from hall_server.errors import DomainError, Forbidden, JournalFailed, NotFound, Unauthenticated
from hall_server.identity import Actor, Role
from hall_server.messages import Recorded
from hall_server.web.channels import Channel, Channels
from hall_server.web.frames import framed
from hall_server.web.subscribers import Subscriber

if TYPE_CHECKING:
    from hall_server.web.ports import HallServer, View

log = logging.getLogger(__name__)

SWEEP_S = 5.0
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class _Join:
    subscriber: Subscriber
    topic: str
    after: int | None


class LiveHub:
    """Who watches what, and the one task that makes pictures.

    A picture is read from the live state, which may be ahead of the journal; it leaves only when everything in it
    is committed. ``seq`` counts the frames of all topics and begins with the time of the start in milliseconds, so
    that it never goes back, over restarts either.
    """

    def __init__(self, server: HallServer) -> None:
        self._server = server
        self._channels = Channels()
        self._subscribers: set[Subscriber] = set()
        self._dirty: dict[str, None] = {}
        self._joins: list[_Join] = []
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.seq = int(server.clock.now().timestamp() * 1000)
        self.frames_sent = 0

    # -- for rooms

    def picture(self, name: str, key: str, actor: Actor) -> bytes:
        """The JSON of a picture. What it shows may not be committed yet: await ``server.settled()`` before answering.

        Raises:
            NotFound: there is no such picture. Unauthenticated, Forbidden: not for this actor.
        """
        return _encode(self._view_for(name, key, actor).picture(key))

    def send(self, topic: str, event: dict[str, object]) -> None:
        """Give an event that is no picture (an announcement) to everybody who listens now, or comes back soon."""
        channel = self._channel(topic, lasting=True)
        self._broadcast(channel, b'"event":' + _encode(event))

    def refresh(self, topic: str) -> None:
        """Make a picture anew that time has changed, and no event."""
        self._touch(topic)
        if self._dirty:
            self._wake.set()

    # -- life

    def start(self) -> None:
        """Begin to follow the bus."""
        self._server.bus.listen_batch("live feed", self.committed)
        self._task = asyncio.create_task(self._pump_forever(), name="live feed")

    async def stop(self) -> None:
        """Close every client and end."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for subscriber in list(self._subscribers):
            subscriber.close()

    # -- for clients

    @property
    def clients(self) -> int:
        """How many are connected."""
        return len(self._subscribers)

    def admit(self, topic: str, actor: Actor, *, has_origin: bool) -> None:
        """Refuse a topic that is unknown or not for this actor.

        Raises:
            NotFound, Unauthenticated, Forbidden: with the topic's name.
        """
        name, _, key = topic.partition("/")
        view = self._view_for(name, key, actor)
        if not view.access.is_public and not has_origin and actor.kind is not Role.DEVICE:
            raise Forbidden("live.origin_missing", topic=topic)

    def join(self, subscriber: Subscriber, topics: Mapping[str, int | None]) -> None:
        """Let a client watch topics it has been admitted to, each after the last seq it has seen of it, if any.

        Its first pictures follow.
        """
        self._subscribers.add(subscriber)
        subscriber.on_drained(self._newest)
        for topic, after in topics.items():
            self._channel(topic).joining += 1
            self._joins.append(_Join(subscriber, topic, after))
        self._wake.set()

    def leave(self, subscriber: Subscriber) -> None:
        """Forget a client."""
        self._subscribers.discard(subscriber)
        self.leave_topics(subscriber, tuple(subscriber.topics))

    def leave_topics(self, subscriber: Subscriber, topics: Iterable[str]) -> None:
        """Send a client nothing more of some topics (one it has only just asked for may still come)."""
        for topic in topics:
            subscriber.topics.discard(topic)
            if channel := self._channels.get(topic):
                channel.clients.discard(subscriber)

    def end_session(self, session: bytes) -> None:
        """Close the clients that came with a session."""
        for subscriber in [one for one in self._subscribers if one.session == session]:
            subscriber.close()

    def sweep(self) -> None:
        """Close the clients that have stopped reading, and those whose session is over."""
        for subscriber in [one for one in self._subscribers if one.has_stalled() or not one.may_stay()]:
            log.info("live client closed", extra={"action": "live.swept"})
            subscriber.close()

    # -- inside

    def committed(self, batch: list[Recorded]) -> None:
        """Mark the watched pictures that a commit has changed; views that nobody watches are not asked."""
        views = [(name, view) for name, view in self._server.live_views.items() if self._channels.has_any_of(name)]
        if not views:
            return
        for recorded in batch:
            for name, view in views:
                for key in view.touched(recorded):
                    self._touch(f"{name}/{key}" if key else name)
        if self._dirty:
            self._wake.set()

    def _channel(self, topic: str, *, lasting: bool = False) -> Channel:
        """The topic's channel; what happened before a new one is not known, so nobody's ``after`` reaches it."""
        found = self._channels.get(topic)
        if found is None:
            self.seq += 1
            found = self._channels.open(topic, seq=self.seq)
        found.lasting = found.lasting or lasting
        return found

    def _touch(self, topic: str) -> None:
        channel = self._channels.get(topic)
        if channel is None:
            return
        if channel.is_idle:
            self._channels.drop(topic)
        else:
            self._dirty[topic] = None

    async def _pump_forever(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), SWEEP_S)
            self._wake.clear()
            self.sweep()
            try:
                await self._pump()
            except JournalFailed:
                return
            except Exception:  # the top of a loop: one bad picture must not end the feed
                log.exception("live feed failed", extra={"action": "live.failed"})

    async def _pump(self) -> None:
        dirty, self._dirty = self._dirty, {}
        joins, self._joins = self._joins, []
        if not dirty and not joins:
            return
        pictures = {topic: self._made(topic) for topic in {**dirty, **dict.fromkeys(self._unknown(joins))}}
        await self._server.settled()
        for topic in dirty:
            channel = self._channels.get(topic)
            if channel is not None and (made := pictures[topic]) is not None:
                self._broadcast(channel, b'"event":{"type":"changed","view":' + made + b"}")
        snapshots = {topic: self._snapshot(topic, made) if made else None for topic, made in pictures.items()}
        for join in joins:
            self._welcome(join, snapshots)

    def _unknown(self, joins: list[_Join]) -> Iterable[str]:
        """Topics for which somebody needs a snapshot."""
        for join in joins:
            channel = self._channels.get(join.topic)
            if join.after is None or channel is None or self._missed(channel, join.after) is None:
                yield join.topic

    def _missed(self, channel: Channel, after: int) -> list[bytes] | None:
        kept = self._channels.missed(channel, after, now=self.seq)
        return None if kept is None else [one.frame for one in kept]

    def _welcome(self, join: _Join, snapshots: dict[str, bytes | None]) -> None:
        channel = self._channel(join.topic)
        channel.joining -= 1
        if join.subscriber not in self._subscribers:
            return
        frames = None if join.after is None else self._missed(channel, join.after)
        if frames is None and join.topic not in snapshots:  # its frames were forgotten just now
            channel.joining += 1
            self._joins.append(join)
            self._wake.set()
            return
        if frames is None:
            frames = [found] if (found := snapshots[join.topic]) else []
        join.subscriber.topics.add(join.topic)
        channel.clients.add(join.subscriber)
        for frame in frames:
            join.subscriber.send(join.topic, frame)

    def _broadcast(self, channel: Channel, body: bytes) -> None:
        self.seq += 1
        frame = framed(_head(channel.topic) + body + b',"seq":%d}' % self.seq)
        self._channels.keep(self.seq, channel.topic, frame)
        self.frames_sent += len(channel.clients)
        for subscriber in channel.clients:
            subscriber.send(channel.topic, frame)

    def _snapshot(self, topic: str, made: bytes) -> bytes:
        return framed(_head(topic) + b'"snapshot":' + made + b',"seq":%d}' % self.seq)

    def _newest(self, topics: Iterable[str]) -> list[bytes]:
        channels = (self._channels.get(topic) for topic in topics)
        return [channel.newest for channel in channels if channel is not None and channel.newest is not None]

    def _made(self, topic: str) -> bytes | None:
        name, _, key = topic.partition("/")
        try:
            return _encode(self._server.live_views[name].picture(key))
        except DomainError as exc:
            log.info("no picture of %s: %s", name, exc.code, extra={"action": "live.no_picture"})
        except Exception:  # one room's fault must not darken the others' screens
            log.exception("picture of %s failed", name, extra={"action": "live.picture_failed"})
        return None

    def _view_for(self, name: str, key: str, actor: Actor) -> View:
        topic = f"{name}/{key}" if key else name
        view = self._server.live_views.get(name)
        if view is None:
            raise NotFound("live.topic_unknown", topic=topic[:80])
        if not view.access.admits(actor):
            error = Unauthenticated if actor.kind is Role.VISITOR else Forbidden
            raise error("live.not_allowed", topic=topic)
        if not view.key_ok(key, actor):
            raise NotFound("live.topic_unknown", topic=topic[:80])
        return view


def _head(topic: str) -> bytes:
    return b'{"topic":' + _encode(topic) + b","
