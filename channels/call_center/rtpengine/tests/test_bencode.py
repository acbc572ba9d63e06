"""The words of the control protocol."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.call_center.rtpengine.bencode import NotBencoded, read, write

VALUES = st.recursive(
    st.binary(max_size=20) | st.integers(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


@given(VALUES)
def test_what_is_written_is_read(value: object) -> None:
    assert read(write(value)) == value  # type: ignore[arg-type]


def test_as_the_format_wants_it() -> None:
    assert write({"b": "hi", "a": [1, b"x"]}) == b"d1:ali1e1:xe1:b2:hie"


@pytest.mark.parametrize("data", [b"", b"i1", b"5:abc", b"-1:", b"le1:x", b"d1:ae", b"di1e1:ae", b"x", b"l" * 50])
def test_nonsense_is_refused(data: bytes) -> None:
    with pytest.raises(NotBencoded):
        read(data)


@given(st.binary(max_size=60))
def test_no_bytes_do_anything_else(data: bytes) -> None:
    with contextlib.suppress(NotBencoded):
        assert write(read(data))
