"""The city's SQL: a folder of schema steps per engine, and named blocks that both engines understand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import aiosql

SCHEMA = Path(__file__).parent


@cache
def blocks(name: str) -> Mapping[str, str]:
    """The named blocks of ``{name}.sql``; parameters are ``?``."""
    queries = aiosql.from_path(SCHEMA / f"{name}.sql", "sqlite3", mandatory_parameters=False)
    return MappingProxyType(
        {block: getattr(queries, block).sql for block in queries.available_queries if not block.endswith("_cursor")}
    )
