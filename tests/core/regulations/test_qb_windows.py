"""Quảng Bình, Bước 1 and 2: windows by the time of day, the board, deadlock, and what cannot wait (Khẩn)."""

from __future__ import annotations

import pytest

from core.cases.events import ClockRecomputed
from core.clock import VIETNAM
from tests.core.cases.bench import kinds
from tests.core.regulations.desk import DISTRIBUTOR, RECEPTIONIST
from tests.core.regulations.qb_states import (
    BOARD,
    DONE,
    FOCAL,
    UNIT_LEADER,
    UNIT_STAFF,
    accepted,
    at_board,
    deadlock,
    emergency,
    processing,
    received,
)
from tests.core.regulations.table import stopped


@pytest.mark.rule("QB-IV.1.1b.d", "QB-IV.1.1b.n", "A-QB-5", "U-5")
@pytest.mark.parametrize(
    ("arrival", "due"),
    [
        ("2026-11-20 06:00:01", "2026-11-20 07:00:01"),
        ("2026-11-20 21:59:59", "2026-11-20 22:59:59"),
        ("2026-11-20 22:00:00", "2026-11-20 23:00:00"),
        ("2026-11-20 22:00:01", "2026-11-21 07:00:00"),
        ("2026-11-21 03:10:00", "2026-11-21 07:00:00"),
        ("2026-11-21 05:59:59", "2026-11-21 07:00:00"),
        ("2026-11-21 06:00:00", "2026-11-21 07:00:00"),
        ("2026-02-17 23:30:00", "2026-02-18 07:00:00"),  # the first night of Tết: reception is open all the same
    ],
)
def test_windows_by_the_time_of_arrival(arrival: str, due: str) -> None:
    """The day window gives an hour, the night one until before 07:00."""
    assert received(arrival).due("intake") == due


@pytest.mark.rule("QB-IV.1.1b.d", "QB-IV.1.1b.n", "A-QB-5", "U-9")
@pytest.mark.parametrize(
    ("arrival", "done", "late"),
    [
        ("2026-11-20 09:00:00", "2026-11-20 09:59:59", False),
        ("2026-11-20 09:00:00", "2026-11-20 10:00:00", False),
        ("2026-11-20 09:00:00", "2026-11-20 10:00:01", True),
        ("2026-11-20 22:00:00", "2026-11-20 23:00:00", False),
        ("2026-11-20 22:00:00", "2026-11-20 23:00:01", True),
        ("2026-11-20 22:00:01", "2026-11-21 06:59:59", False),
        ("2026-11-20 22:00:01", "2026-11-21 07:00:00", True),
        ("2026-11-21 06:00:00", "2026-11-21 07:00:00", False),  # by day: the limit itself is in time
        ("2026-11-21 06:00:00", "2026-11-21 07:00:01", True),
        ("2026-11-21 05:59:59", "2026-11-21 06:59:59", False),
        ("2026-11-21 05:59:59", "2026-11-21 07:00:00", True),  # by night: "before" 07:00
    ],
)
def test_distribution_ends_the_window_on_time_at_the_limit_or_late(arrival: str, done: str, late: bool) -> None:
    """U-9: at HH:MM:00 it is late by night, in time by day."""
    bench = accepted(arrival).until(done)
    clock = bench.it.clocks["intake"]
    assert clock.has_run_out(bench.now) is late

    decision = bench.do(DISTRIBUTOR, "dispatch", agencies=["so_xay_dung"])

    assert bench.it.clocks["intake"].clock.was_late is late
    assert "QB-IV.1.1b.d" in stopped(decision.events, "intake").rules


