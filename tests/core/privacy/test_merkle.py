"""The Merkle tree of heads, against a second, recursive writing of RFC 9162."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.privacy.chain import Head
from core.privacy.merkle import GrowingTree, leaf_hash, merkle_root, prove_inclusion, sort_heads, verify_inclusion

HEADS = st.lists(
    st.builds(Head, st.text(max_size=6), st.integers(0, 99), st.binary(min_size=32, max_size=32)),
    max_size=40,
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


def heads(count: int) -> list[Head]:
    return [Head(f"case-{number:03}", number, bytes([number]) * 32) for number in range(count)]


@given(found=HEADS)
def test_root_is_that_of_the_rfc(found: list[Head]) -> None:
    ordered = sorted(found, key=lambda head: head.case_id.encode())
    assert merkle_root(found) == recursive_root([leaf_hash(head) for head in ordered])


@given(count=st.integers(0, 70))
def test_a_growing_tree_has_the_same_root(count: int) -> None:
    tree = GrowingTree()
    for head in heads(count):
        tree.add(leaf_hash(head))
    assert tree.root() == merkle_root(heads(count))


@given(found=HEADS, data=st.data())
def test_order_of_reading_does_not_matter(found: list[Head], data: st.DataObject) -> None:
    assert merkle_root(data.draw(st.permutations(found))) == merkle_root(found)


@pytest.mark.parametrize("count", [*range(1, 20), 33])
def test_every_case_has_a_proof(count: int) -> None:
    found = heads(count)
    root = merkle_root(found)
    for head in found:
        proof = prove_inclusion(found, head.case_id)
        assert verify_inclusion(head, proof, root)
        assert len(proof.path) <= count.bit_length()


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 13])
def test_proof_fits_nothing_else(count: int) -> None:
    found = heads(count)
    root = merkle_root(found)
    for place, head in enumerate(found):
        proof = prove_inclusion(found, head.case_id)
        assert not verify_inclusion(replace(head, version=head.version + 1), proof, root)
        assert not verify_inclusion(replace(head, hash=b"\xff" * 32), proof, root)
        assert not verify_inclusion(replace(head, case_id="other"), proof, root)
        assert not verify_inclusion(head, proof, b"\xff" * 32)
        assert not verify_inclusion(head, replace(proof, path=(*proof.path, b"\x00" * 32)), root)
        assert not verify_inclusion(head, replace(proof, index=count), root)
        assert not verify_inclusion(head, replace(proof, index=-1), root)
        if proof.path:
            assert not verify_inclusion(head, replace(proof, path=proof.path[:-1]), root)
            assert not verify_inclusion(found[place - 1], proof, root)


@given(found=HEADS.filter(bool), data=st.data())
def test_one_deleted_or_changed_case_changes_the_root(found: list[Head], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(found) - 1))
    altered = replace(found[place], version=found[place].version + 1)

    assert merkle_root(found[:place] + found[place + 1 :]) != merkle_root(found)
    assert merkle_root([*found[:place], altered, *found[place + 1 :]]) != merkle_root(found)


def test_a_case_stands_once() -> None:
    with pytest.raises(ValueError, match="one head per case"):
        sort_heads([*heads(2), *heads(1)])


def test_unknown_case_has_no_proof() -> None:
    with pytest.raises(KeyError):
        prove_inclusion(heads(3), "nobody")


def test_root_is_fixed() -> None:
    assert merkle_root(heads(5)).hex() == "bb165969d9fe68392302ac0c0035c8b93a9f1c736bd34f129e0b87487b30f81f"
