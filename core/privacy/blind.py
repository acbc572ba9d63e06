"""
The blind index: exact look-up of a phone, mail address, identity number or chat address without storing it.

A keyed hash (HMAC-SHA256) of the normalised value; each purpose has a key of its own (HKDF-SHA256), so that hashes of
different columns cannot be matched, and without the key a list of all numbers does not help to guess one.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable
from typing import Literal

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.identity import phones

SECRET_BYTES = 32
VIETNAM = "84"


class BlindIndex:
    """Hashes are 64 hex digits and stay the same for the life of the deployment's secret (`system_secret("blind")`)."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != SECRET_BYTES:
            raise ValueError(f"the blind index needs a secret of {SECRET_BYTES} bytes")
        self._secret = secret
        self._hashes: dict[str, KeyedHash] = {}

    def __repr__(self) -> str:
        return "BlindIndex()"

    def phone(self, value: str) -> str:
        """Of a phone number in any spelling; 0900 000 001, +84 900 000 001 and 84900000001 are one number."""
        return self._hash("phone", phones.normalise(value) or normal_phone(value))

    def email(self, value: str) -> str:
        """Of a mail address, whatever its capitals."""
        return self._hash("email", normal_email(value))

    def identity_number(self, value: str) -> str:
        """Of a personal number (CCCD, or legacy CMND, VN-12), with or without spaces."""
        return self._hash("identity-number", normal_identity_number(value))

    def chat(self, channel: str, account: str, value: str) -> str:
        """Of a chat user's id, which means something only on its channel and account."""
        return self._hash("chat", _joined(channel, account, value))

    def address(self, channel: str, account: str, value: str) -> str:
        """
        Of any address of the schema, by what it is rather than where it came in.

        Mail addresses and phone numbers are hashed like `email` and `phone`, so that the same person is found again
        on another channel; everything else like `chat`.
        """
        kind = kind_of_address(value)
        if kind == "email":
            return self.email(value)
        return self.phone(value) if kind == "phone" else self.chat(channel, account, value)

    def other(self, purpose: str, *parts: str) -> str:
        """Of anything else, under a purpose of its own; the parts stay apart ("ab","c" is not "a","bc")."""
        return self._hash("other:" + purpose, _joined(*parts))

    def for_other(self, purpose: str) -> Callable[[str], str]:
        """What `other` makes of one part, for a purpose that is asked for all the time."""
        keyed = self._keyed("other:" + purpose)
        return lambda part: keyed.hex(_joined(part))

    def _hash(self, purpose: str, value: str) -> str:
        return self._keyed(purpose).hex(value)

    def _keyed(self, purpose: str) -> KeyedHash:
        keyed = self._hashes.get(purpose)
        if keyed is None:
            keyed = self._hashes[purpose] = KeyedHash(purpose_key(self._secret, purpose))
        return keyed


class KeyedHash:
    """
    HMAC-SHA256 (RFC 2104) that has read its key once and for all, which is a quarter of the price of `hmac`'s.

    Every message accepted is hashed several times before its sender is answered.
    """

    def __init__(self, key: bytes) -> None:
        padded = key.ljust(hashlib.sha256().block_size, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))

    def hex(self, value: str) -> str:
        """64 hexadecimal digits."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(value.encode(errors="surrogatepass"))
        outer.update(inner.digest())
        return outer.hexdigest()


def purpose_key(secret: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose out of a secret (HKDF-SHA256, RFC 5869)."""
    return HKDF(SHA256(), SECRET_BYTES, salt=None, info=b"langnghe/blind/v1/" + purpose.encode()).derive(secret)


def kind_of_address(value: str) -> Literal["phone", "email", "chat"]:
    """What a normalised address (schema `Address.value`) is: E.164 phone, mail address, or a chat id."""
    if "@" in value:
        return "email"
    return "phone" if re.fullmatch(r"\+\d{6,15}", value) else "chat"


def normal_phone(value: str) -> str:
    """For what no numbering plan knows: digits in international form with +; short codes stay as they are."""
    text = unicodedata.normalize("NFKC", value).strip()
    digits = re.sub(r"\D", "", text)
    if text.startswith("+"):
        return "+" + digits
    if digits.startswith("00"):
        return "+" + digits[2:]
    if digits.startswith("0"):
        return "+" + VIETNAM + digits[1:]
    return "+" + digits if digits.startswith(VIETNAM) and len(digits) > 9 else digits


def normal_email(value: str) -> str:
    """Lower case throughout; the domain in its ASCII form."""
    text = unicodedata.normalize("NFKC", value).strip().casefold()
    local, at, domain = text.rpartition("@")
    try:
        return local + at + domain.encode("idna").decode()
    except UnicodeError:
        return text


def normal_identity_number(value: str) -> str:
    """Digits only; letters stay, in capitals, for what is no personal number (a passport)."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", value)).upper()


def _joined(*parts: str) -> str:
    return "".join(f"{len(part)}:{part}" for part in parts)
