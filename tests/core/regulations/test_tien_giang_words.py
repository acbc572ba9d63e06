"""Tiền Giang: lists, words and forms verbatim; who hears of what, in which form; what is asked, shown and reported."""

from __future__ import annotations

import pytest

from core.cases.view import public_view
from core.clock import load_calendar
from core.clock.reporting import ReportSchedule
from core.letters import compose
from core.letters.model import LetterFacts
from core.letters.plain import as_file
from core.regulations.letters import RESULT
from core.regulations.words import Level
from core.service.regulation import intake_rules
from tests.core.cases.bench import Bench, pack_of
from tests.core.regulations.table import told
from tests.core.regulations.tien_giang_states import EVERYBODY, STATES, received
from tests.core.regulations.words import DESK, NEW, Stages, check_roles, check_stages

SECTORS = (
    "Công an; Giao thông Vận tải; Thông tin và Truyền thông; Tài nguyên và Môi trường; Công thương; "
    "Văn hóa, Thể thao và Du lịch"
)


@pytest.mark.rule("TG-1.1", "TG-12.3")
def test_the_six_sectors_are_verbatim_and_have_no_groups_below() -> None:
    """A list in data: a seventh is one entry more."""
    categories = pack_of("tien_giang").intake.categories.values()

    assert "; ".join(item.label for item in categories) == SECTORS
    assert {item.group for item in categories} == {""}


@pytest.mark.rule("TG-P1.II.3a", "A-TG-6")
def test_five_sectors_are_routed_by_configuration_and_one_by_hand() -> None:
    """What concerns the police is read by a person first."""
    categories = pack_of("tien_giang").intake.categories

    assert {key: (item.automatic, item.agencies) for key, item in categories.items()} == {
        "police": (False, ("cong_an",)),
        "transport": (True, ("so_giao_thong",)),
        "information": (True, ("so_thong_tin",)),
        "environment": (True, ("so_tai_nguyen",)),
        "trade": (True, ("so_cong_thuong",)),
        "culture": (True, ("so_van_hoa",)),
    }


@pytest.mark.rule("TG-4.3", "A-6")
def test_the_app_is_the_channel_of_the_text_and_the_others_are_beyond_it() -> None:
    """channels=[app]; the rest is marked in exports."""
    channels = pack_of("tien_giang").intake.channels

    assert [(key, item.label) for key, item in channels.items() if not item.beyond_text] == [
        ("app", "Ứng dụng TiengiangS")
    ]
    assert [key for key, item in channels.items() if item.beyond_text] == [
        "web",
        "phone",
        "zalo",
        "facebook",
        "telegram",
        "email",
        "sms",
    ]


@pytest.mark.rule("TG-4.3")
@pytest.mark.parametrize("moment", ["2026-11-22 03:00", "2026-02-17 00:01", "2026-11-20 12:00"])
def test_reports_are_taken_at_any_hour(moment: str) -> None:
    """24/24, seven days: a Sunday night, the first minute of Tết, the lunch break."""
    bench = received(moment)

    assert (bench.stage, bench.it.received_at) == ("received", bench.now)


@pytest.mark.rule("TG-5.1")
def test_the_language_is_vietnamese() -> None:
    """lang=vi."""
    assert pack_of("tien_giang").intake.languages == ("vi",)


@pytest.mark.rule("TG-5.2", "TG-5.3", "TG-P1.II.1", "A-TG-2", "A-TG-3")
def test_what_a_report_must_hold_is_as_written() -> None:
    """Content, place, time; name, phone, email; an image or video is asked for and not insisted on."""
    intake = pack_of("tien_giang").intake

    assert {item.field: item.label for item in intake.required.values()} == {
        "content": "Nội dung phản ánh",
        "place": "Địa điểm",
        "time": "Thời gian",
        "name": "Họ và tên",
        "phone": "Số điện thoại",
        "email": "Địa chỉ thư điện tử",
    }
    assert [item.field for item in intake.required.values() if not item.may_be_declared_none] == ["content"]
    assert all(item.channels is None and not item.beyond_text for item in intake.required.values())
    assert intake.recommended == ("media",)


@pytest.mark.rule("TG-P1.II.1", "TG-5.4")
@pytest.mark.parametrize("channel", ["app", "zalo", "email"])
def test_the_dialogue_asks_for_all_of_it_on_every_channel(channel: str) -> None:
    """And says that the sender answers for the truth and may ask for secrecy."""
    rules = intake_rules(pack_of("tien_giang"), office="Trung tâm")

    assert rules.required_on(channel) == ("content", "place", "time", "name", "phone", "email")
    assert (rules.consent_notice, rules.confidentiality) == (True, True)
    assert "giữ bí mật" in pack_of("tien_giang").intake.consent


