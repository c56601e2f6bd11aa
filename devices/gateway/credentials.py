"""The devices' credentials in one file of mode 600, the only thing the agent keeps."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from hall_server.errors import Invalid


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What one device signs in with.

    Attributes:
        device: its id in the hall's register.
        credential: the newest one.
        previous: the one before, until the newest was used: a renewal may break off between the two ends.
    """

    device: str
    credential: str
    previous: str | None = None


class Pairing(msgspec.Struct, frozen=True, kw_only=True):
    """A pairing under way: kept, so that an interrupted one goes on with the same code."""

    id: str
    code: str
    secret: str


class _File(msgspec.Struct, kw_only=True):
    devices: dict[str, Kept] = {}
    pairing: dict[str, Pairing] = {}


class CredentialFile:
    """The file; every change is on the disk when the call returns."""

    def __init__(self, path: Path) -> None:
        """Read it; one that does not exist is empty.

        Raises:
            Invalid: ``gateway.credentials``: it cannot be read, or others than its owner may read it.
        """
        self._path = path
        self._file = _File()
        try:
            if path.exists():
                self._check_mode()
                self._file = msgspec.json.decode(path.read_bytes(), type=_File)
        except (OSError, msgspec.DecodeError) as exc:
            raise Invalid("gateway.credentials", file=str(path), reason=str(exc)) from exc

    def of(self, name: str) -> Kept | None:
        """What a device of gateway.toml signs in with; None: it is not paired."""
        return self._file.devices.get(name)

    def pairing(self, name: str) -> Pairing | None:
        """The pairing under way of a device."""
        return self._file.pairing.get(name)

    def begun(self, name: str, pairing: Pairing | None) -> None:
        """Keep a pairing that has begun, or forget it."""
        self._file.pairing.pop(name, None)
        if pairing is not None:
            self._file.pairing[name] = pairing
        self._write()

    def paired(self, name: str, device: str, credential: str) -> None:
        """Keep the first credential of a device; its pairing is over."""
        self._file.pairing.pop(name, None)
        self._file.devices[name] = Kept(device=device, credential=credential)
        self._write()

    def renewed(self, name: str, credential: str) -> None:
        """Keep a new credential beside the one in use."""
        old = self._file.devices[name]
        if credential != old.credential:
            self._file.devices[name] = Kept(device=old.device, credential=credential, previous=old.credential)
            self._write()

    def proven(self, name: str, credential: str) -> None:
        """The hall has let the device in with this one: the other is not needed any more."""
        old = self._file.devices[name]
        if old.previous is not None and credential == old.credential:
            self._file.devices[name] = Kept(device=old.device, credential=credential)
            self._write()

    def _check_mode(self) -> None:
        mode = self._path.stat().st_mode & 0o777
        if os.name == "posix" and mode & 0o077:
            raise Invalid("gateway.credentials", file=str(self._path), reason=f"its mode is {mode:o}, not 600")

    def _write(self) -> None:
        new = self._path.with_name(self._path.name + ".new")
        new.unlink(missing_ok=True)
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(self._file)))
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)
        self._sync_folder()

    def _sync_folder(self) -> None:
        if os.name != "posix":
            return
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
