"""The process in which documents are drawn and signed: work on standard input, a line for each."""

from __future__ import annotations

import gc
import logging
import os
import sys
from datetime import datetime

import msgspec
from pyhanko.sign.signers import SimpleSigner

from cases.documents.pdf import pdf
from cases.documents.signing import loaded, sign
from cases.documents.work import Made, Piece, Work

NICER = 5
"""Visitors are served meanwhile: the server's own process goes first."""


def main() -> int:
    """Make every document; one that fails does not keep the others."""
    logging.disable(logging.CRITICAL)  # what libraries could say of a document may name people
    work = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Work)
    if hasattr(os, "nice"):
        os.nice(NICER)
    gc.disable()  # the process ends when all are made
    signer = None
    for piece in work.pieces:
        try:
            if piece.content.seal is not None and signer is None:
                signer = loaded(work.means)
            said = Made(id=piece.id, pdf=_made(piece, signer, work.at))
        except Exception as exc:  # noqa: BLE001  # the top of a loop; its words may name people, its kind does not
            said = Made(id=piece.id, fault=getattr(exc, "code", type(exc).__name__))
        sys.stdout.buffer.write(msgspec.json.encode(said) + b"\n")
        sys.stdout.buffer.flush()
    return 0


def _made(piece: Piece, signer: SimpleSigner | None, at: datetime) -> bytes:
    drawn = pdf(piece.content)
    return sign(drawn, piece.content, signer, at=at) if signer is not None and piece.content.seal is not None else drawn


if __name__ == "__main__":
    sys.exit(main())
