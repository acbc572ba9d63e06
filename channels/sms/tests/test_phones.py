"""Numbers: one form inside, the carrier's form outside."""

from __future__ import annotations

import pytest

from channels.sms.phones import international, national, recipient_of, sender_of
from core.contract.errors import PayloadInvalid, RecipientUnreachable


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("+84900000001", "+84900000001"),
        ("84900000001", "+84900000001"),
        ("0900000001", "+84900000001"),
        (" 0900 000 001 ", "+84900000001"),
        ("0900.000.001", "+84900000001"),
        ("+15005550006", "+15005550006"),
        ("8100", "8100"),
        ("19001234", "19001234"),
        ("VIETTEL", "VIETTEL"),
    ],
)
def test_a_sender_has_one_address(written: str, address: str) -> None:
    """However the carrier writes it; services stay what they are called."""
    assert sender_of(written) == address


@pytest.mark.parametrize("written", ["", "+", "12", "abc\x00", "9" * 30, "+84 900", "'; DROP TABLE"])
def test_what_nobody_could_answer_is_refused(written: str) -> None:
    """It goes to quarantine."""
    with pytest.raises(PayloadInvalid):
        sender_of(written)


@pytest.mark.parametrize("written", ["", "8100", "VIETTEL", "an@example.vn", "+8490"])
def test_only_subscribers_are_written_to(written: str) -> None:
    """And the refusal does not repeat the number."""
    with pytest.raises(RecipientUnreachable) as refusal:
        recipient_of(written)

    assert not written or written not in str(refusal.value)


def test_the_carriers_forms() -> None:
    """At home, and from abroad."""
    assert recipient_of("0900000001") == "+84900000001"
    assert national("+84900000001") == "0900000001"
    assert national("+15005550006") == "15005550006"
    assert international("+84900000001") == "84900000001"
