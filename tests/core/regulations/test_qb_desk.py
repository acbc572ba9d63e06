"""Quảng Bình, the desk of Bước 1: calls, edits, pauses, refusals, and the four grounds to cancel."""

from __future__ import annotations

import pytest

from core.cases.decide import Refusal
from core.cases.events import ClockPaused, ClockResumed
from tests.core.cases.bench import Bench
from tests.core.regulations.desk import AN, DISTRIBUTOR, RECEPTIONIST
from tests.core.regulations.qb_states import accepted, distributed, received, waiting_reporter, waiting_verification


@pytest.mark.rule("QB-IV.1.1a.1")
def test_the_ioc_phones_puts_the_group_in_order_and_accepts() -> None:
    """Bước 1; a change of group needs a reason."""
    bench = received(category="littering")
    bench.then(RECEPTIONIST, "log_verification_call", outcome="reached", note="Đúng người, đúng việc")
    assert (bench.stage, bench.it.verification) == ("received", "reached")
    assert bench.refused(RECEPTIONIST, "classify", category="waste").details["fields"] == ("reason",)

    bench.then(RECEPTIONIST, "classify", category="waste", reason="Là nước thải").then(RECEPTIONIST, "accept")

    assert (bench.stage, bench.it.category) == ("accepted", "waste")


@pytest.mark.rule("A-QB-3", "QB-III.2a", "QB-IV.1.1a.1")
def test_the_desk_writes_it_down_with_marks_beside_what_was_sent() -> None:
    """No ground to refuse: the working text is added, the original stays; the group need not change for it."""
    bench = received(channel="sms", content="den duong tat 3 ngay nay", category="utilities")
    original = bench.it.content

    bench.do(RECEPTIONIST, "classify", category="utilities", wording="Đèn đường tắt ba ngày nay")
    bench.do(DISTRIBUTOR, "classify", category="littering", reason="Nhầm nhóm")

    assert bench.it.content == original
    assert bench.it.wording is not None
    assert bench.it.wording.length == len("Đèn đường tắt ba ngày nay")
    assert bench.it.category == "littering"


@pytest.mark.rule("QB-III.2b", "QB-III.2c", "A-8")
@pytest.mark.parametrize("field", ["content", "place", "time", "name", "phone", "email"])
def test_what_is_required_must_be_there_or_declared_none(field: str) -> None:
    """Content can never be declared none; a caller without e-mail can still report."""
    given = dict.fromkeys({"content", "place", "time", "name", "phone", "email"} - {field}, "given")
    bench = received(completeness=given)
    refusal = bench.refused(RECEPTIONIST, "accept")
    assert (refusal.code, refusal.details["fields"]) == ("data_missing", (field,))
    if field == "content":
        assert bench.refused(RECEPTIONIST, "declare_none", field=field, reason="Không").code == "data_invalid"
        return

    bench.then(RECEPTIONIST, "declare_none", field=field, reason="Người gọi không có")

    bench.do(RECEPTIONIST, "accept")


@pytest.mark.rule("A-QB-2", "QB-IV.1.1a.x4", "A-1")
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


@pytest.mark.rule("A-QB-2", "QB-IV.1.1a.x3")
def test_waiting_for_a_call_to_succeed_pauses_it_too_and_the_two_pauses_follow_each_other() -> None:
    """Each with its own reason; between them not a second is lost or won."""
    bench = received("2026-11-20 09:00")
    bench.wait(minutes=20).do(RECEPTIONIST, "log_verification_call", outcome="not_reached")
    bench.wait(hours=3).do(RECEPTIONIST, "request_supplement", fields=["email"])
    clock = bench.it.clocks["intake"]
    assert (clock.state, clock.clock.reason) == ("paused", "case/waiting_reporter")
    assert bench.it.clocks["verification_wait"].state == "stopped"

    bench.wait(hours=5).do(AN, "supply_supplement")

    assert bench.due("intake") == "2026-11-20 18:00:00"
    reasons = [past.reason for past in bench.it.clocks["intake"].clock.past if past.state == "paused"]
    assert reasons == ["case/waiting_verification", "case/waiting_reporter"]


@pytest.mark.rule("QB-IV.1.1a.x3")
def test_an_unreachable_reporter_is_cancelled_not_before_two_days() -> None:
    """The offer comes when the wait is over; the command is refused until then; calls in between do not put it off."""
    bench = waiting_verification("2026-11-19 15:00")
    assert bench.due("verification_wait") == "2026-11-24 00:00:00"  # Sat 21/11, so 24:00 of Monday
    bench.until("2026-11-20 10:00").do(RECEPTIONIST, "log_verification_call", outcome="not_reached")
    assert bench.due("verification_wait") == "2026-11-24 00:00:00"
    for moment in ("2026-11-23 23:59:59", "2026-11-24 00:00:00"):
        early = bench.until(moment).refused(RECEPTIONIST, "cancel", reason_code="unreachable")
        assert early.code == "too_early"
    bench.until("2026-11-24 00:00:01").fire("verification_wait")
    assert bench.stage == "waiting_verification"  # nothing is cancelled by itself

    move = next(move for move in bench.moves(RECEPTIONIST) if move.command == "cancel")
    assert move.offered
    assert "unreachable" in [choice.value for choice in move.form[0].choices]
    bench.do(RECEPTIONIST, "cancel", reason_code="unreachable")
    assert bench.stage == "cancelled"
    assert bench.next_fire is None


