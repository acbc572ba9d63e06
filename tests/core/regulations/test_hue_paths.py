"""Thừa Thiên Huế from end to end: the straight way, the longest, and the ways out at the desk."""

from __future__ import annotations

import pytest

from core.cases.decide import Actor
from core.cases.events import CaseDispatched
from tests.core.cases.bench import Bench, at, kinds, staff
from tests.core.regulations.desk import AN, DISTRIBUTOR, EDITOR, RECEPTIONIST
from tests.core.regulations.hue_states import LEADER, OFFICER, received


@pytest.mark.rule("HUE-1", "HUE-2", "HUE-3a", "HUE-4b", "HUE-5")
def test_the_straight_way_in_five_steps() -> None:
    """Bước 1 … Bước 5, every event in order."""
    bench = received()
    for actor, name, fields in (
        (RECEPTIONIST, "accept", {}),
        (DISTRIBUTOR, "dispatch", {"agencies": ["so_xay_dung"]}),
        (OFFICER, "accept_dispatch", {}),
        (OFFICER, "submit_result", {"result": "Đã vá mặt đường"}),
        (LEADER, "approve", {}),
        (EDITOR, "publish", {"text": "Mặt đường đã được vá."}),
        (AN, "rate", {"level": "satisfied", "comment": "Cảm ơn"}),
    ):
        bench.wait(minutes=5).do(actor, name, **fields)

    assert kinds(bench.events) == [
        "case_received",
        "case_accepted",
        "case_moved",
        "case_dispatched",
        "case_moved",
        "clock_started",
        "dispatch_accepted",
        "dispatch_moved",
        "clock_stopped",
        "result_submitted",
        "dispatch_moved",
        "result_approved",
        "dispatch_moved",
        "case_moved",
        "answer_published",
        "case_moved",
        "clock_started",
        "answer_rated",
    ]
    assert [visit.stage for visit in bench.it.trail] == [
        "received",
        "accepted",
        "in_progress",
        "awaiting_publication",
        "published",
    ]
    assert bench.it.publications[0].ratings[0].level == "satisfied"
    assert not bench.tasks()


@pytest.mark.rule("HUE-1", "HUE-2", "HUE-3b", "HUE-4a", "HUE-5", "A-1", "A-2", "A-HUE-3")
def test_the_longest_way() -> None:
    """Supplement, wrong agency, late acceptance elsewhere, revision, two agencies, private answer, feedback."""
    bench = Bench(now=at("2026-11-20 08:00")).receive(completeness={"content": "given", "reachable": "given"})
    health = staff("officer", "so_y_te")
    assert bench.refused(RECEPTIONIST, "accept").code == "data_missing"
    bench.do(RECEPTIONIST, "request_supplement", fields=["place"])
    bench.wait(days=2).do(AN, "supply_supplement", fields=["place"], files=["anh-2"])
    bench.do(RECEPTIONIST, "classify", category="transport")
    bench.do(RECEPTIONIST, "accept")
    bench.do(DISTRIBUTOR, "dispatch", agencies=["so_y_te"])
    bench.wait(minutes=29).do(health, "send_back", reason="Không phải việc y tế", suggested_agency="so_xay_dung")
    bench.do(DISTRIBUTOR, "dispatch", agencies=["so_xay_dung", "ubnd_con_sen"])

    assert [item.stage for item in bench.it.dispatches] == ["redirected", "distributed", "distributed"]
    ward_officer, ward_leader = staff("officer", "ubnd_con_sen"), staff("leader", "ubnd_con_sen")
    bench.wait(minutes=31)
    bench.fire("acceptance:d2")
    for actor in (OFFICER, ward_officer):
        bench.do(actor, "accept_dispatch")
        bench.do(actor, "submit_result", result="Đã làm")
    bench.do(LEADER, "return_for_revision", reason="Cần ảnh")
    bench.do(ward_leader, "approve")
    assert bench.stage == "in_progress"
    bench.do(OFFICER, "submit_result", result="Đã làm, có ảnh", evidence=["anh-3"])
    bench.do(LEADER, "edit_and_approve", text="Sở đã làm xong")
    assert bench.stage == "awaiting_publication"

    bench.do(AN, "set_confidential")
    assert bench.refused(EDITOR, "publish", text="Đã làm xong").code == "condition_not_met"
    bench.do(EDITOR, "reply_privately", text="Đã làm xong", media=["anh-3"])
    bench.do(AN, "give_feedback", text="Còn một đoạn")
    assert {task.agency_id for task in bench.tasks()} == {"so_xay_dung", "ubnd_con_sen"}
    bench.do(OFFICER, "clarify", text="Đoạn còn lại sẽ làm tháng sau")

    assert bench.stage == "answered_privately"
    assert bench.it.feedbacks[0].clarified_at is not None
    assert (bench.it.clocks["acceptance:d1"].late_s, bench.it.clocks["acceptance:d2"].late_s) == (0, 60)


