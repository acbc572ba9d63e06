"""
Passwords of staff: argon2id, and what a new password must be like.

Vietnamese keyboards differ in how they compose letters, so passwords are normalised (NFKC) before hashing: the same
word typed on another machine is the same password.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 12
MAX_LENGTH = 256
COMMON = ("123456", "password", "matkhau", "qwerty", "langnghe", "abc123", "111111", "phananh", "vietnam")


@dataclass(frozen=True)
class PasswordCheck:
    """`ok`: right. `renewed`: a hash under today's parameters to store instead, where the old one is weaker."""

    ok: bool
    renewed: str | None = None


class Passwords:
    """
    Hashes and checks. One check takes some 50 ms and 64 MiB: call it in a thread, behind the log-in limits.

    The default is RFC 9106's second recommended choice (3 passes, 64 MiB, 4 lanes).
    """

    def __init__(self, *, time_cost: int = 3, memory_kib: int = 65_536, lanes: int = 4) -> None:
        self._hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=lanes)
        self._nobody = _hash_of_nobody(time_cost, memory_kib, lanes)

    def hash(self, password: str) -> str:
        """The argon2id hash to store, with its parameters and salt inside."""
        return self._hasher.hash(_normal(password))

    def check(self, password: str, stored: str | None) -> PasswordCheck:
        """
        Whether the password is right. `stored` None: an unknown login, which takes as long and is never right.

        A hash that cannot be read is never right either.
        """
        normal = _normal(password[: MAX_LENGTH + 1])
        try:
            self._hasher.verify(stored or self._nobody, normal)
        except (VerificationError, InvalidHashError):
            return PasswordCheck(ok=False)
        if not stored or len(password) > MAX_LENGTH:
            return PasswordCheck(ok=False)
        weaker = self._hasher.check_needs_rehash(stored)
        return PasswordCheck(ok=True, renewed=self.hash(password) if weaker else None)


def weakness(password: str, *, login: str = "", display_name: str = "") -> str | None:
    """What is wrong with a new password, as a Vietnamese sentence; None: nothing. No rules about kinds of letters."""
    normal = _normal(password)
    folded = normal.casefold()
    if len(normal) < MIN_LENGTH:
        return f"Mật khẩu phải có ít nhất {MIN_LENGTH} ký tự. Nên ghép vài từ dễ nhớ với nhau."
    if len(normal) > MAX_LENGTH:
        return f"Mật khẩu không được dài quá {MAX_LENGTH} ký tự."
    if len(set(folded)) < 5:
        return "Mật khẩu lặp lại quá ít ký tự khác nhau. Vui lòng chọn mật khẩu khác."
    own = [word for word in (login, *display_name.split()) if len(word) >= 3]
    for word in own:
        folded = folded.replace(_normal(word).casefold(), "")
    for word in COMMON:
        folded = folded.replace(word, "")
    if len(folded) < MIN_LENGTH // 2:
        return "Mật khẩu chứa tên của quý vị hoặc cụm từ quá phổ biến. Vui lòng chọn mật khẩu khác."
    return None


@cache
def _hash_of_nobody(time_cost: int, memory_kib: int, lanes: int) -> str:
    """What the password of an unknown login is compared with; which one it is does not matter."""
    hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=lanes)
    return hasher.hash("nobody has this password")


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
