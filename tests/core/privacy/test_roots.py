"""Signed daily roots: a deleted case, a rewritten chain or an exchanged record is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.privacy.chain import Head
from core.privacy.errors import Tampered
from core.privacy.roots import (
    HeadDifference,
    RootRecord,
    compare_heads,
    pack_leaves,
    read_root,
    sign_root,
    signing_key,
    unpack_leaves,
    verify_leaves,
    verify_root,
)

KEY = signing_key(bytes(range(32)))
MIDNIGHT = datetime(2026, 3, 1, 17, tzinfo=UTC)
HEADS = [Head(f"case-{number}", number, bytes([number]) * 32) for number in range(1, 6)]


def record(day: int = 0, *, previous: RootRecord | None = None, heads: list[Head] = HEADS) -> RootRecord:
    made_at = MIDNIGHT + timedelta(days=day)
    return sign_root(heads, day=date(2026, 3, 1) + timedelta(days=day), made_at=made_at, previous=previous, key=KEY)


def test_record_is_read_back_and_verified() -> None:
    made = record()
    assert verify_root(made.stored, KEY.public_key()) == made
    assert (made.day, made.cases, made.previous) == (date(2026, 3, 1), 5, bytes(32))
    verify_leaves(made, reversed(HEADS))


def test_records_form_a_chain() -> None:
    first = record()
    second = record(1, previous=first)
    other = record(heads=HEADS[:4])

    assert verify_root(second.stored, KEY.public_key(), previous=first) == second
    with pytest.raises(Tampered, match="follow"):
        verify_root(second.stored, KEY.public_key(), previous=other)


@given(bit=st.integers(0, len(record().stored) * 8 - 1))
def test_any_flipped_bit_fails(bit: int) -> None:
    made = record()
    altered = bytearray(made.stored)
    altered[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Tampered):
        verify_root(bytes(altered), KEY.public_key())


def test_record_of_another_key_fails() -> None:
    with pytest.raises(Tampered, match="signed"):
        verify_root(record().stored, signing_key(b"x" * 32).public_key())


@pytest.mark.parametrize(
    "stored", [b"", b"[]", b"{}", b'{"body":"{}","signature":""}', b'{"body":1,"signature":"00"}', b"\xff"]
)
def test_rubbish_is_tampered(stored: bytes) -> None:
    with pytest.raises(Tampered):
        read_root(stored)


@pytest.mark.parametrize(
    "leaves",
    [HEADS[:-1], HEADS[1:], [*HEADS, Head("case-9", 1, bytes(32))], [*HEADS[:-1], replace(HEADS[-1], version=9)]],
    ids=["last deleted", "first deleted", "added", "changed"],
)
def test_other_leaves_do_not_give_the_root(leaves: list[Head]) -> None:
    with pytest.raises(Tampered, match="leaves"):
        verify_leaves(record(), leaves)


def test_differences_are_named() -> None:
    """Cases may grow after the record; they may not vanish, shrink or change below it."""
    now = {
        "case-1": {1: bytes([1]) * 32, 2: b"grown".ljust(32)},
        "case-3": {2: bytes([3]) * 32},
        "case-4": {4: b"rewritten".ljust(32)},
        "case-5": {5: bytes([5]) * 32},
        "case-6": {1: bytes(32)},
    }
    expected = [
        HeadDifference("case-2", "missing"),
        HeadDifference("case-3", "shorter"),
        HeadDifference("case-4", "altered"),
    ]
    assert compare_heads(HEADS, now) == expected


def test_leaves_are_packed_and_unpacked() -> None:
    assert unpack_leaves(pack_leaves(reversed(HEADS))) == HEADS
    assert pack_leaves([]) == b"[]"
    for rubbish in (b"", b"{", b"[1]", b'[["a",1,"zz"]]'):
        with pytest.raises(Tampered):
            unpack_leaves(rubbish)


def test_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        sign_root([], day=date(2026, 3, 1), made_at=datetime(2026, 3, 1), previous=None, key=KEY)  # noqa: DTZ001
