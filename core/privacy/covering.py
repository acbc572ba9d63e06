"""
Regions of a picture that the public must not see: painted over in a copy that lies beside the picture and goes with it.

The picture itself stays as it was for those who handle the case; every public page opens the copy where there is one.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass

from core.contract.errors import NotFound
from core.privacy.errors import MediaRefused
from core.privacy.media import FileMediaStore, StoredMedia
from core.privacy.media_types import BROKEN_VI

WHOLE = 1000
"""Regions are given in thousandths of width and height: they fit the picture however large it is shown."""
NO_PICTURE_VI = "Chỉ che được vùng trong ảnh."


@dataclass(frozen=True)
class Region:
    """A rectangle: its left upper corner and its size, each from 0 to `WHOLE`."""

    left: int
    top: int
    width: int
    height: int


async def cover(media: FileMediaStore, stored_key: str, regions: Sequence[Region]) -> None:
    """
    Paint these regions over for the public, besides those that are painted over already.

    Raises: NotFound: no such file. MediaRefused: it is no picture.
    """
    from core.privacy.images import can_clean

    found = await media.open_public(stored_key)
    if not can_clean(found.media_type):
        raise MediaRefused("no_picture", NO_PICTURE_VI)
    data = await asyncio.to_thread(painted, found.data, regions)
    await media.put_file(
        data,
        subject_id=found.subject_id,
        name=found.name,
        stored_key=media.covered_key(stored_key),
        anew=True,
        ours=True,
    )


async def uncover(media: FileMediaStore, stored_key: str) -> None:
    """The public sees the whole picture again; nothing happens where nothing was painted over."""
    await media.delete(media.covered_key(stored_key))


async def open_covered(media: FileMediaStore, stored_key: str) -> StoredMedia | None:
    """The copy that the public sees; None where nothing was painted over."""
    try:
        return await media.open(media.covered_key(stored_key))
    except NotFound:
        return None


def painted(data: bytes, regions: Sequence[Region]) -> bytes:
    """The picture as a JPEG with these regions black; nothing of what was there is left in it. Pure, slow."""
    from PIL import Image, ImageDraw, ImageOps

    try:
        with Image.open(io.BytesIO(data)) as image:
            plain = ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise MediaRefused("broken", BROKEN_VI) from error
    draw = ImageDraw.Draw(plain)
    for one in regions:
        left, right = (plain.width * side // WHOLE for side in (one.left, one.left + one.width))
        top, bottom = (plain.height * side // WHOLE for side in (one.top, one.top + one.height))
        draw.rectangle((left, top, right, bottom), fill="black")
    made = io.BytesIO()
    plain.save(made, "JPEG", quality=90)
    return made.getvalue()
