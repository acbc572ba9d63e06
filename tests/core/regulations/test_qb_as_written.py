"""Quảng Bình as it is written: every clock, notice, button and heading, beside what the paths prove of them."""

from __future__ import annotations

import pytest

from tests.core.cases.bench import pack_of

PACK = pack_of("quang_binh")

CLOCK_RULES = (
    "A-1",
    "A-2",
    "A-5",
    "A-7",
    "A-QB-2",
    "A-QB-4",
    "A-QB-5",
    "A-QB-6",
    "A-QB-8",
    "A-QB-9",
    "QB-II.2h",
    "QB-IV.1.1a.x3",
    "QB-IV.1.1a.x4",
    "QB-IV.1.1b.d",
    "QB-IV.1.1b.k",
    "QB-IV.1.1b.n",
    "QB-IV.1.2a.3",
    "QB-IV.1.2a.4",
    "QB-IV.1.2b",
    "QB-IV.1.3a",
    "QB-IV.1.4b",
    "QB-IV.1.5a",
    "QB-IV.1.5b",
    "QB-IV.3b",
)
NOTICE_RULES = (
    "A-3",
    "A-QB-9",
    "QB-II.2h",
    "QB-II.2i",
    "QB-IV.1.1a.1",
    "QB-IV.1.1a.2",
    "QB-IV.1.1a.2c",
    "QB-IV.1.1a.r",
    "QB-IV.1.1a.x1",
    "QB-IV.1.1a.x2",
    "QB-IV.1.1a.x3",
    "QB-IV.1.1a.x4",
    "QB-IV.1.1b.k",
    "QB-IV.1.2a.3",
    "QB-IV.1.2a.3r",
    "QB-IV.1.2a.4",
    "QB-IV.1.2a.5",
    "QB-IV.1.2a.6r",
    "QB-IV.1.3a",
    "QB-IV.1.4a.1",
    "QB-IV.1.4a.2",
    "QB-IV.1.5a",
    "QB-IV.1.5b",
    "QB-QD.III.1.1b",
)
MOVE_RULES = (
    "A-1",
    "A-2",
    "A-3",
    "A-5",
    "A-8",
    "A-QB-2",
    "A-QB-6",
    "A-QB-7",
    "A-QB-8",
    "A-QB-9",
    "QB-I.1",
    "QB-I.2",
    "QB-II.1z",
    "QB-II.2h",
    "QB-II.2i",
    "QB-III.2c",
    "QB-IV.1.1a.1",
    "QB-IV.1.1a.2",
    "QB-IV.1.1a.2b",
    "QB-IV.1.1a.2c",
    "QB-IV.1.1a.r",
    "QB-IV.1.1a.x1",
    "QB-IV.1.1a.x2",
    "QB-IV.1.1a.x3",
    "QB-IV.1.1a.x4",
    "QB-IV.1.1b.k",
    "QB-IV.1.2a.3",
    "QB-IV.1.2a.3r",
    "QB-IV.1.2a.4",
    "QB-IV.1.2a.5",
    "QB-IV.1.2a.6",
    "QB-IV.1.2a.6r",
    "QB-IV.1.3a",
    "QB-IV.1.4a.1",
    "QB-IV.1.4a.2",
    "QB-IV.1.4a.3",
    "QB-IV.1.5a",
    "QB-IV.1.5b",
    "QB-IV.3b",
    "QB-QD.III.1.1b",
    "VN-3",
    "VN-8",
)
HEADING_RULES = (
    "A-8",
    "A-QB-10",
    "A-QB-3",
    "QB-I.2",
    "QB-III.1a",
    "QB-III.2a",
    "QB-III.2b",
    "QB-III.2c",
    "QB-QD.III.1.1a",
)

