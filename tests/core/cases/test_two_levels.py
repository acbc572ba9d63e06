"""
Quảng Bình's hard rules, ahead of the full pack: windows, the board, the pause for the reporter, two levels inside an
agency, a start that cannot be put off, a promise that stays open, coordination, and cancelling not before two days.
"""

from __future__ import annotations

import pytest

from core.cases.decide import Actor, Refusal
from core.cases.events import AnswerPublished, ClockPaused, ClockRecomputed, ClockResumed
from tests.core.cases.bench import Bench, at, kinds, staff

RECEPTIONIST, DISTRIBUTOR, EDITOR, BOARD = (staff(role) for role in ("receptionist", "distributor", "editor", "board"))
FOCAL, UNIT_LEADER, UNIT_STAFF = (
    staff("focal", "huyen_dong"),
    staff("unit_leader", "ubnd_my_phong"),
    staff("unit_staff", "ubnd_my_phong"),
)
AN = Actor.reporter("an")


def received(now: str = "2026-11-20 09:00", **fields: object) -> Bench:
    return Bench("quang_binh", now=at(now)).receive(**fields)


def distributed(now: str = "2026-11-20 09:00", **fields: object) -> Bench:
    bench = received(now, **fields)
    bench.do(RECEPTIONIST, "accept")
    bench.do(DISTRIBUTOR, "dispatch", agencies=["huyen_dong"])
    return bench


def processing(now: str = "2026-11-20 09:00", **fields: object) -> Bench:
    bench = distributed(now, **fields)
    bench.do(FOCAL, "accept_dispatch")
    bench.do(FOCAL, "assign_unit", unit="ubnd_my_phong")
    bench.do(UNIT_LEADER, "accept_dispatch")
    bench.do(UNIT_LEADER, "assign_staff", staff="u-7")
    return bench


@pytest.mark.rule("QB-IV.1.1b.d", "QB-IV.1.1b.n", "A-QB-5")
@pytest.mark.parametrize(
    ("arrival", "due"),
    [
        ("2026-11-20 22:00:00", "2026-11-20 23:00:00"),
        ("2026-11-20 22:00:01", "2026-11-21 07:00:00"),
        ("2026-11-21 03:10:00", "2026-11-21 07:00:00"),
        ("2026-11-21 05:59:59", "2026-11-21 07:00:00"),
        ("2026-11-21 06:00:00", "2026-11-21 07:00:00"),
    ],
)
def test_windows_by_the_time_of_arrival(arrival: str, due: str) -> None:
    """The day window gives an hour, the night one until before 07:00."""
    assert received(arrival).due("intake") == due


@pytest.mark.rule("QB-IV.1.1b.n", "A-QB-5")
@pytest.mark.parametrize(
    ("arrival", "done", "late"),
    [
        ("2026-11-21 06:00:00", "2026-11-21 07:00:00", False),  # by day: the limit itself is in time
        ("2026-11-21 05:59:59", "2026-11-21 06:59:59", False),
        ("2026-11-21 05:59:59", "2026-11-21 07:00:00", True),  # by night: "before" 07:00
    ],
)
def test_seven_o_clock_is_late_by_night_only(arrival: str, done: str, late: bool) -> None:
    """U-9: at HH:MM:00 it is late."""
    bench = received(arrival).until(done)

    assert bench.it.clocks["intake"].has_run_out(bench.now) is late


@pytest.mark.rule("QB-IV.1.1a.2c", "QB-IV.1.1b.d", "QB-IV.1.1b.n")
@pytest.mark.parametrize(
    ("arrival", "due"),
    [("2026-11-20 21:30:00", "2026-11-20 23:00:00"), ("2026-11-20 23:30:00", "2026-11-21 07:30:00")],
)
def test_asking_the_board_lengthens_the_window_from_the_same_start(arrival: str, due: str) -> None:
    """Via Ban Chỉ đạo 1h30, or before 07:30; the change is an event of its own (U-11)."""
    bench = received(arrival)
    bench.do(RECEPTIONIST, "accept")

    decision = bench.wait(minutes=10).do(DISTRIBUTOR, "refer_to_board", reason="Hai bên đều nhận là của mình")

    assert bench.due("intake") == due
    assert any(isinstance(event, ClockRecomputed) for event in decision.events)
    bench.do(BOARD, "decide_lead", agency="huyen_dong")
    assert bench.refused(DISTRIBUTOR, "dispatch", agencies=["huyen_tay"]).details["lead"] == "huyen_dong"
    bench.do(DISTRIBUTOR, "dispatch", agencies=["huyen_dong"])


