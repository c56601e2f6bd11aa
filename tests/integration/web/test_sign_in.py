"""Accounts, sessions, roles, lock-out and the link of the first start."""

import asyncio

import msgspec
import pytest

from hall_server.identity import Role
from hall_server.web import passwords

RING = {"bell": "b1"}
PASSWORD = "correct horse battery"


def error(response):
    return msgspec.json.decode(response.body)["error"]


@pytest.mark.gen_test
async def test_who_signs_in_may_write_with_the_token_and_not_without(hall):
    await hall.account("lihua", Role.STAFF)
    staff = await hall.sign_in("lihua")
    assert (await hall.fetch("POST", "/api/v1/ring", RING, **staff)).code == 201
    without = await hall.fetch("POST", "/api/v1/ring", RING, cookie=staff["cookie"])
    assert (without.code, error(without)["code"]) == (403, "xsrf.missing")
    wrong = await hall.fetch("POST", "/api/v1/ring", RING, cookie=staff["cookie"], X_XSRFToken="guess")
    assert (wrong.code, error(wrong)["code"]) == (403, "xsrf.wrong")
    assert hall.bells.rings == {"b1": 1}


@pytest.mark.gen_test
async def test_the_token_stands_in_a_cookie_that_pages_read_and_the_session_in_one_they_do_not(hall):
    await hall.account("lihua", Role.STAFF)
    response = await hall.fetch("POST", "/api/v1/session", {"name": "LiHua", "password": PASSWORD})
    cookies = {value.split("=")[0]: value for value in response.headers.get_list("Set-Cookie")}
    assert "HttpOnly" in cookies["onedoor_session"]
    assert "HttpOnly" not in cookies["_xsrf"]
    assert all("SameSite=Lax" in value for value in cookies.values())
    found = msgspec.json.decode(response.body)
    assert (found["id"], found["roles"]) == ("lihua", ["staff"])
    assert found["xsrf"] in cookies["_xsrf"]


@pytest.mark.gen_test
async def test_one_persons_token_is_no_good_with_anothers_session(hall):
    await hall.account("lihua", Role.STAFF)
    await hall.account("wangwu", Role.STAFF)
    one, other = await hall.sign_in("lihua"), await hall.sign_in("wangwu")
    mixed = await hall.fetch("POST", "/api/v1/ring", RING, cookie=one["cookie"], X_XSRFToken=other["X_XSRFToken"])
    assert (mixed.code, error(mixed)["code"]) == (403, "xsrf.wrong")


@pytest.mark.gen_test
async def test_wrong_password_and_unknown_name_read_the_same(hall):
    await hall.account("lihua", Role.STAFF)
    wrong = await hall.fetch("POST", "/api/v1/session", {"name": "lihua", "password": "x"})
    unknown = await hall.fetch("POST", "/api/v1/session", {"name": "nobody", "password": "x"})
    assert wrong.code == unknown.code == 401
    assert wrong.body == unknown.body


@pytest.mark.parametrize("name", ["lihua", "nobody"])
@pytest.mark.gen_test
async def test_five_failures_lock_the_name_for_a_quarter_of_an_hour(hall, clock, name):
    await hall.account("lihua", Role.STAFF)
    for _ in range(5):
        response = await hall.fetch("POST", "/api/v1/session", {"name": name, "password": "x"})
        assert response.code == 401
    locked = await hall.fetch("POST", "/api/v1/session", {"name": name, "password": PASSWORD})
    assert (locked.code, error(locked)["code"]) == (429, "session.locked")
    assert locked.headers["Retry-After"] == "900"
    clock.pass_s(901)
    after = await hall.fetch("POST", "/api/v1/session", {"name": name, "password": PASSWORD})
    assert after.code == (200 if name == "lihua" else 401)


@pytest.mark.gen_test
async def test_guesses_at_the_same_moment_are_counted_one_by_one(hall):
    await hall.account("lihua", Role.STAFF)
    guess = {"name": "lihua", "password": "x"}
    found = await asyncio.gather(*(hall.fetch("POST", "/api/v1/session", guess) for _ in range(10)))
    assert sorted(response.code for response in found) == [401] * 5 + [429] * 5


@pytest.mark.gen_test
async def test_a_session_ends_when_nobody_uses_it_and_at_the_latest_after_its_greatest_age(hall, clock):
    await hall.account("lihua", Role.STAFF)
    staff = await hall.sign_in("lihua")
    clock.pass_s(899)
    assert (await hall.fetch("GET", "/api/v1/session", cookie=staff["cookie"])).code == 200
    clock.pass_s(901)
    expired = await hall.fetch("POST", "/api/v1/ring", RING, **staff)
    assert (expired.code, error(expired)["code"]) == (401, "session.expired")
    staff = await hall.sign_in("lihua")
    for _ in range(80):
        clock.pass_s(600)
        last = await hall.fetch("GET", "/api/v1/session", cookie=staff["cookie"])
    assert last.code == 401


