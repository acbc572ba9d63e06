"""What staff read about a mail's sender: what was proved of the address, and a warning where it did not hold."""

from __future__ import annotations

from typing import Any

import pytest

from core.contract.schema import Authenticity
from core.service.reading.proofs import sender_proof


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (
            {"spf": "pass", "dkim": "pass", "dmarc": "pass", "verified": True},
            "Thư này đúng là từ địa chỉ ghi trong thư (SPF đạt, DKIM đạt, DMARC đạt).",
        ),
        (
            {"dkim": "pass", "verified": True},
            "Thư này đúng là từ địa chỉ ghi trong thư (SPF không có, DKIM đạt, DMARC không có).",
        ),
        (
            {"spf": "pass"},
            "Chưa rõ thư này có đúng là từ địa chỉ ghi trong thư hay không (SPF đạt, DKIM không có, DMARC không có).",
        ),
        (
            {"spf": "fail", "dkim": "fail"},
            "Chưa rõ thư này có đúng là từ địa chỉ ghi trong thư hay không "
            "(SPF không đạt, DKIM không đạt, DMARC không có).",
        ),
    ],
)
def test_one_line_without_a_warning(found: dict[str, Any], text: str) -> None:
    """Mailing lists break SPF and DKIM: alone they accuse nobody."""
    proof = sender_proof(Authenticity(**found))

    assert proof is not None
    assert proof.text == text
    assert not proof.doubtful


def test_a_failed_dmarc_is_a_warning() -> None:
    """Also where a signature of somebody else holds."""
    proof = sender_proof(Authenticity(spf="fail", dkim="pass", dmarc="fail"))

    assert proof is not None
    assert proof.doubtful
    assert proof.text == (
        "Thư này không chứng minh được là từ địa chỉ ghi trong thư (SPF không đạt, DKIM đạt, DMARC không đạt)."
    )


@pytest.mark.parametrize("found", [None, Authenticity(), Authenticity(verified=True)])
def test_where_nobody_checked_nothing_is_claimed(found: Authenticity | None) -> None:
    """A chat, a mail from before, one whose checks are not believed."""
    assert sender_proof(found) is None
