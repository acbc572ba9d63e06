"""What stands before the subject of a mail that goes on is not its writer's."""

from __future__ import annotations

import pytest

from core.intake.understand import bare_subject
from tests.core.intake.talk import Talk


@pytest.mark.parametrize(
    ("subject", "own"),
    [
        ("Re: Cống hôi", "Cống hôi"),
        ("RE: TL: Re[2]: Cống hôi", "Cống hôi"),
        ("Chuyển tiếp: Cống hôi", "Cống hôi"),
        ("Re:", ""),
        ("Cây tre: đổ ngang đường", "Cây tre: đổ ngang đường"),
        ("Cầu bắc về Bến Tre : hỏng lan can", "Cầu bắc về Bến Tre : hỏng lan can"),
    ],
)
def test_only_what_a_mail_program_put_before_a_subject_is_taken_off(subject: str, own: str) -> None:
    assert bare_subject(subject) == own


@pytest.mark.parametrize("mark", ["Fwd:", "TL:", "Chuyển tiếp:"])
def test_it_is_no_word_of_a_report(mark: str) -> None:
    talk = Talk(channel="email")
    talk.hear(0, "Hôi suốt từ tối qua ở số 12 Lê Lợi.", subject=f"{mark} Cống hôi")
    talk.wait(60)
    (draft,) = talk.drafts
    assert draft.content == "Cống hôi\nHôi suốt từ tối qua ở số 12 Lê Lợi."