@pytest.mark.rule("QB-IV.1.1b.k", "A-QB-8")
def test_an_emergency_has_ten_minutes_until_it_proves_to_be_none() -> None:
    """At any hour; after the downgrade the ordinary window applies from receipt."""
    bench = received("2026-11-22 02:00", urgency="emergency")
    assert bench.due("intake") == "2026-11-22 02:10:00"
    assert isinstance(bench.until("2026-11-22 02:10:00").fire("intake"), Refusal)
    bench.wait(seconds=1).fire("intake")
    assert bench.it.clocks["intake"].breached_at is not None

    bench.do(RECEPTIONIST, "downgrade_emergency", reason="Báo nhầm")

    clock = bench.it.clocks["intake"]
    assert bench.due("intake") == "2026-11-22 07:00:00"
    assert clock.breached_at is None
    assert clock.fires_at == clock.late_from


@pytest.mark.rule("A-QB-2", "QB-IV.1.1a.x4")
def test_waiting_for_the_reporter_pauses_the_hour() -> None:
    """Reason and both times stand in the clock."""
    bench = received("2026-11-20 09:00")
    paused = bench.wait(minutes=40).do(RECEPTIONIST, "request_supplement", fields=["place"])
    assert any(isinstance(event, ClockPaused) for event in paused.events)
    assert bench.it.clocks["intake"].fires_at is None
    assert bench.tasks()[0].stage == "waiting_reporter"

    resumed = bench.until("2026-11-21 10:00").do(AN, "supply_supplement")

    assert any(isinstance(event, ClockResumed) for event in resumed.events)
    assert bench.due("intake") == "2026-11-21 10:20:00"
    past = bench.it.clocks["intake"].clock.past[-1]
    assert (past.state, past.reason) == ("paused", "case/waiting_reporter")


@pytest.mark.rule("QB-IV.1.1a.x3")
def test_an_unreachable_reporter_is_cancelled_not_before_two_days() -> None:
    """The offer comes when the wait is over; the command is refused until then."""
    bench = received("2026-11-19 15:00")
    bench.do(RECEPTIONIST, "log_verification_call", outcome="not_reached")
    assert bench.due("verification_wait") == "2026-11-24 00:00:00"
    assert bench.refused(RECEPTIONIST, "cancel", reason_code="unreachable").code == "too_early"

    early = bench.until("2026-11-24 00:00:00").refused(RECEPTIONIST, "cancel", reason_code="unreachable")
    assert early.code == "too_early"
    bench.until("2026-11-24 00:00:01").fire("verification_wait")

    move = next(move for move in bench.moves(RECEPTIONIST) if move.command == "cancel")
    assert move.offered
    assert "unreachable" in [choice.value for choice in move.form[0].choices]
    bench.do(RECEPTIONIST, "cancel", reason_code="unreachable")
    assert bench.stage == "cancelled"


@pytest.mark.rule("QB-IV.1.1a.x3")
def test_somebody_else_on_the_phone_is_cancelled_at_once() -> None:
    """The second limb has no wait; a reporter who was reached cannot be cancelled so."""
    bench = received()
    bench.do(RECEPTIONIST, "log_verification_call", outcome="reached")
    assert bench.refused(RECEPTIONIST, "cancel", reason_code="not_the_reporter").code == "condition_not_met"
    bench.do(RECEPTIONIST, "log_verification_call", outcome="not_the_reporter")

    bench.do(RECEPTIONIST, "cancel", reason_code="not_the_reporter")

    assert bench.stage == "cancelled"


@pytest.mark.rule("QB-IV.1.1a.2")
@pytest.mark.parametrize("agencies", [["huyen_dong", "huyen_tay"], ["ubnd_my_phong"]])
def test_exactly_one_focal_agency_and_no_commune(agencies: list[str]) -> None:
    """Communes act under their parent."""
    bench = received()
    bench.do(RECEPTIONIST, "accept")

    assert bench.refused(DISTRIBUTOR, "dispatch", agencies=agencies).http == 422


