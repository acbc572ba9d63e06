"""Lạng Sơn: what people read of stages and roles, who hears of what, and what presses whom and when."""

from __future__ import annotations

import pytest

from core.regulations.words import Level
from tests.core.cases.bench import pack_of
from tests.core.regulations.ls_states import NAME, STATES
from tests.core.regulations.table import told

# stage → label, what the public reads, kind, owner
CASE = {
    "received": ("Mới nhận", "Đã nhận phản ánh", "open", "receptionist"),
    "linked": ("Đã gộp vào hồ sơ khác", "Đang xử lý cùng phản ánh khác", "aside", ""),
    "diverted": ("Đã hướng dẫn nơi khác", "Đã hướng dẫn gửi đúng nơi tiếp nhận", "closed", ""),
    "waiting_reporter": ("Chờ người phản ánh bổ sung", "Đang chờ bổ sung thông tin", "aside", "receptionist"),
    "accepted": ("Đã tiếp nhận", "Đã tiếp nhận", "open", "distributor"),
    "in_progress": ("UBND đang xử lý", "Đang xử lý", "open", ""),
    "deadlock": ("Các cơ quan chưa thống nhất", "Đang xử lý", "open", "office"),
    "at_ioc": ("Trung tâm IOC xử lý", "Đang xử lý", "open", "editor"),
    "answered": ("Đã trả lời người phản ánh", "Đã có kết quả", "done", ""),
    "awaiting_opinion": ("Chờ ý kiến lãnh đạo UBND tỉnh", "Đang xử lý", "open", "board"),
    "published": ("Đã công khai kết quả", "Đã có kết quả", "done", ""),
    "withheld": ("Không công khai", "Đã xử lý", "done", ""),
    "clarifying": ("UBND đang làm rõ kết quả", "Đang làm rõ kết quả", "open", "officer"),
    "clarifying_published": ("Trung tâm IOC đang làm rõ kết quả", "Đang làm rõ kết quả", "open", "editor"),
    "declined": ("Từ chối tiếp nhận", "Không tiếp nhận", "closed", ""),
    "cancelled": ("Đã hủy", "Đã hủy", "closed", ""),
}
DISPATCH = {
    "sent": ("Chờ lãnh đạo phân công", "", "open", "leader"),
    "assigned": ("Đang xác minh, xử lý", "", "open", "officer"),
    "awaiting_approval": ("Chờ lãnh đạo phê duyệt", "", "open", "leader"),
    "approved": ("Đã phê duyệt, chờ trả lời người phản ánh", "", "open", "leader"),
    "answered": ("Đã trả lời người phản ánh", "", "done", ""),
    "escalated": ("Đã chuyển cấp trên", "", "closed", ""),
    "refused": ("Đã từ chối", "", "closed", ""),
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
    "receptionist": ("Cán bộ tiếp nhận của Trung tâm IOC", "centre"),
    "distributor": ("Cán bộ chuyển xử lý của Trung tâm IOC", "centre"),
    "editor": ("Cán bộ xử lý và công khai của Trung tâm IOC", "centre"),
    "leader": ("Lãnh đạo UBND cấp xã, cấp huyện", "agency"),
    "officer": ("Cán bộ được giao xử lý (cả trưởng thôn, tổ trưởng tổ dân phố)", "agency"),
    "partner": ("Cơ quan phối hợp", "partner"),
    "board": ("Lãnh đạo UBND tỉnh", "board"),
    "office": ("Văn phòng UBND tỉnh", "owner"),
}

# clock → kind, role, limit, when warned and who, who hears that it is missed, what is offered
PRESSING = {
    "intake": (
        "deadline",
        "receptionist",
        "1h",
        (("15min", ("receptionist", "distributor")),),
        ("receptionist", "distributor", "office"),
        "",
    ),
    "supplement": ("wait", "", "1h", (), ("receptionist",), "cancel"),
    "assign": ("deadline", "leader", "1h", (("15min", ("leader",)),), ("leader", "distributor", "office"), ""),
    "handling": ("deadline", "officer", "1wd", (("25%", ("officer",)),), ("officer", "leader", "office"), ""),
    "approval": ("window", "leader", "1wd", (), (), ""),
    "pass_up": ("window", "leader", "1d", (), ("leader",), ""),
    "pass_on": ("window", "leader", {"of": "1wd", "variants": {"field_check": "2wd"}}, (), ("leader",), ""),
    "ioc": ("deadline", "editor", "3wd", (("25%", ("editor",)),), ("editor", "office"), ""),
    "clarification": ("deadline", "officer", "unset", (), (), ""),
    "rating_window": ("window", "", "30d", (), (), ""),
}

# clock → what it hears: starts, restarts, pauses, runs on, stops, no longer applies
HEARS = {
    "intake": (
        ("receive_report",),
        (),
        ("case/waiting_reporter",),
        ("supply_supplement",),
        ("dispatch", "decline", "cancel"),
        (),
    ),
    "supplement": (
        ("request_supplement",),
        ("request_sent", "request_delivered"),
        (),
        (),
        ("supply_supplement", "decline", "cancel"),
        (),
    ),
    "assign": (("dispatch/sent",), (), (), (), ("assign_staff", "decline"), ("escalate",)),
    "handling": (("assign_staff",), (), (), (), ("submit_result",), ("escalate",)),
    "approval": (("submit_result",), (), (), (), ("approve",), ()),
    "pass_up": (("dispatch/sent",), (), (), (), ("escalate",), ("submit_result", "decline")),
    "pass_on": (("dispatch/sent",), (), (), (), ("escalate",), ("submit_result", "decline")),
    "ioc": (("case/at_ioc",), (), (), (), ("publish", "withhold"), ()),
    "clarification": (("give_feedback",), (), (), (), ("clarify",), ()),
    "rating_window": (("case/answered", "case/published"), (), (), (), (), ()),
}

