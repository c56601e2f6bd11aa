"""What ``run.py verify-document`` says, in words and by its status; and that every text stands in both languages."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

import run
from cases.documents import authority
from cases.documents.checking import checked
from cases.documents.content import content
from cases.documents.installing import LOCALES, means_of
from cases.documents.means import Means
from cases.documents.pdf import pdf
from cases.documents.signing import loaded, sign
from hall_server.errors import Invalid
from hall_server.settings import load
from tests.fakes import document_cases as d


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A data folder with a document of its own beside it, and one that was changed."""
    now = datetime.now(UTC)
    files = authority.Files(tmp_path / "data" / "keys")
    authority.ensure(files, d.HALL.name, now=now)
    document = content(d.told(d.accepted()))
    signed = sign(
        pdf(document), document, loaded(Means(certificate=str(files.certificate), key=str(files.key))), at=now
    )
    (tmp_path / "whole.pdf").write_bytes(signed)
    changed = bytearray(signed)
    changed[len(pdf(document)) // 2] ^= 1
    (tmp_path / "changed.pdf").write_bytes(changed)
    (tmp_path / "plain.pdf").write_bytes(pdf(document))
    return tmp_path


def test_the_verb_says_who_signed_and_whether_it_is_whole(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def say(name: str, *more: str) -> tuple[int, str]:
        status = run.main(["verify-document", str(place / name), *more])
        return status, capsys.readouterr().out

    status, text = say("whole.pdf", "--data", str(place / "data"))
    assert status == 0
    for said in ("whole", d.HALL.name, "certificate trusted", "TEST"):
        assert said in text
    status, text = say("changed.pdf", "--data", str(place / "data"))
    assert (status, "CHANGED" in text) == (1, True)
    status, text = say("plain.pdf", "--data", str(place / "data"))
    assert (status, "not signed" in text) == (1, True)
    status, text = say("whole.pdf", "--data", str(place / "nowhere"))
    assert (status, "no authority was named" in text) == (1, True)
    own = str(place / "data" / "keys" / "documents-authority.pem")
    assert say("whole.pdf", "--data", str(place / "nowhere"), "--authority", own)[0] == 0
    assert say("missing.pdf")[0] == 2


def test_a_file_that_cannot_be_read_is_refused_by_its_name_alone(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        checked(tmp_path / "gone.pdf", [], tmp_path, now=datetime.now(UTC))
    assert refused.value.fields == {"file": "gone.pdf"}


def test_settings_name_the_certificate_that_was_bought(tmp_path: Path) -> None:
    word = tmp_path / "word"
    word.write_text("secret\n")
    assert means_of(load(None)) is None
    bundle = load(None, document_certificate="seal.p12", document_passphrase_file=str(word))
    assert means_of(bundle) == Means(pkcs12="seal.p12", passphrase="secret")
    pair = load(None, document_certificate="seal.pem", document_key="seal.key")
    assert means_of(pair) == Means(certificate="seal.pem", key="seal.key")
    for wrong in (
        load(None, document_certificate="seal.pem"),
        load(None, document_certificate="seal.p12", document_passphrase_file=str(tmp_path / "gone")),
    ):
        with pytest.raises(Invalid, match=r"settings\.invalid"):
            means_of(wrong)


@pytest.mark.parametrize("name", ["documents", "errors-case-documents"])
def test_every_text_stands_in_both_languages_with_the_same_names_in_it(name: str) -> None:
    chinese, english = (json.loads((LOCALES / f"{name}.{one}.json").read_text()) for one in ("zh-CN", "en"))
    assert chinese.keys() == english.keys()
    assert all(chinese.values())
    assert all(english.values())
