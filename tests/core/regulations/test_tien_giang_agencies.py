"""Tiền Giang: several agencies, returned parts, deadlock, enterprises and their managing units, the way up."""

from __future__ import annotations

import pytest

from tests.core.cases.bench import staff
from tests.core.regulations.desk import DISTRIBUTOR, EDITOR
from tests.core.regulations.tien_giang_states import (
    CHAIR,
    COMMUNE,
    DIRECTOR,
    LEADER,
    OFFICER,
    OWNER,
    PROVINCE,
    WARD,
    WORKER,
    awaiting_confirmation,
    distributed,
)


@pytest.mark.rule("TG-6.1b.2", "A-TG-9")
def test_several_agencies_answer_and_the_centre_merges() -> None:
    """Complete when each is approved, not before; the editor writes the one answer."""
    bench = distributed("so_giao_thong", "so_tai_nguyen", "xa_con_dua")
    others = [(staff("officer", name), staff("leader", name)) for name in ("so_tai_nguyen", "xa_con_dua")]
    for officer, leader in ((OFFICER, LEADER), *others):
        assert bench.stage == "in_progress"
        bench.do(officer, "accept_dispatch")
        bench.do(officer, "submit_result", result="Phần của đơn vị đã xong")
        bench.do(leader, "approve")

    assert bench.stage == "awaiting_publication"
    bench.do(EDITOR, "publish", text="Ba đơn vị đã xử lý xong.")
    assert len(bench.it.publications) == 1


@pytest.mark.rule("TG-7.1b.2", "A-TG-9", "A-TG-10")
def test_a_returned_part_holds_the_answer_until_somebody_else_has_it() -> None:
    """Redirected, it no longer counts."""
    bench = distributed("so_giao_thong", "so_tai_nguyen")
    bench.do(staff("officer", "so_tai_nguyen"), "send_back", reason="Không thuộc thẩm quyền")
    bench.do(OFFICER, "accept_dispatch")
    bench.do(OFFICER, "submit_result", result="Đã làm")
    bench.do(LEADER, "approve")
    assert [(task.role, task.dispatch_id) for task in bench.tasks()] == [("distributor", "d2")]

    bench.do(DISTRIBUTOR, "dispatch", agencies=["xa_con_dua"])
    assert [item.stage for item in bench.it.dispatches] == ["approved", "redirected", "distributed"]
    assert bench.it.clocks["redistribution:d2"].state == "stopped"


@pytest.mark.rule("TG-3.7", "A-TG-9")
def test_a_deadlock_is_the_system_owners_to_report_and_ends_with_a_lead() -> None:
    """Compiled by the owner, put before UBND tỉnh; what was returned is the lead's."""
    bench = distributed("so_giao_thong", "so_tai_nguyen")
    bench.do(staff("officer", "so_tai_nguyen"), "send_back", reason="Việc của sở kia")
    bench.do(DISTRIBUTOR, "report_deadlock", reason="Hai sở không thống nhất")
    assert ("owner", "deadlock") in [(task.role, task.stage) for task in bench.tasks()]

    bench.do(OWNER, "refer_to_board", reason="Đề nghị UBND tỉnh chỉ định đơn vị chủ trì")
    bench.do(PROVINCE, "decide_lead", agency="so_giao_thong")

    assert (bench.stage, bench.it.lead_agency, bench.it.board_asked) == ("in_progress", "so_giao_thong", True)
    assert [item.stage for item in bench.it.dispatches] == ["distributed", "redirected"]
    bench.do(OFFICER, "accept_dispatch")
    bench.do(OFFICER, "submit_result", result="Đã làm")
    bench.do(LEADER, "approve")
    assert bench.stage == "awaiting_publication"


@pytest.mark.rule("TG-3.7")
def test_a_lead_named_when_everybody_has_returned_is_the_distributors_turn() -> None:
    """No case without work: it waits to be distributed, to the lead at least."""
    bench = distributed("so_giao_thong")
    bench.do(OFFICER, "send_back", reason="Không thuộc thẩm quyền")
    bench.do(DISTRIBUTOR, "report_deadlock", reason="Không ai nhận")

    bench.do(OWNER, "decide_lead", agency="so_tai_nguyen")

    assert [(task.role, task.stage) for task in bench.tasks()] == [("distributor", "accepted")]
    assert bench.refused(DISTRIBUTOR, "dispatch", agencies=["cong_an"]).code == "data_invalid"
    bench.do(DISTRIBUTOR, "dispatch", agencies=["so_tai_nguyen"])
    assert bench.stage == "in_progress"