@pytest.mark.gen_test
async def test_signing_out_ends_the_session(hall):
    await hall.account("lihua", Role.STAFF)
    staff = await hall.sign_in("lihua")
    assert (await hall.fetch("DELETE", "/api/v1/session", **staff)).code == 204
    assert (await hall.fetch("GET", "/api/v1/session", cookie=staff["cookie"])).code == 401


@pytest.mark.gen_test
async def test_a_session_outlives_a_restart_and_its_value_is_stored_nowhere(hall, tmp_path):
    await hall.account("lihua", Role.STAFF)
    staff = await hall.sign_in("lihua")
    await hall.restart()
    value = staff["cookie"].split("onedoor_session=")[1].split(";")[0]
    assert all(value.encode() not in path.read_bytes() for path in tmp_path.glob("hall.db*"))
    assert (await hall.fetch("GET", "/api/v1/session", cookie=staff["cookie"])).code == 200


@pytest.mark.gen_test
async def test_the_setup_link_makes_one_administrator_and_then_is_no_good(hall):
    token = await hall.web.accounts.ensure_setup_token()
    body = {"token": token, "name": "chief", "display_name": "张主任", "password": "long enough 1"}
    wrong = await hall.fetch("POST", "/api/v1/setup", {**body, "token": "x"})
    assert (wrong.code, error(wrong)["code"]) == (404, "setup.unknown")
    weak = await hall.fetch("POST", "/api/v1/setup", {**body, "password": "short"})
    assert (weak.code, error(weak)["code"]) == (400, "password.short")
    assert error(weak)["fields"]["password"] == "密码至少 12 个字符"
    two = await asyncio.gather(*(hall.fetch("POST", "/api/v1/setup", body) for _ in range(2)))
    assert sorted(response.code for response in two) == [201, 404]
    assert await hall.web.accounts.ensure_setup_token() is None


@pytest.mark.gen_test
async def test_only_the_newest_setup_link_is_good(hall):
    old = await hall.web.accounts.ensure_setup_token()
    new = await hall.web.accounts.ensure_setup_token()
    body = {"name": "chief", "display_name": "张主任", "password": "long enough 1"}
    assert (await hall.fetch("POST", "/api/v1/setup", {**body, "token": old})).code == 404
    assert (await hall.fetch("POST", "/api/v1/setup", {**body, "token": new})).code == 201


