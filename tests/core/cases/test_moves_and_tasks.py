"""Buttons with their forms, queues with their limits, and the guard's finer answers."""

from __future__ import annotations

import pytest

from core.cases.commands import FireClock, ReceiveReport
from core.cases.decide import Actor, Refusal, decide
from core.cases.moves import shown_as
from core.cases.tasks import UNSET_VI, queued
from tests.core.cases.bench import Bench, at, seal, staff
from tests.core.regulations import ls_states, qb_states
from tests.core.regulations.desk import DISTRIBUTOR, EDITOR, RECEPTIONIST
from tests.core.regulations.hue_states import OFFICER, STATES


def form(bench: Bench, actor: Actor, command: str) -> dict[str, tuple[str, bool, list[str]]]:
    """Field → its label, whether it must be filled in, and the values to choose from."""
    move = next(move for move in bench.moves(actor) if move.command == command)
    return {f.name: (f.label, f.required, [choice.value for choice in f.choices]) for f in move.form}


@pytest.mark.rule("QB-IV.1.1a.x4")
def test_what_was_given_but_is_not_clear_can_be_asked_for_again() -> None:
    """A complete report says nothing that can be found: the desk asks for its place, and writes the answer down."""
    whole = dict.fromkeys(("content", "time", "place", "name", "phone", "email"), "given")
    bench = Bench("quang_binh").receive(completeness=whole)
    assert "place" in form(bench, RECEPTIONIST, "request_supplement")["fields"][2]
    bench.do(RECEPTIONIST, "request_supplement", fields=["place"])
    assert form(bench, RECEPTIONIST, "supply_supplement")["fields"][2] == ["place"]


@pytest.mark.rule("HUE-3b")
def test_a_form_says_what_must_be_filled_in() -> None:
    """By the command, by the pack, or one of two."""
    bench = STATES["distributed"]()
    move = next(move for move in bench.moves(OFFICER) if move.command == "send_back")

    assert {f.name: (f.required, f.either) for f in move.form} == {
        "reason": (True, ()),
        "suggested_agency": (False, ("suggested_agency", "agency_unknown")),
        "agency_unknown": (False, ("suggested_agency", "agency_unknown")),
        "field_check": (False, ()),
    }
    assert (move.label, move.dispatch_id, move.rules) == ("Trả lại", "d1", ("HUE-3b",))


def test_choices_come_from_the_pack_the_case_and_the_tree() -> None:
    """Categories, missing fields, media, agencies: the usual one of the category first, heirs instead of the gone."""
    bench = Bench().receive(completeness={"content": "given", "reachable": "given"})
    assert form(bench, RECEPTIONIST, "request_supplement")["fields"][2] == ["place", "content", "reachable"]
    assert form(bench, RECEPTIONIST, "declare_none")["field"][2] == ["place"]
    assert form(bench, RECEPTIONIST, "classify")["category"][2][0] == "transport"
    assert form(bench, RECEPTIONIST, "divert")["kind"][2] == ["complaint", "denunciation", "corruption"]
    assert form(bench, RECEPTIONIST, "raise_emergency")["target"][2][:2] == ["n112", "n113"]
    assert form(bench, RECEPTIONIST, "log_verification_call")["outcome"][2][0] == "reached"

    bench = STATES["accepted"]()
    bench.do(RECEPTIONIST, "classify", category="environment")
    agencies = form(bench, DISTRIBUTOR, "dispatch")["agencies"][2]
    assert agencies[:2] == ["so_nong_nghiep_moi_truong", "cty_moi_truong"]
    assert "so_tai_nguyen" not in agencies
    assert "ubnd_thanh_pho" not in agencies  # not a kind the text sends reports to

    bench = STATES["awaiting_publication"]()
    assert form(bench, EDITOR, "publish")["media"] == ("Ảnh, video công khai", False, ["anh-1"])
    assert form(STATES["secret"](), EDITOR, "clear_flag")["reason"][1]
    assert form(STATES["published"](), Actor.reporter("an"), "rate")["level"][2] == [
        "satisfied",
        "acceptable",
        "dissatisfied",
    ]


def test_a_person_with_several_roles_sees_all_their_buttons() -> None:
    """One person may hold several roles (QB-QD.III.2.1)."""
    bench = STATES["accepted"]()
    both = Actor("u-1", frozenset({"receptionist", "distributor", "editor"}))

    assert bench.names(both) == bench.names(RECEPTIONIST) | bench.names(DISTRIBUTOR) | bench.names(EDITOR)
    decision = bench.do(both, "dispatch", agencies=["so_y_te"])
    assert decision.events[0].by.role == "distributor"


