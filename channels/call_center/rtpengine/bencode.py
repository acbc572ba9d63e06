"""Bencoding, as rtpengine's control protocol writes its messages. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Value = bytes | int | Sequence["Value"] | Mapping[str, "Value"]
Read = bytes | int | list["Read"] | dict[str, "Read"]
DEEPEST = 20


class NotBencoded(ValueError):
    """Not a bencoded value, or more than one."""


def write(value: Value | str) -> bytes:
    """Text as UTF-8; keys of a dictionary in their order, as the format demands."""
    if isinstance(value, str):
        return write(value.encode())
    if isinstance(value, bytes):
        return b"%d:%b" % (len(value), value)
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, Mapping):
        return b"d%be" % b"".join(write(key) + write(value[key]) for key in sorted(value))
    return b"l%be" % b"".join(write(one) for one in value)


def read(data: bytes) -> Read:
    """The one value in `data`. Raises: NotBencoded."""
    try:
        value, end = _read(data, 0, DEEPEST)
    except (IndexError, ValueError) as error:
        raise NotBencoded(str(error)) from None
    if end != len(data):
        raise NotBencoded("something follows")
    return value


def _read(data: bytes, at: int, deep: int) -> tuple[Read, int]:
    kind = data[at : at + 1]
    if deep == 0:
        raise NotBencoded("too deep")
    if kind == b"i":
        end = data.index(b"e", at)
        return int(data[at + 1 : end]), end + 1
    if kind in (b"l", b"d"):
        many, end = _many(data, at + 1, deep - 1)
        return (many if kind == b"l" else _paired(many)), end
    colon = data.index(b":", at)
    end = colon + 1 + int(data[at:colon])
    if end > len(data) or not data[at:colon].isdigit():
        raise NotBencoded("cut short")
    return data[colon + 1 : end], end


def _many(data: bytes, at: int, deep: int) -> tuple[list[Read], int]:
    found: list[Read] = []
    while data[at : at + 1] != b"e":
        value, at = _read(data, at, deep)
        found.append(value)
    return found, at + 1


def _paired(many: list[Read]) -> dict[str, Read]:
    keys = [key.decode(errors="replace") for key in many[::2] if isinstance(key, bytes)]
    if len(many) != 2 * len(keys):
        raise NotBencoded("not a dictionary")
    return dict(zip(keys, many[1::2], strict=True))
