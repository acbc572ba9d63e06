"""
Thừa Thiên Huế: in every state, what each person may do, written out by hand; everything else is refused.
"""

from __future__ import annotations

from functools import cache

import pytest

from core.cases.commands import NAMES, REGISTRY
from tests.core.cases.bench import Bench, seal, staff
from tests.core.regulations.hue_states import EVERYBODY, STATES
from tests.core.regulations.table import (
    FILLED,
    beside_another,
    check_answers,
    check_only_for_whose_report_it_is,
    check_powerless,
)

DESK = {"divert", "flag_secret", "link_report", "notify_reporter", "raise_emergency", "register_external"}
EDITING = {"flag_secret", "notify_reporter", "register_external"}
AFTER = {"flag_secret", "link_report", "notify_reporter", "register_external"}
SECRECY = {"set_confidential"}

KHAN = {"hand_over_emergency", "downgrade_emergency"}
ORDINARY = {"raise_emergency"}

# state → role → commands. A state or role that is not named may do nothing.
TABLE: dict[str, dict[str, set[str]]] = {
    "received": {
        "receptionist": DESK
        | SECRECY
        | {"accept", "classify", "decline", "cancel", "request_supplement", "declare_none", "log_verification_call"},
        "distributor": DESK | SECRECY | {"classify"},
        "editor": EDITING | SECRECY,
        "reporter": SECRECY | {"cancel"},
    },
    "waiting": {
        "receptionist": DESK
        | SECRECY
        | {"supply_supplement", "decline", "cancel", "declare_none", "log_verification_call"},
        "distributor": DESK | SECRECY,
        "editor": EDITING | SECRECY,
        "reporter": SECRECY | {"cancel", "supply_supplement"},
    },
    "emergency": {
        "receptionist": DESK - ORDINARY
        | KHAN
        | SECRECY
        | {"accept", "classify", "decline", "cancel", "request_supplement", "declare_none", "log_verification_call"},
        "distributor": DESK - ORDINARY | KHAN | SECRECY | {"classify"},
        "editor": EDITING | SECRECY,
        "reporter": SECRECY | {"cancel"},
    },
    "emergency_waiting": {
        "receptionist": DESK - ORDINARY
        | KHAN
        | SECRECY
        | {"supply_supplement", "decline", "cancel", "declare_none", "log_verification_call"},
        "distributor": DESK - ORDINARY | KHAN | SECRECY,
        "editor": EDITING | SECRECY,
        "reporter": SECRECY | {"cancel", "supply_supplement"},
    },
    "declined": {},
    "cancelled": {},
    "diverted": {},
    "accepted": {
        "receptionist": DESK | SECRECY | {"classify", "cancel", "log_verification_call"},
        "distributor": DESK | SECRECY | {"classify", "dispatch"},
        "editor": EDITING | SECRECY,
        "reporter": SECRECY,
    },
    "distributed": {
        "receptionist": DESK | SECRECY,
        "distributor": DESK | SECRECY | {"dispatch", "remind"},
        "editor": EDITING | SECRECY,
        "officer": {"accept_dispatch", "send_back", "flag_secret"},
        "leader": {"flag_secret"},
        "reporter": SECRECY,
    },
    "sent_back": {
        "receptionist": DESK | SECRECY | {"classify", "cancel", "log_verification_call"},
        "distributor": DESK | SECRECY | {"classify", "dispatch"},
        "editor": EDITING | SECRECY,
        "reporter": SECRECY,
    },
    "processing": {
        "receptionist": DESK | SECRECY,
        "distributor": DESK | SECRECY | {"dispatch", "remind"},
        "editor": EDITING | SECRECY,
        "officer": {"submit_result", "send_back", "flag_secret"},
        "leader": {"flag_secret"},
        "reporter": SECRECY,
    },
    "awaiting_approval": {
        "receptionist": DESK | SECRECY,
        "distributor": DESK | SECRECY | {"dispatch", "remind"},
        "editor": EDITING | SECRECY,
        "officer": {"flag_secret"},
        "leader": {"approve", "edit_and_approve", "return_for_revision", "flag_secret"},
        "reporter": SECRECY,
    },
    "awaiting_publication": {
        "receptionist": DESK | SECRECY,
        "distributor": DESK | SECRECY,
        "editor": EDITING | SECRECY | {"publish"},
        "officer": {"flag_secret"},
        "leader": {"flag_secret"},
        "reporter": SECRECY,
    },
    "confidential": {
        "receptionist": DESK | SECRECY,
        "distributor": DESK | SECRECY,
        "editor": EDITING | SECRECY | {"reply_privately"},
        "officer": {"flag_secret"},
        "leader": {"flag_secret"},
        "reporter": SECRECY,
    },
    "secret": {
        "receptionist": DESK - {"flag_secret"} | SECRECY,
        "distributor": DESK - {"flag_secret"} | SECRECY,
        "editor": EDITING - {"flag_secret"} | SECRECY | {"withhold", "clear_flag"},
        "reporter": SECRECY,
    },
    "published": {
        "receptionist": AFTER,
        "distributor": AFTER,
        "editor": EDITING,
        "officer": {"flag_secret"},
        "leader": {"flag_secret"},
        "reporter": {"rate", "give_feedback"},
    },
    "answered_privately": {
        "receptionist": AFTER,
        "distributor": AFTER,
        "editor": EDITING,
        "officer": {"flag_secret"},
        "leader": {"flag_secret"},
        "reporter": {"rate", "give_feedback"},
    },
    "withheld": {
        "receptionist": AFTER - {"flag_secret"},
        "distributor": AFTER - {"flag_secret"},
        "editor": EDITING - {"flag_secret"} | {"clear_flag"},
    },
    "clarifying": {
        "receptionist": DESK,
        "distributor": DESK,
        "editor": EDITING,
        "officer": {"clarify", "flag_secret"},
        "leader": {"clarify", "flag_secret"},
        "reporter": {"rate"},
    },
    "clarifying_privately": {
        "receptionist": DESK,
        "distributor": DESK,
        "editor": EDITING,
        "officer": {"clarify", "flag_secret"},
        "leader": {"clarify", "flag_secret"},
        "reporter": {"rate"},
    },
}

