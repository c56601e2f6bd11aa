"""Credentials follow from the key, the id and the generation, and from nothing else."""

import hashlib
import os
from base64 import b64decode
from pathlib import Path

import pytest

from hall_server.mqtt.credentials import SERVER_USER, Credentials, check, credential, server_credential
from hall_server.mqtt.mosquitto import Tls, write_configuration
from tests.fakes.mqtt_hall import KEY, Registry


def test_a_credential_is_of_one_device_and_one_generation() -> None:
    password = credential(KEY, "d1", 1)
    assert len(password) == 43
    assert check(KEY, "d1", 1, password)
    assert not check(KEY, "d1", 2, password)
    assert not check(KEY, "d2", 1, password)
    assert not check(b"x" * 32, "d1", 1, password)
    assert not check(KEY, "d1", 1, "\ud800门")


def test_no_device_can_be_the_server() -> None:
    credentials = Credentials(device_key=KEY, gate=Registry("d1", SERVER_USER))
    assert credentials.check("d1", credential(KEY, "d1", 1))
    assert not credentials.check(SERVER_USER, credential(KEY, SERVER_USER, 1))
    assert not credentials.check("d9", credential(KEY, "d9", 0))
    assert server_credential(KEY) != credential(KEY, SERVER_USER, 0)


def test_mosquittos_files_hold_hashes_only_and_are_the_owners_alone(tmp_path: Path) -> None:
    password = credential(KEY, "d1", 1)
    written = write_configuration(tmp_path / "m", hall="h1", port=1883, credentials=[("d1", password)])
    line = written.passwords.read_text().strip()
    user, _, rounds, salt, digest = line.replace(":$7", ":").replace(":", "$").split("$")[0:1] + line.split("$")[1:]
    assert user == "d1"
    assert b64decode(digest) == hashlib.pbkdf2_hmac("sha512", password.encode(), b64decode(salt), int(rounds))
    assert all(path.stat().st_mode & 0o077 == 0 for path in written)
    assert not any(password in path.read_text() for path in written)


def test_mosquitto_can_listen_with_tls(tmp_path: Path) -> None:
    tls = Tls(certificate=tmp_path / "c.pem", key=tmp_path / "k.pem")
    written = write_configuration(tmp_path / "m", hall="h1", port=8883, credentials=[], tls=tls)
    assert f"certfile {tmp_path / 'c.pem'}" in written.configuration.read_text()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
def test_the_user_that_mosquitto_becomes_can_read_its_files(tmp_path: Path) -> None:
    written = write_configuration(tmp_path / "m", hall="h1", port=1883, credentials=[], run_as="nobody")
    assert {path.owner() for path in (tmp_path / "m", *written)} == {"nobody"}


@pytest.mark.parametrize("user", ["a:b", "a\nb", "+", ""])
def test_a_name_that_would_break_mosquittos_files_is_refused(tmp_path: Path, user: str) -> None:
    with pytest.raises(ValueError, match="no id"):
        write_configuration(tmp_path / "m", hall="h1", port=1883, credentials=[(user, "x")])
