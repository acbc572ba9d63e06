"""Messages that belong together, edits among them, and several matters in one text."""

from __future__ import annotations

import pytest

from core.contract.schema import MessageKind
from core.intake import effects as does
from tests.core.intake.harness import at, message
from tests.core.intake.talk import LAMP, Talk


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


def test_a_burst_that_began_before_the_clock_was_set_back_is_not_waited_for_without_end() -> None:
    """A day ahead by mistake, then right again: whoever writes on is answered in half a minute, not in a day."""
    talk = Talk()
    talk.hear(24 * 3600, "đèn đường hỏng")
    talk.deliver(message("zalo", 1, {"t": 0, "text": "trước 12 Nguyễn Huệ"}))
    talk.wait(30)
    assert len(talk.drafts) == 1


def test_words_typed_just_before_a_button_is_pressed_are_kept() -> None:
    """They are one burst, and the button is only its end."""
    talk = Talk()
    talk.hear(0, "đèn đường hỏng")
    talk.wait(10)
    talk.hear(20, "trước 12 Nguyễn Huệ, cột số 5")
    talk.hear(21, "Giữ bí mật", payload="confidential")
    talk.wait(60)
    (draft,) = talk.drafts
    assert draft.confidential
    assert "cột số 5" in draft.content
    assert draft.place.text == "trước 12 Nguyễn Huệ"
    assert "Giữ bí mật" not in draft.content


@pytest.mark.rule("A-7")
def test_received_at_is_that_of_the_message_which_completed_the_report() -> None:
    talk = Talk()
    talk.hear(0, "đèn đường hỏng")
    talk.hear(50, "trước 12 Nguyễn Huệ")
    talk.hear(51, "tối lắm")
    talk.wait(90)
    assert talk.drafts[0].received_at == at(50)


def test_a_repeated_delivery_changes_nothing() -> None:
    talk = Talk()
    sent = talk.hear(0, LAMP)
    talk.deliver(sent)
    talk.wait(30)
    talk.deliver(sent)
    talk.wait(60)
    assert len(talk.drafts) == 1
    assert talk.of(does.Supply) == []


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


@pytest.mark.rule("VN-4")
def test_whoever_takes_everything_back_at_the_provider_asks_to_be_erased() -> None:
    talk = Talk()
    talk.hear(0, "đèn đường hỏng", id="a")
    everything = message("zalo", 1, {"t": 20, "id": "user_withdraw:1"})
    talk.deliver(everything.model_copy(update={"kind": MessageKind.WITHDRAWAL}))
    assert talk.of(does.EraseRequest) == [does.EraseRequest()]
    assert "yêu cầu xóa dữ liệu" in talk.player.said[-1][1].text
