"""Quảng Bình, Bước 7 and 8: approval, publication, dated commitments, and what reporters say to them."""

from __future__ import annotations

import pytest

from core.cases.events import AnswerPublished
from tests.core.regulations.desk import AN, EDITOR
from tests.core.regulations.qb_states import (
    DONE,
    LATER,
    UNIT_LEADER,
    UNIT_STAFF,
    awaiting_approval,
    awaiting_publication,
    clarifying,
    final_to_publish,
    processing,
    promise_to_publish,
    promised,
    published,
)
from tests.core.regulations.table import stopped


@pytest.mark.rule("QB-IV.1.3a", "A-2")
@pytest.mark.parametrize("command", ["approve", "edit_and_approve", "return_for_revision"])
@pytest.mark.parametrize(
    ("moment", "late_s"), [("2026-11-23 17:29:59", 0), ("2026-11-23 17:30:00", 0), ("2026-11-23 17:30:01", 1)]
)
def test_the_leader_decides_within_a_working_day(command: str, moment: str, late_s: int) -> None:
    """Approves, completes it himself, or returns it: each ends the day."""
    bench = awaiting_approval("2026-11-20 09:00").until(moment)
    fields = {"edit_and_approve": {"text": "Đã vá xong"}, "return_for_revision": {"reason": "Cần ảnh"}}

    decision = bench.do(UNIT_LEADER, command, **fields.get(command, {}))

    assert stopped(decision.events, "approval:d1").late_s == late_s


@pytest.mark.rule("QB-IV.1.3a", "A-2")
def test_a_return_to_staff_gives_no_extra_time() -> None:
    """Processing runs on with what was left, approval starts anew at resubmission."""
    bench = awaiting_approval("2026-11-18 14:00").until("2026-11-19 10:00")
    bench.do(UNIT_LEADER, "return_for_revision", reason="Cần ảnh")
    assert (bench.it.dispatch("d1").stage, bench.due("processing:d1")) == ("processing", "2026-11-27 17:30:00")

    bench.until("2026-11-20 10:00").do(UNIT_STAFF, "submit_result", **DONE)

    assert bench.due("approval:d1") == "2026-11-23 17:30:00"


@pytest.mark.rule("QB-IV.1.4b", "U-5", "U-9")
@pytest.mark.parametrize(
    ("arrived", "due", "last", "late"),
    [
        ("2026-11-20 06:00:00", "2026-11-20 07:00:00", "2026-11-20 07:00:00", "2026-11-20 07:00:01"),
        ("2026-11-20 22:00:00", "2026-11-20 23:00:00", "2026-11-20 23:00:00", "2026-11-20 23:00:01"),
        ("2026-11-20 22:00:01", "2026-11-21 07:00:00", "2026-11-21 06:59:59", "2026-11-21 07:00:00"),
        ("2026-11-20 05:59:59", "2026-11-20 07:00:00", "2026-11-20 06:59:59", "2026-11-20 07:00:00"),
    ],
)
def test_publication_has_the_window_of_the_results_arrival(arrived: str, due: str, last: str, late: str) -> None:
    """An hour by day, before 07:00 by night."""
    outcome = {}
    for moment in (last, late):
        bench = awaiting_approval("2026-11-19 16:00").until(arrived)
        bench.do(UNIT_LEADER, "approve")
        assert bench.due("publication") == due
        bench.until(moment).do(EDITOR, "publish", text="Đã vá xong")
        outcome[moment] = bench.it.clocks["publication"].clock.was_late

    assert outcome == {last: False, late: True}


@pytest.mark.rule("QB-IV.1.4a.1", "A-1", "A-2")
def test_the_centres_return_resumes_processing_and_restarts_the_rest() -> None:
    """Like A-2; the publication clock starts anew when it comes back."""
    bench = processing("2026-11-20 09:00").until("2026-11-23 10:00")
    bench.then(UNIT_STAFF, "submit_result", **DONE).then(UNIT_LEADER, "approve")
    assert bench.due("publication") == "2026-11-23 11:00:00"

    bench.until("2026-11-23 10:30").do(EDITOR, "centre_return", reason="Thiếu ảnh")

    assert (bench.stage, bench.it.dispatch("d1").stage) == ("in_progress", "processing")
    clocks = bench.it.clocks
    assert (clocks["publication"].state, clocks["approval:d1"].state) == ("stopped", "stopped")
    assert (clocks["processing:d1"].state, bench.due("processing:d1")) == ("running", "2026-11-30 17:30:00")
    bench.until("2026-11-25 23:00")
    bench.then(UNIT_STAFF, "submit_result", **DONE).then(UNIT_LEADER, "edit_and_approve", text="Đã hoàn thành")
    assert bench.due("publication") == "2026-11-26 07:00:00"


