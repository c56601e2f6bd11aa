"""The file with the credentials: private, whole after every change, and refused when others may read it."""

from pathlib import Path

import pytest

from devices.gateway.credentials import CredentialFile, Kept, Pairing
from hall_server.errors import Invalid


def test_what_is_kept_is_there_again_and_private(tmp_path: Path) -> None:
    path = tmp_path / "credentials.json"
    first = CredentialFile(path)
    first.begun("p1", Pairing(id="x", code="ABC123", secret="s"))
    first.paired("p1", "printer-z1", "secret-1")
    first.renewed("p1", "secret-2")
    again = CredentialFile(path)
    assert again.of("p1") == Kept(device="printer-z1", credential="secret-2", previous="secret-1")
    assert again.pairing("p1") is None
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["credentials.json"]


def test_the_old_credential_goes_once_the_new_one_was_used(tmp_path: Path) -> None:
    kept = CredentialFile(tmp_path / "credentials.json")
    kept.paired("p1", "p1", "one")
    kept.renewed("p1", "two")
    kept.renewed("p1", "two")
    kept.proven("p1", "one")
    assert kept.of("p1") == Kept(device="p1", credential="two", previous="one")
    kept.proven("p1", "two")
    assert kept.of("p1") == Kept(device="p1", credential="two")


def test_a_pairing_that_has_begun_is_remembered(tmp_path: Path) -> None:
    pairing = Pairing(id="x", code="ABC123", secret="s")
    CredentialFile(tmp_path / "credentials.json").begun("p1", pairing)
    assert CredentialFile(tmp_path / "credentials.json").pairing("p1") == pairing


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "credentials.json"
    CredentialFile(path).paired("p1", "p1", "one")
    path.chmod(mode)
    with pytest.raises(Invalid, match=r"gateway\.credentials"):
        CredentialFile(path)


def test_a_broken_file_is_told_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "credentials.json"
    path.write_text("{")
    path.chmod(0o600)
    with pytest.raises(Invalid, match=r"gateway\.credentials"):
        CredentialFile(path)
    assert path.read_text() == "{"
