"""The live feed: snapshots, pictures after the commit, coming back, deaf clients, topics that are not theirs."""

import asyncio
import socket

import msgspec
import pytest
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

from hall_server.identity import Role

ended = set()
"""Clients that have read the end of their connection; reading it again would wait for ever."""


@pytest.fixture
def watch(hall, io_loop):
    """Connect to the live feed; every client is closed at the end."""
    clients = []

    async def connect(topics, *, after=None, **headers):
        query = f"topics={topics}" + (f"&after={after}" if after is not None else "")
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        address = f"ws://127.0.0.1:{hall.port}/api/v1/live?{query}"
        clients.append(await websocket_connect(HTTPRequest(address, headers=names)))
        return clients[-1]

    async def close():
        for client in clients:
            client.close()
            while client not in ended and await client.read_message() is not None:
                pass
        ended.clear()

    yield connect
    io_loop.run_sync(close)


async def frame(client):
    async with asyncio.timeout(60):
        text = await client.read_message()
    if text is None:
        ended.add(client)
    return None if text is None else msgspec.json.decode(text)


@pytest.mark.gen_test
async def test_a_snapshot_comes_first_then_the_whole_picture_after_each_commit(hall, ring, watch):
    client = await watch("bell/b1")
    first = await frame(client)
    assert (first["topic"], first["snapshot"]["rings"]) == ("bell/b1", 0)
    await ring("b1")
    then = await frame(client)
    assert (then["event"]["type"], then["event"]["view"]["rings"]) == ("changed", 1)
    assert then["seq"] > first["seq"]


@pytest.mark.gen_test
async def test_several_topics_over_one_connection_are_kept_apart(hall, ring, watch):
    client = await watch("bell/b1,bell/b2")
    assert {(await frame(client))["topic"] for _ in range(2)} == {"bell/b1", "bell/b2"}
    await ring("b2")
    assert (await frame(client))["topic"] == "bell/b2"


@pytest.mark.gen_test
async def test_one_picture_is_made_for_all_who_watch(hall, ring, watch):
    clients = [await watch("bell/b1") for _ in range(20)]
    for client in clients:
        await frame(client)
    made = hall.bells.made
    await ring("b1")
    found = [await frame(client) for client in clients]
    assert hall.bells.made == made + 1
    assert all(one == found[0] for one in found)


@pytest.mark.gen_test
async def test_who_comes_back_gets_the_frames_in_between(hall, ring, watch):
    stays, goes = await watch("bell/b1"), await watch("bell/b1")
    await frame(stays)
    last = (await frame(goes))["seq"]
    goes.close()
    for count in (1, 2):
        await ring("b1")
        assert (await frame(stays))["event"]["view"]["rings"] == count
    back = await watch("bell/b1", after=last)
    assert [(await frame(back))["event"]["view"]["rings"] for _ in range(2)] == [1, 2]


@pytest.mark.gen_test
async def test_who_comes_back_and_missed_nothing_hears_the_next_change_only(hall, ring, watch):
    stays, goes = await watch("bell/b1"), await watch("bell/b1")
    await frame(stays)
    last = (await frame(goes))["seq"]
    goes.close()
    back = await watch("bell/b1", after=last)
    other = await watch("bell/b1")
    await frame(other)
    await ring("b1")
    assert (await frame(back))["event"]["view"]["rings"] == 1


@pytest.mark.gen_test
async def test_what_nobody_watched_meanwhile_comes_as_a_snapshot(hall, ring, until, watch):
    client = await watch("bell/b1")
    last = (await frame(client))["seq"]
    client.close()
    await until(lambda: hall.server.live.clients == 0)
    await ring("b1")
    back = await watch("bell/b1", after=last)
    assert (await frame(back))["snapshot"]["rings"] == 1


@pytest.mark.gen_test
async def test_a_seq_from_before_a_restart_gets_a_snapshot(hall, ring, clock, watch):
    client = await watch("bell/b1")
    last = (await frame(client))["seq"]
    clock.pass_s(1)
    await hall.restart()
    await ring("b1")
    back = await watch("bell/b1", after=last)
    found = await frame(back)
    assert "snapshot" in found
    assert found["seq"] > last


@pytest.mark.gen_test
async def test_an_announcement_reaches_who_listens_and_who_comes_back(hall, watch):
    hall.server.live_views["voice"] = hall.bells
    client = await watch("voice/b1")
    last = (await frame(client))["seq"]
    hall.server.live.send("voice/b1", {"type": "announcement", "id": "a1"})
    assert (await frame(client))["event"] == {"type": "announcement", "id": "a1"}
    client.close()
    hall.server.live.send("voice/b1", {"type": "announcement", "id": "a2"})
    back = await watch("voice/b1", after=last)
    assert [(await frame(back))["event"]["id"] for _ in range(2)] == ["a1", "a2"]


