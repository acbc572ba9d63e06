"""Quảng Bình, Bước 2 to 6: one focal agency, a lead unit inside it, a start that cannot be put off, coordination."""

from __future__ import annotations

import pytest

from core.cases.decide import Refusal
from core.cases.tasks import UNSET_VI
from tests.core.cases.bench import kinds, staff
from tests.core.regulations.desk import DISTRIBUTOR, RECEPTIONIST
from tests.core.regulations.qb_states import (
    BOARD,
    DONE,
    FOCAL,
    PARTNER,
    UNIT_LEADER,
    UNIT_STAFF,
    accepted,
    back_with_focal,
    coordinating,
    distributed,
    processing,
    received_in_may_2025,
    unit_accepted,
    with_unit,
)
from tests.core.regulations.table import stopped


@pytest.mark.rule("QB-IV.1.1a.2", "QB-IV.1.1a.2b")
@pytest.mark.parametrize(
    ("agencies", "code"),
    [
        (["so_xay_dung", "so_y_te"], "agency_count"),
        (["xd_ha_tang"], "data_invalid"),  # a unit acts under its parent
        (["phuong_dong_hoi"], "data_invalid"),  # so does a commune
        (["ubnd_dong_hoi"], "data_invalid"),  # gone since 01/7/2025
        (["khong_co"], "data_invalid"),
    ],
)
def test_exactly_one_focal_agency_and_no_unit_or_commune(agencies: list[str], code: str) -> None:
    """Subordinate units and communes act under their parent."""
    refusal = accepted().refused(DISTRIBUTOR, "dispatch", agencies=agencies)

    assert (refusal.code, refusal.http) == (code, 422)


@pytest.mark.rule("QB-IV.1.1a.2", "QB-I.1")
@pytest.mark.parametrize(
    ("agency", "kind"),
    [
        ("so_y_te", "department"),
        ("cong_an_tinh", "central_body"),
        ("cty_dien_luc", "enterprise"),
        ("ubnd_bo_trach", "district"),
    ],
)
def test_every_kind_of_focal_agency_of_the_text(agency: str, kind: str) -> None:
    """Provincial bodies, central bodies in the province, enterprises, UBND huyện while there were any."""
    bench = received_in_may_2025().then(RECEPTIONIST, "accept").then(DISTRIBUTOR, "dispatch", agencies=[agency])

    found = bench.agencies.get(agency)
    assert found is not None
    assert (found.kind, bench.it.dispatch("d1").agency_id) == (kind, agency)


@pytest.mark.rule("QB-IV.1.1a.2b", "QB-IV.1.2a.3", "QB-IV.1.2a.4")
def test_a_commune_leads_under_its_district() -> None:
    """The district stays the focal agency, the commune is the đơn vị chủ trì xử lý."""
    bench = (
        received_in_may_2025().then(RECEPTIONIST, "accept").then(DISTRIBUTOR, "dispatch", agencies=["ubnd_dong_hoi"])
    )
    town, ward = staff("focal", "ubnd_dong_hoi"), staff("unit_leader", "phuong_bac_ly")
    bench.do(town, "accept_dispatch")
    assert bench.refused(town, "assign_unit", unit="xa_phong_nha_cu").code == "data_invalid"  # of another district
    bench.do(town, "assign_unit", unit="phuong_bac_ly")
    assert (bench.tasks()[0].agency_id, bench.tasks()[0].role) == ("phuong_bac_ly", "unit_leader")

    bench.do(ward, "accept_dispatch")
    bench.do(ward, "assign_staff", staff="u-7")

    assert (bench.it.dispatch("d1").agency_id, bench.it.dispatch("d1").unit_id) == ("ubnd_dong_hoi", "phuong_bac_ly")
    assert bench.tasks()[0].staff_id == "u-7"


@pytest.mark.rule("QB-IV.1.1a.2b", "QB-IV.1.2a.3")
def test_a_focal_agency_may_lead_itself() -> None:
    """Then its own leader accepts and assigns."""
    bench = distributed().then(FOCAL, "accept_dispatch").then(FOCAL, "assign_unit", unit="so_xay_dung")

    bench.do(staff("unit_leader", "so_xay_dung"), "accept_dispatch")

    assert bench.it.dispatch("d1").stage == "unit_accepted"


