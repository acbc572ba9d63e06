"""Quảng Bình: what may be reported, whom it leads to, the ways in, and what a report must hold."""

from __future__ import annotations

from datetime import date

import pytest

from core.intake.category import read_categories
from core.intake.normalise import working_text
from core.intake.words import Text
from core.regulations.model import Pack
from core.service.regulation import intake_rules
from tests.core.cases.bench import pack_of
from tests.core.regulations.desk import DISTRIBUTOR, RECEPTIONIST
from tests.core.regulations.qb_states import accepted, received, received_in_may_2025
from tests.support.agencies import load_agencies

PACK: Pack = pack_of("quang_binh")


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


FEBRUARY = date(2025, 2, 20)


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
    assert PACK.intake.consent == (
        "Người phản ánh chịu hoàn toàn trách nhiệm trước pháp luật về nội dung, thông tin đã cung cấp."
    )
    assert intake_rules(PACK, office="IOC").consent_notice