# clock → label, whose time, limit, warnings (ahead, whom), who hears of the breach, what is then proposed, article
CLOCKS = {
    "intake": (
        "Tiếp nhận và phân phối (Bước 1, Bước 2)",
        "distributor",
        "windows",
        [("25%", ["receptionist", "distributor"])],
        ["receptionist", "distributor"],
        "/",
        "Phụ lục, mục IV.1.1b",
    ),
    "hand_over": (
        "Chuyển trực tiếp việc khẩn",
        "receptionist",
        "10min",
        [("3min", ["receptionist", "distributor"])],
        ["receptionist", "distributor", "editor"],
        "/",
        "Phụ lục, mục IV.1.1b",
    ),
    "verification_wait": (
        "Chờ xác minh qua điện thoại",
        "",
        "2d",
        [],
        ["receptionist"],
        "cancel/unreachable",
        "Phụ lục, mục IV.1.1a",
    ),
    "supplement_wait": (
        "Chờ người phản ánh chỉnh sửa",
        "",
        "2d",
        [],
        ["receptionist"],
        "cancel/not_edited",
        "Phụ lục, mục IV.1.1a",
    ),
    "focal_accept": (
        "Cơ quan đầu mối tiếp nhận và giao đơn vị chủ trì (Bước 3)",
        "focal",
        "1wh",
        [("15wmin", ["focal"])],
        ["focal", "distributor"],
        "/",
        "Phụ lục, mục IV.1.2b",
    ),
    "processing": (
        "Xử lý",
        "unit_staff",
        "5wd",
        [("1wd", ["unit_staff", "unit_leader"])],
        ["unit_staff", "unit_leader", "focal", "distributor"],
        "/",
        "Phụ lục, mục IV.1.2b",
    ),
    "promise": (
        "Ngày hẹn hoàn thành",
        "unit_staff",
        "date",
        [("24h", ["unit_staff", "unit_leader"])],
        ["unit_staff", "unit_leader", "focal", "distributor"],
        "/",
        "Phụ lục, mục IV.3",
    ),
    "approval": (
        "Lãnh đạo đơn vị duyệt (Bước 7)",
        "unit_leader",
        "1wd",
        [("2wh", ["unit_leader"])],
        ["unit_leader", "focal", "distributor"],
        "/",
        "Phụ lục, mục IV.1.3",
    ),
    "publication": (
        "Kiểm tra và công khai (Bước 8)",
        "editor",
        "windows",
        [("15min", ["editor"])],
        ["editor", "distributor"],
        "/",
        "Phụ lục, mục IV.1.4b",
    ),
    "clarification": (
        "Bổ sung, làm rõ kết quả",
        "unit_leader",
        "1wd",
        [("2wh", ["unit_leader", "unit_staff"])],
        ["unit_leader", "unit_staff", "distributor"],
        "/",
        "Phụ lục, mục IV.1.5b",
    ),
    "rating_window": (
        "Đánh giá kết quả",
        "",
        "30d",
        [],
        [],
        "/",
        "",
    ),
}

# notice → when, to whom, with which words
NOTICES = {
    "reporter_accepted": (["accept"], ["reporter"], "case_accepted"),
    "reporter_dispatched": (["dispatch"], ["reporter"], "case_dispatched"),
    "reporter_supplement": (["request_supplement"], ["reporter"], "supplement_requested"),
    "reporter_declined": (["decline"], ["reporter"], "case_declined"),
    "reporter_cancelled": (["cancel"], ["reporter"], "case_cancelled"),
    "reporter_diverted": (["divert"], ["reporter"], "case_diverted"),
    "reporter_confidential": (["set_confidential"], ["reporter"], "confidentiality_set"),
    "reporter_result": (["publish"], ["reporter"], "result_published"),
    "reporter_private": (["reply_privately"], ["reporter"], "private_reply"),
    "reporter_clarified": (["clarify"], ["reporter"], "clarification"),
    "reporter_told": (["notify_reporter"], ["reporter"], "reporter_notified"),
    "receptionist_new": (["receive_report"], ["receptionist"], "task_new"),
    "receptionist_supplied": (["supply_supplement"], ["receptionist"], "task_supplied"),
    "emergency_received": (["receive_report"], ["distributor"], "task_emergency"),
    "emergency_raised": (["raise_emergency"], ["receptionist", "distributor"], "task_emergency"),
    "distributor_accepted": (["accept"], ["distributor"], "task_new"),
    "distributor_decided": (["decide_lead"], ["distributor"], "task_decided"),
    "distributor_returned": (["dispatch/sent_back"], ["distributor"], "task_returned"),
    "board_asked": (["refer_to_board", "report_deadlock"], ["board"], "task_new"),
    "focal_new": (["dispatch/distributed"], ["focal"], "task_new"),
    "focal_returned": (["dispatch/back_with_focal"], ["focal"], "task_returned"),
    "unit_new": (["assign_unit"], ["unit_leader"], "task_new"),
    "unit_proposed": (["propose_send_back", "propose_coordination"], ["unit_leader"], "task_new"),
    "staff_new": (["assign_staff"], ["unit_staff"], "task_new"),
    "staff_revision": (["return_for_revision", "centre_return"], ["unit_staff", "unit_leader"], "task_returned"),
    "partner_asked": (["coordination/asked"], ["partner"], "task_new"),
    "unit_helped": (["supply_information", "refuse_coordination"], ["unit_leader", "unit_staff"], "task_supplied"),
    "leader_result": (["submit_result", "commit_interim"], ["unit_leader"], "task_new"),
    "editor_result": (["case/awaiting_publication"], ["editor"], "task_new"),
    "unit_feedback": (["give_feedback"], ["unit_leader", "unit_staff"], "task_feedback"),
}

