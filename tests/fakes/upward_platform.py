"""The simulated platform as a process of its own, as an operator starts it."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

TOKEN = "the-hall's-secret"


class PlatformProcess:
    """`run.py simulate-platform` on a free port."""

    def __init__(self, checkout: Path, data: Path) -> None:
        command = [sys.executable, str(checkout / "run.py"), "simulate-platform", "--data", str(data), "--port", "0"]
        self._process = subprocess.Popen([*command, "--token", TOKEN], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url = f"http://127.0.0.1:{self._process.stdout.readline().split('http=')[1].strip()}"

    def trouble(self, **how: Any) -> None:
        self._ask("trouble", json.dumps(how).encode())

    def ledger(self) -> Any:
        return self._ask("ledger", None)

    def stop(self) -> int:
        self._process.terminate()
        status = self._process.wait(20)
        if self._process.stdout is not None:
            self._process.stdout.close()
        return status

    def _ask(self, path: str, body: bytes | None) -> Any:
        request = urllib.request.Request(f"{self.url}/{path}", body, {"Authorization": f"Bearer {TOKEN}"})  # noqa: S310  # ours
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310  # as above
            return json.load(answer)
