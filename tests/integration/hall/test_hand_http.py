"""The manager's hand over HTTP: who may, what is refused and how, and what everybody sees of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.fakes.hall_talk import Talker

SignedIn = Callable[[str], Talker]
LINE, OTHER, WINDOW = "business", "labour", "w01"
MARKUP = '<img src=x onerror="alert(1)">'


def until(**span: float) -> str:
    return (datetime.now(UTC) + timedelta(**span)).isoformat()


NOTICE = {"zh": "x", "until": until(hours=1), "reason": "x"}


def got(talker: Talker, path: str) -> Any:
    """What stands there."""
    answer = talker.send("GET", path)
    assert answer.status == 200, answer.raw
    return answer.body


def done(talker: Talker, path: str, body: object) -> Any:
    """The reply to something that is done, None where there is none."""
    answer = talker.send("POST", path, body)
    assert answer.status < 300, answer.raw
    return answer.body if answer.raw else None


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/hand"),
        ("GET", "/hand/tickets?q=A"),
        ("GET", f"/hand/lines/{LINE}"),
        ("POST", f"/hand/lines/{LINE}"),
        ("POST", f"/hand/windows/{WINDOW}"),
        ("POST", "/hand/pin"),
        ("POST", "/hand/move"),
        ("POST", "/hand/1/undo"),
        ("POST", f"/windows/{WINDOW}/preview"),
        ("POST", f"/windows/{WINDOW}/reassign"),
        ("POST", "/notices"),
        ("POST", "/notices/x/withdraw"),
        ("POST", "/emergency"),
        ("POST", "/emergency/lift"),
    ],
)
def test_it_is_a_managers_hand(visitor: Talker, signed_in: SignedIn, method: str, path: str) -> None:
    body = None if method == "GET" else {}
    assert visitor.send(method, path.removeprefix("/"), body).refusal == (401, "session.missing")
    assert signed_in(WINDOW).send(method, path.removeprefix("/"), body).refusal == (403, "role.missing")


@pytest.mark.parametrize(
    ("path", "body", "refusal", "field"),
    [
        ("/notices", {"zh": "x", "until": until(hours=1)}, (400, "text.missing"), "reason"),
        ("/notices", {"zh": "长" * 5000, "until": until(hours=1), "reason": "x"}, (400, "text.too_long"), "zh"),
        ("/notices", {"zh": "x", "until": until(hours=-1), "reason": "x"}, (400, "notice.until_over"), "until"),
        ("/notices", {"zh": "x", "until": "tomorrow", "reason": "x"}, (400, "body.invalid"), "until"),
        ("/notices", {"zh": "x", "reason": "x"}, (400, "body.invalid"), "until"),
        ("/notices", {**NOTICE, "zones": ["z9"]}, (400, "notice.zone_unknown"), "zones"),
        ("/notices", {**NOTICE, "kind": "loud"}, (400, "body.invalid"), "kind"),
        ("/emergency", {"kind": "fire"}, (400, "text.missing"), "reason"),
        ("/emergency", {"kind": "flood", "reason": "x"}, (400, "body.invalid"), "kind"),
        ("/emergency", {"kind": "fire", "do_zh": "长" * 201, "reason": "x"}, (400, "text.too_long"), "do_zh"),
        ("/emergency/lift", {"reason": "x"}, (409, "emergency.none"), None),
        ("/hand/pin", {"ticket": "x", "reason": " "}, (400, "text.missing"), "reason"),
        ("/hand/pin", {"ticket": "x", "reason": "x"}, (404, "ticket.unknown"), "ticket"),
        ("/hand/move", {"ticket": "x", "line": LINE, "reason": ""}, (400, "text.missing"), "reason"),
        (f"/hand/lines/{LINE}", {"open": False}, (400, "text.missing"), "reason"),
        (f"/hand/lines/{LINE}", {"reason": "x"}, (400, "body.invalid"), "open"),
        ("/hand/lines/nowhere", {"open": False, "reason": "x"}, (404, "line.unknown"), "line"),
        (f"/hand/windows/{WINDOW}", {"to": "fly", "reason": "x"}, (400, "body.invalid"), "to"),
        ("/hand/999999/undo", {}, (404, "hand.unknown"), "deed"),
        (f"/windows/{WINDOW}/preview", {"lines": ["nowhere"]}, (400, "directory.line_unknown"), "lines"),
        ("/windows/w99/preview", {"lines": [LINE]}, (404, "window.unknown"), "window"),
        (f"/windows/{WINDOW}/reassign", {"lines": [LINE]}, (400, "text.missing"), "reason"),
        (f"/windows/{WINDOW}/reassign", {"lines": [LINE, LINE], "reason": "x"}, (400, "hand.line_twice"), "lines"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_at_its_field(
    signed_in: SignedIn, path: str, body: Any, refusal: tuple[int, str], field: str | None
) -> None:
    manager = signed_in("manager")
    before = got(manager, "hand")
    answer = manager.send("POST", path.removeprefix("/"), body)
    assert answer.refusal == refusal
    assert field is None or field in answer.error["fields"]
    assert got(manager, "hand") == before


def test_a_notice_is_told_as_text_and_withdrawn(visitor: Talker, signed_in: SignedIn) -> None:
    manager = signed_in("manager")
    made = done(manager, "notices", {"zh": MARKUP, "until": until(hours=1), "reason": "保密"})
    shown = got(visitor, "notices")
    assert [one["zh"] for one in shown["notices"]] == [MARKUP]
    assert "保密" not in str(shown)
    assert [one["zh"] for one in got(visitor, "board?zone=z1")["notices"]] == [MARKUP]
    done(manager, f"notices/{made['id']}/withdraw", {"reason": "x"})
    assert got(visitor, "notices")["notices"] == []


def test_an_emergency_stops_the_kiosk_and_the_windows_and_is_undone_from_the_log(
    visitor: Talker, signed_in: SignedIn
) -> None:
    manager, clerk = signed_in("manager"), signed_in(WINDOW)
    done(clerk, f"windows/{WINDOW}/open", {})
    ticket = done(visitor, "tickets", {"line": LINE, "channel": "kiosk"})
    done(manager, "emergency", {"kind": "network", "reason": "交换机故障"})
    wanted = {"line": LINE, "channel": "kiosk"}
    answer = visitor.send("POST", "tickets", wanted, Accept_Language="en")
    assert answer.refusal == (409, "hall.emergency")
    assert "Network failure" in answer.error["message"]
    assert clerk.send("POST", f"windows/{WINDOW}/call", {}).refusal == (409, "hall.emergency")
    assert got(clerk, "emergency")["emergency"]["reason"] == "交换机故障"
    assert got(visitor, "board?zone=z1")["emergency"]["kind"] == "network"

    deed = got(manager, "hand")["deeds"][0]
    assert (deed["kind"], deed["reason"], deed["undo"]) == ("emergency_raised", "交换机故障", "")
    manager.send("POST", f"hand/{deed['id']}/undo", {})
    assert got(visitor, "notices")["emergency"] is None
    assert done(clerk, f"windows/{WINDOW}/call", {})["ticket"]["number"] == ticket["number"]
    done(clerk, f"windows/{WINDOW}/start", {})
    done(clerk, f"windows/{WINDOW}/finish", {})


def test_the_same_press_twice_is_one_deed(visitor: Talker, signed_in: SignedIn) -> None:
    manager = signed_in("manager")
    ticket = done(visitor, "tickets", {"line": LINE, "channel": "kiosk"})
    before = len(got(manager, "hand")["deeds"])
    for _ in range(2):
        body = {"ticket": ticket["id"], "reason": "赶车"}
        assert manager.send("POST", "hand/pin", body, key="the-same-press").status == 204
    assert len(got(manager, "hand")["deeds"]) == before + 1


def test_a_preview_leaves_no_trace(signed_in: SignedIn) -> None:
    manager = signed_in("manager")
    window, log = got(manager, f"windows/{WINDOW}"), got(manager, "hand")
    found = done(manager, f"windows/{WINDOW}/preview", {"lines": [OTHER, LINE]})
    assert {line["id"] for line in found["lines"]} >= {LINE, OTHER}
    assert all(line["wait_s"]["p50"] >= 0 <= line["wait_then_s"]["p50"] for line in found["lines"])
    assert (got(manager, f"windows/{WINDOW}"), got(manager, "hand")) == (window, log)
