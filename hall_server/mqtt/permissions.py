"""Who may publish and subscribe where, by user name."""

from enum import StrEnum

from hall_server.mqtt.credentials import SERVER_USER


class Denial(StrEnum):
    """Why a broker turned something away."""

    CREDENTIAL = "credential"  # unknown device, wrong or old password
    IMPERSONATION = "impersonation"  # connected with another's client id
    PUBLISH = "publish"  # wrote to a topic that is not its own
    SUBSCRIBE = "subscribe"  # asked for topics that are not its own, or for more by a wildcard
    PROTOCOL = "protocol"  # broken, too large or too many packets
    TLS = "tls"  # a handshake that failed: no TLS, too old, or a certificate that was not trusted


def may_publish(hall: str, user: str, topic: str) -> bool:
    """A device writes below its own `up/`; the server everywhere in its hall."""
    if "+" in topic or "#" in topic or "\0" in topic:
        return False
    return topic.startswith(f"hall/{hall}/" if user == SERVER_USER else f"hall/{hall}/dev/{user}/up/")


def may_subscribe(hall: str, user: str, topic_filter: str) -> bool:
    """A device reads below its own `down/`; a wildcard may stand only after that."""
    if not is_filter(topic_filter):
        return False
    return topic_filter.startswith(f"hall/{hall}/" if user == SERVER_USER else f"hall/{hall}/dev/{user}/down/")


def is_filter(topic_filter: str) -> bool:
    """Whether it is a filter at all. Source: MQTT 3.1.1, 4.7.1."""
    levels = topic_filter.split("/")
    if not topic_filter or "\0" in topic_filter or any("#" in level for level in levels[:-1]):
        return False
    return levels[-1] in ("#", "+") or (
        "#" not in levels[-1] and all(level == "+" or "+" not in level for level in levels)
    )


def matches(topic_levels: list[str], filter_levels: list[str]) -> bool:
    """Whether a filter covers a topic, both split at the slashes. Source: MQTT 3.1.1, 4.7.1."""
    for index, level in enumerate(filter_levels):
        if level == "#":
            return True
        if index >= len(topic_levels) or level not in ("+", topic_levels[index]):
            return False
    return len(topic_levels) == len(filter_levels)