@pytest.mark.rule("QB-IV.1.1a.2b", "QB-IV.1.2a.3")
def test_an_agency_without_a_unit_below_it_leads_itself_to_the_answer() -> None:
    """Its form offers itself and nobody else, and every step up to the approval is open to its own people."""
    focal, leader, officer = (staff(role, "fpt") for role in ("focal", "unit_leader", "unit_staff"))
    bench = accepted().then(DISTRIBUTOR, "dispatch", agencies=["fpt"]).then(focal, "accept_dispatch")
    assert bench.choices(focal, "assign_unit", "unit") == ["fpt"]

    bench.then(focal, "assign_unit", unit="fpt").then(leader, "accept_dispatch").then(
        leader, "assign_staff", staff=officer.id
    ).then(officer, "submit_result", **DONE).then(leader, "approve")

    assert (bench.stage, bench.it.dispatch("d1").stage) == ("awaiting_publication", "approved")


@pytest.mark.rule("QB-IV.1.2a.5")
def test_nobody_is_offered_their_own_agency_for_help() -> None:
    """Neither the focal agency nor the unit that leads: both would be refused."""
    bench = processing()
    part, helpers = bench.it.dispatch("d1"), bench.choices(UNIT_LEADER, "request_coordination", "agency")

    assert "so_y_te" in helpers
    assert {part.agency_id, part.unit_id}.isdisjoint(helpers)


@pytest.mark.rule("QB-IV.1.2a.3")
@pytest.mark.parametrize(
    ("sent", "assigned", "late_s"),
    [
        ("2026-11-20 22:30:00", "2026-11-23 08:29:59", 0),  # Friday night: from Monday morning
        ("2026-11-20 22:30:00", "2026-11-23 08:30:00", 0),
        ("2026-11-20 22:30:00", "2026-11-23 08:30:01", 1),
        ("2026-11-20 11:00:00", "2026-11-20 14:00:00", 0),  # over lunch
        ("2026-11-20 11:00:00", "2026-11-20 14:00:01", 1),
    ],
)
def test_the_focal_agency_accepts_and_assigns_within_a_working_hour(sent: str, assigned: str, late_s: int) -> None:
    """Both acts of Bước 3 inside the one hour."""
    bench = distributed(sent).until(assigned)
    bench.do(FOCAL, "accept_dispatch")

    decision = bench.do(FOCAL, "assign_unit", unit="xd_ha_tang")

    assert stopped(decision.events, "focal_accept:d1").late_s == late_s


@pytest.mark.rule("QB-IV.1.2a.3r", "QB-IV.1.2a.4", "A-1")
def test_each_level_may_return_it_one_step() -> None:
    """The unit to the focal agency, which redoes Bước 3 in a new hour; that one to the IOC, which redoes Bước 2."""
    bench = back_with_focal("2026-11-20 09:00")
    assert (bench.it.dispatch("d1").stage, bench.stage) == ("back_with_focal", "in_progress")
    assert bench.it.dispatch("d1").unit_id is None
    assert bench.due("focal_accept:d1") == "2026-11-20 10:00:00"
    bench.do(FOCAL, "assign_unit", unit="xd_thanh_tra")
    other = staff("unit_leader", "xd_thanh_tra")
    bench.until("2026-11-20 10:30").do(other, "send_back", reason="Không phải việc của đội")
    assert bench.due("focal_accept:d1") == "2026-11-20 11:30:00"
    assert bench.it.clocks["processing:d1"].state == "running"  # the five days do not begin again

    bench.until("2026-11-20 11:00").do(FOCAL, "send_back", reason="Không thuộc Sở")

    assert (bench.it.dispatch("d1").stage, bench.stage) == ("sent_back", "accepted")
    assert bench.due("intake") == "2026-11-20 12:00:00"
    assert {clock.id for clock in bench.it.running()} == {"intake"}


