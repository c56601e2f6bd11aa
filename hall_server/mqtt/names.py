"""Topic names: who speaks in them, in which hall, on which channel."""

import re
from enum import StrEnum
from typing import NamedTuple

SEGMENT = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
"""A hall's or a device's id: it stands between two slashes, so it holds neither a slash nor a wildcard."""


class Channel(StrEnum):
    """The last two levels of a device's topic."""

    STATE = "up/state"  # how the device is; retained, and its last will
    REQUEST = "up/request"  # the device asks for something to be done
    REPORT = "up/report"  # the device tells what happened, a finished command above all
    SHOW = "down/show"  # the whole picture the device shows now; retained
    COMMAND = "down/command"  # something to do once
    REPLY = "down/reply"  # the answer to one request


_CHANNELS = {channel.value: channel for channel in Channel}


class TopicName(NamedTuple):
    """A parsed topic."""

    hall: str
    device: str
    channel: Channel


def is_id(text: str) -> bool:
    """Whether `text` can be a hall's or a device's id."""
    return SEGMENT.fullmatch(text) is not None


def topic(hall: str, device: str, channel: Channel) -> str:
    """The topic `hall/{hall}/dev/{device}/{channel}`.

    Raises:
        ValueError: hall or device is no id, so it could reach another's topics.
    """
    if not is_id(hall) or not is_id(device):
        raise ValueError(f"no id of a hall or device: {hall!r} {device!r}")
    return f"hall/{hall}/dev/{device}/{channel}"


def parse(name: str) -> TopicName | None:
    """The parts of a topic, or None where it is not one of the table's."""
    levels = name.split("/")
    if len(levels) != 6 or levels[0] != "hall" or levels[2] != "dev":
        return None
    channel = _CHANNELS.get("/".join(levels[4:]))
    if channel is None or not is_id(levels[1]) or not is_id(levels[3]):
        return None
    return TopicName(levels[1], levels[3], channel)


def up_filter(hall: str) -> str:
    """What the server subscribes to: everything any device of the hall says."""
    return f"hall/{hall}/dev/+/up/#"


def down_filter(hall: str, device: str) -> str:
    """What one device subscribes to."""
    return f"hall/{hall}/dev/{device}/down/#"
