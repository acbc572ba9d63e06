"""Đắk Lắk without the city: each ward is a focal point, and the IOC distributes again what a ward returns."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.cases.bench import Bench, agencies_of, at, pack_of, staff
from tests.core.regulations.desk import DISTRIBUTOR, EDITOR, RECEPTIONIST
from tests.core.regulations.dl_states import HANDLED
from tests.core.regulations.limits import late, lateness, walk
from tests.core.regulations.table import told
from tests.core.regulations.words import check_pressing

NEW = "dak_lak_2025"
WARD, UNIT = staff("focal", "ubnd_ea_xanh"), staff("unit", "phong_kinh_te")
NEXT_WARD = staff("focal", "ubnd_buon_mai")


def accepted(now: str = "2026-11-23 10:00") -> Bench:
    bench = Bench(NEW, now=at(now)).receive(commune_code="90201")
    bench.do(RECEPTIONIST, "accept")
    return bench


def at_ward(now: str = "2026-11-23 10:00") -> Bench:
    bench = accepted(now)
    bench.do(DISTRIBUTOR, "dispatch", agencies=["ubnd_ea_xanh"])
    return bench


@pytest.mark.rule("VN-10", "DL-II.1.B3", "DL-II.2.2a")
def test_the_variant_sends_to_one_ward_or_commune() -> None:
    """Not to the city, which is gone, nor to two at once, nor to a unit inside one."""
    bench = accepted()
    gone = bench.refused(DISTRIBUTOR, "dispatch", agencies=["ubnd_thanh_pho"])
    assert "UBND phường Ea Xanh" in gone.text_vi
    assert bench.refused(DISTRIBUTOR, "dispatch", agencies=["phong_kinh_te"]).code == "data_invalid"
    assert bench.refused(DISTRIBUTOR, "dispatch", agencies=["ubnd_ea_xanh", "ubnd_buon_mai"]).code == "agency_count"

    bench.do(DISTRIBUTOR, "dispatch", agencies=["ubnd_ea_xanh"])

    assert bench.due("processing:d1") == "2026-11-27 17:30:00"
    assert not agencies_of(NEW).of_kinds(["district"])


@pytest.mark.rule("VN-10", "DL-II.2.2d", "A-1")
@pytest.mark.parametrize("by", [WARD, UNIT])
def test_a_return_goes_to_the_ioc_which_distributes_again(by: Any) -> None:
    """From the focal point or its unit; the IOC's four hours run anew, the returner's clocks end."""
    bench = at_ward()
    if by is UNIT:
        bench.do(WARD, "assign_unit", unit="phong_kinh_te")

    bench.until("2026-11-23 15:30").do(by, "send_back", reason="Thuộc phường bên cạnh")

    assert (bench.stage, bench.it.dispatch("d1").stage) == ("accepted", "sent_back")
    assert bench.due("redistribution") == "2026-11-25 09:30:00"
    assert {bench.it.clocks[name].state for name in ("processing:d1", "return:d1")} == {"stopped"}
    assert told(bench)[-1] == ("distributor", "task_returned")


@pytest.mark.rule("VN-10", "DL-II.2.2d")
@pytest.mark.parametrize("seconds", [-1, 0, 1])
@pytest.mark.parametrize(
    ("fields", "limit"), [({}, "2026-11-25 17:30:00"), ({"field_check": True}, "2026-11-27 17:30:00")]
)
def test_the_return_keeps_its_day_or_three_with_a_field_check(fields: dict[str, Any], limit: str, seconds: int) -> None:
    """On time, at the limit, one second late."""
    bench = at_ward("2026-11-23 10:00").until(limit).wait(seconds=seconds)
    moment = f"{bench.now:%Y-%m-%d %H:%M:%S}"

    assert late(bench, "return:d1", moment, WARD, "send_back", reason="Thuộc nơi khác", **fields) == max(0, seconds)


@pytest.mark.rule("VN-10", "DL-II.2.2d", "DL-II.1t")
@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_the_second_distribution_has_four_working_hours(seconds: int) -> None:
    """To the ward that is competent; what was returned is redirected, and the case has one part at work."""
    bench = at_ward("2026-11-23 10:00")
    bench.until("2026-11-23 15:30").do(WARD, "send_back", reason="Sai địa bàn")
    bench.until("2026-11-25 09:30:00").wait(seconds=seconds)
    moment = f"{bench.now:%Y-%m-%d %H:%M:%S}"

    assert late(bench, "redistribution", moment, DISTRIBUTOR, "dispatch", agencies=["ubnd_buon_mai"]) == max(0, seconds)
    assert [item.stage for item in bench.it.dispatches] == ["redirected", "with_focal"]


@pytest.mark.rule("VN-10", "DL-II.2.1.B2", "DL-II.2.1.B3", "DL-II.2.3a")
def test_the_straight_way_of_the_variant() -> None:
    """Ward, its unit, the IOC's answer; nobody late."""
    bench = at_ward()
    bench.do(WARD, "assign_unit", unit="phong_kinh_te")
    assert bench.refused(WARD, "assign_unit", unit="phong_hoa_ca_phe").http in (403, 409, 422)
    bench.do(UNIT, "submit_result", handled_at=HANDLED, result="Đã vá")
    bench.do(EDITOR, "publish", text="Đã vá xong.")

    assert (bench.stage, lateness(bench)) == ("answered", {})