def test_a_command_that_fits_two_parts_must_say_which() -> None:
    """And finds the only one by itself."""
    bench = STATES["accepted"]()
    bench.do(DISTRIBUTOR, "dispatch", agencies=["so_xay_dung", "so_y_te"])

    refusal = bench.refused(DISTRIBUTOR, "remind", text="Xin nhanh")
    assert (refusal.code, refusal.http, refusal.details["choices"]) == ("data_missing", 422, ("d1", "d2"))
    assert len([move for move in bench.moves(DISTRIBUTOR) if move.command == "remind"]) == 2
    bench.do(DISTRIBUTOR, "remind", text="Xin nhanh", dispatch_id="d2")
    bench.do(staff("officer", "so_y_te"), "accept_dispatch")
    assert [item.stage for item in bench.it.dispatches] == ["distributed", "processing"]
    assert bench.refused(DISTRIBUTOR, "remind", text="Xin nhanh", dispatch_id="d9").code == "stage_not_allowed"


def test_a_step_that_several_rows_name_is_told_once() -> None:
    """Publishing in the open and with a promise begin at the same step."""
    text = Bench("quang_binh").receive().refused(EDITOR, "publish", text="Đã sửa").text_vi

    assert text.endswith("Thao tác này chỉ có ở bước: Chờ kiểm tra và công khai.")


def test_what_no_row_knows_is_refused_by_name() -> None:
    """The pack decides; the sentence names the regulation."""
    refusal = STATES["received"]().refused(RECEPTIONIST, "mark_spam", reason="Rác")

    assert (refusal.code, refusal.http) == ("not_in_regulation", 409)
    assert "Thừa Thiên Huế" in refusal.text_vi


def test_a_refusal_names_who_may_and_from_where() -> None:
    """What happened and what to do, for people; details for machines."""
    bench = STATES["received"]()

    wrong_role = bench.refused(DISTRIBUTOR, "accept")
    assert wrong_role.details["roles"] == ("receptionist",)
    assert "Nhân sự tiếp nhận của Trung tâm IOC" in wrong_role.text_vi
    wrong_stage = bench.refused(DISTRIBUTOR, "dispatch", agencies=["so_y_te"])
    assert (wrong_stage.details["stage"], wrong_stage.details["allowed_stages"]) == (
        "received",
        ("accepted", "in_progress"),
    )
    assert "Mới nhận" in wrong_stage.text_vi


@pytest.mark.parametrize(
    ("state", "actor", "command", "fields"),
    [
        ("received", RECEPTIONIST, "classify", {"category": "khong_co"}),
        ("received", RECEPTIONIST, "classify", {"category": "transport", "urgency": "rất khẩn"}),
        ("received", RECEPTIONIST, "request_supplement", {"fields": ["sở thích"]}),
        ("received", RECEPTIONIST, "divert", {"kind": "khong_co"}),
        ("received", RECEPTIONIST, "cancel", {"reason_code": "khong_co"}),
        ("received", RECEPTIONIST, "raise_emergency", {"target": "n119"}),
        ("processing", OFFICER, "submit_result", {"result": "Đã vá", "handled_at": "2030-01-01T00:00:00Z"}),
        ("awaiting_publication", EDITOR, "publish", {"text": "Đã vá", "media": ["anh-la"]}),
    ],
)
def test_what_a_command_carries_is_checked(state: str, actor: Actor, command: str, fields: dict[str, object]) -> None:
    """Against the pack, the tree, the case and the time."""
    assert STATES[state]().refused(actor, command, **fields).http == 422


def test_changing_a_category_needs_a_reason_and_saying_it_again_does_not() -> None:
    """TG-6.1a: reason if changed."""
    bench = STATES["received"]()
    bench.do(RECEPTIONIST, "classify", category="transport")
    bench.do(RECEPTIONIST, "classify", category="transport")

    assert bench.refused(RECEPTIONIST, "classify", category="health").details["fields"] == ("reason",)
    bench.do(RECEPTIONIST, "classify", category="health", reason="Đọc lại nội dung")
    assert bench.it.category == "health"


def test_an_emergency_is_not_handed_over_in_the_future() -> None:
    """Nor raised twice."""
    bench = Bench().receive(urgency="emergency")
    later = {"target": "n115", "spoken_to": "Trực ban", "spoken_at": "2030-01-01T00:00:00Z"}

    assert bench.refused(RECEPTIONIST, "hand_over_emergency", **later).code == "data_invalid"
    assert "đã ở mức khẩn" in bench.refused(RECEPTIONIST, "raise_emergency").text_vi


def test_timers_are_the_systems_alone_and_know_their_clocks() -> None:
    """Unknown, stopped, not yet due, somebody else's."""
    bench = STATES["distributed"]()
    person = decide(bench.ctx(OFFICER), bench.it, FireClock(clock_id="acceptance:d1"))
    assert isinstance(person, Refusal)
    assert person.http == 403

    def code(clock_id: str) -> str:
        answer = bench.fire(clock_id)
        assert isinstance(answer, Refusal)
        return answer.code

    assert code("khong_co") == "clock_unknown"
    assert code("acceptance:d1") == "clock_not_due"
    bench.do(OFFICER, "accept_dispatch")
    assert code("acceptance:d1") == "clock_not_running"