# The product itself may raise an emergency wherever one can be raised, and do nothing else (VN-8).
for _rows in TABLE.values():
    if "raise_emergency" in _rows.get("receptionist", set()):
        _rows["system"] = {"raise_emergency"}

RULES = ("HUE-1", "HUE-2", "HUE-3a", "HUE-3b", "HUE-4a", "HUE-4b", "HUE-5", "A-HUE-3", "VN-3")


@cache
def standing_in(state: str) -> Bench:
    return beside_another(STATES[state]())


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


@pytest.mark.rule("HUE-2", "HUE-3a", "HUE-4b")
@pytest.mark.parametrize("state", ["distributed", "processing", "awaiting_approval", "clarifying"])
@pytest.mark.parametrize("role", ["officer", "leader"])
def test_another_agency_may_do_nothing(state: str, role: str) -> None:
    """The right role in the wrong house."""
    commands = ("accept_dispatch", "submit_result", "send_back", "approve", "clarify")

    check_powerless(standing_in(state), staff(role, "so_y_te"), *commands)


@pytest.mark.rule("A-HUE-3")
def test_another_reporter_may_do_nothing() -> None:
    """Only whose report it is."""
    check_only_for_whose_report_it_is(standing_in("published"))


@pytest.mark.rule("VN-8")
def test_an_emergency_opens_the_second_track_and_no_stage_changes() -> None:
    """Put on the system and handed over by phone at the same time."""
    bench = STATES["received"]()
    desk = EVERYBODY["receptionist"]
    assert bench.refused(desk, "hand_over_emergency", **FILLED["hand_over_emergency"]).code == "condition_not_met"

    bench.do(desk, "raise_emergency", target="n114")
    assert (bench.it.urgency, bench.stage) == ("emergency", "received")
    assert "accept" in bench.names(desk)

    bench.do(desk, "hand_over_emergency", **FILLED["hand_over_emergency"])
    bench.do(desk, "downgrade_emergency", reason="Báo nhầm")
    assert bench.it.urgency == "normal"


def test_every_command_of_the_table_has_something_to_fill_in() -> None:
    """So that the big table test can issue all of them."""
    for name in NAMES:
        REGISTRY[name].model_validate(FILLED.get(name, {}), context={"sealer": seal})
