"""Pictures keep what they show and lose what they tell."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from core.privacy.errors import MediaRefused, MediaTooLarge
from core.privacy.images import clean_image, where_taken
from core.privacy.media_types import MediaLimits
from tests.core.privacy.files import CANARY, animation, picture

FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "AVIF": "image/avif", "GIF": "image/gif"}
LIMITS = MediaLimits()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def colour(image: Image.Image, place: tuple[int, int]) -> str:
    found = image.convert("RGB").getpixel(place)
    assert isinstance(found, tuple)
    red, _, blue = found[:3]
    return "red" if red > 200 and blue < 60 else "blue" if blue > 200 and red < 60 else str(found)


@pytest.mark.parametrize(("name", "media_type"), FORMATS.items())
def test_nothing_of_the_photographer_survives(name: str, media_type: str) -> None:
    original = picture(name)
    assert CANARY.encode() in original

    cleaned = clean_image(original, media_type, LIMITS)
    image = opened(cleaned)
    assert CANARY.encode() not in cleaned
    assert b"Exif" not in cleaned
    assert dict(image.getexif()) == {}
    assert not {"exif", "xmp", "comment", "icc_profile", "Author"} & image.info.keys()


@pytest.mark.parametrize(("name", "media_type"), FORMATS.items())
def test_picture_stays(name: str, media_type: str) -> None:
    image = opened(clean_image(picture(name), media_type, LIMITS))
    assert image.size == (40, 20)
    assert image.format == name
    assert (colour(image, (5, 10)), colour(image, (35, 10))) == ("red", "blue")


@pytest.mark.parametrize(("orientation", "size"), [(3, (40, 20)), (6, (20, 40)), (8, (20, 40))])
def test_picture_is_turned_upright(orientation: int, size: tuple[int, int]) -> None:
    image = opened(clean_image(picture("JPEG", orientation=orientation), "image/jpeg", LIMITS))
    assert image.size == size
    first, last = (5, 5), (size[0] - 5, size[1] - 5)
    expected = ("red", "blue") if orientation == 6 else ("blue", "red")
    assert (colour(image, first), colour(image, last)) == expected


def test_animation_stays_one() -> None:
    original = animation()
    image = opened(clean_image(original, "image/gif", LIMITS))
    assert getattr(image, "n_frames", 1) == 3
    assert image.info["duration"] == 80
    assert CANARY.encode() in original
    assert "comment" not in image.info


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_mode_of_png_keeps_its_pixels(mode: str) -> None:
    original = Image.linear_gradient("L").resize((8, 8)).convert("I;16" if mode == "I;16" else "RGBA")
    if mode not in {"RGBA", "I;16"}:
        original = original.convert(mode)
    out = io.BytesIO()
    original.save(out, "PNG")

    cleaned = opened(clean_image(out.getvalue(), "image/png", LIMITS))
    if mode == "I;16":
        assert cleaned.tobytes() == original.tobytes()
    else:
        assert cleaned.convert("RGBA").tobytes() == original.convert("RGBA").tobytes()


def test_see_through_palette_stays_see_through() -> None:
    image = Image.new("P", (4, 4), 0)
    out = io.BytesIO()
    image.save(out, "PNG", transparency=0)
    cleaned = opened(clean_image(out.getvalue(), "image/png", LIMITS))
    assert cleaned.mode == "RGBA"
    assert cleaned.getpixel((0, 0))[3] == 0  # type: ignore[index]


def test_printing_colours_become_screen_colours() -> None:
    out = io.BytesIO()
    Image.new("CMYK", (4, 4)).save(out, "JPEG")
    assert opened(clean_image(out.getvalue(), "image/jpeg", LIMITS)).mode == "RGB"


def bomb(width: int, height: int) -> bytes:
    """A PNG that claims to be huge."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [7_800, 10_000, 14_000, 60_000])
def test_bomb_is_refused_before_it_is_decoded(side: int) -> None:
    with pytest.raises(MediaTooLarge) as caught:
        clean_image(bomb(side, side), "image/png", LIMITS)
    assert "độ phân giải" in caught.value.vi


def test_frames_count_together() -> None:
    assert clean_image(animation(), "image/gif", MediaLimits(pixels=3 * 64))
    with pytest.raises(MediaTooLarge):
        clean_image(animation(), "image/gif", MediaLimits(pixels=3 * 64 - 1))


@pytest.mark.parametrize(("name", "media_type"), FORMATS.items())
def test_broken_picture_is_refused(name: str, media_type: str) -> None:
    data = picture(name)
    with pytest.raises(MediaRefused) as caught:
        clean_image(data[: len(data) // 3], media_type, LIMITS)
    assert caught.value.reason == "broken"


def test_other_format_than_sniffed_is_refused() -> None:
    """Only one decoder is asked, never all that Pillow has."""
    with pytest.raises(MediaRefused):
        clean_image(picture("PNG"), "image/jpeg", LIMITS)


@pytest.mark.parametrize(
    ("gps", "point"),
    [
        ({1: "N", 2: (16.0, 27.0, 49.0), 3: "E", 4: (107.0, 35.0, 27.0)}, (16.463611, 107.590833)),
        ({1: "S", 2: (1.0, 30.0, 0.0), 3: "W", 4: (2.0, 0.0, 0.0)}, (-1.5, -2.0)),
        ({1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)}, None),
        ({1: "N", 2: (95.0, 0.0, 0.0), 3: "E", 4: (107.0, 0.0, 0.0)}, None),
        ({2: (16.0, 27.0, 49.0)}, None),
        ({}, None),
    ],
)
def test_where_a_picture_was_taken(gps: dict[int, object], point: tuple[float, float] | None) -> None:
    """None for a camera that did not know, or wrote nonsense."""
    out, exif = io.BytesIO(), Image.Exif()
    exif.get_ifd(0x8825).update(gps)
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=exif)
    found = where_taken(out.getvalue(), "image/jpeg")

    assert (found and (found.latitude, found.longitude)) == point
