"""Questions, silence, and people who take over from the dialogue."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.contract.schema import Attachment, AttachmentKind, FieldState
from core.intake import effects as does
from core.intake.happenings import (
    HandedBack,
    StaffTookOver,
    SupplementAsked,
    TimerFired,
    TimerKind,
)
from core.intake.rules import IntakeField
from core.intake.state import Mode
from tests.core.intake.harness import at, message
from tests.core.intake.talk import LAMP, Talk


@pytest.mark.rule("A-8")
def test_a_button_declares_a_field_none() -> None:
    talk = Talk(regulation="strict")
    talk.hear(0, "mất nước ở 7 Lê Lợi từ sáng nay, tôi là Trần Thị Cúc, 0900000002")
    talk.hear(20, payload="none:email")
    talk.wait(30)
    assert talk.drafts[0].completeness["email"] is FieldState.DECLARED_NONE


@pytest.mark.parametrize("opened", ["start", "start:qr-le-loi"])
def test_who_opens_the_chat_is_greeted_and_later_asked_again(opened: str) -> None:
    talk = Talk(channel="telegram")
    talk.hear(0, payload=opened)
    assert talk.templates == ["smalltalk.greeting"]
    talk.hear(60, "đèn đường hỏng")
    talk.wait(90)
    talk.hear(120, payload=opened)
    assert talk.templates == ["smalltalk.greeting", "ask.place", "ask_again.place"]
    assert talk.player.state.drafts[0].parts[0].text == "đèn đường hỏng"


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


WATER = "mất nước ở 7 Lê Lợi từ sáng nay"


def asked_for_a_name(answer: str) -> Talk:
    """A report that lacks who reports it, and what its writer says to that."""
    talk = Talk(regulation="strict")
    talk.hear(0, WATER)
    talk.hear(60, answer)
    talk.wait(100)
    return talk


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("nguyen thi hoa", "Nguyen Thi Hoa"),
        ("tran quoc bao a", "Tran Quoc Bao"),
        ("dang van ha", "Dang Van Ha"),
        ("Duong Thi Hien", "Duong Thi Hien"),
        ("anh Nam", "Nam"),
    ],
)
def test_a_name_without_marks_is_taken_whole(said: str, name: str) -> None:
    """However many of its words are spelled like everyday ones."""
    talk = asked_for_a_name(said)
    for seconds, rest in ((120, "0900000001"), (180, "không có")):
        talk.hear(seconds, rest)
    talk.wait(300)
    assert [draft.reporter.name for draft in talk.drafts] == [name]
    assert talk.drafts[0].content == WATER


@pytest.mark.parametrize("said", ["cuc@example. vn", "Cuc @ example . vn", "cuc a còng example chấm vn nha em"])
def test_an_address_may_be_spelled_out(said: str) -> None:
    """A telephone's keyboard puts a space behind each dot."""
    talk = Talk(regulation="strict")
    talk.hear(0, f"{WATER}, tôi là Trần Thị Cúc 0900000001")
    talk.hear(60, said)
    talk.wait(100)
    assert [draft.reporter.emails for draft in talk.drafts] == [("cuc@example.vn",)]
    assert said not in talk.drafts[0].content


@pytest.mark.parametrize("said", ["cảm ơn em", "ok em", "chào em"])
def test_courtesy_is_no_name(said: str) -> None:
    assert asked_for_a_name(said).templates == ["ask.name"]


@pytest.mark.rule("A-8")
@pytest.mark.parametrize(
    "said", ["thôi khỏi ghi tên", "khỏi cần tên", "bỏ qua mục này nha", "hok nhớ", "kh", "none", "I don't know"]
)
def test_who_gives_nothing_to_one_question_still_wants_the_report(said: str) -> None:
    """Nothing is called off, nothing becomes a name, and nothing is asked again."""
    talk = asked_for_a_name(said)
    assert talk.templates == ["ask.name", "ask.phone"]
    assert talk.player.state.drafts != ()


@pytest.mark.parametrize("said", ["không rõ", "dạ em k biết nữa", "ko nhớ rõ"])
def test_who_does_not_know_where_tells_nothing_of_the_matter(said: str) -> None:
    talk = Talk()
    talk.hear(0, "đèn đường hỏng")
    talk.hear(60, said)
    talk.hear(120, "gần trường mầm non Hoa Sen")
    talk.wait(200)
    assert talk.templates[:2] == ["ask.place", "ask_again.place"]
    assert [draft.content for draft in talk.drafts] == ["đèn đường hỏng"]


@pytest.mark.parametrize("said", ["hủy đi", "thôi khỏi báo nữa", "bỏ đi em"])
def test_who_calls_the_report_off_says_so(said: str) -> None:
    assert asked_for_a_name(said).templates == ["ask.name", "cancelled.draft"]


VOICE = Attachment(kind=AttachmentKind.AUDIO, media_type="audio/mp4", size=1000, sha256="a" * 64)


