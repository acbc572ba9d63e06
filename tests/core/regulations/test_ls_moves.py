"""
Lạng Sơn: in every state, what each person may do, written out by hand; everything else is refused.
"""

from __future__ import annotations

from functools import cache

import pytest

from tests.core.cases.bench import Bench, staff
from tests.core.regulations.desk import AN
from tests.core.regulations.ls_states import EVERYBODY, STATES
from tests.core.regulations.table import beside_another, check_answers, check_powerless, filled

DESK = {"divert", "flag_secret", "link_report", "raise_emergency", "register_external"}
SECRET_DESK = DESK - {"flag_secret"}
AFTER = {"flag_secret", "link_report", "register_external"}
SECRET_AFTER = AFTER - {"flag_secret"}
EDITING = {"flag_secret", "register_external"}

# state → role → commands. A state or role that is not named may do nothing.
TABLE: dict[str, dict[str, set[str]]] = {
    "received": {
        "receptionist": DESK
        | {"accept", "cancel", "classify", "declare_none", "decline", "log_verification_call", "request_supplement"},
        "distributor": DESK | {"classify"},
        "editor": EDITING,
    },
    "waiting": {
        "receptionist": DESK | {"cancel", "declare_none", "decline", "log_verification_call", "supply_supplement"},
        "distributor": DESK,
        "editor": EDITING,
        "reporter": {"supply_supplement"},
    },
    "cancelled": {
        "receptionist": {"supply_supplement"},
        "editor": {"mark_false"},
        "office": {"mark_false"},
        "reporter": {"supply_supplement"},
    },
    "cancelled_unlawful": {
        "editor": {"mark_false"},
        "office": {"mark_false"},
    },
    "declined": {
        "editor": {"mark_false"},
        "office": {"mark_false"},
    },
    "diverted": {},
    "accepted": {
        "receptionist": DESK | {"cancel", "classify", "decline", "dispatch"},
        "distributor": DESK | {"classify", "dispatch"},
        "editor": EDITING,
        "system": {"dispatch", "raise_emergency"},
    },
    "at_commune": {
        "receptionist": DESK,
        "distributor": DESK | {"remind", "report_deadlock"},
        "editor": EDITING | {"report_deadlock"},
        "leader": {"assign_staff", "decline", "escalate", "flag_secret", "report_deadlock", "request_coordination"},
        "officer": {"flag_secret"},
        "office": {"remind"},
    },
    "declined_by_commune": {
        "editor": {"mark_false"},
        "office": {"mark_false"},
    },
    "late_at_commune": {
        "receptionist": DESK,
        "distributor": DESK | {"remind", "report_deadlock"},
        "editor": EDITING | {"report_deadlock"},
        "leader": {
            "assign_staff",
            "decline",
            "escalate",
            "explain_lateness",
            "flag_secret",
            "report_deadlock",
            "request_coordination",
        },
        "officer": {"explain_lateness", "flag_secret"},
        "office": {"remind"},
    },
    "assigned": {
        "receptionist": DESK,
        "distributor": DESK | {"remind", "report_deadlock"},
        "editor": EDITING | {"report_deadlock"},
        "leader": {"escalate", "flag_secret", "report_deadlock", "request_coordination"},
        "officer": {"flag_secret", "submit_result"},
        "office": {"remind"},
    },
    "awaiting_approval": {
        "receptionist": DESK,
        "distributor": DESK | {"remind", "report_deadlock"},
        "editor": EDITING | {"report_deadlock"},
        "leader": {"approve", "flag_secret", "report_deadlock"},
        "officer": {"flag_secret"},
        "office": {"remind"},
    },
    "approved": {
        "receptionist": DESK,
        "distributor": DESK | {"remind", "report_deadlock"},
        "editor": EDITING | {"report_deadlock"},
        "leader": {"answer_reporter", "flag_secret", "report_deadlock"},
        "officer": {"flag_secret"},
        "office": {"remind"},
    },
    "secret": {
        "receptionist": SECRET_DESK,
        "distributor": SECRET_DESK | {"remind", "report_deadlock"},
        "editor": {"clear_flag", "register_external", "report_deadlock"},
        "leader": {"report_deadlock", "withhold"},
        "office": {"remind"},
    },
    "answered": {
        "receptionist": AFTER,
        "distributor": AFTER,
        "editor": EDITING | {"mark_false", "mark_valuable"},
        "leader": {"flag_secret"},
        "officer": {"flag_secret"},
        "office": {"mark_false", "mark_valuable"},
        "reporter": {"give_feedback", "rate"},
    },
    "at_district": {
        "receptionist": DESK,
        "distributor": DESK | {"remind", "report_deadlock"},
        "editor": EDITING | {"report_deadlock"},
        "district": {"assign_staff", "decline", "escalate", "flag_secret", "report_deadlock", "request_coordination"},
        "office": {"remind"},
    },
    "at_ioc": {
        "receptionist": DESK,
        "distributor": DESK | {"report_deadlock"},
        "editor": EDITING | {"consult", "refer_to_board", "report_deadlock", "request_coordination"},
    },
    "awaiting_opinion": {
        "receptionist": DESK,
        "distributor": DESK | {"report_deadlock"},
        "editor": EDITING | {"consult", "report_deadlock", "request_coordination"},
        "partner": {"accept_coordination", "refuse_coordination", "supply_information"},
        "board": {"decide_lead"},
    },
    "opinion_given": {
        "receptionist": DESK,
        "distributor": DESK | {"report_deadlock"},
        "editor": EDITING | {"consult", "publish", "refer_to_board", "report_deadlock", "request_coordination"},
        "partner": {"accept_coordination", "refuse_coordination", "supply_information"},
    },
    "secret_at_ioc": {
        "receptionist": SECRET_DESK,
        "distributor": SECRET_DESK | {"report_deadlock"},
        "editor": {
            "clear_flag",
            "consult",
            "refer_to_board",
            "register_external",
            "report_deadlock",
            "request_coordination",
            "withhold",
        },
    },
    "published": {
        "receptionist": AFTER,
        "distributor": AFTER,
        "editor": EDITING | {"mark_false", "mark_valuable"},
        "office": {"mark_false", "mark_valuable"},
        "reporter": {"give_feedback", "rate"},
    },
    "withheld": {
        "receptionist": SECRET_AFTER,
        "distributor": SECRET_AFTER,
        "editor": {"clear_flag", "mark_false", "mark_valuable", "register_external"},
        "office": {"mark_false", "mark_valuable"},
    },
    "deadlock": {
        "receptionist": DESK,
        "distributor": DESK | {"remind"},
        "editor": EDITING,
        "leader": {"assign_staff", "decline", "escalate", "flag_secret", "request_coordination"},
        "officer": {"flag_secret"},
        "office": {"consult", "decide_lead", "remind"},
    },
    "clarifying": {
        "receptionist": DESK,
        "distributor": DESK,
        "editor": EDITING,
        "leader": {"clarify", "flag_secret"},
        "officer": {"clarify", "flag_secret"},
        "reporter": {"rate"},
    },
    "clarifying_published": {
        "receptionist": DESK,
        "distributor": DESK,
        "editor": EDITING | {"clarify"},
        "reporter": {"rate"},
    },
    "valuable": {
        "receptionist": AFTER,
        "distributor": AFTER,
        "editor": EDITING | {"clear_flag"},
        "leader": {"flag_secret"},
        "officer": {"flag_secret"},
        "office": {"clear_flag"},
        "reporter": {"give_feedback", "rate"},
    },
}

