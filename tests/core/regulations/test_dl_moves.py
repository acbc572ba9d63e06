"""
Đắk Lắk: in every state, what each person may do, written out by hand; everything else is refused.
"""

from __future__ import annotations

from functools import cache

import pytest

from tests.core.cases.bench import Bench, staff
from tests.core.regulations.desk import AN
from tests.core.regulations.dl_states import EVERYBODY, HANDLED, STATES
from tests.core.regulations.table import beside_another, check_answers, check_powerless, filled

AFTER = {"flag_secret", "link_report", "notify_reporter", "register_external"}
SECRET_AFTER = AFTER - {"flag_secret"}
DESK = AFTER | {"divert", "raise_emergency"}
SECRET_DESK = DESK - {"flag_secret"}
EDITING = {"flag_secret", "notify_reporter", "register_external"}

# state → role → commands. A state or role that is not named may do nothing.
TABLE: dict[str, dict[str, set[str]]] = {
    "received": {
        "receptionist": DESK | {"accept", "classify", "declare_none", "flag_reputation", "log_verification_call"},
        "distributor": DESK | {"classify", "flag_reputation"},
        "editor": EDITING | {"flag_reputation"},
    },
    "emergency": {
        "receptionist": AFTER
        | {
            "accept",
            "classify",
            "declare_none",
            "divert",
            "downgrade_emergency",
            "flag_reputation",
            "hand_over_emergency",
            "log_verification_call",
        },
        "distributor": AFTER | {"classify", "divert", "downgrade_emergency", "flag_reputation", "hand_over_emergency"},
        "editor": EDITING | {"flag_reputation"},
    },
    "diverted": {},
    "accepted": {
        "receptionist": DESK | {"classify", "flag_reputation", "log_verification_call"},
        "distributor": DESK | {"classify", "dispatch", "flag_reputation"},
        "editor": EDITING | {"flag_reputation"},
    },
    "flagged": {
        "receptionist": DESK | {"classify", "clear_flag", "log_verification_call"},
        "distributor": DESK | {"classify", "clear_flag", "confirm_reputation"},
        "editor": EDITING | {"clear_flag", "confirm_reputation"},
    },
    "confirmed": {
        "receptionist": DESK | {"classify", "clear_flag", "log_verification_call"},
        "distributor": DESK | {"classify", "clear_flag", "send_letter"},
        "editor": EDITING | {"clear_flag"},
    },
    "by_letter": {
        "receptionist": DESK | {"clear_flag", "submit_result"},
        "distributor": DESK | {"clear_flag", "submit_result"},
        "editor": EDITING | {"clear_flag"},
        "focal": {
            "assign_staff",
            "assign_unit",
            "classify",
            "flag_secret",
            "log_verification_call",
            "request_coordination",
            "submit_result",
        },
    },
    "with_focal": {
        "receptionist": DESK | {"flag_reputation"},
        "distributor": DESK | {"flag_reputation"},
        "editor": EDITING | {"flag_reputation"},
        "focal": {
            "assign_staff",
            "assign_unit",
            "classify",
            "flag_secret",
            "log_verification_call",
            "request_coordination",
            "submit_result",
        },
    },
    "processing": {
        "receptionist": DESK | {"flag_reputation"},
        "distributor": DESK | {"flag_reputation"},
        "editor": EDITING | {"flag_reputation"},
        "focal": {"classify", "flag_secret", "request_coordination"},
        "unit": {"assign_staff", "flag_secret", "request_coordination", "send_back", "submit_result"},
    },
    "sent_back": {
        "receptionist": DESK | {"flag_reputation"},
        "distributor": DESK | {"flag_reputation"},
        "editor": EDITING | {"flag_reputation"},
        "focal": {
            "assign_staff",
            "assign_unit",
            "classify",
            "flag_secret",
            "log_verification_call",
            "request_coordination",
            "submit_result",
        },
    },
    "coordinating": {
        "receptionist": DESK | {"flag_reputation"},
        "distributor": DESK | {"flag_reputation"},
        "editor": EDITING | {"flag_reputation"},
        "focal": {"classify", "flag_secret", "request_coordination"},
        "unit": {"assign_staff", "flag_secret", "request_coordination", "send_back", "submit_result"},
        "partner": {"accept_coordination", "refuse_coordination", "supply_information"},
    },
    "long_work": {
        "receptionist": DESK | {"flag_reputation"},
        "distributor": DESK | {"flag_reputation"},
        "editor": EDITING | {"flag_reputation"},
        "focal": {"classify", "commit_interim", "flag_secret", "request_coordination"},
        "unit": {"assign_staff", "flag_secret", "request_coordination", "send_back", "submit_result"},
    },
    "promised": {
        "receptionist": DESK | {"flag_reputation"},
        "distributor": DESK | {"flag_reputation"},
        "editor": EDITING | {"flag_reputation", "publish"},
        "focal": {"assign_staff", "flag_secret", "request_coordination", "submit_result"},
        "unit": {"flag_secret", "request_coordination", "submit_result"},
    },
    "promise_told": {
        "receptionist": DESK | {"flag_reputation"},
        "distributor": DESK | {"flag_reputation"},
        "editor": EDITING | {"flag_reputation"},
        "focal": {"assign_staff", "flag_secret", "request_coordination", "submit_result"},
        "unit": {"flag_secret", "request_coordination", "submit_result"},
    },
    "awaiting_answer": {
        "receptionist": DESK | {"flag_reputation"},
        "distributor": DESK | {"flag_reputation"},
        "editor": EDITING | {"flag_reputation", "publish"},
        "focal": {"flag_secret"},
        "unit": {"flag_secret"},
    },
    "awaiting_private_answer": {
        "receptionist": DESK | {"clear_flag"},
        "distributor": DESK | {"clear_flag"},
        "editor": EDITING | {"clear_flag", "reply_privately"},
        "focal": {"flag_secret"},
    },
    "secret": {
        "receptionist": SECRET_DESK | {"flag_reputation"},
        "distributor": SECRET_DESK | {"flag_reputation"},
        "editor": {"clear_flag", "flag_reputation", "notify_reporter", "register_external", "withhold"},
    },
    "answered": {
        "receptionist": AFTER,
        "distributor": AFTER | {"reopen"},
        "editor": EDITING | {"reopen"},
        "focal": {"flag_secret", "reopen"},
        "unit": {"flag_secret"},
        "reporter": {"give_feedback", "rate"},
    },
    "answered_privately": {
        "receptionist": AFTER,
        "distributor": AFTER | {"reopen"},
        "editor": EDITING | {"reopen"},
        "focal": {"flag_secret", "reopen"},
        "reporter": {"give_feedback", "rate"},
    },
    "withheld": {
        "receptionist": SECRET_AFTER,
        "distributor": SECRET_AFTER,
        "editor": {"clear_flag", "notify_reporter", "register_external"},
    },
    "clarifying": {
        "receptionist": DESK | {"log_verification_call"},
        "distributor": DESK | {"log_verification_call", "reopen"},
        "editor": EDITING | {"reopen"},
        "focal": {"clarify", "flag_secret", "reopen"},
        "unit": {"clarify", "flag_secret"},
        "reporter": {"rate"},
    },
    "clarifying_privately": {
        "receptionist": DESK | {"log_verification_call"},
        "distributor": DESK | {"log_verification_call", "reopen"},
        "editor": EDITING | {"reopen"},
        "focal": {"clarify", "flag_secret", "reopen"},
        "reporter": {"rate"},
    },
    "reopened": {
        "receptionist": DESK | {"classify", "flag_reputation", "log_verification_call"},
        "distributor": DESK | {"classify", "dispatch", "flag_reputation"},
        "editor": EDITING | {"flag_reputation"},
        "focal": {"flag_secret"},
        "unit": {"flag_secret"},
    },
}

