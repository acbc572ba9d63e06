"""
Telling Vietnamese from noise: how many words with marks are possible syllables, and the two old font encodings.

TCVN3 (ABC, TCVN 5712:1993 VN3) and VNI have no Python codec; a mail written with such fonts arrives as Latin letters
("TiÕng ViÖt", "Tieáng Vieät"). A conversion counts only when it makes the text clearly more Vietnamese.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_ONSET = "ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|b|c|d|đ|g|h|k|l|m|n|p|r|s|t|v|x"
_OPEN = (
    "iêu|yêu|oai|oay|oeo|oao|uây|uôi|ươi|ươu|uyu|uya|uêu|ai|ao|au|ay|âu|ây|eo|êu|ia|iu|oa|oe|oi|ôi|ơi|ua|uê|ui|uơ|uy"
    "|ưa|ưi|ưu|a|e|ê|i|o|ô|ơ|u|ư|y"
)
_CLOSED = "(?:uyê|iê|yê|oa|oă|oe|oo|uâ|uê|uô|uy|ươ|a|ă|â|e|ê|i|o|ô|ơ|u|ư|y)(?:ch|ng|nh|c|m|n|p|t)"
_SYLLABLE = re.compile(f"(?:{_ONSET})?(?:{_OPEN}|{_CLOSED})")
_WORD = re.compile(r"[^\s!-/:-@\[-`{-~“”‘’…–—•·«»]+")

# TCVN 5712:1993, VN3 column, as it is used by the .VnTime fonts: byte → letter.
_TCVN3_LETTERS = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ",
    0xB5: "àảãáạ",
    0xBB: "ằẳẵắ",
    0xC6: "ặầẩẫấậè",
    0xCE: "ẻẽéẹềểễếệìỉ",
    0xDC: "ĩíịò",
    0xE1: "ỏõóọồổỗốộờởỡớợù",
    0xF1: "ủũúụừửữứựỳỷỹýỵ",
}
_TCVN3 = {start + place: letter for start, run in _TCVN3_LETTERS.items() for place, letter in enumerate(run)}

# VNI Windows: a base letter and the Latin-1 letter that stands for its mark.
_VNI_MARKS = {
    "a": dict(zip("ùøûõïâáàåãäêéèúüë", "áàảãạâấầẩẫậăắằẳẵặ", strict=True)),
    "e": dict(zip("ùøûõïâáàåãä", "éèẻẽẹêếềểễệ", strict=True)),
    "o": dict(zip("ùøûõïâáàåãä", "óòỏõọôốồổỗộ", strict=True)),
    "u": dict(zip("ùøûõï", "úùủũụ", strict=True)),
    "y": dict(zip("ùøûõ", "ýỳỷỹ", strict=True)),
    "ô": dict(zip("ùøûõï", "ớờởỡợ", strict=True)),
    "ö": dict(zip("ùøûõï", "ứừửữự", strict=True)),
}
_VNI_SINGLE = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_VNI_PAIR = re.compile("([aeouyôöAEOUYÔÖ])([ùøûõïâáàåãäêéèúüëÙØÛÕÏÂÁÀÅÃÄÊÉÈÚÜË])|([ôöñæóòîÔÖÑÆÓÒÎ])")


def plausibility(text: str) -> int:
    """Words with marks that are possible Vietnamese syllables, minus those that are not. Case does not matter."""
    marked = [word for word in _WORD.findall(text) if not word.isascii()]
    return sum(1 if _is_syllable(word) else -1 for word in marked)


def from_tcvn3(text: str) -> str:
    """The text read as TCVN3, which had been taken for windows-1252. Empty: it cannot be TCVN3."""
    data = to_latin_bytes(text)
    return "" if data is None else from_tcvn3_bytes(data)


def from_tcvn3_bytes(data: bytes) -> str:
    """Bytes read as TCVN3; a byte that TCVN3 does not know stays the windows-1252 sign that it is (a dash, a quote)."""
    return "".join(_TCVN3.get(byte) or _latin_sign(byte) for byte in data)


def from_vni(text: str) -> str:
    """The text read as VNI, whose marks had been taken for letters. Empty: it cannot be VNI."""
    if to_latin_bytes(text) is None:
        return ""
    return unicodedata.normalize("NFC", _VNI_PAIR.sub(_vni_letter, text))


def to_latin_bytes(text: str) -> bytes | None:
    """The single bytes that a windows-1252 reader had made this text of; None if it has other letters."""
    try:
        return b"".join(_latin_byte(letter) for letter in text)
    except UnicodeEncodeError:
        return None


def _latin_byte(letter: str) -> bytes:
    """windows-1252, or Latin-1 for the five bytes that windows-1252 leaves undefined."""
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1")


def _latin_sign(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


def _vni_letter(found: re.Match[str]) -> str:
    if found[3]:
        return _cased(_VNI_SINGLE[found[3].lower()], like=found[3])
    base, mark = found[1], found[2].lower()
    letter = _VNI_MARKS[base.lower()].get(mark)
    if letter is None:
        return _cased(_VNI_SINGLE.get(base.lower(), base.lower()), like=base) + found[2]
    return _cased(letter, like=base)


def _cased(letter: str, *, like: str) -> str:
    return letter.upper() if like.isupper() else letter


@lru_cache(maxsize=4096)
def _is_syllable(word: str) -> bool:
    if not (word.islower() or word.isupper() or word.istitle()):
        return False  # "TiÕng": a capital inside
    letters = unicodedata.normalize("NFD", word.lower())
    bare = "".join(letter for letter in letters if letter not in _TONES)
    return _SYLLABLE.fullmatch(unicodedata.normalize("NFC", bare)) is not None
