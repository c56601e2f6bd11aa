"""OneDoor's command line, and the one place that knows every subsystem."""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
sys.path[:0] = [str(ROOT), str(ROOT / "queue")]  # a checkout is enough; queue/ is a folder, not a package

import attendance  # noqa: E402  # after the path is set
import cases  # noqa: E402
import dashboards  # noqa: E402
import devices  # noqa: E402
import displays  # noqa: E402
import evaluation  # noqa: E402
import hall_queue  # noqa: E402
from cases.catalogue import founding as matters  # noqa: E402
from cases.issuing import founding as issuing  # noqa: E402
from city import commands as city_commands  # noqa: E402
from hall_server import base, founding  # noqa: E402
from hall_server.clock import SystemClock  # noqa: E402
from hall_server.directory.hall_file import DemoHall, load_demo  # noqa: E402
from hall_server.errors import DomainError, Invalid  # noqa: E402
from hall_server.lock import DataLock  # noqa: E402
from hall_server.server import Server  # noqa: E402
from hall_server.settings import Settings, load  # noqa: E402
from hall_server.web import faults  # noqa: E402
from hall_server.web.app import Web  # noqa: E402
from hall_server.web.locales import LANGUAGES  # noqa: E402

DEMO = ROOT / "config" / "demo_hall.toml"
MATTERS = ROOT / "config" / "matters"
CITY = ROOT / "config" / "city.toml"
STOP_WITHIN_S = 4.5
FAILED, MISUSED = 1, 2
ROOMS: tuple[Callable[[Server], None], ...] = (
    hall_queue.install,
    devices.install,  # before the displays: its start brings the way to the broker
    displays.install,
    evaluation.install,
    attendance.install,
    cases.install,
    dashboards.install,
)


def compose(settings: Settings, data: Path, *, start: DemoHall | None = None) -> Server:
    """A hall's server with all its rooms installed."""
    server = Server(settings, data)
    base.install(server, grouping=start.grouping if start else None)
    for install in ROOMS:
        install(server)
    return server


def spare_collection() -> None:
    """Let the garbage collector look seldom, and never at what lives as long as the server.

    Commands, events and pictures hold no cycles; looking for some at every 700th object took half the time of a ticket.
    """
    gc.collect()
    gc.freeze()
    look_seldom()


def look_seldom() -> None:
    """Let the garbage collector look seldom; a day that is read again at the start makes nothing but what stays.

    Each look at the young takes as long as there are young ones: 10,000 of them hold the loop for 4 to 10 ms.
    """
    gc.set_threshold(10_000, 100, 50)


async def serve(options: argparse.Namespace, *, listening: asyncio.Future[tuple[int, int]] | None = None) -> int:
    """Run a hall until it is told to stop; 1 if it had to stop by itself."""
    gc.freeze()  # what was imported stays
    look_seldom()
    start = load_demo(options.config) if options.config else None
    server = compose(_settings(options), options.data, start=start)
    told = _stop_signals()
    await server.open()
    try:
        lines = await founding.found(server, start, devices.demo_devices) if start else []
        await matters.found_hall(server, MATTERS)
        await issuing.found_hall(server)
        await server.start()
        web: Web = server.rooms["web"]
        port = web.listen(server.settings.http_host, server.settings.http_port)
        spare_collection()
        print(f"listening http={port} mqtt={server.mqtt_port}", flush=True)
        for line in await founding.welcome(server, port) + lines:
            print(line, flush=True)
        if listening is not None:
            listening.set_result((port, server.mqtt_port))
        await _first(told.wait(), server.failed.wait(), seconds=getattr(options, "seconds", None))
    finally:
        await asyncio.wait_for(server.stop(), STOP_WITHIN_S)
    return FAILED if server.failed.is_set() else 0


async def demo(options: argparse.Namespace) -> int:
    """Run a demonstration hall with simulated visitors, staff and devices in a second process."""
    options.demo = True
    listening: asyncio.Future[tuple[int, int]] = asyncio.get_running_loop().create_future()
    hall = asyncio.create_task(serve(options, listening=listening))
    either: set[asyncio.Future[Any]] = {hall, listening}
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    if hall.done():
        return hall.result()
    port, mqtt_port = listening.result()
    crowd = await asyncio.create_subprocess_exec(
        *(sys.executable, str(ROOT / "run.py"), "simulate", "--data", str(options.data)),
        *("--port", str(port), "--mqtt-port", str(mqtt_port)),
    )
    try:
        return await hall
    finally:
        if crowd.returncode is None:
            crowd.terminate()
        await crowd.wait()


