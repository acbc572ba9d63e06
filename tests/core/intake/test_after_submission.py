"""What is said after a report was sent: secrecy, corrections, ratings, withdrawals, questions."""

from __future__ import annotations

import pytest

from core.intake import effects as does
from core.intake.happenings import (
    ReportOpened,
    ResultPublished,
    Wish,
    WishAnswered,
)
from core.intake.rules import IntakeField
from tests.core.intake.harness import at
from tests.core.intake.talk import LAMP, Talk


def answered() -> Talk:
    """A report whose result was told twenty seconds after it began."""
    talk = Talk()
    talk.hear(0, LAMP)
    talk.wait(10)
    talk.player.happen(ResultPublished("r1", "10000001", announce=True), at(20))
    return talk


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


@pytest.mark.parametrize(
    ("said", "later", "place"),
    [
        ("rác trước 12 Lê Lợi", "gửi lại: rác ở trước 14 chứ ko phải 12", "trước 14 Lê Lợi"),
        ("rác ở đường Trần Phú", "rác ở đường Lê Lợi chứ không phải Trần Phú", "đường Lê Lợi"),
        ("rác ở 12 Trần Phú", "Lê Lợi chứ không phải Trần Phú", "12 Lê Lợi"),
        ("ổ gà trước số 5 Hà Nội", "*15", "trước số 15 Hà Nội"),
        ("rác ở 12 Trần Phú", "*12 Lê Lợi", "12 Lê Lợi"),
    ],
)
def test_a_corrected_place_holds_nothing_but_the_place(said: str, later: str, place: str) -> None:
    talk = Talk()
    talk.hear(0, said)
    talk.hear(30, later)
    talk.wait(60)
    assert talk.of(does.Supply)[-1].fields["place"] == place


def test_more_words_in_a_mail_thread_belong_to_its_report_and_repeat_no_subject() -> None:
    talk = Talk(channel="email")
    talk.hear(0, "Đèn đường trước số 12 Lê Lợi hỏng ba hôm nay.", subject="Đèn hỏng")
    talk.hear(60, "Gửi thêm thông tin: đèn còn nhấp nháy", subject="Re: Đèn hỏng")
    assert len(talk.drafts) == 1
    assert talk.of(does.Supply)[-1].fields["content"].count("Đèn hỏng") == 1
    talk.hear(120, "gửi thêm phản ánh: rác đầy chợ Đông Ba", subject="Re: Đèn hỏng")
    assert len(talk.drafts) == 2


@pytest.mark.parametrize("said", ["ok ad", "dạ vâng ạ", "👍"])
def test_a_nod_at_the_receipt_asks_for_no_answer(said: str) -> None:
    talk = Talk()
    talk.hear(0, LAMP)
    talk.wait(30)
    before = list(talk.templates)
    talk.hear(40, said)
    talk.wait(90)
    assert talk.templates == before


def test_photos_after_submission_belong_to_the_report() -> None:
    talk = Talk()
    talk.hear(0, LAMP)
    talk.hear(30, image=2)
    talk.wait(60)
    assert len(talk.of(does.Supply)[0].attachments) == 2
    assert len(talk.drafts) == 1


@pytest.mark.rule("TG-10.1", "A-5")
def test_a_result_is_rated_and_talked_about() -> None:
    talk = answered()
    talk.hear(30, "3")
    talk.hear(60, "vẫn chưa sửa gì hết, đèn vẫn tắt")
    talk.wait(80)
    assert talk.of(does.Rate) == [does.Rate("dissatisfied", "r1")]
    assert [effect.text for effect in talk.of(does.GiveFeedback)] == ["vẫn chưa sửa gì hết, đèn vẫn tắt"]


@pytest.mark.rule("TG-10.1", "A-5")
@pytest.mark.parametrize("said", ["cảm ơn nhưng đèn vẫn chưa sáng", "đèn lại hỏng nữa rồi", "van chua co dien"])
def test_a_result_that_did_not_last_is_feedback_and_no_new_report(said: str) -> None:
    talk = answered()
    talk.hear(60, said)
    talk.wait(80)
    assert [effect.text for effect in talk.of(does.GiveFeedback)] == [said]
    assert talk.templates[-1] == "feedback.passed_on"


def test_after_the_result_nothing_is_left_to_withdraw() -> None:
    talk = answered()
    talk.hear(60, "rút lại phản ánh giúp em")
    talk.wait(80)
    assert talk.templates[-1] == "cancelled.nothing"
    assert talk.player.state.drafts == ()


