"""Quảng Bình: the lists of the text word for word, whom each of them leads to, channels, fields, stages and roles."""

from __future__ import annotations

from datetime import date

import pytest

from core.intake.category import read_categories
from core.intake.normalise import working_text
from core.intake.words import Text
from core.regulations.agency_files import load_agencies
from core.regulations.model import Pack
from core.service.regulation import intake_rules
from tests.core.cases.bench import pack_of
from tests.core.regulations.desk import DISTRIBUTOR, RECEPTIONIST
from tests.core.regulations.qb_states import accepted, received, received_in_may_2025
from tests.core.regulations.words import check_roles, check_stages

PACK: Pack = pack_of("quang_binh")
FEBRUARY = date(2025, 2, 20)

GROUPS = {
    "Phòng chống dịch Covid-19": [
        "Dấu hiệu vi phạm phòng, chống dịch Covid-19",
        "Thông tin giả, sai sự thật",
        "Đề nghị hỗ trợ khẩn cấp",
    ],
    "An ninh trật tự, an toàn giao thông": [
        "Trật tự, an toàn giao thông",
        "Tệ nạn xã hội",
        "Hoạt động tội phạm, vi phạm pháp luật",
    ],
    "Xây dựng, trật tự đô thị": [
        "Xả rác bừa bãi",
        "Lấn chiếm lòng lề đường",
        "Trật tự nơi công cộng",
        "Quảng cáo, rao vặt, tờ rơi",
        "Xây dựng trái phép, ảnh hưởng lân cận",
    ],
    "Dịch vụ, vệ sinh, môi trường": [
        "Dịch vụ du lịch",
        "Vệ sinh an toàn thực phẩm",
        "Điện, nước, chiếu sáng công cộng",
        "Bụi bẩn, ô nhiễm môi trường",
        "Thu gom, xử lý nước thải, chất thải",
    ],
    "Vấn đề kinh tế, xã hội khác": [
        "Lấn chiếm đất đai",
        "Khai thác tài nguyên, khoáng sản",
        "Hạ tầng giao thông, viễn thông",
        "Phòng chống thiên tai, dịch bệnh",
        "Các hành vi không phù hợp khác",
    ],
}


@pytest.mark.rule("QB-II.1a", "QB-II.1b", "QB-II.1c", "QB-II.1d", "QB-II.1e")
def test_five_groups_and_their_21_suggestions_word_for_word() -> None:
    """In the order of the text."""
    intake = PACK.intake
    listed = {
        heading: [item.label for item in intake.categories.values() if item.group == group]
        for group, heading in intake.groups.items()
    }

    assert listed == GROUPS
    assert list(listed) == list(GROUPS)
    assert len(intake.categories) == 21


@pytest.mark.rule("QB-II.1z")
def test_a_group_can_be_switched_off_and_its_history_stays() -> None:
    """No new report comes under it; what stands in it keeps its name."""
    bench = received(category="covid_help")
    off = {
        name: item.model_copy(update={"active": item.group != "covid"}) for name, item in PACK.intake.categories.items()
    }
    bench.pack = PACK.model_copy(update={"intake": PACK.intake.model_copy(update={"categories": off})})

    refusal = bench.refused(RECEPTIONIST, "classify", category="covid_false_news", reason="Tin giả")
    offered = {rule.id for rule in intake_rules(bench.pack, office="IOC").categories}

    assert refusal.code == "data_invalid"
    assert bench.pack.intake.categories[bench.it.category or ""].label == "Đề nghị hỗ trợ khẩn cấp"
    assert len(offered) == 18
    bench.then(RECEPTIONIST, "classify", category="disasters", reason="Nhóm cũ đã dừng")


@pytest.mark.rule("QB-I.2")
def test_fourteen_fields_of_competence_with_their_last_responders() -> None:
    """a to n; what no other names goes to the specialised state body, chosen by hand."""
    fields = PACK.intake.competences

    assert {name: item.agencies for name, item in fields.items()} == {
        "a": ("cong_an_tinh",),
        "b": ("so_y_te",),
        "c": ("so_xay_dung", "bql_khu_kinh_te"),
        "d": ("so_du_lich",),
        "e": ("so_tai_nguyen",),
        "f": ("so_lao_dong",),
        "g": ("so_nong_nghiep",),
        "h": ("so_giao_thong",),
        "i": ("so_tttt",),
        "j": ("cty_cap_nuoc",),
        "k": ("cty_moi_truong",),
        "l": ("cty_dien_luc",),
        "m": ("viettel", "vinaphone", "mobifone", "sctv", "fpt"),
        "n": (),
    }
    assert fields["g"].label == "Trồng trọt, chăn nuôi, lâm nghiệp, thủy sản, phòng chống thiên tai"
    assert all(item.competences for item in PACK.intake.categories.values())