async def city(options: argparse.Namespace) -> int:
    """Run a city centre."""
    return await city_commands.serve(
        options,
        told=_stop_signals(),
        founded=lambda server: matters.found_city(server, MATTERS),
        ready=spare_collection,
        stop_within_s=STOP_WITHIN_S,
    )


async def demo_city(options: argparse.Namespace) -> int:
    """Run a demonstration city with two halls."""
    return await city_commands.demo(options, program=ROOT / "run.py", description=DEMO, told=_stop_signals())


async def simulate(options: argparse.Namespace) -> int:
    """Fill a running demonstration hall with devices, visitors and staff; 1 where it lost or doubled anything."""
    from devices import simulate as crowd  # imported here: only this verb needs it
    from devices.simulated import arrival_days, troubles

    if options.make_day:
        await asyncio.to_thread(arrival_days.write, options.make_day, seed=options.seed)
        return 0
    if (options.role == "clerk") != (options.window is not None):
        raise Invalid("simulate.which_window")
    told = _stop_signals()
    balance = await crowd.simulate(
        crowd.Options(
            accounts=options.data / founding.ACCOUNTS,
            http_port=options.port,
            mqtt_port=options.mqtt_port,
            devices=options.devices,
            visitors_per_hour=options.visitors_per_hour,
            visitors=options.visitors,
            mapping=options.mapping,
            scale=options.scale,
            speed=options.speed,
            duration_s=options.seconds,
            seed=options.seed,
            troubles=troubles.named(options.troubles),
            broker_restart=options.broker_restart,
            broker_after_s=options.broker_after,
            trainee=options.window,
            keeps_rules=options.keep_rules,
        ),
        say=lambda line: print(line, flush=True),
        told=told,
    )
    return FAILED if balance is not None and not balance.holds else 0


async def simulate_platform(options: argparse.Namespace) -> int:
    """Be the platform of a city that takes ratings, to try the way upward without one."""
    from evaluation.simulated import platform  # imported here: only this verb needs it

    told = _stop_signals()
    await platform.serve(
        options.data,
        port=options.port or 0,
        token=options.token,
        told=told,
        say=lambda line: print(line, flush=True),
    )
    return 0


async def simulate_neighbours(options: argparse.Namespace) -> int:
    """Be everybody whom cases go to (short messages, payment, couriers, departments …), to try the ways there."""
    from cases.neighbours.simulated import server as neighbours  # imported here: only this verb needs it

    told = _stop_signals()
    await neighbours.serve(options.data, port=options.port or 0, told=told, say=lambda line: print(line, flush=True))
    return 0


async def gateway(options: argparse.Namespace) -> int:
    """Serve the hardware that hangs on this machine, or have the hall let it in."""
    from devices.gateway import agent, pairing  # imported here: only this verb needs them

    told = _stop_signals()
    means = await asyncio.to_thread(agent.means_of, options.config or Path("gateway.toml"))
    if options.pair:
        work = asyncio.create_task(pairing.pair_all(means, say=lambda line: print(line, flush=True)))
    else:
        work = asyncio.create_task(agent.Agent(means).run())
        print(f"gateway devices={len(means.config.devices)}", flush=True)
    await _first(told.wait(), asyncio.shield(work))
    if not work.done():
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        return 0
    await work
    return 0


def verify_document(options: argparse.Namespace) -> int:
    """Say who signed a document of a case, when, and whether it is whole; 1 where any of it does not hold."""
    from cases.documents import checking  # imported here: only this verb needs what checks signatures

    lines, is_sound = checking.checked(options.file, options.authority, options.data, now=SystemClock().now())
    print("\n".join(lines))
    return 0 if is_sound else FAILED


def verify(options: argparse.Namespace) -> int:
    """Check a hall's database; 1 if anything is wrong with it."""
    from hall_server.journal.verify import verify as check  # imported here: only this verb needs it

    report = check(options.data / "hall.db", compose(Settings(), options.data).types)
    print(f"rows {report.count}\nhead {report.head}")
    for finding in report.findings:
        print(f"WRONG {finding}")
    print("sound" if report.sound else f"{len(report.findings)} findings")
    return 0 if report.sound else FAILED


async def replay(options: argparse.Namespace) -> int:
    """Throw the projections away and make them again from the journal."""
    lock = DataLock(options.data)
    lock.take()  # a running hall has these files open
    for name in ("views.db", "views.db-wal", "views.db-shm"):
        (options.data / name).unlink(missing_ok=True)
    lock.release()
    server = compose(_settings(options), options.data)
    await server.open()
    try:
        await server.projector.catch_up()
        print(f"replayed {server.journal.committed} events")
    finally:
        await server.close()
    return 0


