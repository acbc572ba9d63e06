"""
How a text travels by SMS: its alphabet, what each character costs, and where it is cut. Pure.

One segment holds 160 characters of the GSM alphabet (3GPP TS 23.038, 7 bits) or 70 units of UCS-2; of several segments
each holds 153 or 67, because a header says which part it is (TS 23.040). A single letter outside the GSM alphabet makes
the whole text UCS-2, and nearly every Vietnamese letter with a mark is outside.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPE = 0x1B
_BY_EXTENSION = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
_SEPTETS: dict[str, bytes] = {char: bytes([code]) for code, char in enumerate(_BASIC) if code != _ESCAPE} | {
    char: bytes([_ESCAPE, code]) for code, char in _BY_EXTENSION.items()
}


class Alphabet(StrEnum):
    """What the letters of a whole message are written in."""

    GSM = "gsm-7"
    UCS2 = "ucs-2"


_ONE = {Alphabet.GSM: 160, Alphabet.UCS2: 70}
_EACH = {Alphabet.GSM: 153, Alphabet.UCS2: 67}


@dataclass(frozen=True)
class Measure:
    """What a text costs: `units` are septets, or 16-bit units of UCS-2."""

    alphabet: Alphabet
    units: int
    segments: int


def alphabet_of(text: str) -> Alphabet:
    """The alphabet that a text (composed, NFC) needs."""
    return Alphabet.GSM if all(char in _SEPTETS for char in text) else Alphabet.UCS2


def measure(text: str) -> Measure:
    """Count a text as the network does; it is composed first (NFC), as it is before sending."""
    composed = unicodedata.normalize("NFC", text)
    alphabet = alphabet_of(composed)
    return Measure(alphabet, _units(composed, alphabet), len(cut(composed)))


def cut(text: str) -> tuple[str, ...]:
    """
    The text of each segment, in order; an empty text is one empty segment.

    A character of two units (an emoji, a euro sign) is never cut in two, which may leave a unit of a segment free.
    """
    alphabet = alphabet_of(text)
    if _units(text, alphabet) <= _ONE[alphabet]:
        return (text,)
    parts, begin, used = [], 0, 0
    for at, char in enumerate(text):
        cost = _cost(char, alphabet)
        if used + cost > _EACH[alphabet]:
            parts.append(text[begin:at])
            begin, used = at, 0
        used += cost
    return (*parts, text[begin:])


def to_gsm(text: str) -> bytes:
    """One octet a septet, as SMPP carries them. Raises KeyError for a character outside the alphabet."""
    return b"".join(_SEPTETS[char] for char in text)


def from_gsm(data: bytes) -> str:
    """Octets of the GSM alphabet as text; what no table knows becomes a space, as TS 23.038 wants of a phone."""
    shown, escaped = [], False
    for code in data:
        if escaped:
            shown.append(_BY_EXTENSION.get(code, _plain(code)))
        elif code != _ESCAPE:
            shown.append(_plain(code))
        escaped = code == _ESCAPE and not escaped
    return "".join(shown)


def _plain(code: int) -> str:
    return _BASIC[code] if code < len(_BASIC) and code != _ESCAPE else " "


def _units(text: str, alphabet: Alphabet) -> int:
    return sum(_cost(char, alphabet) for char in text)


def _cost(char: str, alphabet: Alphabet) -> int:
    return len(_SEPTETS[char]) if alphabet is Alphabet.GSM else 1 + (ord(char) > 0xFFFF)
