"""Tiền Giang from end to end: the straight way, the longest lawful one with its total, and the ways aside."""

from __future__ import annotations

import pytest

from core.cases.automatic import automatic_command
from core.cases.decide import Actor
from core.cases.events import CaseDispatched, ResultAmended
from core.clock import due, load_calendar
from tests.core.cases.bench import SYSTEM, Bench, at, kinds
from tests.core.regulations.desk import AN, DISTRIBUTOR, EDITOR, RECEPTIONIST
from tests.core.regulations.tien_giang_states import (
    LEADER,
    OFFICER,
    accepted,
    awaiting_approval,
    awaiting_publication,
    confidential,
    distributed,
    outside,
    published,
    received,
    spam,
    unclassified,
    withheld,
)


@pytest.mark.rule("TG-6.1a", "TG-6.1b.2", "TG-7.1a", "TG-7.1b.1", "TG-8.1b", "TG-9.1a", "TG-10.1", "TG-15.6")
def test_the_straight_way() -> None:
    """Every step leaves a trace of who, in which role, from which agency."""
    bench = unclassified()
    for actor, name, fields in (
        (RECEPTIONIST, "classify", {"category": "transport"}),
        (RECEPTIONIST, "accept", {}),
        (DISTRIBUTOR, "dispatch", {"agencies": ["so_giao_thong"], "note": "Đề nghị kiểm tra thực địa"}),
        (OFFICER, "accept_dispatch", {}),
        (OFFICER, "submit_result", {"result": "Đã vá mặt đường", "evidence": ["anh-2"]}),
        (LEADER, "approve", {}),
        (EDITOR, "publish", {"text": "Mặt đường đã được vá.", "media": ["anh-2"]}),
        (AN, "rate", {"level": "satisfied"}),
    ):
        bench.wait(minutes=5).do(actor, name, **fields)

    assert [visit.stage for visit in bench.it.trail] == [
        "received",
        "accepted",
        "in_progress",
        "awaiting_publication",
        "published",
    ]
    facts = [event for event in bench.events if not event.kind.startswith(("clock", "case_moved", "dispatch_moved"))]
    assert [(event.kind, event.by.role, event.by.agency_id) for event in facts] == [
        ("case_received", "system", None),
        ("case_classified", "receptionist", None),
        ("case_accepted", "receptionist", None),
        ("case_dispatched", "distributor", None),
        ("dispatch_accepted", "officer", "so_giao_thong"),
        ("result_submitted", "officer", "so_giao_thong"),
        ("result_approved", "leader", "so_giao_thong"),
        ("answer_published", "editor", None),
        ("answer_rated", "reporter", None),
    ]
    assert not bench.tasks()


@pytest.mark.rule("TG-6.3", "TG-7.1a", "TG-7.3", "TG-8.3", "TG-9.3")
@pytest.mark.parametrize(
    ("start", "limits"),
    [
        ("2026-11-20 16:45", ["2026-11-23 08:45", "2026-12-02 17:30", "2026-12-03 17:30", "2026-12-04 08:30"]),
        ("2026-02-12 10:00", ["2026-02-12 14:00", "2026-02-27 17:30", "2026-03-02 17:30", "2026-03-03 08:30"]),
    ],
)
def test_the_longest_lawful_way_is_2wh_6wd_1wd_1wh(start: str, limits: list[str]) -> None:
    """Each step ends at its very limit, nobody is late, and the total is the sum of the four limits."""
    bench = received(start)
    bench.until(limits[0]).do(RECEPTIONIST, "accept")
    bench.do(DISTRIBUTOR, "dispatch", agencies=["so_giao_thong"])
    bench.until(bench.due("acceptance:d1")).do(OFFICER, "accept_dispatch")
    bench.until(limits[1]).do(OFFICER, "submit_result", result="Đã làm")
    bench.until(limits[2]).do(LEADER, "approve")
    bench.until(limits[3]).do(EDITOR, "publish", text="Đã làm xong.")

    assert {clock.late_s for clock in bench.it.clocks.values()} == {0}
    total = at(start)
    for limit in ("2wh", "6wd", "1wd", "1wh"):
        total = due(total, limit, load_calendar()).at
    assert bench.now == total