@pytest.mark.rule("QB-IV.1.2a.3r", "QB-IV.1.2a.4", "QB-IV.1.2a.5")
def test_every_return_needs_its_reason() -> None:
    """The button reads "Từ chối"; without words the command is not even a command."""
    for bench, actor in ((distributed(), FOCAL), (with_unit(), UNIT_LEADER)):
        move = next(move for move in bench.moves(actor) if move.command == "send_back")
        assert move.label == "Từ chối"
        assert [field.name for field in move.form if field.required] == ["reason"]
        with pytest.raises(ValueError, match="reason"):
            bench.command("send_back")


@pytest.mark.rule("A-QB-4", "QB-IV.1.2b")
@pytest.mark.parametrize(
    ("accepted_at", "start"),
    [
        ("2026-11-20 14:20", "2026-11-20T14:20:00+07:00"),  # early: from acceptance
        ("2026-11-20 15:00", "2026-11-20T15:00:00+07:00"),
        ("2026-11-23 08:00", "2026-11-20T15:00:00+07:00"),  # late: from distribution + 1wh all the same
    ],
)
def test_late_acceptance_does_not_lengthen_the_five_days(accepted_at: str, start: str) -> None:
    """start = min(accepted, distributed + 1wh)."""
    bench = distributed("2026-11-20 14:00")

    bench.until(accepted_at).do(FOCAL, "accept_dispatch")

    assert bench.it.clocks["processing:d1"].clock.started_at.isoformat() == start
    assert bench.due("processing:d1") == "2026-11-30 17:30:00"


@pytest.mark.rule("A-QB-4")
def test_the_five_days_run_although_nobody_accepts() -> None:
    """The breach of the hour starts them."""
    bench = distributed("2026-11-20 14:00")

    decision = bench.until("2026-11-20 15:00:01").fire("focal_accept:d1")

    assert not isinstance(decision, Refusal)
    assert kinds(decision.events) == ["clock_breached", "clock_started"]
    assert bench.due("processing:d1") == "2026-11-30 17:30:00"


@pytest.mark.rule("QB-IV.1.2b", "U-3")
@pytest.mark.parametrize(
    ("done", "late_s"), [("2026-11-26 17:29:59", 0), ("2026-11-26 17:30:00", 0), ("2026-11-26 17:30:01", 1)]
)
def test_processing_takes_five_working_days(done: str, late_s: int) -> None:
    """From Wednesday 18/11 14:00 over the holiday of 24/11 to Thursday 26/11."""
    bench = processing("2026-11-18 14:00")
    assert bench.due("processing:d1") == "2026-11-26 17:30:00"

    decision = bench.until(done).do(UNIT_STAFF, "submit_result", **DONE)

    assert stopped(decision.events, "processing:d1").late_s == late_s


@pytest.mark.rule("QB-IV.1.2a.5", "A-QB-9")
def test_coordination_is_asked_for_accepted_supplied_or_refused() -> None:
    """The lead unit's clock is not touched by any of it."""
    bench = processing()
    before = bench.it.clocks["processing:d1"]
    for agency in ("so_y_te", "cong_an_tinh"):
        bench.do(UNIT_LEADER, "request_coordination", agency=agency, ask="Cung cấp hồ sơ", files=["cv-1"])
    health, police = staff("partner", "so_y_te"), staff("partner", "cong_an_tinh")
    assert [task.coordination_id for task in bench.tasks() if task.role == "partner"] == ["k1", "k2"]

    bench.do(health, "accept_coordination", staff="u-9")
    bench.do(health, "supply_information", information="Hồ sơ kèm theo", files=["hs-1"])
    bench.do(police, "refuse_coordination", reason="Không lưu hồ sơ này")

    assert [item.stage for item in bench.it.coordinations] == ["supplied", "refused"]
    assert (bench.it.coordinations[0].staff_id, bench.it.coordinations[1].refusal is not None) == ("u-9", True)
    assert bench.it.clocks["processing:d1"] == before
    assert {"cv-1", "hs-1"} <= bench.it.evidence
    assert bench.refused(police, "supply_information", information="x").http == 409
    own = bench.refused(UNIT_LEADER, "request_coordination", agency="xd_ha_tang", ask="Tự hỏi")
    assert own.code == "data_invalid"