@pytest.mark.gen_test
async def test_an_unknown_topic_is_named_and_the_others_are_served(hall, watch):
    client = await watch("nothing/x,bell/b1")
    refused = await frame(client)
    assert (refused["topic"], refused["error"]["code"]) == ("nothing/x", "live.topic_unknown")
    assert "snapshot" in await frame(client)


@pytest.mark.parametrize("topics", ["nothing/x", "bell/zzz", "bell", "bell/b1/b2x,"])
@pytest.mark.gen_test
async def test_nothing_but_unknown_topics_ends_the_connection_with_the_reason(hall, topics, watch):
    hall.bells.key_ok = lambda key, actor: key in ("b1", "b2")
    client = await watch(topics)
    assert (await frame(client))["error"]["code"] == "live.topic_unknown"
    assert await frame(client) is None
    assert (client.close_code, client.close_reason) == (4404, "live.topic_unknown")


@pytest.mark.gen_test
async def test_more_than_twenty_topics_are_refused(hall, watch):
    client = await watch(",".join(f"bell/b{number}" for number in range(21)))
    assert (await frame(client))["error"]["code"] == "live.too_many_topics"
    assert await frame(client) is None
    assert client.close_code == 4400


@pytest.mark.gen_test
async def test_a_staff_topic_needs_a_session_and_an_origin(hall, watch):
    own = f"http://127.0.0.1:{hall.port}"
    nobody = await watch("deskbell/b1", Origin=own)
    await frame(nobody)
    assert await frame(nobody) is None
    assert nobody.close_code == 4401
    await hall.account("lihua", Role.STAFF)
    cookie = (await hall.sign_in("lihua"))["cookie"]
    without = await watch("deskbell/b1", Cookie=cookie)
    assert (await frame(without))["error"]["code"] == "live.origin_missing"
    good = await watch("deskbell/b1", Cookie=cookie, Origin=own)
    assert "snapshot" in await frame(good)


@pytest.mark.gen_test
async def test_another_sites_page_is_refused(hall, watch):
    with pytest.raises(HTTPClientError) as refused:
        await watch("bell/b1", Origin="https://evil.example")
    assert refused.value.code == 403
    assert b"live.origin" in refused.value.response.body


@pytest.mark.gen_test
async def test_an_ordinary_request_is_told_that_this_is_a_websocket(hall):
    response = await hall.fetch("GET", "/api/v1/live?topics=bell/b1")
    assert response.code == 400
    assert b"live.upgrade" in response.body


@pytest.mark.gen_test
async def test_signing_out_closes_the_sessions_sockets(hall, watch):
    await hall.account("lihua", Role.STAFF)
    staff = await hall.sign_in("lihua")
    client = await watch("deskbell/b1", Cookie=staff["cookie"], Origin=f"http://127.0.0.1:{hall.port}")
    await frame(client)
    await hall.fetch("DELETE", "/api/v1/session", **staff)
    assert await frame(client) is None


@pytest.mark.gen_test
async def test_an_expired_session_closes_its_sockets(hall, clock, watch):
    await hall.account("lihua", Role.STAFF)
    staff = await hall.sign_in("lihua")
    client = await watch("deskbell/b1", Cookie=staff["cookie"], Origin=f"http://127.0.0.1:{hall.port}")
    await frame(client)
    clock.pass_s(901)
    hall.server.live.sweep()
    assert await frame(client) is None


@pytest.mark.gen_test
async def test_a_picture_that_fails_leaves_the_others_alone(hall, ring, caplog, watch):
    client = await watch("bell/b1,bell/b2")
    for _ in range(2):
        await frame(client)
    picture = hall.bells.picture
    hall.bells.picture = lambda key: picture(key) if key == "b2" else 1 // 0
    await ring("b1")
    await ring("b2")
    assert (await frame(client))["topic"] == "bell/b2"
    assert "picture of bell failed" in caplog.text


