"""Reports by web form and by mail: complete at once, or asked about."""

from __future__ import annotations

from typing import Any

import pytest

from core.contract.schema import FieldState, InboundMessage, MessageKind, Place, Reporter, ReportForm
from core.intake import effects as does
from core.intake.happenings import (
    ReportOpened,
)
from tests.core.intake.harness import at, message
from tests.core.intake.talk import LAMP, Talk

WRONG_SIGN = "Tôi khiếu nại quyết định đặt biển báo sai ở ngã tư."


@pytest.mark.parametrize("kind", [MessageKind.AUTO_REPLY, MessageKind.BOUNCE])
def test_machines_are_never_answered(kind: MessageKind) -> None:
    talk = Talk(channel="email")
    sent = message("email", 0, {"t": 0, "text": "Tôi đang đi vắng, sẽ trả lời sau."})
    talk.deliver(sent.model_copy(update={"kind": kind}))
    talk.wait(100_000)
    assert talk.player.effects == []


def form_message(**fields: Any) -> InboundMessage:
    """A web form as the portal hands it over."""
    form = ReportForm(content="Đèn đường hỏng", code="10000001", pin_hash="x", **fields)
    return message("web", 0, {"t": 0}).model_copy(update={"kind": MessageKind.FORM, "form": form})


def test_a_complete_form_is_submitted_at_once_with_its_promised_code() -> None:
    talk = Talk(channel="web", regulation="strict")
    who = Reporter(name="Nguyễn Văn An", phones=("+84900000001",))
    place = Place(text="12 Nguyễn Huệ", commune_code="20104", commune_as_of="2025-07-01")
    sent = form_message(reporter=who, place=place, occurred="sáng nay", declared_none={"email": "không dùng"})
    talk.deliver(sent.model_copy(update={"form": sent.form.model_copy(update={"confidential": True})}))  # type: ignore[union-attr]
    (draft,) = talk.drafts
    assert (draft.code, draft.confidential, draft.place.commune_code) == ("10000001", True, "20104")
    assert draft.completeness["email"] is FieldState.DECLARED_NONE
    assert draft.completeness["name"] is FieldState.GIVEN
    assert not [template for template in talk.templates if template.startswith("ask")]


def test_a_pin_that_the_page_has_shown_is_not_told_again() -> None:
    talk = Talk(channel="web")
    talk.deliver(form_message(place=Place(text="12 Nguyễn Huệ")))
    talk.player.happen(ReportOpened("10000001", "", "r1", talk.drafts[0].id), at(1))
    text = talk.player.said[-1][1].text
    assert "mã 1000 0001.\n" in text
    assert "PIN" not in text


def test_an_incomplete_form_is_asked_about() -> None:
    talk = Talk(channel="web")
    talk.deliver(form_message())
    assert talk.drafts == []
    assert talk.templates == ["ask.place"]


@pytest.mark.rule("VN-1", "VN-2")
@pytest.mark.parametrize("examined", [False, True])
def test_a_form_is_diverted_unless_reception_has_examined_it(examined: bool) -> None:
    """A person's judgement counts for this form alone: what is written afterwards is looked at as ever."""
    talk = Talk(channel="web")
    sent = form_message(place=Place(text="12 Nguyễn Huệ"))
    form = ReportForm.model_validate(sent.form).model_copy(update={"content": WRONG_SIGN, "examined": examined})
    talk.deliver(sent.model_copy(update={"form": form}))

    assert [draft.content for draft in talk.drafts] == ([WRONG_SIGN] if examined else [])
    assert len(talk.of(does.Divert)) == (0 if examined else 1)
    talk.hear(60, WRONG_SIGN)
    talk.wait(90)
    assert len(talk.of(does.Divert)) == (1 if examined else 2)


def test_an_endless_text_stays_whole() -> None:
    talk = Talk(channel="email")
    talk.hear(0, LAMP + ". " + "Rất tối. " * 2000)
    (draft,) = talk.drafts
    assert draft.content.count("Rất tối") == 2000


def test_a_mail_is_answered_without_waiting_and_its_sender_is_reachable() -> None:
    talk = Talk(channel="email", regulation="strict")
    talk.hear(0, "Đèn hỏng trước 12 Lê Lợi từ tối qua.\n\nTrân trọng,\nTrần Văn Bình\n0900000001", subject="Đèn đường")
    (draft,) = talk.drafts
    assert draft.reporter.name == "Trần Văn Bình"
    assert draft.content.startswith("Đèn đường\n")
