"""A city and two halls for a look: three processes that begin, show themselves and end together."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from city import registry
from city.settings import CitySettings
from hall_server.errors import Refused

ENDS_WITHIN_S = 6.0
TOKEN = Path("keys") / "city.token"


@dataclass(frozen=True)
class DemoPlace:
    """A hall of the demonstration; ``latitude`` and ``longitude`` are made up as the rest of it."""

    id: str
    name: str
    name_en: str
    latitude: float
    longitude: float


HALLS = (
    DemoPlace("demo", "一门区政务服务大厅", "OneDoor District Service Hall", 31.23, 121.47),
    DemoPlace("demo-b", "一门区滨河分厅", "OneDoor Riverside Branch", 31.19, 121.55),
)


@dataclass(frozen=True)
class Ports:
    """Ports of the processes; 0 takes a free one."""

    hall_a: int
    mqtt_a: int
    hall_b: int
    city: int


class DidNotStart(Exception):
    """A process ended before it listened; ``status``: its exit status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Demonstration:
    """One command for all three; hall A in ``data``, hall B and the city in folders beside it.

    Hall A comes up first and is shown as it would be alone; the city and hall B follow.
    """

    def __init__(
        self, *, program: Path, description: Path, data: Path, ports: Ports, say: Callable[[str], None]
    ) -> None:
        """``program``: run.py. ``description``: of the demonstration hall, from which both are made."""
        self._program = program
        self._description = description
        self._folders = (data, data.with_name(data.name + "-b"))
        self._city_folder = data.with_name(data.name + "-city")
        self._ports = ports
        self._say = say
        self._processes: list[Process] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def run(self, told: asyncio.Event) -> int:
        """Run until told, or until hall A ends; gives its exit status, 0 where it was told."""
        stopping = asyncio.create_task(told.wait(), name="told")
        beginning = asyncio.create_task(self._begin_all(), name="beginning")
        try:
            await asyncio.wait([stopping, beginning], return_when=asyncio.FIRST_COMPLETED)
            if told.is_set():
                return 0
            await beginning
            end = asyncio.create_task(self._processes[0].wait(), name="end of hall A")
            await asyncio.wait([stopping, end], return_when=asyncio.FIRST_COMPLETED)
            return 0 if told.is_set() else end.result()
        except DidNotStart as exc:
            return exc.status
        finally:
            stopping.cancel()
            beginning.cancel()
            await asyncio.gather(beginning, return_exceptions=True)
            await self._end()

    async def _begin_all(self) -> None:
        city_port = self._ports.city or _free_port()
        await self._pair()
        first = await self._hall(0, self._ports.hall_a, self._ports.mqtt_a, city_port)
        self._say(first)
        with self._said_if_missing("city centre"):
            folder = self._city_folder
            await self._begin("city", "--demo", "--data", str(folder), port=city_port, is_shown=False)
            self._say(f"OneDoor city centre: http://localhost:{city_port}  accounts: {folder}/demo-accounts.json")
        with self._said_if_missing("hall B"):
            second = await self._hall(1, self._ports.hall_b, 0, city_port)
            port = second.split()[1].partition("=")[2]
            self._say(f"OneDoor hall B: http://localhost:{port}  accounts: {self._folders[1]}/demo-accounts.json")

    @contextmanager
    def _said_if_missing(self, what: str) -> Iterator[None]:
        """Hall A is there without the others, whose ports may be taken."""
        try:
            yield
        except DidNotStart:
            self._say(f"OneDoor {what}: did not start (is its port taken?); the hall runs without it")

    async def _pair(self) -> None:
        """Register both halls at the city, with tokens made now and kept in their folders."""
        is_new = not (self._city_folder / "city.db").exists()
        for hall, folder in zip(HALLS, self._folders, strict=True):
            if (folder / TOKEN).exists() and not is_new:
                continue
            [line] = await self._registered(hall)
            await asyncio.to_thread(_keep, folder / TOKEN, line.rpartition(" ")[2])
            where = (hall.id, str(hall.latitude), str(hall.longitude))
            await registry.run(CitySettings(), self._city_folder, "place", where)

    async def _registered(self, hall: DemoPlace) -> list[str]:
        try:
            return await registry.run(CitySettings(), self._city_folder, "add", (hall.id, hall.name))
        except Refused:  # known, but its token is lost
            return await registry.run(CitySettings(), self._city_folder, "renew", (hall.id,))

    async def _hall(self, place: int, port: int, mqtt_port: int, city_port: int) -> str:
        """Begin a hall; gives its first line."""
        config = self._folders[place] / "hall.toml"
        text = await asyncio.to_thread(self._description.read_text, "utf-8")
        described = _described(text, self._description.parent, HALLS[place], city_port)
        await asyncio.to_thread(config.write_text, described, "utf-8")
        given = ("--demo", "--config", str(config), "--data", str(self._folders[place]))
        return await self._begin("hall", *given, "--mqtt-port", str(mqtt_port), port=port, is_shown=place == 0)

    async def _begin(self, verb: str, *given: str, port: int, is_shown: bool) -> str:
        """Begin a process and wait until it listens; gives its first line, and shows the others where wanted.

        Raises:
            DidNotStart: it ended; it has said why.
        """
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(self._program), verb, *given, "--port", str(port)),
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for this process, which tells the others
        )
        self._processes.append(process)
        assert process.stdout is not None  # noqa: S101  # asked for above
        first = (await process.stdout.readline()).decode().rstrip("\n")
        if not first.startswith("listening http="):
            raise DidNotStart(await process.wait() or 1)
        self._tasks.append(asyncio.create_task(self._relay(process, is_shown=is_shown), name=f"words of a {verb}"))
        return first

    async def _relay(self, process: Process, *, is_shown: bool) -> None:
        assert process.stdout is not None  # noqa: S101  # it was made with a pipe
        while line := await process.stdout.readline():
            if is_shown:
                self._say(line.decode().rstrip("\n"))

    async def _end(self) -> None:
        """End all of them; who does not go is killed."""
        alive = [one for one in self._processes if one.returncode is None]
        for one in alive:
            one.terminate()
        if alive:
            await asyncio.wait([asyncio.create_task(one.wait()) for one in alive], timeout=ENDS_WITHIN_S)
        for one in alive:
            if one.returncode is None:
                one.kill()
        for task in self._tasks:
            task.cancel()


def _described(text: str, folder: Path, hall: DemoPlace, city_port: int) -> str:
    """The demonstration hall's description under another name, linked to the city."""
    for name in ("catalogue", "calendar"):
        text = text.replace(f'\n{name} = "', f'\n{name} = "{folder}/', 1)
    text = re.sub(
        r'^hall = ".*"$', f'hall = "{hall.id}"\ncity_url = "ws://127.0.0.1:{city_port}"', text, count=1, flags=re.M
    )
    head, _, rest = text.partition("\n[hall]\n")
    for name, value in (("id", hall.id), ("name", hall.name), ("name_en", hall.name_en)):
        rest = re.sub(rf'^{name} = ".*"$', f'{name} = "{value}"', rest, count=1, flags=re.M)
    return f"{head}\n[hall]\n{rest}"


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _keep(path: Path, token: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(token + "\n")
