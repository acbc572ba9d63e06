"""Đắk Lắk: every limit on time, at the limit and one second late; the tiers; the promised date; the alarm."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.cases.decide import Actor, Refusal
from core.cases.events import ClockBreached, ClockRecomputed, ClockStopped
from tests.core.cases.bench import Bench, at, pack_of
from tests.core.regulations.desk import DISTRIBUTOR, EDITOR, RECEPTIONIST
from tests.core.regulations.dl_states import (
    CITY,
    HANDLED,
    NAME,
    UNIT,
    accepted,
    awaiting_answer,
    by_letter,
    confirmed,
    emergency,
    long_work,
    processing,
    promise_told,
    promised,
    received,
    with_focal,
)
from tests.core.regulations.limits import late, lateness, with_option

SEND: dict[str, Any] = {"agencies": ["ubnd_thanh_pho"]}
LETTER: dict[str, Any] = {"agency": "ubnd_thanh_pho", "text": "Kính gửi"}
DONE: dict[str, Any] = {"handled_at": HANDLED, "result": "Đã làm"}
BACK: dict[str, Any] = {"reason": "Thuộc đơn vị khác"}
BACK_CHECKED: dict[str, Any] = {**BACK, "field_check": True}
DATED: dict[str, Any] = {"status": "Chờ mùa khô", "promised_date": "2027-01-15"}


def urgent(now: str) -> Bench:
    return processing(now, "emergency")


LIMITS: list[tuple[str, Callable[[str], Bench], str, Actor, str, dict[str, Any], str, str]] = [
    ("intake", accepted, "2026-11-23 15:30:00", DISTRIBUTOR, "dispatch", SEND, "2026-11-25 09:30:00", "DL-II.1t"),
    ("intake", accepted, "2026-11-20 09:00:00", DISTRIBUTOR, "dispatch", SEND, "2026-11-20 15:00:00", "DL-II.1t"),
    ("intake", confirmed, "2026-11-23 15:30:00", DISTRIBUTOR, "send_letter", LETTER, "2026-11-25 09:30:00", "DL-II.1u"),
    (
        "processing:d1",
        processing,
        "2026-11-23 10:00:00",
        UNIT,
        "submit_result",
        DONE,
        "2026-11-27 17:30:00",
        "DL-II.2.2b",
    ),
    (
        "processing:d1",
        with_focal,
        "2026-11-23 10:00:00",
        CITY,
        "submit_result",
        DONE,
        "2026-11-27 17:30:00",
        "DL-II.2.2b",
    ),
    ("processing:d1", urgent, "2026-11-23 10:00:00", UNIT, "submit_result", DONE, "2026-11-25 17:30:00", "DL-II.2.2a"),
    ("processing:d1", urgent, "2026-11-20 22:00:00", UNIT, "submit_result", DONE, "2026-11-23 17:30:00", "DL-II.2.2a"),
    (
        "processing:d1",
        long_work,
        "2026-11-23 10:00:00",
        CITY,
        "commit_interim",
        DATED,
        "2026-11-27 17:30:00",
        "DL-II.2.2c",
    ),
    (
        "promise:d1",
        promise_told,
        "2026-11-23 10:00:00",
        CITY,
        "submit_result",
        DONE,
        "2027-01-16 00:00:00",
        "DL-II.2.2c",
    ),
    ("return:d1", processing, "2026-11-23 10:00:00", UNIT, "send_back", BACK, "2026-11-25 17:30:00", "DL-II.2.2d"),
    (
        "return:d1",
        processing,
        "2026-11-23 10:00:00",
        UNIT,
        "send_back",
        BACK_CHECKED,
        "2026-11-27 17:30:00",
        "DL-II.2.2d",
    ),
    (
        "answer",
        awaiting_answer,
        "2026-11-23 15:30:00",
        EDITOR,
        "publish",
        {"text": "Xong"},
        "2026-11-25 09:30:00",
        "DL-II.2.3b",
    ),
    (
        "answer",
        promised,
        "2026-11-23 15:30:00",
        EDITOR,
        "publish",
        {"text": "Hẹn"},
        "2026-11-25 09:30:00",
        "DL-II.2.3a",
    ),
]


@pytest.mark.rule(
    "DL-II.1t",
    "DL-II.1u",
    "DL-II.2.2a",
    "DL-II.2.2b",
    "DL-II.2.2c",
    "DL-II.2.2d",
    "DL-II.2.3a",
    "DL-II.2.3b",
    "A-DL-2",
    "A-DL-4",
    "U-2",
    "U-3",
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
    """The limit itself is in time; lunch, night, weekend and the holiday of 24/11 do not count."""
    bench = bring(start)
    bench.until(limit).wait(seconds=seconds)
    moment = f"{bench.now:%Y-%m-%d %H:%M:%S}"

    assert late(bench, clock, moment, actor, name, **fields) == max(0, seconds)
    assert rule in bench.pack.clocks[clock.partition(":")[0]].cites


@pytest.mark.rule("DL-II.1t")
def test_the_worked_example_of_four_working_hours() -> None:
    """Monday 23/11/2026 15:30 → Wednesday 25/11 09:30, with its decision in the explanation."""
    clock = received("2026-11-23 15:30").it.clocks["intake"]

    assert "Quy trình 1975/QTr-STTTT-UBND BMT, mục II.1" in clock.explanation_vi
    assert "09:30 thứ Tư 25/11/2026" in clock.explanation_vi


@pytest.mark.rule("A-DL-1", "DL-II.2.2b")
def test_a_dl_1_the_default_is_b_and_the_ioc_proposes_another() -> None:
    """Three tiers in the words of the text; b unless somebody says otherwise."""
    tiers = pack_of(NAME).intake.urgencies
    assert [label.label[:2] for label in tiers.values()] == ["a)", "b)", "c)"]
    assert received().it.urgency == "at_once"

    assert with_focal("2026-11-23 10:00", "emergency").due("processing:d1") == "2026-11-25 17:30:00"
    assert with_focal("2026-11-23 10:00", "long").it.urgency == "long"


@pytest.mark.rule("A-DL-1", "A-DL-2", "U-11")
@pytest.mark.parametrize("state", [with_focal, processing])
def test_a_dl_1_the_focal_point_changes_the_tier_with_a_reason(state: Callable[[str], Bench]) -> None:
    """From the same start; the change of the limit is an event of its own."""
    bench = state("2026-11-23 10:00").until("2026-11-23 16:00")
    same = {"category": "urban_infrastructure", "urgency": "emergency"}
    assert bench.refused(CITY, "classify", **same).details["fields"] == ("reason",)

    decision = bench.do(CITY, "classify", **same, reason="Nguy cơ sập")

    assert bench.due("processing:d1") == "2026-11-25 17:30:00"
    assert any(isinstance(event, ClockRecomputed) for event in decision.events)
    bench.do(DISTRIBUTOR, "downgrade_emergency", reason="Không khẩn")
    assert (bench.it.urgency, bench.due("processing:d1")) == ("at_once", "2026-11-27 17:30:00")


@pytest.mark.rule("A-DL-2")
def test_a_dl_2_the_time_of_the_ioc_is_not_taken_from_the_city() -> None:
    """From distribution, however long the IOC took; and by letter no less than through the service."""
    bench = accepted("2026-11-20 09:00").until("2026-11-23 10:00")
    bench.do(DISTRIBUTOR, "dispatch", **SEND)

    assert bench.due("processing:d1") == "2026-11-27 17:30:00"
    assert by_letter("2026-11-23 10:00").due("processing:d1") == "2026-11-27 17:30:00"


@pytest.mark.rule("A-DL-3", "DL-II.2.2a", "VN-8")
def test_a_dl_3_an_emergency_rings_after_thirty_minutes_without_a_call() -> None:
    """The legal limit stays the next working day; the alarm is the product's, day and night."""
    bench = emergency("2026-11-20 22:00")
    assert bench.due("emergency_alarm") == "2026-11-20 22:30:00"
    assert isinstance(bench.until("2026-11-20 22:30:00").fire("emergency_alarm"), Refusal)

    decision = bench.until("2026-11-20 22:30:01").fire("emergency_alarm")

    assert not isinstance(decision, Refusal)
    (breach,) = (event for event in decision.events if isinstance(event, ClockBreached))
    assert (breach.tell, breach.offer) == (("receptionist", "distributor"), "hand_over_emergency")
    assert pack_of(NAME).clocks["emergency_alarm"].beyond_text


