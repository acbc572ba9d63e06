"""Lạng Sơn, rule by rule: reminders, lateness, marks, clarification, what is public, and how it is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.cases.decide import Actor
from core.cases.view import public_view
from core.regulations.loader import load_pack
from tests.core.cases.bench import Bench, pack_of, staff
from tests.core.regulations.desk import AN, EDITOR, RECEPTIONIST
from tests.core.regulations.limits import with_option
from tests.core.regulations.ls_states import (
    CHAIR,
    DISTRIBUTOR,
    NAME,
    OFFICE,
    STATES,
    accepted,
    answered,
    approved,
    at_commune,
    late_at_commune,
    published,
    received,
    secret,
)
from tests.core.regulations.table import told

OTHER_CHAIR = staff("leader", "ubnd_suoi_trong")
TO_TWO = "moves: {dispatch: {agencies: {min: 1, max: 2}}}"


@pytest.mark.rule("LS-3.2", "LS-9.2", "A-4")
def test_ls_3_2_identity_is_never_public_and_progress_is() -> None:
    """Always private; the stages, agencies and answer are open for supervision."""
    bench = published()

    view = public_view(bench.it, bench.pack, bench.agencies)

    assert view.progress is not None
    assert [step.label for step in view.progress] == ["Đã nhận phản ánh", "Đã tiếp nhận", "Đang xử lý", "Đã có kết quả"]
    assert set(type(view).model_fields) & {"name", "phone", "email", "address", "identity_number"} == set()
    assert "an" not in view.model_dump_json().replace("answer", "").split('"')


@pytest.mark.rule("LS-9.2", "VN-3")
def test_ls_9_2_a_state_secret_is_withheld_by_whoever_holds_the_case() -> None:
    """The commune's leader cannot answer; the answer is withheld, and the public reads nothing but the stage."""
    bench = secret()
    assert bench.refused(CHAIR, "answer_reporter", text="Đã dọn").code == "condition_not_met"

    bench.do(CHAIR, "withhold", reason="Theo quy định về bí mật nhà nước")

    view = public_view(bench.it, bench.pack, bench.agencies)
    assert (bench.stage, bench.it.dispatch("d1").stage) == ("withheld", "answered")
    assert (view.answer, view.agencies, view.category, view.progress) == (None, None, None, None)
    assert not bench.tasks()


@pytest.mark.rule("LS-10.1")
def test_ls_10_1_the_office_presses_an_agency() -> None:
    """A reminder with words, heard by leader and officer."""
    bench = late_at_commune()

    bench.do(OFFICE, "remind", text="Đã quá 01 giờ, đề nghị phân công ngay")

    assert told(bench)[-2:] == [("leader", "task_reminded"), ("officer", "task_reminded")]


@pytest.mark.rule("LS-14.4")
def test_ls_14_4_a_late_case_is_explained_and_one_in_time_is_not() -> None:
    """By the agency for its own limits, by the IOC for its; the office reads it."""
    assert at_commune().refused(CHAIR, "explain_lateness", clock_id="assign:d1", text="Bận").code == "condition_not_met"
    bench = late_at_commune()
    form = next(move for move in bench.moves(CHAIR) if move.command == "explain_lateness").form
    assert [choice.value for choice in form[0].choices] == ["assign:d1"]

    bench.do(CHAIR, "explain_lateness", clock_id="assign:d1", text="Lãnh đạo đi cơ sở, không có sóng")

    assert told(bench)[-1] == ("office", "task_supplied")
    assert bench.refused(CHAIR, "explain_lateness", clock_id="intake", text="Bận").code == "data_invalid"
    slow = received("2026-11-20 09:00").until("2026-11-20 10:00:01")
    slow.fire("intake")
    slow.do(RECEPTIONIST, "explain_lateness", clock_id="intake", text="Hệ thống gián đoạn")


@pytest.mark.rule("LS-14.4")
def test_ls_14_4_each_agency_explains_its_own_part(tmp_path: Path) -> None:
    """Two were late with the same limit: each is offered its own, named, and cannot speak for the other."""
    bench = with_option(accepted("2026-11-20 09:00", commune_code=None), tmp_path, TO_TWO)
    bench.do(DISTRIBUTOR, "dispatch", agencies=["ubnd_hoa_dao", "ubnd_suoi_trong"])
    bench.wait(hours=1, seconds=1)
    for part in ("assign:d1", "assign:d2"):
        bench.fire(part)

    offered = {
        move.dispatch_id: [(choice.value, choice.label) for choice in move.form[0].choices]
        for who in (CHAIR, OTHER_CHAIR)
        for move in bench.moves(who)
        if move.command == "explain_lateness"
    }

    assert offered == {
        "d1": [("assign:d1", "Lãnh đạo phân công – UBND xã Hoa Đào")],
        "d2": [("assign:d2", "Lãnh đạo phân công – UBND xã Suối Trong")],
    }
    refused = bench.refused(CHAIR, "explain_lateness", clock_id="assign:d2", text="Bận")
    assert (refused.code, refused.text_vi) == ("data_invalid", "Thời hạn này thuộc phần việc của cơ quan khác.")


