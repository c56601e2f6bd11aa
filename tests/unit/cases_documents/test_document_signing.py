"""Signatures: whole, changed by one byte, added to, by a stranger, over; and the certificates behind them."""

from __future__ import annotations

import io
import logging
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, load_pem_private_key, pkcs12
from reportlab.pdfgen.canvas import Canvas

from cases.documents import authority
from cases.documents.content import content
from cases.documents.means import Means, check
from cases.documents.pdf import pdf
from cases.documents.signing import loaded, sign, verify
from hall_server.errors import Invalid, Unavailable
from tests.fakes import document_cases as d

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
DOCUMENT = content(d.told(d.accepted()))


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """What cannot be trusted is logged with a trace by the library."""
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    yield
    logging.getLogger("pyhanko").setLevel(logging.NOTSET)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> authority.Files:
    found = authority.Files(tmp_path_factory.mktemp("place") / "keys")
    authority.ensure(found, d.HALL.name, now=NOW)
    return found


@pytest.fixture(scope="module")
def signed(files: authority.Files) -> bytes:
    return sign(pdf(DOCUMENT), DOCUMENT, loaded(means(files)), at=NOW)


def means(files: authority.Files) -> Means:
    return Means(certificate=str(files.certificate), key=str(files.key))


def test_a_whole_document_says_who_signed_and_when(files: authority.Files, signed: bytes) -> None:
    found = verify(signed, [files.authority.read_bytes()], now=NOW + timedelta(days=1))
    assert found.is_sound
    assert found.is_test
    assert found.at == NOW
    assert d.HALL.name in found.signer
    assert not found.is_expired


@pytest.mark.parametrize("place", [0.02, 0.2, 0.5, 0.8])
def test_one_flipped_bit_is_found(files: authority.Files, signed: bytes, place: float) -> None:
    """Its control is the test before it: the same bytes unchanged are whole."""
    broken = bytearray(signed)
    broken[int(len(pdf(DOCUMENT)) * place)] ^= 1
    try:
        found = verify(bytes(broken), [files.authority.read_bytes()], now=NOW)
    except Invalid:  # so broken that it is no PDF
        return
    assert not found.is_whole
    assert not found.is_sound


def test_what_is_added_behind_is_found(files: authority.Files, signed: bytes) -> None:
    import io

    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # the attacker's tool

    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    writer.root["/Lang"] = writer.root["/PageMode"] if "/PageMode" in writer.root else writer.root["/Type"]
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    assert not verify(out.getvalue(), [files.authority.read_bytes()], now=NOW).is_whole
    assert not verify(signed + b"\n%more\n", [files.authority.read_bytes()], now=NOW).is_whole


def test_a_document_without_a_signature_and_one_that_is_none(files: authority.Files) -> None:
    assert not verify(pdf(DOCUMENT), [files.authority.read_bytes()], now=NOW).is_signed
    with pytest.raises(Invalid, match=r"case_document\.unreadable"):
        verify(b"no document", [], now=NOW)


def test_a_strangers_broken_file_is_unreadable_and_no_fault() -> None:
    out = io.BytesIO()
    drawn = Canvas(out)
    drawn.acroForm.textfield(name="a")
    drawn.showPage()
    drawn.save()
    with pytest.raises(Invalid, match=r"case_document\.unreadable"):
        verify(out.getvalue().replace(b"/Fields [", b"/Fields ."), [], now=NOW)