async def import_catalogue(options: argparse.Namespace) -> int:
    """Take matters over from a CSV or XLSX file; 1 if rows are bad and may not be skipped."""
    start = load_demo(options.config) if options.config else None
    server = compose(_settings(options), options.data, start=start)
    await server.open()
    try:
        if start:
            await founding.found(server, start, devices.demo_devices)
        lines, is_whole = await founding.import_catalogue(
            server, options.file, skip_bad=options.skip_bad, fallback_line=options.line
        )
    finally:
        await server.close()
    print("\n".join(lines))
    return 0 if is_whole else FAILED


async def import_matters(options: argparse.Namespace) -> int:
    """Take matters in full over from XLSX, TOML or a folder; 1 if one of them has an error."""
    server = compose(_settings(options), options.data)
    await server.open()
    try:
        lines, is_whole = await matters.import_matters(server, options.file, valid_from=options.valid_from)
    finally:
        await server.close()
    print("\n".join(lines))
    return 0 if is_whole else FAILED


def import_log(options: argparse.Namespace) -> int:
    """Read another system's event log (CSV, XES) into cases and say what it comes to; 1 if it is not whole."""
    from cases.logs import command  # imported here: only this verb needs it

    return command.run(options)


async def broker_config(options: argparse.Namespace) -> int:
    """Write Mosquitto's configuration, passwords and permissions for this hall's devices."""
    tls = devices.broker_tls(options.tls_certificate, options.tls_key, port=options.tls_port, is_only=options.tls_only)
    server = compose(_settings(options), options.data)
    await server.open()
    try:
        written = await asyncio.to_thread(
            devices.broker_configuration, server, options.out, port=options.mqtt_port, tls=tls, run_as=options.user
        )
    finally:
        await server.close()
    for path in written:
        print(path)
    return 0


def _settings(options: argparse.Namespace) -> Settings:
    given: dict[str, object] = {"http_port": options.port, "mqtt_port": options.mqtt_port}
    if getattr(options, "demo", False):
        given |= {"demo": True}
    if getattr(options, "broker", None):
        host, _, port = options.broker.rpartition(":")
        given |= {"mqtt_broker": "external", "mqtt_host": host, "mqtt_port": int(port)}
    return load(options.config, **given)


def _stop_signals() -> asyncio.Event:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    return told


async def _first(*waits: Awaitable[object], seconds: float | None = None) -> None:
    """Wait until one of them is done, or so long."""
    tasks: list[asyncio.Future[object]] = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED, timeout=seconds)
    finally:
        for task in tasks:
            task.cancel()


def parser() -> argparse.ArgumentParser:
    """The verbs and their options; docs/operations.md describes each."""
    whole = argparse.ArgumentParser(prog="run.py", description="OneDoor 一门: a government service hall's server")
    verbs = whole.add_subparsers(dest="verb", required=True, metavar="verb")
    for name, work, help_ in VERBS:
        verb = verbs.add_parser(name, help=help_, description=help_)
        verb.set_defaults(work=work)
        verb.add_argument("--config", type=Path, help="settings and description of the hall or city (TOML)")
        verb.add_argument("--data", type=Path, default=ROOT / "var" / "hall", help="folder of the data")
        verb.add_argument("--port", type=int, help="HTTP port; 0 takes a free one")
        verb.add_argument("--mqtt-port", type=int, help="MQTT port; 0 takes a free one")
        _options(name, verb)
    return whole


def _options(name: str, verb: argparse.ArgumentParser) -> None:
    if name in {"hall", "import-catalogue", "demo"}:
        verb.add_argument("--demo", action="store_true", help="make a demonstration hall in an empty folder")
        verb.add_argument("--broker", metavar="HOST:PORT", help="use the broker that runs there (Mosquitto)")
    if name in {"hall", "simulate"}:
        verb.add_argument("--seconds", type=float, help="stop after so long")
    if name == "simulate-platform":
        verb.add_argument("--token", help="the secret that senders must know; none: everybody may send")
    if name == "gateway":
        verb.add_argument("--pair", action="store_true", help="show a code for each device until the hall lets it in")
    if name == "simulate":
        _simulate_options(verb)
    if name in city_commands.VERBS:
        city_commands.options_of(name, verb, ROOT / "var")
    if name == "verify-document":
        verb.add_argument("file", type=Path, help="PDF")
        verb.add_argument("--authority", type=Path, action="append", default=[], help="PEM of a trusted authority")
    if name == "import-catalogue":
        verb.add_argument("file", type=Path, help="CSV or XLSX")
        verb.add_argument("--skip-bad", action="store_true", help="import the good rows of a file with bad ones")
        verb.add_argument("--line", help="line of departments the hall does not know yet")
    if name == "import-matters":
        verb.add_argument("file", type=Path, help="XLSX, TOML, or a folder of TOML files")
        verb.add_argument("--from", dest="valid_from", type=date.fromisoformat, help="first day they hold (YYYY-MM-DD)")
    if name == "import-log":
        _log_options(verb)
    if name == "broker-config":
        verb.add_argument("--out", type=Path, required=True, help="folder to write to")
        verb.add_argument("--user", default="mosquitto", help="the system user Mosquitto runs as")
        verb.add_argument("--tls-certificate", type=Path, help="certificate chain (PEM): Mosquitto also speaks TLS")
        verb.add_argument("--tls-key", type=Path, help="its private key (PEM)")
        verb.add_argument("--tls-port", type=int, default=8883, help="port of the listener with TLS")
        verb.add_argument("--tls-only", action="store_true", help="no listener without TLS")


