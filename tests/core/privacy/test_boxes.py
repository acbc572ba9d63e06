"""Films and HEIC pictures lose their places in place."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.privacy.boxes import boxes, clean_boxes
from core.privacy.errors import MediaRefused
from tests.core.privacy.files import CANARY, WHERE, box, film, picture


@pytest.mark.parametrize("media_type", ["video/mp4", "video/quicktime", "video/3gpp", "audio/mp4"])
def test_film_loses_every_place(media_type: str) -> None:
    original = film()
    cleaned = clean_boxes(original, media_type)

    assert original.count(WHERE) == 5
    assert WHERE not in cleaned
    assert CANARY.encode() not in cleaned


def test_film_keeps_everything_else_where_it_was() -> None:
    original, cleaned = film(), clean_boxes(film(), "video/mp4")
    assert len(cleaned) == len(original)
    assert [found.start for found in boxes(cleaned, 0, len(cleaned))] == [
        found.start for found in boxes(original, 0, len(original))
    ]
    assert cleaned.index(b"video") == original.index(b"video")
    assert (cleaned.count(b"trak"), cleaned.count(b"vide"), cleaned.count(b"soun")) == (2, 2, 1)


def test_clean_film_is_left_alone() -> None:
    cleaned = clean_boxes(film(), "video/mp4")
    assert clean_boxes(cleaned, "video/mp4") == cleaned


def test_fragments_are_cleaned_too() -> None:
    data = box(b"moof", box(b"traf", box(b"udta", WHERE)), box(b"meta", WHERE)) + box(b"mdat", b"x")
    assert WHERE not in clean_boxes(data, "video/mp4")


def heic(*, version: int = 2, iloc: bytes | None = None, secret: bytes = WHERE) -> bytes:
    """A picture, its Exif in the file and its XMP in `idat`, as phones arrange them."""
    entry = ">HH4s" if version == 2 else ">IH4s"
    entries = [
        box(b"infe", bytes([version, 0, 0, 0]), struct.pack(entry, number, 0, kind), b"\0")
        for number, kind in ((1, b"hvc1"), (2, b"Exif"), (3, b"mime"))
    ]
    iinf = box(b"iinf", bytes(4), struct.pack(">H", 3), *entries)
    head = box(b"ftyp", b"heic", bytes(4), b"mif1heic")
    place = len(head) + 8  # mdat comes first, so that offsets do not depend on the table

    def located(number: int, method: int, offset: int, length: int) -> bytes:
        return struct.pack(">HHHHII", number, method, 0, 1, offset, length)

    table = iloc or b"".join(
        [located(1, 0, place, 5), located(2, 0, place + 5, len(secret)), located(3, 1, 0, len(secret))]
    )
    located_box = box(b"iloc", bytes([1, 0, 0, 0, 0x44, 0x00]), struct.pack(">H", 3), table)
    meta = box(b"meta", bytes(4), iinf, located_box, box(b"idat", secret))
    return head + box(b"mdat", b"image", secret) + meta


@pytest.mark.parametrize("version", [2, 3])
def test_heic_loses_exif_and_xmp(version: int) -> None:
    original = heic(version=version)
    cleaned = clean_boxes(original, "image/heic")

    assert original.count(WHERE) == 2
    assert WHERE not in cleaned
    assert len(cleaned) == len(original)
    assert b"image" in cleaned


def test_real_file_of_the_same_family_still_opens() -> None:
    """AVIF is HEIC's twin, and there is an encoder for it here."""
    original = picture("AVIF")
    cleaned = clean_boxes(original, "image/heic")
    image = Image.open(io.BytesIO(cleaned))
    image.load()

    assert CANARY.encode() in original
    assert CANARY.encode() not in cleaned
    assert image.size == (40, 20)
    assert dict(image.getexif()) == {}


@pytest.mark.parametrize(
    "data",
    [
        heic(iloc=struct.pack(">HHHHII", 2, 0, 0, 1, 10**6, 9) * 3),
        heic(iloc=struct.pack(">HHHHII", 2, 2, 0, 1, 0, 9) * 3),
        heic(iloc=b"\0\2"),
    ],
    ids=["beyond the end", "by another item", "cut short"],
)
def test_metadata_that_cannot_be_reached_is_refused(data: bytes) -> None:
    with pytest.raises(MediaRefused):
        clean_boxes(data, "image/heic")


def cleaned_or_refused(data: bytes, media_type: str) -> bytes | None:
    """None: refused as broken."""
    try:
        return clean_boxes(data, media_type)
    except MediaRefused as error:
        return None if error.reason == "broken" else data


@pytest.mark.parametrize("cut", range(0, len(film()), 7))
def test_cut_film_is_refused_or_without_place(cut: int) -> None:
    """A place is written whole or not at all in what is left of the file."""
    assert WHERE not in (cleaned_or_refused(film()[:cut], "video/mp4") or b"")


@given(data=st.binary(max_size=60), media_type=st.sampled_from(["video/mp4", "image/heic"]))
def test_any_bytes_end_in_a_result_or_a_refusal(data: bytes, media_type: str) -> None:
    framed = box(b"ftyp", b"heic") + (box(b"meta", data) if media_type == "image/heic" else box(b"moov", data))
    cleaned = cleaned_or_refused(framed, media_type)
    assert cleaned is None or len(cleaned) == len(framed)


def test_box_of_no_size_reaches_to_the_end() -> None:
    data = struct.pack(">I4s", 0, b"udta") + WHERE
    assert WHERE not in clean_boxes(data, "video/mp4")
