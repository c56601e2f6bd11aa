"""The hall outlives its process: what was saved is there again after a restart, from the journal alone."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from hall_server.directory.catalogue_import import read
from hall_server.directory.commands import FoundHall, ImportCatalogue, SaveZone
from hall_server.directory.directory import Directory
from hall_server.directory.events import DIRECTORY_EVENTS
from hall_server.directory.hall_file import load_demo
from hall_server.directory.model import Zone
from hall_server.directory.search import MatterSearch
from hall_server.directory.service import DirectoryFold, DirectoryService
from hall_server.errors import Refused
from hall_server.identity import SYSTEM
from hall_server.server import Server
from hall_server.settings import Settings

CONFIG = Path(__file__).resolve().parents[3] / "config"
DEMO = load_demo(CONFIG / "demo_hall.toml")
T = TypeVar("T")


@pytest.fixture
def with_server(tmp_path: Path) -> Callable[[Callable[[Server], Awaitable[T]]], T]:
    """Open a server on one data folder, do something with it, and close it."""

    async def life(work: Callable[[Server], Awaitable[T]]) -> T:
        server = Server(Settings(), tmp_path)
        server.types.add(*DIRECTORY_EVENTS)
        server.rooms["search"] = MatterSearch()
        server.fold(DirectoryFold(server.directory, server.rooms["search"]))
        service = DirectoryService(server.directory, grouping=DEMO.grouping)
        for command, handler in service.handlers().items():
            server.handle(command, handler)
        await server.open()
        try:
            return await work(server)
        finally:
            await server.close()

    return lambda work: asyncio.run(life(work))


WithServer = Callable[[Callable[[Server], Awaitable[object]]], object]


def test_a_founded_hall_is_there_after_a_restart(with_server: WithServer) -> None:
    async def found(server: Server) -> None:
        await server.execute(FoundHall(events=DEMO.events), actor=SYSTEM)
        await server.execute(SaveZone(item=Zone(id="z1", name="改名")), actor=SYSTEM)

    async def look(server: Server) -> Directory:
        with pytest.raises(Refused):
            await server.execute(FoundHall(events=DEMO.events), actor=SYSTEM)
        return server.directory

    with_server(found)
    directory = with_server(look)
    assert isinstance(directory, Directory)
    wanted = Directory()
    for event in DEMO.events:
        wanted.apply(event.item)
    wanted.apply(Zone(id="z1", name="改名"))
    assert list(directory.items()) == list(wanted.items())


def test_the_search_knows_the_hall_after_a_restart(with_server: WithServer) -> None:
    async def found(server: Server) -> None:
        await server.execute(FoundHall(events=DEMO.events), actor=SYSTEM)

    async def look(server: Server) -> tuple[str, str]:
        search = server.rooms["search"]
        return search.find("护照")[0].name, search.find("qixiangju")[0].department

    with_server(found)
    assert with_server(look) == ("普通护照签发", "qxj")


def test_an_imported_catalogue_is_there_once(with_server: WithServer) -> None:
    file = read(CONFIG / "catalogue" / "catalogue_qianfeng.csv")
    foundation = tuple(event for event in DEMO.events if event.subject.partition(":")[0] in ("hall", "zone", "line"))

    async def bring(server: Server) -> list[dict[str, int]]:
        await server.execute(FoundHall(events=foundation), actor=SYSTEM)
        replies = [await server.execute(ImportCatalogue(file=file), actor=SYSTEM, command_id=f"i{n}") for n in (1, 2)]
        return [msgspec.json.decode(reply) for reply in replies]

    async def count(server: Server) -> tuple[int, int]:
        return len(server.directory.departments), len(server.directory.matters)

    first, second = with_server(bring)
    assert (first["departments_added"], first["added"]) == (34, 1135)
    assert (second["departments_added"], second["added"], second["unchanged"]) == (0, 0, 1135)
    assert with_server(count) == (34, 1135)