@pytest.mark.rule("QB-I.2", "A-QB-10")
@pytest.mark.parametrize(
    ("category", "first"),
    [
        ("traffic_order", ["Công an tỉnh", "Sở Giao thông vận tải"]),
        ("social_evils", ["Công an tỉnh", "Sở Lao động - Thương binh và Xã hội"]),
        ("illegal_building", ["Sở Xây dựng", "Ban Quản lý Khu kinh tế"]),
        ("utilities", ["Công ty CP Môi trường và Phát triển đô thị Quảng Bình", "Công ty CP Cấp nước Quảng Bình"]),
        ("food_safety", ["Sở Y tế"]),
    ],
)
def test_the_responders_of_a_suggestion_are_offered_first(category: str, first: list[str]) -> None:
    """As of 2022 to 2/2025; the default first, the rest in the list below."""
    bench = received_in_may_2025(category=category)
    bench.agencies = load_agencies("quang_binh", FEBRUARY)
    bench.do(RECEPTIONIST, "accept")

    form = next(move for move in bench.moves(DISTRIBUTOR) if move.command == "dispatch").form
    names = [choice.label for choice in form[0].choices]

    assert names[: len(first)] == first
    assert "Viettel Quảng Bình" in names


@pytest.mark.rule("QB-I.2", "VN-11")
def test_those_that_were_merged_are_followed_to_their_heirs() -> None:
    """Sở Giao thông vận tải went into Sở Xây dựng on 01/3/2025."""
    form = next(m for m in accepted(category="infrastructure").moves(DISTRIBUTOR) if m.command == "dispatch").form

    assert [choice.value for choice in form[0].choices][:2] == ["so_xay_dung", "viettel"]


@pytest.mark.rule("QB-III.1a", "QB-QD.III.1.1a")
def test_channels_by_their_public_names_and_otp_where_the_decision_wants_it() -> None:
    """ "Other channels as management needs": messengers are lawful here, none is beyond the text."""
    channels = PACK.intake.channels

    assert {name: item.address for name, item in channels.items() if item.address} == {
        "app": "QUANG BINH - S",
        "web": "tuongtac.quangbinh.gov.vn",
        "phone": "082.456.1022",
    }
    assert {name for name, item in channels.items() if item.otp} == {"app", "web"}
    assert {"zalo", "facebook", "email", "telegram", "sms"} == channels.keys() - {"app", "web", "phone"}
    assert not any(item.beyond_text for item in channels.values())


@pytest.mark.rule("QB-III.1b")
@pytest.mark.parametrize("moment", ["2026-11-22 03:10", "2026-02-17 23:59", "2026-11-20 09:00"])
def test_reports_are_received_at_any_hour_of_any_day(moment: str) -> None:
    """A Sunday night, the first day of Tết, an ordinary morning; the window runs at once."""
    bench = received(moment)

    assert bench.stage == "received"
    assert bench.it.clocks["intake"].state == "running"


@pytest.mark.rule("QB-III.2a", "A-QB-3")
def test_text_without_marks_is_understood_kept_and_no_ground_to_refuse() -> None:
    """An SMS as people write it: it finds its suggestion and is accepted; nobody changes its words."""
    said = "den duong tat 3 ngay nay truoc so 12"
    categories = read_categories(Text.of(said), intake_rules(PACK, office="IOC").categories)
    bench = received(channel="sms", content=said)

    bench.do(RECEPTIONIST, "accept")

    assert categories[0][0] == "utilities"
    assert working_text(said) == said
    assert bench.stage == "accepted"
    assert PACK.intake.languages == ("vi",)
    assert not [item for item in PACK.decline_reasons.values() if "dấu" in item.label]


@pytest.mark.rule("QB-III.2b", "QB-III.2c")
def test_six_things_are_required_on_every_channel() -> None:
    """Media only recommended; what a caller does not have is declared none."""
    required = PACK.intake.required

    assert [item.field for item in required.values()] == ["content", "time", "place", "name", "phone", "email"]
    assert [item.field for item in required.values() if not item.may_be_declared_none] == ["content"]
    assert not any(item.channels or item.beyond_text for item in required.values())
    assert PACK.intake.recommended == ("media",)


@pytest.mark.rule("QB-III.2d")
def test_the_reporter_is_told_that_they_answer_for_it() -> None:
    """Fully, before the law; the dialogue and the page say so."""
    assert "hoàn toàn" in PACK.intake.consent
    assert "trước pháp luật" in PACK.intake.consent
    assert intake_rules(PACK, office="IOC").consent_notice


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
