"""What a driver sees of the hall, and what the agent sees of a driver."""

from __future__ import annotations

from typing import Any, Protocol

from hall_server.mqtt.topics import Status


class HallSide(Protocol):
    """The hall as a driver sees it: one device's own connection, with its own credential."""

    device_id: str

    def say_state(self, status: Status, detail: dict[str, Any] | None = None) -> None:
        """Say how the device is; ``detail`` tells what is wrong with it, or how much paper it has."""

    def report(self, what: str, detail: dict[str, Any] | None = None) -> None:
        """Tell that something happened."""

    async def request(self, do: str, args: dict[str, Any] | None = None, *, timeout_s: float = 30.0) -> Any:
        """Ask the hall, again with the same id until it answers.

        Raises:
            RequestRefused: it said no.
            TimeoutError: it did not answer in time.
        """


class Driver(Protocol):
    """One piece of hardware. The agent starts it again when `run` fails; it keeps nothing that must survive."""

    async def run(self, hall: HallSide) -> None:
        """Serve the hardware until cancelled: open it, listen to it, say its state, open it again after a fault."""

    async def on_command(self, do: str, args: dict[str, Any]) -> dict[str, Any] | None:
        """Do what the hall says, once; what is returned goes into the report, an exception reports ``failed``."""

    def on_show(self, picture: Any) -> None:
        """Show the newest picture; must not wait."""