@pytest.mark.rule("QB-IV.1.1a.2c", "QB-IV.1.1b.d", "QB-IV.1.1b.n", "U-11")
@pytest.mark.parametrize(
    ("arrival", "due", "last", "late"),
    [
        ("2026-11-20 21:30:00", "2026-11-20 23:00:00", "2026-11-20 23:00:00", "2026-11-20 23:00:01"),
        ("2026-11-20 23:30:00", "2026-11-21 07:30:00", "2026-11-21 07:29:59", "2026-11-21 07:30:00"),
        ("2026-11-21 06:00:00", "2026-11-21 07:30:00", "2026-11-21 07:30:00", "2026-11-21 07:30:01"),
        ("2026-11-21 05:59:59", "2026-11-21 07:30:00", "2026-11-21 07:29:59", "2026-11-21 07:30:00"),
    ],
)
def test_asking_the_board_lengthens_the_window_from_the_same_start(
    arrival: str, due: str, last: str, late: str
) -> None:
    """Via Ban Chỉ đạo 1h30, or before 07:30; the change is an event of its own (U-11)."""
    bench = accepted(arrival)

    decision = bench.wait(minutes=10).do(DISTRIBUTOR, "refer_to_board", reason="Hai bên đều nhận là của mình")

    assert bench.due("intake") == due
    assert any(isinstance(event, ClockRecomputed) for event in decision.events)
    clock = bench.it.clocks["intake"]
    assert [clock.has_run_out(bench.until(moment).now) for moment in (last, late)] == [False, True]


@pytest.mark.rule("QB-IV.1.1a.2c")
def test_what_the_board_decides_binds_the_next_distribution_and_no_later_one() -> None:
    """It names the lead; once that agency refuses, the IOC redoes Bước 2 with a free hand and its own hour."""
    bench = at_board()
    assert [(task.role, task.stage) for task in bench.tasks()] == [("board", "at_board")]
    assert bench.refused(BOARD, "decide_lead", agency="xd_ha_tang").code == "data_invalid"
    bench.do(BOARD, "decide_lead", agency="so_xay_dung", note="Theo phân công ngành")
    assert bench.choices(DISTRIBUTOR, "dispatch", "agencies") == ["so_xay_dung"]  # the form offers nobody else
    assert bench.refused(DISTRIBUTOR, "dispatch", agencies=["so_y_te"]).details["lead"] == "so_xay_dung"
    bench.do(DISTRIBUTOR, "dispatch", agencies=["so_xay_dung"])

    bench.until("2026-11-20 10:00").do(FOCAL, "send_back", reason="Không thuộc thẩm quyền")

    assert bench.due("intake") == "2026-11-20 11:00:00"
    assert {"so_xay_dung", "so_y_te"} <= {*bench.choices(DISTRIBUTOR, "dispatch", "agencies")}
    bench.do(DISTRIBUTOR, "dispatch", agencies=["so_y_te"])
    assert bench.stage == "in_progress"


@pytest.mark.rule("QB-IV.1.1a.2c")
def test_the_ioc_may_agree_with_the_agencies_themselves() -> None:
    """Logged with the agencies and the words; the hour runs on."""
    bench = accepted()

    decision = bench.do(DISTRIBUTOR, "consult", agencies=["so_xay_dung", "cong_an_tinh"], note="Ai làm đầu mối?")

    assert kinds(decision.events) == ["agencies_consulted"]
    assert (bench.stage, bench.due("intake")) == ("accepted", "2026-11-20 10:00:00")
    assert bench.refused(DISTRIBUTOR, "consult", agencies=["so_giao_thong"], note="?").code == "data_invalid"


@pytest.mark.rule("QB-II.2i")
def test_a_deadlock_goes_to_the_board_which_takes_the_work_back_and_names_who_does_it() -> None:
    """Every open part ends, the IOC distributes anew within its hour."""
    bench = deadlock()
    assert {(task.role, task.stage) for task in bench.tasks()} == {("board", "deadlock"), ("unit_staff", "processing")}

    bench.until("2026-11-24 15:00").do(BOARD, "decide_lead", agency="cong_an_tinh")

    assert (bench.stage, bench.it.dispatch("d1").stage) == ("accepted", "withdrawn")
    assert {clock.id for clock in bench.it.running()} == {"intake"}
    assert bench.due("intake") == "2026-11-24 16:00:00"
    assert bench.refused(DISTRIBUTOR, "dispatch", agencies=["so_xay_dung"]).details["lead"] == "cong_an_tinh"
    bench.do(DISTRIBUTOR, "dispatch", agencies=["cong_an_tinh"])
    assert [item.stage for item in bench.it.dispatches] == ["withdrawn", "distributed"]


