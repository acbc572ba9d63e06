"""Đắk Lắk: what people read of stages and roles, who hears of what, and what presses whom and when."""

from __future__ import annotations

import pytest

from core.regulations.words import Level
from tests.core.cases.bench import pack_of
from tests.core.regulations.dl_states import NAME, STATES
from tests.core.regulations.table import told
from tests.core.regulations.words import (
    BEYOND_THE_TEXT,
    COORDINATION,
    DESK,
    NEW,
    Stages,
    Told,
    check_channels,
    check_hears,
    check_labels,
    check_pressing,
    check_roles,
    check_stages,
)

# stage → label, what the public reads, kind, owner
CASE = {
    "received": ("Mới nhận", "Đã nhận phản ánh", "open", "receptionist"),
    "linked": ("Đã gộp vào hồ sơ khác", "Đang xử lý cùng phản ánh khác", "aside", ""),
    "diverted": ("Đã hướng dẫn nơi khác", "Đã hướng dẫn gửi đúng nơi tiếp nhận", "closed", ""),
    "accepted": ("Đã tiếp nhận, chờ chuyển đầu mối", "Đã tiếp nhận", "open", "distributor"),
    "in_progress": ("UBND thành phố đang xử lý", "Đang xử lý", "open", ""),
    "awaiting_interim": ("Chờ báo ngày hẹn cho người phản ánh", "", "open", "editor"),
    "awaiting_answer": ("Chờ trả lời người phản ánh", "", "open", "editor"),
    "answered": ("Đã trả lời trên cổng", "Đã có kết quả", "done", ""),
    "answered_privately": ("Đã trả lời riêng", "Đã trả lời", "done", ""),
    "withheld": ("Không công khai", "Đã xử lý", "done", ""),
    "clarifying": ("Đang làm rõ kết quả", "Đang làm rõ kết quả", "open", "focal"),
    "clarifying_privately": ("Đang làm rõ riêng", "Đang làm rõ kết quả", "open", "focal"),
}
DISPATCH = {
    "with_focal": ("Đầu mối xác minh, phân loại", "", "open", "focal"),
    "processing": ("Đơn vị đang xử lý", "", "open", "unit"),
    "promised": ("Đã hẹn ngày hoàn thành", "", "open", "focal"),
    "done": ("Đã có kết quả cuối cùng", "", "done", ""),
}
ROLES = {
    "reporter": ("Người phản ánh", "reporter"),
    "system": ("Hệ thống", "system"),
    "receptionist": ("Nhân viên tiếp nhận DAK LAK IOC", "centre"),
    "distributor": ("Điều phối viên DAK LAK IOC", "centre"),
    "editor": ("Biên tập viên DAK LAK IOC", "centre"),
    "focal": ("Đầu mối tiếp nhận (Tổ xử lý phản ánh) của UBND thành phố", "agency"),
    "unit": ("Phòng, đơn vị, phường, xã xử lý", "unit"),
    "partner": ("Đơn vị phối hợp", "partner"),
}

# clock → kind, role, limit, when warned and who, who hears that it is missed, what is offered
PRESSING = {
    "intake": (
        "deadline",
        "distributor",
        "4wh",
        (("25%", ("receptionist", "distributor")),),
        ("receptionist", "distributor"),
        "",
    ),
    "processing": (
        "deadline",
        "focal",
        {"of": "3wd", "variants": {"emergency": "1wd"}},
        (("25%", ("focal", "unit")),),
        ("focal", "unit", "distributor"),
        "",
    ),
    "promise": ("deadline", "focal", "date", (("25%", ("focal", "unit")),), ("focal", "unit", "distributor"), ""),
    "return": ("window", "unit", {"of": "1wd", "variants": {"field_check": "3wd"}}, (), (), ""),
    "answer": ("deadline", "editor", "4wh", (("25%", ("editor",)),), ("editor", "distributor"), ""),
    "emergency_alarm": ("deadline", "distributor", "30min", (), ("receptionist", "distributor"), "hand_over_emergency"),
    "clarification": ("deadline", "focal", "unset", (), (), ""),
    "rating_window": ("window", "", "30d", (), (), ""),
}

# clock → what it hears: starts, restarts, pauses, runs on, stops, no longer applies
HEARS = {
    "intake": (("receive_report",), (), (), (), ("dispatch", "send_letter"), ()),
    "processing": (("dispatch/with_focal",), (), (), (), ("submit_result", "commit_interim"), ()),
    "promise": (("commit_interim",), (), (), (), ("submit_result",), ()),
    "return": (("assign_unit",), (), (), (), ("send_back",), ("submit_result", "commit_interim")),
    "answer": (
        ("case/awaiting_interim",),
        ("case/awaiting_answer",),
        (),
        (),
        ("publish", "reply_privately", "withhold"),
        (),
    ),
    "emergency_alarm": (
        ("receive_report", "raise_emergency", "classify", "dispatch"),
        (),
        (),
        (),
        ("hand_over_emergency",),
        ("downgrade_emergency",),
    ),
    "clarification": (("give_feedback",), (), (), (), ("clarify", "reopen"), ()),
    "rating_window": (("case/answered", "case/answered_privately"), (), (), (), (), ("reopen",)),
}

