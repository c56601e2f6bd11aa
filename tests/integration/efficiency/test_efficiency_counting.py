"""The task that counts: a fault of one moment does not leave the walls without figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from dashboards.efficiency import board as boards
from tests.fakes.hall import ROOMS, running


@dataclass
class Failing:
    """Pictures that cannot be made once."""

    inner: Any
    faults: list[str] = field(default_factory=lambda: ["the disk was away"])

    def empty(self) -> Any:
        return self.inner.empty()

    async def picture(self, rule: Any) -> Any:
        if self.faults:
            raise OSError(self.faults.pop())
        return await self.inner.picture(rule)


@pytest.mark.gen_test
async def test_after_a_fault_it_counts_again_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards, "EVERY_S", 0.01)
    async with running(tmp_path, rooms=ROOMS) as (server, port):
        board: Any = server.live_views["efficiency"]
        board._pictures = Failing(board._pictures)
        url = f"ws://127.0.0.1:{port}/api/v1/live?topics=efficiency/hall"
        wall = await websocket_connect(HTTPRequest(url))
        first = msgspec.json.decode(str(await wall.read_message()))
        assert first["snapshot"]["at"] is None
        second = msgspec.json.decode(str(await wall.read_message()))
        assert second["event"]["view"]["at"] is not None
        wall.close()
