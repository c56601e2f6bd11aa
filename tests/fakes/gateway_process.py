"""`run.py gateway` as a process of its own, and the configuration it reads."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]
STOPS_WITHIN_S = 45.0


def written(folder: Path, *, mqtt_port: int, http_port: int, devices: list[dict[str, Any]]) -> Path:
    """gateway.toml of a demonstration hall on this machine."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        "[hall]",
        'id = "demo"',
        f'mqtt = "mqtt://127.0.0.1:{mqtt_port}"',
        f'web = "http://127.0.0.1:{http_port}"',
    ]
    for device in devices:
        lines += ["[[devices]]", *(f"{name} = {json.dumps(value)}" for name, value in device.items())]
    path = folder / "gateway.toml"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


class GatewayProcess:
    """One agent; may be started again after it has ended."""

    def __init__(self, config: Path) -> None:
        self._config = config
        self._log = config.with_name("gateway.log")
        self._process: asyncio.subprocess.Process | None = None

    @property
    def log(self) -> str:
        """What it has written to standard error since its first start."""
        return self._log.read_text("utf-8") if self._log.exists() else ""

    async def start(self, *more: str) -> Self:
        """Start it; ``more`` are further arguments such as ``--pair``."""
        with self._log.open("a", encoding="utf-8") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-W", "ignore", str(ROOT / "run.py"), "gateway"),
                *("--config", str(self._config), *more),
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        return self

    async def line(self) -> str:
        """The next line it says."""
        assert self._process is not None
        assert self._process.stdout is not None
        return (await self._process.stdout.readline()).decode().rstrip("\n")

    async def ended(self) -> int:
        """Wait until it ends by itself; its exit status."""
        assert self._process is not None
        async with asyncio.timeout(STOPS_WITHIN_S):
            return await self._process.wait()

    async def stop(self) -> int:
        """End it with SIGTERM; its exit status."""
        assert self._process is not None
        self._process.terminate()
        return await self.ended()

    async def kill(self) -> None:
        """End it with SIGKILL, as a power cut does."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()
