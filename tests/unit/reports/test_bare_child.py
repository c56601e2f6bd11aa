"""The child that writes reports begins without the rooms it lies in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec

from dashboards.figures.shown import Unit
from dashboards.reports.book import Book, Card, Column, Section, Table
from dashboards.reports.jobs import ROOMS
from dashboards.reports.work import Said, Work
from hall_server import bare

LOOK = "import sys; print(sorted({'tornado', 'plotly', 'aiosqlite', 'hall_queue'} & set(sys.modules)))"


def book() -> Book:
    table = Table(
        title="按日", columns=(Column(name="日期"), Column(name="取号数", unit=Unit.COUNT)), rows=(("一", 1.0),)
    )
    words = {name: name for name in ("page", "of", "contents", "terms", "against", "formula")}
    return Book(
        language="zh-CN",
        hall="大厅",
        title="日报",
        about="全大厅",
        span="2026-11-20",
        facts=(("时段", "2026-11-20"),),
        cards=(Card(name="取号数", value=1, unit=Unit.COUNT),),
        sections=(Section(title="按日", tables=(table,)),),
        terms=(),
        words=words,
    )


def started(module: str, work: bytes) -> list[bytes]:
    command = [sys.executable, "-m", bare.MODULE, module, *ROOMS]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.run(command, input=work, capture_output=True, check=True, env=env).stdout.splitlines()


def test_it_writes_every_format_without_the_hall_s_rooms(tmp_path: Path) -> None:
    for format_ in ("pdf", "xlsx", "csv"):
        path = tmp_path / f"report.{format_}.new"
        work = Work(book=book(), format=format_, path=str(path))
        last = msgspec.json.decode(started("dashboards.reports.child", msgspec.msgpack.encode(work))[-1], type=Said)
        assert (last.done, last.size) == (1.0, path.stat().st_size)


def test_nothing_of_the_server_is_imported() -> None:
    code = f"import runpy, sys; sys.argv = ['x']; sys.meta_path.insert(0, __import__('hall_server.bare').bare.BareRooms({ROOMS!r})); import dashboards.reports.child, dashboards.reports.paper, dashboards.reports.sheets, dashboards.reports.plain; {LOOK}"  # noqa: E501  # one line for -c
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=env, text=True).stdout
    assert found.strip() == "[]"
