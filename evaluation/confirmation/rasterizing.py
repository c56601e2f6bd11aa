"""The child process that turns an uploaded file into pictures of its pages: only pixels come out of it.

Run as a file (`python -I rasterizing.py`), so that it loads nothing of the server; it may be killed at any moment.

* In: the file, to the end of standard input.
* Out: one line of JSON, `{"pages": [{"bytes", "width", "height"}, …]}` or `{"refused": code}`; then the pictures, one
  after the other.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import warnings
from collections.abc import Iterator

from PIL import Image, ImageOps, UnidentifiedImageError

PAGES_MOST = 20
WIDTH, HEIGHT_MOST = 1240, 2480
"""Pixels: A4 at 150 dots per inch, which a 1080p screen shows readably over its whole width."""
PIXELS_MOST = 60_000_000
POINTS_LEAST, POINTS_MOST = 36, 14_400
"""Sides of a PDF's page, in 1/72 inch: half an inch, and what the format allows. Source: ISO 32000-1, annex C."""
SCALE_MOST = 4.0
MEMORY_BYTES, CPU_S = 2 * 1024**3, 30
QUALITY = 88
HOPELESS = 2
"""So many times larger after a quick try, PNG does not become the smaller one."""
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF")


class NotShowable(Exception):
    """The file cannot be shown; the argument says why."""


def pages(content: bytes) -> Iterator[Image.Image]:
    """The pages of a PDF, or of a picture.

    Raises:
        NotShowable: it is neither, broken, locked, or too large.
    """
    if content[:1024].lstrip().startswith(b"%PDF-"):
        yield from _pdf_pages(content)
    else:
        yield from _pictures(content)


def encoded(picture: Image.Image) -> bytes:
    """PNG or JPEG, whichever is smaller; nothing of the file but its pixels.

    A photograph is never smaller as PNG, which a quick try shows; the thorough one takes it more than a second.
    """
    plain = picture.convert("RGB")
    photograph = _as(plain, "JPEG", quality=QUALITY, subsampling=0)
    if len(_as(plain, "PNG", compress_level=1)) > len(photograph) * HOPELESS:
        return photograph
    return min((_as(plain, "PNG", optimize=True), photograph), key=len)


def _pdf_pages(content: bytes) -> Iterator[Image.Image]:
    import pypdfium2 as pdfium  # type: ignore[import-untyped]  # no annotations; here: pictures do not need its 5 MB

    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as exc:
        raise NotShowable("document_locked" if "password" in str(exc).lower() else "document_broken") from exc
    with contextlib.closing(document):
        if not 0 < len(document) <= PAGES_MOST:
            raise NotShowable("document_pages")
        document.init_forms()  # what is filled into its boxes is part of what it says
        for at in range(len(document)):
            try:
                page = document[at]
                width, height = page.get_size()
                if not all(POINTS_LEAST <= side <= POINTS_MOST for side in (width, height)):
                    raise NotShowable("document_size")
                scale = min(WIDTH / width, HEIGHT_MOST / height, SCALE_MOST)
                yield page.render(scale=scale, may_draw_forms=True).to_pil()
            except pdfium.PdfiumError as exc:
                raise NotShowable("document_broken") from exc


def _pictures(content: bytes) -> Iterator[Image.Image]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the bound below is ours
            with Image.open(io.BytesIO(content), formats=FORMATS) as found:
                frames = getattr(found, "n_frames", 1) if found.format == "TIFF" else 1
                if frames > PAGES_MOST:
                    raise NotShowable("document_pages")
                for at in range(frames):
                    found.seek(at)
                    if found.width * found.height > PIXELS_MOST:
                        raise NotShowable("document_size")
                    upright = ImageOps.exif_transpose(found)
                    shown = _on_white(upright)
                    shown.thumbnail((WIDTH, HEIGHT_MOST), Image.Resampling.LANCZOS)
                    yield shown
    except Image.DecompressionBombError as exc:
        raise NotShowable("document_size") from exc
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as exc:
        raise NotShowable("document_kind") from exc


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        white = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(white, picture.convert("RGBA")).convert("RGB")
    return picture.convert("RGB")


def _as(picture: Image.Image, kind: str, **how: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


def _bound() -> None:
    """Let a file that is made to eat memory or time end this process and nothing else."""
    with contextlib.suppress(ImportError):  # Windows has no such bounds; the parent's deadline holds there too
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))


def main() -> None:
    """Answer for the one file on standard input."""
    _bound()
    made: list[tuple[bytes, int, int]] = []
    answer: dict[str, object]
    try:
        for page in pages(sys.stdin.buffer.read()):
            made.append((encoded(page), page.width, page.height))
        answer = {"pages": [{"bytes": len(one), "width": wide, "height": high} for one, wide, high in made]}
    except NotShowable as exc:
        made, answer = [], {"refused": str(exc)}
    except MemoryError:
        made, answer = [], {"refused": "document_size"}
    out = sys.stdout.buffer
    out.write(json.dumps(answer).encode() + b"\n")
    for one, _, _ in made:
        out.write(one)
    out.flush()


if __name__ == "__main__":
    main()
