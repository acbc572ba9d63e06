"""Quảng Bình: grounds, verdicts, numbers, stages and roles, word for word."""

from __future__ import annotations

from datetime import date

import pytest

from core.regulations.model import Pack
from tests.core.cases.bench import pack_of
from tests.core.regulations.desk import RECEPTIONIST
from tests.core.regulations.qb_states import received
from tests.core.regulations.words import check_roles, check_stages

PACK: Pack = pack_of("quang_binh")


@pytest.mark.rule("QB-QD.III.2.1")
def test_one_person_may_hold_every_role_of_the_centre() -> None:
    """Three agents share intake, distribution, editing and publishing."""
    bench = received()
    agent = RECEPTIONIST.__class__("u-1", frozenset({"receptionist", "distributor", "editor"}))

    bench.then(agent, "accept").then(agent, "dispatch", agencies=["so_xay_dung"])

    assert {PACK.roles[name].level for name in agent.roles} == {"centre"}
    assert [event.by.role for event in bench.events if event.kind in ("case_accepted", "case_dispatched")] == [
        "receptionist",
        "distributor",
    ]


@pytest.mark.rule("QB-IV.1.1a.x1", "QB-IV.1.1a.x2", "QB-IV.1.1a.x3", "QB-IV.1.1a.x4", "QB-IV.1.1a.r")
def test_the_grounds_read_as_written() -> None:
    """Four to cancel, one of them in two limbs; the grounds to refuse come from III.2 and I.2."""
    assert [(item.id, item.label, item.cites[0]) for item in PACK.cancel_reasons.values()] == [
        ("same_reporter", "Trùng lặp, phản ánh nhiều lần của cùng một tổ chức, cá nhân", "QB-IV.1.1a.x1"),
        ("unclear", "Nội dung không rõ ràng, gửi nhầm hoặc dùng thử", "QB-IV.1.1a.x2"),
        ("unreachable", "Sau 02 ngày không xác minh được qua điện thoại", "QB-IV.1.1a.x3"),
        ("not_the_reporter", "Người nghe máy không phải người phản ánh", "QB-IV.1.1a.x3"),
        ("not_edited", "Sau 02 ngày được đề nghị không chỉnh sửa", "QB-IV.1.1a.x4"),
    ]
    assert [item.label for item in PACK.decline_reasons.values()] == [
        "Nội dung, thời gian, địa điểm không rõ ràng, chính xác",
        "Không cung cấp đầy đủ tên, số điện thoại, địa chỉ thư điện tử",
        "Nội dung vi phạm pháp luật, xúc phạm tổ chức, cá nhân",
        "Không thuộc lĩnh vực của cơ quan nào trên địa bàn tỉnh",
    ]


@pytest.mark.rule("QB-IV.1.5a")
def test_three_verdicts_with_the_middle_one_as_this_text_has_it() -> None:
    """ "Chấp nhận", where the others say "Chấp nhận được"."""
    levels = sorted(PACK.rating.levels.values(), key=lambda item: -item.score)

    assert [item.label for item in levels] == ["Hài lòng", "Chấp nhận", "Không hài lòng"]


@pytest.mark.rule("A-QB-1")
def test_the_decision_is_cited_by_its_month() -> None:
    """Number and day cannot be read; the pack ends with the province."""
    assert PACK.meta.decision == "QĐ phê duyệt Đề án, tháng 5/2022"
    assert (PACK.meta.in_force_from, PACK.meta.in_force_until) == (date(2022, 5, 5), date(2025, 6, 30))


@pytest.mark.rule("QB-II.2h", "VN-8")
def test_emergencies_name_their_numbers() -> None:
    """113, 114, 115 of the text, and 112 since 23/8/2025."""
    targets = PACK.intake.emergency_targets.values()

    assert [item.number for item in targets if item.number] == ["112", "113", "114", "115"]


# stage → label, what the public reads, kind, owner
CASE = {
    "received": ("Mới nhận", "Đã nhận phản ánh", "open", "receptionist"),
    "linked": ("Đã gộp vào hồ sơ khác", "Đang xử lý cùng phản ánh khác", "aside", ""),
    "diverted": ("Đã hướng dẫn nơi khác", "Đã hướng dẫn gửi đúng nơi tiếp nhận", "closed", ""),
    "waiting_verification": ("Chờ xác minh qua điện thoại", "Đang xác minh thông tin", "aside", "receptionist"),
    "waiting_reporter": ("Chờ người phản ánh chỉnh sửa", "Đang chờ bổ sung thông tin", "aside", "receptionist"),
    "accepted": ("Đã tiếp nhận", "Đã tiếp nhận", "open", "distributor"),
    "at_board": ("Xin ý kiến Ban Chỉ đạo", "", "open", "board"),
    "in_progress": ("Cơ quan đang xử lý", "Đang xử lý", "open", ""),
    "deadlock": ("Đã báo cáo Ban Chỉ đạo vì các cơ quan không thống nhất", "", "open", "board"),
    "awaiting_publication": ("Chờ kiểm tra và công khai", "", "open", "editor"),
    "published": ("Đã công khai kết quả", "Đã có kết quả", "done", ""),
    "answered_privately": ("Đã trả lời riêng", "Đã trả lời", "done", ""),
    "withheld": ("Không công khai", "Đã xử lý", "done", ""),
    "clarifying": ("Đang làm rõ kết quả", "Đang làm rõ kết quả", "open", "unit_leader"),
    "clarifying_privately": ("Đang làm rõ riêng", "Đang làm rõ kết quả", "open", "unit_leader"),
    "declined": ("Không đủ điều kiện tiếp nhận", "Không đủ điều kiện tiếp nhận", "closed", ""),
    "cancelled": ("Đã hủy", "Đã hủy", "closed", ""),
}


