"""Signed daily roots: a deleted case, a rewritten chain or an exchanged record is found."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.privacy.chain import Head
from core.privacy.errors import Tampered
from core.privacy.roots import (
    PACKED,
    Leaves,
    RootRecord,
    read_leaves,
    read_root,
    sign_root,
    signing_key,
    verify_leaves,
    verify_root,
)

KEY = signing_key(bytes(range(32)))
MIDNIGHT = datetime(2026, 3, 1, 17, tzinfo=UTC)
HEADS = [Head(f"case-{number}", number, bytes([number]) * 32) for number in range(1, 6)]


def record(day: int = 0, *, previous: RootRecord | None = None, heads: list[Head] = HEADS) -> RootRecord:
    made_at = MIDNIGHT + timedelta(days=day)
    on = date(2026, 3, 1) + timedelta(days=day)
    return sign_root(leaves_of(heads), day=on, made_at=made_at, previous=previous, key=KEY)


def leaves_of(heads: Iterable[Head]) -> Leaves:
    leaves = Leaves()
    for head in heads:
        leaves.add(head)
    return leaves


def test_record_is_read_back_and_verified() -> None:
    made = record()
    assert verify_root(made.stored, KEY.public_key()) == made
    assert (made.day, made.cases, made.previous) == (date(2026, 3, 1), 5, bytes(32))
    verify_leaves(made, leaves_of(HEADS).packed)


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
        verify_leaves(record(), leaves_of(leaves).packed)


def test_leaves_are_packed_and_read_again() -> None:
    """One in memory at a time, 32 bytes of hash, 4 of version, the id with its length."""
    packed = leaves_of(HEADS).packed

    assert list(read_leaves(packed)) == HEADS
    assert len(packed) == len(PACKED) + 5 * (1 + 6 + 4 + 32)
    assert list(read_leaves(leaves_of([]).packed)) == []
    old = json.dumps([[head.case_id, head.version, head.hash.hex()] for head in HEADS]).encode()
    assert list(read_leaves(old)) == HEADS
    for rubbish in (b"", b"{", b"[1]", packed[:-1], PACKED + b"\x05ab", PACKED + b"\x01\xff" + bytes(36)):
        with pytest.raises(Tampered):
            list(read_leaves(rubbish))


@pytest.mark.parametrize("wrong", [[HEADS[1], HEADS[0]], [HEADS[0], HEADS[0]]], ids=["out of order", "twice"])
def test_leaves_come_once_and_in_order(wrong: list[Head]) -> None:
    """Else the same heads would have two roots."""
    with pytest.raises(ValueError, match="order"):
        leaves_of(wrong)


def test_a_record_says_since_when_its_heads_changed() -> None:
    """The first covers all."""
    made = sign_root(
        leaves_of(HEADS), day=date(2026, 3, 2), made_at=MIDNIGHT, previous=record(), key=KEY, since=MIDNIGHT
    )

    assert (record().since, read_root(made.stored).since) == (None, MIDNIGHT)


def test_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        sign_root(Leaves(), day=date(2026, 3, 1), made_at=datetime(2026, 3, 1), previous=None, key=KEY)  # noqa: DTZ001
