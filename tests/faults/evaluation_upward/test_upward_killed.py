"""A hall that is killed after the platform has stored its ratings and before it heard so: they are there once."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.hall_process import HallProcess
from tests.fakes.upward_platform import TOKEN, PlatformProcess

pytestmark = pytest.mark.long

WITHIN_S = 90.0


def until(what: Callable[[], bool]) -> None:
    """Look again and again; another process has no event to wait for."""
    end = time.monotonic() + WITHIN_S
    while not what():
        assert time.monotonic() < end
        time.sleep(0.2)


def hall_of(checkout: Path, folder: Path, url: str) -> HallProcess:
    config = checkout / "config"
    text = (config / "demo_hall.toml").read_text("utf-8")
    for name in ("catalogue", "calendar"):
        text = text.replace(f'{name} = "', f'{name} = "{config}/', 1)
    more = f'[settings]\nvoice = false\nupward_url = "{url}"\nupward_after_s = 0\n'
    (folder / "hall.toml").write_text(text.replace("[settings]\n", more, 1), "utf-8")
    keys = folder / "data" / "keys"
    keys.mkdir(parents=True, mode=0o700)
    (keys / "upward.token").write_text(TOKEN, "utf-8")
    (keys / "upward.token").chmod(0o600)
    return HallProcess(folder / "data", config=folder / "hall.toml")


def give_ratings(hall: HallProcess, many: int) -> None:
    manager = hall.caller().sign_in(hall.accounts["manager"])
    manager.post("windows/w01/open", {"staff": "s01"})
    matter = hall.caller().get("matters?line=business&limit=5")["matters"][0]
    for level in range(1, many + 1):
        ticket = hall.caller().post("tickets", {"matter": matter["id"], "channel": "kiosk"})
        for key in ("call", "start", "finish"):
            manager.post(f"windows/w01/{key}")
        hall.caller().post("ratings", {"ticket": ticket["token"], "level": level, "channel": "phone"})


@pytest.mark.parametrize("is_protected", [True, False], ids=["keys are known", "negative control: keys are ignored"])
def test_a_hall_killed_between_storing_and_hearing_of_it_sends_again_and_nothing_is_doubled(
    checkout: Path, tmp_path: Path, is_protected: bool
) -> None:
    platform = PlatformProcess(checkout, tmp_path / "platform")
    try:
        hall = hall_of(checkout, tmp_path, platform.url).start()
        platform.trouble(late_s=300, ignore_keys=not is_protected)
        give_ratings(hall, 3)
        until(lambda: bool(platform.ledger()["records"]))
        hall.kill()
        platform.trouble(ignore_keys=not is_protected)
        hall.start()
        try:
            manager = hall.caller().sign_in(hall.accounts["manager"])
            until(lambda: manager.get("ratings/upward")["standing"]["accepted"] == 3)
        finally:
            assert hall.stop() == 0
        records = [one["key"] for one in platform.ledger()["records"]]
        assert len(set(records)) == 3
        assert (len(records) == 3) == is_protected
    finally:
        assert platform.stop() == 0
