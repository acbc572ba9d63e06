"""What citizens are written: about their own case, and nothing else."""

from __future__ import annotations

from typing import get_args

import pytest

from core.contract.schema import OutboundMessage
from core.intake.fold import fold
from core.notify.letters import templates

PROMOTION = ("khuyen mai", "uu dai", "giam gia", "quang cao", "trung thuong", "qua tang", "dang ky ngay", "[qc]")


@pytest.mark.rule("VN-6")
def test_no_message_can_be_a_campaign() -> None:
    """A message answers, tells of a case, or brings a password: there is no fourth purpose to send one for."""
    assert set(get_args(OutboundMessage.model_fields["purpose"].annotation)) == {"reply", "notice", "otp"}


@pytest.mark.rule("VN-6")
@pytest.mark.parametrize("name", sorted(templates()))
def test_no_letter_promotes_anything(name: str) -> None:
    """Subject, status line and words."""
    letter = templates()[name]
    words = fold(f"{letter.subject} {letter.status} {letter.text}")

    assert [one for one in PROMOTION if one in words] == []
