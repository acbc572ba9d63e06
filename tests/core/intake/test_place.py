"""Where it happened, in the citizen's words."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.intake.fold import fold
from core.intake.reading.place import lexicon_of_places, read_place
from core.intake.words import Text


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("den duong truoc so 12 nguyen hue hong 3 hom nay roi", "truoc so 12 nguyen hue"),
        ("đèn trong kiệt 45 Bà Triệu tắt gần tuần nay", "trong kiệt 45 Bà Triệu"),
        (
            "tại số 15 ngõ 120 Hoàng Quốc Việt, phường Nghĩa Tân có công trình",
            "số 15 ngõ 120 Hoàng Quốc Việt, phường Nghĩa Tân",
        ),
        ("rác ở đầu hẻm 120/5 lê lợi, p. thuận hòa", "đầu hẻm 120/5 lê lợi, p. thuận hòa"),
        ("ngay góc Hùng Vương - Nguyễn Tri Phương cứ chớp tắt", "ngay góc Hùng Vương - Nguyễn Tri Phương"),
        ("vỡ ống nước trước cổng chợ Bến Ngự, nước phun", "trước cổng chợ Bến Ngự"),
        ("Quốc lộ 14 đoạn qua xã Ea Drông có ổ gà", "Quốc lộ 14 đoạn qua xã Ea Drông"),
        ("rac o cho dong ba nhieu qua", "cho dong ba"),
        ("bao o ga tai phuong Vinh Ninh, xe te nga 3 hom nay", "phuong Vinh Ninh"),
        ("rac chat dong o ga Hue", "ga Hue"),
        ("nuoc ngap xa vinh ha 2 ngay nay", "xa vinh ha"),
        ("TÔI PHẢN ÁNH RÁC Ở ĐƯỜNG LÊ LỢI KHÔNG AI DỌN", "ĐƯỜNG LÊ LỢI"),
        ("ở cuối đường\nNguyễn Văn Linh hôi lắm", "cuối đường Nguyễn Văn Linh"),
        ("nhà vệ sinh công viên 3/2 bẩn", "công viên 3/2"),
        ("ở tiệm cơm gà Kim Long xả nước thải", "tiệm cơm gà Kim Long"),
        ("ổ voi giữa đường Kim Phụng. Lưu Văn Tí, 0900 000 014", "giữa đường Kim Phụng"),
        ("Phản ánh hiện trường\nQuán karaoke ồn ở số 7 đường Kim Phụng", "số 7 đường Kim Phụng"),  # a mail's subject
        ("đường bê tông xóm Hội, Phú Thượng", "đường bê tông xóm Hội, Phú Thượng"),
        ("đèn đường 7 Hà Nội hỏng", "7 Hà Nội"),
        ("den duong 12 le loi hong", "12 le loi"),
        ("đèn đường Trần Phú hỏng", "đường Trần Phú"),
        ("đèn đường 3/2 tắt", "đường 3/2"),
    ],
)
def test_concrete_places_are_read_with_their_relations(said: str, place: str) -> None:
    assert read_place(Text.of(said)).text == place


@pytest.mark.parametrize(
    "said",
    [
        "gần nhà em có ông hàng xóm nuôi gà đá ồn lắm",
        "Xóm tôi cúp điện hoài",
        "ở đây mất nước từ tối qua",
        "xe tải đậu chắn trước nhà tôi suốt ngày",
        "đường lầy lội quá đi không được",
        "đề nghị sửa cái cầu",
        "tôi là Nguyễn Văn An, sđt 0900000001",
        "rác 3 ngày rồi không ai lấy",
        "từ 22h tối qua. Nguyễn Thị Mùi",
        "nhà tôi đền bù không thỏa đáng",
        "có thằng cầm dao dọa chém vợ",
        "tổ trưởng không giải quyết",
        "tổ chức đám cưới gây ồn",
        "đập phá đồ đạc trong đêm",
    ],
)
def test_vague_words_are_no_place(said: str) -> None:
    assert read_place(Text.of(said)).text == ""


def test_a_province_adds_names_of_its_own() -> None:
    said = Text.of("den hong o cay da ba xom")
    assert read_place(said).text == ""
    assert read_place(said, lexicon_of_places(("Cây Đa Ba Xóm",))).text == "cay da ba xom"


WORDS = "cầu chợ đường kiệt 12 số Lê Lợi ở gần , . trước xã thôn góc - và xuống_dòng"


@given(st.lists(st.sampled_from(WORDS.split()), max_size=40))
def test_pieces_lie_in_the_text_in_order(words: list[str]) -> None:
    text = Text.of(" ".join(words).replace("xuống_dòng", "\n"))
    spans = read_place(text).spans
    assert all(start < end <= len(text.raw) for start, end in spans)
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))
    assert all(fold(piece.text) in fold(text.raw) for piece in read_place(text).pieces)


@pytest.mark.parametrize("word", ["cầu ", "kiệt 1 chợ số 1 ", "đường vào ", "trước số 1 cầu "])
def test_endless_repetition_is_read_without_harm(word: str) -> None:
    read_place(Text.of(word * 3000))
