"""Thừa Thiên Huế: every stage and role with the words people read, whose work it is and what kind of end it makes."""

from __future__ import annotations

import pytest

from core.regulations.words import Level
from tests.core.cases.bench import pack_of
from tests.core.regulations.words import Stages, check_roles, check_stages

# stage → label, what the public reads, kind, owner
CASE = {
    "received": ("Mới nhận", "Đã nhận phản ánh", "open", "receptionist"),
    "linked": ("Đã gộp vào hồ sơ khác", "Đang xử lý cùng phản ánh khác", "aside", ""),
    "diverted": ("Đã hướng dẫn nơi khác", "Đã hướng dẫn gửi đúng nơi tiếp nhận", "closed", ""),
    "waiting_reporter": ("Chờ người phản ánh bổ sung", "Đang chờ bổ sung thông tin", "aside", "receptionist"),
    "accepted": ("Đã tiếp nhận", "Đã tiếp nhận", "open", "distributor"),
    "in_progress": ("Cơ quan đang xử lý", "Đang xử lý", "open", ""),
    "awaiting_publication": ("Chờ biên tập và công khai", "", "open", "editor"),
    "published": ("Đã công khai kết quả", "Đã có kết quả", "done", ""),
    "answered_privately": ("Đã trả lời riêng", "Đã trả lời", "done", ""),
    "withheld": ("Không công khai", "Đã xử lý", "done", ""),
    "clarifying": ("Đang làm rõ kết quả", "Đang làm rõ kết quả", "open", "officer"),
    "clarifying_privately": ("Đang làm rõ riêng", "Đang làm rõ kết quả", "open", "officer"),
    "declined": ("Từ chối tiếp nhận", "Không tiếp nhận", "closed", ""),
    "cancelled": ("Đã hủy", "Đã hủy", "closed", ""),
}
DISPATCH = {
    "distributed": ("Chờ nhận xử lý", "", "open", "officer"),
    "processing": ("Đang xác minh và xử lý", "", "open", "officer"),
    "awaiting_approval": ("Chờ lãnh đạo phê duyệt", "", "open", "leader"),
    "approved": ("Đã phê duyệt", "", "done", ""),
    "sent_back": ("Bị trả lại", "", "aside", "distributor"),
    "redirected": ("Đã chuyển cơ quan khác", "", "closed", ""),
}
ROLES = {
    "reporter": ("Người phản ánh", "reporter"),
    "system": ("Hệ thống", "system"),
    "receptionist": ("Nhân sự tiếp nhận của Trung tâm IOC", "centre"),
    "distributor": ("Nhân sự phân phối của Trung tâm IOC", "centre"),
    "editor": ("Biên tập viên của Trung tâm IOC", "centre"),
    "officer": ("Chuyên viên cơ quan xử lý", "agency"),
    "leader": ("Lãnh đạo cơ quan xử lý", "agency"),
}


@pytest.mark.rule("HUE-1", "HUE-2", "HUE-3a", "HUE-3b", "HUE-4a", "HUE-4b", "HUE-5", "A-HUE-3")
@pytest.mark.parametrize(("level", "expected"), [("case", CASE), ("dispatch", DISPATCH), ("coordination", {})])
def test_stages_read_as_written(level: Level, expected: Stages) -> None:
    """In order: the first is where a report begins."""
    check_stages(pack_of("thua_thien_hue"), level, expected)


@pytest.mark.rule("HUE-1", "HUE-2", "HUE-4a", "HUE-5")
def test_roles_read_as_written() -> None:
    """Who the five steps belong to, and where each of them stands."""
    check_roles(pack_of("thua_thien_hue"), ROLES)


@pytest.mark.rule("A-4", "A-TG-8", "VN-3", "VN-4")
def test_public_fields_are_these_and_no_others() -> None:
    """The allow-lists, written out."""
    publication = pack_of("thua_thien_hue").publication

    assert set(publication.public_fields) == {
        "code",
        "category",
        "place",
        "received_at",
        "stage",
        "progress",
        "agencies",
        "answer",
        "media",
        "answered_at",
        "decline_reason",
    }
    assert set(publication.confidential_fields) == {"code", "category", "stage", "progress", "received_at"}
    assert set(publication.withheld_fields) == {"code", "stage", "received_at"}


@pytest.mark.rule("HUE-2", "HUE-3b", "A-1", "A-2", "A-HUE-2")
def test_blank_clocks_are_ready_for_the_day_a_time_is_set() -> None:
    """What they would listen to stands beside the blank, so that a province fills in one value."""
    clocks = pack_of("thua_thien_hue").clocks
    listening = {name: (c.role, c.start, c.restart, c.pause, c.resume, c.stop) for name, c in clocks.items()}

    assert listening == {
        "acceptance": ("officer", ("dispatch/distributed",), (), (), (), ("accept_dispatch", "send_back")),
        "intake": (
            "distributor",
            ("receive_report",),
            ("dispatch/sent_back",),
            ("case/waiting_reporter",),
            (),
            ("dispatch", "decline", "cancel"),
        ),
        "processing": (
            "officer",
            ("accept_dispatch",),
            (),
            (),
            ("return_for_revision",),
            ("submit_result", "send_back"),
        ),
        "approval": (
            "leader",
            ("submit_result",),
            (),
            (),
            (),
            ("approve", "edit_and_approve", "return_for_revision"),
        ),
        "publication": (
            "editor",
            ("case/awaiting_publication",),
            (),
            (),
            (),
            ("publish", "reply_privately", "withhold"),
        ),
        "clarification": ("officer", ("give_feedback",), (), (), (), ("clarify",)),
        "rating_window": ("", ("case/published", "case/answered_privately"), (), (), (), ()),
    }
