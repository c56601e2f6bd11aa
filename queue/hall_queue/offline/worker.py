"""The kiosk's service worker, filled in with the version and the names of the files it keeps."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from hall_server.web.locales import Locales
from hall_server.web.pages import HERE

SUFFIXES = frozenset({".js", ".css", ".svg", ".html"})
LANGUAGES = ("zh-CN", "en")
_STATIC = HERE / "static"


def worker(pages: Path, locales: Locales) -> bytes:
    """The worker's script; another version of any file or text makes another script, which browsers notice.

    Args:
        pages: the folder of the kiosk's page and of the worker.
        locales: the texts of all rooms.
    """
    files = dict(_files(pages, locales))
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(hashlib.sha256(name.encode() + b"\0" + content).digest())
    kept = sorted(name for name in files if not name.endswith(".html"))
    script = (pages / "kiosk-worker.js").read_text("utf-8")
    version = digest.hexdigest()[:16]
    filled = script.replace('const VERSION = "0";', f'const VERSION = "{version}";', 1)
    return filled.replace("const FILES = [];", f"const FILES = {msgspec.json.encode(kept).decode()};", 1).encode()


def _files(pages: Path, locales: Locales) -> Iterator[tuple[str, bytes]]:
    """The address of every file that a kiosk may load, and its content."""
    shared = (("/static/", _STATIC), ("/static/visitor/", _STATIC / "visitor"))
    for prefix, folder in (*shared, ("/pages/hall_queue/", pages)):
        for path in sorted(folder.iterdir()):
            if path.suffix in SUFFIXES and (folder != pages or _is_kiosks(path)):
                yield prefix + path.name, path.read_bytes()
    for language in LANGUAGES:
        yield f"/api/v1/locales/{language}", msgspec.json.encode(locales.all(language), order="sorted")


def _is_kiosks(path: Path) -> bool:
    """Whether it is no file of a page for staff or phones alone; one too many is kept for nothing, no more."""
    others = ("appointments", "book", "booked", "claim", "console", "phone", "rules", "why")
    return path.stem.split("-")[0] not in others
