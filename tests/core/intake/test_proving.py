"""Proving a number inside a conversation: on the person's wish, by six digits, or by the provider's word."""

from __future__ import annotations

import pytest

from core.contract.schema import Authenticity, InboundMessage
from core.intake import effects as does
from core.intake.happenings import NumberProof, Proof
from tests.core.intake.harness import at
from tests.core.intake.talk import LAMP, Talk

PHONE = "+84900000001"


def told(words: str) -> Talk:
    """A conversation that begins with these words, and a moment of silence after them."""
    talk = Talk()
    talk.hear(0, words)
    talk.wait(10)
    return talk


@pytest.mark.parametrize(
    "words",
    [
        "xác minh số 0900 000 001",
        "cho em xác thực số điện thoại 0900.000.001 ạ",
        "Liên kết sđt 0900000001",
        "xac minh so dien thoai 0900000001",
    ],
)
def test_the_wish_and_the_number_send_a_password(words: str) -> None:
    talk = told(words)

    assert talk.of(does.AskProof) == [does.AskProof(PHONE)]
    assert talk.drafts == []


@pytest.mark.parametrize(
    "words",
    [
        "Đề nghị xác minh số nhà 12 Lê Lợi xây dựng trái phép",
        "sđt em 0900000001, đèn đường trước số 12 Nguyễn Huệ hỏng",
        "xác nhận số 12 Lê Lợi bị mất nắp cống",
    ],
)
def test_other_numbers_are_no_wish(words: str) -> None:
    talk = told(words)

    assert talk.of(does.AskProof) == []


def test_without_a_number_it_is_asked_for() -> None:
    talk = told("em muốn xác minh số điện thoại")
    assert talk.templates == ["prove.ask"]
    talk.hear(20, "0900 000 001")
    talk.wait(30)

    assert talk.of(does.AskProof) == [does.AskProof(PHONE)]


def sent() -> Talk:
    """A password was sent for the number."""
    talk = told("xác minh số 0900 000 001")
    talk.player.happen(NumberProof(PHONE, Proof.SENT), at(10))
    return talk


def test_six_digits_are_the_answer_while_a_password_is_out() -> None:
    talk = sent()
    talk.hear(60, "123 456")
    talk.wait(70)
    assert talk.of(does.TakeProof) == [does.TakeProof(PHONE, "123 456")]
    assert talk.drafts == []

    talk.player.happen(NumberProof(PHONE, Proof.DONE, ("123456789012",)), at(70))
    _, said = talk.player.said[-1]
    assert "1234 5678 9012" in said.text
    assert "0900000001" not in said.text
    talk.hear(80, "654321")
    talk.wait(90)
    assert len(talk.of(does.TakeProof)) == 1


@pytest.mark.parametrize("words", ["là 12 34 56 nhé", "mã của em 123456", "Ma OTP la 123-456 a"])
def test_a_few_words_around_the_digits_do_not_matter(words: str) -> None:
    talk = sent()
    talk.hear(60, words)
    talk.wait(70)
    assert [effect.typed.replace("-", "").replace(" ", "") for effect in talk.of(does.TakeProof)] == ["123456"]
    assert talk.of(does.AskStatus) == talk.drafts == []


@pytest.mark.parametrize("words", ["gửi lại mã giúp em", "em chưa nhận được mã", "cho xin ma moi"])
def test_another_password_is_sent_when_it_is_wished_for(words: str) -> None:
    talk = sent()
    talk.hear(120, words)
    talk.wait(130)
    assert talk.of(does.AskProof) == [does.AskProof(PHONE)] * 2
    assert talk.player.state.drafts == ()


def test_a_story_with_six_digits_is_no_answer() -> None:
    talk = sent()
    talk.hear(60, "đèn đường trước số 12 Lê Lợi hỏng, cột số 123456 bị nghiêng")
    talk.wait(70)
    assert talk.of(does.TakeProof) == []
    assert len(talk.drafts) == 1


def test_a_wrong_answer_may_be_tried_again_and_a_late_one_is_none() -> None:
    talk = sent()
    talk.hear(60, "111111")
    talk.wait(70)
    talk.player.happen(NumberProof(PHONE, Proof.WRONG), at(70))
    assert talk.templates[-1] == "prove.wrong"
    talk.hear(80, "222222")
    talk.wait(90)
    talk.hear(311, "333333")
    talk.wait(320)

    assert [effect.typed for effect in talk.of(does.TakeProof)] == ["111111", "222222"]


def test_where_nothing_carries_a_password_it_is_said() -> None:
    talk = told("xác minh số 0900 000 001")
    talk.player.happen(NumberProof(PHONE, Proof.NOWHERE), at(10))
    assert talk.templates[-1] == "prove.nowhere"
    talk.hear(20, "123456")
    talk.wait(30)

    assert talk.of(does.TakeProof) == []


def test_a_report_goes_on_beside_it() -> None:
    talk = sent()
    talk.hear(60, LAMP)
    talk.wait(80)

    assert len(talk.drafts) == 1


def card(talk: Talk, seconds: float, *, own: bool) -> InboundMessage:
    """A contact card arrives; `own`: the provider says that it is the sender's."""
    talk.player.pass_time(at(seconds))
    plain = Talk(channel=talk.channel, count=talk.count).hear(seconds, contact=PHONE)
    return talk.deliver(plain.model_copy(update={"authenticity": Authenticity(verified=own)}))


def test_ones_own_card_needs_no_password() -> None:
    talk = Talk(channel="telegram")
    card(talk, 0, own=True)
    talk.wait(10)

    assert talk.of(does.TakeProof) == [does.TakeProof(PHONE)]
    assert talk.drafts == []


def test_ones_own_card_is_also_the_number_of_an_unfinished_report() -> None:
    talk = Talk(channel="telegram", regulation="strict")
    talk.hear(0, LAMP)
    talk.wait(10)
    card(talk, 20, own=True)
    talk.wait(40)

    assert talk.of(does.TakeProof) == [does.TakeProof(PHONE)]
    assert PHONE in [part.phone for part in talk.player.state.drafts[0].parts]


def test_somebodys_card_proves_nothing() -> None:
    talk = Talk(channel="telegram")
    card(talk, 0, own=False)
    talk.wait(10)

    assert talk.of(does.TakeProof) == []
    assert talk.of(does.AskProof) == []