# The product itself may raise an emergency wherever one can be raised (VN-8), and send a report to its place (LS-7.2a).
for _rows in TABLE.values():
    if "raise_emergency" in _rows.get("receptionist", set()):
        _rows.setdefault("system", set()).add("raise_emergency")

RULES = (
    "LS-7.2",
    "LS-7.2a",
    "LS-7.2b",
    "LS-7.3a.1",
    "LS-7.3a.2",
    "LS-7.3a.3",
    "LS-7.3b",
    "LS-7.4a",
    "LS-7.4b",
    "LS-7.5",
)
FILLED = filled("ubnd_hoa_dao", "sanitation") | {
    "decline": {"reason": "Không phù hợp"},
    "cancel": {"reason_code": "unlawful"},
    "request_coordination": {"agency": "cong_an", "ask": "Cung cấp hồ sơ"},
    "explain_lateness": {"clock_id": "assign:d1", "text": "Mất điện"},
}
NOT_IN_THE_TEXT = {
    "mark_spam",
    "accept_dispatch",
    "assign_unit",
    "send_back",
    "propose_send_back",
    "propose_coordination",
    "commit_interim",
    "confirm_result",
    "edit_and_approve",
    "return_for_revision",
    "centre_return",
    "reply_privately",
    "send_letter",
    "notify_reporter",
    "set_confidential",
    "flag_reputation",
    "confirm_reputation",
    "reopen",
}


