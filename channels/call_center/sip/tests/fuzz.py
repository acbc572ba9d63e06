"""Seeded nonsense: ordinary messages, damaged in one of a few ways."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator

from channels.call_center.sip.reading import Malformed, read
from channels.call_center.sip.tests.raw import RawPhone, sdp

METHODS = ("INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER", "INFO", "UPDATE", "PRACK", "NOTIFY")
PIECES = (
    b"\r\n",
    b"\0",
    b";;;",
    b"<<<",
    b'"',
    b"\xff\xfe",
    b"Content-Length: -1\r\n",
    b"%00",
    b"sip:",
    b"9" * 40,
    b" ",
)
Mutator = Callable[[random.Random, bytes], bytes]


def flip(dice: random.Random, data: bytes) -> bytes:
    """Other bytes here and there."""
    damaged = bytearray(data)
    for _ in range(dice.randint(1, 12)):
        damaged[dice.randrange(len(damaged))] = dice.randrange(256)
    return bytes(damaged)


def cut(dice: random.Random, data: bytes) -> bytes:
    """The end is missing."""
    return data[: dice.randrange(len(data))]


def insert(dice: random.Random, data: bytes) -> bytes:
    """Something that matters to parsers, somewhere."""
    at = dice.randrange(len(data))
    return data[:at] + dice.choice(PIECES) * dice.randint(1, 4) + data[at:]


def drop_line(dice: random.Random, data: bytes) -> bytes:
    """A line is missing."""
    lines = data.split(b"\r\n")
    del lines[dice.randrange(len(lines))]
    return b"\r\n".join(lines)


def double_line(dice: random.Random, data: bytes) -> bytes:
    """A line, many times."""
    lines = data.split(b"\r\n")
    at = dice.randrange(len(lines))
    return b"\r\n".join([*lines[:at], *[lines[at]] * dice.randint(2, 300), *lines[at:]])


def shuffle(dice: random.Random, data: bytes) -> bytes:
    """The lines in another order."""
    lines = data.split(b"\r\n")
    dice.shuffle(lines)
    return b"\r\n".join(lines)


def swell(dice: random.Random, data: bytes) -> bytes:
    """A value that goes on and on."""
    at = data.find(b": ", dice.randrange(len(data) // 2)) + 2
    return data[:at] + b"x" * dice.randint(100, 20_000) + data[at:]


def as_answer(dice: random.Random, data: bytes) -> bytes:
    """A response that nobody waits for."""
    first = b"SIP/2.0 " + str(dice.choice([100, 180, 200, 302, 401, 487, 699, 0, -1])).encode() + b" OK"
    return first + data[data.find(b"\r\n") :]


MUTATORS: tuple[Mutator, ...] = (flip, cut, insert, drop_line, double_line, shuffle, swell, as_answer)


def packets(phone: RawPhone, seed: int, count: int) -> Iterator[bytes]:
    """As many damaged messages; the same seed gives the same."""
    dice = random.Random(seed)
    for number in range(count):
        method = dice.choice(METHODS)
        body = sdp(dice.choice(["sendrecv", "sendonly"])) if method in ("INVITE", "UPDATE") else ""
        whole = phone.build(method, branch=f"{seed}-{number}", call=f"{seed}-{number // 3}", body=body).encode()
        yield dice.choice(MUTATORS)(dice, whole)[:60_000]


def faults_in(messages: Iterable[bytes]) -> set[str]:
    """What is wrong with them; nothing is said of those that can be read."""
    found = set()
    for message in messages:
        try:
            read(message)
        except Malformed as fault:
            found.add(str(fault))
    return found
