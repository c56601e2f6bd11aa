"""`run.py` with the live feed's bounds off: nobody is ever too far behind and nobody is ever closed. Never for use."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "queue")]

import run  # noqa: E402  # after the path is set
from hall_server.web import app, subscribers  # noqa: E402

if __name__ == "__main__":
    subscribers.BACKLOG_BYTES = 1 << 60
    subscribers.STALL_S = float(1 << 30)
    app.PING_S = 1 << 20
    sys.exit(run.main())