def _log_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("file", type=Path, help="CSV or XES, also .gz")
    verb.add_argument("--mapping", type=Path, metavar="TOML", help="which column says what; none: the names of XES")
    verb.add_argument("--report", type=Path, metavar="OUT", help="write all it comes to: .json, else text")
    verb.add_argument("--strict", action="store_true", help="stop at the first broken row and import nothing")


def _simulate_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--devices", type=int, help="how many devices; more than the accounts have are let in")
    verb.add_argument("--visitors", type=Path, metavar="CSV", help="a recorded day; config/simulated_day.csv is one")
    verb.add_argument("--mapping", type=Path, metavar="TOML", help="which column of the file says what")
    verb.add_argument("--scale", type=float, help="visitors for a row; 1, or as many as fit where it is another hall's")
    verb.add_argument("--visitors-per-hour", type=float, default=360.0, help="how many come, without a file")
    verb.add_argument("--speed", type=float, default=1.0, help="how many times faster than real")
    verb.add_argument("--seed", type=int, help="for the same people again")
    verb.add_argument("--troubles", default="", help="what goes wrong: paper,pad,clock,links or all")
    verb.add_argument("--broker-restart", metavar="COMMAND", help="run this once, and see the devices come back")
    verb.add_argument("--broker-after", type=float, default=60.0, help="after so many seconds")
    verb.add_argument("--keep-rules", action="store_true", help="do not shorten the hall's rules about time")
    verb.add_argument("--role", choices=("none", "clerk"), default="none", help="clerk: leave a window to a trainee")
    verb.add_argument("--window", help="the trainee's window, such as w01")
    verb.add_argument("--make-day", type=Path, metavar="CSV", help="write a made-up day and end")


VERBS: tuple[tuple[str, Callable[[argparse.Namespace], object], str], ...] = (
    ("hall", serve, "run a hall"),
    ("demo", demo, "run a demonstration hall with simulated visitors and staff"),
    ("city", city, "run a city centre"),
    ("city-hall", city_commands.hall, "register a hall at a city, renew its token, answer its quarantine"),
    ("demo-city", demo_city, "run a demonstration city with two halls"),
    ("simulate", simulate, "fill a running demonstration hall with devices, visitors and staff"),
    ("simulate-platform", simulate_platform, "be a city's platform that takes ratings, for trials"),
    ("simulate-neighbours", simulate_neighbours, "be everybody whom cases go to, for trials"),
    ("gateway", gateway, "serve the hardware beside this machine (--config gateway.toml)"),
    ("verify-document", verify_document, "say who signed a document, when, and whether it is whole"),
    ("verify", verify, "check the database and its chain of hashes"),
    ("replay", replay, "rebuild the projections from the journal"),
    ("import-catalogue", import_catalogue, "import matters from CSV or XLSX"),
    ("import-matters", import_matters, "import matters in full into a hall that has no city"),
    ("import-log", import_log, "read another system's event log into cases: counts, limits, durations"),
    ("broker-config", broker_config, "write Mosquitto's configuration for this hall"),
)


def _told(error: DomainError) -> str:
    """What an operator reads about a refusal: its words in both languages, its code and what it is about."""
    locales = compose(Settings(), ROOT).locales
    words = " ".join(faults.wording(error, locales, language) for language in LANGUAGES)
    about = ", ".join(f"{name}: {value}" for name, value in error.fields.items())
    return f"{words} ({error.code}{'; ' if about else ''}{about})"


def main(arguments: list[str] | None = None) -> int:
    """Run a verb; the exit status is 0, 1 for a failure, 2 for a wrong call."""
    options = parser().parse_args(arguments)
    if getattr(options, "demo", False) or options.verb == "demo":
        options.config = options.config or (CITY if options.verb == "city" else DEMO)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        result = options.work(options)
        return int(asyncio.run(result) if asyncio.iscoroutine(result) else result)
    except DomainError as exc:
        print(f"run.py {options.verb}: {_told(exc)}", file=sys.stderr)
        return MISUSED
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
