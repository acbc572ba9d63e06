"""Quảng Bình: who hears of what, in which words."""

from __future__ import annotations

import pytest

from tests.core.cases.bench import pack_of
from tests.core.regulations.qb_states import EVERYBODY, STATES
from tests.core.regulations.table import told

NEW = ("receptionist", "task_new")
ALARM = ("distributor", "task_emergency")
ACCEPTED = [NEW, ("reporter", "case_accepted"), ("distributor", "task_new")]
SENT = [*ACCEPTED, ("reporter", "case_dispatched"), ("focal", "task_new")]
UNIT = [*SENT, ("unit_leader", "task_new")]
STAFF = [*UNIT, ("unit_staff", "task_new")]
SUBMITTED = [*STAFF, ("unit_leader", "task_new")]
APPROVED = [*SUBMITTED, ("editor", "task_new")]
PUBLISHED = [*APPROVED, ("reporter", "result_published")]
PRIVATE = [*APPROVED, ("reporter", "confidentiality_set"), ("reporter", "private_reply")]
FEEDBACK = [("unit_leader", "task_feedback"), ("unit_staff", "task_feedback")]

# state → who was told of what on the way there, in order: (role, template)
TOLD = {
    "received": [NEW],
    "emergency": [ALARM, NEW],
    "waiting_verification": [NEW],
    "waiting_reporter": [NEW, ("reporter", "supplement_requested")],
    "declined": [NEW, ("reporter", "case_declined")],
    "cancelled": [NEW, ("reporter", "case_cancelled")],
    "diverted": [NEW, ("reporter", "case_diverted")],
    "accepted": ACCEPTED,
    "at_board": [*ACCEPTED, ("board", "task_new")],
    "distributed": SENT,
    "sent_back": [*SENT, ("distributor", "task_returned")],
    "with_focal": SENT,
    "with_unit": UNIT,
    "back_with_focal": [*UNIT, ("focal", "task_returned")],
    "processing": STAFF,
    "coordinating": [*STAFF, ("partner", "task_new")],
    "deadlock": [*STAFF, ("board", "task_new")],
    "awaiting_approval": SUBMITTED,
    "awaiting_publication": APPROVED,
    "promised": PUBLISHED,
    "awaiting_final_approval": [*PUBLISHED, ("unit_leader", "task_new")],
    "published": PUBLISHED,
    "answered_privately": PRIVATE,
    "withheld": APPROVED,
    "clarifying": [*PUBLISHED, *FEEDBACK],
    "clarifying_privately": [*PRIVATE, *FEEDBACK],
}


@pytest.mark.rule(
    "QB-IV.1.1a.1", "QB-IV.1.1a.2", "QB-IV.1.1a.2c", "QB-IV.1.1a.r", "QB-IV.1.2a.3", "QB-IV.1.2a.3r", "QB-IV.1.2a.4"
)
@pytest.mark.rule("QB-II.2h", "QB-II.2i", "QB-IV.1.2a.5", "QB-IV.1.3a", "QB-IV.1.4a.1", "QB-IV.1.4a.2", "QB-IV.1.5a")
@pytest.mark.parametrize("state", TOLD)
def test_everybody_hears_what_concerns_them(state: str) -> None:
    """Staff of new work, reporters of every turn and of where else to go, no reporter of what is withheld."""
    assert told(STATES[state]()) == TOLD[state]


BOTH = ["unit_leader", "unit_staff"]


@pytest.mark.rule("QB-IV.1.1a.x4", "QB-IV.1.2a.5", "QB-IV.1.2a.6r", "QB-IV.1.3a", "QB-IV.1.4a.1", "QB-IV.1.5b")
@pytest.mark.rule("QB-II.2h", "QB-IV.1.1b.k", "QB-IV.1.1a.2c", "QB-QD.III.1.1b", "A-QB-9")
@pytest.mark.parametrize(
    ("state", "role", "command", "fields", "heard"),
    [
        ("waiting_reporter", "reporter", "supply_supplement", {}, [("receptionist", "task_supplied")]),
        ("at_board", "board", "decide_lead", {"agency": "so_y_te"}, [("distributor", "task_decided")]),
        ("processing", "unit_staff", "propose_send_back", {"reason": "Vượt"}, [("unit_leader", "task_new")]),
        ("processing", "unit_staff", "propose_coordination", {"reason": "Cần"}, [("unit_leader", "task_new")]),
        ("helping", "partner", "supply_information", {"information": "x"}, [(role, "task_supplied") for role in BOTH]),
        ("helping", "partner", "refuse_coordination", {"reason": "Không"}, [(role, "task_supplied") for role in BOTH]),
        (
            "awaiting_approval",
            "unit_leader",
            "return_for_revision",
            {"reason": "Cần ảnh"},
            [("unit_staff", "task_returned"), ("unit_leader", "task_returned")],
        ),
        (
            "awaiting_publication",
            "editor",
            "centre_return",
            {"reason": "Thiếu ảnh"},
            [("unit_staff", "task_returned"), ("unit_leader", "task_returned")],
        ),
        ("clarifying", "unit_staff", "clarify", {"text": "Sẽ vá"}, [("reporter", "clarification")]),
        ("accepted", "receptionist", "raise_emergency", {}, [("receptionist", "task_emergency"), ALARM]),
        ("received", "receptionist", "notify_reporter", {"text": "Chờ"}, [("reporter", "reporter_notified")]),
    ],
)
def test_later_turns_are_heard_of_too(
    state: str, role: str, command: str, fields: dict[str, str], heard: list[tuple[str, str]]
) -> None:
    """Proposals, help given or refused, returned work, decisions of the board."""
    bench = STATES[state]()

    bench.events = list(bench.do(EVERYBODY[role], command, **fields).events)

    assert told(bench) == heard


@pytest.mark.rule("QB-IV.1.2a.3", "QB-IV.1.2a.4")
def test_officers_are_told_in_the_system() -> None:
    """The text knows no other way to them; every notice to staff has a record of its delivery there."""
    notices = pack_of("quang_binh").notifications.values()

    assert {tuple(item.via) for item in notices if item.to != ("reporter",)} == {("console",)}