@pytest.mark.rule("QB-IV.1.1a.2b", "QB-IV.1.2a.3", "QB-IV.1.2a.4", "QB-IV.1.2a.3r")
def test_two_levels_inside_the_focal_agency() -> None:
    """The focal agency names the unit that leads; each of them may return it one step."""
    bench = distributed()
    bench.do(FOCAL, "accept_dispatch")
    assert bench.refused(FOCAL, "assign_unit", unit="huyen_tay").code == "data_invalid"
    bench.do(FOCAL, "assign_unit", unit="ubnd_my_phong")
    assert bench.tasks()[0].agency_id == "ubnd_my_phong"
    assert bench.refused(staff("unit_leader", "xa_khac"), "accept_dispatch").code == "not_your_work"

    bench.do(UNIT_LEADER, "send_back", reason="Không phải địa bàn xã")
    assert (bench.it.dispatch("d1").stage, bench.stage) == ("with_focal", "in_progress")
    assert bench.it.dispatch("d1").unit_id is None

    bench.until("2026-11-20 11:00").do(FOCAL, "send_back", reason="Không thuộc huyện")
    assert (bench.it.dispatch("d1").stage, bench.stage) == ("sent_back", "accepted")
    assert bench.due("intake") == "2026-11-20 12:00:00"
    assert bench.it.clocks["processing:d1"].state == "stopped"


@pytest.mark.rule("A-QB-4", "QB-IV.1.2b")
@pytest.mark.parametrize(
    ("accepted", "start"),
    [
        ("2026-11-20 14:20", "2026-11-20T14:20:00+07:00"),  # early: from acceptance
        ("2026-11-20 15:00", "2026-11-20T15:00:00+07:00"),
        ("2026-11-23 08:00", "2026-11-20T15:00:00+07:00"),  # late: from distribution + 1wh all the same
    ],
)
def test_late_acceptance_does_not_lengthen_the_five_days(accepted: str, start: str) -> None:
    """start = min(accepted, distributed + 1wh)."""
    bench = distributed("2026-11-20 14:00")

    bench.until(accepted).do(FOCAL, "accept_dispatch")

    clock = bench.it.clocks["processing:d1"].clock
    assert clock.started_at.isoformat() == start
    assert bench.due("processing:d1") == "2026-11-30 17:30:00"


@pytest.mark.rule("A-QB-4")
def test_the_five_days_run_although_nobody_accepts() -> None:
    """The breach of the hour starts them."""
    bench = distributed("2026-11-20 14:00")

    decision = bench.until("2026-11-20 15:00:01").fire("focal_accept:d1")

    assert not isinstance(decision, Refusal)
    assert kinds(decision.events) == ["clock_breached", "clock_started"]
    assert bench.due("processing:d1") == "2026-11-30 17:30:00"


@pytest.mark.rule("QB-IV.3b", "A-QB-6")
def test_a_promise_is_published_and_stays_open_until_its_date() -> None:
    """An interim answer; the task has the promised day as its limit, then the final answer follows."""
    bench = processing()
    bench.do(UNIT_STAFF, "commit_interim", status="Chờ vật tư", promised_date="2026-12-10", draft_answer="Sẽ xong")
    bench.do(UNIT_LEADER, "approve")
    move = next(move for move in bench.moves(EDITOR) if move.command == "publish")
    assert "A-QB-6" in move.rules

    decision = bench.do(EDITOR, "publish", text="Sẽ xong ngày 10/12")

    assert isinstance(decision.events[0], AnswerPublished)
    assert decision.events[0].interim
    assert (bench.stage, bench.it.dispatch("d1").stage) == ("in_progress", "promised")
    assert bench.due("promise:d1") == "2026-12-11 00:00:00"
    assert bench.tasks()[0].clock_id == "promise:d1"

    bench.until("2026-12-11 00:00:01").fire("promise:d1")
    bench.do(UNIT_STAFF, "submit_result", result="Đã xong", draft_answer="Đã xong")
    bench.do(UNIT_LEADER, "approve")
    bench.do(EDITOR, "publish", text="Đã xong")
    assert bench.stage == "published"
    assert [item.interim for item in bench.it.publications] == [True, False]
    assert bench.it.clocks["promise:d1"].late_s == 1


