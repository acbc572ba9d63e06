"""
MP4, QuickTime, 3GP and HEIC files without their metadata (ISO base media file format, ISO/IEC 14496-12).

Phones write the place of a recording beside the picture. The bytes are overwritten in place and every box keeps its
size and position, so that the offsets to picture and sound stay right:

- films: `udta`, `meta` and `uuid` boxes become empty `free` boxes, tracks of timed metadata are taken out of the index;
- HEIC: the Exif and XMP items that the item table points to are filled with an empty Exif table and with spaces
  (decoders refuse zeros). Orientation is a property of its own there and stays.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from core.privacy.errors import MediaRefused
from core.privacy.media_types import BROKEN_VI

BOXED = frozenset({"video/mp4", "video/quicktime", "video/3gpp", "audio/mp4", "image/heic"})

_METADATA = frozenset({b"udta", b"meta", b"uuid", b"Xtra"})
_METADATA_HANDLERS = frozenset({b"meta", b"mdta"})
_METADATA_ITEMS = frozenset({b"Exif", b"mime", b"uri "})
# Offset of the TIFF header (4), header of a big-endian TIFF, one directory without entries.
_EMPTY_EXIF = bytes(4) + b"MM\x00\x2a\x00\x00\x00\x08" + bytes(6)


@dataclass(frozen=True)
class Box:
    """One box: its type, where it starts, where its payload starts, where it ends."""

    type: bytes
    start: int
    body: int
    end: int


def clean_boxes(data: bytes, media_type: str) -> bytes:
    """The same file with its metadata overwritten. Raises MediaRefused where its structure cannot be followed."""
    copy = bytearray(data)
    try:
        if media_type == "image/heic":
            _clean_heic(copy)
        else:
            _clean_film(copy)
    except (struct.error, ValueError, IndexError) as error:
        raise MediaRefused("broken", BROKEN_VI) from error
    return bytes(copy)


def boxes(data: bytes | bytearray, start: int, end: int) -> Iterator[Box]:
    """The boxes that follow each other between two places. Raises ValueError for one that does not fit."""
    while start + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, start)
        body = start + 8
        if size == 1:
            size, body = struct.unpack_from(">Q", data, body)[0], body + 8
        elif size == 0:
            size = end - start
        if size < body - start or start + size > end:
            raise ValueError("box does not fit")
        yield Box(kind, start, body, start + size)
        start += size


def _clean_film(data: bytearray) -> None:
    for box in boxes(data, 0, len(data)):
        if box.type in _METADATA:
            _free(data, box)
        elif box.type in (b"moov", b"moof"):
            for inner in boxes(data, box.body, box.end):
                _clean_inner(data, inner)


def _clean_inner(data: bytearray, box: Box) -> None:
    if box.type in _METADATA or (box.type == b"trak" and _handler(data, box) in _METADATA_HANDLERS):
        _free(data, box)
    elif box.type in (b"trak", b"traf"):
        for inner in boxes(data, box.body, box.end):
            if inner.type in _METADATA:
                _free(data, inner)


def _handler(data: bytearray, track: Box) -> bytes:
    """What a track holds: vide, soun, meta …"""
    for media in boxes(data, track.body, track.end):
        if media.type == b"mdia":
            for box in boxes(data, media.body, media.end):
                if box.type == b"hdlr":
                    return bytes(data[box.body + 8 : box.body + 12])
    return b""


def _free(data: bytearray, box: Box) -> None:
    data[box.start + 4 : box.start + 8] = b"free"
    data[box.body : box.end] = bytes(box.end - box.body)


def _clean_heic(data: bytearray) -> None:
    for box in list(boxes(data, 0, len(data))):
        if box.type == b"meta":
            _clean_items(data, list(boxes(data, box.body + 4, box.end)))
        elif box.type in _METADATA:
            _free(data, box)


def _clean_items(data: bytearray, inside: list[Box]) -> None:
    found = {box.type: box for box in inside}
    if b"iinf" not in found or b"iloc" not in found:
        return
    wanted = _metadata_items(data, found[b"iinf"])
    idat = found[b"idat"].body if b"idat" in found else 0
    for item, method, offset, length in list(_extents(data, found[b"iloc"])):
        if item in wanted:
            start = offset + (idat if method == 1 else 0)
            if method > 1 or start + length > len(data):
                raise ValueError("metadata cannot be reached")
            data[start : start + length] = _nothing(wanted[item], length)


def _nothing(kind: bytes, length: int) -> bytes:
    """As many bytes as the metadata had, which mean nothing."""
    if kind == b"Exif":
        return _EMPTY_EXIF.ljust(length, b"\0") if length >= len(_EMPTY_EXIF) else bytes(length)
    return b" " * length


def _metadata_items(data: bytearray, iinf: Box) -> dict[int, bytes]:
    """The Exif and XMP items: id → type."""
    header = 6 if data[iinf.body] == 0 else 8
    found: dict[int, bytes] = {}
    for entry in boxes(data, iinf.body + header, iinf.end):
        version = data[entry.body]
        if version < 2:
            raise ValueError("item table of an old version")
        width = 2 if version == 2 else 4
        place = entry.body + 4 + width + 2
        kind = bytes(data[place : place + 4])
        if kind in _METADATA_ITEMS:
            found[int.from_bytes(data[entry.body + 4 : entry.body + 4 + width], "big")] = kind
    return found


def _extents(data: bytearray, iloc: Box) -> Iterator[tuple[int, int, int, int]]:
    """(item id, construction method, offset, length) of every piece of every item."""
    version, sizes, base_sizes = data[iloc.body], data[iloc.body + 4], data[iloc.body + 5]
    offset_size, length_size, base_size = sizes >> 4, sizes & 15, base_sizes >> 4
    index_size = base_sizes & 15 if version in (1, 2) else 0
    reader = _Reader(data, iloc.body + 6, iloc.end)
    for _ in range(reader.take(2 if version < 2 else 4)):
        item = reader.take(2 if version < 2 else 4)
        method = reader.take(2) & 15 if version in (1, 2) else 0
        reader.take(2)
        base = reader.take(base_size)
        for _ in range(reader.take(2)):
            reader.take(index_size)
            offset = reader.take(offset_size)
            yield item, method, base + offset, reader.take(length_size)


class _Reader:
    """Big-endian numbers of any width, one after the other."""

    def __init__(self, data: bytearray, place: int, end: int) -> None:
        self._data, self._place, self._end = data, place, end

    def take(self, width: int) -> int:
        start = self._place
        self._place += width
        if self._place > self._end:
            raise ValueError("table is cut short")
        return int.from_bytes(self._data[start : self._place], "big")
