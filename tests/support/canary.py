"""Looking for a word that must be nowhere: in every byte of a folder, in every spelling that storage might give it."""

from __future__ import annotations

import base64
import json
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

from core.intake.fold import fold


def spellings(word: str) -> frozenset[bytes]:
    """A word as bytes in every form we know of: marks, case, charsets, escapes, base64 at any place, hex, quoted."""
    texts = {form for base in (word, fold(word)) for form in (base, base.lower(), base.upper())}
    texts |= {unicodedata.normalize(name, text) for text in set(texts) for name in ("NFC", "NFD")}
    raws = {text.encode(charset) for text in texts for charset in ("utf-8", "utf-16-le", "utf-16-be")}
    raws |= {_encodable(text, charset) for text in texts for charset in ("windows-1258", "latin-1")} - {b""}
    found = set(raws)
    for raw in raws:
        found |= {raw.hex().encode(), raw.hex().upper().encode(), *_base64_anywhere(raw)}
    for text in texts:
        found |= {json.dumps(text)[1:-1].encode(), quote(text).encode(), quote(text).replace("%", "=").encode()}
    return frozenset(found)


def _encodable(text: str, charset: str) -> bytes:
    try:
        return text.encode(charset)
    except UnicodeEncodeError:
        return b""


def _base64_anywhere(raw: bytes) -> Iterator[bytes]:
    """The stable middle of its base64, whatever stands before it and behind it."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + raw)
        yield encoded[-(-before * 8 // 6) : len(raw) * 8 // 6 - 4 + before]


def find_in_files(folder: Path, words: Iterable[str]) -> list[str]:
    """Files below a folder, by name and spelling, in which one of the words stands; names of files count."""
    needles = [needle for word in words for needle in spellings(word) if len(needle) >= 6]
    found = []
    for path in sorted(folder.rglob("*")):
        held = str(path.relative_to(folder)).encode() + b"\0" + (path.read_bytes() if path.is_file() else b"")
        found += [f"{path.relative_to(folder)}: {needle!r}" for needle in needles if needle in held]
    return found


def find_in_texts(texts: Iterable[str | bytes], words: Iterable[str]) -> list[str]:
    """The first characters of texts in which one of the words stands."""
    needles = [needle for word in words for needle in spellings(word) if len(needle) >= 6]
    raws = [text.encode() if isinstance(text, str) else text for text in texts]
    return [repr(raw[:80]) for raw in raws if any(needle in raw for needle in needles)]