@pytest.mark.rule("VN-10", "DL-II.1t", "DL-II.2.2c", "DL-II.2.2d", "DL-II.2.3b", "DL-II.2.3c.3")
def test_the_longest_lawful_way_of_the_variant() -> None:
    """`4wh → 3wd → 4wh → 3wd → 4wh → date → 4wh`: returned after a field check, every limit used up, nobody late."""
    bench = walk(
        Bench(NEW, now=at("2026-11-23 15:30")).receive(commune_code="90201"),
        ("2026-11-23 16:00", RECEPTIONIST, "accept", {}),
        ("2026-11-23 16:10", RECEPTIONIST, "classify", {"category": "urban_infrastructure", "urgency": "long"}),
        ("2026-11-25 09:30", DISTRIBUTOR, "dispatch", {"agencies": ["ubnd_ea_xanh"]}),
        ("2026-11-30 17:30", WARD, "send_back", {"reason": "Thuộc phường bên cạnh", "field_check": True}),
        ("2026-12-01 11:30", DISTRIBUTOR, "dispatch", {"agencies": ["ubnd_buon_mai"]}),
        ("2026-12-04 17:30", NEXT_WARD, "commit_interim", {"status": "Chờ mùa khô", "promised_date": "2027-01-15"}),
        ("2026-12-07 14:30", EDITOR, "publish", {"text": "Dự kiến xong ngày 15/01/2027."}),
        ("2027-01-15 23:59", NEXT_WARD, "submit_result", {"handled_at": HANDLED, "result": "Đã làm xong"}),
        ("2027-01-18 11:30", EDITOR, "publish", {"text": "Đã làm xong."}),
    )

    assert (bench.stage, lateness(bench)) == ("answered", {})
    assert {
        name: bench.due(name) for name in ("return:d1", "redistribution", "processing:d2", "promise:d2", "answer")
    } == {
        "return:d1": "2026-11-30 17:30:00",
        "redistribution": "2026-12-01 11:30:00",
        "processing:d2": "2026-12-04 17:30:00",
        "promise:d2": "2027-01-16 00:00:00",
        "answer": "2027-01-18 11:30:00",
    }


@pytest.mark.rule("VN-10", "DL-II.1u")
def test_a_letter_goes_to_the_ward() -> None:
    """Two people, then by letter to where it happened."""
    bench = accepted()
    bench.do(RECEPTIONIST, "flag_reputation", reason="Nêu tên")
    bench.do(EDITOR, "confirm_reputation")

    bench.do(DISTRIBUTOR, "send_letter", agency="ubnd_ea_xanh", text="Kính gửi UBND phường")

    assert [item.agency_id for item in bench.it.dispatches] == ["ubnd_ea_xanh"]


@pytest.mark.rule("VN-10", "DL-II.2.1.B1", "DL-II.2.1.B2", "DL-II.2.1.B3", "DL-II.2.2d", "A-DL-5")
def test_what_people_read_of_the_variant_is_as_written() -> None:
    """No city in any of it."""
    pack = pack_of(NEW)
    parts = pack.stages.dispatch

    assert {name: role.label for name, role in pack.roles.items() if name in ("focal", "unit")} == {
        "focal": "Đầu mối tiếp nhận của UBND phường, xã",
        "unit": "Phòng, đơn vị của UBND phường, xã",
    }
    assert pack.stages.case["in_progress"].label == "UBND phường, xã đang xử lý"
    assert {name: (parts[name].label, parts[name].kind, parts[name].owner) for name in ("sent_back", "redirected")} == {
        "sent_back": ("Bị trả lại DAK LAK IOC", "aside", "distributor"),
        "redirected": ("Đã chuyển nơi khác", "closed", ""),
    }
    assert pack.moves["send_back"].by == ("focal", "unit")


@pytest.mark.rule("VN-10", "DL-II.2.2d", "DL-II.1t", "A-1")
def test_the_limits_of_the_variant_press_whom_they_should() -> None:
    """The ward for a return, the IOC's distributor for what comes back."""
    pack = pack_of(NEW)
    day_or_three = {"of": "1wd", "variants": {"field_check": "3wd"}}

    check_pressing(pack, "return", ("window", "focal", day_or_three, (), (), ""))
    check_pressing(pack, "redistribution", ("deadline", "distributor", "4wh", (), ("distributor",), ""))
    assert {name: pack.clocks[name].label for name in ("return", "redistribution")} == {
        "return": "Trả lại DAK LAK IOC",
        "redistribution": "Chuyển lại nơi đúng thẩm quyền",
    }


@pytest.mark.rule("VN-10")
def test_everything_else_is_as_it_was() -> None:
    """Categories, rating, channels, readings; one clock, one join and one notice more."""
    old, new = pack_of("dak_lak"), pack_of(NEW)

    assert (old.intake, old.rating, old.readings, old.publication) == (
        new.intake,
        new.rating,
        new.readings,
        new.publication,
    )
    assert old.moves.keys() == new.moves.keys()
    assert new.clocks.keys() - old.clocks.keys() == {"redistribution"}
    assert new.joins.keys() - old.joins.keys() == {"all_sent_back"}
    assert (new.meta.variant_of, new.meta.in_force_until) == ("dak_lak", None)
