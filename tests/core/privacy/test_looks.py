"""Photos of one thing look alike however they were sent; others do not; what is no picture has no look."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image, ImageEnhance, ImageFilter

from core.intake.duplicates import LOOKS_APART
from core.privacy.looks import look_of


def scene(seed: int, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """A street as far as a hash of first sight is concerned: soft light and dark places."""
    chance = random.Random(seed)
    rough = Image.frombytes("L", (8, 6), chance.randbytes(48)).convert("RGB")
    return rough.resize(size, Image.Resampling.BICUBIC)


def written(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    """As bytes."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def apart(one: bytes, other: bytes) -> int:
    """Bits in which two looks differ."""
    first, second = look_of(one), look_of(other)
    assert first is not None
    assert second is not None
    return (first ^ second).bit_count()


@pytest.mark.parametrize(
    "changed",
    [
        lambda image: written(image, quality=30),
        lambda image: written(image.resize((200, 150))),
        lambda image: written(ImageEnhance.Brightness(image).enhance(1.2)),
        lambda image: written(image.filter(ImageFilter.GaussianBlur(3)), "PNG"),
        lambda image: written(image.crop((12, 9, 628, 471)), "WEBP"),
    ],
    ids=["squeezed", "smaller", "brighter", "blurred", "cut at the edges"],
)
def test_the_same_scene_looks_the_same(changed: object) -> None:
    for seed in range(8):
        assert apart(written(scene(seed)), changed(scene(seed))) <= LOOKS_APART  # type: ignore[operator]


def test_other_scenes_look_otherwise() -> None:
    looks = [look_of(written(scene(seed))) for seed in range(30)]
    pairs = [(a ^ b).bit_count() for n, a in enumerate(looks) for b in looks[:n] if a is not None and b is not None]
    assert sum(one <= LOOKS_APART for one in pairs) == 0


@pytest.mark.parametrize("data", [b"", b"no picture", written(scene(1))[:200], written(Image.new("RGB", (640, 480)))])
def test_what_cannot_be_read_has_no_look(data: bytes) -> None:
    assert look_of(data) is None
