"""The lock files pin everything by hash, agree with each other and name no machine; the bootstrap trusts its stamp."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

LOCKS = ["requirements.lock", "requirements-dev.lock"]


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_a_hash(checkout: Path, name: str) -> None:
    entries = re.split(r"^(?=[a-z0-9])", (checkout / name).read_text(), flags=re.MULTILINE)[1:]
    assert len(entries) >= len(pins(checkout / name)) > 40
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_says_nothing_about_where_packages_come_from(checkout: Path, name: str) -> None:
    text = (checkout / name).read_text()
    assert re.findall(r"^\s*(?:-i|--(?:extra-)?index-url|-f|--find-links|.* @ ).*$", text, re.MULTILINE) == []
    assert "://" not in text


@pytest.mark.parametrize(("name", "groups"), [(LOCKS[0], []), (LOCKS[1], ["dev", "bench"])])
def test_the_lock_has_every_declared_dependency(
    checkout: Path, pyproject: dict[str, Any], name: str, groups: list[str]
) -> None:
    project = pyproject["project"]
    declared = [
        *project["dependencies"],
        *(entry for group in groups for entry in project["optional-dependencies"][group]),
    ]
    wanted = {re.split(r"[^A-Za-z0-9._-]", entry, maxsplit=1)[0].lower() for entry in declared}
    assert sorted(wanted - pins(checkout / name).keys()) == []


def test_the_development_lock_holds_the_halls_at_the_same_versions(checkout: Path) -> None:
    hall, dev = pins(checkout / LOCKS[0]), pins(checkout / LOCKS[1])
    assert {name: version for name, version in hall.items() if dev.get(name) != version} == {}


def test_a_fresh_stamp_means_that_nothing_is_installed(checkout: Path, tmp_path: Path) -> None:
    venv = environment_without_pip(tmp_path)
    first = bootstrap(checkout, venv, stamped=True)
    again = bootstrap(checkout, venv, stamped=False)
    assert (first.returncode, again.returncode) == (0, 0)
    assert (first.stderr, again.stderr) == ("", "")


def test_a_broken_environment_is_made_anew(checkout: Path, tmp_path: Path) -> None:
    venv = environment_without_pip(tmp_path)
    (venv / "bin" / "python").unlink()
    (venv / "bin" / "python").symlink_to(tmp_path / "gone")
    script = (
        "import sys, pathlib; sys.path.insert(0, 'scripts'); import bootstrap; "
        f"bootstrap.install = lambda lock, venv: None; bootstrap.refresh(pathlib.Path({str(venv)!r}), is_dev=False)"
    )
    made = subprocess.run([sys.executable, "-c", script], cwd=checkout, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    assert subprocess.run([venv / "bin" / "python", "-c", ""], check=False).returncode == 0


def environment_without_pip(folder: Path) -> Path:
    """An environment in which any attempt to install would fail."""
    venv = folder / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    return venv


def bootstrap(checkout: Path, venv: Path, *, stamped: bool) -> subprocess.CompletedProcess[str]:
    """Run the bootstrap on `venv`, after stamping it as installed if asked."""
    script = checkout / "scripts" / "bootstrap.py"
    if stamped:
        stamp = (
            "import sys, pathlib; sys.path.insert(0, 'scripts'); import bootstrap as b; "
            f"v = pathlib.Path({str(venv)!r}); "
            "(v / '.stamp-hall').write_text(b.fingerprint(b.HALL_LOCK, b.version_of(b.python_of(v))))"
        )
        subprocess.run([sys.executable, "-c", stamp], cwd=checkout, check=True)
    command = [sys.executable, str(script), "--venv", str(venv)]
    return subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)


def pins(lock: Path) -> dict[str, str]:
    """Name and version of every package that the lock pins."""
    return dict(re.findall(r"^([a-z0-9._-]+)==([^\s;\\]+)", lock.read_text(), re.MULTILINE))
