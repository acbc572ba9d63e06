"""The citizens' phones: what they show, and what it took to bring it there. Counts by itself, by 3GPP TS 23.038."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

_ROWS = (
    "@£$¥èéùìòÇ\nØø\rÅå",
    "Δ_ΦΓΛΩΠΨΣΘΞ\x00ÆæßÉ",
    " !\"#¤%&'()*+,-./",
    "0123456789:;<=>?",
    "¡ABCDEFGHIJKLMNO",
    "PQRSTUVWXYZÄÖÑÜ§",
    "¿abcdefghijklmno",
    "pqrstuvwxyzäöñüà",
)
TABLE = "".join(_ROWS)
"""Rows of sixteen as they are printed in the standard; the escape's place is empty."""
DOUBLE = {10: "\f", 20: "^", 40: "{", 41: "}", 47: "\\", 60: "[", 61: "~", 62: "]", 64: "|", 101: "€"}


def is_small(text: str) -> bool:
    """Whether a text can travel in seven bits a letter."""
    return all((char in TABLE and char != "\x00") or char in DOUBLE.values() for char in text)


def segments_of(text: str) -> int:
    """How many SMS a text is; letters that count twice are kept together."""
    if is_small(text):
        costs, one, each = [2 if char in DOUBLE.values() else 1 for char in text], 160, 153
    else:
        costs, one, each = [len(char.encode("utf-16-le")) // 2 for char in text], 70, 67
    if sum(costs) <= one:
        return 1
    count, free = 1, each
    for cost in costs:
        if cost > free:
            count, free = count + 1, each
        free -= cost
    return count


def unpack(octets: bytes) -> str:
    """Octets of the small alphabet as a phone shows them."""
    shown, rest = "", iter(octets)
    for octet in rest:
        shown += DOUBLE.get(next(rest, 0), " ") if octet == 0x1B else TABLE[octet & 0x7F]
    return shown


@dataclass
class Shown:
    """One message on a phone. `status` is how far it has got in the provider's own words."""

    id: str
    to: str
    sender: str
    text: str
    segments: int
    alphabet: str
    status: str = "sent"
    request_id: str = ""


@dataclass
class Phones:
    """All phones, by number in digits with the country code."""

    shown: list[Shown] = field(default_factory=list)
    last_id: int = 0xABCDEF

    def next_id(self) -> int:
        """A number for a message: large, and with letters when it is written in hexadecimal."""
        self.last_id += 1
        return self.last_id

    def keep(self, to: str, sender: str, text: str, *, named: str, segments: int = 0, request_id: str = "") -> Shown:
        """A message arrives."""
        kind = "gsm-7" if is_small(text) else "ucs-2"
        message = Shown(named, digits(to), sender, text, segments or segments_of(text), kind, request_id=request_id)
        self.shown.append(message)
        return message

    def view(self) -> dict[str, list[dict[str, Any]]]:
        """Each phone's messages, oldest first."""
        return {number: [asdict(one) for one in self.shown if one.to == number] for number in self.numbers()}

    def numbers(self) -> list[str]:
        """Every phone that ever got something."""
        return sorted({one.to for one in self.shown})


def digits(number: str) -> str:
    """A number with its country code, without plus and zero."""
    bare = number.removeprefix("+")
    return "84" + bare[1:] if bare.startswith("0") else bare
