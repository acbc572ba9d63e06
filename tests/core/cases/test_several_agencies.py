"""Several agencies at once, under Tiền Giang: joining, routing, returns, confirmation, deadlock."""

from __future__ import annotations

import pytest

from core.cases.automatic import automatic_command
from core.cases.decide import Actor, Decision
from core.cases.events import ClockStarted
from tests.core.cases.bench import SYSTEM, Bench, at, staff

RECEPTIONIST, DISTRIBUTOR, EDITOR = staff("receptionist"), staff("distributor"), staff("editor")
CULTURE, CULTURE_LEADER = staff("officer", "so_van_hoa"), staff("leader", "so_van_hoa")
ROADS, ROADS_LEADER = staff("officer", "so_giao_thong"), staff("leader", "so_giao_thong")


def accepted(category: str = "culture", now: str = "2026-11-20 09:00") -> Bench:
    bench = Bench("tien_giang", now=at(now)).receive()
    bench.do(RECEPTIONIST, "classify", category=category)
    bench.do(RECEPTIONIST, "accept")
    return bench


def distributed(*agencies: str) -> Bench:
    bench = accepted()
    bench.do(DISTRIBUTOR, "dispatch", agencies=list(agencies))
    return bench


@pytest.mark.rule("TG-6.1b.2", "A-TG-9")
def test_the_answer_waits_until_every_agency_has_approved() -> None:
    """One or several agencies; complete when each of their tasks is."""
    bench = distributed("so_van_hoa", "so_giao_thong")
    for officer in (CULTURE, ROADS):
        bench.do(officer, "accept_dispatch")
        bench.do(officer, "submit_result", result="Đã làm")
    bench.do(CULTURE_LEADER, "approve")
    assert bench.stage == "in_progress"

    bench.do(ROADS_LEADER, "approve")

    assert bench.stage == "awaiting_publication"
    assert bench.due("publication") == "2026-11-20 10:00:00"


def test_what_the_form_of_a_distribution_offers_is_not_refused() -> None:
    """An agency that is busy with the case already cannot be chosen a second time; after it gave it back, it can."""
    bench = distributed("so_van_hoa", "so_giao_thong")
    busy = {"so_van_hoa", "so_giao_thong"}
    assert busy.isdisjoint(bench.choices(DISTRIBUTOR, "dispatch", "agencies"))

    bench.do(ROADS, "send_back", reason="Không thuộc thẩm quyền")

    assert busy.intersection(bench.choices(DISTRIBUTOR, "dispatch", "agencies")) == {"so_giao_thong"}
    for agency in bench.choices(DISTRIBUTOR, "dispatch", "agencies"):
        assert isinstance(bench.ask(DISTRIBUTOR, "dispatch", agencies=[agency]), Decision), agency


@pytest.mark.rule("A-TG-9")
def test_an_agency_that_returned_its_part_holds_the_answer_until_somebody_else_has_it() -> None:
    """Redirected parts no longer count; those still waiting for a new agency do."""
    bench = distributed("so_van_hoa", "so_giao_thong")
    bench.do(ROADS, "send_back", reason="Không thuộc thẩm quyền")
    bench.do(CULTURE, "accept_dispatch")
    bench.do(CULTURE, "submit_result", result="Đã làm")
    bench.do(CULTURE_LEADER, "approve")
    assert bench.stage == "in_progress"

    bench.do(DISTRIBUTOR, "dispatch", agencies=["xa_con_dua"])
    ward, chair = staff("officer", "xa_con_dua"), staff("leader", "xa_con_dua")
    bench.do(ward, "accept_dispatch")
    bench.do(ward, "submit_result", result="Đã làm")
    bench.do(chair, "approve")

    assert bench.stage == "awaiting_publication"


@pytest.mark.rule("TG-6.1b.2")
@pytest.mark.parametrize(
    ("agencies", "code"),
    [
        (["so_van_hoa", "so_van_hoa"], "data_invalid"),
        (["so_khong_co"], "data_invalid"),
        (["xa_bai_dua"], "data_invalid"),
    ],
)
def test_distribution_names_agencies_that_are_there_each_once(agencies: list[str], code: str) -> None:
    """An agency that is gone is named together with those that took over."""
    refusal = accepted().refused(DISTRIBUTOR, "dispatch", agencies=agencies)

    assert refusal.code == code
    assert ("xa_bai_dua" not in agencies) or ("UBND xã Cồn Dừa" in refusal.text_vi)


def test_an_agency_that_is_busy_with_the_case_is_not_asked_twice() -> None:
    """Once it has answered it may be."""
    bench = distributed("so_van_hoa")

    assert "Sở Văn hóa" in bench.refused(DISTRIBUTOR, "dispatch", agencies=["so_van_hoa"]).text_vi


