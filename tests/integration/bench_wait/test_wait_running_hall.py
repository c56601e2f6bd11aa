"""The harness on a hall that runs: it reads what is committed, names nobody, and the hall goes on and is sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.wait.__main__ import main
from scripts.hall_process import HallProcess
from tests.fakes.hall_talk import demo_config, run_verb

PHONE = "13800138000"


def test_a_running_hall_is_read_without_its_people_and_stays_sound(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    with HallProcess(data, config=demo_config(tmp_path)) as hall:
        hall.start()
        account = next(one for one in hall.accounts["staff"] if one["window"] == "w01")
        clerk, visitor = hall.caller().sign_in(account), hall.caller()
        clerk.post("windows/w01/open")
        person = {"phone": PHONE}
        issued = [visitor.post("tickets", {"line": "business", "channel": "phone", "person": person})]
        issued += [visitor.post("tickets", {"line": "business", "channel": "phone"}) for _ in range(4)]
        for _ in range(3):
            clerk.post("windows/w01/call")
            clerk.post("windows/w01/start")
            clerk.post("windows/w01/finish")
        assert main(["--from-hall", str(data)]) in (0, 1)
        said = capsys.readouterr().out
        clerk.post("windows/w01/call")
        assert hall.stop() == 0, hall.log
    assert "5 numbers with a wait that was told, 1 shifts of windows" in said
    assert "2 × numbers that still wait where the journal ends" in said
    assert "| data | 3 |" in said
    for secret in (PHONE, account["name"], *(one["id"] for one in issued), *(one["number"] for one in issued)):
        assert secret not in said
    assert run_verb("verify", "--data", data).stdout.splitlines()[-1] == "sound"
