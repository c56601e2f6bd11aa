"""Whatever wrong is sent to a hall over HTTP gets a clear answer, and nothing is lost or half done."""

from __future__ import annotations

import http.client
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from scripts.hall_process import HallProcess
from tests.fakes.hall_talk import Answer, Talker, books, events

SignedIn = Callable[[str], Talker]
LINE, WINDOW, OTHER_WINDOW = "business", "w01", "w20"
ID_NUMBERS = ("11010519491231002X", "110105199003071239")
"""Specimens of GB 11643-1999; nobody's."""
MARKUP = '<img src=x onerror="alert(1)">'
TEN_MEGABYTES = b'{"line": "' + b"x" * 10_000_000 + b'"}'


@contextmanager
def nothing_changes(data: Path) -> Iterator[None]:
    """What happens inside leaves no trace in the hall's books."""
    before = books(data)
    yield
    assert books(data) == before


def refused(talker: Talker, method: str, path: str, body: object = None, **how: Any) -> Answer:
    """The refusal, once it is known to say the same in both languages, each in its own words."""
    english = talker.send(method, path, body, **how)
    chinese = talker.send(method, path, body, **how, Accept_Language="zh-CN")
    assert english.refusal == chinese.refusal
    assert set(english.error["fields"]) == set(chinese.error["fields"])
    assert english.error["message"].isascii()
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese.error["message"])
    assert "{" not in english.error["message"] + chinese.error["message"]
    return english


@pytest.mark.parametrize(
    ("body", "refusal", "fields"),
    [
        ({"matter": "no-such"}, (404, "matter.unknown"), {"matter"}),
        ({"matter": "no-such", "person": {"id_number": ID_NUMBERS[1]}}, (404, "matter.unknown"), {"matter"}),
        ({"line": "no-such", "person": {"phone": "13800000001"}}, (404, "line.unknown"), {"line"}),
        (
            {"line": LINE, "priority": "vip", "person": {"phone": "13800000001"}},
            (404, "priority.unknown"),
            {"priority"},
        ),
        ({}, (400, "ticket.nothing_wanted"), {"matter", "line"}),
        ({"line": 3}, (400, "body.invalid"), {"line"}),
        ({"line": LINE, "colour": "red"}, (400, "body.invalid"), {"colour"}),
        ({"line": LINE, "channel": "pigeon"}, (400, "body.invalid"), {"channel"}),
        ({"line": "x" * 81}, (400, "body.invalid"), {"line"}),
        (
            {"line": LINE, "person": {"id_number": "110105194912310021"}},
            (400, "person.id_number"),
            {"person.id_number"},
        ),
        ({"line": LINE, "person": {"phone": MARKUP[:20]}}, (400, "person.phone"), {"person.phone"}),
        ([], (400, "body.invalid"), {"$"}),
    ],
)
def test_a_ticket_that_cannot_be_is_refused_by_its_field_and_nobody_is_remembered(
    visitor: Talker, data: Path, body: object, refusal: tuple[int, str], fields: set[str]
) -> None:
    with nothing_changes(data):
        answer = refused(visitor, "POST", "tickets", body)
    assert (answer.refusal, set(answer.error["fields"])) == (refusal, fields)


@pytest.mark.parametrize("raw", [b'{"line": ', b"line=business", b"\xff\xfe{}", b'{"line": "business"}}', b"\0"])
def test_broken_json_is_said_to_be_broken(visitor: Talker, data: Path, raw: bytes) -> None:
    with nothing_changes(data):
        assert refused(visitor, "POST", "tickets", raw=raw).refusal == (400, "body.broken")