@pytest.mark.parametrize("before", [(), (("", 1),), (("đèn đường hỏng", 0),)], ids=["nothing", "a photo", "the matter"])
def test_a_voice_message_is_heard_by_a_person(before: tuple[tuple[str, int], ...]) -> None:
    """Whether it tells the matter or answers a question: nobody is asked in writing what they have just said."""
    talk = Talk()
    for number, (text, images) in enumerate(before):
        talk.hear(number * 60, text, image=images)
    asked = len(before)
    sent = message("zalo", talk.count, {"t": 120, "image": 1}).model_copy(update={"attachments": (VOICE,)})
    talk.wait(120)
    talk.deliver(sent)
    talk.wait(200)

    assert talk.templates[asked:] == ["handover.spoken"]
    assert [effect.reason for effect in talk.of(does.HandOver)] == ["spoken"]
    talk.player.happen(HandedBack(), at(300))
    assert VOICE in [file for part in talk.player.state.drafts[0].parts for file in part.attachments]


def test_a_recording_of_what_was_told_is_no_answer() -> None:
    """Of a noise, beside the words: the next question is put as ever."""
    talk = Talk()
    sent = message("zalo", talk.count, {"t": 0, "text": "karaoke ồn ào"}).model_copy(update={"attachments": (VOICE,)})
    talk.deliver(sent)
    talk.wait(100)
    assert talk.templates == ["ask.place"]


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


@pytest.mark.parametrize("words", ["gặp nhân viên", "Gặp nhân viên ạ", "gap nhan vien", "cho em gặp cán bộ"])
def test_the_words_we_offer_bring_a_person(words: str) -> None:
    talk = Talk()
    talk.hear(0, words)
    talk.wait(10)
    assert talk.templates == ["handover.asked"]


@pytest.mark.parametrize(
    "said", ["bao giờ có người đến", "Bao giờ thì xử lý vậy?", "có mất phí ko", "3 tháng rồi ko ai dọn"]
)
def test_a_question_or_more_of_the_matter_is_no_place(said: str) -> None:
    talk = Talk()
    talk.hear(0, "rác đầy đường")
    talk.hear(30, said)
    talk.wait(60)
    assert talk.drafts == []
    assert talk.templates == ["ask.place", "ask_again.place"]


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("làm sao để gửi phản ánh?", "ask.content"),
        ("đm làm ăn như cc", "smalltalk.calm"),
        ("sao lau vay ad", "ask.code"),
        ("bao giờ mới xử lý", "ask.code"),
    ],
)
def test_a_question_or_anger_alone_is_no_report(said: str, answer: str) -> None:
    talk = Talk()
    talk.hear(0, said)
    talk.wait(30)
    assert talk.templates == [answer]


def test_what_pictures_show_is_asked_once_however_slowly_they_come() -> None:
    talk = Talk()
    for second in (0, 30, 60):
        talk.hear(second, image=1)
    talk.wait(90)
    assert talk.templates == ["ask.content"]
    talk.hear(100, "nắp cống bể trước 12 Lê Lợi")
    talk.wait(120)
    assert len(talk.drafts[0].attachments) == 3


def test_one_word_is_a_matter_where_it_says_enough() -> None:
    talk = Talk(regulation="strict")
    talk.hear(0, "bụi ở chợ Đông Ba")
    talk.wait(30)
    assert talk.templates == ["ask.time"]
    talk.hear(60, "Email: b@hopthu.example.vn")
    talk.wait(90)
    (draft,) = talk.player.state.drafts
    assert talk.player.state.asking is IntakeField.TIME
    assert draft.parts[0].text == "bụi ở chợ Đông Ba"


def test_who_signs_a_letter_and_who_wrote_what_is_passed_on_are_neither_matter_nor_place() -> None:
    talk = Talk(channel="email")
    talk.hear(0, "Rác chất đống ở chợ Đông Ba.\n\nTrân trọng,\nNguyễn Văn An\n0900 000 001")
    head = (
        "---------- Thư được chuyển tiếp ---------\nTừ: An <an@hopthu.example.vn>\nNgày: Th 2, 16 thg 11\nChủ đề: Cống"
    )
    talk.hear(7200, f"{head}\nTới: <to5@hopthu.example.vn>\n\nCống hôi ở chợ An Cựu.", subject="Fwd: Cống")
    first, second = talk.drafts
    assert (first.content, first.reporter.name) == ("Rác chất đống ở chợ Đông Ba.", "Nguyễn Văn An")
    assert (second.content, second.place.text) == ("Cống hôi ở chợ An Cựu.", "chợ An Cựu")


def test_asking_for_a_person_is_no_place() -> None:
    talk = Talk()
    talk.hear(0, "đèn đường hỏng")
    talk.hear(20, "cho tôi gặp nhân viên")
    talk.wait(40)
    assert [part.text for part in talk.player.state.drafts[0].parts] == ["đèn đường hỏng"]
