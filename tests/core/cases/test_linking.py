"""A-3: reports of different people about one thing are answered together, and all of it can be undone."""

from __future__ import annotations

import pytest

from core.cases.decide import Actor, Decision
from core.cases.events import canonical, parse_event
from core.cases.evolve import fold
from core.cases.model import Case
from core.cases.tasks import open_tasks
from tests.core.cases.bench import Bench, at, staff

DESK, DISTRIBUTOR, EDITOR = staff("receptionist"), staff("distributor"), staff("editor")
AN, BINH = Actor.reporter("an"), Actor.reporter("binh")


def two_reports() -> tuple[Bench, Bench]:
    """An's case and, ten minutes later, Bình's about the same hole in the road."""
    main, other = Bench(now=at("2026-11-20 09:00")), Bench(now=at("2026-11-20 09:10"))
    main.receive("c1", contact_id="an")
    other.receive("c2", contact_id="binh", code="202611200025")
    other.do(DESK, "accept")
    main.others = {"c2": other.it}
    return main, other


def follow(other: Bench, decision: Decision) -> Case:
    """The other case after its own share of the decision, as storage would do it."""
    theirs = [parse_event(canonical(event)) for event in decision.elsewhere["c2"]]
    other.events += theirs
    other.case = fold(theirs, other.case)
    other.check()
    return other.it


def finish(bench: Bench) -> None:
    officer, leader = staff("officer", "so_xay_dung"), staff("leader", "so_xay_dung")
    bench.do(DESK, "accept")
    bench.do(DISTRIBUTOR, "dispatch", agencies=["so_xay_dung"])
    bench.do(officer, "accept_dispatch")
    bench.do(officer, "submit_result", result="Đã vá")
    bench.do(leader, "approve")
    bench.do(EDITOR, "publish", text="Đã vá xong")


@pytest.mark.rule("A-3")
def test_every_linked_reporter_gets_the_answer_and_may_rate_it() -> None:
    """Reports are pointed to, never moved: each keeps the case it was received in."""
    main, other = two_reports()

    decision = main.do(DESK, "link_report", other_case="c2")

    assert [item.report_id for item in main.it.reports] == ["r-c1", "r-c2"]
    assert [item.case_id for item in main.it.reports] == ["c1", "c2"]
    joined = follow(other, decision)
    assert (joined.stage, joined.merged_into) == ("linked", "c1")
    assert not open_tasks(other.pack, joined)
    finish(main)
    main.do(AN, "rate", level="satisfied")
    main.do(BINH, "rate", level="dissatisfied")
    assert [given.report_id for given in main.it.publications[0].ratings] == ["r-c1", "r-c2"]
    assert main.refused(BINH, "rate", level="satisfied").code == "already_rated"
    assert main.refused(AN, "give_feedback", text="Của người khác", report_id="r-c2").code == "data_invalid"


@pytest.mark.rule("A-3")
def test_unlinking_puts_the_other_case_back_where_it_stood() -> None:
    """With its stage and without the main case's answers."""
    main, other = two_reports()
    follow(other, main.do(DESK, "link_report", other_case="c2"))
    main.others = {"c2": other.it}
    assert "unlink_report" in main.names(DESK)

    back = follow(other, main.do(DESK, "unlink_report", other_case="c2", reason="Hai nơi khác nhau"))

    assert (back.stage, back.merged_into) == ("accepted", None)
    assert [item.report_id for item in main.it.reports] == ["r-c1"]
    assert not main.it.merged_cases
    assert "unlink_report" not in main.names(DESK)


@pytest.mark.rule("A-3")
@pytest.mark.parametrize("who", [AN, BINH, DESK])
def test_what_several_people_reported_is_not_cancelled_for_one_of_them(who: Actor) -> None:
    """Not by the one, not by the other, not by the desk: it is taken apart first, and then only their own ends."""
    main, other = two_reports()
    follow(other, main.do(DESK, "link_report", other_case="c2"))

    refused = main.refused(who, "cancel", reason_code="withdrawn")

    assert (refused.code, refused.rules[-1]) == ("others_wait", "A-3")
    main.others = {"c2": other.it}
    back = follow(other, main.do(DESK, "unlink_report", other_case="c2", reason="Người kia rút lại"))
    main.do(AN, "cancel", reason_code="withdrawn")
    assert (main.it.stage, back.stage) == ("cancelled", "accepted")