def test_a_closed_line_gives_no_number_and_says_which_line(visitor: Talker, signed_in: SignedIn, data: Path) -> None:
    signed_in("manager").send("POST", f"hand/lines/{LINE}", {"open": False, "reason": "training"})
    try:
        with nothing_changes(data):
            answer = refused(visitor, "POST", "tickets", {"line": LINE, "person": {"id_number": ID_NUMBERS[1]}})
        assert answer.refusal == (409, "line.closed")
        assert answer.error["fields"] == {"line": LINE, "reason": "training", "cause": None}
    finally:
        again = signed_in("manager").send("POST", f"hand/lines/{LINE}", {"open": True, "reason": "trained"})
        assert again.body["open"] is True
    assert visitor.send("POST", "tickets", {"line": LINE}).status == 201


def test_the_key_of_a_ticket_gets_it_again_after_its_line_has_closed(
    visitor: Talker, signed_in: SignedIn, data: Path
) -> None:
    wanted = {"line": LINE, "person": {"phone": "13800000002"}}
    first = visitor.send("POST", "tickets", wanted, key="key-of-a-lost-answer")
    signed_in("manager").send("POST", f"hand/lines/{LINE}", {"open": False, "reason": "training"})
    try:
        with nothing_changes(data):
            again = visitor.send("POST", "tickets", wanted, key="key-of-a-lost-answer")
    finally:
        signed_in("manager").send("POST", f"hand/lines/{LINE}", {"open": True, "reason": "trained"})
    assert (first.status, first.body) == (again.status, again.body)


def test_a_second_ticket_for_the_same_person_and_matter_names_the_first(visitor: Talker, data: Path) -> None:
    matter = visitor.send("GET", "matters?limit=1").body["matters"][0]["id"]
    wanted = {"matter": matter, "person": {"id_number": ID_NUMBERS[0]}}
    first = visitor.send("POST", "tickets", wanted)
    assert first.status == 201
    with nothing_changes(data):
        second = refused(visitor, "POST", "tickets", {**wanted, "person": {"id_number": ID_NUMBERS[0].lower()}})
    assert second.refusal == (409, "ticket.duplicate")
    assert second.error["fields"]["number"] == first.body["number"]
    assert first.body["number"] in second.error["message"]


def _at_once(times: int, send: Callable[[int], Answer]) -> list[Answer]:
    """What `times` senders are answered who all send at the same moment."""
    together = Barrier(times)

    def one(index: int) -> Answer:
        together.wait()
        return send(index)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def test_a_key_pressed_twice_with_one_id_gives_one_ticket(visitor: Talker, data: Path) -> None:
    before = books(data).tickets
    answers = _at_once(6, lambda _: Talker(visitor.port).send("POST", "tickets", {"line": LINE}, key="double-press-1"))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.raw for answer in answers}) == 1
    assert books(data).tickets == before + 1
    with nothing_changes(data):
        other = refused(visitor, "POST", "tickets", {"line": "labour"}, key="double-press-1")
    assert other.refusal == (409, "command.reused")


def test_two_ids_at_the_same_moment_give_one_person_one_ticket(visitor: Talker, data: Path) -> None:
    wanted = {"line": "labour", "person": {"phone": "13800000003"}}
    before = books(data)
    answers = _at_once(6, lambda n: Talker(visitor.port).send("POST", "tickets", wanted, key=f"at-once-{n:04d}"))
    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409, 409, 409]
    assert {answer.error["code"] for answer in answers if answer.status == 409} == {"ticket.duplicate"}
    after = books(data)
    assert (after.tickets, after.persons) == (before.tickets + 1, before.persons + 1)


