"""Many real devices in one process, which come back when their broker was away.

Argument: a JSON object `Plan`. Says `ready` when all are connected and have their first picture; then answers
`{"mark": true}` with the moment; `{"back": true}` with the moments at which the last device was connected again and
the last one had its picture, and how long the slowest one waited between the two; `{"counts": true}` with how often
commands were done.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from typing import Any

import msgspec

from hall_server.clock import SystemClock
from hall_server.ids import RandomIds
from hall_server.mqtt.simulated import SimulatedDevice

GIVEN_UP_S = 60.0


class Plan(msgspec.Struct, frozen=True):
    """Where to connect, and as whom: id and credential of each."""

    hall: str
    port: int
    devices: list[tuple[str, str]]
    kind: str = "window-screen"


class Herd:
    """The devices, with the moment of each one's last connection and picture (CLOCK_MONOTONIC, s)."""

    def __init__(self, plan: Plan) -> None:
        self.connected: dict[str, float] = {}
        self.shown: dict[str, float] = {}
        self.done: Counter[str] = Counter()
        self._news = asyncio.Event()
        self._devices = [self._made(plan, name, password) for name, password in plan.devices]

    def start(self) -> None:
        """Switch all on."""
        for device in self._devices:
            device.start()

    async def back(self, since: float) -> dict[str, float]:
        """When the last one was connected after a moment, when it was shown its picture, and the longest wait, s."""
        async with asyncio.timeout(GIVEN_UP_S):
            while not self._are_back(since):
                self._news.clear()
                await self._news.wait()
        waits = (self.shown[name] - at for name, at in self.connected.items())
        return {
            "connected": max(self.connected.values()),
            "shown": max(self.shown.values()),
            "waited": max(waits),
        }

    def _are_back(self, since: float) -> bool:
        count = len(self._devices)
        return all(sum(at > since for at in moments.values()) == count for moments in (self.connected, self.shown))

    def _made(self, plan: Plan, name: str, password: str) -> SimulatedDevice:
        async def done(do: str, args: dict[str, Any]) -> None:
            self.done[f"{name} {do} {args.get('mark', '')}"] += 1

        def shown(_: Any) -> None:
            self._note(self.shown, name)

        device = SimulatedDevice(
            hall=plan.hall,
            device_id=name,
            kind=plan.kind,
            host="127.0.0.1",
            port=plan.port,
            password=password,
            clock=SystemClock(),
            ids=RandomIds(),
            on_command=done,
            on_show=shown,
        )
        device.link.on_connect(lambda: self._note(self.connected, name))
        return device

    def _note(self, moments: dict[str, float], name: str) -> None:
        moments[name] = time.monotonic()
        self._news.set()


async def main(plan: Plan) -> None:
    """Serve the questions on standard input until it ends."""
    herd, marked = Herd(plan), time.monotonic()
    herd.start()
    await herd.back(marked)
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        question = msgspec.json.decode(line)
        if "mark" in question:
            marked = time.monotonic()
            answer: object = {"marked": marked}
        elif "back" in question:
            answer = await herd.back(marked)
        else:
            answer = {"most": max(herd.done.values(), default=0), "all": sum(herd.done.values())}
        print(msgspec.json.encode(answer).decode(), flush=True)


if __name__ == "__main__":
    asyncio.run(main(msgspec.json.decode(sys.argv[1].encode(), type=Plan)))
