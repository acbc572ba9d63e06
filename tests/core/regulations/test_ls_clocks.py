"""Lạng Sơn: every limit on time, at the limit and one second late; where each counts from; the readings of time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.cases.decide import Actor, Refusal
from core.cases.events import ClockBreached, ClockPaused, ClockRecomputed, ClockResumed
from tests.core.cases.bench import Bench, pack_of
from tests.core.regulations.desk import AN, DISTRIBUTOR, EDITOR, RECEPTIONIST
from tests.core.regulations.limits import late, lateness, note_request, with_option
from tests.core.regulations.ls_states import (
    BOARD,
    CHAIR,
    DISTRICT,
    NAME,
    OFFICER,
    accepted,
    assigned,
    at_commune,
    at_district,
    at_ioc,
    awaiting_approval,
    cancelled,
    cancelled_unlawful,
    received,
    waiting,
)

TO_COMMUNE: dict[str, Any] = {"agencies": ["ubnd_hoa_dao"]}
UP: dict[str, Any] = {"reason": "Vượt thẩm quyền"}
CHECKED: dict[str, Any] = {**UP, "field_check": True}
DONE: dict[str, Any] = {"result": "Đã làm"}
ASSIGN: dict[str, Any] = {"staff": "u-3"}

# clock, brought there at, command by, the last good second, the first late one
LIMITS: list[tuple[str, Callable[[str], Bench], str, Actor, str, dict[str, Any], str, str]] = [
    ("intake", accepted, "2026-11-20 09:00:00", DISTRIBUTOR, "dispatch", TO_COMMUNE, "2026-11-20 10:00:00", "LS-7.2a"),
    ("intake", accepted, "2026-11-22 23:30:00", DISTRIBUTOR, "dispatch", TO_COMMUNE, "2026-11-23 00:30:00", "LS-7.2a"),
    ("intake", accepted, "2026-02-17 23:50:00", DISTRIBUTOR, "dispatch", TO_COMMUNE, "2026-02-18 00:50:00", "LS-7.2a"),
    ("assign:d1", at_commune, "2026-11-20 09:00:00", CHAIR, "assign_staff", ASSIGN, "2026-11-20 10:00:00", "LS-7.3a.1"),
    ("assign:d1", at_commune, "2026-11-21 22:45:00", CHAIR, "assign_staff", ASSIGN, "2026-11-21 23:45:00", "LS-7.3a.1"),
    (
        "assign:d2",
        at_district,
        "2026-11-20 09:00:00",
        DISTRICT,
        "assign_staff",
        ASSIGN,
        "2026-11-20 10:00:00",
        "LS-7.4a",
    ),
    (
        "handling:d1",
        assigned,
        "2026-11-20 09:00:00",
        OFFICER,
        "submit_result",
        DONE,
        "2026-11-23 17:30:00",
        "LS-7.3a.2",
    ),
    (
        "handling:d1",
        assigned,
        "2026-11-23 16:00:00",
        OFFICER,
        "submit_result",
        DONE,
        "2026-11-25 17:30:00",
        "LS-7.3a.2",
    ),
    ("pass_up:d1", at_commune, "2026-11-20 10:00:00", CHAIR, "escalate", UP, "2026-11-24 00:00:00", "LS-7.3b"),
    ("pass_up:d1", at_commune, "2026-11-18 10:00:00", CHAIR, "escalate", UP, "2026-11-20 00:00:00", "LS-7.3b"),
    ("pass_on:d2", at_district, "2026-11-20 09:00:00", DISTRICT, "escalate", UP, "2026-11-23 17:30:00", "LS-7.4b"),
    ("pass_on:d2", at_district, "2026-11-20 09:00:00", DISTRICT, "escalate", CHECKED, "2026-11-25 17:30:00", "LS-7.4b"),
]


@pytest.mark.rule(
    "LS-7.2a", "LS-7.3a.1", "LS-7.3a.2", "LS-7.3b", "LS-7.4a", "LS-7.4b", "A-LS-1", "A-LS-3", "U-1", "U-4"
)
@pytest.mark.parametrize("seconds", [-1, 0, 1])
@pytest.mark.parametrize(("clock", "bring", "start", "actor", "name", "fields", "limit", "rule"), LIMITS)
def test_every_limit_on_time_at_the_limit_and_one_second_late(
    clock: str,
    bring: Callable[[str], Bench],
    start: str,
    actor: Actor,
    name: str,
    fields: dict[str, Any],
    limit: str,
    rule: str,
    seconds: int,
) -> None:
    """The limit itself is in time, by day, by night and over Tết."""
    bench = bring(start)
    bench.until(limit).wait(seconds=seconds)
    moment = f"{bench.now:%Y-%m-%d %H:%M:%S}"

    assert late(bench, clock, moment, actor, name, **fields) == max(0, seconds)
    assert rule in bench.it.clocks[clock].rules


@pytest.mark.rule("LS-7.5")
@pytest.mark.parametrize(("seconds", "expected"), [(-1, 0), (0, 0), (1, 1)])
def test_ls_7_5_the_ioc_publishes_within_three_working_days(seconds: int, expected: int) -> None:
    """From the moment the case came to it; Tuesday 24/11 is a holiday."""
    bench = at_ioc("2026-11-20 09:00")
    assert bench.due("ioc") == "2026-11-26 17:30:00"
    bench.do(EDITOR, "refer_to_board", reason="Xin ý kiến")
    bench.do(BOARD, "decide_lead", agency="ioc", note="Đồng ý")
    bench.until("2026-11-26 17:30:00").wait(seconds=seconds)

    assert late(bench, "ioc", f"{bench.now:%Y-%m-%d %H:%M:%S}", EDITOR, "publish", text="Đã sửa") == expected


@pytest.mark.rule("LS-7.2b", "A-LS-2")
@pytest.mark.parametrize(("seconds", "allowed"), [(-1, False), (0, False), (1, True)])
def test_ls_7_2b_the_hour_counts_from_the_delivery_of_the_request(seconds: int, allowed: bool) -> None:
    """Held up on its way for twenty minutes, delivered five minutes later: only then does the hour begin."""
    bench = waiting("2026-11-20 09:00")
    note_request(bench.until("2026-11-20 09:20"), reached=False)
    assert bench.due("supplement") == "2026-11-20 10:20:00"
    note_request(bench.until("2026-11-20 09:25"), reached=True)
    assert bench.due("supplement") == "2026-11-20 10:25:00"

    answer = (
        bench.until("2026-11-20 10:25:00")
        .wait(seconds=seconds)
        .ask(RECEPTIONIST, "cancel", reason_code="no_supplement")
    )

    assert isinstance(answer, Refusal) is not allowed


@pytest.mark.rule("A-LS-2")
def test_a_ls_2_without_a_receipt_the_hour_counts_from_sending() -> None:
    """And from the request itself as long as nobody knows that it has left."""
    bench = waiting("2026-11-20 09:00")
    assert bench.due("supplement") == "2026-11-20 10:00:00"

    note_request(bench.until("2026-11-20 09:05"), reached=False)

    assert bench.due("supplement") == "2026-11-20 10:05:00"


@pytest.mark.rule("A-LS-2")
def test_a_ls_2_a_receipt_counts_once_and_only_while_the_reporter_is_waited_for() -> None:
    """Two receipts of one message, or one that comes after the answer, change nothing."""
    bench = waiting("2026-11-20 09:00")
    note_request(bench.until("2026-11-20 09:05"), reached=True)
    for reached in (True, False):
        again = note_request(bench.until("2026-11-20 09:30"), reached=reached)
        assert isinstance(again, Refusal)
        assert again.code == "nothing_changes"
    bench.do(AN, "supply_supplement", fields=["address", "identity_number"])

    after = note_request(bench.wait(minutes=1), reached=True)

    assert isinstance(after, Refusal)
    assert after.code == "nothing_waits"
    assert bench.it.clocks["supplement"].state == "stopped"


@pytest.mark.rule("LS-7.2b", "A-LS-2")
def test_a_ls_2_cancelling_is_offered_and_never_done_by_itself() -> None:
    """The breach tells the receptionist and offers; the case stays where it is."""
    bench = waiting("2026-11-20 09:00")

    decision = bench.until("2026-11-20 10:00:01").fire("supplement")

    assert not isinstance(decision, Refusal)
    (breach,) = (event for event in decision.events if isinstance(event, ClockBreached))
    assert (breach.offer, breach.reason_code, breach.tell) == ("cancel", "no_supplement", ("receptionist",))
    assert bench.stage == "waiting_reporter"
    move = next(move for move in bench.moves(RECEPTIONIST) if move.command == "cancel")
    assert move.offered
    assert [choice.value for choice in move.form[0].choices] == ["no_supplement", "unlawful"]


@pytest.mark.rule("A-LS-2")
@pytest.mark.parametrize(
    ("now", "offered"),
    [
        ("2026-11-20 20:59:59", True),
        ("2026-11-20 21:00:00", False),
        ("2026-11-21 02:00:00", False),
        ("2026-11-21 06:59:59", False),
        ("2026-11-21 07:00:00", True),
    ],
)
def test_a_ls_2_nothing_is_offered_at_night(now: str, offered: bool) -> None:
    """From 21:00 to 07:00 nobody is pressed to cancel; a person still may."""
    bench = waiting("2026-11-20 09:00")
    bench.until("2026-11-20 10:00:01").fire("supplement")

    move = next(move for move in bench.until(now).moves(RECEPTIONIST) if move.command == "cancel")

    assert move.offered is offered


@pytest.mark.rule("A-LS-2", "LS-7.2b")
@pytest.mark.parametrize("by", ["reporter", "receptionist"])
def test_a_ls_2_a_late_supplement_restores_the_same_case(by: str) -> None:
    """It goes on with what its own hour had left."""
    bench = cancelled("2026-11-20 09:00")
    assert (bench.stage, bench.next_fire) == ("cancelled", None)
    actor = AN if by == "reporter" else RECEPTIONIST

    bench.until("2026-11-20 12:00").do(actor, "supply_supplement", fields=["address", "identity_number"])

    assert (bench.stage, bench.it.id) == ("received", "c1")
    assert bench.due("intake") == "2026-11-20 13:00:00"
    assert bench.it.clocks["intake"].state == "running"
    bench.do(RECEPTIONIST, "accept")


@pytest.mark.rule("A-LS-2", "LS-7.2c")
def test_a_case_cancelled_for_another_reason_is_not_restored() -> None:
    """Content against the law stays cancelled."""
    assert cancelled_unlawful().refused(AN, "supply_supplement").code == "condition_not_met"


@pytest.mark.rule("A-1", "LS-7.2a", "LS-7.2b")
def test_only_waiting_for_the_reporter_pauses_the_hour_of_the_ioc() -> None:
    """Forty minutes before the question, twenty after the answer."""
    bench = received("2026-11-20 09:00", completeness={"content": "given"})
    asked = bench.wait(minutes=40).do(RECEPTIONIST, "request_supplement", fields=["name"])
    assert any(isinstance(event, ClockPaused) for event in asked.events)

    supplied = bench.until("2026-11-20 10:20").do(AN, "supply_supplement", fields=["name"])

    assert any(isinstance(event, ClockResumed) for event in supplied.events)
    assert bench.due("intake") == "2026-11-20 10:40:00"


@pytest.mark.rule("LS-7.3b", "U-4")
def test_the_worked_example_of_one_day() -> None:
    """Friday 20/11/2026 10:00 → Monday 23/11 24:00, with its article in the explanation."""
    bench = at_commune("2026-11-20 10:00")

    clock = bench.it.clocks["pass_up:d1"]

    assert bench.due("pass_up:d1") == "2026-11-24 00:00:00"
    assert "QĐ 826/QĐ-UBND, Điều 7 khoản 3 điểm b" in clock.explanation_vi


@pytest.mark.rule("LS-7.4b")
def test_ls_7_4b_the_field_check_is_known_when_it_is_passed_on() -> None:
    """The longer limit is an event of its own."""
    bench = at_district("2026-11-20 09:00")
    assert bench.due("pass_on:d2") == "2026-11-23 17:30:00"
    assert "pass_up:d2" not in bench.it.clocks

    decision = bench.until("2026-11-25 17:30").do(DISTRICT, "escalate", **CHECKED)

    assert any(isinstance(event, ClockRecomputed) for event in decision.events)
    assert lateness(bench) == {}


@pytest.mark.rule("LS-7.3b", "LS-7.4b")
def test_who_passes_it_on_in_time_is_not_late_with_what_is_no_longer_asked() -> None:
    """Neither the hour to assign nor the day to handle binds a commune that is not competent."""
    passed = at_commune("2026-11-18 10:00").until("2026-11-19 23:59")
    passed.do(CHAIR, "escalate", **UP)
    checked = assigned("2026-11-20 09:00").until("2026-11-23 20:00")
    checked.do(CHAIR, "escalate", **UP)
    slow = assigned("2026-11-20 09:00").until("2026-11-24 09:00")
    slow.do(OFFICER, "submit_result", **DONE)

    assert (lateness(passed), lateness(checked)) == ({}, {})
    assert lateness(slow) == {"handling:d1": 55_800}


@pytest.mark.rule("A-LS-8", "LS-7.3a.3")
def test_a_ls_8_the_leaders_approval_is_shown_beside_the_officers_day_and_never_late() -> None:
    """The same limit as the officer's, as a window: nobody is pressed, and the leader's task has no due time."""
    bench = awaiting_approval("2026-11-20 09:00")
    clock = bench.it.clocks["approval:d1"]

    assert (clock.purpose, bench.due("approval:d1")) == ("window", "2026-11-23 17:30:00")
    (task,) = bench.tasks()
    assert (task.role, task.due_at) == ("leader", None)
    bench.until("2026-11-27 09:00").do(CHAIR, "approve")
    assert bench.it.dispatch("d1").stage == "approved"


@pytest.mark.rule("A-LS-1")
def test_a_ls_1_option_working_hours(tmp_path: Path) -> None:
    """The same hour, counted inside the shifts."""
    option = "readings: {A-LS-1: {choice: wh}}"
    bench = with_option(Bench(NAME), tmp_path, option).until("2026-11-20 17:00")
    bench.receive(commune_code="90101")
    bench.do(RECEPTIONIST, "accept")

    bench.do(DISTRIBUTOR, "dispatch", **TO_COMMUNE)

    assert bench.due("assign:d1") == "2026-11-23 08:00:00"
    assert pack_of(NAME).readings["A-LS-1"].choice == "clock"
    assert pack_of(NAME).readings["A-LS-1"].options == ("clock", "wh")


@pytest.mark.rule("A-LS-3")
def test_a_ls_3_option_twenty_four_hours(tmp_path: Path) -> None:
    """The same day, counted by the clock."""
    bench = with_option(Bench(NAME), tmp_path, "readings: {A-LS-3: {choice: h24}}").until("2026-11-20 10:00")
    bench.receive(commune_code="90101")
    bench.do(RECEPTIONIST, "accept")

    bench.do(DISTRIBUTOR, "dispatch", **TO_COMMUNE)

    assert bench.due("pass_up:d1") == "2026-11-21 10:00:00"
    assert pack_of(NAME).readings["A-LS-3"].options == ("civil", "h24")


@pytest.mark.rule("LS-8.2")
def test_ls_8_2_no_time_is_stated_for_a_clarification() -> None:
    """Unset, so the board shows "không quy định"."""
    assert pack_of(NAME).clocks["clarification"].limit is None


@pytest.mark.rule("LS-10.1")
@pytest.mark.parametrize("clock", ["intake", "assign", "handling", "ioc"])
def test_ls_10_1_the_office_hears_of_every_missed_deadline(clock: str) -> None:
    """Văn phòng UBND tỉnh presses late agencies."""
    assert "office" in pack_of(NAME).clocks[clock].breach.tell
