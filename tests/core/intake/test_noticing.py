"""Asking for notices in a conversation: repeated, agreed to, ended; and what sounds like it and is a report."""

from __future__ import annotations

import pytest

from core.intake import effects as does
from core.intake.state import NoticeWish
from tests.core.intake.talk import LAMP, Talk

EVERYTHING = NoticeWish()


def chatting(channel: str = "zalo") -> Talk:
    """A conversation on a channel that can be written to later, under a regulation with two fields."""
    talk = Talk(channel=channel)
    rules = talk.player.rules
    traits = rules.traits_of(channel).model_copy(update={"notices": channel != "web"})
    topics = {"water": "Cấp nước", "lights": "Chiếu sáng"}
    talk.player.rules = rules.model_copy(update={"channels": {channel: traits}, "notice_topics": topics})
    return talk


def asked(words: str, **said: str) -> Talk:
    """A conversation that begins with these words, and a moment of silence after them."""
    talk = chatting()
    talk.hear(0, words, **said)
    talk.wait(10)
    return talk


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("nhận thông báo", EVERYTHING),
        ("Cho em đăng ký nhận thông báo ạ", EVERYTHING),
        ("nhan thong bao", EVERYTHING),
        ("NHẬN THÔNG BÁO!", EVERYTHING),
        ("Tôi muốn nhận cảnh báo thiên tai", EVERYTHING),
        ("nhận thông báo phường Vỹ Dạ, xã Phú Mậu", NoticeWish(areas=("phường Vỹ Dạ", "xã Phú Mậu"))),
        ("nhận thông báo về cấp nước", NoticeWish(topics=("water",))),
        ("đăng ký thông báo ở phường Vỹ Dạ về cấp nước", NoticeWish(areas=("phường Vỹ Dạ",), topics=("water",))),
    ],
)
@pytest.mark.rule("VN-4")
def test_a_wish_is_repeated_and_kept_only_after_a_yes(words: str, wish: NoticeWish) -> None:
    talk = asked(words)
    assert (talk.templates, talk.of(does.FollowNotices)) == (["notices.ask"], [])
    talk.hear(20, "đồng ý")
    talk.wait(30)

    (kept,) = talk.of(does.FollowNotices)
    assert NoticeWish(areas=kept.areas, topics=kept.topics) == wish
    assert kept.shown == talk.of(does.Say)[0]
    assert talk.player.state.drafts == ()


@pytest.mark.parametrize(
    "words",
    [
        "Tôi nhận thông báo nộp phạt nhưng không vi phạm, đề nghị kiểm tra",
        "nhận thông báo cắt nước mà nhà vẫn có nước",
        "Phường không gửi thông báo họp tổ dân phố cho dân số 12 Lê Lợi",
        "chưa thấy thông báo về lịch thu gom rác ở đường Nguyễn Huệ",
        LAMP,
    ],
)
def test_what_only_sounds_like_it_is_read_as_ever(words: str) -> None:
    talk = asked(words)

    assert not {"notices.ask", "notices.ended"} & set(talk.templates)


def test_a_no_or_anything_else_keeps_nothing() -> None:
    """The question is closed; the next yes is no answer to it, and what is told instead is a report."""
    for answer in ("không", LAMP):
        talk = asked("nhận thông báo")
        talk.hear(20, answer)
        talk.wait(30)
        talk.hear(40, "đồng ý")
        talk.wait(50)

        assert talk.of(does.FollowNotices) == []
        assert ("notices.declined" in talk.templates) == (answer == "không")
        assert answer != LAMP or talk.player.state.drafts or talk.drafts


def test_the_menu_leads_there_as_well_and_buttons_answer() -> None:
    talk = asked("", payload="notices")
    assert talk.templates == ["notices.ask"]
    talk.hear(20, payload="notices_yes")

    assert len(talk.of(does.FollowNotices)) == 1
    talk.hear(60, payload="notices_stop")
    assert talk.of(does.EndNotices) == [does.EndNotices()]


@pytest.mark.parametrize("words", ["từ chối", "TU CHOI", "Dạ không nhận thông báo nữa ạ", "hủy nhận thông báo", "tc"])
@pytest.mark.rule("VN-6")
def test_one_word_ends_it_at_any_time(words: str) -> None:
    """Also in the middle of a report, which stays."""
    talk = asked("đèn đường hỏng")
    drafts = talk.player.state.drafts
    talk.hear(20, words)
    talk.wait(30)

    assert talk.of(does.EndNotices) == [does.EndNotices()]
    assert talk.templates[-1] == "notices.ended"
    assert talk.player.state.drafts == drafts


def test_a_bare_stop_ends_notices_and_cancels_no_report() -> None:
    """After a notice it means the notice; whoever reads none means the report, as ever."""
    talk = asked("nhận thông báo")
    talk.hear(20, "đồng ý")
    talk.wait(30)
    talk.hear(40, "dừng")
    talk.wait(50)
    assert len(talk.of(does.EndNotices)) == 1
    talk.hear(60, "dừng")
    talk.wait(70)

    assert len(talk.of(does.EndNotices)) == 1
    assert talk.templates[-1] == "cancelled.nothing"


def test_where_nothing_can_be_sent_later_it_is_no_wish() -> None:
    talk = chatting("web")
    talk.hear(0, "nhận thông báo")
    talk.wait(10)

    assert "notices.ask" not in talk.templates
