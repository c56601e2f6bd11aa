"""What the documentation tests read: the tracked files and pyproject.toml."""

import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def tracked() -> list[Path]:
    """Every file under version control, as absolute paths; files that are deleted but not committed are left out."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


@pytest.fixture(scope="session")
def pyproject() -> dict[str, Any]:
    """The parsed pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.fixture(scope="session")
def rooms() -> dict[str, Path]:
    """Every room of the product by its package name: a folder with code at the top or in queue/."""
    not_rooms = {"tests", "bench", "scripts", "docs", "config", "build", "var"}
    folders = [*ROOT.iterdir(), *(ROOT / "queue").iterdir()]
    return {
        folder.name: folder
        for folder in folders
        if folder.is_dir() and folder.name not in not_rooms and (folder / "__init__.py").is_file()
    }


@pytest.fixture(scope="session")
def product_files(rooms: dict[str, Path]) -> list[Path]:
    """Every Python file of the product."""
    return [ROOT / "run.py", *(path for folder in rooms.values() for path in sorted(folder.rglob("*.py")))]