@pytest.mark.rule("A-DL-3")
@pytest.mark.parametrize(("seconds", "expected"), [(-1, 0), (0, 0), (1, 1)])
def test_a_dl_3_a_logged_call_stops_the_alarm(seconds: int, expected: int) -> None:
    """On time, at the limit, one second late; once told by phone nothing rings again."""
    bench = emergency("2026-11-20 22:00").until("2026-11-20 22:30:00").wait(seconds=seconds)
    call = {"target": "n114", "spoken_to": "Trực ban", "spoken_at": "2026-11-20T22:20:00+07:00"}

    decision = bench.do(DISTRIBUTOR, "hand_over_emergency", **call)

    (stopped,) = (event for event in decision.events if isinstance(event, ClockStopped))
    assert (stopped.clock_id, stopped.late_s) == ("emergency_alarm", expected)
    bench.do(RECEPTIONIST, "accept")
    bench.do(RECEPTIONIST, "classify", category="urban_infrastructure", urgency="emergency")
    assert bench.it.clocks["emergency_alarm"].state == "stopped"


@pytest.mark.rule("A-DL-3")
@pytest.mark.parametrize("how", ["raise", "classify"])
def test_a_dl_3_an_emergency_seen_later_rings_from_then(how: str) -> None:
    """Raised by anybody at the desk, or put into tier a; gone again when it proves to be none."""
    bench = received("2026-11-20 09:00").until("2026-11-20 10:00")
    if how == "raise":
        bench.do(RECEPTIONIST, "raise_emergency")
    else:
        bench.do(RECEPTIONIST, "classify", category="environment", urgency="emergency")
    assert bench.due("emergency_alarm") == "2026-11-20 10:30:00"

    bench.until("2026-11-20 10:40").do(RECEPTIONIST, "downgrade_emergency", reason="Báo nhầm")

    assert (bench.it.clocks["emergency_alarm"].state, lateness(bench)) == ("stopped", {})


