"""Raw bodies under a key of their own: forgetting it is enough."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.privacy.errors import Erased, Tampered
from core.privacy.intake_zone import IntakeZone
from tests.core.privacy.stores import ring


@given(body=st.binary(max_size=2000), binding=st.text(max_size=40))
def test_body_comes_back(body: bytes, binding: str) -> None:
    zone = IntakeZone(ring())
    wrapped, sealed = zone.seal(body, binding=binding)
    assert zone.open(wrapped, sealed, binding=binding) == body


def test_each_row_has_a_key_of_its_own() -> None:
    zone = IntakeZone(ring())
    first, second = zone.seal(b"body", binding="a"), zone.seal(b"body", binding="a")

    assert first[1] != second[1]
    with pytest.raises(Tampered):
        zone.open(first[0], second[1], binding="a")


@pytest.mark.rule("VN-1", "VN-2")
@pytest.mark.parametrize("forgotten", [0, 1])
def test_forgotten_row_is_erased(forgotten: int) -> None:
    zone = IntakeZone(ring())
    row = list[bytes | None](zone.seal("tố cáo".encode(), binding="a"))
    row[forgotten] = None
    with pytest.raises(Erased):
        zone.open(row[0], row[1], binding="a")


@given(data=st.data())
def test_any_flipped_bit_fails(data: st.DataObject) -> None:
    zone = IntakeZone(ring())
    row = [bytearray(part) for part in zone.seal(b"0123456789", binding="a")]
    part = data.draw(st.sampled_from(row))
    bit = data.draw(st.integers(0, len(part) * 8 - 1))
    part[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Tampered):
        zone.open(bytes(row[0]), bytes(row[1]), binding="a")


def test_row_of_another_id_does_not_open() -> None:
    zone = IntakeZone(ring())
    wrapped, sealed = zone.seal(b"body", binding="a")
    with pytest.raises(Tampered):
        zone.open(wrapped, sealed, binding="b")
    with pytest.raises(Tampered):
        zone.open(wrapped, b"", binding="a")


def test_rotation_keeps_the_body() -> None:
    wrapped, sealed = IntakeZone(ring(1)).seal(b"body", binding="a")
    renewed = IntakeZone(ring(1, 2)).rewrap(wrapped, binding="a")

    assert renewed is not None
    assert IntakeZone(ring(2)).open(renewed, sealed, binding="a") == b"body"
