"""Files of playlists: made anew, named by content, refused when they are not what they say."""

import io
import struct
from pathlib import Path

import pytest
from PIL import Image

from displays.screens import still
from displays.screens.library import FREE_BYTES_LEAST, UNUSED_S, VIDEO_BYTES_MOST, MediaLibrary
from displays.screens.model import MediaKind
from hall_server.errors import DomainError, TooLarge, Unavailable

EXIF_GPS, EXIF_ORIENTATION = 0x8825, 0x0112


def box(name: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, name) + body


def mp4(codec: bytes = b"avc1", *, seconds: int = 12, handler: bytes = b"vide") -> bytes:
    mvhd = box(b"mvhd", bytes(12), struct.pack(">II", 1000, seconds * 1000), bytes(80))
    tkhd = box(b"tkhd", bytes(76), struct.pack(">II", 1920 << 16, 1080 << 16))
    stsd = box(b"stsd", bytes(8), box(codec, bytes(78)))
    mdia = box(b"mdia", box(b"hdlr", bytes(8), handler, bytes(12)), box(b"minf", box(b"stbl", stsd)))
    return box(b"ftyp", b"isom", bytes(4)) + box(b"moov", mvhd, box(b"trak", tkhd, mdia)) + box(b"mdat", bytes(100))


