"""What cannot wait or may not be kept: emergencies, and what belongs elsewhere."""

from __future__ import annotations

import pytest

from core.intake import effects as does
from core.intake.happenings import (
    StaffTookOver,
)
from core.intake.rules import DiversionKind, EmergencyKind
from tests.core.intake.harness import at
from tests.core.intake.talk import Talk


@pytest.mark.rule("A-7", "QB-II.2h")
def test_an_emergency_is_raised_at_its_first_sign_and_dates_from_it() -> None:
    talk = Talk()
    talk.hear(10, "cháy nhà rồi cứu với")
    (alarm,) = talk.of(does.RaiseEmergency)
    assert (alarm.service, alarm.kind, alarm.first_sign_at) == ("114", EmergencyKind.FIRE_RESCUE, at(10))
    talk.hear(12, "12 Lê Lợi")
    talk.wait(60)
    assert talk.drafts[0].received_at == at(10)
    assert talk.drafts[0].urgency.value == "emergency"
    assert len(talk.of(does.RaiseEmergency)) == 1


def test_an_emergency_without_a_place_is_submitted_and_then_asked_about() -> None:
    talk = Talk()
    talk.hear(0, "có người đuối nước")
    talk.wait(10)
    assert len(talk.drafts) == 1
    assert "ask.place" in talk.templates
    talk.hear(20, "cầu Trường Tiền")
    talk.wait(40)
    assert talk.of(does.Supply)[-1].fields["place"] == "cầu Trường Tiền"


def test_where_an_emergency_is_comes_before_what_another_report_lacks() -> None:
    talk = Talk(regulation="strict")
    talk.hear(0, "rác chất đống ở chợ Đông Ba")
    talk.wait(10)
    assert talk.templates[-1] == "ask.time"
    talk.hear(20, "có người đuối nước")
    talk.wait(30)
    assert (talk.templates.count("ask.place"), talk.templates.count("ask_again.time")) == (1, 0)
    talk.hear(40, "cầu Trường Tiền")
    talk.wait(50)
    (supplied,) = talk.of(does.Supply)
    assert (supplied.draft_id, supplied.fields["place"]) == (talk.drafts[0].id, "cầu Trường Tiền")
    assert talk.templates[-1] == "ask_again.time"


@pytest.mark.rule("VN-1", "VN-2")
def test_what_is_diverted_leaves_no_trace_in_the_state() -> None:
    talk = Talk()
    talk.hear(0, "đèn hỏng")
    talk.hear(20, "tôi tố cáo ông Trần Bê chủ tịch xã nhận hối lộ, sđt tôi 0900000077")
    talk.wait(40)
    (diverted,) = talk.of(does.Divert)
    assert diverted.kind is DiversionKind.CORRUPTION
    assert diverted.message_ids == ("m000", "m001")
    kept = talk.player.state.model_dump_json()
    assert "0900000077" not in kept
    assert "Trần Bê" not in kept
    assert talk.drafts == []
    assert "Thanh tra thành phố" in talk.player.said[-1][1].text


@pytest.mark.rule("VN-3")
def test_a_hint_at_a_state_secret_goes_to_a_person_and_is_not_kept() -> None:
    talk = Talk()
    talk.hear(0, "tôi có công văn mật của tỉnh muốn gửi")
    talk.wait(10)
    assert [effect.reason for effect in talk.of(does.HandOver)] == ["secret_suspected"]
    assert "công văn" not in talk.player.state.model_dump_json()


def test_an_emergency_is_raised_even_while_a_person_answers() -> None:
    talk = Talk()
    talk.player.happen(StaffTookOver("staff-1"), at(0))
    talk.hear(10, "cháy nhà ở 12 Lê Lợi")
    assert len(talk.of(does.RaiseEmergency)) == 1
    assert talk.templates == []
