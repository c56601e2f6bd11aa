"""Certificates: a hall's stands for a token, an expired one is refused and named, a foreign city gets no word."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from hall_server.errors import Invalid
from hall_server.federation.state import LinkStatus
from tests.fakes.authority import Authority, Certified
from tests.fakes.federated import City, drained, hall, note, running_hall, until


def city_tls(authority: Authority, city: Certified) -> ssl.SSLContext:
    """The city asks for a certificate and takes a hall without one, by its token."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(authority.file))
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_cert_chain(city.certificate, city.key)
    return context


@pytest.mark.gen_test
async def test_a_hall_s_certificate_stands_for_its_token(city_database: str, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "authority")
    tls = city_tls(authority, authority.certify("city"))
    city = await City(city_database, tmp_path / "city", tls=tls).start()
    await city.store.halls.register("h1", "大厅", by_certificate=True)
    own, other = authority.certify("h1"), authority.certify("h2")
    given = {"city_url": city.url, "city_authority": str(authority.file)}
    async with running_hall(
        tmp_path / "h1", **given, city_certificate=str(own.certificate), city_key=str(own.key)
    ) as good:
        await note(good, 100)
        await drained(good)
        assert await city.numbers("h1") == list(range(1, good.journal.committed + 1))
    async with running_hall(
        tmp_path / "h2", name="h1", **given, city_certificate=str(other.certificate), city_key=str(other.key)
    ) as bad:
        await until(lambda: bad.rooms["federation"].state().reason == "federation.unknown")
    await city.stop()


@pytest.mark.parametrize("days", [(-30, -1), (-1, 30)], ids=["expired", "control"])
@pytest.mark.gen_test
async def test_an_expired_certificate_is_refused_and_named(tmp_path: Path, days: tuple[float, float]) -> None:
    authority = Authority(tmp_path / "authority")
    tls = city_tls(authority, authority.certify("city"))
    city = await City(str(tmp_path / "city.db"), tmp_path / "city", tls=tls).start()
    await city.store.halls.register("h1", "大厅", by_certificate=True)
    own = authority.certify("h1", days=days)
    async with running_hall(
        tmp_path / "h1",
        city_url=city.url,
        city_authority=str(authority.file),
        city_certificate=str(own.certificate),
        city_key=str(own.key),
    ) as one:
        room = one.rooms["federation"]
        if days[1] > 0:
            await until(lambda: room.state().status is LinkStatus.LINKED)
        else:
            await until(lambda: room.state().reason == "federation.certificate_expired")
            assert [alarm.fields["reason"] for alarm in room.alarms()] == ["federation.certificate_expired"]
            await note(one, 10)  # the hall works all the same
    await city.stop()


@pytest.mark.gen_test
async def test_a_city_with_a_foreign_certificate_gets_no_word(tmp_path: Path) -> None:
    authority, foreign = Authority(tmp_path / "authority"), Authority(tmp_path / "foreign", "foreign")
    tls = city_tls(foreign, foreign.certify("city"))
    city = await City(str(tmp_path / "city.db"), tmp_path / "city", tls=tls).start()
    token = await city.pair("h1")
    async with running_hall(tmp_path / "h1", token=token, city_url=city.url, city_authority=str(authority.file)) as one:
        await until(lambda: one.rooms["federation"].state().reason == "federation.city_certificate")
    assert (await city.store.halls.one("h1")).heard_at is None
    await city.stop()


@pytest.mark.parametrize("url", ["ws://city.example", "http://127.0.0.1", "wss://", "wss://a:b@c", "ws://10.0.0.1:80"])
def test_a_journal_never_travels_in_the_clear(tmp_path: Path, url: str) -> None:
    with pytest.raises(Invalid):
        hall(tmp_path, city_url=url)


@pytest.mark.gen_test
async def test_tries_are_spread_out_with_full_jitter(tmp_path: Path) -> None:
    async with running_hall(tmp_path / "h1", token="t", city_url="ws://127.0.0.1:1") as one:
        pauses = one.rooms["pauses"]
        await until(lambda: len(pauses) >= 40)
        assert all(1 <= pause <= 60 for pause in pauses)
        assert pauses[0] <= 2
        assert max(pauses[8:]) > 30
        assert min(pauses[8:]) < 20
        assert len({round(pause) for pause in pauses[8:]}) > 10
        await note(one, 10)
