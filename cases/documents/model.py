"""A document of a case as it will be printed: plain records, made by `content`, drawn by `pdf`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec

from cases.flow import PaperKind

Word = Callable[..., str]
"""The text of a key with its parameters: ``word("receipt.title", sort=…)``."""


class Institution(msgspec.Struct, frozen=True, kw_only=True):
    """Who issues: a hall, the city centre, or a department."""

    name: str
    name_en: str = ""

    def named(self, language: str) -> str:
        """Its name in a language; the Chinese one where there is no other."""
        return (self.name_en or self.name) if language == "en" else self.name


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """How the applicant asks how far it is.

    Attributes:
        url: of the progress page, with number and code; empty: no address is known.
        code: empty: the place that makes the document does not know it.
        verify_url, verify_code: of the page on which anybody checks the document; empty: there is none.
    """

    url: str = ""
    number: str
    code: str = ""
    verify_url: str = ""
    verify_code: str = ""


class Said(msgspec.Struct, frozen=True, kw_only=True, tag="said"):
    """A paragraph of the body, first line indented."""

    text: str


class Head(msgspec.Struct, frozen=True, kw_only=True, tag="head"):
    """A heading inside the body."""

    text: str


class Facts(msgspec.Struct, frozen=True, kw_only=True, tag="facts"):
    """Pairs of label and value."""

    rows: tuple[tuple[str, str], ...]


class Grid(msgspec.Struct, frozen=True, kw_only=True, tag="grid"):
    """A table.

    Attributes:
        widths: of the columns, as parts of the whole.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]


class Lines(msgspec.Struct, frozen=True, kw_only=True, tag="lines"):
    """Lines to be signed by hand, two beside each other."""

    labels: tuple[str, ...]


Block = Said | Head | Facts | Grid | Lines


class Seal(msgspec.Struct, frozen=True, kw_only=True):
    """The words of the round seal.

    Attributes:
        around: the institution. below: what the seal is for. mark: 测试 TEST, where the certificate is one.
    """

    around: str
    below: str
    mark: str = ""


class DocumentContent(msgspec.Struct, frozen=True, kw_only=True):
    """All that stands on a document.

    Attributes:
        place: the hall's or the city's name, at the head. issuer: who signs.
        addressee: to whom, with the salutation; empty: to nobody.
        copies: marks of the copies it is made in; empty: one, without a mark.
        seal: None: a courtesy sheet, which is neither sealed nor signed.
        query_words: lines beside the code. foot: what stands at the foot of each page.
        page: "第 {page} 页 共 {pages} 页" with both still open. subject: for the file's metadata, without names.
    """

    kind: PaperKind
    language: str
    title: str
    number: str
    number_label: str
    place: str
    issuer: str
    date: str
    addressee: str = ""
    blocks: tuple[Block, ...]
    ending: str = ""
    contact: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    seal: Seal | None = None
    query: Query | None = None
    query_words: tuple[str, ...] = ()
    banner: str = ""
    foot: str = ""
    page: str = "{page} / {pages}"
    subject: str = ""


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What the check of a document found.

    Attributes:
        is_signed: there is a signature. is_whole: nothing was changed after it.
        is_trusted: the certificate comes from an authority that was given, and held when it says it was signed.
        signer: who the certificate names. at: when it says it was signed. until: the certificate's end.
    """

    is_signed: bool = False
    is_whole: bool = False
    is_trusted: bool = False
    is_test: bool = False
    is_expired: bool = False
    signer: str = ""
    issuer: str = ""
    at: datetime | None = None
    until: datetime | None = None

    @property
    def is_sound(self) -> bool:
        """Whether all of it holds."""
        return self.is_signed and self.is_whole and self.is_trusted
