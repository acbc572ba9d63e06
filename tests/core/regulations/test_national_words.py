"""What holds in every province, read in every pack: who may do it, numbers, where else to go, forms of the product."""

from __future__ import annotations

import pytest

from core.regulations.loader import pack_names
from tests.core.cases.bench import Bench, pack_of, staff
from tests.core.regulations.table import told
from tests.core.regulations.words import check_labels

every_pack = pytest.mark.parametrize("name", pack_names())
DESK = ("receptionist", "distributor")

# move → who may
MAY = {
    "divert": DESK,
    "clear_secret": ("editor",),
    "raise_emergency": (*DESK, "system"),
    "hand_over_emergency": DESK,
    "downgrade_emergency": DESK,
    "declare_none": ("receptionist",),
    "link_report": DESK,
    "unlink_report": DESK,
    "register_external": (*DESK, "editor"),
}
TARGETS = {
    "n112": ("Tổng đài 112: tìm kiếm, cứu nạn, phòng thủ dân sự", "112"),
    "n113": ("Công an 113: an ninh, trật tự", "113"),
    "n114": ("Phòng cháy, chữa cháy và cứu nạn, cứu hộ 114", "114"),
    "n115": ("Cấp cứu 115", "115"),
    "focal_officer": ("Cán bộ đầu mối của cơ quan xử lý", ""),
}
DIVERTED = {
    "complaint": (
        "Khiếu nại",
        "Nội dung anh/chị nêu là khiếu nại. Hệ thống này không tiếp nhận đơn khiếu nại và không lưu lại nội dung vừa "
        "gửi. Anh/chị vui lòng gửi đơn hoặc đến nơi tiếp công dân của cơ quan có thẩm quyền giải quyết.",
    ),
    "denunciation": (
        "Tố cáo",
        "Nội dung anh/chị nêu là tố cáo. Để giữ bí mật cho anh/chị, hệ thống này không tiếp nhận và không lưu lại nội "
        "dung vừa gửi. Anh/chị vui lòng đến nơi tiếp công dân hoặc gửi đơn tới cơ quan có thẩm quyền giải quyết tố "
        "cáo.",
    ),
    "corruption": (
        "Phản ánh tham nhũng",
        "Thông tin về tham nhũng cần được giữ bí mật. Hệ thống này không tiếp nhận và không lưu lại nội dung vừa gửi. "
        "Anh/chị vui lòng đến nơi tiếp công dân hoặc cơ quan thanh tra, công an để được tiếp nhận trực tiếp.",
    ),
}
STAGES = {
    "received": ("Mới nhận", "Đã nhận phản ánh"),
    "linked": ("Đã gộp vào hồ sơ khác", "Đang xử lý cùng phản ánh khác"),
    "diverted": ("Đã hướng dẫn nơi khác", "Đã hướng dẫn gửi đúng nơi tiếp nhận"),
}
PLAIN = [
    "Kính gửi: Quý [cá nhân, tổ chức]",
    "[Đơn vị xử lý] đã tiếp nhận phản ánh mã số [mã phản ánh] của Quý [cá nhân, tổ chức] gửi ngày [ngày gửi] và xin "
    "thông báo kết quả xử lý như sau:",
    "[Nội dung trả lời]",
    "Cảm ơn phản ánh của Quý [cá nhân, tổ chức] và mong tiếp tục nhận được phản ánh.",
    "Trân trọng./.",
]
OFFICIAL = [
    "Kính gửi: [Cơ quan nhận]",
    "Ngày [ngày gửi], hệ thống nhận được phản ánh mã số [mã phản ánh], lĩnh vực [lĩnh vực].",
    "[Nội dung văn bản]",
    "Đề nghị [cơ quan nhận] xem xét, xử lý và trả lời kết quả.",
    "Trân trọng./.",
]


@pytest.mark.rule("VN-1", "VN-2", "VN-3", "VN-7", "VN-8", "A-3", "A-8", "A-QB-8")
@every_pack
def test_who_may_do_what_holds_everywhere(name: str) -> None:
    """The desk diverts, links and raises alarms, and nobody else does."""
    moves = pack_of(name).moves

    assert {move: moves[move].by for move in MAY} == MAY


@pytest.mark.rule("VN-8")
@every_pack
def test_the_numbers_of_an_emergency_read_as_written(name: str) -> None:
    """Those that people know by heart."""
    targets = pack_of(name).intake.emergency_targets

    assert {target: (targets[target].label, targets[target].number) for target in TARGETS} == TARGETS


@pytest.mark.rule("VN-8")
@pytest.mark.parametrize("name", [name for name in pack_names() if not name.startswith("dak_lak")])
def test_the_two_urgencies_read_as_written(name: str) -> None:
    """Where the text has no third."""
    check_labels(pack_of(name).intake.urgencies, {"normal": "Thường", "emergency": "Khẩn"})


@pytest.mark.rule("VN-1", "VN-2")
@every_pack
def test_where_else_to_go_reads_as_written(name: str) -> None:
    """Each says that nothing is kept, and where to go; it is the last word to the person, and goes to nobody else."""
    pack = pack_of(name)
    diversions, notice = pack.intake.diversions, pack.notifications["reporter_diverted"]

    assert {kind: (diversions[kind].label, diversions[kind].text) for kind in DIVERTED} == DIVERTED
    assert (notice.on, notice.to, notice.template) == (("divert",), ("reporter",), "case_diverted")


@pytest.mark.rule("A-3", "A-7", "VN-1", "VN-2", "VN-4")
@every_pack
def test_stages_and_roles_of_everybody_read_as_written(name: str) -> None:
    """Where a report begins, and where it goes when it is no case of its own."""
    pack = pack_of(name)

    assert {stage: (pack.stages.case[stage].label, pack.stages.case[stage].public) for stage in STAGES} == STAGES
    assert (pack.roles["reporter"].label, pack.roles["system"].label) == ("Người phản ánh", "Hệ thống")


@pytest.mark.rule("DL-II.1u")
@every_pack
def test_the_forms_of_the_product_read_as_written(name: str) -> None:
    """For texts that have none of their own, and marked as beyond them."""
    plain, official = (pack_of(name).letter.others[form] for form in ("plain", "official"))

    assert (plain.label, plain.body.splitlines()) == ("Thông báo kết quả xử lý", PLAIN)
    assert (official.label, official.body.splitlines()) == ("Công văn chuyển phản ánh", OFFICIAL)
    assert (plain.beyond_text, official.beyond_text) == (True, True)


@pytest.mark.rule("VN-8")
@every_pack
def test_somebody_on_duty_hears_of_every_emergency(name: str) -> None:
    """However silent a decision is about it: as it comes in and as it is raised, in the console at least."""
    pack = pack_of(name)
    alarm = ("distributor", "task_emergency")
    calm, urgent = Bench(name).receive(), Bench(name).receive(urgency="emergency")
    before, at_once = told(calm), told(urgent)
    calm.events = list(calm.do(staff("distributor"), "raise_emergency").events)

    assert alarm not in before
    assert at_once.count(alarm) == told(calm).count(alarm) == 1
    notices = pack.notifications
    by_text = not notices["emergency_received"].beyond_text
    assert notices["emergency_raised"].to == DESK
    assert notices["emergency_received"].to == (("distributor",) if by_text else DESK)
    assert all("console" in one.via for one in notices.values() if one.template == "task_emergency")