@pytest.mark.rule("A-DL-3")
def test_a_dl_3_option_as_written(tmp_path: Path) -> None:
    """Without the alarm nothing but the legal limit is left."""
    bench = with_option(Bench(NAME, now=at("2026-11-20 09:00")), tmp_path, "readings: {A-DL-3: {choice: as_written}}")

    bench.receive(urgency="emergency")

    assert set(bench.it.clocks) == {"intake"}


@pytest.mark.rule("DL-II.2.2c")
def test_dl_2_2c_the_promise_replaces_the_three_days_and_presses_the_focal_point() -> None:
    """Status and date within three working days; then the date is the limit, on the task of the Tổ."""
    bench = promise_told("2026-11-23 10:00")

    assert bench.it.clocks["processing:d1"].state == "stopped"
    (task,) = bench.tasks()
    assert (task.role, task.clock_id, bench.due("promise:d1")) == ("focal", "promise:d1", "2027-01-16 00:00:00")
    assert not isinstance(bench.until("2027-01-16 00:00:01").fire("promise:d1"), Refusal)


@pytest.mark.rule("DL-II.2.3b", "A-DL-4")
def test_dl_2_3b_the_final_result_has_four_hours_of_its_own() -> None:
    """Also where the promise had not been passed on yet."""
    bench = promised("2026-11-23 10:00")
    assert bench.due("answer") == "2026-11-23 16:00:00"

    bench.until("2026-11-23 14:30").do(CITY, "submit_result", **DONE)

    assert (bench.stage, bench.due("answer")) == ("awaiting_answer", "2026-11-25 08:30:00")


@pytest.mark.rule("DL-II.2.1.B2", "DL-II.2.2b")
@pytest.mark.parametrize(("state", "role"), [(with_focal, "focal"), (processing, "unit")])
def test_focal_point_and_unit_see_the_same_limit(state: Callable[[str], Bench], role: str) -> None:
    """One time for the whole house, whoever's turn it is."""
    (task,) = state("2026-11-23 10:00").tasks()

    assert (task.role, task.clock_id) == (role, "processing:d1")


@pytest.mark.rule("DL-II.2.2d")
def test_a_result_in_time_is_no_late_return() -> None:
    """The day to return binds only who returns."""
    bench = processing("2026-11-23 10:00").until("2026-11-27 17:30")

    bench.do(UNIT, "submit_result", **DONE)

    assert lateness(bench) == {}


@pytest.mark.rule("DL-II.2.3c.2", "DL-II.2.3c.3")
def test_reopening_and_clarifying_have_no_stated_time() -> None:
    """Unset, so the board shows "không quy định"."""
    assert pack_of(NAME).clocks["clarification"].limit is None