@pytest.mark.rule("LS-14.1")
def test_ls_14_1_progress_stands_in_the_system_the_moment_it_changes() -> None:
    """Each step of the focal officers is a stage with its time, and the next holder hears of it at once."""
    bench = approved()

    trail = [visit.stage for visit in bench.it.dispatch("d1").trail]

    assert trail == ["sent", "assigned", "awaiting_approval", "approved"]
    assert [heard for heard in told(bench) if heard[0] in ("leader", "officer")] == [
        ("leader", "task_new"),
        ("officer", "task_new"),
        ("leader", "task_new"),
    ]


@pytest.mark.rule("LS-15.1", "LS-15.2")
@pytest.mark.parametrize(("command", "flag"), [("mark_valuable", "valuable"), ("mark_false", "false_report")])
@pytest.mark.parametrize("by", [EDITOR, OFFICE])
def test_ls_15_closing_marks_with_a_reason_and_reversible(command: str, flag: str, by: Actor) -> None:
    """Valuable may be rewarded, false and abusive punished; never both, and only once it is over."""
    assert at_commune().refused(by, command, reason="Sớm quá").code == "stage_not_allowed"
    bench = answered()

    bench.do(by, command, reason="Đã kiểm tra")

    assert getattr(bench.it.flags, flag) is True
    other = "mark_false" if command == "mark_valuable" else "mark_valuable"
    assert bench.refused(by, other, reason="Đổi ý").code == "condition_not_met"
    bench.do(by, "clear_flag", flag=flag, reason="Đánh dấu nhầm")
    assert getattr(bench.it.flags, flag) is False


@pytest.mark.rule("LS-15.2")
def test_ls_15_2_a_refused_report_can_be_marked_false_and_not_valuable() -> None:
    """What was never handled was of no use."""
    bench = STATES["declined"]()
    assert bench.refused(EDITOR, "mark_valuable", reason="Đúng").code == "stage_not_allowed"

    bench.do(EDITOR, "mark_false", reason="Bịa đặt, xúc phạm")

    assert bench.it.flags.false_report


@pytest.mark.rule("LS-8.1", "LS-8.2", "LS-8.3", "A-5")
@pytest.mark.parametrize(
    ("state", "by", "closed"), [("answered", CHAIR, "answered"), ("published", EDITOR, "published")]
)
def test_ls_8_whoever_answered_clarifies(state: str, by: Actor, closed: str) -> None:
    """Feedback opens a task of the commune, or of the IOC where it published; no rating reopens anything."""
    bench = STATES[state]()
    bench.do(AN, "rate", level="dissatisfied", comment="Chưa sạch")
    assert bench.stage == closed
    bench.do(AN, "give_feedback", text="Vẫn còn")
    assert len(bench.tasks()) == 1

    bench.do(by, "clarify", text="Sẽ làm nốt hôm nay")

    assert bench.stage == closed
    assert told(bench)[-1] == ("reporter", "clarification")


@pytest.mark.rule("LS-8.3")
def test_ls_8_3_three_levels_verbatim() -> None:
    """ "hài lòng, chấp nhận được, không hài lòng"."""
    levels = sorted(pack_of(NAME).rating.levels.values(), key=lambda item: -item.score)

    assert ", ".join(item.label.lower() for item in levels) == "hài lòng, chấp nhận được, không hài lòng"


@pytest.mark.rule("A-LS-1", "A-LS-2", "A-LS-3", "A-LS-4", "A-LS-5", "A-LS-7", "A-LS-8")
def test_every_reading_is_written_down_with_its_choice() -> None:
    """Nothing that the text leaves open is decided in silence."""
    readings = pack_of(NAME).readings

    assert {name: item.choice for name, item in readings.items() if name.startswith("A-LS-")} == {
        "A-LS-1": "clock",
        "A-LS-2": "delivery",
        "A-LS-3": "civil",
        "A-LS-4": "both",
        "A-LS-5": "coordination",
        "A-LS-6": "vn_9",
        "A-LS-7": "masked",
        "A-LS-8": "shown",
    }
    assert {f"A-{number}" for number in range(9)} <= readings.keys()


@pytest.mark.rule("LS-4.6", "LS-7.5", "VN-11")
def test_the_demonstration_tree_holds_every_agency_the_text_names() -> None:
    """One centre, one office, and communes under districts; ids of no two agencies alike."""
    tree = Bench(NAME).agencies

    assert [item.id for item in tree.of_kinds(["centre"])] == ["ioc"]
    assert {tree.parent(item.id).kind for item in tree.of_kinds(["commune"])} == {"district"}  # type: ignore[union-attr]
    assert load_pack(NAME).meta.decision == "QĐ 826/QĐ-UBND"
