"""Files of every kind, made on the spot, with a canary in each place where metadata may hide."""

from __future__ import annotations

import io
import struct
import zipfile

from PIL import Image, PngImagePlugin

CANARY = "CanaryAn"
WHERE = b"+16.4637+107.5909/"


def picture(image_format: str, *, size: tuple[int, int] = (40, 20), orientation: int = 1) -> bytes:
    """A picture, red on the left and blue on the right, with EXIF (place, owner), XMP and a comment."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x013B] = CANARY
    exif.get_ifd(0x8825)[2] = (16.0, 27.0, 49.0)
    out = io.BytesIO()
    if image_format == "GIF":
        image.save(out, "GIF", comment=CANARY.encode())
    elif image_format == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_text("Author", CANARY)
        image.save(out, "PNG", exif=exif, pnginfo=info)
    else:
        comment = {"comment": CANARY} if image_format == "JPEG" else {}
        image.save(out, image_format, exif=exif, xmp=f"<x>{CANARY}</x>".encode(), **comment)
    return out.getvalue()


def animation() -> bytes:
    """A GIF of three frames with a comment."""
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=80, comment=CANARY.encode())
    return out.getvalue()


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def track(handler: bytes, *more: bytes) -> bytes:
    return box(b"trak", box(b"mdia", box(b"hdlr", bytes(8), handler, bytes(13))), *more)


def film(brand: bytes = b"mp42") -> bytes:
    """A film's skeleton: picture, sound, a track of timed metadata, and places in every usual spot."""
    secret = CANARY.encode() + WHERE
    return b"".join(
        [
            box(b"ftyp", brand, bytes(4), brand),
            box(
                b"moov",
                box(b"mvhd", bytes(100)),
                track(b"vide", box(b"udta", secret)),
                track(b"soun"),
                track(b"meta", box(b"tref", secret)),
                box(b"udta", box(b"\xa9xyz", secret)),
                box(b"meta", secret),
            ),
            box(b"uuid", bytes(16), secret),
            struct.pack(">I4sQ", 1, b"mdat", 16 + 5) + b"video",
        ]
    )


def document(part: str = "word/document.xml", *, macro: bool = False) -> bytes:
    """An Office document, as far as anybody looks."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(part, "<document/>")
        if macro:
            archive.writestr("word/vbaProject.bin", b"x")
    return out.getvalue()


def recording() -> bytes:
    """A second of silence as WAV."""
    return (
        b"RIFF"
        + struct.pack("<I", 8036)
        + b"WAVEfmt "
        + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
        + (b"data" + struct.pack("<I", 8000) + bytes(8000))
    )