@pytest.mark.rule("QB-IV.3b")
@pytest.mark.parametrize("day", ["2026-11-20", "2026-11-19"])
def test_a_promise_is_about_a_day_to_come(day: str) -> None:
    """Not today, not yesterday."""
    refusal = processing().refused(
        UNIT_STAFF, "commit_interim", status="Chờ", promised_date=day, draft_answer="Sẽ xong"
    )

    assert refusal.code == "data_invalid"


@pytest.mark.rule("QB-IV.1.2a.6")
def test_a_result_comes_with_a_draft_answer() -> None:
    """Required by the pack, optional elsewhere."""
    refusal = processing().refused(UNIT_STAFF, "submit_result", result="Đã xong")

    assert (refusal.code, refusal.details["fields"]) == ("data_missing", ("draft_answer",))
    assert "Dự thảo trả lời" in refusal.text_vi


@pytest.mark.rule("QB-IV.1.2a.5", "A-QB-9")
def test_coordination_is_asked_for_accepted_supplied_or_refused() -> None:
    """The lead unit's clock is not touched by any of it."""
    bench = processing()
    before = bench.it.clocks["processing:d1"]
    for agency in ("so_van_hoa", "huyen_tay"):
        bench.do(UNIT_LEADER, "request_coordination", agency=agency, ask="Cung cấp hồ sơ", files=["cv-1"])
    culture, west = staff("partner", "so_van_hoa"), staff("partner", "huyen_tay")
    assert [task.coordination_id for task in bench.tasks() if task.role == "partner"] == ["k1", "k2"]

    bench.do(culture, "accept_coordination", staff="u-9")
    bench.do(culture, "supply_information", information="Hồ sơ kèm theo", files=["hs-1"])
    bench.do(west, "refuse_coordination", reason="Không lưu hồ sơ này")

    assert [item.stage for item in bench.it.coordinations] == ["supplied", "refused"]
    assert bench.it.clocks["processing:d1"] == before
    assert {"cv-1", "hs-1"} <= bench.it.evidence
    assert bench.refused(west, "supply_information", information="x").http == 409
    own = bench.refused(UNIT_LEADER, "request_coordination", agency="ubnd_my_phong", ask="Tự hỏi")
    assert own.code == "data_invalid"


@pytest.mark.rule("QB-IV.1.4a.1", "A-1", "A-2")
def test_the_centres_return_resumes_processing_and_restarts_the_rest() -> None:
    """Like A-2; the publication clock starts anew when it comes back."""
    bench = processing("2026-11-20 09:00")
    bench.until("2026-11-23 10:00")
    bench.do(UNIT_STAFF, "submit_result", result="Đã xong", draft_answer="Đã xong")
    bench.do(UNIT_LEADER, "approve")
    assert bench.due("publication") == "2026-11-23 11:00:00"

    bench.until("2026-11-23 10:30").do(EDITOR, "centre_return", reason="Thiếu ảnh")

    assert (bench.stage, bench.it.dispatch("d1").stage) == ("in_progress", "processing")
    clocks = bench.it.clocks
    assert (clocks["publication"].state, clocks["approval:d1"].state) == ("stopped", "stopped")
    assert (clocks["processing:d1"].state, bench.due("processing:d1")) == ("running", "2026-11-30 17:30:00")
    bench.until("2026-11-25 23:00")
    bench.do(UNIT_STAFF, "submit_result", result="Đã xong, có ảnh", draft_answer="Đã xong")
    bench.do(UNIT_LEADER, "edit_and_approve", text="Đã hoàn thành")
    assert bench.due("publication") == "2026-11-26 07:00:00"


@pytest.mark.rule("QB-IV.1.4a.2")
def test_a_confidential_reporter_is_answered_alone() -> None:
    """Never published."""
    bench = processing(confidential=True)
    bench.do(UNIT_STAFF, "submit_result", result="Đã xong", draft_answer="Đã xong")
    bench.do(UNIT_LEADER, "approve")

    assert {"reply_privately"} == bench.names(EDITOR) & {"publish", "reply_privately"}
