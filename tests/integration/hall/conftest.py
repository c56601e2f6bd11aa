"""A real demonstration hall in its own process, which must be sound when the file's tests are through with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts.hall_process import HallProcess
from tests.fakes.founded_hall import FoundedHall
from tests.fakes.hall_talk import Talker, demo_config, run_verb


@pytest.fixture(scope="module")
def hall(founded_hall: FoundedHall, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HallProcess]:
    """A running demonstration hall; ended in order and verified after the last test of the file."""
    folder = tmp_path_factory.mktemp("hall")
    process = HallProcess(founded_hall.copy(folder / "data"), config=demo_config(folder))
    with process:
        yield process.start()
        assert process.stop() == 0, process.log
    report = run_verb("verify", "--data", folder / "data")
    assert report.returncode == 0, report.stdout
    assert report.stdout.splitlines()[-1] == "sound"


@pytest.fixture
def visitor(hall: HallProcess) -> Talker:
    """Somebody in the hall who is not signed in."""
    return Talker(hall.http_port)


@pytest.fixture(scope="module")
def signed_in(hall: HallProcess) -> Callable[[str], Talker]:
    """`signed_in("manager")`, or a window's id: who sits there. Signed in once and kept."""
    known: dict[str, Talker] = {}

    def find(who: str) -> Talker:
        if who not in known:
            accounts = hall.accounts
            account = accounts.get(who) or next(one for one in accounts["staff"] if one["window"] == who)
            known[who] = Talker(hall.http_port).sign_in(account)
        return known[who]

    return find


@pytest.fixture(scope="module")
def device_account(hall: HallProcess) -> Callable[[str], dict[str, str]]:
    """The account of the first device of a kind."""

    def find(kind: str) -> dict[str, str]:
        return next(one for one in hall.accounts["devices"] if one["kind"] == kind)

    return find


@pytest.fixture
def data(hall: HallProcess) -> Path:
    """The hall's folder."""
    return hall.data
