"""Tiền Giang without districts, within Đồng Tháp: communes are agencies and escalate straight to the province."""

from __future__ import annotations

import pytest

from core.cases.automatic import automatic_command
from core.regulations.loader import load_pack
from tests.core.cases.bench import SYSTEM, Bench, agencies_of, pack_of, staff
from tests.core.regulations.desk import DISTRIBUTOR, RECEPTIONIST

NEW = "tien_giang_2025"


def accepted(**report: object) -> Bench:
    bench = Bench(NEW).receive(**{"category": "transport", **report})
    bench.do(RECEPTIONIST, "accept")
    return bench


@pytest.mark.rule("VN-10", "TG-1.2")
def test_the_variant_names_the_new_province_and_keeps_the_steps() -> None:
    """Stages, clocks and people as they were; no district may be sent anything."""
    old, new = pack_of("tien_giang"), load_pack(NEW)

    assert (new.meta.place, new.meta.variant_of, new.meta.in_force_until) == ("Đồng Tháp", "tien_giang", None)
    assert (old.moves.keys(), old.stages, old.joins, old.roles) == (new.moves.keys(), new.stages, new.joins, new.roles)
    assert old.clocks == new.clocks
    kinds = {kind for move in new.moves.values() for kind in move.target.kinds}
    assert kinds == {"department", "commune", "central_body", "enterprise", "province"}
    assert old.ref != new.ref


@pytest.mark.rule("TG-P1.II.4b", "VN-10")
def test_a_commune_escalates_straight_to_the_province() -> None:
    """xã → tỉnh."""
    bench = accepted()
    bench.do(DISTRIBUTOR, "dispatch", agencies=["cty_moi_truong_vam_nam"])
    bench.do(staff("manager", "xa_vam_nam"), "escalate", reason="Doanh nghiệp không xử lý")
    bench.do(staff("officer", "xa_vam_nam"), "escalate", reason="Xã không có quyền yêu cầu")

    assert [(item.agency_id, item.stage) for item in bench.it.dispatches] == [
        ("cty_moi_truong_vam_nam", "escalated"),
        ("xa_vam_nam", "escalated"),
        ("ubnd_dong_thap", "distributed"),
    ]


@pytest.mark.rule("VN-10")
@pytest.mark.parametrize(
    ("gone", "heirs"),
    [
        ("huyen_cua_nam", "UBND xã Vàm Nam, UBND xã Cù Lao Sen"),
        ("xa_vam_sen", "UBND xã Vàm Nam"),
        ("so_giao_thong", "Sở Xây dựng"),
    ],
)
def test_an_agency_that_is_gone_names_those_that_took_over(gone: str, heirs: str) -> None:
    """Searchable, and never sent to."""
    bench = accepted()
    assert gone in agencies_of(NEW)

    assert f"nơi tiếp nhận hiện nay: {heirs}." in bench.refused(DISTRIBUTOR, "dispatch", agencies=[gone]).text_vi


@pytest.mark.rule("VN-11", "TG-P1.II.3a")
@pytest.mark.parametrize(
    ("category", "agency"),
    [
        ("transport", "so_xay_dung"),
        ("information", "so_khoa_hoc"),
        ("environment", "so_moi_truong"),
        ("trade", "so_cong_thuong_dt"),
        ("culture", "so_van_hoa_dt"),
    ],
)
def test_sectors_reach_the_departments_of_today(category: str, agency: str) -> None:
    """Configured with the old ones, followed to those that took over."""
    bench = accepted(category=category)

    command = automatic_command(bench.ctx(SYSTEM), bench.it)

    assert command is not None
    assert command.model_dump()["agencies"] == (agency,)