@pytest.mark.rule("TG-P1.II.3a", "A-TG-6")
def test_automatic_routing_only_after_a_person_and_only_for_marked_categories() -> None:
    """The system's row of the table, with its condition; by hand it is open to the distributor all the same."""
    bench = Bench("tien_giang").receive(category="transport")
    assert automatic_command(bench.ctx(SYSTEM), bench.it) is None
    bench.do(RECEPTIONIST, "accept")

    command = automatic_command(bench.ctx(SYSTEM), bench.it)

    assert command is not None
    bench.do(SYSTEM, "dispatch", **command.model_dump(include={"agencies"}))
    assert [item.agency_id for item in bench.it.dispatches] == ["so_giao_thong"]
    by_hand = accepted("police")
    assert automatic_command(by_hand.ctx(SYSTEM), by_hand.it) is None
    assert by_hand.refused(SYSTEM, "dispatch", agencies=["cong_an"]).code == "condition_not_met"


@pytest.mark.rule("TG-6.3", "TG-7.4", "A-TG-10", "A-1")
def test_a_return_ends_the_returners_clocks_and_restarts_distribution() -> None:
    """Wrong authority: the step before gets its two hours anew, counted from the return."""
    bench = accepted(now="2026-11-20 09:00")
    assert bench.due("distribution") == "2026-11-20 11:00:00"
    bench.do(DISTRIBUTOR, "dispatch", agencies=["so_van_hoa"])
    assert bench.it.clocks["distribution"].state == "stopped"

    bench.until("2026-11-20 15:00").do(CULTURE, "send_back", reason="Không thuộc thẩm quyền")

    states = {name: clock.state for name, clock in bench.it.clocks.items()}
    assert states == {
        "distribution": "stopped",
        "redistribution:d1": "running",
        "acceptance:d1": "stopped",
        "return_window:d1": "stopped",
        "processing:d1": "stopped",
    }
    assert bench.due("redistribution:d1") == "2026-11-20 17:00:00"


@pytest.mark.rule("TG-7.3", "TG-8.3", "A-2", "A-TG-5")
def test_revision_gives_no_extra_time() -> None:
    """The processing clock runs on with what it had left, the approval clock starts anew at resubmission."""
    bench = distributed("so_van_hoa")  # Friday 20/11; Tuesday 24/11 is a holiday
    bench.do(CULTURE, "accept_dispatch")
    assert bench.due("processing:d1") == "2026-12-01 17:30:00"

    bench.until("2026-11-25 10:00").do(CULTURE, "submit_result", result="Đã làm")
    assert bench.it.clocks["processing:d1"].state == "stopped"
    assert bench.due("approval:d1") == "2026-11-26 17:30:00"

    bench.until("2026-11-26 09:00").do(CULTURE_LEADER, "return_for_revision", reason="Cần ảnh")
    assert bench.due("processing:d1") == "2026-12-02 17:30:00"  # one working day stood still, no day is won
    assert bench.it.clocks["approval:d1"].state == "stopped"

    bench.until("2026-11-27 09:00").do(CULTURE, "submit_result", result="Đã làm, có ảnh")
    assert bench.due("approval:d1") == "2026-11-30 17:30:00"
    started = [event for event in bench.events if isinstance(event, ClockStarted)]
    assert [event.clock_id for event in started].count("approval:d1") == 2


@pytest.mark.rule("A-2")
def test_a_result_submitted_too_late_stays_late_when_it_comes_back() -> None:
    """Resuming a clock that has passed its limit gives no new time and no second alarm."""
    bench = distributed("so_van_hoa")
    bench.do(CULTURE, "accept_dispatch")
    bench.until("2026-12-01 17:30:05")
    bench.fire("processing:d1")
    bench.until("2026-12-02 08:00").do(CULTURE, "submit_result", result="Đã làm")
    assert bench.it.clocks["processing:d1"].late_s == 14 * 3600 + 1800

    bench.until("2026-12-02 09:00").do(CULTURE_LEADER, "return_for_revision", reason="Cần ảnh")

    clock = bench.it.clocks["processing:d1"]
    assert (clock.state, bench.due("processing:d1")) == ("running", "2026-12-01 17:30:00")
    assert clock.breached_at is not None
    assert clock.fires_at is None


@pytest.mark.rule("TG-6.1b.1")
def test_the_distributor_sends_an_inaccurate_report_back_to_the_receptionist() -> None:
    """The same command at another level: `send_back` before anything was distributed."""
    bench = accepted()
    move = next(move for move in bench.moves(DISTRIBUTOR) if move.command == "send_back")
    assert (move.label, move.dispatch_id) == ("Trả lại để xác minh", None)

    bench.do(DISTRIBUTOR, "send_back", reason="Địa điểm không đúng")

    assert bench.stage == "received"