# stage → label, what the public reads, kind, owner
CASE = {
    "received": ("Mới nhận", "Đã nhận phản ánh", "open", "receptionist"),
    "linked": ("Đã gộp vào hồ sơ khác", "Đang xử lý cùng phản ánh khác", "aside", ""),
    "diverted": ("Đã hướng dẫn nơi khác", "Đã hướng dẫn gửi đúng nơi tiếp nhận", "closed", ""),
    "waiting_reporter": ("Chờ người phản ánh bổ sung", "Đang chờ bổ sung thông tin", "aside", "receptionist"),
    "accepted": ("Đã tiếp nhận", "Đã tiếp nhận", "open", "distributor"),
    "in_progress": ("Cơ quan đang xử lý", "Đang xử lý", "open", ""),
    "deadlock": ("Chưa thống nhất phương án xử lý", "Đang xử lý", "aside", "owner"),
    "awaiting_publication": ("Chờ kiểm tra và công khai", "Đã xử lý", "open", "editor"),
    "published": ("Đã công khai kết quả", "Đã có kết quả", "done", ""),
    "answered_privately": ("Đã trả lời riêng", "Đã trả lời", "done", ""),
    "withheld": ("Không công khai", "Đã xử lý", "done", ""),
    "clarifying": ("Đang làm rõ kết quả", "Đang làm rõ kết quả", "open", "officer"),
    "clarifying_privately": ("Đang làm rõ riêng", "Đang làm rõ kết quả", "open", "officer"),
    "spam": ("Phản ánh rác", "Không tiếp nhận", "closed", ""),
}
DISPATCH = {
    "distributed": ("Chờ nhận xử lý", "", "open", "officer"),
    "processing": ("Đang xác minh và xử lý", "", "open", "officer"),
    "awaiting_confirmation": ("Chờ đơn vị quản lý xác nhận", "", "open", "manager"),
    "awaiting_approval": ("Chờ lãnh đạo phê duyệt", "", "open", "leader"),
    "approved": ("Đã phê duyệt", "", "done", ""),
    "sent_back": ("Bị trả lại", "", "aside", "distributor"),
    "redirected": ("Đã phân phối lại", "", "closed", ""),
    "escalated": ("Đã chuyển cấp trên", "", "closed", ""),
}
ROLES = {
    "reporter": ("Người phản ánh", "reporter"),
    "system": ("Hệ thống", "system"),
    "receptionist": ("Nhân sự tiếp nhận của Trung tâm", "centre"),
    "distributor": ("Nhân sự phân phối của Trung tâm", "centre"),
    "editor": ("Biên tập viên của Trung tâm", "centre"),
    "officer": ("Nhân sự xử lý của cơ quan", "agency"),
    "leader": ("Lãnh đạo cơ quan xử lý", "agency"),
    "manager": ("Đơn vị quản lý cấp trên", "above"),
    "owner": ("Cơ quan chủ quản hệ thống", "owner"),
    "province": ("UBND tỉnh", "board"),
}


@pytest.mark.rule("TG-6.1a", "TG-7.1a", "TG-8.1b", "TG-9.1a", "TG-9.1b", "TG-9.1c", "TG-10.2", "TG-11.2", "TG-3.7")
@pytest.mark.parametrize(("level", "expected"), [("case", CASE), ("dispatch", DISPATCH), ("coordination", {})])
def test_stages_read_as_written(level: Level, expected: Stages) -> None:
    """In order: the first is where a report begins."""
    check_stages(pack_of("tien_giang"), level, expected)


@pytest.mark.rule("TG-2.4", "A-TG-1", "TG-3.7")
def test_roles_read_as_written_and_there_is_one_centre() -> None:
    """Three names of the Centre in the text, one place to stand: reception, distribution, editing."""
    check_roles(pack_of("tien_giang"), ROLES)
    roles = pack_of("tien_giang").roles
    assert [role.id for role in roles.values() if role.level == "centre"] == ["receptionist", "distributor", "editor"]


@pytest.mark.rule("TG-1.2")
def test_every_kind_of_user_can_be_sent_a_report() -> None:
    """Sở, ban, ngành; UBND cấp huyện; UBND cấp xã; related units."""
    kinds = pack_of("tien_giang").moves["dispatch"].target.kinds

    assert kinds == ("department", "district", "commune", "central_body", "enterprise")


