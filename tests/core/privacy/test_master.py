"""The master key: where it is read from, and how it wraps other keys."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.contract.errors import ConfigError
from core.privacy.errors import Tampered
from core.privacy.master import WRAPPED_BYTES, KeyRing, MasterKey, create_master_key_file, load_master_key
from tests.core.privacy.stores import ring

SECRET = bytes(range(32))


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        SECRET.hex().encode() + b"\n",
        base64.b64encode(SECRET),
        base64.urlsafe_b64encode(SECRET) + b"\n",
    ],
    ids=["raw", "hex", "base64", "base64 for addresses"],
)
def test_key_is_read_from_a_file(tmp_path: Path, written: bytes) -> None:
    path = tmp_path / "master.key"
    path.write_bytes(written)
    assert load_master_key(f"file:{path}", version=3) == MasterKey(3, SECRET)


def test_key_is_read_from_the_environment() -> None:
    assert load_master_key("env:KEY", environ={"KEY": SECRET.hex()}) == MasterKey(1, SECRET)


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("env:MISSING", "environment variable MISSING is not set"),
        ("env:SHORT", "not 32 bytes"),
        ("file:/nowhere/master.key", "cannot read"),
        ("deadbeef", "expected env:NAME or file:PATH"),
        ("env:", "expected env:NAME or file:PATH"),
    ],
)
def test_wrong_setting_says_which_and_how(reference: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as caught:
        load_master_key(reference, environ={"SHORT": "feedface"})

    assert caught.value.key == "privacy.master_key"
    assert "example" in str(caught.value)
    assert "feedface" not in str(caught.value)


def test_fresh_key_file_is_private_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    create_master_key_file(path)
    first = load_master_key(f"file:{path}")
    create_master_key_file(path)

    assert load_master_key(f"file:{path}") == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_secret_is_not_printed() -> None:
    assert SECRET.hex() not in repr(MasterKey(1, SECRET))
    assert repr(SECRET) not in repr(MasterKey(1, SECRET))


@pytest.mark.parametrize(("version", "secret"), [(0, SECRET), (70_000, SECRET), (1, b"short")])
def test_impossible_keys_are_refused(version: int, secret: bytes) -> None:
    with pytest.raises(ValueError, match="master key"):
        MasterKey(version, secret)


def test_ring_needs_distinct_versions() -> None:
    with pytest.raises(ValueError, match="version"):
        KeyRing([])
    with pytest.raises(ValueError, match="version"):
        KeyRing([MasterKey(1, SECRET), MasterKey(1, SECRET[::-1])])


@given(key=st.binary(min_size=32, max_size=32), owner=st.binary(max_size=40))
def test_wrapped_key_comes_back(key: bytes, owner: bytes) -> None:
    wrapped = ring().wrap(key, owner=owner)

    assert len(wrapped) == WRAPPED_BYTES
    assert key not in wrapped
    assert ring().unwrap(wrapped, owner=owner) == key


@given(bit=st.integers(0, WRAPPED_BYTES * 8 - 1))
def test_any_flipped_bit_fails(bit: int) -> None:
    wrapped = bytearray(ring().wrap(SECRET, owner=b"an"))
    wrapped[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Tampered):
        ring(1, 2).unwrap(bytes(wrapped), owner=b"an")


def test_key_of_another_owner_does_not_open() -> None:
    wrapped = ring().wrap(SECRET, owner=b"an")
    with pytest.raises(Tampered):
        ring().unwrap(wrapped, owner=b"binh")


@pytest.mark.parametrize("cut", [0, 1, 30, WRAPPED_BYTES - 1])
def test_cut_key_fails(cut: int) -> None:
    with pytest.raises(Tampered):
        ring().unwrap(ring().wrap(SECRET, owner=b"an")[:cut], owner=b"an")


def test_newest_version_wraps_and_older_ones_still_open() -> None:
    old = ring(1).wrap(SECRET, owner=b"an")
    both = ring(1, 2)
    new = both.rewrap(old, owner=b"an")

    assert both.unwrap(old, owner=b"an") == SECRET
    assert new is not None
    assert ring(2).unwrap(new, owner=b"an") == SECRET
    assert both.rewrap(new, owner=b"an") is None


def test_layout_is_fixed() -> None:
    """A key wrapped by an earlier release must open in every later one."""
    wrapped = bytes.fromhex(
        "00016aa5254b3473e54ae6a38d5f46ca039ba4f3acbf93308f27be2d9a02c14822e23a49c5f15cded30c614cdd58b1e47674640d632aa95f87a4d5b42cb6"
    )
    assert ring().unwrap(wrapped, owner=b"contact-1") == SECRET