# state → who was told of what on the way there, in order
TOLD = {
    "received": [("receptionist", "task_new")],
    "waiting": [("receptionist", "task_new"), ("reporter", "supplement_requested")],
    "cancelled": [("receptionist", "task_new"), ("reporter", "supplement_requested"), ("reporter", "case_cancelled")],
    "cancelled_unlawful": [("receptionist", "task_new"), ("reporter", "case_cancelled")],
    "declined": [("receptionist", "task_new"), ("reporter", "case_declined")],
    "diverted": [("receptionist", "task_new"), ("reporter", "case_diverted")],
    "accepted": [("receptionist", "task_new"), ("reporter", "case_accepted"), ("distributor", "task_new")],
    "at_commune": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("leader", "task_new"),
    ],
    "declined_by_commune": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("leader", "task_new"),
        ("reporter", "case_declined"),
    ],
    "late_at_commune": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("leader", "task_new"),
    ],
    "assigned": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("leader", "task_new"),
        ("officer", "task_new"),
    ],
    "awaiting_approval": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("leader", "task_new"),
        ("officer", "task_new"),
        ("leader", "task_new"),
    ],
    "approved": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("leader", "task_new"),
        ("officer", "task_new"),
        ("leader", "task_new"),
    ],
    "secret": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("leader", "task_new"),
        ("officer", "task_new"),
        ("leader", "task_new"),
    ],
    "answered": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("leader", "task_new"),
        ("officer", "task_new"),
        ("leader", "task_new"),
        ("reporter", "result_published"),
    ],
    "at_district": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("leader", "task_new"),
        ("reporter", "case_dispatched"),
        ("leader", "task_new"),
    ],
    "at_ioc": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("leader", "task_new"),
        ("reporter", "case_dispatched"),
        ("leader", "task_new"),
        ("reporter", "case_dispatched"),
        ("editor", "task_new"),
    ],
    "awaiting_opinion": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("leader", "task_new"),
        ("reporter", "case_dispatched"),
        ("leader", "task_new"),
        ("reporter", "case_dispatched"),
        ("editor", "task_new"),
        ("board", "task_new"),
        ("partner", "task_new"),
    ],
    "opinion_given": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("leader", "task_new"),
        ("reporter", "case_dispatched"),
        ("leader", "task_new"),
        ("reporter", "case_dispatched"),
        ("editor", "task_new"),
        ("board", "task_new"),
        ("partner", "task_new"),
        ("editor", "task_new"),
    ],
    "secret_at_ioc": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("leader", "task_new"),
        ("reporter", "case_dispatched"),
        ("leader", "task_new"),
        ("reporter", "case_dispatched"),
        ("editor", "task_new"),
    ],
    "published": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("leader", "task_new"),
        ("reporter", "case_dispatched"),
        ("leader", "task_new"),
        ("reporter", "case_dispatched"),
        ("editor", "task_new"),
        ("board", "task_new"),
        ("partner", "task_new"),
        ("editor", "task_new"),
        ("editor", "task_supplied"),
        ("leader", "task_supplied"),
        ("reporter", "result_published"),
    ],
    "withheld": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("leader", "task_new"),
        ("reporter", "case_dispatched"),
        ("leader", "task_new"),
        ("reporter", "case_dispatched"),
        ("editor", "task_new"),
    ],
    "deadlock": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("leader", "task_new"),
        ("office", "task_new"),
    ],
    "clarifying": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("leader", "task_new"),
        ("officer", "task_new"),
        ("leader", "task_new"),
        ("reporter", "result_published"),
        ("officer", "task_feedback"),
        ("leader", "task_feedback"),
    ],
    "clarifying_published": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("leader", "task_new"),
        ("reporter", "case_dispatched"),
        ("leader", "task_new"),
        ("reporter", "case_dispatched"),
        ("editor", "task_new"),
        ("board", "task_new"),
        ("partner", "task_new"),
        ("editor", "task_new"),
        ("editor", "task_supplied"),
        ("leader", "task_supplied"),
        ("reporter", "result_published"),
        ("editor", "task_feedback"),
    ],
    "valuable": [
        ("receptionist", "task_new"),
        ("reporter", "case_accepted"),
        ("distributor", "task_new"),
        ("reporter", "case_dispatched"),
        ("leader", "task_new"),
        ("officer", "task_new"),
        ("leader", "task_new"),
        ("reporter", "result_published"),
    ],
}

LEVELS = [("case", CASE), ("dispatch", DISPATCH), ("coordination", COORDINATION)]
CHANNELS = [
    ("app", "Ứng dụng Công dân số Xứ Lạng", "Công dân số Xứ Lạng", False),
    ("web", "Cổng kiến nghị", "kiennghi.langson.gov.vn", False),
    ("zalo", "Zalo", "", True),
    ("telegram", "Telegram", "", True),
    ("facebook", "Facebook", "", True),
    ("email", "Thư điện tử", "", True),
    ("phone", "Điện thoại", "", True),
    ("sms", "Tin nhắn SMS", "", True),
]
RULES = (
    "LS-7.2a",
    "LS-7.2b",
    "LS-7.3a.1",
    "LS-7.3a.2",
    "LS-7.3a.3",
    "LS-7.3b",
    "LS-7.4a",
    "LS-7.4b",
    "LS-7.5",
    "LS-4.6",
    "LS-8.1",
    "LS-5.3",
    "LS-9.2",
    "A-LS-1",
    "A-LS-2",
    "A-LS-8",
    "A-5",
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
