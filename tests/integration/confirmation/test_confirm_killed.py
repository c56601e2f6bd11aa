"""kill -9 in the middle: an acknowledged signature is there afterwards, and an unfinished sheet comes back."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest

from scripts.hall_process import Caller, HallProcess, HallRefused
from tests.fakes.confirming import FIELDS, base, sha, signature
from tests.fakes.founded_hall import FoundedHall

PAGE = {"page": "page-of-the-test", "kind": "second"}
TOO_EARLY = '''
"""A hall that says yes before a signature is on the disk: what the real one must not do."""

import asyncio
import sys
from pathlib import Path

sys.path[:0] = [{root!r}, {queue!r}]

import run
from evaluation.confirmation.sealed_files import SealedFiles

keep = SealedFiles.keep
later = set()


async def lazy(self, id_, part, content):
    async def after_a_while():
        await asyncio.sleep(3)
        await keep(self, id_, part, content)

    if part.startswith("ink-"):
        later.add(asyncio.create_task(after_a_while()))
    else:
        await keep(self, id_, part, content)


SealedFiles.keep = lazy
sys.exit(run.main())
'''


def served(clerk: Caller) -> str:
    """Begin with the next visitor; gives the ticket."""
    state = clerk.get("windows/w01/desk")["window"]["state"]
    if state == "closed":
        clerk.post("windows/w01/open")
    elif state == "serving":
        clerk.post("windows/w01/finish", {"outcome": "accepted"})
    line = clerk.get("windows/w01")["lines"][0]
    clerk.post("tickets", {"line": line, "channel": "console"})
    clerk.post("windows/w01/call")
    desk: dict[str, Any] = clerk.post("windows/w01/start")
    return str(desk["ticket"]["id"])


def shown(clerk: Caller) -> Any:
    """A sheet that a second screen shows."""
    sheet = clerk.post(place(), {"ticket": served(clerk), "fields": FIELDS})
    clerk.post(f"{place()}/{sheet['id']}/shown", {"hash": sheet["hash"]})
    return sheet


def signed(clerk: Caller, sheet: Any) -> str:
    body = {"hash": sheet["hash"], "seen": 1, **signature()}
    return str(clerk.post(f"{place()}/{sheet['id']}/sign", body)["state"])


def place() -> str:
    return base().removeprefix("/api/v1/")


def again(hall: HallProcess, clerk: Caller) -> Caller:
    """The same session with the hall that was started anew."""
    hall.kill()
    hall.start(http_port=hall.http_port)
    return clerk


def has_signature(clerk: Caller, sheet: Any) -> bool:
    try:
        content = clerk._send("POST", f"/api/v1/confirmations/{sheet['id']}/pdf", {})
    except HallRefused:
        return False
    return sheet["hash"] in pdfium.PdfDocument(content)[0].get_textpage().get_text_range()


@pytest.fixture
def halls(founded_hall: FoundedHall, tmp_path: Path) -> Iterator[Any]:
    made: list[HallProcess] = []

    def make(program: Path | None = None) -> tuple[HallProcess, Caller]:
        made.append(HallProcess(founded_hall.copy(tmp_path / f"hall-{len(made)}"), program=program).start())
        return made[-1], made[-1].caller().sign_in(made[-1].accounts["staff"][0])

    yield make
    for hall in made:
        hall.kill()


def test_after_a_kill_the_acknowledged_is_there_and_the_unfinished_comes_back(halls: Any) -> None:
    hall, clerk = halls()
    finished = [shown(clerk)]
    assert signed(clerk, finished[0]) == "confirmed"
    clerk = again(hall, clerk)
    assert has_signature(clerk, finished[0])
    open_ = shown(clerk)
    clerk = again(hall, clerk)
    orders = clerk.post(f"{place()}/screen", PAGE)
    assert orders["sheet"]["id"] == open_["id"]
    loaded = clerk.get(f"{place()}/{open_['id']}/sheet")
    assert (loaded["state"], sha(loaded["content"])) == ("shown", open_["hash"])
    assert [one["value"] for one in json.loads(loaded["content"])["fields"]] == [one["value"] for one in FIELDS]
    assert signed(clerk, open_) == "confirmed"
    assert has_signature(clerk, open_)


@pytest.mark.long
def test_a_hall_that_says_yes_too_early_is_found_out(halls: Any, tmp_path: Path, checkout: Path) -> None:
    program = tmp_path / "too_early.py"
    program.write_text(TOO_EARLY.format(root=str(checkout), queue=str(checkout / "queue")), "utf-8")
    hall, clerk = halls(program)
    sheet = shown(clerk)
    assert signed(clerk, sheet) == "confirmed"
    clerk = again(hall, clerk)
    assert not has_signature(clerk, sheet)
