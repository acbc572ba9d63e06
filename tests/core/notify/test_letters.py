"""What citizens are written: about their own case, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from core.contract.schema import OutboundMessage
from core.intake.fold import fold
from core.notify.letters import templates

HERE = Path(__file__).parents[3]
PROMOTION = ("khuyen mai", "uu dai", "giam gia", "quang cao", "trung thuong", "qua tang", "dang ky ngay", "[qc]")


@pytest.mark.rule("VN-6")
def test_no_message_can_be_a_campaign() -> None:
    """
    A message answers, tells of a case, brings a password, or is a notice that somebody asked for and that went through
    the hands of the centre: no place but the one writes such, and there is no fifth purpose.
    """
    purposes = set(get_args(OutboundMessage.model_fields["purpose"].annotation))
    assert purposes == {"reply", "notice", "bulletin", "otp"}
    sources = [path for folder in ("core", "gateway", "channels") for path in (HERE / folder).rglob("*.py")]
    writers = [path.name for path in sources if 'purpose="bulletin"' in path.read_text(encoding="utf-8")]
    assert writers == ["notice_letters.py"]


@pytest.mark.rule("VN-6")
@pytest.mark.parametrize("name", sorted(templates()))
def test_no_letter_promotes_anything(name: str) -> None:
    """Subject, status line and words."""
    letter = templates()[name]
    words = fold(f"{letter.subject} {letter.status} {letter.text}")

    assert [one for one in PROMOTION if one in words] == []
