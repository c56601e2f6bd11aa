"""The version of the pages: another one after every change of a file that screens load."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def page_version(folders: Iterable[Path]) -> str:
    """A digest of all files of the folders, by name and content."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.iterdir()):
            if path.is_file():
                digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
