"""A hall as a printer's driver sees it, and slips to print."""

import asyncio
from typing import Any

import msgspec

from devices.gateway.drivers import Surroundings
from devices.gateway.drivers.printer import Options, PrinterDriver, made
from devices.gateway.printing.slip import Slip
from devices.print_jobs import Job, JobState, PrintJobs
from devices.simulated.hardware.printer import SimulatedPrinter
from hall_server.clock import SystemClock
from hall_server.errors import DomainError
from hall_server.mqtt.simulated import RequestRefused
from hall_server.mqtt.topics import Status

PRINTER = "printer-z1"
PHONE_PAGE = "http://192.168.1.10:8080/t/abcdefghijklmnopqrstuv"

TICKET = Slip(
    hall="一门区政务服务大厅",
    number="A017",
    line="企业开办与行政审批",
    matters=("营业执照办理（设立登记）", "公章刻制"),
    ahead=3,
    wait_minutes=(10, 20),
    zone="企业服务区",
    windows=(1, 2, 3, 4, 7),
    issued_at="2026-11-23 09:05",
    address=PHONE_PAGE,
)


class PrinterHall:
    """Gives jobs with the hall's own ledger and remembers what the driver says."""

    def __init__(self) -> None:
        self.device_id = PRINTER
        self.jobs = PrintJobs()
        self.is_away = False
        self.states: list[tuple[Status, dict[str, Any]]] = []
        self._told = asyncio.Condition()
        self._requests = 0

    def say_state(self, status: Status, detail: dict[str, Any] | None = None) -> None:
        self.states.append((status, detail or {}))
        self._wake = asyncio.ensure_future(self._tell())

    def report(self, what: str, detail: dict[str, Any] | None = None) -> None: ...

    async def request(self, do: str, args: dict[str, Any] | None = None, *, timeout_s: float = 30.0) -> Any:
        if self.is_away:
            raise TimeoutError
        self._requests += 1
        try:
            return {"job": self.jobs.take((args or {})["job"], device=PRINTER, request=str(self._requests)).id}
        except DomainError as exc:
            raise RequestRefused(exc.code, "", exc.fields) from exc

    def job(self, name: str) -> dict[str, Any]:
        """A job the hall has given out."""
        self.jobs.add(Job(id=name, printer=PRINTER, at=SystemClock().now()))
        return {"job": name}

    def over(self, name: str) -> None:
        """The job's time is over."""
        job = self.jobs.of(name)
        assert job is not None
        job.state = JobState.FAILED

    async def said(self, reason: str | None, paper: str | None = None) -> dict[str, Any]:
        """Wait until the driver has said so; None: that nothing is wrong."""

        def is_said() -> bool:
            if not self.states:
                return False
            detail = self.states[-1][1]
            return detail.get("reason") == reason and (paper is None or detail.get("paper") == paper)

        async with self._told:
            await self._told.wait_for(is_said)
        return self.states[-1][1]

    async def _tell(self) -> None:
        async with self._told:
            self._told.notify_all()


class Standing:
    """A driver that runs on a printer."""

    def __init__(self, printer: SimulatedPrinter, hall: PrinterHall, **options: Any) -> None:
        given = msgspec.convert({"poll": 0.05, **options}, Options)
        address = f"tcp://127.0.0.1:{printer.port}"
        self.driver: PrinterDriver = made(address, given, Surroundings(clock=SystemClock()))
        self._hall = hall
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> PrinterDriver:
        self._task = asyncio.create_task(self.driver.run(self._hall))
        await self._hall.said(None)
        return self.driver

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
