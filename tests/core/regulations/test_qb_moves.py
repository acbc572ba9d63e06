"""
Quảng Bình: in every state, what each person may do, written out by hand; everything else is refused.
"""

from __future__ import annotations

from functools import cache

import pytest

from core.cases.commands import NAMES
from tests.core.cases.bench import Bench, staff
from tests.core.regulations.desk import DISTRIBUTOR
from tests.core.regulations.qb_states import EVERYBODY, STATES
from tests.core.regulations.table import beside_another, check_answers, check_only_for_whose_report_it_is, filled

ALWAYS = {"flag_secret", "notify_reporter", "register_external"}
DESK = ALWAYS | {"divert", "link_report", "raise_emergency"}
UNTIL_ANSWERED = {"set_confidential"}
AT_THE_DESK = {"accept", "classify", "decline", "cancel", "request_supplement", "declare_none", "log_verification_call"}
KHAN = {"hand_over_emergency", "downgrade_emergency"}

# Staff of the centre while agencies work, and afterwards; a state below says what is different.
CENTRE = {
    "receptionist": DESK | UNTIL_ANSWERED,
    "distributor": DESK | UNTIL_ANSWERED,
    "editor": ALWAYS | UNTIL_ANSWERED,
    "reporter": UNTIL_ANSWERED,
    "system": {"raise_emergency"},
}
WITH_AGENCY = CENTRE | {"distributor": DESK | UNTIL_ANSWERED | {"report_deadlock"}, "focal": {"flag_secret"}}
WITH_UNIT = WITH_AGENCY | {"unit_leader": {"flag_secret"}, "unit_staff": {"flag_secret"}}
EDITING = WITH_UNIT | {"distributor": DESK | UNTIL_ANSWERED}
ANSWERED = {
    "receptionist": ALWAYS | {"link_report"},
    "distributor": ALWAYS | {"link_report"},
    "editor": ALWAYS,
    "focal": {"flag_secret"},
    "unit_leader": {"flag_secret"},
    "unit_staff": {"flag_secret"},
}
REVIEW = {"approve", "edit_and_approve", "return_for_revision", "flag_secret"}
IN_CHARGE = {"assign_staff", "request_coordination", "send_back", "flag_secret"}
AT_WORK = {"submit_result", "commit_interim", "propose_send_back", "propose_coordination", "flag_secret"}
PROCESSING = WITH_UNIT | {"unit_leader": IN_CHARGE, "unit_staff": AT_WORK}
TO_DISTRIBUTE = CENTRE | {
    "receptionist": DESK | UNTIL_ANSWERED | {"classify", "cancel"},
    "distributor": DESK | UNTIL_ANSWERED | {"classify", "consult", "refer_to_board", "report_deadlock", "dispatch"},
}
TO_PUBLISH = ALWAYS | UNTIL_ANSWERED | {"centre_return", "publish"}
TO_REPLY = ALWAYS | UNTIL_ANSWERED | {"centre_return", "reply_privately"}
CLARIFYING = {
    "receptionist": DESK,
    "distributor": DESK,
    "editor": ALWAYS,
    "focal": {"flag_secret"},
    "unit_leader": {"clarify", "flag_secret"},
    "unit_staff": {"clarify", "flag_secret"},
    "reporter": {"rate"},
    "system": {"raise_emergency"},
}


def without(rows: dict[str, set[str]], command: str) -> dict[str, set[str]]:
    return {role: names - {command} for role, names in rows.items()}