@pytest.mark.rule("QB-IV.1.4a.1")
def test_the_ioc_edits_and_chooses_what_is_shown() -> None:
    """Only what the case holds; once it is out it cannot be returned any more."""
    bench = awaiting_publication()
    assert bench.refused(EDITOR, "publish", text="Đã vá", media=["anh-la"]).code == "data_invalid"

    bench.do(EDITOR, "publish", text="Mặt đường đã được vá.", media=["anh-1"])

    assert bench.stage == "published"
    assert bench.it.publications[0].media == ("anh-1",)
    refusal = bench.refused(EDITOR, "centre_return", reason="Thiếu ảnh")
    assert (refusal.code, refusal.details["fact"]) == ("condition_not_met", "stage")


@pytest.mark.rule("QB-IV.1.4a.2")
def test_a_confidential_reporter_is_answered_alone() -> None:
    """Never published, whoever asked for it and when."""
    bench = awaiting_publication(confidential=True)
    assert bench.names(EDITOR) & {"publish", "reply_privately"} == {"reply_privately"}
    assert "trả lời riêng" in bench.refused(EDITOR, "publish", text="Đã vá").text_vi

    bench.do(EDITOR, "reply_privately", text="Đã vá xong")

    assert (bench.stage, bench.it.publications[0].kind) == ("answered_privately", "private")
    assert awaiting_publication().refused(EDITOR, "reply_privately", text="Đã vá").code == "condition_not_met"


@pytest.mark.rule("QB-IV.1.4a.3", "VN-3")
def test_a_state_secret_is_neither_published_nor_answered() -> None:
    """Flagged by whoever sees it, withheld by the editor; the flag stands until it is cleared with a reason."""
    bench = awaiting_publication().then(UNIT_STAFF, "flag_secret")
    for name in ("publish", "reply_privately"):
        assert bench.refused(EDITOR, name, text="Đã vá").code == "condition_not_met"

    bench.do(EDITOR, "withhold", reason="Theo quy định về bí mật nhà nước")

    assert (bench.stage, bench.it.clocks["publication"].state) == ("withheld", "stopped")
    assert bench.refused(AN, "rate", level="satisfied").http == 409


@pytest.mark.rule("QB-IV.3b", "A-QB-6")
def test_a_promise_is_published_and_stays_open_until_its_date() -> None:
    """An interim answer; the task has the promised day as its limit, then the final answer follows."""
    bench = promise_to_publish()
    move = next(move for move in bench.moves(EDITOR) if move.command == "publish")
    assert "A-QB-6" in move.rules

    decision = bench.do(EDITOR, "publish", text="Sẽ xong ngày 10/12")

    assert isinstance(decision.events[0], AnswerPublished)
    assert decision.events[0].interim
    assert (bench.stage, bench.it.dispatch("d1").stage) == ("in_progress", "promised")
    assert bench.due("promise:d1") == "2026-12-11 00:00:00"
    assert bench.tasks()[0].clock_id == "promise:d1"
    bench.until("2026-12-11 00:00:01").then(UNIT_STAFF, "submit_result", **DONE).then(UNIT_LEADER, "approve").then(
        EDITOR, "publish", text="Đã xong"
    )
    assert bench.stage == "published"
    assert [item.interim for item in bench.it.publications] == [True, False]
    assert bench.it.clocks["promise:d1"].late_s == 1


@pytest.mark.rule("QB-IV.3b", "A-QB-6")
@pytest.mark.parametrize(
    ("moment", "late_s"), [("2026-12-10 23:59:59", 0), ("2026-12-11 00:00:00", 0), ("2026-12-11 00:00:01", 1)]
)
def test_the_promised_day_is_the_last_good_one(moment: str, late_s: int) -> None:
    """Overdue after it; the breach tells everybody concerned."""
    bench = promised().until(moment)
    assert bench.it.clocks["promise:d1"].has_run_out(bench.now) is bool(late_s)

    bench.do(UNIT_STAFF, "submit_result", **DONE)

    assert bench.it.clocks["promise:d1"].late_s == late_s


