"""Work that changes hands because an agency ended or an official left, and acts in somebody's stead."""

from __future__ import annotations

from typing import Any

import pytest

from core.cases.decide import Actor, Refusal
from core.cases.events import WorkHandedOver, canonical, parse_event
from tests.core.cases.bench import Bench, staff
from tests.core.regulations import ls_states

IOC = Actor("ioc", frozenset({"receptionist", "distributor", "editor"}))
KEEPER = Actor("u-admin", frozenset({"admin"}))
OLD, NEW, GONE = "cty_dien_luc", "cty_cap_nuoc", "so_giao_thong"


def sent(*agencies: str) -> Bench:
    """A case that stands with these agencies."""
    bench = Bench().receive()
    bench.do(IOC, "accept")
    bench.do(IOC, "dispatch", agencies=agencies or (OLD,))
    return bench


def handed(bench: Bench, actor: Actor = KEEPER, **named: Any) -> Any:
    return bench.ask(actor, "hand_over_work", reason="Giải thể", **named)


@pytest.mark.rule("VN-10", "LS-3.1")
def test_the_open_work_of_an_agency_goes_to_its_successor() -> None:
    """With everything that runs: stage and limits stay; the successor's people go on, the old ones are out."""
    bench = sent(OLD, "so_y_te")
    bench.do(staff("officer", OLD), "accept_dispatch")
    before = bench.it

    made = bench.must(handed(bench, from_agency=OLD, to_agency=NEW))

    (event,) = made.events
    assert isinstance(event, WorkHandedOver)
    assert (event.by.id, event.by.role, event.dispatches) == ("u-admin", "admin", ("d1",))
    assert [item.agency_id for item in bench.it.dispatches] == [NEW, "so_y_te"]
    assert [item.stage for item in bench.it.dispatches] == [item.stage for item in before.dispatches]
    assert bench.it.clocks == before.clocks
    assert {task.agency_id for task in bench.tasks()} == {NEW, "so_y_te"}
    assert bench.refused(staff("officer", OLD), "submit_result", result="Xong").http == 403
    bench.do(staff("officer", NEW), "submit_result", result="Xong")


def test_what_is_done_stays_with_whom_did_it() -> None:
    """Nothing open, nothing to hand over; while the agency owes a clarification, that goes along."""
    bench = sent()
    bench.do(staff("officer", OLD), "accept_dispatch")
    bench.do(staff("officer", OLD), "submit_result", result="Xong")
    bench.do(staff("leader", OLD), "approve")

    assert handed(bench, from_agency=OLD, to_agency=NEW).code == "nothing_to_hand_over"

    bench.do(IOC, "publish", text="Đã thay bóng đèn.")
    bench.do(Actor.reporter("an"), "give_feedback", text="Vẫn tối.")
    bench.must(handed(bench, from_agency=OLD, to_agency=NEW))
    assert [task.agency_id for task in bench.tasks()] == [NEW]
    bench.do(staff("officer", NEW), "clarify", text="Đã sửa lại.")


@pytest.mark.parametrize(
    ("actor", "named", "code"),
    [
        (IOC, {"from_agency": OLD, "to_agency": NEW}, "role_not_allowed"),
        (staff("leader", OLD), {"from_agency": OLD, "to_agency": NEW}, "role_not_allowed"),
        (KEEPER, {}, "data_invalid"),
        (KEEPER, {"from_agency": OLD}, "data_invalid"),
        (KEEPER, {"from_agency": OLD, "to_agency": OLD}, "data_invalid"),
        (KEEPER, {"from_agency": OLD, "to_staff": "u2"}, "data_invalid"),
        (KEEPER, {"from_agency": OLD, "to_agency": NEW, "from_staff": "u1", "to_staff": "u2"}, "data_invalid"),
        (KEEPER, {"from_agency": OLD, "to_agency": GONE}, "data_invalid"),
        (KEEPER, {"from_agency": OLD, "to_agency": "mat"}, "data_invalid"),
        (KEEPER, {"from_agency": "so_y_te", "to_agency": NEW}, "nothing_to_hand_over"),
        (KEEPER, {"from_staff": "u1", "to_staff": "u2"}, "nothing_to_hand_over"),
    ],
)
def test_what_cannot_be_handed_over(actor: Actor, named: dict[str, str], code: str) -> None:
    """Nobody else's business, not from nobody, not to an agency that is closed or unknown."""
    bench = sent()

    answer = handed(bench, actor, **named)

    assert isinstance(answer, Refusal)
    assert answer.code == code
    assert answer.text_vi


@pytest.mark.rule("LS-3.1")
def test_who_acts_in_somebodys_stead_is_named_with_them() -> None:
    """Answerable is who did it; whose role it was stands beside it, and only where it was somebody else's."""
    bench = sent()
    deputy = Actor("u-deputy", frozenset({"officer", "leader"}), OLD, {"leader": "u-away"})

    own = bench.do(deputy, "accept_dispatch").events[0]
    bench.do(deputy, "submit_result", result="Xong")
    lent = bench.do(deputy, "approve").events[0]

    assert (own.by.id, own.by.acting_for) == ("u-deputy", None)
    assert (lent.by.id, lent.by.role, lent.by.acting_for) == ("u-deputy", "leader", "u-away")
    assert b"acting_for" not in canonical(own)
    assert parse_event(canonical(lent)) == lent


@pytest.mark.rule("LS-3.1", "LS-7.3a.1")
def test_the_work_of_an_official_who_leaves_goes_to_a_colleague() -> None:
    """Given by name, handed over by name; an agency's successor names its own official."""
    bench = ls_states.at_commune()
    bench.do(ls_states.CHAIR, "assign_staff", staff="u1")
    before = bench.it.clocks

    bench.must(handed(bench, from_staff="u1", to_staff="u2"))

    assert [item.staff_id for item in bench.it.dispatches] == ["u2"]
    assert bench.it.clocks == before
    assert handed(bench, from_staff="u1", to_staff="u2").code == "nothing_to_hand_over"
    bench.must(handed(bench, from_agency="ubnd_hoa_dao", to_agency="ubnd_song_ky"))
    assert [(item.agency_id, item.staff_id) for item in bench.it.dispatches] == [("ubnd_song_ky", None)]