# The product itself may raise an emergency wherever one can be raised, and do nothing else (VN-8).
for _rows in TABLE.values():
    if "raise_emergency" in _rows.get("receptionist", set()):
        _rows["system"] = {"raise_emergency"}

RULES = ("DL-II.1.B1", "DL-II.1.B2", "DL-II.1.B3", "DL-II.1u", "DL-II.2.1.B1", "DL-II.2.1.B2", "DL-II.2.1.B3")
LATER_RULES = ("DL-II.2.2c", "DL-II.2.2d", "DL-II.2.3a", "DL-II.2.3a.u", "DL-II.2.3c.1", "DL-II.2.3c.2", "DL-II.2.3c.3")
FILLED = filled("ubnd_thanh_pho", "urban_infrastructure") | {
    "classify": {"category": "urban_infrastructure", "reason": "Đã xem lại"},
    "declare_none": {"field": "reachable", "reason": "Không có"},
    "assign_unit": {"unit": "phong_do_thi"},
    "request_coordination": {"agency": "cong_an", "ask": "Cung cấp hồ sơ"},
    "submit_result": {"handled_at": HANDLED, "result": "Đã xử lý", "evidence": ["anh-9"]},
    "hand_over_emergency": {"target": "n114", "spoken_to": "Trực ban", "spoken_at": HANDLED},
}
NOT_IN_THE_TEXT = {
    "request_supplement",
    "supply_supplement",
    "decline",
    "cancel",
    "mark_spam",
    "accept_dispatch",
    "escalate",
    "propose_send_back",
    "propose_coordination",
    "confirm_result",
    "approve",
    "edit_and_approve",
    "return_for_revision",
    "centre_return",
    "answer_reporter",
    "set_confidential",
    "report_deadlock",
    "refer_to_board",
    "decide_lead",
    "consult",
    "remind",
    "explain_lateness",
    "mark_valuable",
    "mark_false",
}