@pytest.mark.rule("TG-6.1a", "A-TG-13", "TG-5.2", "TG-5.3", "A-TG-3", "A-8")
@pytest.mark.parametrize("lacking", ["content", "place", "time", "name", "phone", "email"])
def test_an_incomplete_report_is_asked_for_what_it_lacks(lacking: str) -> None:
    """Refused to accept, named what is missing, the reporter contacted; never junk and never dropped."""
    full = dict.fromkeys(("content", "place", "time", "name", "phone", "email"), "given")
    bench = received(completeness=full | {lacking: "missing"})

    refusal = bench.refused(RECEPTIONIST, "accept")
    assert (refusal.code, refusal.details["fields"]) == ("data_missing", (lacking,))

    bench.do(RECEPTIONIST, "log_verification_call", outcome="not_reached")
    bench.do(RECEPTIONIST, "request_supplement", fields=[lacking])
    assert bench.stage == "waiting_reporter"
    bench.do(AN, "supply_supplement", fields=[lacking])
    bench.do(RECEPTIONIST, "accept")
    assert bench.stage == "accepted"


@pytest.mark.rule("A-TG-3", "A-8")
def test_an_address_that_somebody_does_not_have_is_declared_with_a_reason() -> None:
    """The caller without email; only the content can never be missing."""
    bench = received(completeness=dict.fromkeys(("content", "place", "time", "name", "phone"), "given"))
    assert bench.refused(RECEPTIONIST, "declare_none", field="content", reason="Không có").code == "data_invalid"

    bench.do(RECEPTIONIST, "declare_none", field="email", reason="Người phản ánh không dùng thư điện tử")
    bench.do(RECEPTIONIST, "accept")

    assert bench.stage == "accepted"


@pytest.mark.rule("TG-6.1b.1", "TG-3.4")
def test_the_distributor_sends_what_is_inaccurate_back_to_be_verified() -> None:
    """With a note; the receptionist finds it in the queue again."""
    bench = accepted()
    assert bench.refused(DISTRIBUTOR, "dispatch", agencies=[""]).http == 422

    bench.do(DISTRIBUTOR, "send_back", reason="Địa điểm không đúng")

    assert [task.role for task in bench.tasks()] == ["receptionist"]


@pytest.mark.rule("TG-P1.II.3a", "A-TG-6")
def test_routing_by_configuration_waits_for_a_person() -> None:
    """Valid in a person's eyes first; only sectors that are marked; the agency of the sector as it is today."""
    bench = received(category="culture")
    assert automatic_command(bench.ctx(SYSTEM), bench.it) is None
    assert bench.refused(SYSTEM, "dispatch", agencies=["so_van_hoa"]).code == "stage_not_allowed"

    bench.do(RECEPTIONIST, "accept")
    command = automatic_command(bench.ctx(SYSTEM), bench.it)

    assert command is not None
    decision = bench.do(SYSTEM, "dispatch", **command.model_dump(include={"agencies"}))
    fact = decision.events[0]
    assert isinstance(fact, CaseDispatched)
    assert (fact.by.role, [item.agency_id for item in fact.opened]) == ("system", ["so_van_hoa"])


@pytest.mark.rule("TG-P1.II.3b", "A-TG-6")
def test_what_is_not_marked_is_analysed_and_routed_by_hand() -> None:
    """Also a second time: what an agency returned never goes out by itself again."""
    bench = accepted(category="police")
    assert automatic_command(bench.ctx(SYSTEM), bench.it) is None
    bench.do(DISTRIBUTOR, "classify", category="transport", reason="Việc của ngành giao thông")
    bench.do(DISTRIBUTOR, "dispatch", agencies=["so_giao_thong"])
    bench.do(OFFICER, "send_back", reason="Không thuộc thẩm quyền")

    assert automatic_command(bench.ctx(SYSTEM), bench.it) is None


@pytest.mark.rule("A-TG-14", "TG-1.1")
def test_a_report_outside_the_pilot_is_accepted_marked_and_passed_by_hand() -> None:
    """The button says so; the product does not route it."""
    bench = unclassified()
    button = next(move for move in bench.moves(RECEPTIONIST) if move.command == "accept")
    assert button.label == "Tiếp nhận ngoài lĩnh vực thí điểm"

    bench = outside()

    assert (bench.stage, bench.it.flags.out_of_scope) == ("accepted", True)
    assert automatic_command(bench.ctx(SYSTEM), bench.it) is None
    bench.do(DISTRIBUTOR, "dispatch", agencies=["xa_con_dua"])
    assert bench.stage == "in_progress"


@pytest.mark.rule("TG-P1.II.3c")
def test_junk_ends_the_process_with_a_reason() -> None:
    """Nobody has work with it and no clock runs; by mistake, it stands where it stood."""
    bench = spam()
    assert (bench.pack.stages.case["spam"].kind, bench.tasks(), bench.next_fire) == ("closed", [], None)
    assert bench.refused(RECEPTIONIST, "mark_spam", reason="Quảng cáo").code == "data_missing"

    bench.do(RECEPTIONIST, "mark_spam", reason="Đánh dấu nhầm", undo=True)

    assert bench.stage == "received"


