"""
Tiền Giang: in every state, what each person may do, written out by hand; everything else is refused.

worker and director: of an enterprise; manager: of the commune above it; ward and chair: of that commune as an agency.
"""

from __future__ import annotations

from functools import cache

import pytest

from tests.core.cases.bench import Bench, pack_of, staff
from tests.core.regulations.table import (
    beside_another,
    check_answers,
    check_only_for_whose_report_it_is,
    check_powerless,
    filled,
)
from tests.core.regulations.tien_giang_states import EVERYBODY, STATES

DESK = {"divert", "flag_secret", "link_report", "raise_emergency", "register_external", "set_confidential"}
EDITING = {"flag_secret", "register_external", "set_confidential"}
AFTER = {"flag_secret", "link_report", "register_external"}
CLOSE = DESK - {"set_confidential"}
KHAN = {"hand_over_emergency", "downgrade_emergency"}
SECRECY = {"set_confidential"}
CHECKING = {"accept", "classify", "mark_spam", "request_supplement", "declare_none", "log_verification_call"}
FLAG = {"flag_secret"}

Rows = dict[str, set[str]]
ON_THE_WAY: Rows = {"receptionist": DESK, "editor": EDITING, "reporter": SECRECY}


def row(distributor: set[str] = DESK | {"dispatch", "report_deadlock"}, /, **more: set[str]) -> Rows:
    """A case in progress: what is always possible, and what these may do besides."""
    return {**ON_THE_WAY, "distributor": distributor, "owner": {"report_deadlock"}, **more}


def answered(**more: set[str]) -> Rows:
    return {
        "receptionist": AFTER,
        "distributor": AFTER,
        "editor": FLAG | {"register_external"},
        "officer": FLAG,
        "leader": FLAG,
        **more,
    }


CLARIFYING: Rows = answered(
    receptionist=CLOSE,
    distributor=CLOSE,
    officer=FLAG | {"clarify"},
    leader=FLAG | {"clarify"},
    reporter={"rate"},
)

# state → role → commands. A state or role that is not named may do nothing.
TABLE: dict[str, Rows] = {
    "received": {**ON_THE_WAY, "receptionist": DESK | CHECKING, "distributor": DESK},
    "unclassified": {**ON_THE_WAY, "receptionist": DESK | CHECKING, "distributor": DESK},
    "waiting": {
        **ON_THE_WAY,
        "receptionist": DESK | {"supply_supplement", "mark_spam", "declare_none", "log_verification_call"},
        "distributor": DESK,
        "reporter": SECRECY | {"supply_supplement"},
    },
    "emergency": {
        **ON_THE_WAY,
        "receptionist": DESK - {"raise_emergency"} | KHAN | CHECKING,
        "distributor": DESK - {"raise_emergency"} | KHAN,
    },
    "spam": {"receptionist": {"mark_spam"}},
    "accepted": {**ON_THE_WAY, "distributor": DESK | {"classify", "dispatch", "send_back"}, "system": {"dispatch"}},
    "outside": {**ON_THE_WAY, "distributor": DESK | {"classify", "dispatch", "send_back"}},
    "distributed": row(officer=FLAG | {"accept_dispatch", "send_back"}, leader=FLAG),
    "sent_back": row(),
    "processing": row(officer=FLAG | {"submit_result", "send_back"}, leader=FLAG),
    "with_enterprise": row(worker=FLAG | {"submit_result", "send_back"}, director=FLAG, manager={"escalate"}),
    "awaiting_confirmation": row(
        worker=FLAG, director=FLAG, manager={"confirm_result", "return_for_revision", "escalate"}
    ),
    "confirmed": row(worker=FLAG, director=FLAG | {"approve", "edit_and_approve", "return_for_revision"}),
    "with_commune": row(ward=FLAG | {"accept_dispatch", "send_back", "escalate"}, chair=FLAG | {"escalate"}),
    "awaiting_approval": row(officer=FLAG, leader=FLAG | {"approve", "edit_and_approve", "return_for_revision"}),
    "deadlock": {
        **ON_THE_WAY,
        "distributor": DESK,
        "owner": {"decide_lead", "refer_to_board"},
        "province": {"decide_lead"},
        "officer": FLAG | {"accept_dispatch", "send_back"},
        "leader": FLAG,
    },
    "awaiting_publication": {
        **ON_THE_WAY,
        "distributor": DESK,
        "editor": EDITING | {"publish", "withhold"},
        "officer": FLAG,
        "leader": FLAG,
    },
    "confidential": {
        **ON_THE_WAY,
        "distributor": DESK,
        "editor": EDITING | {"reply_privately", "withhold"},
        "officer": FLAG,
        "leader": FLAG,
    },
    "secret": {
        "receptionist": DESK - FLAG,
        "distributor": DESK - FLAG,
        "editor": EDITING - FLAG | {"withhold", "clear_flag"},
        "reporter": SECRECY,
    },
    "published": answered(reporter={"rate", "give_feedback"}),
    "answered_privately": answered(reporter={"rate", "give_feedback"}),
    "withheld": {
        "receptionist": AFTER - FLAG,
        "distributor": AFTER - FLAG,
        "editor": {"register_external", "clear_flag"},
    },
    "clarifying": CLARIFYING,
    "clarifying_privately": CLARIFYING,
}