def test_a_strangers_name_is_not_logged(tmp_path: Path, signed: bytes, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("pyhanko").setLevel(logging.NOTSET)
    verify(signed, [], now=NOW)
    assert caplog.records == []


def test_a_strangers_signature_is_whole_and_not_trusted(tmp_path: Path, signed: bytes) -> None:
    other = authority.Files(tmp_path / "keys")
    authority.ensure(other, d.HALL.name, now=NOW)
    found = verify(signed, [other.authority.read_bytes()], now=NOW)
    assert found.is_whole
    assert not found.is_trusted
    assert not verify(signed, [], now=NOW).is_trusted


def test_a_document_stays_good_when_its_certificate_is_over_and_says_so(files: authority.Files, signed: bytes) -> None:
    found = verify(signed, [files.authority.read_bytes()], now=NOW + timedelta(days=2_000))
    assert found.is_sound
    assert found.is_expired


def test_what_was_signed_after_the_end_of_the_certificate_is_not_trusted(files: authority.Files) -> None:
    after = NOW + timedelta(days=2_000)
    late = sign(pdf(DOCUMENT), DOCUMENT, loaded(means(files)), at=after)
    found = verify(late, [files.authority.read_bytes()], now=after)
    assert found.is_whole
    assert not found.is_trusted


def test_a_certificate_that_is_over_or_not_begun_signs_nothing(files: authority.Files) -> None:
    assert check(means(files), now=NOW)
    for now in (NOW + timedelta(days=1_200), NOW - timedelta(days=1)):
        with pytest.raises(Unavailable, match=r"case_document\.certificate"):
            check(means(files), now=now)
    with pytest.raises(Unavailable, match=r"case_document\.certificate"):
        check(Means(certificate="/nowhere.pem", key="/nowhere.key"), now=NOW)


def test_a_test_certificate_is_renewed_in_time_and_old_documents_stay_good(tmp_path: Path) -> None:
    files = authority.Files(tmp_path / "keys")
    authority.ensure(files, d.HALL.name, now=NOW)
    first = files.certificate.read_bytes()
    old = sign(pdf(DOCUMENT), DOCUMENT, loaded(means(files)), at=NOW)
    authority.ensure(files, d.HALL.name, now=NOW + timedelta(days=900))
    assert files.certificate.read_bytes() == first
    later = NOW + timedelta(days=1_080)
    authority.ensure(files, d.HALL.name, now=later)
    assert files.certificate.read_bytes() != first
    root = files.authority.read_bytes()
    assert verify(old, [root], now=later).is_sound
    fresh = sign(pdf(DOCUMENT), DOCUMENT, loaded(means(files)), at=later)
    assert verify(fresh, [root], now=later).is_sound


def test_processes_that_share_a_folder_make_one_authority_that_fits_its_certificate(tmp_path: Path) -> None:
    files = authority.Files(tmp_path / "keys")
    with ThreadPoolExecutor(4) as several:
        list(several.map(lambda _: authority.ensure(files, d.HALL.name, now=NOW), range(4)))
    document = sign(pdf(DOCUMENT), DOCUMENT, loaded(means(files)), at=NOW)
    assert verify(document, [files.authority.read_bytes()], now=NOW).is_sound
    assert sorted(path.name for path in files.folder.iterdir()) == sorted(
        path.name for path in (files.authority, files.authority_key, files.certificate, files.key)
    )


def test_a_lock_that_a_killed_process_left_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = authority.Files(tmp_path / "keys")
    files.folder.mkdir()
    (files.folder / "documents.lock").touch()
    monkeypatch.setattr(authority, "LOCKED_S", 0.0)
    authority.ensure(files, d.HALL.name, now=NOW)
    assert files.certificate.exists()


def test_keys_are_for_nobody_else_to_read(files: authority.Files) -> None:
    for path in (files.key, files.authority_key):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_bought_certificate_in_a_pkcs12_file_signs_too(files: authority.Files, tmp_path: Path) -> None:
    key = load_pem_private_key(files.key.read_bytes(), None)
    certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    bundle = pkcs12.serialize_key_and_certificates(b"hall", key, certificate, None, BestAvailableEncryption(b"word"))  # type: ignore[arg-type]  # an RSA key
    path = tmp_path / "seal.p12"
    path.write_bytes(bundle)
    bought = Means(pkcs12=str(path), passphrase="word")
    check(bought, now=NOW)
    document = sign(pdf(DOCUMENT), DOCUMENT, loaded(bought), at=NOW)
    assert verify(document, [files.authority.read_bytes()], now=NOW).is_sound
    with pytest.raises(Unavailable, match=r"case_document\.certificate"):
        check(Means(pkcs12=str(path), passphrase="wrong"), now=NOW)
