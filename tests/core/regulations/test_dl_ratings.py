"""Đắk Lắk, rule by rule: verdicts, what is done again, and a second disagreement."""

from __future__ import annotations

import pytest

from core.cases.decide import Actor
from tests.core.cases.bench import pack_of
from tests.core.regulations.desk import AN, DISTRIBUTOR, EDITOR, RECEPTIONIST
from tests.core.regulations.dl_states import CITY, HANDLED, NAME, STATES, UNIT, answered, clarifying, reopened
from tests.core.regulations.table import told


@pytest.mark.rule("DL-II.2.3c.1", "A-5")
def test_dl_ii_2_3c_1_three_levels_verbatim_with_a_comment() -> None:
    """ "hài lòng", "chấp nhận được", "không hài lòng"; a rating alone reopens nothing."""
    levels = sorted(pack_of(NAME).rating.levels.values(), key=lambda item: -item.score)
    assert [item.label.lower() for item in levels] == ["hài lòng", "chấp nhận được", "không hài lòng"]
    bench = answered()

    bench.do(AN, "rate", level="dissatisfied", comment="Chưa xong")

    given = bench.it.publications[0].ratings[0]
    assert (bench.stage, given.level, given.comment is not None) == ("answered", "dissatisfied", True)


@pytest.mark.rule("DL-II.2.3c.2")
def test_dl_ii_2_3c_2_agencies_hear_of_every_rating_and_act_themselves() -> None:
    """The city takes its own case up again; the answer follows as before."""
    bench = answered()
    bench.do(AN, "rate", level="dissatisfied", comment="Chưa xong")
    assert told(bench)[-3:] == [(role, "task_feedback") for role in ("focal", "unit", "editor")]

    bench.do(CITY, "reopen", reason="Làm lại đoạn cuối")
    assert (bench.stage, bench.it.dispatch("d1").stage) == ("in_progress", "with_focal")
    bench.do(CITY, "submit_result", handled_at=HANDLED, result="Đã làm lại")
    bench.do(EDITOR, "publish", text="Đã làm lại xong.")

    assert (bench.stage, len(bench.it.publications)) == ("answered", 2)
    bench.do(AN, "rate", level="satisfied")


@pytest.mark.rule("DL-II.2.3c.2")
@pytest.mark.parametrize("state", ["answered", "answered_privately", "clarifying", "clarifying_privately"])
@pytest.mark.parametrize("by", [DISTRIBUTOR, EDITOR])
def test_dl_ii_2_3c_2_the_ioc_forwards_what_needs_rework(state: str, by: Actor) -> None:
    """Distributed again to the focal point; the reporter hears of it."""
    bench = STATES[state]()

    bench.do(by, "reopen", reason="Cần làm lại")

    assert bench.stage == "accepted"
    assert ("reporter", "case_reopened") in told(bench)
    again = (
        {"name": "send_letter", "agency": "ubnd_thanh_pho", "text": "Kính gửi"}
        if bench.it.flags.reputation == "confirmed"
        else {"name": "dispatch", "agencies": ["ubnd_thanh_pho"]}
    )
    bench.do(DISTRIBUTOR, str(again.pop("name")), **again)
    assert [item.stage for item in bench.it.dispatches] == ["done", "with_focal"]


@pytest.mark.rule("DL-II.2.3c.3")
def test_dl_ii_2_3c_3_a_second_disagreement_is_talked_over_and_forwarded() -> None:
    """Clarified once, still not content: the IOC contacts, then forwards."""
    bench = clarifying()
    bench.do(UNIT, "clarify", text="Sẽ làm nốt")
    bench.do(AN, "give_feedback", text="Vẫn chưa")

    bench.do(RECEPTIONIST, "log_verification_call", outcome="reached", note="Đã trao đổi")
    bench.do(DISTRIBUTOR, "reopen", reason="Người phản ánh vẫn không đồng ý")

    assert (bench.stage, len(bench.it.feedbacks)) == ("accepted", 2)


@pytest.mark.rule("DL-II.2.3c.2")
def test_a_reopened_case_is_answered_only_when_its_new_part_is_done() -> None:
    """The old part stays done and holds nothing up."""
    bench = reopened()
    bench.do(DISTRIBUTOR, "dispatch", agencies=["ubnd_thanh_pho"])
    assert bench.stage == "in_progress"

    bench.do(CITY, "submit_result", dispatch_id="d2", handled_at=HANDLED, result="Đã làm lại")

    assert bench.stage == "awaiting_answer"


@pytest.mark.rule("A-5", "DL-II.2.3c.2")
@pytest.mark.parametrize("by", [EDITOR, CITY])
def test_an_answer_after_reopening_is_rated_for_thirty_days_of_its_own(by: Actor) -> None:
    """Friday 20/11 and 30 days, then Friday 25/12 and 30 days: Sunday 24/1/2027, so to 24:00 of Monday (U-4)."""
    bench = answered()
    assert bench.due("rating_window") == "2026-12-22 00:00:00"
    bench.until("2026-12-18 09:00").do(by, "reopen", reason="Làm lại đoạn cuối")
    assert bench.it.clocks["rating_window"].late_s == 0
    if by is EDITOR:
        bench.do(DISTRIBUTOR, "dispatch", agencies=["ubnd_thanh_pho"])
    bench.do(CITY, "submit_result", handled_at=HANDLED, result="Đã làm lại")
    bench.until("2026-12-25 09:00").do(EDITOR, "publish", text="Đã làm lại xong.")

    assert bench.due("rating_window") == "2027-01-26 00:00:00"
    bench.until("2027-01-25 23:59").do(AN, "rate", level="satisfied")
