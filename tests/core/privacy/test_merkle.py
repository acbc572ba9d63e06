"""The Merkle tree of heads, against a second, recursive writing of RFC 9162."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from core.privacy.chain import Head
from core.privacy.merkle import GrowingTree, leaf_hash

HEADS = st.lists(
    st.builds(Head, st.text(max_size=6), st.integers(0, 99), st.binary(min_size=32, max_size=32)),
    max_size=70,
    unique_by=lambda head: head.case_id,
)


def recursive_root(leaves: list[bytes]) -> bytes:
    """RFC 9162 §2.1.1, word by word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + recursive_root(leaves[:split]) + recursive_root(leaves[split:])).digest()


def root_of(heads: Iterable[Head]) -> bytes:
    tree = GrowingTree()
    for head in heads:
        tree.add(leaf_hash(head))
    return tree.root()


@given(found=HEADS)
def test_root_is_that_of_the_rfc(found: list[Head]) -> None:
    assert root_of(found) == recursive_root([leaf_hash(head) for head in found])


@given(found=HEADS.filter(bool), data=st.data())
def test_one_deleted_or_changed_case_changes_the_root(found: list[Head], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(found) - 1))
    altered = replace(found[place], version=found[place].version + 1)

    assert root_of(found[:place] + found[place + 1 :]) != root_of(found)
    assert root_of([*found[:place], altered, *found[place + 1 :]]) != root_of(found)


def test_root_is_fixed() -> None:
    heads = [Head(f"case-{number:03}", number, bytes([number]) * 32) for number in range(5)]
    assert root_of(heads).hex() == "bb165969d9fe68392302ac0c0035c8b93a9f1c736bd34f129e0b87487b30f81f"
