"""
Pictures without what they tell of the photographer: decoded, turned upright, encoded anew.

Place, time, device, owner, thumbnails, comments and colour profiles do not survive, nor does anything hidden behind
the picture (EXIF never leaves the house). Sizes are checked before pixels are decoded.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from PIL import Image, ImageOps, ImageSequence

from core.contract.schema import GeoPoint
from core.privacy.errors import MediaRefused, MediaTooLarge
from core.privacy.media_types import BROKEN_VI, MediaLimits

PIXELS_VI = "Ảnh có kích thước quá lớn. Vui lòng giảm độ phân giải và gửi lại."

_FORMATS: Mapping[str, tuple[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "image/jpeg": ("JPEG", {"quality": 90}),
        "image/png": ("PNG", {}),
        "image/webp": ("WEBP", {"quality": 90}),
        "image/avif": ("AVIF", {"quality": 80}),
        "image/gif": ("GIF", {}),
    }
)
_GPS, _LATITUDE, _LONGITUDE = 0x8825, 2, 4
_PLAIN_MODES = frozenset({"1", "L", "LA", "RGB", "RGBA", "I;16"})
_JPEG_MODES = frozenset({"L", "RGB"})
# What a broken or hostile file makes Pillow raise.
_BROKEN = (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, OverflowError, EOFError, MemoryError)


def can_clean(media_type: str) -> bool:
    """Whether pictures of this type can be decoded here."""
    return media_type in _FORMATS


def clean_image(data: bytes, media_type: str, limits: MediaLimits) -> bytes:
    """
    The same picture, upright, in the same format, with nothing but its pixels.

    Raises: MediaTooLarge for more pixels than allowed, MediaRefused where it cannot be decoded.
    """
    name, options = _FORMATS[media_type]
    try:
        with Image.open(io.BytesIO(data), formats=(name,)) as image:
            _check_pixels(image, limits)
            return _encode(image, name, options)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise MediaTooLarge("pixels", PIXELS_VI) from error
    except _BROKEN as error:
        raise MediaRefused("broken", BROKEN_VI) from error


def where_taken(data: bytes, media_type: str) -> GeoPoint | None:
    """Where a picture says that it was taken (Exif, GPS directory), before that is stripped; None where it does not."""
    name, _options = _FORMATS[media_type]
    try:
        with Image.open(io.BytesIO(data), formats=(name,)) as image:
            written = image.getexif().get_ifd(_GPS)
        latitude, longitude = (_degrees(written[tag], written[tag - 1]) for tag in (_LATITUDE, _LONGITUDE))
        return GeoPoint(latitude=latitude, longitude=longitude) if latitude or longitude else None
    except (*_BROKEN, ArithmeticError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None


def _degrees(parts: Any, side: str) -> float:
    """Degrees, minutes and seconds as a number; south and west are negative. Raises ValueError for no such thing."""
    degrees, minutes, seconds = (float(part) for part in parts)
    return round((-1 if side in ("S", "W") else 1) * (degrees + minutes / 60 + seconds / 3600), 6)


def _check_pixels(image: Image.Image, limits: MediaLimits) -> None:
    if image.width * image.height * getattr(image, "n_frames", 1) > limits.pixels:
        raise MediaTooLarge("pixels", PIXELS_VI)


def _encode(image: Image.Image, name: str, options: Mapping[str, Any]) -> bytes:
    out = io.BytesIO()
    if getattr(image, "is_animated", False) and name != "JPEG":
        durations = [int(frame.info.get("duration", 100)) for frame in ImageSequence.Iterator(image)]
        frames = [_bare(frame, name) for frame in ImageSequence.Iterator(image)]
        frames[0].save(out, name, save_all=True, append_images=frames[1:], duration=durations, loop=0, **options)
    else:
        _bare(ImageOps.exif_transpose(image), name).save(out, name, **options)
    return out.getvalue()


def _bare(image: Image.Image, name: str) -> Image.Image:
    """Pixels only, in a mode the format takes."""
    wanted = _JPEG_MODES if name == "JPEG" else _PLAIN_MODES
    if image.mode not in wanted or "transparency" in image.info:
        see_through = name != "JPEG" and ("transparency" in image.info or image.mode in {"PA", "La", "RGBa", "RGBX"})
        bare = image.convert("RGBA" if see_through else "RGB")
    else:
        bare = image.copy()
    bare.info = {}
    return bare
