"""The city's verbs of the command line; `run.py` calls them, and each loads what it needs when it runs."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from city.server import City

VERBS = frozenset({"city", "city-hall", "demo-city"})
FAILED = 1


async def serve(
    options: argparse.Namespace,
    *,
    told: asyncio.Event,
    founded: Callable[[City], Awaitable[object]],
    ready: Callable[[], None],
    stop_within_s: float,
) -> int:
    """Run a city centre until it is told to stop; 1 if it had to stop by itself.

    Args:
        founded: what else a demonstration begins with.
        ready: called once everything is installed, before the first line is printed.
    """
    from city import compose
    from city.settings import load
    from city.web import founding, link
    from hall_server.directory.hall_file import load_demo

    start = load_demo(options.config) if options.config else None
    given: dict[str, object] = {"http_port": options.port, "database": options.database}
    settings = load(options.config, **given, **({"demo": True} if options.demo else {}))
    server = compose(settings, options.data, grouping=start.grouping if start else None)
    await server.open()
    try:
        lines = await founding.found(server, start) if start else []
        if settings.demo:
            await founded(server)
        await server.start()
        port = server.rooms["web"].listen(settings.http_host, settings.http_port, tls=link.tls(server))
        ready()
        print(f"listening http={port} mqtt=0", flush=True)
        for line in await founding.welcome(server, port) + lines:
            print(line, flush=True)
        ends = [asyncio.ensure_future(wait) for wait in (told.wait(), server.failed.wait())]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()
    finally:
        await asyncio.wait_for(server.stop(), stop_within_s)
    return FAILED if server.failed.is_set() else 0


async def hall(options: argparse.Namespace) -> int:
    """Register a hall at the city, give it another token, or answer its quarantine; the city may be running.

    Raises:
        NotFound: ``city.none_here``: the folder has no city and no database was named; nobody would hear a second one.
    """
    from city import registry
    from city.settings import load
    from hall_server.errors import NotFound

    settings = load(options.config, database=options.database)
    if not settings.database and not await asyncio.to_thread((options.data / "city.db").exists):
        raise NotFound("city.none_here", folder=str(options.data))
    for line in await registry.run(settings, options.data, options.do, options.words, reason=options.reason):
        print(line)
    return 0


async def demo(options: argparse.Namespace, *, program: Path, description: Path, told: asyncio.Event) -> int:
    """Run a demonstration city and two halls that are linked to it, each a process of its own."""
    from city.web import demonstration

    whole = demonstration.Demonstration(
        program=program,
        description=description,
        data=options.data,
        ports=demonstration.Ports(
            hall_a=options.port or 0, mqtt_a=options.mqtt_port or 0, hall_b=options.hall_b_port, city=options.city_port
        ),
        say=lambda line: print(line, flush=True),
    )
    return await whole.run(told)


def options_of(name: str, verb: argparse.ArgumentParser, var: Path) -> None:
    """The options of a verb; ``var``: the folder that holds data folders."""
    verb.set_defaults(data=var / ("demo" if name == "demo-city" else "city"))
    if name != "demo-city":
        verb.add_argument("--database", metavar="URL", help="postgresql://user:password@host:port/name; none: SQLite")
    if name == "city":
        verb.add_argument("--demo", action="store_true", help="make a demonstration city on an empty database")
    if name == "city-hall":
        verb.add_argument("do", choices=("add", "renew", "list", "epoch", "close", "place"), help="what to do")
        verb.add_argument("words", nargs="*", help="add ID NAME; renew ID; epoch ID; close ID; place ID LAT LON")
        verb.add_argument("--reason", default="", help="why: of a new epoch")
    if name == "demo-city":
        verb.add_argument("--city-port", type=int, default=8090, help="HTTP port of the city; 0 takes a free one")
        verb.add_argument("--hall-b-port", type=int, default=8081, help="HTTP port of the second hall")