def test_status_is_asked_with_and_without_a_code() -> None:
    talk = Talk()
    talk.hear(0, "tra cứu")
    talk.hear(20, "12345678")
    talk.wait(40)
    assert talk.templates == ["ask.code"]
    assert talk.of(does.AskStatus) == [does.AskStatus("12345678")]


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
@pytest.mark.rule("VN-4")
@pytest.mark.parametrize("said", ["xóa sđt của tôi giùm", "please delete my personal data"])
def test_erasure_is_understood_in_other_words(said: str) -> None:
    talk = Talk()
    talk.hear(0, said)
    talk.wait(30)
    assert talk.templates == ["erase"]


def test_erasure_is_passed_on() -> None:
    talk = Talk()
    talk.hear(0, "xóa thông tin cá nhân của tôi trên hệ thống")
    talk.wait(10)
    assert talk.of(does.EraseRequest) == [does.EraseRequest()]


@pytest.mark.parametrize(
    ("said", "gone"),
    [
        ("hủy phản ánh đèn giúp tôi", ["r1"]),
        ("hủy phản ánh 10000001", ["r1"]),
        ("có người đến sửa đèn rồi, khỏi cần nữa", ["r1"]),
        ("hủy phản ánh rác", ["r2"]),
        ("hủy giúp em", ["r2"]),
        ("hủy phản ánh karaoke ồn", []),
        ("hủy phản ánh 20000009", []),
    ],
    ids=["its matter", "its code", "it was mended", "the last one's matter", "no name", "none of them", "another code"],
)
def test_who_has_several_reports_withdraws_the_one_they_name(said: str, gone: list[str]) -> None:
    """What cannot be taken back is not done to another one; which is meant, a person asks."""
    talk = Talk()
    talk.hear(0, LAMP)
    talk.hear(120, "rác đổ đống trước chợ Đồng Ba")
    talk.hear(240, said)
    talk.wait(300)

    assert len(talk.drafts) == 2
    assert [effect.report_id for effect in talk.of(does.CancelReport)] == gone
    assert bool(talk.of(does.HandOver)) == (gone == [])


def test_who_has_several_reports_is_told_of_the_one_they_ask_about() -> None:
    talk = Talk()
    talk.hear(0, LAMP)
    talk.hear(120, "rác đổ đống trước chợ Đồng Ba")
    talk.hear(240, "vụ đèn tới đâu rồi ạ?")
    talk.hear(300, "tới đâu rồi?")
    talk.wait(400)
    assert talk.of(does.AskStatus) == [does.AskStatus("10000001"), does.AskStatus("10000002")]


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("chừng nào sửa vậy em", True),
        ("bao giờ mới có người xuống sửa đèn ạ", True),
        ("khi nào dọn rác", False),
        ("đường Trần Phú khi nào mới làm", False),
    ],
)
def test_when_it_is_done_is_a_question_and_no_part_of_the_report(said: str, asked: bool) -> None:
    """Of the same matter; of another one it is not."""
    talk = Talk()
    talk.hear(0, LAMP)
    talk.hear(120, said)
    talk.wait(200)
    assert bool(talk.of(does.AskStatus)) == asked
    assert not (asked and talk.of(does.Supply))


@pytest.mark.rule("A-5")
def test_a_button_rates_the_answer_that_it_stands_under() -> None:
    """Whichever came last, and while the next report is being asked about."""
    talk = Talk()
    talk.hear(0, LAMP)
    talk.hear(120, "rác đổ đống trước chợ Đồng Ba")
    talk.wait(200)
    for number, code in ((1, "10000001"), (2, "10000002")):
        talk.player.happen(ResultPublished(f"r{number}", code, announce=True), at(200 + number))
    (first, *_), (*_, worst) = [said.buttons for template, said in talk.player.said if template == "result"]
    talk.hear(300, payload=first[1])
    talk.hear(360, "mất nước")
    talk.hear(420, payload=worst[1])
    talk.hear(480, payload="rate:satisfied:30000003")
    talk.wait(600)

    assert [(rated.level, rated.report_id) for rated in talk.of(does.Rate)] == [
        ("satisfied", "r1"),
        ("dissatisfied", "r2"),
    ]
    assert "rated.closed" in talk.templates
    assert talk.player.state.asking is IntakeField.PLACE


def two_results(*, apart: float = 60) -> Talk:
    """A lamp and rubbish, reported and answered one after the other, the rubbish last."""
    talk = Talk()
    talk.hear(0, LAMP)
    talk.hear(120, "rác đổ đống trước chợ Đồng Ba")
    talk.wait(200)
    talk.player.happen(ResultPublished("r1", "10000001"), at(300))
    talk.player.happen(ResultPublished("r2", "10000002"), at(300 + apart))
    return talk