@pytest.mark.rule("TG-P1.II.4a")
def test_an_enterprises_result_is_confirmed_by_those_above_it() -> None:
    """The managing units stand above in the tree; others may not confirm."""
    bench = distributed("cty_cap_nuoc")
    worker, manager = staff("officer", "cty_cap_nuoc"), staff("manager", "huyen_cua_nam")
    bench.do(worker, "accept_dispatch")

    bench.do(worker, "submit_result", result="Đã sửa ống nước")

    assert bench.it.dispatch("d1").stage == "awaiting_confirmation"
    assert bench.refused(staff("manager", "huyen_bac_vam"), "confirm_result").code == "not_your_work"
    bench.do(manager, "confirm_result")
    assert bench.it.dispatch("d1").stage == "awaiting_approval"


@pytest.mark.rule("TG-P1.II.4b")
def test_an_enterprise_that_does_nothing_is_escalated_to_the_level_above() -> None:
    """The old part is closed, a new one opens at the parent, with clocks of its own."""
    bench = distributed("cty_cap_nuoc")

    bench.do(staff("manager", "huyen_cua_nam"), "escalate", reason="Doanh nghiệp không xử lý")

    assert [(item.agency_id, item.stage) for item in bench.it.dispatches] == [
        ("cty_cap_nuoc", "escalated"),
        ("huyen_cua_nam", "distributed"),
    ]
    assert bench.it.clocks["acceptance:d1"].state == "stopped"
    assert bench.it.clocks["acceptance:d2"].state == "running"
    refusal = bench.refused(staff("manager", "huyen_cua_nam"), "escalate", reason="Vẫn không xử lý", dispatch_id="d2")
    assert refusal.http == 403


@pytest.mark.rule("TG-3.7")
def test_a_deadlock_has_an_owner() -> None:
    """Sở TT&TT compiles and reports; it decides who leads."""
    bench = distributed("so_van_hoa", "so_giao_thong")
    bench.do(DISTRIBUTOR, "report_deadlock", reason="Hai sở không thống nhất")
    assert ("owner", "deadlock") in [(task.role, task.stage) for task in bench.tasks()]

    bench.do(staff("owner"), "decide_lead", agency="so_van_hoa")

    assert (bench.stage, bench.it.lead_agency) == ("in_progress", "so_van_hoa")


@pytest.mark.rule("TG-P1.II.3c")
def test_junk_is_the_end_and_can_be_undone() -> None:
    """Marked by mistake, it stands where it stood."""
    bench = Bench("tien_giang").receive()
    bench.do(RECEPTIONIST, "mark_spam", reason="Quảng cáo")
    assert (bench.stage, bench.next_fire) == ("spam", None)
    assert bench.refused(RECEPTIONIST, "mark_spam", reason="Quảng cáo").code == "data_missing"

    bench.do(RECEPTIONIST, "mark_spam", reason="Đánh dấu nhầm", undo=True)

    assert bench.stage == "received"


@pytest.mark.rule("TG-6.3k", "A-TG-4")
def test_an_emergency_is_alarmed_after_ten_minutes_without_a_contact() -> None:
    """At any hour; the contact that is logged stops it."""
    bench = Bench("tien_giang", now=at("2026-11-22 02:00")).receive()
    bench.do(RECEPTIONIST, "raise_emergency", target="n114")
    assert bench.due("contact") == "2026-11-22 02:10:00"

    bench.wait(minutes=9).do(
        DISTRIBUTOR, "hand_over_emergency", target="focal_officer", spoken_to="Trực ban", spoken_at=bench.now
    )

    assert bench.it.clocks["contact"].state == "stopped"


@pytest.mark.rule("TG-10.1", "TG-10.2")
def test_feedback_asks_the_agencies_that_answered_to_clarify() -> None:
    """A rating alone does not."""
    bench = distributed("so_van_hoa")
    bench.do(CULTURE, "accept_dispatch")
    bench.do(CULTURE, "submit_result", result="Đã làm")
    bench.do(CULTURE_LEADER, "approve")
    bench.do(EDITOR, "publish", text="Đã làm xong")
    reporter = Actor.reporter("an")
    bench.do(reporter, "rate", level="dissatisfied")
    assert not bench.tasks()

    bench.do(reporter, "give_feedback", text="Chưa rõ bao giờ xong")

    assert [(task.role, task.agency_id) for task in bench.tasks()] == [("officer", "so_van_hoa")]
    bench.do(CULTURE, "clarify", text="Cuối tháng sẽ xong")
    assert bench.stage == "published"