@pytest.mark.rule("TG-8.1a", "TG-3.4", "A-2")
def test_the_leader_mends_or_returns_with_words() -> None:
    """No time is won by a return."""
    bench = awaiting_approval()
    left = bench.due("processing:d1")
    bench.do(LEADER, "return_for_revision", reason="Cần ảnh sau khi vá")
    assert (bench.it.dispatch("d1").stage, bench.due("processing:d1")) == ("processing", left)
    bench.do(OFFICER, "submit_result", result="Đã vá, có ảnh", evidence=["anh-3"])

    decision = bench.do(LEADER, "edit_and_approve", text="Sở đã vá xong")

    assert isinstance(decision.events[0], ResultAmended)
    assert (bench.stage, bench.it.dispatch("d1").stage) == ("awaiting_publication", "approved")


@pytest.mark.rule("TG-9.1b", "TG-5.4")
def test_a_confidential_reporter_is_answered_alone() -> None:
    """Publication is refused with a sentence; feedback and clarification stay private too."""
    bench = confidential()
    assert "giữ bí mật" in bench.refused(EDITOR, "publish", text="Đã làm").text_vi
    assert awaiting_publication().refused(EDITOR, "reply_privately", text="Đã làm").code == "condition_not_met"

    bench.do(EDITOR, "reply_privately", text="Mặt đường đã được vá.")
    bench.do(AN, "give_feedback", text="Còn một đoạn")
    bench.do(OFFICER, "clarify", text="Đoạn còn lại sẽ vá tháng sau")

    assert (bench.stage, [item.kind for item in bench.it.publications]) == ("answered_privately", ["private"])


@pytest.mark.rule("TG-9.1c", "VN-3")
def test_a_state_secret_is_neither_published_nor_answered() -> None:
    """Flagged by anybody who works on it; withheld by the Centre, also what UBND tỉnh excludes."""
    bench = distributed()
    bench.do(OFFICER, "flag_secret")
    bench.do(OFFICER, "accept_dispatch")
    bench.do(OFFICER, "submit_result", result="Đã làm")
    bench.do(LEADER, "approve")
    assert bench.refused(EDITOR, "publish", text="Đã làm").code == "condition_not_met"
    assert bench.refused(EDITOR, "reply_privately", text="Đã làm").http == 409
    bench.do(EDITOR, "withhold", reason="Luật Bảo vệ bí mật nhà nước")
    assert bench.stage == "withheld"

    excluded = awaiting_publication()
    excluded.do(EDITOR, "withhold", reason="Nội dung UBND tỉnh quy định không công khai")
    assert (excluded.stage, excluded.it.flags.secret) == ("withheld", False)
    assert withheld().refused(AN, "rate", level="satisfied").code == "stage_not_allowed"


@pytest.mark.rule("TG-10.1", "TG-10.2", "A-5")
def test_a_rating_never_reopens_and_feedback_is_made_clear() -> None:
    """Three levels, once for each answer."""
    bench = published()
    bench.do(AN, "rate", level="dissatisfied")
    assert (bench.stage, bench.tasks()) == ("published", [])
    assert bench.refused(AN, "rate", level="satisfied").code == "already_rated"

    bench.do(AN, "give_feedback", text="Chưa rõ bao giờ vá đoạn còn lại")
    assert [(task.role, task.agency_id) for task in bench.tasks()] == [("officer", "so_giao_thong")]
    bench.do(OFFICER, "clarify", text="Cuối tháng sẽ vá")
    assert bench.stage == "published"


@pytest.mark.rule("TG-6.3k", "A-TG-4")
def test_an_emergency_goes_on_beside_the_phone_call() -> None:
    """Who was told, and when, is logged; the ordinary steps do not wait."""
    bench = received(urgency="emergency")
    said = {"target": "focal_officer", "spoken_to": "Cán bộ đầu mối", "spoken_at": "2026-11-20T09:00:00+07:00"}
    bench.do(DISTRIBUTOR, "hand_over_emergency", **said)
    bench.do(RECEPTIONIST, "accept")

    assert "emergency_handed_over" in kinds(bench.events)
    assert (bench.stage, bench.it.clocks["contact"].state) == ("accepted", "stopped")
    ordinary = Actor("u-2", frozenset({"distributor"}))
    assert accepted().refused(ordinary, "hand_over_emergency", **said).code == "condition_not_met"


@pytest.mark.rule("A-3")
def test_the_same_thing_from_another_person_is_linked_and_answered_too() -> None:
    """Never cancelled: the regulation has no such move."""
    main, other = received(), received(case_id="c2", contact_id="binh")
    main.others = {"c2": other.it}
    main.do(RECEPTIONIST, "link_report", other_case="c2")

    assert [item.contact_id for item in main.it.reports] == ["an", "binh"]
    assert Bench("tien_giang").pack.moves_for("cancel") == ()
