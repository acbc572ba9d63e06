"""Evidence as a letter shows it: small JPEGs of nothing but pixels."""

from __future__ import annotations

import io

from core.letters.model import Photo

LONGEST_SIDE = 1200
_QUALITY = 82


def photo_of(data: bytes, *, label: str) -> Photo | None:
    """
    A stored picture for a letter; None for anything else. Slow: call it in a thread.

    Drawn anew from its pixels: place, time and device do not come along, whatever the store has kept (EXIF).
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(data)) as image:
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            small = ImageOps.exif_transpose(image).convert("RGBA")
            small.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    except (OSError, ValueError, SyntaxError, TypeError, MemoryError, Image.DecompressionBombError):
        return None
    paper = Image.new("RGB", small.size, "white")
    paper.paste(small, mask=small.getchannel("A"))
    written = io.BytesIO()
    paper.save(written, "JPEG", quality=_QUALITY)
    return Photo(written.getvalue(), paper.width, paper.height, label)
