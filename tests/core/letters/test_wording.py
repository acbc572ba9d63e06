"""Which answers say nothing, and which do."""

from __future__ import annotations

import pytest

from core.letters.wording import ONLY_THANKS, TOO_SHORT, objections
from core.regulations.letters import AnswerWording

EMPTY = [
    ("Đã chuyển.", {TOO_SHORT, "forwarded"}),
    ("ghi nhận", {TOO_SHORT, "noted"}),
    ("OK", {TOO_SHORT}),
    ("Đã tiếp nhận phản ánh của ông/bà.", {"received"}),
    ("Trung tâm xin cảm ơn ông bà đã phản ánh. Trân trọng!", {ONLY_THANKS}),
    ("Sẽ xử lý trong thời gian sớm nhất.", {"promise"}),
    ("Đã chuyển Công an phường xử lý theo quy định.", {"forwarded"}),
    ("ĐÃ CHUYỂN CƠ QUAN CHỨC NĂNG XEM XÉT.", {"forwarded"}),
    ("Đơn vị sẽ kiểm tra và xử lý tình trạng lấn chiếm vỉa hè.", {"promise"}),
    ("Xin ghi nhận ý kiến của quý vị và sẽ chuyển đơn vị chức năng.", {"forwarded", "noted"}),
    ("Đã kiểm tra thực tế, đơn vị sẽ xử lý.", {"promise"}),
    ("da chuyen phong quan ly do thi", {"forwarded"}),
]
FULL = [
    "Đơn vị đã thay bóng đèn ngày 23/11/2026.",
    "Đã thay bóng đèn.",
    "Đã kiểm tra, không phát hiện vi phạm tại địa chỉ nêu.",
    "Đã chuyển Công an phường; Công an đã lập biên bản và phạt chủ quán.",
    "Sẽ lắp lại nắp cống trước ngày 30/11/2026.",
    "Sẽ xử lý trong 3 ngày.",
    "Kết quả: mặt đường Lê Lợi đã vá xong.",
    "Đội đã dọn rác và nhắc nhở các hộ kinh doanh. Cảm ơn phản ánh của ông/bà.",
    "Theo Luật Đất đai, thửa đất số 12 không thuộc diện được cấp giấy chứng nhận vì nằm trong hành lang an toàn đường "
    "bộ; chúng tôi ghi nhận ý kiến.",
]


@pytest.mark.parametrize(("text", "codes"), EMPTY, ids=[text for text, _ in EMPTY])
def test_an_empty_answer_is_objected_to_with_words_of_help(text: str, codes: set[str]) -> None:
    found = objections(text)
    assert {one.code for one in found} == codes
    assert all(one.help.endswith(".") and len(one.help) > 30 for one in found)


@pytest.mark.parametrize("text", FULL)
def test_an_answer_that_says_what_was_done_or_when_it_will_be_is_fine(text: str) -> None:
    assert objections(text) == ()


def test_a_regulation_may_say_otherwise() -> None:
    """More phrases, fewer, another length, or nothing of it."""
    assert objections("Đã chuyển Công an phường xử lý.", AnswerWording(allowed=("đã chuyển",))) == ()
    assert [
        one.code for one in objections("Tuyến này chờ kinh phí bổ sung.", AnswerWording(hollow=("chờ kinh phí",)))
    ] == ["noted"]
    assert objections("Đã thay bóng đèn.", AnswerWording(least_words=5))[0].code == TOO_SHORT
    assert objections("ghi nhận", AnswerWording(checked=False)) == ()


def test_the_shipped_words_are_fit_for_a_long_text_in_any_form() -> None:
    """Nothing in it can make the check slow or fail."""
    assert objections("đã " * 20_000 + "ghi nhận")[0].code == "noted"
    assert objections("")[0].code == TOO_SHORT
    assert objections("…!?()[]*+\\")[0].code == TOO_SHORT