# state → role → commands. A state or role that is not named may do nothing.
TABLE: dict[str, dict[str, set[str]]] = {
    "received": CENTRE
    | {
        "receptionist": DESK | UNTIL_ANSWERED | AT_THE_DESK,
        "distributor": DESK | UNTIL_ANSWERED | {"classify"},
    },
    "waiting_verification": CENTRE
    | {
        "receptionist": DESK | UNTIL_ANSWERED | AT_THE_DESK,
        "distributor": DESK | UNTIL_ANSWERED | {"classify"},
    },
    "waiting_reporter": CENTRE
    | {
        "receptionist": DESK | UNTIL_ANSWERED | {"classify", "decline", "cancel", "declare_none", "supply_supplement"},
        "distributor": DESK | UNTIL_ANSWERED | {"classify"},
        "reporter": UNTIL_ANSWERED | {"supply_supplement"},
    },
    "emergency": without(
        CENTRE
        | {
            "receptionist": DESK | UNTIL_ANSWERED | AT_THE_DESK | KHAN,
            "distributor": DESK | UNTIL_ANSWERED | {"classify"} | KHAN,
        },
        "raise_emergency",
    ),
    "declined": {},
    "cancelled": {},
    "diverted": {},
    "accepted": TO_DISTRIBUTE,
    "at_board": CENTRE | {"board": {"decide_lead"}},
    "distributed": WITH_AGENCY | {"focal": {"accept_dispatch", "send_back", "flag_secret"}},
    "sent_back": TO_DISTRIBUTE,
    "with_focal": WITH_AGENCY | {"focal": {"assign_unit", "send_back", "flag_secret"}},
    "with_unit": WITH_UNIT | {"unit_leader": {"accept_dispatch", "send_back", "flag_secret"}},
    "back_with_focal": WITH_AGENCY | {"focal": {"assign_unit", "send_back", "flag_secret"}},
    "unit_accepted": WITH_UNIT | {"unit_leader": IN_CHARGE},
    "processing": PROCESSING,
    "coordinating": PROCESSING | {"partner": {"accept_coordination", "refuse_coordination"}},
    "helping": PROCESSING | {"partner": {"supply_information", "refuse_coordination"}},
    "deadlock": PROCESSING | {"distributor": DESK | UNTIL_ANSWERED, "board": {"decide_lead"}},
    "awaiting_approval": WITH_UNIT | {"unit_leader": REVIEW},
    "awaiting_publication": EDITING | {"editor": TO_PUBLISH},
    "promise_to_publish": EDITING | {"editor": TO_PUBLISH},
    "promised": WITH_UNIT
    | {
        "unit_leader": {"request_coordination", "flag_secret"},
        "unit_staff": {"submit_result", "propose_coordination", "flag_secret"},
        "reporter": UNTIL_ANSWERED | {"rate"},
    },
    "awaiting_final_approval": WITH_UNIT | {"unit_leader": REVIEW, "reporter": UNTIL_ANSWERED | {"rate"}},
    "final_to_publish": EDITING | {"editor": TO_PUBLISH, "reporter": UNTIL_ANSWERED | {"rate"}},
    "confidential": EDITING | {"editor": TO_REPLY},
    "confidential_promise": EDITING | {"editor": TO_REPLY},
    "secret": without(
        EDITING | {"editor": ALWAYS | UNTIL_ANSWERED | {"centre_return", "withhold", "clear_flag"}}, "flag_secret"
    ),
    "published": ANSWERED | {"reporter": {"rate", "give_feedback"}},
    "answered_privately": ANSWERED | {"reporter": {"rate", "give_feedback"}},
    "withheld": without(ANSWERED | {"editor": ALWAYS | {"clear_flag"}}, "flag_secret"),
    "clarifying": CLARIFYING,
    "clarifying_privately": CLARIFYING,
}

RULES = (
    "QB-IV.1.1a.1",
    "QB-IV.1.1a.2",
    "QB-IV.1.1a.2c",
    "QB-IV.1.1a.r",
    "QB-IV.1.2a.3",
    "QB-IV.1.2a.3r",
    "QB-IV.1.2a.4",
    "QB-IV.1.2a.5",
    "QB-IV.1.2a.6",
    "QB-IV.1.2a.6r",
    "QB-IV.1.3a",
    "QB-IV.1.4a.1",
    "QB-IV.1.4a.2",
    "QB-IV.1.4a.3",
    "QB-IV.1.5a",
    "QB-IV.1.5b",
    "VN-3",
)

DRAFT = {"draft_answer": "Dự thảo"}
FILLED = filled(
    "so_y_te",
    "traffic_order",
    decline={"reason_code": "not_clear", "reason": "Không rõ địa điểm"},
    cancel={"reason_code": "unclear"},
    assign_unit={"unit": "xd_ha_tang"},
    submit_result={"result": "Đã xử lý"} | DRAFT,
    commit_interim={"status": "Đang sửa", "promised_date": "2026-12-30"} | DRAFT,
    request_coordination={"agency": "cong_an_tinh", "ask": "Cung cấp hồ sơ"},
)

