"""Tiền Giang: letters, verdicts, what is public, the reports owed, and how the text is read."""

from __future__ import annotations

import pytest

from core.cases.view import public_view
from core.clock import load_calendar
from core.clock.reporting import ReportSchedule
from core.letters import compose
from core.letters.model import LetterFacts
from core.letters.plain import as_file
from core.regulations.letters import RESULT
from tests.core.cases.bench import Bench, pack_of
from tests.core.regulations.tien_giang_states import STATES


@pytest.mark.rule("TG-P1.II.5", "TG-9.1a")
def test_the_result_goes_where_the_report_came_from() -> None:
    """In the app for those who wrote there: no form but the reporter's own conversation."""
    notice = pack_of("tien_giang").notifications["reporter_result"]

    assert (notice.on, notice.to, notice.via) == (("publish",), ("reporter",), ())


LETTER = """\
UBND TỈNH TIỀN GIANG
Sở Giao thông vận tải
Số:        /
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Tiền Giang, ngày 23 tháng 11 năm 2026
    Kính gửi: Quý ông Nguyễn Văn An
Sở Giao thông vận tải xin thông báo kết quả xử lý phản ánh, kiến nghị của ông Nguyễn Văn An như sau:
Mặt đường trước cổng trường đã được vá ngày 21/11/2026.
Chúng tôi cám ơn ông Nguyễn Văn An và mong muốn tiếp tục nhận được phản ánh, kiến nghị.
Trân trọng./.
THỦ TRƯỞNG ĐƠN VỊ
Nơi nhận:
- Như trên;
- …;
- Lưu: VT."""


@pytest.mark.rule("TG-P2", "TG-9.1a")
def test_the_letter_of_phu_luc_02_with_a_vietnamese_name() -> None:
    """Every line of the form, in order, with its holes filled in."""
    facts = LetterFacts(
        reporter="ông Nguyễn Văn An",
        unit="Sở Giao thông vận tải",
        answer="Mặt đường trước cổng trường đã được vá ngày 21/11/2026.",
        province=pack_of("tien_giang").meta.place,
        day=23,
        month=11,
        year=2026,
    )
    letter = compose(pack_of("tien_giang").letter.forms()[RESULT], facts, name=RESULT)

    assert [line for line in as_file(letter).splitlines() if line.strip()] == LETTER.splitlines()
    assert not letter.beyond_text


@pytest.mark.rule("TG-P2")
def test_the_form_of_the_letter_is_verbatim() -> None:
    """Phụ lục 02, word for word."""
    assert pack_of("tien_giang").letter.body.splitlines() == [
        "Kính gửi: Quý [cá nhân, tổ chức]",
        "[Đơn vị xử lý] xin thông báo kết quả xử lý phản ánh, kiến nghị của [cá nhân, tổ chức] như sau:",
        "[Nội dung trả lời xử lý]",
        "Chúng tôi cám ơn [cá nhân, tổ chức] và mong muốn tiếp tục nhận được phản ánh, kiến nghị.",
        "Trân trọng./.",
    ]


@pytest.mark.rule("TG-10.1")
def test_the_three_levels_read_as_written() -> None:
    """Worst to best."""
    levels = sorted(pack_of("tien_giang").rating.levels.values(), key=lambda item: item.score)

    assert [(item.label, item.score) for item in levels] == [
        ("Không hài lòng", 1),
        ("Chấp nhận được", 2),
        ("Hài lòng", 3),
    ]


def seen(bench: Bench) -> dict[str, object]:
    shown = public_view(bench.it, bench.pack, bench.agencies)
    return {name: value for name, value in shown.model_dump().items() if value not in (None, ())}


@pytest.mark.rule("TG-11.2", "A-4")
def test_progress_is_public_and_identity_is_not() -> None:
    """Receipt, distribution, processing and approval, each with its time."""
    shown = seen(STATES["published"]())

    assert [step["label"] for step in shown["progress"]] == [  # type: ignore[attr-defined]
        "Đã nhận phản ánh",
        "Đã tiếp nhận",
        "Đang xử lý",
        "Đã xử lý",
        "Đã có kết quả",
    ]
    assert (shown["stage"], shown["agencies"]) == ("Đã có kết quả", ("Sở Giao thông vận tải",))
    assert "answer" in shown


@pytest.mark.rule("A-TG-8", "TG-9.1b", "TG-9.1c")
@pytest.mark.parametrize(
    ("state", "fields"),
    [
        ("confidential", {"code", "category", "received_at", "stage", "progress"}),
        ("answered_privately", {"code", "category", "received_at", "stage", "progress"}),
        ("secret", {"code", "received_at", "stage"}),
        ("withheld", {"code", "received_at", "stage"}),
    ],
)
def test_of_a_confidential_case_only_the_stages_are_seen_and_of_a_secret_one_less(state: str, fields: set[str]) -> None:
    """Under its code, without a word of text."""
    assert seen(STATES[state]()).keys() == fields


@pytest.mark.rule("TG-12.5", "TG-13.4")
def test_the_reports_owed_are_data() -> None:
    """The Centre before the 18th, the system's owner before the 20th; month, quarter, year and on demand."""
    reports = pack_of("tien_giang").reports.values()

    assert [(item.role, item.to, item.every, item.before_day) for item in reports] == [
        ("editor", ("owner",), "month", 18),
        ("editor", ("owner",), "quarter", 18),
        ("editor", ("owner",), "year", 18),
        ("editor", ("owner",), "demand", None),
        ("owner", ("province",), "month", 20),
        ("owner", ("province",), "quarter", 20),
        ("owner", ("province",), "year", 20),
        ("owner", ("province",), "demand", None),
    ]


@pytest.mark.rule("TG-12.5", "TG-13.4", "A-TG-11")
@pytest.mark.parametrize(
    ("report", "dues"),
    [
        ("centre_month", {1: "2026-01-19", 2: "2026-02-23", 11: "2026-11-17", 12: "2026-12-17"}),
        ("owner_month", {1: "2026-01-19", 2: "2026-02-23", 11: "2026-11-19", 12: "2026-12-21"}),
    ],
)
def test_the_calendar_of_2026_with_its_february(report: str, dues: dict[int, str]) -> None:
    """The last good day: 17/1 is a Saturday; 17/2 and 19/2 lie in Tết, late only after Monday 23/2."""
    written = pack_of("tien_giang").reports[report]
    schedule = ReportSchedule.parse({"every": written.every, "before": written.before_day})

    found = {item.last.month: item.due.good_until.isoformat() for item in schedule.of_year(2026, load_calendar())}

    assert len(found) == 12
    assert {month: found[month] for month in dues} == dues


@pytest.mark.rule(
    "A-TG-1", "A-TG-2", "A-TG-3", "A-TG-4", "A-TG-5", "A-TG-6", "A-TG-7", "A-TG-8", "A-TG-9", "A-TG-10", "A-TG-13",
    "A-TG-14",
)  # fmt: skip
def test_every_reading_is_written_down_with_its_choice() -> None:
    """Nothing that the text leaves open is decided in silence."""
    readings = pack_of("tien_giang").readings

    assert {f"A-{n}" for n in range(9)} | {f"A-TG-{n}" for n in range(1, 15)} == readings.keys()
    assert {name.removeprefix("A-TG-"): r.choice for name, r in readings.items() if r.options and "TG" in name} == {
        "2": "recommended",
        "3": "required",
        "5": "distribution",
        "6": "after_acceptance",
        "9": "all_approved",
    }
    assert all(set(item.changes) == set(item.options) - {item.choice} for item in readings.values() if item.changes)
