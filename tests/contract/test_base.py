"""What channels share: tags, comparison, redaction, names and types of files."""

from __future__ import annotations

import pytest

from channels.base import (
    clean_text,
    describe_file,
    mac,
    redact,
    safe_name,
    same,
    sign,
    sniff_type,
)
from core.contract.schema import AttachmentKind


def test_a_tag_depends_on_everything() -> None:
    """Secret, purpose, each part and where one part ends."""
    tags = {mac(b"s", "a", "bc"), mac(b"s", "ab", "c"), mac(b"t", "a", "bc"), mac(b"s", "a", "bd"), mac(b"s", "abc")}

    assert len(tags) == 5
    assert all(len(tag) == 8 and tag.isalnum() and tag.islower() | tag.isdigit() for tag in tags)


def test_a_signature_is_the_known_one() -> None:
    """RFC 4231, test case 2."""
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"

    assert sign(b"Jefe", b"what do ya want for nothing?") == expected


def test_comparison_takes_any_text() -> None:
    """A header with non-ASCII letters is wrong, not a crash."""
    assert [same("a", "a"), same("a", b"a"), same("á\udcff", "a"), same("", "")] == [True, True, False, True]


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("550 <an@example.vn> unknown", "550 <***@example.vn> unknown"),
        ("gọi 0900 000 001 nhé", "gọi …001 nhé"),
        ("gọi +84900000001", "gọi …001"),
        ("CCCD 001099000123", "CCCD …123"),
        ("mã 12345, năm 2026", "mã 12345, năm 2026"),
    ],
)
def test_redaction(told: str, kept: str) -> None:
    """Addresses and long numbers go, short numbers stay."""
    assert redact(told) == kept


def test_text_is_cleaned() -> None:
    """NUL, controls, surrogates, direction marks go; newlines and tabs stay; tones are composed."""
    assert clean_text("a\x00b\x07\r\nc\rd\te\udc80\u202ee\u0301") == "ab\nc\nd\teé"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\An\\Ảnh 1.jpg", "Ảnh 1.jpg"),
        (".htaccess", "htaccess"),
        ("a\u202egnp.exe", "agnp.exe"),
        ('x<y>:"|?*\n.txt', "x y .txt"),
        ("", ""),
        ("a" * 300 + ".jpeg", "a" * 115 + ".jpeg"),
        ("b" * 300, "b" * 119),
    ],
)
def test_names_are_harmless(given: str, shown: str) -> None:
    """For display and download only."""
    assert safe_name(given) == shown


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"\xff\xd8\xff\xe0" + bytes(300), "image/jpeg"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\x78\x9f\x3e\x22" + bytes(20), "application/ms-tnef"),
        ("Chữ thường.".encode(), "text/plain"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "text/plain"),
        (b"<!DOCTYPE html><script>1</script>", "text/plain"),
        (b"\x00\x01\x02\x03" * 50, "application/octet-stream"),
        (("a" * 4095 + "ế").encode(), "text/plain"),
        (b"", "application/octet-stream"),
    ],
)
def test_types_come_from_the_content(data: bytes, media_type: str) -> None:
    """And what a browser could run is only text."""
    assert sniff_type(data) == media_type


def test_a_file_is_described() -> None:
    """Kind by type, digest of the bytes as received."""
    photo = describe_file(b"\xff\xd8\xff\xe0" + bytes(300), name="a/b.jpg")
    mail = describe_file(b"From: a@example.vn\n\nx", name="x.eml", media_type="message/rfc822")

    assert (photo.kind, photo.name, photo.size, photo.stored_key) == (AttachmentKind.IMAGE, "b.jpg", 304, "")
    assert (mail.kind, mail.media_type) == (AttachmentKind.FILE, "message/rfc822")
