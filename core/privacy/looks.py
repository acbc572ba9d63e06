"""
How a picture looks at first sight, in 64 bits: alike for photos of one thing from nearly the same side.

A difference hash: the picture in grey, nine by eight, and for each point whether the next one is lighter. Nothing of
the picture can be made of it; it is held in memory only and says whether two photos may show the same.
"""

from __future__ import annotations

import io
from itertools import pairwise

from PIL import Image, ImageOps

_WIDE, _HIGH = 9, 8
_SMALL = (_WIDE * 8, _HIGH * 8)
_LARGEST = 50_000_000
_LEAST_SHOWN = 6


def look_of(data: bytes) -> int | None:
    """Of a cleaned picture; None for one that cannot be read, is too large to be looked at, or shows nothing."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > _LARGEST:
                return None
            image.draft("L", _SMALL)  # a JPEG is decoded small at once
            upright = ImageOps.exif_transpose(image).convert("L")
            points = upright.resize((_WIDE, _HIGH), Image.Resampling.BOX).tobytes()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
    rows = (points[start : start + _WIDE] for start in range(0, _WIDE * _HIGH, _WIDE))
    bits = (left < right for row in rows for left, right in pairwise(row))
    look = sum(1 << place for place, bit in enumerate(bits) if bit)
    return look if _LEAST_SHOWN <= look.bit_count() <= 64 - _LEAST_SHOWN else None
