"""Passwords of staff, with real argon2 at a low cost."""

from __future__ import annotations

import unicodedata

import pytest

from core.identity.passwords import MAX_LENGTH, Passwords, weakness

LIGHT = Passwords(time_cost=1, memory_kib=64, lanes=1)
GOOD = "ổ gà trước cổng chợ"


def test_right_password_is_accepted() -> None:
    stored = LIGHT.hash(GOOD)
    assert stored.startswith("$argon2id$")
    assert GOOD not in stored
    assert LIGHT.check(GOOD, stored).ok
    assert LIGHT.hash(GOOD) != stored


@pytest.mark.parametrize("typed", ["", "ổ gà trước cổng", GOOD + " ", GOOD.upper(), GOOD * 20])
def test_wrong_password_is_not(typed: str) -> None:
    assert not LIGHT.check(typed, LIGHT.hash(GOOD)).ok


def test_keyboard_that_composes_otherwise_gives_the_same_password() -> None:
    stored = LIGHT.hash(unicodedata.normalize("NFC", GOOD))
    assert LIGHT.check(unicodedata.normalize("NFD", GOOD), stored).ok


@pytest.mark.parametrize("typed", [GOOD, "nobody has this password"])
@pytest.mark.parametrize("stored", [None, "", "rubbish", "$argon2id$v=19$m=8"])
def test_unknown_login_and_broken_hash_are_never_right(typed: str, stored: str | None) -> None:
    assert not LIGHT.check(typed, stored).ok


def test_too_long_a_password_is_not_cut_into_a_right_one() -> None:
    stored = LIGHT.hash("x" * (MAX_LENGTH + 1))
    assert not LIGHT.check("x" * (MAX_LENGTH + 1), stored).ok


def test_weaker_hash_is_renewed() -> None:
    stronger = Passwords(time_cost=2, memory_kib=64, lanes=1)
    checked = stronger.check(GOOD, LIGHT.hash(GOOD))

    assert checked.ok
    assert checked.renewed is not None
    assert stronger.check(GOOD, checked.renewed).renewed is None


def test_default_is_the_rfc_choice() -> None:
    assert Passwords().hash(GOOD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("ngắn", "ít nhất 12"),
        ("x" * 300, "dài quá"),
        ("abababababab", "lặp lại"),
        ("nguyenvanan2026", "tên của quý vị"),
        ("matkhau123456", "phổ biến"),
    ],
)
def test_weak_password_is_told_why(password: str, told: str) -> None:
    assert told in (weakness(password, login="nguyenvanan", display_name="Nguyễn Văn An") or "")


@pytest.mark.parametrize("password", [GOOD, "correct horse battery", "nguyenvanan và chín con mèo"])
def test_long_phrases_are_welcome(password: str) -> None:
    assert weakness(password, login="nguyenvanan", display_name="Nguyễn Văn An") is None