FOCAL_AGENCIES = ("department", "district", "central_body", "enterprise")
# row → the button where the text has its own word, and whom it may name
ROWS: dict[str, tuple[str, tuple[str, ...]]] = {
    "consult": ("", FOCAL_AGENCIES),
    "decide_lead": ("", FOCAL_AGENCIES),
    "settle_deadlock": ("", FOCAL_AGENCIES),
    "dispatch": ("", FOCAL_AGENCIES),
    "send_back": ("Từ chối", ()),
    "unit_sends_back": ("Từ chối", ()),
    "request_coordination": ("", ("department", "district", "commune", "central_body", "enterprise", "unit")),
    "refuse_coordination": ("Từ chối", ()),
    "edit_and_approve": ("Hoàn thiện và duyệt", ()),
    "edit_and_approve_final": ("Hoàn thiện và duyệt", ()),
    "publish_interim": ("Công khai cam kết", ()),
    "reply_interim_privately": ("Trả lời riêng cam kết", ()),
}

COMPETENCES = [
    "An ninh trật tự, an toàn giao thông",
    "Khám chữa bệnh; y tế dự phòng; dược và mỹ phẩm; an toàn thực phẩm",
    "Quy hoạch xây dựng kiến trúc; đầu tư xây dựng; phát triển đô thị; hạ tầng kỹ thuật; nhà ở; công sở; "
    "vật liệu xây dựng",
    "Du lịch",
    "Đất đai; tài nguyên nước; khoáng sản; môi trường",
    "Việc làm, lao động, tiền lương; an toàn lao động; người có công; bảo trợ xã hội, giảm nghèo; trẻ em; "
    "tệ nạn xã hội",
    "Trồng trọt, chăn nuôi, lâm nghiệp, thủy sản, phòng chống thiên tai",
    "Đường bộ, đường thủy nội địa, đường sắt đô thị; vận tải; hạ tầng giao thông đô thị",
    "Báo chí; xuất bản, in, phát hành; viễn thông, internet",
    "Cấp nước",
    "Rác, điện chiếu sáng",
    "Điện lực",
    "Mạng viễn thông, truyền hình, internet",
    "Lĩnh vực khác",
]
CHANNELS = [
    "Ứng dụng QUANG BINH - S",
    "Cổng tương tác",
    "Đường dây nóng",
    "Zalo",
    "Facebook",
    "Thư điện tử",
    "Telegram",
    "Tin nhắn SMS",
]
REQUIRED = [
    "Nội dung phản ánh",
    "Thời gian xảy ra",
    "Địa điểm xảy ra",
    "Họ và tên",
    "Số điện thoại",
    "Địa chỉ thư điện tử",
]


@pytest.mark.rule(*CLOCK_RULES)
def test_every_clock_reads_as_written() -> None:
    """Limits, warnings, who is told, and what is proposed and never done by itself."""
    written = {
        name: (
            clock.label,
            clock.role,
            clock.allowance if isinstance(clock.allowance, str) else "windows",
            [(warning.at, list(warning.tell)) for warning in clock.warnings],
            list(clock.breach.tell),
            f"{clock.breach.offer}/{clock.breach.reason_code}",
            clock.article,
        )
        for name, clock in PACK.clocks.items()
    }

    assert written == CLOCKS


@pytest.mark.rule(*CLOCK_RULES)
def test_the_windows_read_as_written() -> None:
    """Both of them have the same hours; only the first knows the board and emergencies."""
    hours = [
        {"from": "06:00", "through": "22:00", "allow": "1h"},
        {"after": "22:00", "before": "06:00", "allow": "before 07:00"},
    ]

    assert PACK.clocks["intake"].allowance == {
        "windows": hours,
        "variants": {"board": "+30min", "emergency": "10min"},
    }
    assert PACK.clocks["publication"].allowance == {"windows": hours}


@pytest.mark.rule(*NOTICE_RULES)
def test_every_notice_reads_as_written() -> None:
    """When, to whom, with which words; officers in the system alone."""
    written = {name: (list(item.on), list(item.to), item.template) for name, item in PACK.notifications.items()}

    assert written == NOTICES
    assert {name for name, item in PACK.notifications.items() if item.via != ("console",)} == {
        name for name in NOTICES if name.startswith("reporter_")
    }


@pytest.mark.rule(*MOVE_RULES)
def test_buttons_and_targets_read_as_written() -> None:
    """Where the text has its own word for a command, and which bodies it may name."""
    written = {name: (row.label, row.target.kinds) for name, row in PACK.moves.items()}

    assert {name: said for name, said in written.items() if said != ("", ())} == ROWS
    assert [name for name, row in PACK.moves.items() if row.target.relation != "any"] == ["assign_unit"]
    assert [name for name, row in PACK.moves.items() if row.agencies is not None] == ["dispatch"]


@pytest.mark.rule(*HEADING_RULES)
def test_headings_read_as_written() -> None:
    """Fields of competence, channels, what is asked of the reporter."""
    intake = PACK.intake

    assert [item.label for item in intake.competences.values()] == COMPETENCES
    assert [item.label for item in intake.channels.values()] == CHANNELS
    assert [item.label for item in intake.required.values()] == REQUIRED
