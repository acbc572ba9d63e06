"""Quảng Bình: what the public sees, and the letter of IV.3."""

from __future__ import annotations

import pytest

from core.cases.view import is_published, public_view
from core.letters import LetterFacts, as_text, compose
from core.regulations.letters import RESULT
from tests.core.cases.bench import pack_of
from tests.core.regulations.desk import AN, RECEPTIONIST
from tests.core.regulations.qb_states import STATES

ALLOWED = {"code", "category", "commune_code", "point", "received_at", "stage", "progress", "agencies", "decline_label"}
ALLOWED |= {"answer", "interim", "media", "answered_at"}


def seen(state: str) -> dict[str, object]:
    bench = STATES[state]()
    return public_view(bench.it, bench.pack, bench.agencies).model_dump(exclude_none=True)


@pytest.mark.rule("QB-IV.1.6b", "A-4")
def test_progress_is_public_with_agencies_and_without_anybody() -> None:
    """Stages, the focal agency, the answer; not one word of the reporter."""
    shown = seen("published")

    assert shown["stage"] == "Đã có kết quả"
    assert [step["label"] for step in shown["progress"]] == [  # type: ignore[attr-defined]
        "Đã nhận phản ánh",
        "Đã tiếp nhận",
        "Đang xử lý",
        "Đã có kết quả",
    ]
    assert shown["agencies"] == ("Sở Xây dựng",)
    assert {"code", "received_at", "answer", "interim", "media", "answered_at"} <= shown.keys()
    assert "content" not in shown


@pytest.mark.rule("QB-IV.1.6b", "QB-IV.1.4a.2", "QB-IV.1.4a.3", "VN-3")
@pytest.mark.parametrize("state", ["confidential", "answered_privately", "clarifying_privately", "secret", "withheld"])
def test_the_exceptions_show_that_there_is_a_case_and_where_it_stands(state: str) -> None:
    """Neither progress nor agency nor answer."""
    bench = STATES[state]()

    assert seen(state).keys() == {"code", "stage", "received_at"}
    assert not is_published(bench.it, bench.pack)


@pytest.mark.rule("QB-IV.1.1a.r", "A-QB-7")
def test_a_refusal_is_listed_with_its_ground_and_nothing_anybody_wrote() -> None:
    """Code, category and ground."""
    publication, bench = pack_of("quang_binh").publication, STATES["declined"]()
    shown = seen("declined")

    assert (publication.declined_public, publication.declined_title) == (True, "Không đủ điều kiện tiếp nhận")
    assert shown["decline_label"] == "Nội dung, thời gian, địa điểm không rõ ràng, chính xác"
    assert bench.it.decline_reason is not None
    assert bench.it.decline_reason.id not in public_view(bench.it, bench.pack, bench.agencies).model_dump_json()


@pytest.mark.rule("QB-IV.3b", "A-QB-6")
def test_a_commitment_is_public_as_such_and_the_case_still_under_way() -> None:
    """Not closed: the stage says so, and the answer is marked interim."""
    shown = seen("promised")

    assert (shown["interim"], shown["stage"]) == (True, "Đang xử lý")


@pytest.mark.rule("QB-II.2f", "A-4")
@pytest.mark.parametrize("state", STATES)
def test_nothing_of_the_reporter_is_in_what_anybody_may_see(state: str) -> None:
    """In no state: the list allows what it names, and identity has no name in it."""
    bench = STATES[state]()
    shown = public_view(bench.it, bench.pack, bench.agencies)

    assert f'"{bench.it.reports[0].contact_id}"' not in shown.model_dump_json()
    assert set(shown.model_dump(exclude_none=True)) <= ALLOWED


FORM = (
    "Kính gửi: Quý [cá nhân/tổ chức]",
    "Vấn đề quý [cá nhân/tổ chức] phản ánh, [đơn vị chủ trì xử lý] xin thông báo kết quả xử lý như sau:",
    "[Nội dung trả lời kết quả xử lý: nội dung đã xử lý xong hoặc nội dung cam kết thời gian sẽ hoàn thành xử lý cụ thể"
    "; đính kèm văn bản, tài liệu, hình ảnh, video clip liên quan để chứng minh kết quả xử lý]",
    "Chân thành cảm ơn phản ánh của quý [cá nhân/tổ chức] và mong tiếp tục nhận được phản ánh trong thời gian tới.",
    "Trân trọng./.",
)
FACTS = LetterFacts(
    reporter="ông/bà Nguyễn Thị Ngọc Ánh",
    unit="Phòng Hạ tầng kỹ thuật, Sở Xây dựng",
    answer="Ngày 23/11/2026, đơn vị đã vá 12 m² mặt đường trước số 12.\nĐề nghị tiếp tục giám sát.",
    code="2026 1120 0017",
    province="Quảng Bình",
    day=30,
    month=11,
    year=2026,
)


@pytest.mark.rule("QB-IV.3")
def test_the_form_stands_word_for_word() -> None:
    """Five lines, as the annex prints them."""
    assert tuple(pack_of("quang_binh").letter.body.strip().splitlines()) == FORM


@pytest.mark.rule("QB-IV.3", "QB-IV.3b")
def test_the_letter_is_written_with_a_vietnamese_name() -> None:
    """Nothing stays open; the guidance behind the colon disappears; marks and the square metre survive."""
    letter = compose(pack_of("quang_binh").letter.forms()[RESULT], FACTS, name=RESULT)

    assert letter.body == (
        "Kính gửi: Quý ông/bà Nguyễn Thị Ngọc Ánh",
        "Vấn đề quý ông/bà Nguyễn Thị Ngọc Ánh phản ánh, Phòng Hạ tầng kỹ thuật, Sở Xây dựng xin thông báo kết quả "
        "xử lý như sau:",
        "Ngày 23/11/2026, đơn vị đã vá 12 m² mặt đường trước số 12.",
        "Đề nghị tiếp tục giám sát.",
        "Chân thành cảm ơn phản ánh của quý ông/bà Nguyễn Thị Ngọc Ánh và mong tiếp tục nhận được phản ánh trong "
        "thời gian tới.",
        "Trân trọng./.",
    )
    assert (letter.authority, letter.place_date) == ("UBND TỈNH QUẢNG BÌNH", "Quảng Bình, ngày 30 tháng 11 năm 2026")
    assert "[" not in as_text(letter)
    assert not letter.beyond_text


@pytest.mark.rule("QB-IV.1.1a.x4")
def test_a_supplement_is_asked_for_and_given_by_whoever_has_it() -> None:
    """The reporter in the chat, or an agent who writes it down."""
    for actor in (AN, RECEPTIONIST):
        bench = STATES["waiting_reporter"]().then(actor, "supply_supplement", fields=["place"], files=["anh-2"])
        assert (bench.stage, bench.it.media) == ("received", ("anh-1", "anh-2"))
