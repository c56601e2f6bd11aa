"""Every refusal has the one shape, in the caller's language, and tells nothing it should not."""

import socket

import msgspec
import pytest

from hall_server.identity import Role

RING = {"bell": "b1"}


def error(response):
    found = msgspec.json.decode(response.body)["error"]
    assert set(found) == {"code", "message", "fields"}
    return found


@pytest.mark.gen_test
async def test_unknown_address_is_not_found_in_the_shape_of_errors(hall):
    response = await hall.fetch("GET", "/api/v1/nothing")
    assert response.code == 404
    assert error(response) == {"code": "route.unknown", "message": "没有这个地址", "fields": {}}


@pytest.mark.gen_test
async def test_wrong_method_names_the_allowed_ones(hall):
    response = await hall.fetch("DELETE", "/api/v1/ring")
    assert (response.code, error(response)["code"]) == (405, "route.method")
    assert response.headers["Allow"] == "POST"


@pytest.mark.gen_test
async def test_language_comes_from_the_header_or_the_address(hall):
    english = await hall.fetch("GET", "/api/v1/nothing", Accept_Language="fr, en;q=0.5, zh;q=0.1")
    assert error(english)["message"] == "There is no such address"
    asked = await hall.fetch("GET", "/api/v1/nothing?lang=zh-CN", Accept_Language="en")
    assert error(asked)["message"] == "没有这个地址"


@pytest.mark.gen_test
async def test_broken_json_is_said_to_be_broken(hall):
    response = await hall.fetch("POST", "/api/v1/open-ring", raw=b'{"bell": "b1"')
    assert (response.code, error(response)["code"]) == (400, "body.broken")
    assert hall.bells.rings == {}


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "bell"),
        ({"bell": 3}, "bell"),
        ({"bell": "b1", "colour": "red"}, "colour"),
        ({"bell": "b1", "person": {"id_number": 4}}, "person.id_number"),
        ({"bell": "b1", "person": {}}, "person.id_number"),
        ([1], "$"),
    ],
)
@pytest.mark.gen_test
async def test_a_wrong_field_is_named_by_its_path(hall, body, path):
    response = await hall.fetch("POST", "/api/v1/open-ring", body)
    assert (response.code, error(response)["code"]) == (400, "body.invalid")
    assert list(error(response)["fields"]) == [path]


@pytest.mark.gen_test
async def test_ten_megabytes_are_refused_with_an_answer(hall):
    response = await hall.fetch("POST", "/api/v1/open-ring", raw=b"x" * 10_000_000)
    assert (response.code, error(response)["code"]) == (413, "body.too_large")
    again = await hall.fetch("POST", "/api/v1/open-ring", RING)
    assert again.code == 200


