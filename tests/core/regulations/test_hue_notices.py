"""Thừa Thiên Huế: who hears of what, in which words, and what stands in lists that people read."""

from __future__ import annotations

import pytest

from tests.core.cases.bench import pack_of
from tests.core.regulations.hue_states import EVERYBODY, STATES
from tests.core.regulations.table import told

# state → who was told of what on the way there, in order: (role, template)
NEW = ("receptionist", "task_new")
TO_DESK = [NEW, ("reporter", "case_accepted"), ("distributor", "task_new")]
SENT = [*TO_DESK, ("reporter", "case_dispatched"), ("officer", "task_new")]
SUBMITTED = [*SENT, ("leader", "task_new")]
APPROVED = [*SUBMITTED, ("editor", "task_new")]
PUBLISHED = [*APPROVED, ("reporter", "result_published")]
PRIVATE = [*APPROVED, ("reporter", "confidentiality_set"), ("reporter", "private_reply")]

TOLD = {
    "received": [NEW],
    "waiting": [NEW, ("reporter", "supplement_requested")],
    "declined": [NEW, ("reporter", "case_declined")],
    "cancelled": [NEW, ("reporter", "case_cancelled")],
    "diverted": [NEW, ("reporter", "case_diverted")],
    "accepted": TO_DESK,
    "distributed": SENT,
    "sent_back": [*SENT, ("distributor", "task_returned")],
    "processing": SENT,
    "awaiting_approval": SUBMITTED,
    "awaiting_publication": APPROVED,
    "published": PUBLISHED,
    "answered_privately": PRIVATE,
    "withheld": APPROVED,
    "clarifying": [*PUBLISHED, ("officer", "task_feedback")],
    "clarifying_privately": [*PRIVATE, ("officer", "task_feedback")],
}


@pytest.mark.rule("HUE-1", "HUE-2", "HUE-3b", "HUE-4b", "HUE-5", "A-HUE-3")
@pytest.mark.parametrize("state", TOLD)
def test_everybody_hears_what_concerns_them(state: str) -> None:
    """Officers of new work, reporters of every turn and of where else to go."""
    assert told(STATES[state]()) == TOLD[state]


@pytest.mark.rule("HUE-4a", "A-5", "A-HUE-3")
@pytest.mark.parametrize(
    ("state", "role", "command", "fields", "heard"),
    [
        ("awaiting_approval", "leader", "return_for_revision", {"reason": "Cần ảnh"}, [("officer", "task_returned")]),
        ("clarifying", "officer", "clarify", {"text": "Sẽ vá"}, [("reporter", "clarification")]),
        ("waiting", "reporter", "supply_supplement", {}, [("receptionist", "task_supplied")]),
        ("received", "receptionist", "notify_reporter", {"text": "Chờ"}, [("reporter", "reporter_notified")]),
        (
            "distributed",
            "distributor",
            "remind",
            {"text": "Đã quá 30 phút"},
            [("officer", "task_reminded"), ("leader", "task_reminded")],
        ),
    ],
)
def test_later_turns_are_heard_of_too(
    state: str, role: str, command: str, fields: dict[str, str], heard: list[tuple[str, str]]
) -> None:
    """Returned work, clarification, supplements, reminders."""
    bench = STATES[state]()
    before = told(bench)

    bench.do(EVERYBODY[role], command, **fields)

    assert told(bench)[len(before) :] == heard


@pytest.mark.rule("A-HUE-3")
def test_lists_read_as_written() -> None:
    """The grounds and categories a person chooses from."""
    pack = pack_of("thua_thien_hue")

    assert [item.label for item in pack.decline_reasons.values()] == [
        "Sự việc ngoài địa bàn hoặc ngoài thẩm quyền của tỉnh",
        "Việc dân sự, không thuộc phản ánh hiện trường",
        "Không đủ thông tin để xử lý",
        "Nội dung trái pháp luật, xúc phạm người khác",
    ]
    assert [item.label for item in pack.cancel_reasons.values()] == [
        "Trùng với phản ánh khác của cùng một người",
        "Gửi nhầm, gửi thử",
        "Người phản ánh rút lại",
        "Người phản ánh không bổ sung thông tin",
    ]
    assert {name: item.label for name, item in pack.intake.categories.items()} == {
        "transport": "Giao thông, hạ tầng đường bộ",
        "lighting_power_water": "Chiếu sáng, điện, cấp thoát nước",
        "environment": "Vệ sinh, môi trường",
        "urban_order": "Trật tự đô thị",
        "construction": "Xây dựng",
        "security": "An ninh, trật tự",
        "food_safety": "An toàn thực phẩm",
        "health": "Y tế, phòng chống dịch",
        "culture_tourism": "Văn hóa, du lịch, dịch vụ",
        "animals_other": "Lĩnh vực khác",
    }


@pytest.mark.rule("VN-8")
def test_emergencies_name_the_four_numbers() -> None:
    """112 among them since 23/8/2025."""
    targets = pack_of("thua_thien_hue").intake.emergency_targets.values()

    assert [item.number for item in targets if item.number] == ["112", "113", "114", "115"]


@pytest.mark.rule("VN-1", "VN-2")
def test_diversions_keep_nothing_and_say_where_to_go() -> None:
    """Complaint, denunciation, corruption."""
    diversions = pack_of("thua_thien_hue").intake.diversions

    assert {"complaint", "denunciation", "corruption"} == diversions.keys()
    assert all(item.keeps_nothing and "tiếp công dân" in item.text for item in diversions.values())
