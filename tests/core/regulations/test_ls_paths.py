"""Lạng Sơn from end to end: the fastest lawful way, the longest with its total, and the ways between."""

from __future__ import annotations

import pytest

from core.cases.decide import Actor
from tests.core.cases.bench import Bench, kinds, staff
from tests.core.regulations.desk import AN, DISTRIBUTOR, EDITOR, RECEPTIONIST
from tests.core.regulations.limits import lateness, note_request
from tests.core.regulations.ls_states import (
    BOARD,
    CHAIR,
    DISTRICT,
    DISTRICT_OFFICER,
    INCOMPLETE,
    OFFICER,
    PARTNER,
    received,
)

Step = tuple[str, Actor, str, dict[str, object]]


def walk(bench: Bench, *steps: Step) -> Bench:
    """Each step at its moment."""
    for when, actor, name, fields in steps:
        bench.until(when).do(actor, name, **fields)
    return bench


@pytest.mark.rule("LS-7.1", "LS-7.2a", "LS-7.3a.1", "LS-7.3a.2", "LS-7.3a.3")
def test_the_fastest_lawful_way_is_an_hour_and_an_hour_and_a_working_day() -> None:
    """`1h + 1h + 1wd`, each step taken at the last second it may be."""
    bench = walk(
        received("2026-11-19 09:00"),
        ("2026-11-19 09:30", RECEPTIONIST, "accept", {}),
        ("2026-11-19 10:00", DISTRIBUTOR, "dispatch", {"agencies": ["ubnd_hoa_dao"]}),
        ("2026-11-19 11:00", CHAIR, "assign_staff", {"staff": "u-3"}),
        ("2026-11-20 17:30", OFFICER, "submit_result", {"result": "Đã dọn sạch"}),
        ("2026-11-20 17:30", CHAIR, "approve", {}),
        ("2026-11-20 17:30", CHAIR, "answer_reporter", {"text": "Đã dọn sạch."}),
    )

    assert (bench.stage, lateness(bench)) == ("answered", {})
    assert not bench.tasks()
    assert kinds(event for event in bench.events if not event.kind.startswith("clock_")) == [
        "case_received",
        "case_accepted",
        "case_moved",
        "case_dispatched",
        "case_moved",
        "staff_assigned",
        "dispatch_moved",
        "result_submitted",
        "dispatch_moved",
        "result_approved",
        "dispatch_moved",
        "reporter_answered",
        "dispatch_moved",
        "case_moved",
    ]


@pytest.mark.rule("LS-7.2a", "LS-7.3b", "LS-7.4b", "LS-7.5", "A-LS-3")
def test_the_longest_lawful_way_is_an_hour_a_day_two_and_three_working_days() -> None:
    """`1h → 1d → 2wd → 3wd`, over a weekend and a holiday: from Friday to the Tuesday after next, nobody late."""
    bench = walk(
        received("2026-11-20 09:00"),
        ("2026-11-20 09:59", RECEPTIONIST, "accept", {}),
        ("2026-11-20 10:00", DISTRIBUTOR, "dispatch", {"agencies": ["ubnd_hoa_dao"]}),
        ("2026-11-20 11:00", CHAIR, "assign_staff", {"staff": "u-3"}),
        ("2026-11-24 00:00", CHAIR, "escalate", {"reason": "Phức tạp", "field_check": True}),
        ("2026-11-24 01:00", DISTRICT, "assign_staff", {"staff": "u-7"}),
        ("2026-11-26 17:30", DISTRICT, "escalate", {"reason": "Vượt thẩm quyền", "field_check": True}),
        ("2026-11-27 09:00", EDITOR, "refer_to_board", {"reason": "Xin ý kiến về đường tỉnh"}),
        ("2026-11-30 09:00", BOARD, "decide_lead", {"agency": "so_giao_thong", "note": "Giao Sở"}),
        ("2026-11-30 09:30", EDITOR, "request_coordination", {"agency": "so_giao_thong", "ask": "Kế hoạch"}),
        ("2026-12-01 16:00", PARTNER, "supply_information", {"information": "Sửa trong tháng"}),
        ("2026-12-01 17:30", EDITOR, "publish", {"text": "Đường sẽ được sửa trong tháng."}),
    )

    assert (bench.stage, lateness(bench)) == ("published", {})
    limits = {name: bench.due(name) for name in ("pass_up:d1", "pass_on:d2", "ioc")}
    assert limits == {
        "pass_up:d1": "2026-11-24 00:00:00",
        "pass_on:d2": "2026-11-26 17:30:00",
        "ioc": "2026-12-01 17:30:00",
    }
    assert f"{bench.it.publications[0].at - bench.it.received_at}" == "11 days, 8:30:00"