@pytest.mark.rule("QB-IV.3b", "A-QB-6", "A-2")
def test_a_final_result_that_is_returned_is_still_about_the_promise() -> None:
    """By the leader or by the centre: the promised date runs on, the five days do not come back."""
    bench = promised().until("2026-12-01 09:00")
    bench.then(UNIT_STAFF, "submit_result", **DONE).then(UNIT_LEADER, "return_for_revision", reason="Cần ảnh")
    assert (bench.it.dispatch("d1").stage, bench.due("promise:d1")) == ("promised", "2026-12-11 00:00:00")
    assert bench.it.clocks["processing:d1"].state == "stopped"

    again = final_to_publish()
    again.do(EDITOR, "centre_return", reason="Chưa rõ")
    assert (again.stage, again.it.dispatch("d1").stage) == ("in_progress", "promised")


@pytest.mark.rule("QB-IV.3b", "QB-IV.1.4a.2", "QB-IV.1.4a.3")
def test_a_promise_is_followed_although_nobody_else_may_read_it() -> None:
    """Confidential or withheld, the task stays open to its date."""
    private = promise_to_publish(confidential=True)
    private.do(EDITOR, "reply_privately", text="Sẽ xong ngày 10/12")
    hidden = promise_to_publish().then(UNIT_LEADER, "flag_secret")
    hidden.do(EDITOR, "withhold", reason="Bí mật nhà nước")

    for bench in (private, hidden):
        assert (bench.stage, bench.it.dispatch("d1").stage) == ("in_progress", "promised")
        assert bench.due("promise:d1") == "2026-12-11 00:00:00"
    assert private.it.publications[0].interim
    assert "rate" in private.names(AN)
    assert "rate" not in hidden.names(AN)


@pytest.mark.rule("QB-IV.3b")
@pytest.mark.parametrize("day", ["2026-11-20", "2026-11-19"])
def test_a_promise_is_about_a_day_to_come(day: str) -> None:
    """Not today, not yesterday."""
    refusal = processing().refused(UNIT_STAFF, "commit_interim", **(LATER | {"promised_date": day}))

    assert refusal.code == "data_invalid"


@pytest.mark.rule("QB-IV.1.5b")
@pytest.mark.parametrize(
    ("moment", "late_s"), [("2026-11-23 17:29:59", 0), ("2026-11-23 17:30:00", 0), ("2026-11-23 17:30:01", 1)]
)
def test_the_lead_unit_clarifies_within_a_working_day(moment: str, late_s: int) -> None:
    """Asked on Friday 20/11; the unit has the task, not the focal agency."""
    bench = clarifying("2026-11-20 09:00")
    assert bench.due("clarification") == "2026-11-23 17:30:00"
    assert [(task.role, task.agency_id, task.clock_id) for task in bench.tasks()] == [
        ("unit_leader", "xd_ha_tang", "clarification")
    ]

    decision = bench.until(moment).do(UNIT_STAFF, "clarify", text="Sẽ vá tiếp trong tuần")

    assert stopped(decision.events, "clarification").late_s == late_s
    assert (bench.stage, bench.it.feedbacks[0].clarified_at) == ("published", bench.now)


@pytest.mark.rule("QB-IV.1.5a", "A-5")
def test_a_rating_counts_once_for_each_answer_and_never_reopens() -> None:
    """Also of a promise, whose final answer may be rated again; thirty days after each."""
    bench = promised()
    bench.do(AN, "rate", level="acceptable")
    assert bench.refused(AN, "rate", level="satisfied").code == "already_rated"
    bench.until("2026-12-09 09:00").then(UNIT_STAFF, "submit_result", **DONE).then(UNIT_LEADER, "approve").then(
        EDITOR, "publish", text="Đã xong"
    )
    assert bench.due("rating_window") == "2027-01-09 00:00:00"

    bench.until("2027-01-09 00:00:00").do(AN, "rate", level="dissatisfied", comment="Chậm")

    assert bench.stage == "published"
    assert [item.ratings[0].level for item in bench.it.publications] == ["acceptable", "dissatisfied"]
    late = published("2026-12-09 09:00").until("2027-01-09 00:00:01").refused(AN, "rate", level="satisfied")
    assert late.code == "too_late"
