"""Đắk Lắk: what people read of stages and roles, who hears of what, and what presses whom and when."""

from __future__ import annotations

import pytest

from core.regulations.words import Level
from tests.core.cases.bench import pack_of
from tests.core.regulations.dl_states import NAME, STATES
from tests.core.regulations.table import told

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
COORDINATION = {
    "asked": ("Chờ phối hợp", "", "open", "partner"),
    "accepted": ("Đang phối hợp", "", "open", "partner"),
    "supplied": ("Đã phối hợp", "", "done", ""),
    "refused": ("Từ chối phối hợp", "", "closed", ""),
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
    "rating_window": (("case/answered", "case/answered_privately"), (), (), (), (), ()),
}

# state → who was told of what on the way there, in order
TOLD = {
    "received": [("receptionist", "task_new")],
    "emergency": [("receptionist", "task_new")],
    "diverted": [("receptionist", "task_new"), ("reporter", "case_diverted")],
    "accepted": [("receptionist", "task_new"), ("reporter", "case_accepted"), ("distributor", "task_new")],
    "flagged": [
        ("receptionist", "task_new"),
        ("distributor", "task_new"),
        ("receptionist", "task_new"),
        ("distributor", "task_new"),
        ("editor", "task_new"),
    ],
    "confirmed": [
        ("receptionist", "task_new"),
        ("distributor", "task_new"),
        ("receptionist", "task_new"),
        ("distributor", "task_new"),
        ("editor", "task_new"),
    ],
    "by_letter": [
        ("receptionist", "task_new"),
        ("distributor", "task_new"),
        ("receptionist", "task_new"),
        ("distributor", "task_new"),
        ("editor", "task_new"),
        ("reporter", "received_privately"),
        ("focal", "task_new"),
    ],
    "with_focal": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("focal", "task_new"),
    ],
    "processing": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("focal", "task_new"),
        ("unit", "task_new"),
    ],
    "sent_back": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("focal", "task_new"),
        ("unit", "task_new"),
        ("focal", "task_new"),
    ],
    "coordinating": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("focal", "task_new"),
        ("unit", "task_new"),
        ("partner", "task_new"),
    ],
    "long_work": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("focal", "task_new"),
        ("unit", "task_new"),
    ],
    "promised": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("focal", "task_new"),
        ("unit", "task_new"),
        ("editor", "task_new"),
    ],
    "promise_told": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("focal", "task_new"),
        ("unit", "task_new"),
        ("editor", "task_new"),
        ("reporter", "result_published"),
    ],
    "awaiting_answer": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("focal", "task_new"),
        ("unit", "task_new"),
        ("editor", "task_supplied"),
        ("focal", "task_supplied"),
    ],
    "awaiting_private_answer": [
        ("receptionist", "task_new"),
        ("distributor", "task_new"),
        ("receptionist", "task_new"),
        ("distributor", "task_new"),
        ("editor", "task_new"),
        ("reporter", "received_privately"),
        ("focal", "task_new"),
        ("editor", "task_supplied"),
        ("focal", "task_supplied"),
    ],
    "secret": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("focal", "task_new"),
        ("unit", "task_new"),
        ("editor", "task_supplied"),
        ("focal", "task_supplied"),
    ],
    "answered": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("focal", "task_new"),
        ("unit", "task_new"),
        ("editor", "task_supplied"),
        ("focal", "task_supplied"),
        ("reporter", "result_published"),
    ],
    "answered_privately": [
        ("receptionist", "task_new"),
        ("distributor", "task_new"),
        ("receptionist", "task_new"),
        ("distributor", "task_new"),
        ("editor", "task_new"),
        ("reporter", "received_privately"),
        ("focal", "task_new"),
        ("editor", "task_supplied"),
        ("focal", "task_supplied"),
        ("reporter", "private_reply"),
    ],
    "withheld": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("focal", "task_new"),
        ("unit", "task_new"),
        ("editor", "task_supplied"),
        ("focal", "task_supplied"),
    ],
    "clarifying": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("focal", "task_new"),
        ("unit", "task_new"),
        ("editor", "task_supplied"),
        ("focal", "task_supplied"),
        ("reporter", "result_published"),
        ("focal", "task_feedback"),
        ("unit", "task_feedback"),
        ("editor", "task_feedback"),
    ],
    "clarifying_privately": [
        ("receptionist", "task_new"),
        ("distributor", "task_new"),
        ("receptionist", "task_new"),
        ("distributor", "task_new"),
        ("editor", "task_new"),
        ("reporter", "received_privately"),
        ("focal", "task_new"),
        ("editor", "task_supplied"),
        ("focal", "task_supplied"),
        ("reporter", "private_reply"),
        ("focal", "task_feedback"),
        ("unit", "task_feedback"),
        ("editor", "task_feedback"),
    ],
    "reopened": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("focal", "task_new"),
        ("unit", "task_new"),
        ("editor", "task_supplied"),
        ("focal", "task_supplied"),
        ("reporter", "result_published"),
        ("reporter", "case_reopened"),
        ("distributor", "task_new"),
    ],
}

LEVELS = [("case", CASE), ("dispatch", DISPATCH), ("coordination", COORDINATION)]
CHANNELS = [
    ("web", "Cổng tương tác công dân", "tuongtaccongdan", False),
    ("app", "Ứng dụng di động", "", True),
    ("zalo", "Zalo", "", True),
    ("telegram", "Telegram", "", True),
    ("facebook", "Facebook", "", True),
    ("email", "Thư điện tử", "", True),
    ("phone", "Điện thoại", "", True),
    ("sms", "Tin nhắn SMS", "", True),
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
def test_stages_read_as_written(level: Level, expected: dict[str, tuple[str, str, str, str]]) -> None:
    """In order: the first is where a report begins."""
    stages = getattr(pack_of(NAME).stages, level)

    assert {name: (s.label, s.public, s.kind, s.owner) for name, s in stages.items()} == expected
    assert list(stages) == list(expected)


@pytest.mark.rule(*RULES)
def test_roles_read_as_written() -> None:
    """Who the steps belong to, and where each of them stands."""
    assert {name: (role.label, role.level) for name, role in pack_of(NAME).roles.items()} == ROLES


@pytest.mark.rule(*RULES)
@pytest.mark.parametrize("clock", PRESSING)
def test_every_limit_presses_whom_it_should(clock: str) -> None:
    """Warned in time, told when it is missed, offered a way on."""
    spec = pack_of(NAME).clocks[clock]

    warned = tuple((item.at, item.tell) for item in spec.warnings)
    assert (spec.kind, spec.role, spec.allowance, warned, spec.breach.tell, spec.breach.offer) == PRESSING[clock]


@pytest.mark.rule(*RULES)
@pytest.mark.parametrize("clock", HEARS)
def test_every_limit_hears_what_it_should(clock: str) -> None:
    """And nothing else."""
    spec = pack_of(NAME).clocks[clock]

    assert (spec.start, spec.restart, spec.pause, spec.resume, spec.stop, spec.void) == HEARS[clock]
    assert set(pack_of(NAME).clocks) == set(HEARS)


@pytest.mark.rule(*RULES)
@pytest.mark.parametrize("state", TOLD)
def test_everybody_hears_what_concerns_them(state: str) -> None:
    """Officers of new work, reporters of every turn and of where else to go."""
    assert told(STATES[state]()) == TOLD[state]


@pytest.mark.rule("A-6")
def test_channels_read_as_written() -> None:
    """Those of the text, then those beyond it, marked."""
    channels = pack_of(NAME).intake.channels

    assert [(name, item.label, item.address, item.beyond_text) for name, item in channels.items()] == CHANNELS