@pytest.mark.rule("LS-7.2b", "A-LS-2", "LS-7.4a", "LS-8.1", "LS-8.2")
def test_a_way_with_a_late_supplement_through_the_district_and_a_clarification() -> None:
    """Cancelled at night by a person, restored in the morning, handled by the district, clarified once."""
    bench = received("2026-11-19 22:00", completeness=INCOMPLETE)
    bench.do(RECEPTIONIST, "request_supplement", fields=["address", "identity_number"])
    note_request(bench.wait(minutes=1), reached=True)
    bench.until("2026-11-19 23:01:01").fire("supplement")
    bench.do(RECEPTIONIST, "cancel", reason_code="no_supplement")
    walk(
        bench,
        ("2026-11-20 07:00", AN, "supply_supplement", {"fields": ["address", "identity_number"]}),
        ("2026-11-20 07:10", RECEPTIONIST, "accept", {}),
        ("2026-11-20 07:20", DISTRIBUTOR, "dispatch", {"agencies": ["ubnd_hoa_dao"]}),
        ("2026-11-20 08:00", CHAIR, "escalate", {"reason": "Thuộc đường huyện"}),
        ("2026-11-20 08:30", DISTRICT, "assign_staff", {"staff": "u-7"}),
        ("2026-11-23 16:00", DISTRICT_OFFICER, "submit_result", {"result": "Đã vá đường"}),
        ("2026-11-23 16:30", DISTRICT, "approve", {}),
        ("2026-11-23 16:40", DISTRICT, "answer_reporter", {"text": "Đường đã được vá."}),
        ("2026-11-25 09:00", AN, "give_feedback", {"text": "Còn một đoạn"}),
        ("2026-11-25 15:00", DISTRICT_OFFICER, "clarify", {"text": "Đoạn còn lại vá ngày mai"}),
        ("2026-11-26 15:00", AN, "rate", {"level": "acceptable"}),
    )

    assert (bench.stage, lateness(bench)) == ("answered", {})
    assert bench.it.publications[0].ratings[0].level == "acceptable"
    assert bench.it.feedbacks[0].clarified_at is not None


@pytest.mark.rule("A-3")
def test_two_reporters_of_one_thing_both_get_the_answer() -> None:
    """The second case is joined, not cancelled; both may rate."""
    bench = received()
    bench.do(RECEPTIONIST, "accept")
    bench.do(DISTRIBUTOR, "dispatch", agencies=["ubnd_hoa_dao"])
    bench.others = {"c2": Bench("lang_son", now=bench.now).receive("c2", contact_id="binh").it}
    bench.do(RECEPTIONIST, "link_report", other_case="c2")
    bench.do(CHAIR, "assign_staff", staff="u-3")
    bench.do(OFFICER, "submit_result", result="Đã dọn")
    bench.do(CHAIR, "approve")
    bench.do(CHAIR, "answer_reporter", text="Đã dọn sạch.")

    for reporter in (AN, Actor.reporter("binh")):
        bench.do(reporter, "rate", level="satisfied")

    assert [given.report_id for given in bench.it.publications[0].ratings] == ["r-c1", "r-c2"]


@pytest.mark.rule("LS-7.4a")
def test_another_district_has_no_part_in_it() -> None:
    """Only the one above the commune."""
    bench = received()
    bench.do(RECEPTIONIST, "accept")
    bench.do(DISTRIBUTOR, "dispatch", agencies=["ubnd_hoa_dao"])
    bench.do(CHAIR, "escalate", reason="Phức tạp")

    assert not bench.moves(staff("leader", "ubnd_nui_mau"))
