"""What to simulate."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from devices.simulated.habits import Habits
from devices.simulated.troubles import Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What to simulate.

    Attributes:
        accounts: the demonstration's ``demo-accounts.json``.
        http_port, mqtt_port: of the hall on this machine; None: the usual ones.
        devices: how many devices; more than the hall has are let in; None: those it has.
        visitors_per_hour: on the average of the simulated day, where no file says who comes.
        visitors: a recorded day (CSV); mapping: which column says what, known by its names where None.
        scale: how many come for a row; None: one, or as many as fit where the file is another hall's.
        speed: how many times faster than real people are.
        duration_s: real seconds; None: until the day is over, or until it is told to stop.
        seed: for the same day again.
        troubles: what goes wrong. broker_restart: a command that restarts the broker once, ``broker_after_s`` real
            seconds after the begin.
        trainee: window at which nobody simulated sits, for a person to work at.
        keeps_rules: leave the hall's rules about time as they are, also where the simulation is fast.
    """

    accounts: Path
    http_port: int | None = None
    mqtt_port: int | None = None
    devices: int | None = None
    visitors_per_hour: float = 360.0
    visitors: Path | None = None
    mapping: Path | None = None
    scale: float | None = None
    speed: float = 1.0
    duration_s: float | None = None
    seed: int | None = None
    troubles: tuple[Trouble, ...] = ()
    broker_restart: str | None = None
    broker_after_s: float = 60.0
    trainee: str | None = None
    keeps_rules: bool = False
    habits: Habits = field(default_factory=Habits)