@pytest.mark.rule("QB-IV.1.1a.x3")
def test_nobody_is_unreachable_before_a_call_was_logged() -> None:
    """The two days have not begun: the refusal says what begins them, and names no moment."""
    refusal = received().refused(RECEPTIONIST, "cancel", reason_code="unreachable")

    assert (refusal.code, refusal.details) == ("too_early", {})
    assert refusal.text_vi == (
        "Thời hạn “Chờ xác minh qua điện thoại” chưa bắt đầu nên chưa thực hiện được. "
        "Thời hạn này tính từ khi hồ sơ ở bước “Chờ xác minh qua điện thoại”."
    )


@pytest.mark.rule("QB-IV.1.1a.x3")
def test_a_reporter_who_was_reached_meanwhile_is_not_cancelled_as_unreachable() -> None:
    """The call that succeeds ends the wait and gives the hour back; a later one begins another two days."""
    bench = waiting_verification("2026-11-19 15:00").until("2026-11-20 15:00")
    bench.do(RECEPTIONIST, "log_verification_call", outcome="reached")
    assert (bench.stage, bench.due("intake")) == ("received", "2026-11-20 16:00:00")

    bench.until("2026-11-25 09:00").do(RECEPTIONIST, "log_verification_call", outcome="not_reached")

    assert bench.refused(RECEPTIONIST, "cancel", reason_code="unreachable").code == "too_early"
    assert bench.due("verification_wait") == "2026-11-28 00:00:00"


@pytest.mark.rule("QB-IV.1.1a.x3")
def test_somebody_else_on_the_phone_is_cancelled_at_once() -> None:
    """The second limb has no wait; a reporter who was reached cannot be cancelled so."""
    bench = received()
    bench.do(RECEPTIONIST, "log_verification_call", outcome="reached")
    assert bench.refused(RECEPTIONIST, "cancel", reason_code="not_the_reporter").code == "condition_not_met"
    bench.do(RECEPTIONIST, "log_verification_call", outcome="not_the_reporter")

    bench.do(RECEPTIONIST, "cancel", reason_code="not_the_reporter")

    assert bench.stage == "cancelled"


@pytest.mark.rule("QB-IV.1.1a.x4")
def test_what_is_not_edited_is_cancelled_not_before_two_days() -> None:
    """From the request; supplied in time it goes on, and the ground is gone."""
    bench = waiting_reporter("2026-11-19 15:00")
    for moment in ("2026-11-23 23:59:59", "2026-11-24 00:00:00"):
        assert bench.until(moment).refused(RECEPTIONIST, "cancel", reason_code="not_edited").code == "too_early"
    bench.until("2026-11-24 00:00:01").fire("supplement_wait")
    assert (bench.stage, bench.it.clocks["supplement_wait"].offer_reason) == ("waiting_reporter", "not_edited")

    edited = waiting_reporter("2026-11-19 15:00").until("2026-11-25 09:00")
    edited.do(AN, "supply_supplement", fields=["place"])
    assert edited.refused(RECEPTIONIST, "cancel", reason_code="not_edited").code == "too_early"

    bench.do(RECEPTIONIST, "cancel", reason_code="not_edited")
    assert bench.stage == "cancelled"


@pytest.mark.rule("QB-IV.1.1a.x1", "A-3")
def test_only_a_repeat_by_the_same_person_is_cancelled() -> None:
    """Somebody else's report about the same thing is linked."""
    bench = received()
    bench.others = {
        name: Bench("quang_binh").receive(name, contact_id=who).it for name, who in (("c2", "binh"), ("c3", "an"))
    }
    assert bench.refused(RECEPTIONIST, "cancel", reason_code="same_reporter").code == "data_missing"
    own = bench.refused(RECEPTIONIST, "cancel", reason_code="same_reporter", same_as=bench.it.id)
    assert "chính hồ sơ này" in own.text_vi
    refusal = bench.refused(RECEPTIONIST, "cancel", reason_code="same_reporter", same_as="c2")
    assert (refusal.code, "A-3" in refusal.rules) == ("not_the_same_person", True)
    assert not isinstance(bench.ask(RECEPTIONIST, "link_report", other_case="c2"), Refusal)

    bench.do(RECEPTIONIST, "cancel", reason_code="same_reporter", same_as="c3")

    assert bench.stage == "cancelled"


@pytest.mark.rule("QB-IV.1.1a.x2")
@pytest.mark.parametrize("state", [received, waiting_verification, waiting_reporter, accepted])
def test_unclear_mistaken_and_trial_reports_are_cancelled_at_once(state: object) -> None:
    """While nobody has it yet; afterwards not."""
    state().do(RECEPTIONIST, "cancel", reason_code="unclear")  # type: ignore[operator]

    assert distributed().refused(RECEPTIONIST, "cancel", reason_code="unclear").http == 409
    assert received().refused(RECEPTIONIST, "cancel", reason_code="vi_thich").code == "data_invalid"


@pytest.mark.rule("QB-IV.1.1a.r")
def test_a_refusal_has_a_ground_and_words_and_ends_the_case() -> None:
    """The ground is public, the words go to the reporter."""
    bench = received()
    assert bench.refused(RECEPTIONIST, "decline", reason="Không rõ").details["fields"] == ("reason_code",)

    bench.do(RECEPTIONIST, "decline", reason_code="not_clear", reason="Không rõ ở đâu, lúc nào")

    assert (bench.stage, bench.it.decline_code) == ("declined", "not_clear")
    assert bench.next_fire is None