PARTS = {
    "distributed": ("Chờ cơ quan đầu mối tiếp nhận", "open", "focal"),
    "with_focal": ("Cơ quan đầu mối giao đơn vị chủ trì", "open", "focal"),
    "back_with_focal": ("Đơn vị từ chối, cơ quan đầu mối giao lại", "open", "focal"),
    "with_unit": ("Chờ đơn vị chủ trì tiếp nhận", "open", "unit_leader"),
    "unit_accepted": ("Đơn vị chủ trì phân công cán bộ", "open", "unit_leader"),
    "processing": ("Đang xử lý", "open", "unit_staff"),
    "awaiting_approval": ("Chờ lãnh đạo đơn vị duyệt", "open", "unit_leader"),
    "approved": ("Đã duyệt", "done", ""),
    "promised": ("Đã hẹn ngày hoàn thành", "open", "unit_staff"),
    "awaiting_final_approval": ("Chờ duyệt kết quả sau ngày hẹn", "open", "unit_leader"),
    "final_approved": ("Đã duyệt kết quả sau ngày hẹn", "done", ""),
    "sent_back": ("Bị từ chối", "aside", "distributor"),
    "redirected": ("Đã chuyển cơ quan khác", "closed", ""),
    "withdrawn": ("Đã thu hồi theo ý kiến Ban Chỉ đạo", "closed", ""),
    "asked": ("Chờ nhận phối hợp", "open", "partner"),
    "helping": ("Đang phối hợp", "open", "partner"),
    "supplied": ("Đã cung cấp thông tin", "done", ""),
    "refused": ("Từ chối phối hợp", "closed", ""),
}


ROLES = {
    "reporter": ("Người phản ánh", "reporter"),
    "system": ("Hệ thống", "system"),
    "receptionist": ("Tổng đài viên tiếp nhận của Trung tâm IOC tỉnh", "centre"),
    "distributor": ("Điều phối viên của Trung tâm IOC tỉnh", "centre"),
    "editor": ("Biên tập viên của Trung tâm IOC tỉnh", "centre"),
    "board": ("Ban Chỉ đạo", "board"),
    "focal": ("Cơ quan đầu mối xử lý", "agency"),
    "unit_leader": ("Lãnh đạo đơn vị chủ trì xử lý", "unit"),
    "unit_staff": ("Cán bộ đơn vị chủ trì xử lý", "unit"),
    "partner": ("Cơ quan phối hợp", "partner"),
}


STEPS = (
    "A-3",
    "A-7",
    "A-QB-2",
    "A-QB-6",
    "QB-II.2i",
    "QB-IV.1.1a.1",
    "QB-IV.1.1a.2",
    "QB-IV.1.1a.2b",
    "QB-IV.1.1a.2c",
    "QB-IV.1.1a.r",
    "QB-IV.1.1a.x1",
    "QB-IV.1.1a.x2",
    "QB-IV.1.1a.x3",
    "QB-IV.1.1a.x4",
    "QB-IV.1.2a.3",
    "QB-IV.1.2a.3r",
    "QB-IV.1.2a.4",
    "QB-IV.1.2a.5",
    "QB-IV.1.2a.6",
    "QB-IV.1.2b",
    "QB-IV.1.3a",
    "QB-IV.1.4a.1",
    "QB-IV.1.4a.2",
    "QB-IV.1.4a.3",
    "QB-IV.1.5a",
    "QB-IV.1.5b",
    "QB-IV.3b",
    "QB-QD.III.2.1",
)


@pytest.mark.rule(*STEPS)
def test_stages_and_roles_read_as_written() -> None:
    """In order: the first is where a report begins."""
    parts = PACK.stages.dispatch | PACK.stages.coordination

    check_stages(PACK, "case", CASE)
    assert {name: (s.label, s.kind, s.owner) for name, s in parts.items()} == PARTS
    check_roles(PACK, ROLES)
