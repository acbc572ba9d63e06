"""Quảng Bình with another reading chosen, and the proposal for two tiers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.cases.bench import Bench, agencies_of, pack_of, staff
from tests.core.regulations.desk import DISTRIBUTOR, RECEPTIONIST
from tests.core.regulations.limits import with_option
from tests.core.regulations.qb_states import FOCAL, received, waiting_reporter


def with_choice(tmp_path: Path, reading: str, choice: str) -> Bench:
    bench = with_option(Bench("quang_binh"), tmp_path, "readings: {" + reading + ": {choice: " + choice + "}}\n")
    return bench


@pytest.mark.rule("A-QB-2")
def test_the_hour_may_run_on_while_waiting(tmp_path: Path) -> None:
    """Pausing is a reading; the other one is a line in a deployment's own pack."""
    bench = with_choice(tmp_path, "A-QB-2", "run_on").receive()

    bench.do(RECEPTIONIST, "request_supplement", fields=["place"])

    assert bench.it.clocks["intake"].state == "running"
    assert waiting_reporter().it.clocks["intake"].state == "paused"


@pytest.mark.rule("A-QB-4")
def test_the_five_days_may_count_from_acceptance(tmp_path: Path) -> None:
    """Also when it comes late."""
    bench = with_choice(tmp_path, "A-QB-4", "accepted").until("2026-11-20 14:00").receive()
    bench.then(RECEPTIONIST, "accept").then(DISTRIBUTOR, "dispatch", agencies=["so_xay_dung"])

    bench.until("2026-11-23 08:00").do(FOCAL, "accept_dispatch")

    assert bench.due("processing:d1") == "2026-12-01 17:30:00"


@pytest.mark.rule("A-QB-5")
def test_six_sharp_may_belong_to_the_night(tmp_path: Path) -> None:
    """Then 07:00:00 is late, one second later it is by day."""
    bench = with_choice(tmp_path, "A-QB-5", "night").until("2026-11-20 06:00:00").receive()
    assert bench.it.clocks["intake"].has_run_out(bench.until("2026-11-20 07:00:00").now)

    shipped = received("2026-11-20 06:00:00")
    assert not shipped.it.clocks["intake"].has_run_out(shipped.until("2026-11-20 07:00:00").now)


@pytest.mark.rule("A-QB-10")
def test_road_safety_may_go_to_the_roads_first(tmp_path: Path) -> None:
    """Default Công an tỉnh, the other one offered; turned round by choice."""
    bench = with_choice(tmp_path, "A-QB-10", "transport_first")

    assert bench.pack.intake.categories["traffic_order"].agencies == ("so_giao_thong", "cong_an_tinh")
    assert pack_of("quang_binh").intake.categories["traffic_order"].agencies == ("cong_an_tinh", "so_giao_thong")


@pytest.mark.rule(
    "A-QB-1",
    "A-QB-2",
    "A-QB-3",
    "A-QB-4",
    "A-QB-5",
    "A-QB-6",
    "A-QB-7",
    "A-QB-8",
    "A-QB-9",
    "A-QB-10",
    "A-0",
    "A-1",
    "A-2",
)
def test_every_reading_is_written_down_with_its_choice() -> None:
    """Nothing that the text leaves open is decided in silence."""
    readings = pack_of("quang_binh").readings

    assert {f"A-QB-{n}" for n in range(1, 11)} | {f"A-{n}" for n in range(9)} == readings.keys()
    assert {name: item.choice for name, item in readings.items() if item.options} == {
        "A-0": "civil",
        "A-QB-2": "pause",
        "A-QB-4": "earliest",
        "A-QB-5": "day",
        "A-QB-10": "police_first",
    }


TWO_TIERS = "quang_binh_2025"


@pytest.mark.rule("VN-10", "VN-11", "QB-IV.1.1a.2b")
def test_two_tiers_make_communes_focal_agencies_themselves() -> None:
    """No district can be sent anything; the ward's own unit leads."""
    bench = Bench(TWO_TIERS).receive().then(RECEPTIONIST, "accept")
    assert bench.refused(DISTRIBUTOR, "dispatch", agencies=["ubnd_dong_hoi"]).code == "data_invalid"
    bench.do(DISTRIBUTOR, "dispatch", agencies=["phuong_dong_hoi"])
    ward, unit = staff("focal", "phuong_dong_hoi"), staff("unit_leader", "dong_hoi_kinh_te")

    bench.then(ward, "accept_dispatch").then(ward, "assign_unit", unit="dong_hoi_kinh_te")
    bench.do(unit, "accept_dispatch")

    assert bench.it.dispatch("d1").unit_id == "dong_hoi_kinh_te"
    assert "Trung tâm Phục vụ hành chính công" in bench.pack.roles["focal"].label


@pytest.mark.rule("VN-10")
def test_the_two_tier_variant_changes_whom_not_how() -> None:
    """The same clocks, stages and commands; other kinds of agencies, no pilot area, another authority on the letter."""
    old, new = pack_of("quang_binh"), pack_of(TWO_TIERS)

    assert (old.clocks, old.stages, old.readings) == (new.clocks, new.stages, new.readings)
    assert old.moves.keys() == new.moves.keys()
    assert {name for name, move in new.moves.items() if "district" in move.target.kinds} == set()
    changed = {name for name, move in new.moves.items() if move != old.moves[name]}
    assert changed == {"consult", "decide_lead", "settle_deadlock", "dispatch", "request_coordination"}
    assert (new.meta.variant_of, new.meta.in_force_until, new.letter.authority) == (
        "quang_binh",
        None,
        "UBND TỈNH QUẢNG TRỊ",
    )
    assert (old.intake.pilot_communes, new.intake.pilot_communes) == (("91001", "91002", "91003"), ())
    assert agencies_of(TWO_TIERS).is_active("phuong_dong_hoi")