@pytest.mark.rule("TG-P1.II.4a")
def test_an_enterprises_result_is_confirmed_by_the_units_that_manage_it() -> None:
    """One is enough for the next step; the others may confirm as well, nobody twice."""
    bench = awaiting_confirmation()
    assert bench.refused(DIRECTOR, "approve").code == "stage_not_allowed"
    bench.do(COMMUNE, "confirm_result", note="Đã kiểm tra tại chỗ")
    assert bench.it.dispatch("d1").stage == "awaiting_approval"
    assert bench.refused(COMMUNE, "confirm_result").code == "second_person_needed"

    bench.do(staff("manager", "huyen_cua_nam"), "confirm_result")
    bench.do(DIRECTOR, "approve")

    confirmed = [event.by.agency_id for event in bench.events if event.kind == "result_confirmed"]
    assert confirmed == ["xa_vam_sen", "huyen_cua_nam"]
    assert bench.stage == "awaiting_publication"


@pytest.mark.rule("TG-P1.II.4a", "A-2")
def test_a_result_that_is_not_confirmed_goes_back_to_the_enterprise() -> None:
    """With a reason; its processing time runs on with what was left."""
    bench = awaiting_confirmation()
    bench.do(COMMUNE, "return_for_revision", reason="Rác vẫn còn")

    assert bench.it.dispatch("d1").stage == "processing"
    assert (bench.it.clocks["processing:d1"].state, bench.it.clocks["approval:d1"].state) == ("running", "stopped")
    bench.do(WORKER, "submit_result", result="Đã dọn hết")
    assert bench.it.dispatch("d1").stage == "awaiting_confirmation"


@pytest.mark.rule("TG-P1.II.4b")
def test_what_an_enterprise_does_not_do_climbs_from_commune_to_district_to_province() -> None:
    """Each level that lacks the power passes it to the next; every part has clocks of its own."""
    bench = distributed("cty_moi_truong")
    bench.do(COMMUNE, "escalate", reason="Doanh nghiệp không xử lý")
    bench.do(WARD, "escalate", reason="Xã không có quyền yêu cầu")
    bench.do(staff("leader", "huyen_cua_nam"), "escalate", reason="Vượt thẩm quyền huyện")

    assert [(item.agency_id, item.stage) for item in bench.it.dispatches] == [
        ("cty_moi_truong", "escalated"),
        ("xa_vam_sen", "escalated"),
        ("huyen_cua_nam", "escalated"),
        ("ubnd_tinh", "distributed"),
    ]
    states = {name: clock.state for name, clock in bench.it.clocks.items() if name.startswith("processing")}
    assert states == {f"processing:d{n}": "stopped" for n in (1, 2, 3)} | {"processing:d4": "running"}
    top = staff("officer", "ubnd_tinh")
    assert bench.refused(top, "escalate", reason="Lên nữa").code == "condition_not_met"
    bench.do(top, "accept_dispatch")
    bench.do(top, "submit_result", result="Đã yêu cầu doanh nghiệp dọn xong")
    bench.do(staff("leader", "ubnd_tinh"), "approve")
    assert bench.stage == "awaiting_publication"


@pytest.mark.rule("TG-P1.II.4b", "TG-7.1b.2")
def test_a_commune_may_also_return_what_is_not_its_own() -> None:
    """Up the levels, or back to the Centre."""
    bench = distributed("xa_vam_sen")
    assert {"escalate", "send_back"} <= bench.names(WARD)
    assert "escalate" in bench.names(CHAIR)

    bench.do(WARD, "send_back", reason="Ngoài địa bàn xã")

    assert bench.it.dispatch("d1").stage == "sent_back"
    assert distributed().refused(OFFICER, "escalate", reason="Lên tỉnh").code == "condition_not_met"