@cache
def standing_in(state: str) -> Bench:
    return beside_another(STATES[state]())


@pytest.mark.rule(*RULES)
@pytest.mark.parametrize("role", EVERYBODY)
@pytest.mark.parametrize("state", TABLE)
def test_the_buttons_are_those_of_the_table(state: str, role: str) -> None:
    """No more, no fewer."""
    assert standing_in(state).names(EVERYBODY[role]) == TABLE[state].get(role, set())


def forms_in(state: str) -> dict[str, dict[str, object]]:
    """What is filled in depends on what there is to take off, or to choose from."""
    flag = {"flag": "valuable" if state == "valuable" else "secret", "reason": "Đã kiểm tra"}
    return FILLED | {"clear_flag": flag}


@pytest.mark.rule(*RULES, "LS-8.1", "LS-8.2", "LS-8.3", "LS-9.2", "LS-10.1", "LS-14.4", "LS-15.1", "LS-15.2", "LS-4.6")
@pytest.mark.parametrize("state", TABLE)
def test_every_command_is_allowed_or_refused_as_the_table_says(state: str) -> None:
    """Every role, every command of table 7.0, properly filled in; a refusal says why, for machines and people."""
    check_answers(standing_in(state), EVERYBODY, TABLE[state], forms_in(state))


@pytest.mark.rule("LS-7.3a.3", "LS-7.3b")
def test_what_the_text_does_not_know_is_refused_to_everybody() -> None:
    """No editing by the leader, no return, no junk, no private reply, no reopening; it escalates, or answers."""
    bench = standing_in("awaiting_approval")
    assert not {move.command for move in bench.pack.moves.values()} & NOT_IN_THE_TEXT
    for name in sorted(NOT_IN_THE_TEXT):
        for actor in EVERYBODY.values():
            assert bench.refused(actor, name, **FILLED.get(name, {})).http in (403, 409)


@pytest.mark.rule("LS-7.3a.1", "LS-7.3a.2")
@pytest.mark.parametrize("state", ["at_commune", "assigned", "awaiting_approval", "approved", "clarifying"])
@pytest.mark.parametrize("role", ["leader", "officer"])
def test_another_commune_may_do_nothing(state: str, role: str) -> None:
    """The right role in the wrong house."""
    commands = ("assign_staff", "submit_result", "approve", "answer_reporter", "escalate", "clarify")

    check_powerless(standing_in(state), staff(role, "ubnd_suoi_trong"), *commands)


@pytest.mark.rule("LS-3.1", "LS-7.1")
def test_another_reporter_may_do_nothing() -> None:
    """Only whose report it is."""
    stranger = AN.reporter("binh")

    for state in ("waiting", "cancelled", "answered", "published"):
        assert not standing_in(state).moves(stranger)