def test_the_call_key_pressed_twice_calls_one_visitor(visitor: Talker, signed_in: SignedIn, data: Path) -> None:
    desk = signed_in(WINDOW)
    for _ in range(4):
        visitor.send("POST", "tickets", {"line": LINE})
    assert desk.send("POST", f"windows/{WINDOW}/open", {}).status == 200
    called = len(events(data, "ticket.called"))

    same = _at_once(4, lambda _: desk.send("POST", f"windows/{WINDOW}/call", {}, key="call-pressed-1"))
    assert {answer.status for answer in same} == {200}
    assert len({answer.raw for answer in same}) == 1
    assert len(events(data, "ticket.called")) == called + 1

    with nothing_changes(data):
        answers = _at_once(4, lambda n: desk.send("POST", f"windows/{WINDOW}/call", {}, key=f"call-pressed-x{n}"))
    assert {answer.refusal for answer in answers} == {(409, "window.busy")}
    assert {answer.error["fields"]["window"] for answer in answers} == {WINDOW}

    assert desk.send("POST", f"windows/{WINDOW}/start", {}).status == 200
    assert desk.send("POST", f"windows/{WINDOW}/finish", {}).status == 200
    apart = _at_once(4, lambda n: desk.send("POST", f"windows/{WINDOW}/call", {}, key=f"call-pressed-y{n}"))
    assert sorted(answer.status for answer in apart) == [200, 409, 409, 409]
    numbers = [event["ticket"] for event in events(data, "ticket.called")]
    assert len(numbers) == len(set(numbers)) == called + 2


def _sent_in_chunks(port: int, path: str, content: bytes) -> Answer:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as link:
        pieces = (content[at : at + 65_536] for at in range(0, len(content), 65_536))
        link.request("POST", path, pieces, {"Accept-Language": "en"}, encode_chunked=True)
        reply = link.getresponse()
        return Answer(reply.status, dict(reply.headers.items()), reply.read())


def test_ten_megabytes_are_answered_with_the_limit(visitor: Talker, data: Path) -> None:
    with nothing_changes(data):
        for _ in range(3):  # a line that is cut before the answer is read is a matter of moments
            answer = refused(visitor, "POST", "tickets", raw=TEN_MEGABYTES)
            assert answer.refusal == (413, "body.too_large")
            assert answer.error["fields"] == {"most_bytes": 65_536}


def test_ten_megabytes_without_a_length_are_answered_with_the_limit(visitor: Talker, data: Path) -> None:
    with nothing_changes(data):
        assert _sent_in_chunks(visitor.port, "/api/v1/tickets", TEN_MEGABYTES).refusal == (413, "body.too_large")
    assert visitor.send("POST", "tickets", {"line": LINE}).status == 201


@pytest.mark.parametrize(
    ("method", "path", "refusal"),
    [
        ("POST", f"windows/{WINDOW}/call", (401, "session.missing")),
        ("POST", "no-such-address", (404, "route.unknown")),
        ("PUT", "tickets", (405, "route.method")),
    ],
)
def test_who_is_refused_anyway_hears_why_although_still_sending(
    visitor: Talker, data: Path, method: str, path: str, refusal: tuple[int, str]
) -> None:
    with nothing_changes(data):
        assert refused(visitor, method, path, raw=b"x" * 60_000).refusal == refusal


def test_the_wrong_role_may_not(visitor: Talker, signed_in: SignedIn, data: Path) -> None:
    desk = signed_in(WINDOW)
    with nothing_changes(data):
        nobody = refused(visitor, "POST", f"hand/lines/{LINE}", {"open": False})
        assert nobody.refusal == (401, "session.missing")
        staff = refused(desk, "POST", f"hand/lines/{LINE}", {"open": False})
        assert (staff.refusal, staff.error["fields"]) == ((403, "role.missing"), {"roles": ["admin", "manager"]})
        neighbour = refused(desk, "POST", f"windows/{OTHER_WINDOW}/open", {})
        assert (neighbour.refusal, neighbour.error["fields"]) == ((403, "window.not_yours"), {"window": OTHER_WINDOW})
        above = refused(
            signed_in("manager"), "PATCH", "staff/admin", {"password": "Another-password-2026", "number": "9999"}
        )
        assert above.refusal == (403, "directory.role_above_own")
        assert "roles" in above.error["fields"]
        forged = refused(_without_xsrf(desk), "POST", f"windows/{WINDOW}/close", {})
        assert forged.refusal == (403, "xsrf.missing")


