"""A city that speaks TLS itself, and a hall that shows a certificate in place of a token."""

from __future__ import annotations

from pathlib import Path

import pytest
from tornado.httpclient import AsyncHTTPClient

import city as city_centre
from city.settings import CitySettings
from city.store.halls import HallState
from city.web import link
from hall_server.errors import Invalid
from tests.fakes.authority import Authority
from tests.fakes.federated import drained, note, running_hall
from tests.fakes.running_city import running_city


@pytest.mark.gen_test(timeout=60)
async def test_pages_come_over_https_and_a_hall_with_a_certificate_is_let_in(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "ca")
    own, hall = authority.certify("city"), authority.certify("h1")
    given = {"tls_certificate": str(own.certificate), "tls_key": str(own.key), "tls_halls": str(authority.file)}
    async with running_city(tmp_path / "city", **given) as (city, port):
        answer = await AsyncHTTPClient(force_instance=True).fetch(
            f"https://127.0.0.1:{port}/readyz", ca_certs=str(authority.file)
        )
        assert answer.code == 200
        await city.store.halls.register("h1", "甲厅", by_certificate=True)
        linked = {
            **{"city_url": f"wss://127.0.0.1:{port}", "city_authority": str(authority.file)},
            **{"city_certificate": str(hall.certificate), "city_key": str(hall.key)},
        }
        async with running_hall(tmp_path / "hall", **linked) as server:
            await note(server, 20)
            await drained(server)
            record = await city.store.halls.one("h1")
            assert (record.state, record.cursor) == (HallState.LINKED, server.journal.committed)


def test_a_certificate_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    city = city_centre.compose(CitySettings(tls_certificate=str(tmp_path / "none.pem")), tmp_path)
    with pytest.raises(Invalid, match=r"settings\.invalid"):
        link.tls(city)