@cache
def standing_in(state: str) -> Bench:
    return beside_another(STATES[state]())


@pytest.mark.rule(*RULES, *LATER_RULES)
@pytest.mark.parametrize("role", EVERYBODY)
@pytest.mark.parametrize("state", TABLE)
def test_the_buttons_are_those_of_the_table(state: str, role: str) -> None:
    """No more, no fewer."""
    assert standing_in(state).names(EVERYBODY[role]) == TABLE[state].get(role, set())


@pytest.mark.rule(*RULES, *LATER_RULES)
@pytest.mark.parametrize("state", TABLE)
def test_every_command_is_allowed_or_refused_as_the_table_says(state: str) -> None:
    """Every role, every command of table 7.0, properly filled in; a refusal says why, for machines and people."""
    flag = "secret" if standing_in(state).it.flags.secret else "reputation"
    forms = FILLED | {"clear_flag": {"flag": flag, "reason": "Đã kiểm tra"}}

    check_answers(standing_in(state), EVERYBODY, TABLE[state], forms)


@pytest.mark.rule("DL-II.1.B1", "DL-II.2.1.B3", "A-DL-6")
def test_what_the_text_does_not_know_is_refused_to_everybody() -> None:
    """No supplement, refusal, cancelling, junk, escalation, approval or confidentiality on request."""
    assert not {move.command for move in standing_in("received").pack.moves.values()} & NOT_IN_THE_TEXT
    for state in ("received", "processing"):
        for name in sorted(NOT_IN_THE_TEXT):
            for actor in EVERYBODY.values():
                assert standing_in(state).refused(actor, name, **FILLED.get(name, {})).http in (403, 409)


@pytest.mark.rule("DL-II.2.1.B2", "DL-II.2.1.B3")
@pytest.mark.parametrize("state", ["with_focal", "processing", "promised", "awaiting_answer", "clarifying"])
@pytest.mark.parametrize(("role", "agency"), [("focal", "so_giao_thong"), ("unit", "phong_tai_nguyen")])
def test_another_house_may_do_nothing(state: str, role: str, agency: str) -> None:
    """The right role in the wrong house, or in a unit that does not have the case."""
    commands = ("assign_unit", "submit_result", "commit_interim", "send_back", "clarify")

    check_powerless(standing_in(state), staff(role, agency), *commands)


@pytest.mark.rule("DL-II.2.3c.1")
def test_another_reporter_may_do_nothing() -> None:
    """Only whose report it is."""
    stranger = AN.reporter("binh")

    for state in ("answered", "answered_privately", "clarifying"):
        assert not standing_in(state).moves(stranger)