@pytest.mark.rule("HUE-3b", "A-1")
def test_one_of_two_agencies_returns_and_the_other_goes_on() -> None:
    """The case stays in progress; the return waits for the distributor, and nothing is published over it."""
    bench = received()
    bench.do(RECEPTIONIST, "accept")
    bench.do(DISTRIBUTOR, "dispatch", agencies=["so_xay_dung", "so_y_te"])
    bench.do(staff("officer", "so_y_te"), "send_back", reason="Không thuộc thẩm quyền", agency_unknown=True)
    bench.do(OFFICER, "accept_dispatch")
    bench.do(OFFICER, "submit_result", result="Đã làm")
    bench.do(LEADER, "approve")

    assert bench.stage == "in_progress"
    assert [(task.role, task.dispatch_id) for task in bench.tasks()] == [("distributor", "d2")]

    decision = bench.do(DISTRIBUTOR, "dispatch", agencies=["cong_an"])
    assert isinstance(decision.events[0], CaseDispatched)
    assert [item.stage for item in bench.it.dispatches] == ["approved", "redirected", "distributed"]


@pytest.mark.rule("A-HUE-3", "A-8")
def test_a_field_the_reporter_does_not_have_counts_once_declared() -> None:
    """Declared none with a reason; the content alone can never be missing."""
    bench = Bench().receive(completeness={"content": "given", "place": "given"})
    refusal = bench.refused(RECEPTIONIST, "accept")
    assert refusal.details["fields"] == ("reachable",)
    assert "cách liên hệ" in refusal.text_vi
    assert bench.refused(RECEPTIONIST, "declare_none", field="content", reason="Không có").code == "data_invalid"

    bench.do(RECEPTIONIST, "declare_none", field="reachable", reason="Gọi từ máy công cộng")
    bench.do(RECEPTIONIST, "accept")

    assert bench.stage == "accepted"


@pytest.mark.rule("A-HUE-3")
def test_a_refusal_gives_its_reason_to_the_reporter() -> None:
    """A code from the pack and words of one's own, both."""
    bench = received()
    assert bench.refused(RECEPTIONIST, "decline", reason="Ngoài địa bàn").http == 422
    assert bench.refused(RECEPTIONIST, "decline", reason_code="vi_thich", reason="Ngoài địa bàn").code == "data_invalid"

    bench.do(RECEPTIONIST, "decline", reason_code="out_of_area", reason="Ngoài địa bàn")

    assert (bench.stage, bench.it.decline_code) == ("declined", "out_of_area")
    assert bench.it.decline_reason is not None


@pytest.mark.rule("A-3")
def test_only_a_repeat_by_the_same_person_is_cancelled() -> None:
    """Somebody else's report about the same thing is linked."""
    bench = received()
    bench.others = {
        "c2": Bench().receive("c2", contact_id="binh").it,
        "c3": Bench().receive("c3", contact_id="an").it,
    }
    assert bench.refused(RECEPTIONIST, "cancel", reason_code="same_reporter").code == "data_missing"
    refusal = bench.refused(RECEPTIONIST, "cancel", reason_code="same_reporter", same_as="c2")
    assert (refusal.code, "A-3" in refusal.rules) == ("not_the_same_person", True)

    bench.do(RECEPTIONIST, "cancel", reason_code="same_reporter", same_as="c3")

    assert bench.stage == "cancelled"


@pytest.mark.rule("A-HUE-3")
def test_a_reporter_may_withdraw_and_nothing_else() -> None:
    """The only ground that is theirs; the form offers no other."""
    bench = received()
    form = next(move for move in bench.moves(AN) if move.command == "cancel")
    assert form.label == "Rút phản ánh"
    assert [choice.value for choice in form.form[0].choices] == ["withdrawn"]
    assert bench.refused(AN, "cancel", reason_code="mistake").code == "condition_not_met"

    bench.do(AN, "cancel", reason_code="withdrawn")

    assert bench.stage == "cancelled"


