"""The phone's service worker, filled in with the version and the names of the files it keeps."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from cases.desk.web import PAGES as DESK
from cases.guidance.web import PAGES as GUIDANCE
from hall_queue.web import PAGES as QUEUE
from hall_server.web.locales import Locales
from hall_server.web.pages import HERE

LANGUAGES = ("zh-CN", "en")
SUFFIXES = frozenset({".js", ".css", ".svg"})
_STATIC = HERE / "static"
_OF_OTHERS = (
    ("/pages/cases_desk/", DESK, ("accept-form.js",)),
    ("/pages/cases_guidance/", GUIDANCE, ("guide-icons.js",)),
    ("/pages/hall_queue/", QUEUE, ("id-number.js", "kiosk-qr.js")),
)
"""Modules of neighbours that the page loads: forms of a JSON Schema, pictures of themes, ID numbers, QR codes."""
_OF_MACHINES = frozenset({"device.js", "device-test.js", "device-test.css", "sound.js"})
"""What only the hall's own machines and desks load."""


def worker(pages: Path, locales: Locales) -> bytes:
    """The worker's script; another version of any file or text makes another script, which browsers notice.

    Args:
        pages: the folder of the phone's page and of the worker.
        locales: the texts of all rooms.
    """
    files = dict(_files(pages, locales))
    digest = hashlib.sha256((pages / "phone.html").read_bytes())
    for name, content in sorted(files.items()):
        digest.update(hashlib.sha256(name.encode() + b"\0" + content).digest())
    script = (pages / "phone-worker.js").read_text("utf-8")
    filled = script.replace('const VERSION = "0";', f'const VERSION = "{digest.hexdigest()[:16]}";', 1)
    return filled.replace(
        "const FILES = [];", f"const FILES = {msgspec.json.encode(sorted(files)).decode()};", 1
    ).encode()


def _files(pages: Path, locales: Locales) -> Iterator[tuple[str, bytes]]:
    """The address of every file that the page may load, and its content."""
    for prefix, folder in (
        ("/static/", _STATIC),
        ("/static/visitor/", _STATIC / "visitor"),
        ("/pages/cases_phone/", pages),
    ):
        for path in sorted(folder.glob("*")):
            if path.suffix in SUFFIXES and path.name not in _OF_MACHINES and path.name != "phone-worker.js":
                yield prefix + path.name, path.read_bytes()
    for prefix, folder, names in _OF_OTHERS:
        for name in names:
            yield prefix + name, (folder / name).read_bytes()
    for language in LANGUAGES:
        yield f"/api/v1/locales/{language}", msgspec.json.encode(locales.all(language), order="sorted")