def ebml(name: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    head = name.to_bytes((name.bit_length() + 7) // 8, "big")
    return head + ((1 << 56) | len(body)).to_bytes(8, "big") + body


def webm(codec: bytes = b"V_VP9", doc_type: bytes = b"webm") -> bytes:
    size = ebml(0xE0, ebml(0xB0, (640).to_bytes(2, "big")), ebml(0xBA, (360).to_bytes(2, "big")))
    info = ebml(0x1549A966, ebml(0x2AD7B1, (1_000_000).to_bytes(3, "big")), ebml(0x4489, struct.pack(">d", 5000.0)))
    tracks = ebml(0x1654AE6B, ebml(0xAE, ebml(0x86, codec), size))
    return ebml(0x1A45DFA3, ebml(0x4282, doc_type)) + ebml(0x18538067, info, tracks)


def picture(kind: str = "JPEG", size: tuple[int, int] = (400, 300), **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#3366aa").save(out, kind, **more)
    return out.getvalue()


def library(folder: Path, *, free: int = 10**12) -> MediaLibrary:
    made = MediaLibrary(folder / "media", free_bytes=lambda _: free)
    made.open()
    return made


def put(shelf: MediaLibrary, content: bytes, name: str = "a") -> Path:
    part = shelf.folder / f"{name}.part"
    part.write_bytes(content)
    return part


def test_a_picture_loses_everything_but_its_pixels_and_stands_upright(tmp_path: Path) -> None:
    shelf, exif = library(tmp_path), Image.Exif()
    exif[EXIF_ORIENTATION] = 6  # taken with the camera on its side
    exif.get_ifd(EXIF_GPS)[1] = "N"
    exif[0x010E] = "secret words"
    media = shelf.take(put(shelf, picture(exif=exif)), "海报.jpg")
    content = (shelf.folder / media.id).read_bytes()
    assert (media.kind, media.name, media.width, media.height) == (MediaKind.PICTURE, "海报.jpg", 300, 400)
    assert dict(Image.open(io.BytesIO(content)).getexif()) == {}
    assert b"secret" not in content


def test_a_huge_picture_is_made_as_large_as_a_4k_panel(tmp_path: Path) -> None:
    shelf = library(tmp_path)
    media = shelf.take(put(shelf, picture("PNG", (5000, 2500))), "big.png")
    assert (media.width, media.height) == (3840, 1920)


def test_transparency_stays(tmp_path: Path) -> None:
    shelf, out = library(tmp_path), io.BytesIO()
    Image.new("RGBA", (20, 20), (255, 0, 0, 0)).save(out, "PNG")
    media = shelf.take(put(shelf, out.getvalue()), "logo.png")
    assert media.media_type == "image/webp"
    assert Image.open(shelf.folder / media.id).getpixel((3, 3))[3] == 0  # type: ignore[index]  # RGBA


def test_the_same_content_is_one_file(tmp_path: Path) -> None:
    shelf = library(tmp_path)
    first, again = (shelf.take(put(shelf, picture(), name), name) for name in ("one", "two"))
    assert first.id == again.id
    assert len(list(shelf.folder.glob("*.jpg"))) == 1


@pytest.mark.parametrize("codec", [b"avc1", b"av01", b"vp09"])
def test_a_film_that_browsers_play_is_taken_with_its_size_and_length(tmp_path: Path, codec: bytes) -> None:
    shelf = library(tmp_path)
    media = shelf.take(put(shelf, mp4(codec)), "a.mp4")
    assert (media.media_type, media.width, media.height, media.seconds) == ("video/mp4", 1920, 1080, 12.0)
    assert (shelf.folder / media.id).read_bytes() == mp4(codec)


def test_a_webm_is_taken(tmp_path: Path) -> None:
    shelf = library(tmp_path)
    media = shelf.take(put(shelf, webm()), "a.webm")
    assert (media.media_type, media.width, media.height, media.seconds) == ("video/webm", 640, 360, 5.0)


REFUSED = {
    "nothing at all": (b"", "media.not_what_it_says"),
    "a script called a picture": (b"<script>alert(1)</script>" * 20, "media.not_what_it_says"),
    "half a picture": (picture()[:200], "media.not_what_it_says"),
    "a GIF": (picture("GIF"), "media.not_what_it_says"),
    "half a film": (mp4()[:40], "media.not_what_it_says"),
    "a film with sound alone": (mp4(handler=b"soun"), "media.not_what_it_says"),
    "a film nobody plays": (mp4(b"hvc1"), "media.codec"),
    "a film for hours": (mp4(seconds=7200), "media.too_long"),
    "a Matroska that is no WebM": (webm(doc_type=b"matroska"), "media.not_what_it_says"),
    "a WebM nobody plays": (webm(b"V_MPEG4"), "media.codec"),
    "a WebM of garbage": (b"\x1a\x45\xdf\xa3" + b"\x00" * 60, "media.not_what_it_says"),
    "boxes without end": (box(b"ftyp", b"isom") + struct.pack(">I4s", 0xFFFFFFF0, b"moov"), "media.not_what_it_says"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_what_it_says_is_refused_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    content, code = REFUSED[name]
    shelf = library(tmp_path)
    with pytest.raises(DomainError) as refused:
        shelf.take(put(shelf, content), "x.jpg")
    assert (refused.value.code, refused.value.fields["field"]) == (code, "file")
    assert list(shelf.folder.iterdir()) == []


def test_a_picture_of_more_pixels_than_any_camera_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(still.PIXELS_MOST, "JPEG", 1000)
    shelf = library(tmp_path)
    with pytest.raises(DomainError, check=lambda exc: exc.code == "media.too_many_pixels"):
        shelf.take(put(shelf, picture()), "x.jpg")


def test_an_upload_that_is_too_large_or_fills_the_disk_is_refused_before_it_comes(tmp_path: Path) -> None:
    with pytest.raises(TooLarge, check=lambda exc: exc.fields["field"] == "file"):
        library(tmp_path).check_room(VIDEO_BYTES_MOST + 1)
    with pytest.raises(Unavailable, check=lambda exc: exc.code == "media.disk_short"):
        library(tmp_path, free=FREE_BYTES_LEAST + 10).check_room(11)
    library(tmp_path, free=FREE_BYTES_LEAST + 10).check_room(10)


def test_an_unused_file_waits_an_hour_a_used_one_goes_with_its_last_use(tmp_path: Path) -> None:
    shelf = library(tmp_path)
    media = shelf.take(put(shelf, picture()), "a.jpg")
    made_s = (shelf.folder / media.id).stat().st_mtime
    assert shelf.sweep(frozenset(), now_s=made_s + UNUSED_S - 5) == []
    assert shelf.sweep(frozenset({media.id}), now_s=made_s + 10 * UNUSED_S) == []
    assert shelf.sweep(frozenset(), now_s=made_s + 5) == [media.id]
    assert list(shelf.folder.iterdir()) == []
    other = shelf.take(put(shelf, picture("PNG")), "b.png")
    assert shelf.sweep(frozenset(), now_s=made_s + 2 * UNUSED_S) == [other.id]


def test_a_restart_knows_the_files_and_clears_what_broke_off(tmp_path: Path) -> None:
    shelf = library(tmp_path)
    media = shelf.take(put(shelf, picture()), "a.jpg")
    put(shelf, b"half", "broken")
    (shelf.folder / "junk.json").write_text("{")
    after = library(tmp_path)
    assert after.find(media.id) == media
    assert not (shelf.folder / "broken.part").exists()
