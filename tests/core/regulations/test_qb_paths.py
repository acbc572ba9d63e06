"""Quảng Bình from end to end: the straight way, the longest lawful one with its total, every detour on one case."""

from __future__ import annotations

import pytest

from core.cases.tasks import open_tasks
from core.clock import sentence_en
from tests.core.cases.bench import kinds, staff
from tests.core.regulations.desk import AN, DISTRIBUTOR, EDITOR, RECEPTIONIST
from tests.core.regulations.limits import lateness
from tests.core.regulations.qb_states import (
    BOARD,
    DONE,
    FOCAL,
    LATER,
    UNIT_LEADER,
    UNIT_STAFF,
    distributed,
    promised,
    received,
)


@pytest.mark.rule(
    "QB-IV.1.1a.1", "QB-IV.1.1a.2", "QB-IV.1.2a.3", "QB-IV.1.2a.4", "QB-IV.1.2a.6", "QB-IV.1.3a", "QB-IV.1.4a.1"
)
def test_the_straight_way_in_eight_steps() -> None:
    """Bước 1 … Bước 8 (Bước 5 only where help is needed), every event in order."""
    bench = received()
    for actor, name, fields in (
        (RECEPTIONIST, "accept", {}),
        (DISTRIBUTOR, "dispatch", {"agencies": ["so_xay_dung"]}),
        (FOCAL, "accept_dispatch", {}),
        (FOCAL, "assign_unit", {"unit": "xd_ha_tang"}),
        (UNIT_LEADER, "accept_dispatch", {}),
        (UNIT_LEADER, "assign_staff", {"staff": "u-7"}),
        (UNIT_STAFF, "submit_result", DONE),
        (UNIT_LEADER, "approve", {}),
        (EDITOR, "publish", {"text": "Mặt đường đã được vá."}),
        (AN, "rate", {"level": "satisfied", "comment": "Cảm ơn"}),
    ):
        bench.wait(minutes=5).do(actor, name, **fields)

    facts = [kind for kind in kinds(bench.events) if not kind.startswith("clock_") and not kind.endswith("_moved")]
    assert facts == [
        "case_received",
        "case_accepted",
        "case_dispatched",
        "dispatch_accepted",
        "unit_assigned",
        "dispatch_accepted",
        "staff_assigned",
        "result_submitted",
        "result_approved",
        "answer_published",
        "answer_rated",
    ]
    assert [visit.stage for visit in bench.it.dispatch("d1").trail] == [
        "distributed",
        "with_focal",
        "with_unit",
        "unit_accepted",
        "processing",
        "awaiting_approval",
        "approved",
    ]
    assert not lateness(bench)
    assert not bench.tasks()


@pytest.mark.rule(
    "QB-IV.1.1b.d", "QB-IV.1.1a.2c", "QB-IV.1.2a.3", "QB-IV.1.2b", "QB-IV.1.3a", "QB-IV.1.4b", "QB-IV.1.5b", "A-QB-4"
)
def test_the_longest_lawful_way_and_its_total() -> None:
    """1h30 + 1wh (inside 5wd) + 5wd + 1wd + 1h, then 1wd to clarify: every step at the very last instant, none late."""
    bench = received("2026-11-18 21:30")
    bench.then(RECEPTIONIST, "accept").then(DISTRIBUTOR, "refer_to_board", reason="Chưa rõ đầu mối")
    bench.do(BOARD, "decide_lead", agency="so_xay_dung")
    bench.until("2026-11-18 23:00").do(DISTRIBUTOR, "dispatch", agencies=["so_xay_dung"])
    bench.until("2026-11-19 08:30").then(FOCAL, "accept_dispatch").then(FOCAL, "assign_unit", unit="xd_ha_tang")
    bench.then(UNIT_LEADER, "accept_dispatch").then(UNIT_LEADER, "assign_staff", staff="u-7")
    bench.until("2026-11-27 17:30").do(UNIT_STAFF, "submit_result", **DONE)
    bench.until("2026-11-30 17:30").do(UNIT_LEADER, "approve")
    bench.until("2026-11-30 18:30").do(EDITOR, "publish", text="Mặt đường đã được vá.")
    bench.do(AN, "give_feedback", text="Vẫn còn một ổ gà")
    bench.until("2026-12-01 17:30").do(UNIT_LEADER, "clarify", text="Đã vá nốt")

    assert not lateness(bench)
    assert [clock.due_at for clock in bench.it.clocks.values() if clock.purpose == "deadline"] == [
        clock.clock.since for clock in bench.it.clocks.values() if clock.purpose == "deadline"
    ]
    assert (bench.it.publications[0].at - bench.it.received_at).days == 11