async def deaf(hall, topic):
    """A client that never reads, on a small buffer of its own."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.setblocking(False)
    await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", hall.port))
    request = (
        f"GET /api/v1/live?topics={topic} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    await asyncio.get_running_loop().sock_sendall(raw, request.encode())
    return raw


@pytest.mark.gen_test
async def test_clients_that_do_not_read_are_owed_little_and_then_closed(hall, ring, clock, until, watch):
    live = hall.server.live
    sockets = [await deaf(hall, "bell/b1") for _ in range(5)]
    reader = await watch("bell/b1")
    await until(lambda: live.clients == 6)
    await frame(reader)
    for count in range(1, 41):
        await ring("b1", 100_000)
        assert (await frame(reader))["event"]["view"]["rings"] == count
    slow = [one for one in live._subscribers if one.is_behind]
    assert len(slow) == 5
    assert all(one.owed_bytes < 500_000 for one in slow)
    clock.pass_s(21)
    live.sweep()
    await until(lambda: live.clients == 1)
    await ring("b1")
    assert (await frame(reader))["event"]["view"]["rings"] == 41
    for one in sockets:
        one.close()


@pytest.mark.gen_test
async def test_a_client_that_reads_again_gets_the_newest_picture_and_not_the_old_ones(hall, ring, until):
    slow = await deaf(hall, "bell/b1")
    await until(lambda: hall.server.live.clients == 1)
    for _ in range(60):
        await ring("b1", 100_000)
    [client] = hall.server.live._subscribers
    await until(lambda: client.is_behind)
    loop, received = asyncio.get_running_loop(), bytearray()
    while b'"rings":60' not in received:
        async with asyncio.timeout(60):
            received += await loop.sock_recv(slow, 1 << 20)
    assert received.count(b'"rings":') < 40
    slow.close()


@pytest.mark.gen_test
async def test_a_view_that_nobody_watches_is_not_asked_and_the_next_picture_is_right(hall, ring, until, watch):
    asked = []
    touched = hall.bells.touched
    hall.bells.touched = lambda recorded: asked.append(recorded.event.bell) or touched(recorded)
    await ring("b1")
    assert asked == []
    client = await watch("bell/b1")
    assert (await frame(client))["snapshot"]["rings"] == 1
    await ring("b2")
    await ring("b1")
    assert (await frame(client))["event"]["view"]["rings"] == 2
    assert asked == ["b2", "b1"]
    client.close()
    await until(lambda: hall.server.live.clients == 0)
    await ring("b1")  # finds that nobody listens any more
    await ring("b1")
    assert asked == ["b2", "b1", "b1"]
    assert (await frame(await watch("bell/b1")))["snapshot"]["rings"] == 4


def say(client, **change):
    return client.write_message(msgspec.json.encode(change))


@pytest.mark.gen_test
async def test_a_page_may_watch_more_and_less_over_the_same_connection(hall, ring, watch):
    client = await watch("bell/b1")
    await frame(client)
    await ring("b2")
    await say(client, watch=["bell/b2"])
    more = await frame(client)
    assert (more["topic"], more["snapshot"]["rings"]) == ("bell/b2", 1)
    await ring("b2")
    assert (await frame(client))["event"]["view"]["rings"] == 2
    await say(client, watch=["bell/b3"], leave=["bell/b2"])
    assert (await frame(client))["topic"] == "bell/b3"
    await ring("b2")
    await ring("b1")
    assert (await frame(client))["topic"] == "bell/b1"


@pytest.mark.gen_test
async def test_a_topic_added_later_is_refused_by_its_name_and_the_others_go_on(hall, ring, watch):
    client = await watch("bell/b1")
    await frame(client)
    await say(client, watch=["deskbell/b1", "nothing/x"])
    refused = [await frame(client) for _ in range(2)]
    assert [(one["topic"], one["error"]["code"]) for one in refused] == [
        ("deskbell/b1", "live.not_allowed"),
        ("nothing/x", "live.topic_unknown"),
    ]
    await ring("b1")
    assert (await frame(client))["event"]["view"]["rings"] == 1


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("{", "body.broken"),
        ('{"watch": "bell/b1"}', "body.invalid"),
        ('{"listen": []}', "body.invalid"),
        (msgspec.json.encode({"watch": [f"bell/b{n}" for n in range(41)]}), "live.too_many_topics"),
    ],
)
@pytest.mark.gen_test
async def test_what_a_page_says_wrongly_is_told_and_changes_nothing(hall, ring, watch, message, code):
    client = await watch("bell/b1")
    await frame(client)
    await client.write_message(message)
    refused = await frame(client)
    assert (refused["topic"], refused["error"]["code"]) == (None, code)
    await ring("b1")
    assert (await frame(client))["event"]["view"]["rings"] == 1


@pytest.mark.gen_test
async def test_each_topic_resumes_after_its_own_seq(hall, ring, watch):
    stays, goes = await watch("bell/b1,bell/b2"), await watch("bell/b1,bell/b2")
    last = {}
    for _ in range(2):
        await frame(stays)
        first = await frame(goes)
        last[first["topic"]] = first["seq"]
    await ring("b1")
    last["bell/b1"] = (await frame(goes))["seq"]
    goes.close()
    await ring("b1")
    await ring("b2")
    back = await watch("bell/b1,bell/b2", after=f"{last['bell/b1']},{last['bell/b2']}")
    found = [await frame(back) for _ in range(2)]
    rings = [(one["topic"], one["event"]["view"]["rings"]) for one in found]
    assert rings == [("bell/b1", 2), ("bell/b2", 1)]
    part = await watch("bell/b1,bell/b2", after=f"{last['bell/b1']},")
    kinds = {(one["topic"], "snapshot" in one) for one in [await frame(part) for _ in range(2)]}
    assert kinds == {("bell/b1", False), ("bell/b2", True)}
