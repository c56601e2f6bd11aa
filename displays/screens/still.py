"""Makes an uploaded picture anew with Pillow: only its pixels remain, upright, in sRGB, bounded in size."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from hall_server.errors import Invalid

FORMATS = ("JPEG", "PNG", "WEBP")
PIXELS_MOST = 60_000_000
"""A 60-megapixel camera; more is a bomb or a mistake."""
LONGEST_SIDE = 3840
"""A 4K panel shows no more."""
_QUALITY = 88


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
                if width * height > PIXELS_MOST:
                    raise Invalid("media.too_many_pixels", field="file", most=PIXELS_MOST // 1_000_000)
                found.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
                return _written(_upright(found))
    except Invalid:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as exc:
        raise Invalid("media.not_what_it_says", field="file") from exc


def _upright(found: Image.Image) -> Image.Image:
    has_alpha = found.mode in {"RGBA", "LA", "PA"} or "transparency" in found.info
    profile = found.info.get("icc_profile")
    upright = ImageOps.exif_transpose(found)
    upright = _in_srgb(upright, profile).convert("RGBA" if has_alpha else "RGB")
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return upright


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