@pytest.mark.gen_test
async def test_an_account_with_a_code_needs_it_and_a_code_is_good_once(hall, clock):
    from dataclasses import replace

    account = await hall.account("lihua", Role.STAFF)
    secret = passwords.new_code_secret()
    await hall.web.accounts.save(replace(account, totp=secret))
    body = {"name": "lihua", "password": PASSWORD}
    missing = await hall.fetch("POST", "/api/v1/session", body)
    assert (missing.code, error(missing)["code"]) == (401, "session.code")
    code = passwords.one_time_code(secret, int(clock.now().timestamp() // 30))
    assert (await hall.fetch("POST", "/api/v1/session", {**body, "code": code})).code == 200
    assert (await hall.fetch("POST", "/api/v1/session", {**body, "code": code})).code == 401


@pytest.mark.gen_test
async def test_a_manager_makes_staff_changes_them_and_switches_them_off(hall):
    await hall.account("boss", Role.MANAGER)
    boss = await hall.sign_in("boss")
    new = {"number": "1024", "name": "lihua", "display_name": "李华", "password": PASSWORD}
    made = await hall.fetch("POST", "/api/v1/staff", new, Idempotency_Key="make-lihua", **boss)
    assert made.code == 201, made.body
    again = await hall.fetch("POST", "/api/v1/staff", new, Idempotency_Key="make-lihua", **boss)
    assert again.body == made.body
    id_ = msgspec.json.decode(made.body)["id"]
    staff = await hall.sign_in("lihua")
    listed = msgspec.json.decode((await hall.fetch("GET", "/api/v1/staff?q=李华", cookie=boss["cookie"])).body)
    assert (listed["total"], listed["items"][0]["number"]) == (1, "1024")
    assert b"argon2" not in made.body
    changed = await hall.fetch("PATCH", f"/api/v1/staff/{id_}", {"display_name": "李小华"}, **boss)
    assert msgspec.json.decode(changed.body)["display_name"] == "李小华"
    assert (await hall.fetch("GET", "/api/v1/session", cookie=staff["cookie"])).code == 200
    await hall.fetch("PATCH", f"/api/v1/staff/{id_}", {"active": False}, **boss)
    assert (await hall.fetch("GET", "/api/v1/session", cookie=staff["cookie"])).code == 401


@pytest.mark.gen_test
async def test_a_new_password_signs_the_person_out(hall):
    await hall.account("boss", Role.MANAGER)
    boss = await hall.sign_in("boss")
    new = {"id": "s01", "number": "1024", "name": "lihua", "display_name": "李华", "password": PASSWORD}
    assert (await hall.fetch("POST", "/api/v1/staff", new, **boss)).code == 201
    staff = await hall.sign_in("lihua")
    await hall.fetch("PATCH", "/api/v1/staff/s01", {"password": "another long one"}, **boss)
    assert (await hall.fetch("GET", "/api/v1/session", cookie=staff["cookie"])).code == 401


@pytest.mark.parametrize(
    ("change", "status", "code", "field"),
    [
        ({"password": "short"}, 400, "password.short", "password"),
        ({"name": "boss"}, 409, "account.name_taken", "name"),
        ({"name": "<b>"}, 400, "account.name_form", "name"),
        ({"display_name": "<script>"}, 400, "account.display_name_form", "display_name"),
        ({"roles": ["admin"]}, 403, "directory.role_above_own", "roles"),
        ({"windows": ["w99"]}, 400, "directory.window_unknown", "windows"),
        ({"number": "!"}, 400, "directory.staff_number_form", "number"),
    ],
)
@pytest.mark.gen_test
async def test_a_bad_entry_of_staff_changes_nothing_and_names_the_field(hall, change, status, code, field):
    await hall.account("boss", Role.MANAGER)
    boss = await hall.sign_in("boss")
    body = {"id": "s01", "number": "1024", "name": "lihua", "display_name": "李华", "password": PASSWORD, **change}
    response = await hall.fetch("POST", "/api/v1/staff", body, **boss)
    assert (response.code, error(response)["code"]) == (status, code)
    assert field in error(response)["fields"]
    assert hall.server.directory.staff == {}
    assert hall.web.accounts.named("lihua") is None


@pytest.mark.gen_test
async def test_a_manager_cannot_change_an_administrators_password(hall):
    await hall.account("boss", Role.MANAGER)
    await hall.account("chief", Role.ADMIN)
    chief, boss = await hall.sign_in("chief"), await hall.sign_in("boss")
    body = {"id": "a1", "number": "7", "name": "root2", "display_name": "管", "password": PASSWORD, "roles": ["admin"]}
    assert (await hall.fetch("POST", "/api/v1/staff", body, **chief)).code == 201
    response = await hall.fetch("PATCH", "/api/v1/staff/a1", {"password": "another long one"}, **boss)
    assert response.code == 403


@pytest.mark.gen_test
async def test_zones_and_lines_are_made_changed_and_listed(hall):
    await hall.account("boss", Role.MANAGER)
    boss = await hall.sign_in("boss")
    assert (await hall.fetch("POST", "/api/v1/zones", {"id": "z1", "name": "一区"}, **boss)).code == 201
    line = {"id": "l1", "name": "社保", "prefix": "A", "zone": "z1"}
    assert (await hall.fetch("POST", "/api/v1/lines", line, **boss)).code == 201
    changed = await hall.fetch("PATCH", "/api/v1/lines/l1", {"name": "社会保险"}, **boss)
    assert msgspec.json.decode(changed.body)["prefix"] == "A"
    listed = msgspec.json.decode((await hall.fetch("GET", "/api/v1/lines?q=保险", cookie=boss["cookie"])).body)
    assert [item["id"] for item in listed["items"]] == ["l1"]
    markup = await hall.fetch("PATCH", "/api/v1/lines/l1", {"name": "<b>"}, **boss)
    assert markup.code == 400
    assert "name" in error(markup)["fields"]
    taken = await hall.fetch("POST", "/api/v1/lines", line, **boss)
    assert (taken.code, error(taken)["code"]) == (409, "masterdata.id_taken")
    assert (await hall.fetch("PATCH", "/api/v1/lines/l9", {"name": "x"}, **boss)).code == 404
    window = {"number": 1, "name": "1号窗口", "zone": "z1", "lines": ["l1"]}
    made = await hall.fetch("POST", "/api/v1/windows", window, **boss)
    assert (made.code, msgspec.json.decode(made.body)["id"]) == (201, "w01")
