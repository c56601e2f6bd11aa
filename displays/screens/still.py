"""Makes an uploaded picture anew with Pillow: only its pixels remain, upright, in sRGB, bounded in size."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from hall_server.errors import Invalid

FORMATS = ("JPEG", "PNG", "WEBP")
PIXELS_MOST = {"JPEG": 60_000_000, "PNG": 34_000_000, "WEBP": 34_000_000}
"""A 60-megapixel camera, 8K for the others: two kilobytes can say that they are so large, and only a JPEG is made
smaller while it is read."""
LONGEST_SIDE = 3840
"""A 4K panel shows no more."""
_QUALITY = 88
_SCALED_WELL = frozenset({"L", "LA", "RGB", "RGBA", "CMYK"})
"""Modes in which a mean of pixels is a pixel; the others are scaled when they are RGB."""


class Still(NamedTuple):
    """A picture as it is kept."""

    content: bytes
    extension: str
    media_type: str
    width: int
    height: int


def remade(path: Path) -> Still:
    """Read a picture and write it anew, without EXIF, comments, profiles or further frames.

    Raises:
        Invalid: ``media.not_what_it_says`` (no JPEG, PNG or WebP, or broken), ``media.too_many_pixels``.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the bound below is ours
            with Image.open(path, formats=FORMATS) as found:
                width, height = found.size
                most = PIXELS_MOST[found.format or ""]
                if width * height > most:
                    raise Invalid("media.too_many_pixels", field="file", most=most // 1_000_000)
                found.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
                return _written(_upright(found))
    except Invalid:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as exc:
        raise Invalid("media.not_what_it_says", field="file") from exc


def _upright(found: Image.Image) -> Image.Image:
    has_alpha = found.mode in {"RGBA", "LA", "PA"} or "transparency" in found.info
    profile = found.info.get("icc_profile")
    ImageOps.exif_transpose(found, in_place=True)
    if found.mode in _SCALED_WELL:
        found.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)  # before it is copied
    made = _in_srgb(found, profile).convert("RGBA" if has_alpha else "RGB")
    made.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return made


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if not profile or picture.mode not in {"RGB", "CMYK"}:
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(picture, source, target, outputMode="RGB") or picture
    except (ImageCms.PyCMSError, OSError):  # a broken profile costs the colours' exactness, not the picture
        return picture


def _written(picture: Image.Image) -> Still:
    out = io.BytesIO()
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    if picture.mode == "RGBA":
        clean.save(out, "WEBP", quality=_QUALITY, method=4, exact=False)
        return Still(out.getvalue(), "webp", "image/webp", *picture.size)
    clean.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return Still(out.getvalue(), "jpg", "image/jpeg", *picture.size)