@pytest.mark.rule(
    "QB-IV.1.1a.x3", "QB-IV.1.1a.x4", "QB-IV.1.2a.3r", "QB-IV.1.2a.4", "QB-IV.1.2a.5", "QB-IV.3b", "A-QB-6"
)
def test_every_detour_of_the_text_on_one_case() -> None:
    """Unreached, edited, refused twice, coordinated, promised, returned by leader and centre, published, clarified."""
    other = staff("focal", "cong_an_tinh")
    bench = received("2026-11-16 08:00")
    bench.do(RECEPTIONIST, "log_verification_call", outcome="not_reached")
    bench.wait(days=1).do(RECEPTIONIST, "log_verification_call", outcome="reached")
    bench.do(RECEPTIONIST, "request_supplement", fields=["place"])
    bench.wait(days=1).do(AN, "supply_supplement")
    bench.then(RECEPTIONIST, "accept").then(DISTRIBUTOR, "dispatch", agencies=["cong_an_tinh"])
    bench.do(other, "send_back", reason="Không phải việc của công an")
    bench.do(DISTRIBUTOR, "dispatch", agencies=["so_xay_dung"])
    bench.then(FOCAL, "accept_dispatch").then(FOCAL, "assign_unit", unit="xd_thanh_tra")
    bench.do(staff("unit_leader", "xd_thanh_tra"), "send_back", reason="Không phải việc của đội")
    bench.then(FOCAL, "assign_unit", unit="xd_ha_tang").then(UNIT_LEADER, "accept_dispatch")
    bench.do(UNIT_LEADER, "assign_staff", staff="u-7")
    bench.do(UNIT_LEADER, "request_coordination", agency="so_y_te", ask="Cung cấp hồ sơ")
    bench.do(staff("partner", "so_y_te"), "refuse_coordination", reason="Không có hồ sơ")
    bench.then(UNIT_STAFF, "commit_interim", **LATER).then(UNIT_LEADER, "return_for_revision", reason="Ghi rõ ngày")
    bench.then(UNIT_STAFF, "commit_interim", **LATER).then(UNIT_LEADER, "approve")
    bench.do(EDITOR, "centre_return", reason="Chưa rõ lý do")
    bench.then(UNIT_STAFF, "commit_interim", **LATER).then(UNIT_LEADER, "edit_and_approve", text="Hẹn 10/12")
    bench.do(EDITOR, "publish", text="Sẽ hoàn thành ngày 10/12/2026.")
    bench.until("2026-12-10 16:00")
    bench.then(UNIT_STAFF, "submit_result", **DONE).then(UNIT_LEADER, "edit_and_approve", text="Đã vá xong")
    bench.do(EDITOR, "publish", text="Đã vá xong")
    bench.then(AN, "give_feedback", text="Còn một đoạn").then(UNIT_STAFF, "clarify", text="Làm nốt tuần sau")

    assert bench.stage == "published"
    assert [item.stage for item in bench.it.dispatches] == ["redirected", "final_approved"]
    assert [(item.kind, item.interim) for item in bench.it.publications] == [("public", True), ("public", False)]
    assert not lateness(bench)
    assert not open_tasks(bench.pack, bench.it)


WORKED = [
    ("2026-11-20 22:00:00", "intake", "2026-11-20 23:00:00"),
    ("2026-11-20 22:00:01", "intake", "2026-11-21 07:00:00"),
    ("2026-11-21 03:10:00", "intake", "2026-11-21 07:00:00"),
    ("2026-11-18 14:00:00", "processing:d1", "2026-11-26 17:30:00"),
    ("2026-11-20 22:30:00", "focal_accept:d1", "2026-11-23 08:30:00"),
]


@pytest.mark.rule("QB-IV.1.1b.d", "QB-IV.1.1b.n", "QB-IV.1.2b", "QB-IV.1.2a.3", "U-1", "U-2", "U-3", "U-5", "U-10")
@pytest.mark.parametrize(("start", "clock", "due"), WORKED)
def test_the_worked_examples_hold_for_the_pack_itself(start: str, clock: str, due: str) -> None:
    """Not only for the clock engine: the pack starts each clock at the right moment with the right limit."""
    bench = distributed(start)
    if clock.startswith("processing"):
        bench.do(FOCAL, "accept_dispatch")

    assert bench.due(clock) == due


def test_the_sentence_names_each_slice_in_english_too() -> None:
    """As engineers read it: "1wh from … → …: minutes by day; days off; article"."""
    clock = distributed("2026-11-20 16:45").it.clocks["focal_accept:d1"].clock

    assert sentence_en(clock.due) == (
        "1wh from Fri 20/11/2026 16:45 → Mon 23/11/2026 07:45: 45 min Fri 20/11, 15 min Mon 23/11; "
        "off Sat 21/11 – Sun 22/11; QĐ phê duyệt Đề án, tháng 5/2022, Phụ lục, mục IV.1.2b"
    )


@pytest.mark.rule("QB-II.2i", "QB-IV.3b", "QB-IV.1.4a.1")
def test_what_an_agency_promised_before_the_board_took_the_case_from_it_binds_nobody() -> None:
    """The result of the one that has it now is a result, and is published as one."""
    bench = promised().then(DISTRIBUTOR, "report_deadlock", reason="Không thống nhất")
    bench.then(BOARD, "decide_lead", agency="fpt").then(DISTRIBUTOR, "dispatch", agencies=["fpt"])
    focal, leader = staff("focal", "fpt"), staff("unit_leader", "fpt")
    bench.then(focal, "accept_dispatch").then(focal, "assign_unit", unit="fpt")
    bench.then(leader, "accept_dispatch").then(leader, "assign_staff", staff="u-9")
    bench.then(staff("unit_staff", "fpt", person="u-9"), "submit_result", **DONE).then(leader, "approve")

    bench.do(EDITOR, "publish", text="Đã vá xong mặt đường ngày 20/11/2026.")

    assert bench.stage == "published"
    assert [made.interim for made in bench.it.publications] == [True, False]
