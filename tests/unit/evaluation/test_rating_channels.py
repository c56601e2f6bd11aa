"""Who may rate through which channel, and which address is a window's own."""

from __future__ import annotations

import pytest

from evaluation.channels import allowed, check
from evaluation.consoles import apart
from evaluation.model import OFFLINE, ONLINE, Aspect, RatingChannel, check_aspects
from hall_server.errors import Forbidden, Invalid
from hall_server.identity import visitor
from tests.fakes.hall import manager, staff
from tests.fakes.visits import pad

C = RatingChannel


@pytest.mark.parametrize(
    ("kind", "may"),
    [
        ("pad", {C.PAD, C.TABLET, C.MQTT}),
        ("handset", {C.HANDSET, C.MQTT}),
        ("selfservice", {C.TERMINAL, C.MQTT}),
        ("enquiry", {C.TERMINAL, C.MQTT}),
        ("board", set()),
        (None, set()),
    ],
)
def test_a_device_rates_as_what_it_is(kind: str | None, may: set[RatingChannel]) -> None:
    assert allowed(pad("w01"), kind, is_open=True) == may


def test_a_visitor_rates_on_their_own_page_and_never_as_a_machine() -> None:
    assert allowed(visitor("v"), None, is_open=False) == {C.QR, C.PHONE, C.SMS}


def test_in_a_hall_that_is_open_its_pages_need_not_be_paired() -> None:
    assert allowed(visitor("v"), None, is_open=True) == {C.QR, C.PHONE, C.SMS, C.PAD, C.TABLET, C.TERMINAL}


def test_only_staff_enter_what_a_caller_says() -> None:
    assert C.TELEPHONE in allowed(staff("s01", "w01"), None, is_open=False)
    assert C.TELEPHONE in allowed(manager(), None, is_open=False)
    for actor, kind in ((visitor("v"), None), (pad("w01"), "pad")):
        with pytest.raises(Forbidden) as refused:
            check(C.TELEPHONE, actor, kind, is_open=True)
        assert (refused.value.code, refused.value.fields["field"]) == ("rating.channel_foreign", "channel")


def test_a_pad_cannot_claim_to_be_a_phone() -> None:
    with pytest.raises(Forbidden):
        check(C.PHONE, pad("w01"), "pad", is_open=True)


@pytest.mark.parametrize("channel", list(C))
def test_each_channel_asks_one_set_of_aspects(channel: RatingChannel) -> None:
    own, other = (ONLINE, OFFLINE) if channel is C.TERMINAL else (OFFLINE, ONLINE)
    check_aspects(own, channel)
    with pytest.raises(Invalid) as refused:
        check_aspects((*own, other[0]), channel)
    assert refused.value.fields["field"] == f"aspects[{len(own)}]"


def test_the_two_sets_are_those_of_the_rules() -> None:
    assert OFFLINE == (Aspect.EFFICIENCY, Aspect.SKILL, Aspect.ATTITUDE)
    assert ONLINE == (Aspect.HANDLING, Aspect.GUIDANCE, Aspect.CONVENIENCE, Aspect.PLATFORM)


def test_a_consoles_address_is_known_by_who_is_signed_in_there() -> None:
    places = [("s01", "10.0.0.5", "five"), ("s01", "10.0.0.6", "six"), ("s02", "10.0.0.7", "seven")]
    assert apart(places, "s01") == {"five", "six"}
    assert apart(places, "s03") == frozenset()


def test_an_address_that_several_people_use_is_a_proxy_and_says_nothing() -> None:
    assert apart([("s01", "10.0.0.1", "one"), ("s02", "10.0.0.1", "one")], "s01") == frozenset()


@pytest.mark.parametrize("remote_ip", ["127.0.0.1", "::1", "", "unix"])
def test_this_machine_itself_says_nothing(remote_ip: str) -> None:
    assert apart([("s01", remote_ip, "one")], "s01") == frozenset()