def test_a_case_is_received_once_and_everything_else_needs_one() -> None:
    """The two ways a caller can be out of step."""
    bench = STATES["received"]()
    again = decide(bench.ctx(Actor.system()), bench.it, _receipt(bench))
    nothing = decide(bench.ctx(RECEPTIONIST), None, bench.command("accept"))

    assert isinstance(again, Refusal)
    assert again.code == "already_received"
    assert isinstance(nothing, Refusal)
    assert nothing.code == "case_unknown"


def _receipt(bench: Bench) -> ReceiveReport:
    fields = {"case_id": "c1", "report_id": "r", "code": "1", "contact_id": "an", "channel": "zalo"}
    return ReceiveReport.model_validate(fields | {"received_at": bench.now}, context={"sealer": seal})


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("received", [("receptionist", None, None)]),
        ("waiting", [("receptionist", None, None)]),
        ("accepted", [("distributor", None, None)]),
        ("distributed", [("officer", "so_xay_dung", "d1")]),
        ("sent_back", [("distributor", None, None), ("distributor", None, "d1")]),
        ("processing", [("officer", "so_xay_dung", "d1")]),
        ("awaiting_approval", [("leader", "so_xay_dung", "d1")]),
        ("awaiting_publication", [("editor", None, None)]),
        ("published", []),
        ("clarifying", [("officer", "so_xay_dung", None)]),
        ("declined", []),
        ("diverted", []),
    ],
)
def test_every_open_stage_is_somebodys_task(state: str, expected: list[tuple[str, str | None, str | None]]) -> None:
    """And nothing is anybody's once it is over."""
    assert [(task.role, task.agency_id, task.dispatch_id) for task in STATES[state]().tasks()] == expected


@pytest.mark.parametrize(
    ("regulation", "clock"), [("quang_binh", "intake"), ("tien_giang", "redistribution:d1"), ("thua_thien_hue", None)]
)
def test_a_case_that_came_back_stands_in_a_queue_once(regulation: str, clock: str | None) -> None:
    """With the limit that runs for it, whether that is the case's or the part's."""
    bench = Bench(regulation, now=at("2026-11-20 09:00")).receive()
    bench.do(staff("receptionist"), "accept")
    (agency, *_) = bench.choices(staff("distributor"), "dispatch", "agencies")
    bench.do(staff("distributor"), "dispatch", agencies=[agency])
    role = "focal" if regulation == "quang_binh" else "officer"
    bench.do(staff(role, agency), "send_back", reason="Không thuộc thẩm quyền", agency_unknown=True)

    (waiting,) = queued(bench.pack, bench.it)

    assert (waiting.role, waiting.stage, waiting.clock_id) == ("distributor", "sent_back", clock)


def test_a_task_says_when_it_rests_and_when_no_time_is_set() -> None:
    """The pause is visible; a blank in the regulation reads "Không quy định"."""
    bench = Bench("quang_binh", now=at("2026-11-20 09:00")).receive()
    first = bench.tasks()[0]
    assert (first.role, first.clock_id, first.resting) == ("receptionist", "intake", False)
    bench.do(staff("receptionist"), "request_supplement", fields=["place"])
    assert (bench.tasks()[0].stage, bench.tasks()[0].resting) == ("waiting_reporter", True)
    assert STATES["accepted"]().tasks()[0].explanation == UNSET_VI

    bench.do(Actor.reporter("an"), "supply_supplement")
    bench.do(staff("receptionist"), "accept")

    task = bench.tasks()[0]
    assert (task.role, task.clock_id, task.resting) == ("distributor", "intake", False)
    assert "10:00" in task.explanation


@pytest.mark.parametrize(
    ("state", "actor", "part", "shown"),
    [
        ("distributed", qb_states.EVERYBODY["focal"], None, "Từ chối"),
        ("distributed", qb_states.EVERYBODY["focal"], "d1", "Từ chối"),
        ("distributed", qb_states.EVERYBODY["focal"], "d9", "Trả lại"),
        ("received", RECEPTIONIST, None, "Trả lại"),
    ],
)
def test_a_button_is_called_what_this_person_sees_now(state: str, actor: Actor, part: str | None, shown: str) -> None:
    """The regulation's word where it has one for this step, and the usual word where nobody sees the button."""
    bench = qb_states.STATES[state]()

    assert shown_as(bench.ctx(actor), bench.it, "send_back", part) == shown


@pytest.mark.rule("LS-7.5", "QB-IV.1.2a.5")
def test_help_is_not_waited_for_once_the_answer_is_out() -> None:
    """In nobody's queue; whoever was asked may still say something, and it is waited for again where more is asked."""
    bench = ls_states.opinion_given()
    assert [task.role for task in queued(bench.pack, bench.it)] == ["editor", "partner"]

    bench.do(EDITOR, "publish", text="Đường đã được sửa.")

    assert queued(bench.pack, bench.it) == []
    assert "supply_information" in bench.names(ls_states.PARTNER)
    bench.do(Actor.reporter("an"), "give_feedback", text="Vẫn còn một ổ gà")
    assert [task.role for task in queued(bench.pack, bench.it)] == ["editor", "partner"]