def _without_xsrf(talker: Talker) -> Talker:
    """The same session as another site's page would use it."""
    bare = Talker(talker.port)
    bare.cookies.load("; ".join(f"{k}={v.value}" for k, v in talker.cookies.items() if k != "_xsrf"))
    return bare


def _copied(talker: Talker) -> Talker:
    """The same cookies in another browser."""
    copy = Talker(talker.port)
    copy.cookies.load("; ".join(f"{name}={one.value}" for name, one in talker.cookies.items()))
    return copy


def test_a_session_ended_by_signing_out_is_good_for_nothing(hall: HallProcess, data: Path) -> None:
    account = next(one for one in hall.accounts["staff"] if one["window"] == OTHER_WINDOW)
    desk = Talker(hall.http_port).sign_in(account)
    kept = _copied(desk)
    assert kept.send("GET", "session").status == 200
    assert desk.send("DELETE", "session").status == 204
    with nothing_changes(data):
        assert refused(kept, "POST", f"windows/{OTHER_WINDOW}/open", {}).refusal == (401, "session.expired")


@pytest.mark.parametrize("column", ["seen_at", "created_at"])
def test_a_session_that_has_grown_too_old_is_over(hall: HallProcess, data: Path, column: str) -> None:
    """Ages sessions where they are written while the hall stands still: no test waits for a quarter of an hour."""
    account = next(one for one in hall.accounts["staff"] if one["window"] == OTHER_WINDOW)
    desk = Talker(hall.http_port).sign_in(account)
    young = Talker(hall.http_port).sign_in(hall.accounts["admin"])
    assert desk.send("GET", "session").status == 200
    assert hall.stop() == 0
    with closing(sqlite3.connect(data / "hall.db")) as database, database:
        age = 43_201 if column == "created_at" else 901
        mine = f"UPDATE sessions SET {column} = {column} - ? WHERE account = ?"  # noqa: S608  # two constants
        assert database.execute(mine, (age, account["name"])).rowcount > 0
    hall.start(http_port=hall.http_port)
    with nothing_changes(data):
        assert refused(desk, "POST", f"windows/{OTHER_WINDOW}/open", {}).refusal == (401, "session.expired")
    assert young.send("GET", "session").status == 200


@pytest.mark.parametrize(
    ("path", "field"),
    [
        (f"lines/{LINE}", "name"),
        (f"lines/{LINE}", "name_en"),
        (f"windows/{WINDOW}", "name"),
        ("zones/z1", "name"),
        ("staff/s01", "display_name"),
        ("staff/s01", "name"),
        ("devices/pad-w01", "name"),
    ],
)
def test_a_name_with_markup_is_refused_by_its_field(
    signed_in: SignedIn, visitor: Talker, data: Path, path: str, field: str
) -> None:
    before = visitor.send("GET", "hall").body["windows"], visitor.send("GET", "board?zone=z1").body["windows"]
    with nothing_changes(data):
        answer = refused(signed_in("manager"), "PATCH", path, {field: MARKUP})
    assert answer.status == 400
    assert field in answer.error["fields"]
    assert before == (
        visitor.send("GET", "hall").body["windows"],
        visitor.send("GET", "board?zone=z1").body["windows"],
    )


def test_markup_where_any_text_may_stand_is_delivered_as_text(visitor: Talker, signed_in: SignedIn) -> None:
    signed_in("manager").send("POST", "hand/lines/tax", {"open": False, "reason": MARKUP})
    try:
        answer = visitor.send("POST", "tickets", {"line": "tax"})
    finally:
        signed_in("manager").send("POST", "hand/lines/tax", {"open": True, "reason": "over"})
    assert answer.error["fields"]["reason"] == MARKUP
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    searched = visitor.send("GET", f"matters?q={MARKUP}")
    assert searched.status == 200
    assert isinstance(searched.body["matters"], list)
