"""Lạng Sơn without districts: the commune passes straight to the IOC, in one day, or two working days with a check."""

from __future__ import annotations

from typing import Any

import pytest

from core.cases.events import ClockRecomputed
from tests.core.cases.bench import Bench, agencies_of, at, pack_of, staff
from tests.core.regulations.desk import DISTRIBUTOR, EDITOR, RECEPTIONIST
from tests.core.regulations.limits import late, lateness
from tests.core.regulations.ls_states import BOARD, CHAIR, OFFICE
from tests.core.regulations.words import check_pressing

NEW = "lang_son_2025"


def at_commune(now: str = "2026-11-20 10:00") -> Bench:
    bench = Bench(NEW, now=at(now)).receive(commune_code="90101")
    bench.do(RECEPTIONIST, "accept")
    bench.do(DISTRIBUTOR, "dispatch", agencies=["ubnd_hoa_dao"])
    return bench


@pytest.mark.rule("VN-10", "LS-7.4b")
def test_the_variant_has_no_district_step_left() -> None:
    """One row and one clock fewer, no move that names a district, no district at work."""
    old, new = pack_of("lang_son"), pack_of(NEW)

    assert old.moves.keys() - new.moves.keys() == {"escalate_to_ioc"}
    assert old.clocks.keys() - new.clocks.keys() == {"pass_on"}
    assert not any("district" in move.target.kinds for move in new.moves.values())
    assert (new.meta.variant_of, new.meta.in_force_until, old.ref != new.ref) == ("lang_son", None, True)
    assert not agencies_of(NEW).of_kinds(["district"])
    assert (old.stages.case, old.intake, old.rating) == (new.stages.case, new.intake, new.rating)


@pytest.mark.rule("VN-10", "LS-7.3b", "LS-7.4b")
@pytest.mark.parametrize("seconds", [-1, 0, 1])
@pytest.mark.parametrize(
    ("fields", "limit"), [({}, "2026-11-24 00:00:00"), ({"field_check": True}, "2026-11-25 17:30:00")]
)
def test_the_commune_passes_straight_to_the_ioc(fields: dict[str, Any], limit: str, seconds: int) -> None:
    """On time, at the limit, one second late; `1d`, and `2wd` when somebody went to look."""
    bench = at_commune("2026-11-20 10:00").until(limit).wait(seconds=seconds)
    moment = f"{bench.now:%Y-%m-%d %H:%M:%S}"

    assert late(bench, "pass_up:d1", moment, CHAIR, "escalate", reason="Vượt thẩm quyền", **fields) == max(0, seconds)
    assert (bench.stage, [item.stage for item in bench.it.dispatches]) == ("at_ioc", ["escalated"])
    assert any(isinstance(event, ClockRecomputed) for event in bench.events) is bool(fields)


@pytest.mark.rule("VN-10", "LS-7.3b", "LS-7.4b", "LS-7.3a.1", "LS-14.1", "A-LS-3")
def test_what_people_read_of_the_variant_is_as_written() -> None:
    """No district in any of it."""
    pack = pack_of(NEW)
    day_or_two = {"of": "1d", "variants": {"field_check": "2wd"}}

    assert pack.roles["leader"].label == "Lãnh đạo UBND cấp xã"
    assert (pack.stages.dispatch["escalated"].label, pack.stages.dispatch["escalated"].kind) == (
        "Đã chuyển Trung tâm IOC",
        "closed",
    )
    assert pack.clocks["pass_up"].label == "Chuyển Trung tâm IOC"
    check_pressing(pack, "pass_up", ("window", "leader", day_or_two, (), ("leader",), ""))


ASKED = ("department", "commune", "central_body", "enterprise")


@pytest.mark.rule("VN-10", "LS-7.5", "LS-4.6", "LS-1.2", "A-LS-5")
def test_who_can_be_asked_and_named_in_the_variant() -> None:
    """Everybody of the text but the districts; the centre may be named as well."""
    kinds = {name: set(move.target.kinds) for name, move in pack_of(NEW).moves.items() if move.target.kinds}

    for name in ("request_coordination_here", "request_coordination", "consult", "consult_in_deadlock"):
        assert kinds[name] == set(ASKED), name
    for name in ("leaders_opinion", "decide_lead"):
        assert kinds[name] == {"centre", *ASKED}, name


@pytest.mark.rule("VN-10", "LS-7.5")
def test_the_longest_way_of_the_variant() -> None:
    """`1h → 2wd → 3wd`: nobody late."""
    bench = at_commune("2026-11-20 09:00")
    bench.until("2026-11-25 17:30").do(CHAIR, "escalate", reason="Phức tạp", field_check=True)
    bench.until("2026-11-26 09:00").do(EDITOR, "refer_to_board", reason="Xin ý kiến")
    bench.do(BOARD, "decide_lead", agency="so_xay_dung", note="Giao Sở")
    bench.until("2026-11-30 17:30").do(EDITOR, "publish", text="Đã sửa")

    assert (bench.stage, lateness(bench)) == ("published", {})


@pytest.mark.rule("VN-10", "VN-11")
@pytest.mark.parametrize(
    ("gone", "heirs"),
    [
        ("so_giao_thong", "Sở Xây dựng"),
        ("so_thong_tin", "Sở Khoa học và Công nghệ"),
        ("ubnd_nui_mau", "UBND phường Cửa Đông"),
    ],
)
def test_an_agency_that_is_gone_names_those_that_took_over(gone: str, heirs: str) -> None:
    """Searchable, and never asked."""
    bench = at_commune()

    refusal = bench.refused(CHAIR, "request_coordination", agency=gone, ask="Phối hợp")

    assert f"nơi tiếp nhận hiện nay: {heirs}." in refusal.text_vi


@pytest.mark.rule("VN-10", "LS-4.6")
def test_a_deadlock_of_communes_comes_to_the_office_as_before() -> None:
    """The province's office leads."""
    bench = at_commune()
    bench.do(CHAIR, "report_deadlock", reason="Hai xã không thống nhất")
    bench.do(OFFICE, "decide_lead", agency="so_xay_dung", note="Sở chủ trì")

    assert bench.stage == "at_ioc"


@pytest.mark.rule("VN-10")
def test_leaders_of_gone_districts_may_do_nothing() -> None:
    """Nobody above the commune but the IOC."""
    assert not at_commune().moves(staff("leader", "ubnd_song_ky"))
