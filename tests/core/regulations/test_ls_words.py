"""Lạng Sơn: what people read of stages and roles, who hears of what, and what presses whom and when."""

from __future__ import annotations

import pytest

from core.regulations.words import Level
from tests.core.cases.bench import pack_of
from tests.core.regulations.ls_states import NAME, STATES
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
COMMUNE: Told = [*DESK, ("reporter", "case_dispatched"), ("leader", "task_new")]
ASSIGNED: Told = [*COMMUNE, ("officer", "task_new")]
SUBMITTED: Told = [*ASSIGNED, ("leader", "task_new")]
ANSWERED: Told = [*SUBMITTED, ("reporter", "result_published")]
DISTRICT: Told = [*COMMUNE, ("reporter", "case_dispatched"), ("leader", "task_new")]
IOC: Told = [*DISTRICT, ("reporter", "case_dispatched"), ("editor", "task_new")]
ASKED: Told = [*IOC, ("board", "task_new"), ("partner", "task_new")]
OPINION: Told = [*ASKED, ("editor", "task_new")]
SUPPLIED: Told = [("editor", "task_supplied"), ("leader", "task_supplied")]
PUBLISHED: Told = [*OPINION, *SUPPLIED, ("reporter", "result_published")]
TOLD: dict[str, Told] = {
    "received": [NEW],
    "waiting": [NEW, ("reporter", "supplement_requested")],
    "cancelled": [NEW, ("reporter", "supplement_requested"), ("reporter", "case_cancelled")],
    "cancelled_unlawful": [NEW, ("reporter", "case_cancelled")],
    "declined": [NEW, ("reporter", "case_declined")],
    "diverted": [NEW, ("reporter", "case_diverted")],
    "accepted": DESK,
    "at_commune": COMMUNE,
    "declined_by_commune": [*COMMUNE, ("reporter", "case_declined")],
    "late_at_commune": COMMUNE,
    "assigned": ASSIGNED,
    "awaiting_approval": SUBMITTED,
    "approved": SUBMITTED,
    "secret": SUBMITTED,
    "answered": ANSWERED,
    "at_district": DISTRICT,
    "at_ioc": IOC,
    "awaiting_opinion": ASKED,
    "opinion_given": OPINION,
    "secret_at_ioc": IOC,
    "published": PUBLISHED,
    "withheld": IOC,
    "deadlock": [*COMMUNE, ("office", "task_new")],
    "clarifying": [*ANSWERED, ("officer", "task_feedback"), ("leader", "task_feedback")],
    "clarifying_published": [*PUBLISHED, ("editor", "task_feedback")],
    "valuable": ANSWERED,
}

# limit → what people read of it
LIMITS = {
    "intake": "Tiếp nhận và chuyển UBND cấp xã",
    "supplement": "Chờ người phản ánh bổ sung",
    "assign": "Lãnh đạo phân công",
    "handling": "Xác minh, xử lý",
    "approval": "Lãnh đạo phê duyệt trong cùng ngày với hạn xử lý",
    "pass_up": "Chuyển UBND cấp huyện",
    "pass_on": "Chuyển Trung tâm IOC",
    "ioc": "Xin ý kiến, phối hợp và công khai kết quả",
    "clarification": "Làm rõ",
    "rating_window": "Đánh giá kết quả",
}

LEVELS = [("case", CASE), ("dispatch", DISPATCH), ("coordination", COORDINATION)]
CHANNELS = [
    ("app", "Ứng dụng Công dân số Xứ Lạng", "Công dân số Xứ Lạng", False),
    ("web", "Cổng kiến nghị", "kiennghi.langson.gov.vn", False),
    *BEYOND_THE_TEXT,
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
    "LS-2.4",
    "LS-7.2",
    "LS-8.2",
    "A-LS-3",
    "A-LS-5",
    "A-LS-7",
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
    "A-1",
    "A-5",
    "A-LS-1",
    "A-LS-2",
    "A-LS-3",
    "A-LS-8",
    "LS-7.2a",
    "LS-7.2b",
    "LS-7.3a.1",
    "LS-7.3a.2",
    "LS-7.3a.3",
    "LS-7.3b",
    "LS-7.4a",
    "LS-7.4b",
    "LS-7.5",
    "LS-8.2",
)
def test_limits_read_as_written() -> None:
    """As buttons, notices and figures name them."""
    check_labels(pack_of(NAME).clocks, LIMITS)


@pytest.mark.rule("A-6", "LS-6.2")
def test_channels_read_as_written() -> None:
    """Those of the text, then those beyond it, marked."""
    check_channels(pack_of(NAME), CHANNELS)


@pytest.mark.rule("LS-5.3", "LS-7.2b", "LS-7.2c")
def test_reasons_read_as_written() -> None:
    """Those of a refusal, then those of a cancellation."""
    pack = pack_of(NAME)

    check_labels(pack.decline_reasons, {"unsuitable": "Phản ánh, kiến nghị không phù hợp để tiếp nhận"})
    check_labels(
        pack.cancel_reasons,
        {
            "no_supplement": "Người phản ánh không bổ sung thông tin trong 01 giờ",
            "unlawful": "Nội dung vi phạm pháp luật",
        },
    )