@pytest.mark.rule("TG-3.4")
@pytest.mark.parametrize(
    ("state", "who", "command"),
    [
        ("accepted", "distributor", "send_back"),
        ("distributed", "officer", "send_back"),
        ("awaiting_approval", "leader", "return_for_revision"),
        ("awaiting_approval", "leader", "edit_and_approve"),
        ("with_commune", "ward", "escalate"),
        ("awaiting_publication", "editor", "withhold"),
    ],
)
def test_returning_and_editing_need_words(state: str, who: str, command: str) -> None:
    """Notes are clear and specific: none of these can be sent empty."""
    bench = STATES[state]()
    form = next(move for move in bench.moves(EVERYBODY[who]) if move.command == command).form

    assert [field.name for field in form if field.required and field.kind == "text"] in (["reason"], ["text"])
    with pytest.raises(ValueError, match="Field required"):
        bench.command(command)


# state → who was told of what on the way there, in order: (role, template)
SENT = [*DESK, ("reporter", "case_dispatched"), ("officer", "task_new")]
SUBMITTED = [*SENT, ("leader", "task_new")]
APPROVED = [*SUBMITTED, ("editor", "task_new")]
PUBLISHED = [*APPROVED, ("reporter", "result_published")]
PRIVATE = [*APPROVED, ("reporter", "confidentiality_set"), ("reporter", "private_reply")]
TOLD = {
    "received": [NEW],
    "waiting": [NEW, ("reporter", "supplement_requested")],
    "spam": [NEW],
    "accepted": DESK,
    "outside": [NEW, ("reporter", "case_outside"), ("distributor", "task_new")],
    "distributed": SENT,
    "sent_back": [*SENT, ("distributor", "task_returned")],
    "processing": SENT,
    "awaiting_confirmation": [*SENT, ("manager", "task_new")],
    "awaiting_approval": SUBMITTED,
    "deadlock": [*SENT, ("owner", "task_new")],
    "published": PUBLISHED,
    "answered_privately": PRIVATE,
    "withheld": APPROVED,
    "clarifying": [*PUBLISHED, ("officer", "task_feedback")],
}


HEARD = (
    "TG-5.4", "TG-6.1a", "TG-6.1b.2", "TG-7.1a", "TG-7.1b.2", "TG-8.1a", "TG-8.1b", "TG-9.1a", "TG-9.1b", "TG-10.2",
    "TG-11.2", "TG-P1.II.4a", "TG-P1.II.5", "A-TG-13", "A-TG-14", "TG-3.7", "TG-6.3k",
)  # fmt: skip


@pytest.mark.rule(*HEARD)
@pytest.mark.parametrize("state", TOLD)
def test_everybody_hears_what_concerns_them(state: str) -> None:
    """Officers of new work, reporters of every turn, nobody outside of junk."""
    assert told(STATES[state]()) == TOLD[state]


@pytest.mark.rule(*HEARD)
@pytest.mark.parametrize(
    ("state", "who", "command", "fields", "heard"),
    [
        ("awaiting_approval", "leader", "return_for_revision", {"reason": "Cần ảnh"}, [("officer", "task_returned")]),
        ("clarifying", "officer", "clarify", {"text": "Sẽ vá"}, [("reporter", "clarification")]),
        ("waiting", "reporter", "supply_supplement", {}, [("receptionist", "task_new")]),
        ("accepted", "distributor", "send_back", {"reason": "Sai địa điểm"}, [("receptionist", "task_new")]),
        ("spam", "receptionist", "mark_spam", {"reason": "Nhầm", "undo": True}, [("receptionist", "task_new")]),
        ("deadlock", "owner", "refer_to_board", {"reason": "Xin ý kiến"}, [("province", "task_new")]),
        ("deadlock", "province", "decide_lead", {"agency": "cong_an"}, [("distributor", "task_decided")]),
        (
            "received",
            "receptionist",
            "raise_emergency",
            {},
            [("receptionist", "task_emergency"), ("distributor", "task_emergency")],
        ),
    ],
)
def test_later_turns_are_heard_of_too(
    state: str, who: str, command: str, fields: dict[str, object], heard: list[tuple[str, str]]
) -> None:
    """Returned work, clarification, what comes back to the desk, deadlock, emergencies."""
    bench = STATES[state]()
    before = told(bench)

    bench.do(EVERYBODY[who], command, **fields)

    assert told(bench)[len(before) :] == heard


@pytest.mark.rule("TG-7.1a", "TG-4.1c", "TG-6.3k")
def test_officers_are_told_in_three_forms() -> None:
    """Portal, mobile app and SMS."""
    notices = pack_of("tien_giang").notifications

    assert notices["officer_new"].via == ("console", "push", "sms")
    assert notices["desk_emergency"].via == ("console", "push", "sms")
    assert {item.via for item in notices.values() if "reporter" in item.to} == {()}


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