NOT_IN_THE_TEXT = {"mark_spam", "escalate", "answer_reporter", "reopen", "confirm_result", "send_letter", "remind"}
NOT_IN_THE_TEXT |= {"flag_reputation", "confirm_reputation", "explain_lateness", "mark_valuable", "mark_false"}
"""What column QB of 7.1 marks with a dash, and what no rule of QB speaks of."""


@cache
def standing_in(state: str) -> Bench:
    return beside_another(STATES[state]())


def test_the_table_speaks_of_every_state() -> None:
    """None forgotten, none invented."""
    assert TABLE.keys() == STATES.keys()


@pytest.mark.rule(*RULES)
@pytest.mark.parametrize("role", EVERYBODY)
@pytest.mark.parametrize("state", TABLE)
def test_the_buttons_are_those_of_the_table(state: str, role: str) -> None:
    """No more, no fewer."""
    assert standing_in(state).names(EVERYBODY[role]) == TABLE[state].get(role, set())


@pytest.mark.rule(*RULES)
@pytest.mark.parametrize("state", TABLE)
def test_every_command_is_allowed_or_refused_as_the_table_says(state: str) -> None:
    """Every role, every command of table 7.0, properly filled in; a refusal says why, for machines and people."""
    check_answers(standing_in(state), EVERYBODY, TABLE[state], FILLED)


@pytest.mark.rule("QB-IV.1.1a.2", "QB-IV.1.1a.r")
def test_what_the_text_does_not_know_no_row_enables() -> None:
    """Junk, escalation, a direct answer by the agency, reopening: refused for everybody, as not in the regulation."""
    pack = standing_in("received").pack
    known = {move.command for move in pack.moves.values()}

    assert not known & NOT_IN_THE_TEXT
    assert NAMES - known == NOT_IN_THE_TEXT
    assert {name for name in known if all(row.beyond_text for row in pack.moves_for(name))} == {"notify_reporter"}
    for name in sorted(NOT_IN_THE_TEXT):
        refusal = standing_in("processing").refused(DISTRIBUTOR, name, **FILLED.get(name, {}))
        assert (refusal.code, refusal.http) == ("not_in_regulation", 409)


@pytest.mark.rule("QB-IV.1.2a.3", "QB-IV.1.2a.4", "QB-IV.1.2a.6", "QB-IV.1.3a", "QB-IV.1.5b")
@pytest.mark.parametrize("state", ["distributed", "with_unit", "processing", "awaiting_approval", "clarifying"])
@pytest.mark.parametrize("role", ["focal", "unit_leader", "unit_staff", "partner"])
def test_another_agency_may_do_nothing(state: str, role: str) -> None:
    """The right role in the wrong house."""
    stranger = staff(role, "xd_thanh_tra" if role.startswith("unit") else "cong_an_tinh")

    assert not standing_in(state).moves(stranger)
    for name in ("accept_dispatch", "submit_result", "send_back", "approve", "clarify", "supply_information"):
        assert standing_in(state).refused(stranger, name, **FILLED.get(name, {})).http in (403, 409)


@pytest.mark.rule("QB-IV.1.5a")
def test_another_reporter_may_do_nothing() -> None:
    """Only whose report it is."""
    check_only_for_whose_report_it_is(standing_in("published"))


def test_a_part_of_a_closed_case_cannot_go_on() -> None:
    """Diverted while the unit was at work: nobody has anything left to do."""
    bench = STATES["processing"]()
    bench.do(DISTRIBUTOR, "divert", kind="complaint")

    for actor in EVERYBODY.values():
        assert not bench.moves(actor)
    refusal = bench.refused(EVERYBODY["unit_staff"], "submit_result", result="Đã xong", draft_answer="Đã xong")
    assert (refusal.code, refusal.http) == ("stage_not_allowed", 409)
    assert "đã kết thúc" in refusal.text_vi