@pytest.mark.gen_test
async def test_a_chunked_body_without_a_length_is_refused_when_it_grows_too_large(hall):
    async def send():
        import asyncio

        reader, writer = await asyncio.open_connection("127.0.0.1", hall.port)
        writer.write(b"POST /api/v1/open-ring HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(20):
            writer.write(b"2000\r\n" + b"x" * 0x2000 + b"\r\n")
            await writer.drain()
        writer.write(b"0\r\n\r\n")
        line = await reader.readline()
        writer.close()
        return line

    assert b" 413 " in await send()


@pytest.mark.gen_test
async def test_a_fault_leaks_nothing_and_gives_the_number_that_the_log_has(hall, caplog):
    response = await hall.fetch("GET", "/api/v1/broken")
    assert (response.code, error(response)["code"]) == (500, "server.fault")
    assert b"secret detail" not in response.body
    assert error(response)["fields"]["id"] in caplog.text


@pytest.mark.gen_test
async def test_a_name_that_is_not_the_halls_is_refused(hall):
    response = await hall.fetch("GET", "/healthz", Host="evil.example")
    assert (response.code, error(response)["code"]) == (400, "host.unknown")
    assert (await hall.fetch("GET", "/healthz", Host="localhost:80")).code == 200
    assert (await hall.fetch("GET", "/healthz", Host=socket.gethostname())).code == 200


@pytest.mark.gen_test
async def test_another_sites_write_is_refused_even_without_a_session(hall):
    response = await hall.fetch("POST", "/api/v1/open-ring", RING, Origin="https://evil.example")
    assert response.code == 403
    assert error(response)["code"] == "request.forbidden"
    assert hall.bells.rings == {}


@pytest.mark.gen_test
async def test_every_answer_carries_the_security_headers(hall):
    for path in ("/api/v1/nothing", "/healthz", "/static/tokens.css", "/nowhere"):
        headers = (await hall.fetch("GET", path)).headers
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "Server" not in headers
    assert (await hall.fetch("GET", "/api/v1/bells/b1")).headers["Cache-Control"] == "no-store"


@pytest.mark.gen_test
async def test_too_many_requests_say_when_to_come_back(hall, clock):
    for _ in range(3):
        assert (await hall.fetch("POST", "/api/v1/open-ring", RING)).code == 200
    response = await hall.fetch("POST", "/api/v1/open-ring", RING)
    assert (response.code, error(response)["code"]) == (429, "rate.exceeded")
    assert response.headers["Retry-After"] == "2"
    clock.pass_s(2)
    assert (await hall.fetch("POST", "/api/v1/open-ring", RING)).code == 200


@pytest.mark.gen_test
async def test_the_same_key_again_gets_the_first_answer(hall):
    first = await hall.fetch("POST", "/api/v1/open-ring", RING, Idempotency_Key="key-0001")
    again = await hall.fetch("POST", "/api/v1/open-ring", RING, Idempotency_Key="key-0001")
    assert first.body == again.body == b'{"rings":1}'
    other = await hall.fetch("POST", "/api/v1/open-ring", {"bell": "b2"}, Idempotency_Key="key-0001")
    assert (other.code, error(other)["code"]) == (409, "command.reused")


@pytest.mark.gen_test
async def test_a_key_that_is_no_key_is_refused(hall):
    response = await hall.fetch("POST", "/api/v1/open-ring", RING, Idempotency_Key="short")
    assert (response.code, error(response)["code"]) == (400, "idempotency.invalid")


@pytest.mark.gen_test
async def test_a_device_needs_its_present_credential(hall):
    nobody = await hall.fetch("POST", "/api/v1/device-ring", RING)
    assert (nobody.code, error(nobody)["code"]) == (401, "session.missing")
    old = await hall.fetch("POST", "/api/v1/device-ring", RING, Authorization=hall.basic("pad-1", 1))
    assert (old.code, error(old)["code"]) == (401, "device.unknown")
    good = await hall.fetch("POST", "/api/v1/device-ring", RING, Authorization=hall.basic("pad-1", 2))
    assert good.code == 200


@pytest.mark.parametrize("holding", [(3,), ()])
@pytest.mark.gen_test
async def test_a_credential_that_was_right_is_refused_as_soon_as_it_is_rotated_or_revoked(hall, holding):
    header = hall.basic("pad-1", 2)
    assert (await hall.fetch("POST", "/api/v1/device-ring", RING, Authorization=header)).code == 200
    hall.server.device_gate.generations = lambda device: holding
    for _ in range(2):
        then = await hall.fetch("POST", "/api/v1/device-ring", RING, Authorization=header)
        assert (then.code, error(then)["code"]) == (401, "device.unknown")


@pytest.mark.gen_test
async def test_the_wrong_role_is_forbidden(hall):
    await hall.account("lihua", Role.STAFF)
    staff = await hall.sign_in("lihua")
    response = await hall.fetch("POST", "/api/v1/manager-ring", RING, **staff)
    assert (response.code, error(response)["code"]) == (403, "role.missing")
    device = await hall.fetch("POST", "/api/v1/ring", RING, Authorization=hall.basic("pad-1", 2))
    assert device.code == 403