@pytest.mark.rule("VN-1", "VN-2")
@pytest.mark.parametrize("kind", ["complaint", "denunciation", "corruption"])
def test_what_never_becomes_a_case_ends_at_once(kind: str) -> None:
    """From wherever it is noticed; nobody has work with it any more."""
    bench = received()
    bench.do(RECEPTIONIST, "accept")
    bench.do(DISTRIBUTOR, "dispatch", agencies=["so_xay_dung"])

    bench.do(DISTRIBUTOR, "divert", kind=kind)

    assert (bench.stage, bench.it.diversion) == ("diverted", kind)
    assert not bench.tasks()
    assert bench.next_fire is None
    assert "clock_stopped" in kinds(bench.events)


@pytest.mark.rule("VN-3")
def test_a_suspected_secret_cannot_be_published_or_answered() -> None:
    """Until the flag is cleared with a reason, or it is withheld."""
    bench = received()
    bench.do(RECEPTIONIST, "accept")
    bench.do(DISTRIBUTOR, "dispatch", agencies=["so_xay_dung"])
    bench.do(OFFICER, "accept_dispatch")
    bench.do(OFFICER, "flag_secret")
    bench.do(OFFICER, "submit_result", result="Đã làm")
    bench.do(LEADER, "approve")

    refusal = bench.refused(EDITOR, "publish", text="Đã làm xong")
    assert (refusal.code, "VN-3" in refusal.rules) == ("condition_not_met", True)
    assert "bí mật nhà nước" in refusal.text_vi
    assert bench.refused(EDITOR, "clear_flag", flag="reputation", reason="Không phải").code == "nothing_changes"

    bench.do(EDITOR, "clear_flag", flag="secret", reason="Đã kiểm tra, không phải")
    bench.do(EDITOR, "publish", text="Đã làm xong")
    assert bench.stage == "published"


@pytest.mark.rule("A-5")
def test_a_rating_counts_once_within_thirty_days_and_never_reopens() -> None:
    """The window is a clock like any other: the last instant counts, the next does not."""
    bench = received()
    bench.do(RECEPTIONIST, "accept")
    bench.do(DISTRIBUTOR, "dispatch", agencies=["so_xay_dung"])
    bench.do(OFFICER, "accept_dispatch")
    bench.do(OFFICER, "submit_result", result="Đã làm")
    bench.do(LEADER, "approve")
    bench.do(EDITOR, "publish", text="Đã làm xong")
    assert bench.refused(AN, "rate", level="tuyệt vời").code == "data_invalid"
    assert bench.due("rating_window") == "2026-12-22 00:00:00"  # 30 days are Sunday 20/12: to 24:00 of Monday (U-4)

    bench.until("2026-12-22 00:00:00").ask(AN, "rate", level="dissatisfied")
    bench.do(AN, "rate", level="dissatisfied")
    assert bench.stage == "published"
    assert bench.refused(AN, "rate", level="satisfied").code == "already_rated"
    assert "rate" not in bench.names(AN)

    late = bench.until("2026-12-22 00:00:01").refused(AN, "rate", level="satisfied")
    assert late.code == "too_late"


@pytest.mark.rule("A-HUE-3")
def test_confidentiality_can_be_asked_for_until_the_answer_is_out() -> None:
    """On every channel, by the reporter or on their behalf; twice the same changes nothing."""
    bench = received()
    bench.do(AN, "set_confidential")
    assert bench.refused(AN, "set_confidential").code == "nothing_changes"
    bench.do(RECEPTIONIST, "set_confidential", confidential=False, reason="Người phản ánh đổi ý")
    assert not bench.it.flags.confidential

    bench.do(RECEPTIONIST, "accept")
    bench.do(DISTRIBUTOR, "dispatch", agencies=["so_xay_dung"])
    bench.do(OFFICER, "accept_dispatch")
    bench.do(OFFICER, "submit_result", result="Đã làm")
    bench.do(LEADER, "approve")
    bench.do(EDITOR, "publish", text="Đã làm xong")

    assert bench.refused(AN, "set_confidential").code == "stage_not_allowed"


def test_the_system_reporter_and_staff_are_recorded_as_such() -> None:
    """Every event says who, in which role, from which agency."""
    bench = received()
    bench.do(RECEPTIONIST, "accept")
    bench.do(DISTRIBUTOR, "dispatch", agencies=["so_xay_dung"])
    bench.do(OFFICER, "accept_dispatch")

    by = [(event.by.role, event.by.agency_id) for event in bench.events if event.kind.endswith("ed")]
    assert by[0] == ("system", None)
    assert ("officer", "so_xay_dung") in by
    assert Actor.system().id == bench.events[0].by.id