# The product itself may raise an emergency wherever one can be raised (VN-8).
for _rows in TABLE.values():
    if "raise_emergency" in _rows.get("receptionist", set()):
        _rows["system"] = _rows.get("system", set()) | {"raise_emergency"}

FORMS = filled("so_tai_nguyen", "environment", classify={"category": "environment", "reason": "Đúng lĩnh vực"})
FORMS["send_back"] = {"reason": "Không thuộc thẩm quyền"}

# Every row of 7.1's column and every row of its steps: who does what, step by step.
RULES = (
    "TG-6.1a",
    "TG-6.1b.1",
    "TG-6.1b.2",
    "TG-7.1a",
    "TG-7.1b.1",
    "TG-7.1b.2",
    "TG-8.1a",
    "TG-8.1b",
    "TG-9.1a",
    "TG-9.1b",
    "TG-9.1c",
    "TG-10.1",
    "TG-10.2",
    "TG-3.7",
    "TG-P1.II.3a",
    "TG-P1.II.3c",
    "TG-P1.II.4a",
    "TG-P1.II.4b",
    "TG-2.4",
    "A-TG-13",
)


@cache
def standing_in(state: str) -> Bench:
    return beside_another(STATES[state]())


def forms_for(state: str) -> dict[str, dict[str, object]]:
    """As filled in anywhere, but an undo where there is something to undo, and a part named where there are two."""
    undone = {"mark_spam": {"reason": "Đánh dấu nhầm", "undo": True}} if state == "spam" else {}
    return {**FORMS, **undone}


@pytest.mark.rule(*RULES)
@pytest.mark.parametrize("role", EVERYBODY)
@pytest.mark.parametrize("state", STATES)
def test_the_buttons_are_those_of_the_table(state: str, role: str) -> None:
    """No more, no fewer."""
    assert standing_in(state).names(EVERYBODY[role]) == TABLE[state].get(role, set())


@pytest.mark.rule(*RULES)
@pytest.mark.parametrize("state", STATES)
def test_every_command_is_allowed_or_refused_as_the_table_says(state: str) -> None:
    """Every role, every command of table 7.0, properly filled in; a refusal says why, for machines and people."""
    check_answers(standing_in(state), EVERYBODY, TABLE[state], forms_for(state))


LAWFUL = {
    "accept", "classify", "mark_spam", "dispatch", "send_back", "accept_dispatch", "submit_result", "confirm_result",
    "escalate", "approve", "edit_and_approve", "return_for_revision", "publish", "reply_privately", "withhold",
    "set_confidential", "rate", "give_feedback", "clarify", "report_deadlock", "refer_to_board", "decide_lead",
}  # fmt: skip
READ = {"request_supplement", "supply_supplement", "log_verification_call", "declare_none"}
NATIONAL = {
    "divert", "flag_secret", "clear_flag", "raise_emergency", "hand_over_emergency", "downgrade_emergency",
    "link_report", "unlink_report", "register_external",
}  # fmt: skip


@pytest.mark.rule("A-TG-13", "TG-6.3k")
def test_the_pack_enables_what_its_column_lists_and_nothing_else() -> None:
    """No refusal with reason, cancelling, coordination, assignment, centre return, interim answer or reopening."""
    moves = pack_of("tien_giang").moves.values()

    assert {move.command for move in moves} == LAWFUL | READ | NATIONAL
    assert {move.command for move in moves if move.beyond_text} == READ | {"return_for_revision"}


@pytest.mark.rule("TG-7.1a", "TG-8.1b", "TG-10.2")
@pytest.mark.parametrize("state", ["distributed", "processing", "awaiting_approval", "clarifying"])
@pytest.mark.parametrize("role", ["officer", "leader"])
def test_another_agency_may_do_nothing(state: str, role: str) -> None:
    """The right role in the wrong house."""
    commands = ("accept_dispatch", "submit_result", "send_back", "approve", "clarify")

    check_powerless(standing_in(state), staff(role, "so_tai_nguyen"), *commands, forms=FORMS)


@pytest.mark.rule("TG-10.1")
def test_another_reporter_may_do_nothing() -> None:
    """Only whose report it is."""
    check_only_for_whose_report_it_is(standing_in("published"))


@pytest.mark.rule("TG-P1.II.4a", "TG-P1.II.4b")
def test_only_those_above_the_enterprise_have_a_say() -> None:
    """Commune and district it stands under; not the district beside."""
    bench = standing_in("awaiting_confirmation")

    for agency in ("xa_vam_sen", "huyen_cua_nam", "ubnd_tinh"):
        assert bench.names(staff("manager", agency)) == {"confirm_result", "return_for_revision", "escalate"}
    assert not bench.moves(staff("manager", "huyen_bac_vam"))
    assert not bench.moves(staff("manager", "cty_moi_truong"))
