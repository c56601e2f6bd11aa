"""Filters and topics: who may, and what covers what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall_server.mqtt.credentials import SERVER_USER
from hall_server.mqtt.permissions import is_filter, matches, may_publish, may_subscribe

LEVEL = st.sampled_from(["hall", "h1", "dev", "d1", "d2", "up", "down", "+", "#", "", "show", "a+", "a#"])


@given(st.lists(LEVEL, min_size=1, max_size=8))
def test_a_device_never_gets_a_filter_that_covers_anothers_topic(levels: list[str]) -> None:
    topic_filter = "/".join(levels)
    if may_subscribe("h1", "d1", topic_filter):
        for foreign in ("hall/h1/dev/d2/down/show", "hall/h1/dev/d1/up/state", "hall/h2/dev/d1/down/show", "x"):
            assert not matches(foreign.split("/"), levels)


@pytest.mark.parametrize(
    ("topic_filter", "topic", "covers"),
    [
        ("a/#", "a/b/c", True),
        ("a/#", "a", True),
        ("#", "a/b", True),
        ("a/+", "a/b", True),
        ("a/+", "a/b/c", False),
        ("a/+", "a", False),
        ("a/b", "a/b", True),
        ("a/b", "a/b/c", False),
        ("+/b", "a/b", True),
    ],
)
def test_a_filter_covers_what_mqtt_says(topic_filter: str, topic: str, covers: bool) -> None:
    assert matches(topic.split("/"), topic_filter.split("/")) is covers


@pytest.mark.parametrize("topic_filter", ["", "a/#/b", "a#", "a+", "+a/b", "a\0"])
def test_what_is_no_filter_is_refused_to_everyone(topic_filter: str) -> None:
    assert not is_filter(topic_filter)
    assert not may_subscribe("h1", SERVER_USER, topic_filter)


def test_nobody_publishes_to_a_wildcard_or_another_hall() -> None:
    assert may_publish("h1", "d1", "hall/h1/dev/d1/up/state")
    assert not may_publish("h1", "d1", "hall/h1/dev/d1/up/+")
    assert not may_publish("h1", "d1", "hall/h1/dev/d1/upper")
    assert not may_publish("h1", SERVER_USER, "hall/h2/dev/d1/down/show")
    assert may_publish("h1", SERVER_USER, "hall/h1/dev/d1/down/show")
