"""
What the tests of every pack share: each command filled in, tables of who may do what compared with the engine, and
who hears of what.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.cases.commands import NAMES
from core.cases.decide import Actor, Refusal
from core.cases.decide.facts import facts_of, holds
from core.cases.decide.triggers import happenings
from core.cases.events import ClockStopped, Event
from tests.core.cases.bench import Bench

Rows = Mapping[str, set[str]]
"""Role → the commands it may issue."""


def filled(
    agency: str = "so_y_te", category: str = "transport", **changes: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    """What each command needs to be filled in with, so that only the table can refuse it."""
    forms: dict[str, dict[str, Any]] = {
        "classify": {"category": category},
        "log_verification_call": {"outcome": "reached"},
        "declare_none": {"field": "place", "reason": "Không rõ"},
        "request_supplement": {"fields": ["place"]},
        "decline": {"reason_code": "no_basis", "reason": "Không đủ thông tin"},
        "cancel": {"reason_code": "withdrawn"},
        "mark_spam": {"reason": "Rác"},
        "divert": {"kind": "complaint"},
        "dispatch": {"agencies": [agency]},
        "hand_over_emergency": {"target": "n113", "spoken_to": "Trực ban", "spoken_at": "2026-11-20T08:59:00+07:00"},
        "downgrade_emergency": {"reason": "Báo nhầm"},
        "consult": {"agencies": [agency], "note": "Ai xử lý?"},
        "refer_to_board": {"reason": "Chưa rõ đầu mối"},
        "decide_lead": {"agency": agency},
        "report_deadlock": {"reason": "Không thống nhất"},
        "assign_unit": {"unit": agency},
        "assign_staff": {"staff": "u-1"},
        "send_back": {"reason": "Không thuộc thẩm quyền", "agency_unknown": True},
        "propose_send_back": {"reason": "Không thuộc thẩm quyền"},
        "propose_coordination": {"reason": "Cần hỗ trợ"},
        "escalate": {"reason": "Vượt thẩm quyền"},
        "request_coordination": {"agency": agency, "ask": "Cung cấp hồ sơ"},
        "supply_information": {"information": "Hồ sơ"},
        "refuse_coordination": {"reason": "Không có hồ sơ"},
        "submit_result": {"result": "Đã xử lý"},
        "commit_interim": {"status": "Đang sửa", "promised_date": "2026-12-30"},
        "edit_and_approve": {"text": "Đã xử lý xong"},
        "return_for_revision": {"reason": "Cần ảnh"},
        "centre_return": {"reason": "Chưa rõ"},
        "publish": {"text": "Đã xử lý"},
        "answer_reporter": {"text": "Đã xử lý"},
        "reply_privately": {"text": "Đã xử lý"},
        "withhold": {"reason": "Bí mật"},
        "send_letter": {"agency": agency, "text": "Kính gửi"},
        "notify_reporter": {"text": "Xin thông báo"},
        "flag_reputation": {"reason": "Có thể ảnh hưởng"},
        "clear_flag": {"flag": "secret", "reason": "Không phải bí mật"},
        "mark_valuable": {"reason": "Đúng sự thật"},
        "mark_false": {"reason": "Sai sự thật"},
        "rate": {"level": "satisfied"},
        "give_feedback": {"text": "Vẫn còn"},
        "clarify": {"text": "Sẽ kiểm tra"},
        "reopen": {"reason": "Chưa xong"},
        "link_report": {"other_case": "c2"},
        "unlink_report": {"other_case": "c2", "reason": "Khác nơi"},
        "remind": {"text": "Đề nghị xử lý"},
        "explain_lateness": {"clock_id": "acceptance:d1", "text": "Mất điện"},
        "register_external": {"reference": "QG-1"},
    }
    return forms | changes


FILLED = filled()


def form_of(bench: Bench, name: str, forms: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """The form of a command, with what would change something where a repetition is refused."""
    changes = {"confidential": not bench.it.flags.confidential} if name == "set_confidential" else {}
    return dict(forms.get(name, changes))


def beside_another(bench: Bench) -> Bench:
    """The same with a case of somebody else beside it, to be linked with."""
    bench.others = {"c2": Bench(bench.name).receive("c2", contact_id="binh").it}
    return bench


def check_powerless(bench: Bench, stranger: Actor, *names: str, forms: Mapping[str, dict[str, Any]] = FILLED) -> None:
    """The right role in the wrong house: no button, and none of these commands."""
    assert not bench.moves(stranger)
    for name in names:
        assert bench.refused(stranger, name, **forms.get(name, {})).http == 403


def check_only_for_whose_report_it_is(bench: Bench) -> None:
    """Another reporter sees no button of a published case, and may not rate it."""
    stranger = Actor.reporter("binh")

    assert not bench.moves(stranger)
    assert bench.refused(stranger, "rate", level="satisfied").code == "not_your_work"


def check_answers(bench: Bench, people: Mapping[str, Actor], rows: Rows, forms: Mapping[str, dict[str, Any]]) -> None:
    """Every role, every command of table 7.0, properly filled in: allowed as the table says, or refused and why."""
    for role, actor in people.items():
        for name in sorted(NAMES):
            answer = bench.ask(actor, name, **form_of(bench, name, forms))
            expected = name in rows.get(role, set())
            assert isinstance(answer, Refusal) is not expected, f"{role} {name}: {answer}"
            if isinstance(answer, Refusal):
                assert answer.code
                assert answer.http in (403, 409)
                assert answer.text_vi.endswith((".", "!"))


def stopped(events: tuple[Event, ...], clock_id: str) -> ClockStopped:
    """What stopped this clock, with how late it was."""
    return next(event for event in events if isinstance(event, ClockStopped) and event.clock_id == clock_id)


def told(bench: Bench) -> list[tuple[str, str]]:
    """What the pack's notifications make of the events, as the planner matches them: (role, template) in order."""
    facts = facts_of(bench.pack, bench.agencies, bench.it)
    heard = []
    for event in bench.events:
        words = {happening.word for happening in happenings(event)}
        for notice in bench.pack.notifications.values():
            if words & set(notice.on) and holds(notice.when, facts):
                heard += [(role, notice.template) for role in notice.to]
    return heard
