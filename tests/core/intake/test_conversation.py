"""What the dialogue does besides reading: bursts, forms, waiting, people, later words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from core.contract.schema import FieldState, InboundMessage, MessageKind, Place, Reporter, ReportForm
from core.intake import effects as does
from core.intake.happenings import (
    HandedBack,
    MessageArrived,
    ReportOpened,
    ResultPublished,
    StaffTookOver,
    SupplementAsked,
    TimerFired,
    TimerKind,
    Wish,
    WishAnswered,
)
from core.intake.rules import DiversionKind, EmergencyKind, IntakeField
from core.intake.state import Mode
from tests.core.intake.harness import Player, at, message, rules

LAMP = "đèn đường trước số 12 Nguyễn Huệ hỏng"


@dataclass
class Talk:
    """A conversation told line by line."""

    channel: str = "zalo"
    regulation: str = "hue"
    count: int = 0
    player: Player = field(init=False)

    def __post_init__(self) -> None:
        self.player = Player(rules(self.regulation))

    def hear(self, seconds: float, text: str = "", **said: Any) -> InboundMessage:
        """The citizen writes."""
        self.player.pass_time(at(seconds))
        sent = message(self.channel, self.count, {"t": seconds, "text": text, **said})
        return self.deliver(sent)

    def deliver(self, sent: InboundMessage) -> InboundMessage:
        """One message reaches us at the time we received it."""
        self.count += 1
        self.player.happen(MessageArrived(sent), sent.received_at)
        return sent

    def wait(self, seconds: float) -> None:
        """Time passes until then."""
        self.player.pass_time(at(seconds))

    def of(self, kind: type) -> list[Any]:
        """The effects of one kind so far."""
        return [effect for effect in self.player.effects if isinstance(effect, kind)]

    @property
    def drafts(self) -> list[does.ReportDraft]:
        """The submitted drafts."""
        return [effect.draft for effect in self.of(does.Submit)]

    @property
    def templates(self) -> list[str]:
        """What was said, by key."""
        return [template for template, _ in self.player.said]


def test_nothing_is_said_before_the_burst_is_over() -> None:
    talk = Talk()
    talk.hear(0, LAMP)
    assert talk.templates == []
    talk.wait(2.9)
    assert talk.drafts == []
    talk.wait(3.0)
    assert len(talk.drafts) == 1


def test_five_messages_in_five_seconds_are_one_report() -> None:
    talk = Talk()
    for second, text in enumerate(["ad ơi", "đèn đường", "hỏng rồi", "trước 12 Nguyễn Huệ", "3 hôm nay"]):
        talk.hear(second, text)
    talk.wait(60)
    (draft,) = talk.drafts
    assert draft.content == "đèn đường\nhỏng rồi\ntrước 12 Nguyễn Huệ\n3 hôm nay"
    assert draft.content_as_sent.startswith("ad ơi")
    assert len(draft.message_ids) == 5


def test_a_burst_is_not_waited_for_without_end() -> None:
    talk = Talk()
    for second in range(0, 60, 2):
        talk.hear(second, "rác" if second else LAMP)
    assert talk.drafts


@pytest.mark.rule("A-7")
def test_received_at_is_that_of_the_message_which_completed_the_report() -> None:
    talk = Talk()
    talk.hear(0, "đèn đường hỏng")
    talk.hear(50, "trước 12 Nguyễn Huệ")
    talk.hear(51, "tối lắm")
    talk.wait(90)
    assert talk.drafts[0].received_at == at(50)


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


@pytest.mark.parametrize("kind", [MessageKind.AUTO_REPLY, MessageKind.BOUNCE])
def test_machines_are_never_answered(kind: MessageKind) -> None:
    talk = Talk(channel="email")
    sent = message("email", 0, {"t": 0, "text": "Tôi đang đi vắng, sẽ trả lời sau."})
    talk.deliver(sent.model_copy(update={"kind": kind}))
    talk.wait(100_000)
    assert talk.player.effects == []


def test_a_repeated_delivery_changes_nothing() -> None:
    talk = Talk()
    sent = talk.hear(0, LAMP)
    talk.deliver(sent)
    talk.wait(30)
    talk.deliver(sent)
    talk.wait(60)
    assert len(talk.drafts) == 1
    assert talk.of(does.Supply) == []


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


@pytest.mark.rule("A-8")
def test_a_button_declares_a_field_none() -> None:
    talk = Talk(regulation="strict")
    talk.hear(0, "mất nước ở 7 Lê Lợi từ sáng nay, tôi là Trần Thị Cúc, 0900000002")
    talk.hear(20, payload="none:email")
    talk.wait(30)
    assert talk.drafts[0].completeness["email"] is FieldState.DECLARED_NONE


@pytest.mark.rule("A-7")
def test_silence_brings_one_reminder_and_then_the_end() -> None:
    talk = Talk()
    talk.hear(0, "đèn đường hỏng")
    talk.wait(timedelta(hours=23, minutes=59).total_seconds())
    assert talk.templates == ["ask.place", "reminder"]
    assert talk.of(does.Abandon) == []
    talk.wait(timedelta(hours=24, minutes=1).total_seconds())
    assert len(talk.of(does.Abandon)) == 1
    assert talk.player.state.drafts == ()


def test_an_answer_stops_the_waiting() -> None:
    talk = Talk()
    talk.hear(0, "đèn đường hỏng")
    talk.hear(60, "12 Lê Lợi")
    talk.wait(100_000)
    assert "reminder" not in talk.templates
    assert talk.of(does.Abandon) == []


def test_a_timer_that_was_moved_does_nothing() -> None:
    talk = Talk()
    talk.hear(0, LAMP)
    talk.player.happen(TimerFired(TimerKind.BURST), at(1))
    assert talk.drafts == []


def test_a_question_is_put_three_times_and_then_a_person_takes_over() -> None:
    talk = Talk()
    for number, text in enumerate(["xe đậu bậy", "chỗ kia", "chỗ đó đó", "không biết"]):
        talk.hear(number * 30, text)
    talk.wait(200)
    assert talk.templates[:3] == ["ask.place", "ask_again.place", "ask_again.place"]
    assert [effect.reason for effect in talk.of(does.HandOver)] == ["not_understood"]
    assert talk.player.state.mode is Mode.WAITING_FOR_PERSON


def test_the_bot_is_silent_while_a_person_answers_and_knows_what_was_said() -> None:
    talk = Talk()
    talk.hear(0, "đèn đường hỏng")
    talk.wait(10)
    talk.player.happen(StaffTookOver("staff-1"), at(20))
    talk.hear(30, "ở 12 Lê Lợi")
    talk.wait(60)
    assert talk.templates == ["ask.place"]
    talk.player.happen(HandedBack(), at(70))
    assert talk.drafts[0].place.text == "12 Lê Lợi"


def test_an_emergency_is_raised_even_while_a_person_answers() -> None:
    talk = Talk()
    talk.player.happen(StaffTookOver("staff-1"), at(0))
    talk.hear(10, "cháy nhà ở 12 Lê Lợi")
    assert len(talk.of(does.RaiseEmergency)) == 1
    assert talk.templates == []


def test_the_code_is_told_with_what_was_understood_and_secrecy_is_offered() -> None:
    talk = Talk()
    talk.hear(0, LAMP)
    talk.wait(10)
    (said,) = [rendered for template, rendered in talk.player.said if template == "opened.report"]
    assert "mã 1000 0001, mã PIN 246810." in said.text
    assert "trước số 12 Nguyễn Huệ" in said.text
    assert 'nhắn "giữ bí mật"' in said.text
    assert ("Giữ bí mật", "confidential") in said.buttons


@pytest.mark.rule("TG-5.4")
@pytest.mark.parametrize("channel", ["zalo", "sms", "email", "web"])
def test_secrecy_is_offered_on_every_channel_and_can_be_asked_for_until_publication(channel: str) -> None:
    talk = Talk(channel=channel)
    talk.hear(0, LAMP + " sđt 0900000001")
    talk.hear(60, "giữ bí mật giúp em")
    talk.wait(70)
    assert talk.of(does.SetConfidential) == [does.SetConfidential(True, "r1", talk.drafts[0].id)]
    assert any("giữ bí mật" in rendered.text for template, rendered in talk.player.said if template == "opened.report")
    talk.player.happen(ResultPublished("r1"), at(80))
    talk.hear(90, payload="open")
    assert talk.templates[-1] == "secrecy.too_late"
    assert [effect.reason for effect in talk.of(does.HandOver)] == ["secrecy_too_late"]
    assert len(talk.of(does.SetConfidential)) == 1


def test_a_correction_after_submission_is_supplied() -> None:
    talk = Talk()
    talk.hear(0, LAMP)
    talk.hear(30, "à nhầm, ở số 21")
    talk.wait(40)
    supply = talk.of(does.Supply)[0]
    assert (supply.report_id, supply.fields["place"]) == ("r1", "trước số 21 Nguyễn Huệ")
    assert talk.templates[-1] == "supplied.corrected"


def test_photos_after_submission_belong_to_the_report() -> None:
    talk = Talk()
    talk.hear(0, LAMP)
    talk.hear(30, image=2)
    talk.wait(60)
    assert len(talk.of(does.Supply)[0].attachments) == 2
    assert len(talk.drafts) == 1


def test_another_matter_at_another_place_is_another_report() -> None:
    talk = Talk()
    talk.hear(0, LAMP)
    talk.hear(60, "À còn chỗ 20 Hùng Vương rác chất đống nữa")
    talk.wait(90)
    assert [draft.category_hint for draft in talk.drafts] == ["lighting_power_water", "environment"]


def test_enumerated_matters_are_a_report_each_with_the_same_reporter() -> None:
    talk = Talk()
    talk.hear(0, "1. Đèn đường hỏng ở 5 Lê Lợi\n2. Ổ gà ở 7 Hùng Vương\nTôi là Trần Văn Ba 0900000003")
    talk.wait(10)
    assert [draft.place.text for draft in talk.drafts] == ["5 Lê Lợi", "7 Hùng Vương"]
    assert {draft.reporter.phones for draft in talk.drafts} == {("+84900000003",)}
    assert len({draft.id for draft in talk.drafts}) == 2


def test_two_matters_that_are_not_clearly_apart_stay_one_report_and_the_person_is_told() -> None:
    talk = Talk()
    talk.hear(0, "đèn đường hỏng ở 5 Lê Lợi, ngoài ra rác chất đống ở 7 Hùng Vương")
    talk.wait(10)
    (draft,) = talk.drafts
    assert draft.several_topics
    assert "hai việc khác nhau" in talk.player.said[-1][1].text


def test_staff_ask_for_two_things_and_get_them_one_by_one() -> None:
    talk = Talk()
    talk.hear(0, LAMP)
    talk.wait(10)
    wanted = (IntakeField.TIME, IntakeField.PHONE)
    talk.player.happen(SupplementAsked(wanted, "r1", note="Đội chiếu sáng cần.", announce=True), at(20))
    talk.hear(30, "từ tối qua")
    talk.wait(50)
    assert talk.templates[-1] == "ask.phone"
    talk.hear(60, "0900000001")
    talk.wait(80)
    assert [supply.fields for supply in talk.of(does.Supply)] == [{"time": "từ tối qua"}, {"phone": "+84900000001"}]


@pytest.mark.rule("TG-10.1", "A-5")
def test_a_result_is_rated_and_talked_about() -> None:
    talk = Talk()
    talk.hear(0, LAMP)
    talk.wait(10)
    talk.player.happen(ResultPublished("r1", "10000001", announce=True), at(20))
    talk.hear(30, "3")
    talk.hear(60, "vẫn chưa sửa gì hết, đèn vẫn tắt")
    talk.wait(80)
    assert talk.of(does.Rate) == [does.Rate("dissatisfied", "r1")]
    assert [effect.text for effect in talk.of(does.GiveFeedback)] == ["vẫn chưa sửa gì hết, đèn vẫn tắt"]


def test_status_is_asked_with_and_without_a_code() -> None:
    talk = Talk()
    talk.hear(0, "tra cứu")
    talk.hear(20, "12345678")
    talk.wait(40)
    assert talk.templates == ["ask.code"]
    assert talk.of(does.AskStatus) == [does.AskStatus("12345678")]


def test_an_edit_replaces_the_message_it_names() -> None:
    talk = Talk()
    talk.hear(0, "rác ở 5 Lê Lợi", id="a")
    talk.hear(1, "hôi lắm", id="b")
    talk.hear(2, "rác ở 15 Lê Lợi", id="a", edit=True)
    talk.wait(20)
    assert talk.drafts[0].place.text == "15 Lê Lợi"
    assert "hôi lắm" in talk.drafts[0].content


def test_a_message_taken_back_is_forgotten() -> None:
    talk = Talk()
    talk.hear(0, "đèn đường hỏng", id="a")
    talk.wait(10)
    gone = message("zalo", 1, {"t": 20, "id": "a-gone"})
    talk.deliver(gone.model_copy(update={"kind": MessageKind.WITHDRAWAL, "thread_hints": ("a",)}))
    assert talk.player.state.drafts == ()


def test_a_report_is_withdrawn() -> None:
    talk = Talk()
    talk.hear(0, LAMP)
    talk.hear(30, "thôi khỏi, họ sửa rồi")
    talk.wait(60)
    assert [effect.report_id for effect in talk.of(does.CancelReport)] == ["r1"]


@pytest.mark.parametrize(
    ("wish", "refusal", "said"),
    [
        (Wish.WITHDRAWAL, "", "cancelled.report"),
        (Wish.WITHDRAWAL, "stage_not_allowed", "cancelled.to_person"),
        (Wish.SECRECY, "stage_not_allowed", "secrecy.to_person"),
        (Wish.RATING, "", "rated.thanks"),
        (Wish.RATING, "already_rated", "rated.before"),
        (Wish.RATING, "stage_not_allowed", "rated.not_yet"),
        (Wish.FEEDBACK, "stage_not_allowed", "feedback.to_person"),
    ],
)
def test_a_wish_is_answered_as_the_case_decided(wish: Wish, refusal: str, said: str) -> None:
    talk = Talk()
    talk.hear(0, LAMP)
    talk.wait(10)
    talk.player.happen(WishAnswered(wish, "r1", refusal), at(20))
    assert talk.templates[-1] == said
    kept = bool(talk.player.state.reports)
    assert kept == (said != "cancelled.report")


@pytest.mark.rule("VN-4")
def test_erasure_is_passed_on() -> None:
    talk = Talk()
    talk.hear(0, "xóa thông tin cá nhân của tôi trên hệ thống")
    talk.wait(10)
    assert talk.of(does.EraseRequest) == [does.EraseRequest()]


def test_where_nothing_is_there_nothing_is_cancelled() -> None:
    talk = Talk()
    talk.hear(0, LAMP)
    talk.hear(30, "hủy")
    talk.hear(60, "hủy")
    talk.wait(90)
    assert talk.templates[-2:] == ["cancelled.report", "cancelled.nothing"]
    assert talk.player.state.drafts == ()


@pytest.mark.parametrize("words", ["gặp nhân viên", "Gặp nhân viên ạ", "gap nhan vien", "cho em gặp cán bộ"])
def test_the_words_we_offer_bring_a_person(words: str) -> None:
    talk = Talk()
    talk.hear(0, words)
    talk.wait(10)
    assert talk.templates == ["handover.asked"]


def test_asking_for_a_person_is_no_place() -> None:
    talk = Talk()
    talk.hear(0, "đèn đường hỏng")
    talk.hear(20, "cho tôi gặp nhân viên")
    talk.wait(40)
    assert [part.text for part in talk.player.state.drafts[0].parts] == ["đèn đường hỏng"]


def test_an_endless_text_stays_whole() -> None:
    talk = Talk(channel="email")
    talk.hear(0, LAMP + ". " + "Rất tối. " * 2000)
    (draft,) = talk.drafts
    assert draft.content.count("Rất tối") == 2000


def test_a_code_for_an_unknown_draft_is_not_told() -> None:
    talk = Talk()
    talk.player.happen(ReportOpened("1", "2", "r9", "nobody"), at(0))
    assert talk.player.effects == []


def test_a_mail_is_answered_without_waiting_and_its_sender_is_reachable() -> None:
    talk = Talk(channel="email", regulation="strict")
    talk.hear(0, "Đèn hỏng trước 12 Lê Lợi từ tối qua.\n\nTrân trọng,\nTrần Văn Bình\n0900000001", subject="Đèn đường")
    (draft,) = talk.drafts
    assert draft.reporter.name == "Trần Văn Bình"
    assert draft.content.startswith("Đèn đường\n")