@pytest.mark.rule("A-5")
@pytest.mark.parametrize(
    ("said", "rated"),
    [
        ({"text": "1"}, "r1"),
        ({"text": "số 2 ạ"}, "r2"),
        ({"text": "mã 10000001"}, "r1"),
        ({"text": "vụ rác nhé"}, "r2"),
        ({"payload": "rate:satisfied:10000001"}, "r1"),
        ({"about": "10000002", "text": "cái này"}, "r2"),
    ],
    ids=["its place", "its place, politely", "its code", "its matter", "its button", "answering its news"],
)
def test_a_rating_that_may_be_about_two_results_is_asked_about(said: dict[str, str], rated: str) -> None:
    """It counts once and for ever, so it is not guessed."""
    talk = two_results()
    talk.hear(500, "5 sao")
    talk.wait(520)
    assert (talk.of(does.Rate), talk.templates[-1]) == ([], "rated.which")
    assert "1. 1000 0001: đèn đường" in str(talk.of(does.Say)[-1].params["reports"])

    talk.hear(540, **said)
    talk.wait(560)
    assert talk.of(does.Rate) == [does.Rate("satisfied", rated)]
    assert talk.player.state.rating is None
    talk.player.happen(WishAnswered(Wish.RATING, rated), at(570))
    assert talk.templates[-1] == "rated.counted"

    talk.hear(600, "không hài lòng")
    talk.wait(620)
    other = {"r1": "r2", "r2": "r1"}[rated]
    assert talk.of(does.Rate)[1:] == [does.Rate("dissatisfied", other)], "only one is left"


@pytest.mark.rule("A-5")
@pytest.mark.parametrize(
    ("said", "rated"),
    [
        ({"text": "vụ đèn hài lòng"}, "r1"),
        ({"text": "5 sao", "about": "10000001"}, "r1"),
        ({"text": "5 sao", "about": "99999999"}, None),
    ],
    ids=["its matter", "answering its news", "answering something else"],
)
def test_a_rating_is_about_the_result_that_it_names(said: dict[str, str], rated: str | None) -> None:
    talk = two_results()
    talk.hear(500, **said)
    talk.wait(520)
    assert [effect.report_id for effect in talk.of(does.Rate)] == ([rated] if rated else [])


def test_a_result_of_long_ago_is_not_asked_about() -> None:
    """Most people rate nothing; whoever rates the news of today is not asked about the news of last week."""
    talk = two_results(apart=3 * 24 * 3600)
    for seconds, said in ((3600, "hài lòng"), (3700, "rất hài lòng")):
        talk.hear(3 * 24 * 3600 + seconds, said)
    talk.wait(3 * 24 * 3600 + 4000)
    assert [effect.report_id for effect in talk.of(does.Rate)] == ["r2", "r2"], "said again, it is no other's"


def test_words_beside_a_rating_wait_for_the_answer_with_it() -> None:
    talk = two_results()
    talk.hear(500, "không hài lòng, vẫn chưa xong")
    talk.hear(540, "1")
    talk.wait(560)
    assert talk.of(does.Rate) == [does.Rate("dissatisfied", "r1", quiet=True)]
    assert talk.of(does.GiveFeedback) == [does.GiveFeedback("không hài lòng, vẫn chưa xong", "r1")]

    talk.hear(600, "vẫn chưa thấy ai tới")
    talk.wait(620)
    assert talk.of(does.GiveFeedback)[-1].report_id == "r1", "the one that was just talked about"


def test_who_goes_on_to_something_else_is_not_asked_again() -> None:
    talk = two_results()
    talk.hear(500, "5 sao")
    talk.hear(540, "cảm ơn em")
    talk.hear(600, "1")
    talk.wait(660)
    assert talk.templates.count("rated.which") == 2, "a bare number is a rating again, and it is asked about that"
    assert talk.of(does.Rate) == []


def test_where_nothing_is_there_nothing_is_cancelled() -> None:
    talk = Talk()
    talk.hear(0, LAMP)
    talk.hear(30, "hủy")
    talk.hear(60, "hủy")
    talk.wait(90)
    assert talk.templates[-2:] == ["cancelled.report", "cancelled.nothing"]
    assert talk.player.state.drafts == ()


def test_a_code_for_an_unknown_draft_is_not_told() -> None:
    talk = Talk()
    talk.player.happen(ReportOpened("1", "2", "r9", "nobody"), at(0))
    assert talk.player.effects == []