@pytest.mark.rule("QB-II.2i")
def test_a_deadlock_that_settles_itself_goes_on() -> None:
    """The unit answers while the board has it: its result is not lost."""
    bench = deadlock().then(UNIT_STAFF, "submit_result", **DONE).then(UNIT_LEADER, "approve")

    assert bench.stage == "awaiting_publication"


@pytest.mark.rule("QB-IV.1.1b.k", "QB-II.2h")
@pytest.mark.parametrize(
    ("moment", "late"), [("2026-11-22 02:09:59", 0), ("2026-11-22 02:10:00", 0), ("2026-11-22 02:10:01", 1)]
)
def test_an_emergency_is_handed_over_in_ten_minutes(moment: str, late: int) -> None:
    """At any hour of any day; to whom, by whom and when is logged; both tracks have the ten minutes."""
    bench = emergency("2026-11-22 02:00")
    assert (bench.due("hand_over"), bench.due("intake")) == ("2026-11-22 02:10:00", "2026-11-22 02:10:00")
    bench.then(RECEPTIONIST, "log_verification_call", outcome="reached").then(RECEPTIONIST, "accept")

    spoken = {"target": "n114", "spoken_to": "Trực ban, số hiệu 12", "spoken_at": "2026-11-22T02:05:00+07:00"}
    decision = bench.until(moment).do(DISTRIBUTOR, "hand_over_emergency", **spoken)

    fact = decision.events[0]
    assert (fact.kind, fact.target, fact.spoken_at.astimezone(VIETNAM).minute) == ("emergency_handed_over", "n114", 5)  # type: ignore[attr-defined]
    assert stopped(decision.events, "hand_over").late_s == late
    assert bench.stage == "accepted"  # the other track goes on


@pytest.mark.rule("QB-II.2h", "VN-8")
def test_nobody_is_told_in_the_future_or_at_an_unknown_number() -> None:
    """The log is about what was done."""
    spoken = {"spoken_to": "Trực ban", "spoken_at": "2026-11-20T08:59:00+07:00"}
    later = spoken | {"target": "n113", "spoken_at": "2026-11-20T09:00:01+07:00"}

    assert emergency().refused(RECEPTIONIST, "hand_over_emergency", target="n999", **spoken).code == "data_invalid"
    assert emergency().refused(RECEPTIONIST, "hand_over_emergency", **later).code == "data_invalid"


@pytest.mark.rule("QB-IV.1.1b.k", "A-QB-8")
def test_an_emergency_has_ten_minutes_until_it_proves_to_be_none() -> None:
    """At any hour; after the downgrade the ordinary window applies from receipt."""
    bench = emergency("2026-11-22 02:00")
    bench.until("2026-11-22 02:10:00").fire("intake")
    assert not bench.it.clocks["intake"].has_run_out(bench.now)  # the warning; the limit itself is in time
    bench.wait(seconds=1).fire("intake")
    assert bench.it.clocks["intake"].breached_at == bench.now

    bench.do(RECEPTIONIST, "downgrade_emergency", reason="Báo nhầm")

    clock = bench.it.clocks["intake"]
    assert bench.due("intake") == "2026-11-22 07:00:00"
    assert clock.breached_at is None
    assert bench.it.clocks["hand_over"].state == "stopped"


@pytest.mark.rule("QB-IV.1.1b.k", "A-7")
def test_an_emergency_noticed_later_counts_from_its_first_sign() -> None:
    """While an agency is at work already: ten minutes to phone, from the moment it was raised."""
    bench = processing().until("2026-11-21 03:00")

    bench.do(DISTRIBUTOR, "raise_emergency", target="n114", reason="Hố sụt sâu thêm")

    assert bench.due("hand_over") == "2026-11-21 03:10:00"
    assert bench.it.clocks["intake"].state == "stopped"
