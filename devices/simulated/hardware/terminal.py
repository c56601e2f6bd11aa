"""A simulated attendance terminal that pushes over HTTP as ADMS terminals do (source: see the codec)."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlencode

from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse

from devices.gateway.protocols.adms import Punch, compose_punch


class SimulatedTerminal:
    """A terminal with a memory of punches.

    Attributes:
        log: all punches it ever had. sent: so many of them the server has taken.
        settings: what the server told it at the start. server_time: of the last answer; it sets its clock by it.
        done: the commands it has had. refuses: it answers commands with -1.
    """

    def __init__(self, base: str, serial: str, *, utc_offset_h: float = 8.0) -> None:
        """``base``: where it pushes to, such as ``http://127.0.0.1:8081``."""
        self.serial = serial
        self.log: list[Punch] = []
        self.sent = 0
        self.settings: dict[str, str] = {}
        self.server_time: str | None = None
        self.done: list[str] = []
        self.refuses = False
        self._base, self._offset_h = base, utc_offset_h
        self._http = AsyncHTTPClient(force_instance=True)

    def close(self) -> None:
        """Switch it off."""
        self._http.close()

    def punch(self, pin: str, at: datetime, *, status: int = 0, verify: int = 1) -> None:
        """Somebody is there."""
        self.log.append(Punch(pin=pin, at=at, status=status, verify=verify))

    async def start(self) -> bool:
        """Say hello; a terminal that was started forgets what it has sent, and asks where to go on."""
        query = {"SN": self.serial, "options": "all", "pushver": "2.4.1", "language": "83"}
        answer = await self._ask("GET", f"cdata?{urlencode(query)}")
        if answer is None:
            return False
        self.settings = dict(line.split("=", 1) for line in answer.splitlines() if "=" in line)
        if self.settings.get("ATTLOGStamp") in ("0", "None"):
            self.sent = 0
        return True

    async def upload(self) -> bool:
        """Push what was not taken yet; it comes again where no answer, or another one, comes."""
        waiting = self.log[self.sent :]
        body = "".join(f"{compose_punch(one, utc_offset_h=self._offset_h)}\n" for one in waiting)
        answer = await self._ask("POST", f"cdata?SN={self.serial}&table=ATTLOG&Stamp=9999", body.encode())
        if answer is None or not re.fullmatch(r"OK: ?\d+", answer):
            return False
        self.sent += len(waiting)
        return True

    async def push(self, table: str, body: bytes) -> str | None:
        """Push a table as it stands; the answer, None where it was none."""
        return await self._ask("POST", f"cdata?SN={self.serial}&table={table}&Stamp=9999", body)

    async def poll(self) -> str | None:
        """Ask for a command and do it."""
        answer = await self._ask("GET", f"getrequest?SN={self.serial}")
        command = re.fullmatch(r"C:(\w+):(.+)", answer or "")
        if command:
            self.done.append(command[2])
            result = urlencode({"ID": command[1], "Return": -1 if self.refuses else 0, "CMD": command[2]})
            await self._ask("POST", f"devicecmd?SN={self.serial}", f"{result}\n".encode())
        return answer

    async def _ask(self, method: str, path: str, body: bytes | None = None) -> str | None:
        request = HTTPRequest(f"{self._base}/iclock/{path}", method=method, body=body, request_timeout=20)
        try:
            answer: HTTPResponse = await self._http.fetch(request, raise_error=False)
        except OSError:
            return None
        self.server_time = answer.headers.get("Date")
        return answer.body.decode() if answer.code == 200 else None