@pytest.mark.rule("A-3")
def test_clocks_rest_while_a_case_is_linked() -> None:
    """And run on with what was left."""
    main = Bench("tien_giang", now=at("2026-11-20 09:00")).receive("c1")
    other = Bench("tien_giang", now=at("2026-11-20 09:00")).receive("c2", contact_id="binh")
    main.others = {"c2": other.it}
    main.wait(minutes=30)
    joined = follow(other, main.do(DESK, "link_report", other_case="c2"))
    assert joined.clocks["distribution"].state == "paused"

    main.others = {"c2": joined}
    back = follow(other, main.until("2026-11-20 13:30").do(DESK, "unlink_report", other_case="c2", reason="Khác nơi"))

    assert back.clocks["distribution"].state == "running"
    assert other.due("distribution") == "2026-11-20 15:00:00"


@pytest.mark.rule("A-3")
def test_what_cannot_be_linked() -> None:
    """Itself, an unknown case, one that is linked already, that others hang on, that is closed or being worked on."""
    main, other = two_reports()
    assert "chính hồ sơ này" in main.refused(DESK, "link_report", other_case="c1").text_vi
    assert main.refused(DESK, "link_report", other_case="c9").code == "data_invalid"
    follow(other, main.do(DESK, "link_report", other_case="c2"))

    third = Bench().receive("c3", contact_id="chi")
    third.others = {"c2": other.it, "c1": main.it}
    assert third.refused(DESK, "link_report", other_case="c2").code == "already_linked"
    assert third.refused(DESK, "link_report", other_case="c1").code == "already_linked"
    assert third.refused(DESK, "unlink_report", other_case="c2", reason="Không phải").code == "condition_not_met"

    closed, busy = Bench().receive("c4"), Bench().receive("c5")
    closed.do(DESK, "decline", reason_code="no_basis", reason="Không rõ")
    busy.do(DESK, "accept")
    busy.do(DISTRIBUTOR, "dispatch", agencies=["so_xay_dung"])
    third.others = {"c4": closed.it, "c5": busy.it}
    assert third.refused(DESK, "link_report", other_case="c4").code == "stage_not_allowed"
    assert third.refused(DESK, "link_report", other_case="c5").code == "other_in_progress"


@pytest.mark.rule("A-3", "TG-6.3k", "QB-II.2h", "VN-8")
@pytest.mark.parametrize("name", ["tien_giang", "quang_binh", "dak_lak", "lang_son", "thua_thien_hue"])
def test_an_emergency_nobody_was_phoned_about_does_not_fall_silent_in_a_usual_case(name: str) -> None:
    """The other way round it is linked."""
    usual, urgent = Bench(name).receive("c1"), Bench(name).receive("c2", contact_id="binh")
    urgent.do(DESK, "raise_emergency", reason="Có người mắc kẹt")
    usual.others, urgent.others = {"c2": urgent.it}, {"c1": usual.it}

    refused = usual.refused(DESK, "link_report", other_case="c2")

    assert (refused.code, refused.rules) == ("other_is_urgent", ("A-3",))
    assert all(clock.state == "running" for clock in urgent.it.clocks.values())
    assert urgent.then(DESK, "link_report", other_case="c1").it.merged_cases == ("c1",)


@pytest.mark.rule("A-3", "TG-6.3k", "VN-8")
@pytest.mark.parametrize("way", ["handed_over", "downgraded", "raised_too"])
def test_an_emergency_that_is_seen_to_is_linked(way: str) -> None:
    usual, urgent = Bench("tien_giang").receive("c1"), Bench("tien_giang").receive("c2", contact_id="binh")
    urgent.do(DESK, "raise_emergency", reason="Có người mắc kẹt")
    if way == "handed_over":
        urgent.do(DESK, "hand_over_emergency", target="n114", spoken_to="Trực ban", spoken_at=urgent.now)
    if way == "downgraded":
        urgent.do(DESK, "downgrade_emergency", reason="Chỉ có khói bếp")
    if way == "raised_too":
        usual.do(DESK, "raise_emergency", reason="Có người mắc kẹt")
    usual.others = {"c2": urgent.it}

    usual.do(DESK, "link_report", other_case="c2")

    assert usual.it.merged_cases == ("c2",)


@pytest.mark.rule("A-3")
def test_a_report_that_comes_after_the_answer_is_linked_to_it() -> None:
    """The published case takes the new reporter in; the notice carries the answer."""
    main = Bench().receive("c1")
    finish(main)
    other = Bench().receive("c2", contact_id="binh")
    main.others = {"c2": other.it}

    main.do(DESK, "link_report", other_case="c2")

    main.do(BINH, "rate", level="acceptable")
    assert main.it.publications[0].ratings[0].report_id == "r-c2"
