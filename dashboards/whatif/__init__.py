"""What if 假如: a recorded day played again with other staffing, by the hall's own rules, beside the live hall."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from dashboards.whatif import web
from dashboards.whatif.jobs import Jobs
from dashboards.whatif.work import Work
from hall_queue.rulebook import NAMES

if TYPE_CHECKING:
    from hall_server.server import Server


def install(server: Server) -> None:
    """Install what-ifs; nothing of them changes the hall."""

    def work(day: date) -> Work:
        settings = server.settings
        rules = {name: msgspec.to_builtins(getattr(settings, name)) for name in NAMES if hasattr(settings, name)}
        return Work(database=str(server.data / "hall.db"), day=day, timezone=settings.timezone, rules=rules)

    jobs = Jobs(work, server.settled, server.spawn, server.ids.new, lambda: server.business_day)
    server.rooms["what_if"] = jobs
    server.route(*web.routes(server, jobs))
    server.locales.add(Path(__file__).parent / "locales")
