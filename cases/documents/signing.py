"""The signature of a document (PAdES-B-B) and its check: who signed, when, and whether it is whole."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Iterable
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from cryptography import x509
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from cases.documents.means import Means, is_test
from cases.documents.model import DocumentContent, Verified
from hall_server.errors import Invalid, Unavailable

FIELD = "Seal"
DIGEST = "sha256"


def loaded(means: Means) -> signers.SimpleSigner:
    """The signer; blocks.

    Raises:
        Unavailable: ``case_document.certificate``: it cannot be read.
    """
    word = means.passphrase.encode() or None
    try:
        if means.pkcs12:
            found = signers.SimpleSigner.load_pkcs12(means.pkcs12, passphrase=word)  # type: ignore[no-untyped-call]  # half typed
        else:
            chain = list(load_certs_from_pemder_data(Path(means.certificate).read_bytes()))
            found = signers.SimpleSigner.load(  # type: ignore[no-untyped-call]  # as above
                means.key, means.certificate, key_passphrase=word, other_certs=chain[1:]
            )
    except (OSError, ValueError, SigningError) as exc:
        raise Unavailable("case_document.certificate", reason=type(exc).__name__) from exc
    if not isinstance(found, signers.SimpleSigner) or found.signing_cert is None:
        raise Unavailable("case_document.certificate", reason="unreadable")
    return found


def sign(pdf: bytes, content: DocumentContent, signer: signers.SimpleSigner, *, at: datetime) -> bytes:
    """The document with its metadata and its signature; blocks.

    It certifies: whatever is changed afterwards, also by adding to the file, breaks it.

    Args:
        at: the place's time, which the signature states.
    """
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    _describe(writer, content)
    about = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm=DIGEST,
        name=content.issuer,
        location=content.place,
        reason=f"{content.title} {content.number}",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    out = io.BytesIO()
    field = SigFieldSpec(sig_field_name=FIELD, on_page=0, box=None)
    _Clocked(about, signer=signer, new_field_spec=field, at=at).sign_pdf(writer, output=out)
    return out.getvalue()


class _Clocked(signers.PdfSigner):
    """States the time that it is given and not the machine's."""

    def __init__(self, *args: Any, at: datetime, **how: Any) -> None:
        super().__init__(*args, **how)
        self._at = at

    def init_signing_session(self, *args: Any, **how: Any) -> Any:
        """As pyHanko's."""
        session = super().init_signing_session(*args, **how)
        session.system_time = self._at
        return session


def verify(pdf: bytes, roots: Iterable[bytes], *, now: datetime) -> Verified:
    """Check a document against authorities (PEM); blocks.

    Raises:
        Invalid: ``case_document.unreadable``: it is no PDF.
        MemoryError: it needs more than there is, which says nothing of the file.
    """
    for name in ("pyhanko", "pyhanko_certvalidator"):  # they name the signer of a stranger's file in the log
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        signatures = PdfFileReader(io.BytesIO(pdf), strict=False).embedded_signatures
    except MemoryError:
        raise
    except Exception as exc:  # strangers send files, and the reader fails at broken ones in any way
        raise Invalid("case_document.unreadable", file="PDF") from exc
    if not signatures:
        return Verified()
    signature = signatures[-1]
    try:
        return asyncio.run(
            _verified(signature, [one for root in roots for one in load_certs_from_pemder_data(root)], now)
        )
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  # so much is broken, in whatever way, that nothing can be said of it
        return Verified(is_signed=True)


async def _verified(signature: Any, roots: list[Any], now: datetime) -> Verified:
    """``signature``: pyHanko's EmbeddedPdfSignature; ``roots``: asn1crypto's certificates."""
    certificate = _read(signature.signer_cert)
    at = signature.self_reported_timestamp
    moment = at if at is not None and at <= now else now
    context = ValidationContext(trust_roots=roots, allow_fetching=False, moment=moment, revocation_mode="soft-fail")
    status = await async_validate_pdf_signature(signature, context)
    return Verified(
        is_signed=True,
        is_whole=bool(status.intact and status.valid and status.docmdp_ok) and _covers_all(status),
        is_trusted=bool(status.trusted),
        is_test=is_test(certificate),
        is_expired=now > certificate.not_valid_after_utc,
        signer=_named(certificate.subject),
        issuer=_named(certificate.issuer),
        at=at,
        until=certificate.not_valid_after_utc,
    )


def _covers_all(status: Any) -> bool:
    """Whether nothing stands behind what was signed. ``status``: pyHanko's PdfSignatureStatus."""
    from pyhanko.sign.validation import SignatureCoverageLevel  # beside its only use

    return bool(status.coverage == SignatureCoverageLevel.ENTIRE_FILE)


def _describe(writer: IncrementalPdfFileWriter, content: DocumentContent) -> None:
    """The metadata that archives read (XMP): title, issuer, language; nobody's name."""
    packet = _XMP.format(
        title=escape(content.subject), issuer=escape(content.issuer), language=escape(content.language)
    )
    stream = generic.StreamObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Metadata"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/XML"),
        },
        stream_data=packet.encode(),
    )
    writer.root[generic.pdf_name("/Metadata")] = writer.add_object(stream)
    writer.update_root()  # type: ignore[no-untyped-call]  # as above


_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{issuer}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>OneDoor</xmp:CreatorTool>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def _read(certificate: Any) -> x509.Certificate:
    """``certificate``: asn1crypto's, which has no types."""
    return x509.load_der_x509_certificate(certificate.dump())


def _named(name: x509.Name) -> str:
    return ", ".join(str(one.value) for one in name)
