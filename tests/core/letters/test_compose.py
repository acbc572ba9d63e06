"""A form and the facts make a letter; the form's own words stay as they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.letters import as_page, as_short, as_text, compose
from core.letters.page import BEYOND_TEXT, DRAFT
from core.letters.plain import as_file
from core.regulations.letters import LetterForm
from core.regulations.lint import lint_pack
from core.regulations.loader import load_pack, pack_names
from tests.core.letters.samples import ANSWER, FACTS, FORM, photo


@pytest.mark.rule("TG-P2")
def test_the_form_stands_word_for_word_with_its_holes_filled_in() -> None:
    """A hole that begins with a capital gives one; guidance behind a colon disappears."""
    letter = compose(FORM, FACTS, name="result")

    assert letter.body == (
        "Kính gửi: Quý ông/bà Nguyễn Thị Ngọc Ánh",
        "Sở Giao thông vận tải xin thông báo kết quả xử lý phản ánh, kiến nghị của ông/bà Nguyễn Thị Ngọc Ánh như sau:",
        *ANSWER.splitlines(),
        "Trân trọng./.",
    )
    assert (letter.authority, letter.office, letter.number) == (
        "UBND TỈNH HOA SEN",
        "Sở Giao thông vận tải",
        "Số:        /",
    )
    assert letter.signature == "THỦ TRƯỞNG ĐƠN VỊ"
    assert letter.recipients == ("Như trên", "…", "Lưu: VT")


@pytest.mark.rule("TG-P2")
@pytest.mark.parametrize(
    ("day", "month", "written"),
    [
        (3, 2, "Hoa Sen, ngày 03 tháng 02 năm 2026"),
        (10, 1, "Hoa Sen, ngày 10 tháng 01 năm 2026"),
        (9, 3, "Hoa Sen, ngày 09 tháng 3 năm 2026"),
        (30, 11, "Hoa Sen, ngày 30 tháng 11 năm 2026"),
    ],
)
def test_days_below_ten_and_the_first_two_months_take_a_zero(day: int, month: int, written: str) -> None:
    """Nghị định 30/2020/NĐ-CP, Phụ lục I, Mục II.4."""
    assert compose(FORM, replace(FACTS, day=day, month=month), name="result").place_date == written


def test_what_people_wrote_is_never_read_as_a_placeholder() -> None:
    """Neither in brackets nor in braces."""
    facts = replace(FACTS, answer="Xem [số] và {mã phản ánh} của [cá nhân, tổ chức]", number="12")
    letter = compose(FORM, facts, name="result")

    assert "Xem [số] và {mã phản ánh} của [cá nhân, tổ chức]" in letter.body


def test_what_nobody_knows_reads_as_an_ellipsis_and_an_unknown_hole_stops_the_letter() -> None:
    form = LetterForm(body="Lĩnh vực [lĩnh vực], [Nội dung trả lời]")
    assert compose(form, replace(FACTS, category=""), name="x").body[0].startswith("Lĩnh vực …, ")
    with pytest.raises(ValueError, match="tên mèo"):
        compose(LetterForm(body="[tên mèo]"), FACTS, name="x")


@pytest.mark.rule("DL-II.1u")
def test_the_number_of_an_official_letter_takes_the_place_of_the_blank() -> None:
    assert compose(FORM, replace(FACTS, number="12/TTĐH"), name="official").number == "Số: 12/TTĐH"


def test_a_short_message_says_where_all_of_it_is() -> None:
    letter = compose(FORM, FACTS, name="result")
    assert (
        as_short(letter)
        == "Phản ánh mã 1234 5678 9012: đã có kết quả xử lý. Xem toàn văn tại https://example.vn/tra-cuu"
    )
    own = compose(FORM.model_copy(update={"short": "Đã xong việc [mã phản ánh]."}), FACTS, name="result")
    assert as_short(own) == "Đã xong việc 1234 5678 9012. Xem tại https://example.vn/tra-cuu"


def test_the_text_for_chats_has_the_body_and_who_answers_and_the_file_has_the_heading_too() -> None:
    letter = compose(FORM, FACTS, name="result", files=["bien-ban.pdf"])
    text, file = as_text(letter), as_file(letter)

    assert text.startswith("Kính gửi: Quý ông/bà Nguyễn Thị Ngọc Ánh\n\n")
    assert text.endswith("Tệp kèm theo: bien-ban.pdf.\n\nSở Giao thông vận tải")
    assert "CỘNG HÒA" not in text
    for line in ("UBND TỈNH HOA SEN", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"):
        assert line in file.splitlines()
    assert file.endswith("Nơi nhận:\n- Như trên;\n- …;\n- Lưu: VT.\n")


def test_the_page_escapes_everything_and_loads_nothing() -> None:
    """Words with markup are words; pictures lie in the page."""
    evil = "<script>alert(1)</script> & \"'"
    facts = replace(FACTS, answer=evil, reporter=evil, unit=evil)
    page = as_page(compose(FORM, facts, name="result", draft=True, files=[evil]), [photo()], note=evil)

    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in page
    assert page.count('src="data:image/jpeg;base64,') == page.count("src=") == 1
    assert "http" not in page.replace("https://example.vn", "")
    assert DRAFT in page
    assert BEYOND_TEXT not in page


def test_a_form_of_the_product_says_so_to_staff_and_only_on_drafts() -> None:
    own = FORM.model_copy(update={"beyond_text": True})
    assert BEYOND_TEXT in as_page(compose(own, FACTS, name="result", draft=True))
    assert BEYOND_TEXT not in as_page(compose(own, FACTS, name="result"))


@pytest.mark.parametrize("name", pack_names())
def test_every_shipped_pack_has_a_result_letter_and_an_official_one(name: str) -> None:
    """Its own, or the product's, which is marked; both can be written."""
    pack = load_pack(name)
    forms = pack.letter.forms()

    assert {"result", "official"} <= forms.keys()
    assert forms["result"].beyond_text is not bool(pack.letter.body.strip())
    for key, form in forms.items():
        letter = compose(form, FACTS, name=key)
        assert ANSWER.splitlines()[0] in letter.body
        assert not any("[" in text or "{" in text for text in (*letter.body, letter.office, letter.subject))
    assert [finding for finding in lint_pack(pack) if "letter" in finding.path] == []
