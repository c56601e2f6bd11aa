"""The layout of the checkout is what docs/architecture.md says, and every tool knows every room."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

STANDARD_LIBRARY_QUEUE = """
import queue, sys
assert queue.SimpleQueue and not hasattr(queue, "hall_queue"), queue
print(queue.__file__)
"""


def test_queue_is_a_plain_folder(checkout: Path) -> None:
    assert (checkout / "queue").is_dir()
    assert not (checkout / "queue" / "__init__.py").exists()


@pytest.mark.parametrize("path", [".", ".:queue"])
def test_import_queue_in_the_checkout_gives_the_standard_librarys(checkout: Path, path: str) -> None:
    asked = subprocess.run(
        [sys.executable, "-c", STANDARD_LIBRARY_QUEUE],
        cwd=checkout, env={"PYTHONPATH": path}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert asked.returncode == 0, asked.stderr
    assert not Path(asked.stdout.strip()).is_relative_to(checkout / "queue")


def test_config_is_data_only(checkout: Path) -> None:
    assert (checkout / "config").is_dir()
    assert list((checkout / "config").rglob("*.py")) == []


def test_no_package_of_ours_hides_a_standard_module(rooms: dict[str, Path]) -> None:
    assert not rooms.keys() & sys.stdlib_module_names


def test_every_room_is_under_the_import_rules(rooms: dict[str, Path], pyproject: dict[str, Any]) -> None:
    linter = pyproject["tool"]["importlinter"]
    layers = next(contract for contract in linter["contracts"] if contract["id"] == "rooms")["layers"]
    named = {name.strip() for layer in layers for name in re.split(r"[|:]", layer)}
    assert set(linter["root_packages"]) == rooms.keys()
    assert rooms.keys() <= {name.strip("()") for name in named}
    assert {name for name in named if name.startswith("(")}.isdisjoint(f"({room})" for room in rooms)


def test_every_room_is_type_checked(rooms: dict[str, Path], pyproject: dict[str, Any], checkout: Path) -> None:
    checked = {checkout / name for name in pyproject["tool"]["mypy"]["files"]}
    assert checked >= {*rooms.values(), checkout / "run.py"}


def test_every_room_is_packaged(rooms: dict[str, Path], pyproject: dict[str, Any]) -> None:
    find = pyproject["tool"]["setuptools"]["packages"]["find"]
    assert find["where"] == [".", "queue"]
    assert {f"{room}*" for room in rooms} <= set(find["include"])


def test_hall_queue_lies_in_queue_and_nothing_else_does(rooms: dict[str, Path]) -> None:
    assert rooms["hall_queue"].parent.name == "queue"
    assert all(folder.parent.name != "queue" for name, folder in rooms.items() if name != "hall_queue")


def test_everything_the_product_imports_is_a_declared_dependency(
    product_files: list[Path], rooms: dict[str, Path], pyproject: dict[str, Any]
) -> None:
    declared = {distribution(entry) for entry in pyproject["project"]["dependencies"]}
    distributions = packages_distributions()
    own = rooms.keys() | sys.stdlib_module_names
    undeclared = [
        f"{path.name}:{line}: {module}"
        for path in product_files
        for module, line in imported(path)
        if module not in own and not {distribution(name) for name in distributions.get(module, [])} & declared
    ]
    assert undeclared == []


def test_every_dependency_says_what_it_is_for(checkout: Path) -> None:
    text = (checkout / "pyproject.toml").read_text()
    start, end = text.index("dependencies = ["), text.index("[tool.setuptools")
    entries = [line for line in text[start:end].splitlines() if line.startswith('    "')]
    assert len(entries) > 20
    assert [line for line in entries if "  # " not in line and '", # ' not in line] == []


def test_tests_have_unique_names_and_no_packages(checkout: Path) -> None:
    files = sorted((checkout / "tests").rglob("*.py"))
    names = [path.name for path in files if path.name.startswith("test_")]
    assert sorted({name for name in names if names.count(name) > 1}) == []
    assert [path for path in files if path.name == "__init__.py" and "fakes" not in path.parts] == []


def imported(path: Path) -> Iterator[tuple[str, int]]:
    """The top-level modules that a file imports, each with its line."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0], node.lineno


def distribution(requirement: str) -> str:
    """The normalised name in a requirement: `python-stdnum>=1.20` is `python-stdnum`."""
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower().replace("_", "-")