@pytest.mark.rule("QB-IV.1.2a.5", "QB-II.2i")
def test_help_for_a_part_that_was_taken_back_is_wanted_no_more() -> None:
    """The partner has neither a task nor a button; a refusal says why."""
    bench = coordinating().then(DISTRIBUTOR, "report_deadlock", reason="Không thống nhất")
    assert bench.names(PARTNER) == {"accept_coordination", "refuse_coordination"}

    bench.do(BOARD, "decide_lead", agency="cong_an_tinh")

    assert not bench.moves(PARTNER)
    assert "partner" not in {task.role for task in bench.tasks()}
    refusal = bench.refused(PARTNER, "accept_coordination")
    assert (refusal.code, refusal.details["stage"]) == ("stage_not_allowed", "withdrawn")


@pytest.mark.rule("QB-IV.1.2a.6r")
def test_staff_propose_and_their_leader_acts() -> None:
    """Neither proposal moves anything by itself."""
    bench = processing()
    for name in ("propose_coordination", "propose_send_back"):
        decision = bench.do(UNIT_STAFF, name, reason="Vượt khả năng của phòng")
        assert len(decision.events) == 1
    assert bench.it.dispatch("d1").stage == "processing"
    assert bench.refused(UNIT_STAFF, "request_coordination", agency="so_y_te", ask="Hỗ trợ").http == 403

    bench.do(UNIT_LEADER, "send_back", reason="Cán bộ đề xuất trả lại")

    assert bench.it.dispatch("d1").stage == "back_with_focal"


@pytest.mark.rule("QB-IV.1.2a.6")
def test_a_result_comes_with_a_draft_answer_and_evidence() -> None:
    """Required by the pack, optional elsewhere."""
    bench = processing()
    refusal = bench.refused(UNIT_STAFF, "submit_result", result="Đã xong")
    assert (refusal.code, refusal.details["fields"]) == ("data_missing", ("draft_answer",))
    assert "Dự thảo trả lời" in refusal.text_vi

    bench.do(UNIT_STAFF, "submit_result", **DONE, evidence=["anh-2", "vid-1", "vb-3"])

    latest = bench.it.dispatch("d1").latest
    assert latest is not None
    assert latest.evidence == ("anh-2", "vid-1", "vb-3")
    assert latest.draft_answer is not None


@pytest.mark.rule("QB-IV.1.1b.d", "QB-IV.1.2a.3", "QB-IV.1.2b")
def test_every_due_time_names_its_slices_and_its_article() -> None:
    """The hour of Bước 3 over a night and the five days over a holiday, as staff read them."""
    bench = distributed("2026-11-20 17:00")
    assert bench.tasks()[0].explanation == (
        "1 giờ làm việc kể từ 17:00 thứ Sáu 20/11/2026, hạn 08:00 thứ Hai 23/11/2026: tính 30 phút thứ Sáu 20/11, "
        "30 phút thứ Hai 23/11; nghỉ thứ Bảy 21/11 – Chủ nhật 22/11; QĐ phê duyệt Đề án, tháng 5/2022, "
        "Phụ lục, mục IV.1.2b"
    )
    bench.do(FOCAL, "accept_dispatch")
    assert bench.it.clocks["processing:d1"].explanation_vi.endswith("mục IV.1.2b")
    assert "nghỉ" in bench.it.clocks["processing:d1"].explanation_vi
    assert UNSET_VI not in bench.tasks()[0].explanation


@pytest.mark.rule("QB-IV.1.2a.4")
def test_the_units_acceptance_has_no_time_of_its_own() -> None:
    """The five days cover it; the text gives Bước 4 nothing else."""
    bench = with_unit()
    assert "processing:d1" in {clock.id for clock in bench.it.running()}
    assert "focal_accept:d1" not in {clock.id for clock in bench.it.running()}
    bench = unit_accepted()

    bench.do(UNIT_LEADER, "assign_staff", staff="u-7")
    bench.do(UNIT_LEADER, "assign_staff", staff="u-8")

    assert bench.it.dispatch("d1").staff_id == "u-8"
