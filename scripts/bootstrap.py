"""Make or refresh the checkout's own environment (.venv) from the lock file; with nothing to do it asks nobody.

Runs on any Python 3.11+ with the standard library only, and inside or outside another environment::

    python3 scripts/bootstrap.py          # what the hall needs
    python3 scripts/bootstrap.py --dev    # and what the tests, checks and benchmarks need
"""

import argparse
import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
HALL_LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"


class BootstrapError(Exception):
    """What stops the set-up, said so that the reader can mend it."""


def main(arguments: list[str] | None = None) -> int:
    """Bring the environment up to date.

    Returns:
        The exit code: 0 when the environment matches the lock.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--dev", action="store_true", help="also what the tests, checks and benchmarks need")
    parser.add_argument("--venv", type=Path, default=ROOT / ".venv", help="the environment (default: .venv)")
    options = parser.parse_args(arguments)
    try:
        with one_at_a_time():
            refresh(options.venv, is_dev=options.dev)
    except BootstrapError as error:
        print(f"bootstrap: {error}", file=sys.stderr)
        return 1
    return 0


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Wait for another bootstrap of this checkout: `make run` and `make test` may be started together."""
    try:
        import fcntl
    except ImportError:  # Windows has no such lock, and no make
        yield
        return
    with HALL_LOCK.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def refresh(venv: Path, *, is_dev: bool) -> None:
    """Install the lock into the environment unless its stamp says that this was done.

    Raises:
        BootstrapError: Python is too old, or the environment or an installation failed.
    """
    if sys.version_info < OLDEST_PYTHON:
        raise BootstrapError(
            f"Python {'.'.join(map(str, OLDEST_PYTHON))} or newer is needed; this is {sys.version.split()[0]} "
            f"({sys.executable}). Name another one: make PYTHON=python3.11 …"
        )
    python = python_of(venv)
    if version_of(python) < OLDEST_PYTHON:
        make_environment(venv)
    lock, stamp = (DEV_LOCK, venv / ".stamp-dev") if is_dev else (HALL_LOCK, venv / ".stamp-hall")
    wanted = fingerprint(lock, version_of(python))
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    print(f"bootstrap: installing {lock.name} into {venv.name} …", file=sys.stderr, flush=True)
    install(lock, venv)
    stamp.write_text(wanted)
    if is_dev:  # the development lock holds everything that the hall's holds, at the same versions
        (venv / ".stamp-hall").write_text(fingerprint(HALL_LOCK, version_of(python)))


def python_of(venv: Path) -> Path:
    """The environment's interpreter, there or not."""
    return venv / "Scripts" / "python.exe" if os.name == "nt" else venv / "bin" / "python"


def version_of(python: Path) -> tuple[int, ...]:
    """The interpreter's version; (0,) if it is not there or does not start, as after an upgrade of the system."""
    if not python.exists():
        return (0,)
    asked = subprocess.run(
        [python, "-c", "import sys; print(*sys.version_info[:2])"],
        capture_output=True, text=True, check=False, env=clean_environment(),
    )  # fmt: skip
    return tuple(map(int, asked.stdout.split())) if asked.returncode == 0 else (0,)


def make_environment(venv: Path) -> None:
    """Make the environment anew; on a Debian without python3-venv, without a pip of its own."""
    print(f"bootstrap: making {venv.name} with {sys.executable} …", file=sys.stderr, flush=True)
    if venv.exists():
        shutil.rmtree(venv)
    command = [sys.executable, "-m", "venv", str(venv)]
    with_pip = subprocess.run(command, capture_output=True, text=True, check=False, env=clean_environment())
    if with_pip.returncode == 0:
        return
    if venv.exists():
        shutil.rmtree(venv)
    without = subprocess.run([*command, "--without-pip"], check=False, env=clean_environment())
    if without.returncode != 0:
        raise BootstrapError(f"`{' '.join(command)}` failed:\n{with_pip.stdout}{with_pip.stderr}")


def install(lock: Path, venv: Path) -> None:
    """Install exactly the locked files; pip compares each with its hash."""
    command = [*pip_for(venv), "install", "--quiet", "--require-hashes", "--requirement", str(lock)]
    command += ["--disable-pip-version-check", "--no-input"]
    if subprocess.run(command, check=False, env=clean_environment()).returncode != 0:
        raise BootstrapError(f"`{' '.join(command)}` failed; the reason stands above.")


def pip_for(venv: Path) -> list[str]:
    """The environment's own pip, or the system's, pointed at the environment."""
    python = python_of(venv)
    for candidate in ([str(python), "-m", "pip"], [sys.executable, "-m", "pip", "--python", str(python)]):
        if subprocess.run([*candidate, "--version"], capture_output=True, check=False).returncode == 0:
            return candidate
    raise BootstrapError("no pip. On Debian: apt-get install python3-venv, then delete .venv and try again.")


def fingerprint(lock: Path, python_version: tuple[int, ...]) -> str:
    """What the stamp holds: a change of the lock or of Python's version asks for an installation."""
    return f"{'.'.join(map(str, python_version))} {hashlib.sha256(lock.read_bytes()).hexdigest()}\n"


def clean_environment() -> dict[str, str]:
    """The process environment without what another Python environment has put there."""
    return {k: v for k, v in os.environ.items() if k not in {"PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV"}}


if __name__ == "__main__":
    sys.exit(main())
