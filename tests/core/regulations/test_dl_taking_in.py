"""Đắk Lắk, rule by rule: the lists, the ways in, the one focal point, and what is no report at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.intake.signals.diversion import read_diversion
from core.intake.signals.emergency import read_emergency
from core.intake.words import Text
from tests.core.cases.bench import Bench, pack_of
from tests.core.regulations.desk import DISTRIBUTOR, RECEPTIONIST
from tests.core.regulations.dl_states import NAME, accepted, received, with_focal
from tests.core.regulations.limits import with_option
from tests.core.regulations.table import told

CATEGORIES = [
    "An toàn giao thông",
    "An ninh trật tự",
    "Hạ tầng đô thị",
    "Trật tự đô thị",
    "Môi trường",
    "Quy định hành chính",
    "Công vụ, công chức",
    "Doanh nghiệp vướng mắc",
    "An toàn thực phẩm",
    "Đất đai, xây dựng",
    "Hàng hóa, dịch vụ, tiêu dùng",
    "Phản hồi thông tin báo nêu",
    "Hiến kế xây dựng thành phố thông minh",
    "Bảo vệ trẻ em",
    "Các lĩnh vực khác thực hiện theo chỉ đạo của Thành ủy, Hội đồng nhân dân thành phố, UBND thành phố "
    "tại từng thời điểm",
]


@pytest.mark.rule(
    "DL-I.1",
    "DL-I.2",
    "DL-I.3",
    "DL-I.4",
    "DL-I.5",
    "DL-I.6",
    "DL-I.7",
    "DL-I.8",
    "DL-I.9",
    "DL-I.10",
    "DL-I.11",
    "DL-I.12",
    "DL-I.13",
    "DL-I.14",
    "DL-I.15",
)
def test_dl_i_fifteen_categories_verbatim_and_in_order() -> None:
    """Each cites the line it comes from."""
    categories = list(pack_of(NAME).intake.categories.values())

    assert [item.label for item in categories] == CATEGORIES
    assert [item.cites[0] for item in categories] == [f"DL-I.{number}" for number in range(1, 16)]


@pytest.mark.rule("DL-I.adj")
def test_dl_i_adj_the_list_is_changed_by_agreement_and_not_by_code(tmp_path: Path) -> None:
    """One line more; one switched off stays readable for the cases it had."""
    option = (
        "intake: {categories: {pets: {label: Thú nuôi, cites: DL-I.adj}, business: {active: false, cites: DL-I.adj}}}"
    )
    bench = with_option(Bench(NAME), tmp_path, option).receive(category="business")

    bench.do(RECEPTIONIST, "classify", category="pets", reason="Theo danh mục mới")

    assert bench.it.category == "pets"
    assert bench.refused(RECEPTIONIST, "classify", category="business", reason="Nhầm").code == "data_invalid"


@pytest.mark.rule("DL-II.1.B1", "DL-II.2.3a", "A-6")
def test_dl_ii_1_the_portal_is_the_way_in_and_the_others_are_marked() -> None:
    """The text names the service and its portal only; its address is a setting."""
    channels = pack_of(NAME).intake.channels

    assert [name for name, item in channels.items() if not item.beyond_text] == ["web"]
    assert channels["web"].address == "tuongtaccongdan"


@pytest.mark.rule("DL-II.1.B2")
def test_dl_ii_1_b2_the_sender_is_authenticated_and_the_report_classified() -> None:
    """A sender nobody can reach cannot be authenticated: asked for, or declared with a reason (A-8)."""
    bench = received(completeness={"content": "given"})
    assert bench.refused(RECEPTIONIST, "accept").details["fields"] == ("reachable",)
    bench.do(RECEPTIONIST, "declare_none", field="reachable", reason="Gửi từ máy công cộng")

    bench.do(RECEPTIONIST, "accept")
    bench.do(RECEPTIONIST, "log_verification_call", outcome="reached")
    bench.do(RECEPTIONIST, "classify", category="environment")

    assert (bench.it.verification, bench.it.category) == ("reached", "environment")


@pytest.mark.rule("DL-II.1.B3")
@pytest.mark.parametrize(
    ("agencies", "code"),
    [
        (["ubnd_thanh_pho", "ubnd_thanh_pho"], "agency_count"),
        (["ubnd_ea_xanh"], "data_invalid"),
        (["phong_do_thi"], "data_invalid"),
        (["so_giao_thong"], "data_invalid"),
    ],
)
def test_dl_ii_1_b3_to_the_one_focal_point_and_nobody_else(agencies: list[str], code: str) -> None:
    """Wards and units get it from the city, never from the IOC."""
    bench = accepted()
    assert bench.refused(DISTRIBUTOR, "dispatch", agencies=agencies).code == code

    bench.do(DISTRIBUTOR, "dispatch", agencies=["ubnd_thanh_pho"])

    assert [item.stage for item in bench.it.dispatches] == ["with_focal"]
    assert told(bench)[-2:] == [("reporter", "case_dispatched"), ("focal", "task_new")]


@pytest.mark.rule("DL-II.2.3a.u", "A-DL-8")
def test_dl_ii_2_3a_u_reports_are_named_with_their_day() -> None:
    """Weekly on Monday at nine, monthly about reputation: read by whoever writes them."""
    reports = pack_of(NAME).reports

    assert (reports["weekly"].every, reports["weekly"].weekday, f"{reports['weekly'].at:%H:%M}") == (
        "week",
        "mon",
        "09:00",
    )
    assert reports["reputation"].every == "month"


@pytest.mark.rule("A-DL-9", "DL-I.7", "VN-1", "VN-2")
@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (
            "Đề nghị kỷ luật ông Trần Bê cán bộ địa chính vì gây khó khăn, yêu cầu xử lý kỷ luật",
            "denunciation",
        ),
        ("Cán bộ một cửa đòi phong bì mới nhận hồ sơ", "corruption"),
        ("Thái độ phục vụ ở bộ phận một cửa chưa tốt, mong cải thiện", None),
        ("Công chức tiếp dân đi làm muộn", None),
    ],
)
def test_a_dl_9_a_named_wrongdoer_and_a_wish_to_punish_is_no_report_here(said: str, kind: str | None) -> None:
    """ "Công vụ, công chức" borders on tố cáo: it is noticed before such a thing is taken in."""
    text = Text.of(said)

    assert read_diversion(text) == kind
    assert read_emergency(text) is None


@pytest.mark.rule("A-DL-9", "VN-1", "VN-2")
@pytest.mark.parametrize("kind", ["complaint", "denunciation", "corruption"])
def test_a_dl_9_the_desk_diverts_it_from_wherever_it_is_noticed(kind: str) -> None:
    """Also after it was sent; nothing of it is kept, the person is told where to go."""
    bench = with_focal()

    bench.do(RECEPTIONIST, "divert", kind=kind)

    diversion = bench.pack.intake.diversions[kind]
    assert (bench.stage, bench.it.diversion) == ("diverted", kind)
    assert diversion.keeps_nothing
    assert "A-DL-9" in diversion.cites


@pytest.mark.rule("VN-7", "DL-I.6")
def test_reports_about_rules_are_entered_in_the_national_system() -> None:
    """The reference is kept with the case."""
    bench = received(category="administrative_rules")

    bench.do(RECEPTIONIST, "register_external", reference="QG-2026-1")

    assert bench.it.external_reference == "QG-2026-1"
    assert "VN-7" in bench.pack.intake.categories["administrative_rules"].cites


@pytest.mark.rule("A-DL-1", "A-DL-2", "A-DL-3", "A-DL-4", "A-DL-5", "A-DL-6", "A-DL-7", "A-DL-9")
def test_every_reading_is_written_down_with_its_choice() -> None:
    """Nothing that the text leaves open is decided in silence."""
    readings = pack_of(NAME).readings

    assert {name: item.choice for name, item in readings.items() if name.startswith("A-DL-")} == {
        "A-DL-1": "proposed",
        "A-DL-2": "distributed_at",
        "A-DL-3": "alarm",
        "A-DL-4": "hours",
        "A-DL-5": "one_group",
        "A-DL-6": "off",
        "A-DL-7": "two_people",
        "A-DL-8": "monday",
        "A-DL-9": "divert",
    }
