"""Tiền Giang: stages and roles word for word, who hears of what and in which form, what needs words to be said."""

from __future__ import annotations

import pytest

from core.regulations.words import Level
from tests.core.cases.bench import pack_of
from tests.core.regulations.table import told
from tests.core.regulations.tien_giang_states import EVERYBODY, STATES
from tests.core.regulations.words import DESK, NEW, Stages, check_labels, check_roles, check_stages

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


@pytest.mark.rule("TG-6.1a", "TG-7.1a", "TG-8.1b", "TG-9.1a", "TG-9.1b", "TG-9.1c", "TG-10.2", "TG-11.2", "TG-3.7")
@pytest.mark.parametrize(("level", "expected"), [("case", CASE), ("dispatch", DISPATCH), ("coordination", {})])
def test_stages_read_as_written(level: Level, expected: Stages) -> None:
    """In order: the first is where a report begins."""
    check_stages(pack_of("tien_giang"), level, expected)


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

    bench.events = list(bench.do(EVERYBODY[who], command, **fields).events)

    assert told(bench) == heard


@pytest.mark.rule("TG-7.1a", "TG-4.1c", "TG-6.3k")
def test_officers_are_told_in_three_forms() -> None:
    """Portal, mobile app and SMS."""
    notices = pack_of("tien_giang").notifications

    assert notices["officer_new"].via == ("console", "push", "sms")
    assert notices["emergency_raised"].via == ("console", "push", "sms")
    assert {item.via for item in notices.values() if "reporter" in item.to} == {()}


# limit → what people read of it
LIMITS = {
    "distribution": "Tiếp nhận và phân phối",
    "redistribution": "Phân phối lại",
    "contact": "Liên hệ trực tiếp khi khẩn cấp",
    "acceptance": "Nhận xử lý",
    "return_window": "Trả lại nếu không thuộc thẩm quyền",
    "processing": "Xác minh và xử lý",
    "approval": "Phê duyệt",
    "publication": "Kiểm tra và công khai",
    "clarification_reminder": "Nhắc làm rõ",
    "rating_window": "Đánh giá kết quả",
}


@pytest.mark.rule(
    "A-1",
    "A-2",
    "A-5",
    "A-TG-10",
    "A-TG-4",
    "A-TG-5",
    "A-TG-7",
    "TG-6.3",
    "TG-6.3k",
    "TG-7.1a",
    "TG-7.3",
    "TG-7.4",
    "TG-8.3",
    "TG-9.3",
)
def test_limits_read_as_written() -> None:
    """As buttons, notices and figures name them."""
    check_labels(pack_of("tien_giang").clocks, LIMITS)


@pytest.mark.rule("TG-4.1a")
def test_what_the_app_looks_up_is_what_the_text_names() -> None:
    """In its order; another regulation names none."""
    named = [one.label for one in pack_of("tien_giang").utilities.values()]

    assert named == ["Dịch vụ hành chính công", "Đất đai", "Môi trường", "Camera"]
    assert pack_of("quang_binh").utilities == {}