# state → who was told of what on the way there, in order
FOCAL: Told = [*DESK, ("reporter", "case_dispatched"), ("focal", "task_new")]
UNIT: Told = [*FOCAL, ("unit", "task_new")]
SUPPLIED: Told = [("editor", "task_supplied"), ("focal", "task_supplied")]
HANDLED: Told = [*UNIT, *SUPPLIED]
ANSWERED: Told = [*HANDLED, ("reporter", "result_published")]
FLAGGED: Told = [NEW, ("distributor", "task_new"), NEW, ("distributor", "task_new"), ("editor", "task_new")]
LETTER: Told = [*FLAGGED, ("reporter", "received_privately"), ("focal", "task_new")]
PRIVATE: Told = [*LETTER, *SUPPLIED, ("reporter", "private_reply")]
FEEDBACK: Told = [(role, "task_feedback") for role in ("focal", "unit", "editor")]
TOLD: dict[str, Told] = {
    "received": [NEW],
    "emergency": [("receptionist", "task_emergency"), ("distributor", "task_emergency"), NEW],
    "diverted": [NEW, ("reporter", "case_diverted")],
    "accepted": DESK,
    "flagged": FLAGGED,
    "confirmed": FLAGGED,
    "by_letter": LETTER,
    "with_focal": FOCAL,
    "processing": UNIT,
    "sent_back": [*UNIT, ("focal", "task_new")],
    "coordinating": [*UNIT, ("partner", "task_new")],
    "long_work": UNIT,
    "promised": [*UNIT, ("editor", "task_new")],
    "promise_told": [*UNIT, ("editor", "task_new"), ("reporter", "result_published")],
    "awaiting_answer": HANDLED,
    "awaiting_private_answer": [*LETTER, *SUPPLIED],
    "secret": HANDLED,
    "answered": ANSWERED,
    "answered_privately": PRIVATE,
    "withheld": HANDLED,
    "clarifying": [*ANSWERED, *FEEDBACK],
    "clarifying_privately": [*PRIVATE, *FEEDBACK],
    "reopened": [*ANSWERED, ("reporter", "case_reopened"), ("distributor", "task_new")],
}

# limit → what people read of it
LIMITS = {
    "intake": "Bước 1–3 của DAK LAK IOC",
    "processing": "Xử lý theo mức",
    "promise": "Ngày hẹn hoàn thành",
    "return": "Trả lại Tổ xử lý phản ánh",
    "answer": "Trả lời người phản ánh",
    "emergency_alarm": "Báo động: gọi điện trực tiếp",
    "clarification": "Làm rõ",
    "rating_window": "Đánh giá kết quả",
}

LEVELS = [("case", CASE), ("dispatch", DISPATCH), ("coordination", COORDINATION)]
CHANNELS = [
    ("web", "Cổng tương tác công dân", "tuongtaccongdan", False),
    ("app", "Ứng dụng di động", "", True),
    *BEYOND_THE_TEXT,
]
RULES = (
    "DL-II.1.B1",
    "DL-II.1.B2",
    "DL-II.1.B3",
    "DL-II.1t",
    "DL-II.1u",
    "DL-II.2.1.B1",
    "DL-II.2.1.B2",
    "DL-II.2.1.B3",
    "DL-II.2.2a",
    "DL-II.2.2c",
    "DL-II.2.2d",
    "DL-II.2.3a",
    "DL-II.2.3a.u",
    "DL-II.2.3c.1",
    "DL-II.2.3c.2",
    "DL-II.2.3c.3",
    "A-DL-3",
    "A-DL-7",
    "A-5",
    "VN-3",
)


@pytest.mark.rule(*RULES)
@pytest.mark.parametrize(("level", "expected"), LEVELS)
def test_stages_read_as_written(level: Level, expected: Stages) -> None:
    """In order: the first is where a report begins."""
    check_stages(pack_of(NAME), level, expected)


@pytest.mark.rule(*RULES)
def test_roles_read_as_written() -> None:
    """Who the steps belong to, and where each of them stands."""
    check_roles(pack_of(NAME), ROLES)


@pytest.mark.rule(*RULES)
@pytest.mark.parametrize("clock", PRESSING)
def test_every_limit_presses_whom_it_should(clock: str) -> None:
    """Warned in time, told when it is missed, offered a way on."""
    check_pressing(pack_of(NAME), clock, PRESSING[clock])


@pytest.mark.rule(*RULES)
@pytest.mark.parametrize("clock", HEARS)
def test_every_limit_hears_what_it_should(clock: str) -> None:
    """And nothing else."""
    check_hears(pack_of(NAME), clock, HEARS)


@pytest.mark.rule(*RULES)
@pytest.mark.parametrize("state", TOLD)
def test_everybody_hears_what_concerns_them(state: str) -> None:
    """Officers of new work, reporters of every turn and of where else to go."""
    assert told(STATES[state]()) == TOLD[state]


@pytest.mark.rule(
    "A-5",
    "A-DL-1",
    "A-DL-2",
    "A-DL-3",
    "A-DL-4",
    "DL-II.1t",
    "DL-II.1u",
    "DL-II.2.2a",
    "DL-II.2.2b",
    "DL-II.2.2c",
    "DL-II.2.2d",
    "DL-II.2.3a",
    "DL-II.2.3a.u",
    "DL-II.2.3b",
    "DL-II.2.3c.1",
    "DL-II.2.3c.2",
)
def test_limits_read_as_written() -> None:
    """As buttons, notices and figures name them."""
    check_labels(pack_of(NAME).clocks, LIMITS)


@pytest.mark.rule("A-6", "DL-II.1.B1", "DL-II.2.3a")
def test_channels_read_as_written() -> None:
    """Those of the text, then those beyond it, marked."""
    check_channels(pack_of(NAME), CHANNELS)
