"""Tiền Giang: every limit on time, at the limit and one second late, from where it starts, with what it cites."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.cases.decide import Actor, Decision, Refusal
from core.cases.events import ClockBreached, ClockStopped, ClockWarned
from tests.core.cases.bench import Bench, pack_of, staff
from tests.core.regulations.desk import AN, DISTRIBUTOR, EDITOR, RECEPTIONIST
from tests.core.regulations.tien_giang_states import (
    COMMUNE,
    LEADER,
    OFFICER,
    WORKER,
    accepted,
    awaiting_approval,
    awaiting_publication,
    clarifying,
    distributed,
    processing,
    received,
    sent_back,
)


def lateness(bench: Bench, clock_id: str, when: str, actor: Actor, name: str, **fields: Any) -> int:
    """Seconds too late that the command is recorded as, when it is carried out at this moment."""
    decision = bench.until(when).do(actor, name, **fields)
    (stopped,) = (e for e in decision.events if isinstance(e, ClockStopped) and e.clock_id == clock_id)
    return stopped.late_s


def around(limit: str) -> list[tuple[str, int]]:
    """One second before, the limit itself, one second after: with the seconds that count as late."""
    day, time = limit.split(" ")
    hour, minute = time.split(":")
    before = int(hour) * 60 + int(minute) - 1
    return [
        (f"{day} {before // 60:02}:{before % 60:02}:59", 0),
        (f"{day} {time}:00", 0),
        (f"{day} {time}:01", 1),
    ]


# received at → the limit of 2wh (the worked examples of TG-6.3)
TWO_HOURS = [
    ("2026-11-20 16:45", "2026-11-23 08:45"),
    ("2026-11-23 17:40", "2026-11-25 09:30"),
    ("2026-11-25 11:00", "2026-11-25 15:00"),
    ("2026-08-22 08:00", "2026-08-22 10:00"),
    ("2026-01-10 09:00", "2026-01-10 11:00"),
    ("2026-01-02 09:00", "2026-01-05 09:30"),
]


@pytest.mark.rule("TG-6.3", "U-2", "U-7")
@pytest.mark.parametrize(("start", "when", "late_s"), [(s, *row) for s, due in TWO_HOURS for row in around(due)])
def test_reception_and_distribution_take_two_working_hours(start: str, when: str, late_s: int) -> None:
    """From receipt, whoever of the Centre took how much of it."""
    assert lateness(accepted(start), "distribution", when, DISTRIBUTOR, "dispatch", agencies=["cong_an"]) == late_s


@pytest.mark.rule("TG-6.3")
def test_the_two_hours_count_from_receipt_and_not_from_acceptance() -> None:
    """A report that waited in the journal has used up its time."""
    bench = received("2026-11-20 10:00", received_at="2026-11-20T08:00:00+07:00")

    assert bench.due("distribution") == "2026-11-20 10:00:00"


@pytest.mark.rule("A-1", "A-TG-13")
def test_only_waiting_for_the_citizen_pauses_the_two_hours() -> None:
    """Not the way back to the receptionist (TG-6.1b.1)."""
    bench = received("2026-11-20 08:00")
    bench.until("2026-11-20 08:30").do(RECEPTIONIST, "request_supplement", fields=["place"])
    bench.until("2026-11-20 14:00").do(AN, "supply_supplement", fields=["place"])
    assert bench.due("distribution") == "2026-11-20 15:30:00"

    bench.do(RECEPTIONIST, "accept")
    bench.until("2026-11-20 14:30").do(DISTRIBUTOR, "send_back", reason="Địa điểm không đúng")
    bench.until("2026-11-20 15:00").do(RECEPTIONIST, "accept")

    assert bench.due("distribution") == "2026-11-20 15:30:00"


@pytest.mark.rule("TG-P1.II.3c")
def test_a_mark_of_junk_that_is_taken_back_leaves_what_was_left_of_the_time() -> None:
    """Neither lost nor won."""
    bench = received("2026-11-20 08:00")
    bench.until("2026-11-20 09:30").do(RECEPTIONIST, "mark_spam", reason="Quảng cáo")
    assert bench.next_fire is None

    bench.until("2026-11-20 14:00").do(RECEPTIONIST, "mark_spam", reason="Đánh dấu nhầm", undo=True)

    assert (bench.stage, bench.due("distribution")) == ("received", "2026-11-20 14:30:00")


@pytest.mark.rule("A-TG-10", "TG-6.3", "A-1")
@pytest.mark.parametrize(("when", "late_s"), around("2026-11-23 08:45"))
def test_a_returned_part_is_distributed_anew_within_two_working_hours(when: str, late_s: int) -> None:
    """From the return, for every part by itself."""
    bench = distributed(now="2026-11-20 16:00")
    bench.until("2026-11-20 16:45").do(OFFICER, "send_back", reason="Không thuộc thẩm quyền")

    assert lateness(bench, "redistribution:d1", when, DISTRIBUTOR, "dispatch", agencies=["cong_an"]) == late_s


@pytest.mark.rule("A-TG-10")
def test_two_returns_have_their_own_two_hours() -> None:
    """The second gives the first no time."""
    bench = distributed("so_giao_thong", "cong_an", now="2026-11-20 08:00")
    bench.until("2026-11-20 09:00").do(OFFICER, "send_back", reason="Không thuộc thẩm quyền")
    bench.until("2026-11-20 10:00").do(staff("officer", "cong_an"), "send_back", reason="Không thuộc thẩm quyền")

    assert (bench.due("redistribution:d1"), bench.due("redistribution:d2")) == (
        "2026-11-20 11:00:00",
        "2026-11-20 14:00:00",
    )


CONTACT = {"target": "focal_officer", "spoken_to": "Cán bộ đầu mối", "spoken_at": "2026-11-20T09:00:00+07:00"}


@pytest.mark.rule("TG-6.3k", "A-TG-4", "U-1")
@pytest.mark.parametrize(("when", "late_s"), around("2026-11-22 02:10"))
def test_an_emergency_is_told_to_the_focal_officer_within_ten_minutes(when: str, late_s: int) -> None:
    """On a Sunday at two in the morning as at any hour."""
    bench = received("2026-11-22 02:00", urgency="emergency")

    assert lateness(bench, "contact", when, DISTRIBUTOR, "hand_over_emergency", **CONTACT) == late_s


@pytest.mark.rule("A-TG-4")
def test_without_a_logged_contact_the_alarm_goes_to_the_whole_centre() -> None:
    """Once, in the second after the ten minutes."""
    bench = received("2026-11-22 01:30")
    assert "contact" not in bench.it.clocks
    bench.until("2026-11-22 02:00").do(RECEPTIONIST, "raise_emergency")

    assert isinstance(bench.until("2026-11-22 02:10:00").fire("contact"), Refusal)
    alarm = bench.until("2026-11-22 02:10:01").fire("contact")

    assert isinstance(alarm, Decision)
    assert isinstance(alarm.events[0], ClockBreached)
    assert alarm.events[0].tell == ("receptionist", "distributor", "editor")
    bench.do(DISTRIBUTOR, "downgrade_emergency", reason="Báo nhầm")
    assert bench.it.clocks["contact"].state == "stopped"


@pytest.mark.rule("TG-7.1a")
@pytest.mark.parametrize(
    ("start", "when", "late_s"),
    [("2026-11-20 09:00", *row) for row in around("2026-11-20 10:00")]
    + [("2026-02-13 17:00", *row) for row in around("2026-02-23 08:00")],
)
def test_the_officer_accepts_within_one_working_hour(start: str, when: str, late_s: int) -> None:
    """From distribution; also over Tết."""
    assert lateness(distributed(now=start), "acceptance:d1", when, OFFICER, "accept_dispatch") == late_s


@pytest.mark.rule("TG-7.4", "TG-7.1b.2", "U-3")
@pytest.mark.parametrize(
    ("start", "when", "late_s"),
    [("2026-11-20 09:00", *row) for row in around("2026-11-23 17:30")]
    + [("2026-11-23 09:00", *row) for row in around("2026-11-25 17:30")],
)
def test_a_wrong_assignment_is_returned_within_one_working_day(start: str, when: str, late_s: int) -> None:
    """A return that comes later is still a return, and recorded as late."""
    bench = distributed(now=start)

    assert lateness(bench, "return_window:d1", when, OFFICER, "send_back", reason="Không thuộc thẩm quyền") == late_s
    assert bench.it.dispatch("d1").stage == "sent_back"


@pytest.mark.rule("TG-7.3", "A-TG-5", "U-3")
@pytest.mark.parametrize(
    ("start", "when", "late_s"),
    [("2026-08-27 10:00", *row) for row in around("2026-09-09 17:30")]
    + [("2026-02-12 10:00", *row) for row in around("2026-02-27 17:30")],
)
def test_processing_takes_six_working_days_from_distribution(start: str, when: str, late_s: int) -> None:
    """Acceptance is part of them, however late it comes."""
    bench = distributed(now=start)
    bench.wait(hours=30).do(OFFICER, "accept_dispatch")

    assert lateness(bench, "processing:d1", when, OFFICER, "submit_result", result="Đã làm") == late_s


@pytest.mark.rule("TG-8.3", "TG-8.1a", "TG-8.1b")
@pytest.mark.parametrize(
    ("command", "fields"),
    [
        ("approve", {}),
        ("edit_and_approve", {"text": "Đã vá xong"}),
        ("return_for_revision", {"reason": "Cần ảnh"}),
    ],
)
@pytest.mark.parametrize(("when", "late_s"), around("2026-11-23 17:30"))
def test_the_leader_decides_within_one_working_day(
    command: str, fields: dict[str, str], when: str, late_s: int
) -> None:
    """From the officer's result, whichever way the decision goes (worked example: Friday 23:00)."""
    bench = awaiting_approval("2026-11-20 23:00")

    assert lateness(bench, "approval:d1", when, LEADER, command, **fields) == late_s


@pytest.mark.rule("TG-8.3", "TG-P1.II.4a")
def test_confirmation_is_part_of_the_day_for_approval() -> None:
    """The text gives it no time of its own; the managing unit sees none."""
    bench = distributed("cty_moi_truong")
    bench.do(WORKER, "accept_dispatch")
    bench.do(WORKER, "submit_result", result="Đã dọn")
    assert bench.due("approval:d1") == "2026-11-23 17:30:00"
    task = next(task for task in bench.tasks() if task.role == "manager")
    assert (task.due_at, task.explanation) == (None, "Không quy định")

    bench.until("2026-11-23 16:00").do(COMMUNE, "confirm_result")

    assert bench.due("approval:d1") == "2026-11-23 17:30:00"


@pytest.mark.rule("TG-9.3", "TG-9.1a", "TG-9.1b", "TG-9.1c")
@pytest.mark.parametrize(
    ("start", "when", "late_s"),
    [("2026-02-13 17:00", *row) for row in around("2026-02-23 08:00")]
    + [("2026-11-20 11:00", *row) for row in around("2026-11-20 14:00")],
)
@pytest.mark.parametrize("command", ["publish", "reply_privately", "withhold"])
def test_the_centre_answers_within_one_working_hour(command: str, start: str, when: str, late_s: int) -> None:
    """From approval; over Tết it is the first hour of the year."""
    bench = awaiting_publication(start)
    if command == "reply_privately":
        bench.do(AN, "set_confidential")
    fields = {"reason": "UBND tỉnh quy định không công khai"} if command == "withhold" else {"text": "Đã vá xong."}

    assert lateness(bench, "publication", when, EDITOR, command, **fields) == late_s


@pytest.mark.rule("A-TG-7", "TG-10.2")
def test_clarifying_has_no_limit_and_a_reminder_after_one_working_day() -> None:
    """Nobody is late; officer and leader hear of it once."""
    bench = clarifying()
    assert [(task.role, task.due_at) for task in bench.tasks()] == [("officer", None)]

    assert isinstance(bench.until("2026-11-23 17:30:00").fire("clarification_reminder"), Refusal)
    reminder = bench.until("2026-11-23 17:30:01").fire("clarification_reminder")

    assert isinstance(reminder, Decision)
    assert isinstance(reminder.events[0], ClockBreached)
    assert reminder.events[0].tell == ("officer", "leader")
    bench.until("2026-12-15 09:00").do(OFFICER, "clarify", text="Sẽ vá nốt")
    assert (bench.stage, bench.it.clocks["clarification_reminder"].late_s) == ("published", 0)


@pytest.mark.rule("A-5", "TG-10.1")
@pytest.mark.parametrize(("when", "code"), [("2026-12-22 00:00:00", ""), ("2026-12-22 00:00:01", "too_late")])
def test_a_rating_counts_for_thirty_days(when: str, code: str) -> None:
    """30 days from Friday 20/11 are Sunday 20/12: to 24:00 of Monday (U-4)."""
    bench = awaiting_publication()
    bench.do(EDITOR, "publish", text="Đã vá xong.")

    answer = bench.until(when).ask(AN, "rate", level="satisfied")

    assert (answer.code if isinstance(answer, Refusal) else "") == code


@pytest.mark.rule("TG-7.3", "TG-6.3", "TG-8.3", "TG-9.3")
@pytest.mark.parametrize(
    ("state", "clock", "warned_at", "whom"),
    [
        (received, "distribution", "2026-11-20 10:30", ("receptionist", "distributor")),
        (sent_back, "redistribution:d1", "2026-11-20 10:30", ("distributor",)),
        (distributed, "acceptance:d1", "2026-11-20 09:45", ("officer",)),
        (processing, "processing:d1", "2026-11-30 17:30", ("officer",)),
        (awaiting_approval, "approval:d1", "2026-11-23 15:30", ("leader",)),
        (awaiting_publication, "publication", "2026-11-20 09:45", ("editor",)),
    ],
)
def test_whoever_is_pressed_is_warned_ahead(
    state: Callable[[], Bench], clock: str, warned_at: str, whom: tuple[str, ...]
) -> None:
    """Once, at its moment."""
    bench = state()
    fired = bench.until(warned_at).fire(clock)

    assert isinstance(fired, Decision)
    assert isinstance(fired.events[0], ClockWarned)
    assert fired.events[0].tell == whom
    assert isinstance(bench.fire(clock), Refusal)


# clock → its name, where, whose, the limit, the warnings, who hears of a breach, the article
WRITTEN = {
    "distribution": (
        "Tiếp nhận và phân phối", "case", "distributor", "2wh",
        "30min receptionist distributor", "receptionist distributor owner", "Điều 6 khoản 3",
    ),
    "redistribution": (
        "Phân phối lại", "dispatch", "distributor", "2wh", "30min distributor", "distributor owner", "Điều 6 khoản 3",
    ),
    "contact": (
        "Liên hệ trực tiếp khi khẩn cấp", "case", "distributor", "10min",
        "", "receptionist distributor editor", "Điều 6 khoản 3",
    ),
    "acceptance": (
        "Nhận xử lý", "dispatch", "officer", "1wh", "15min officer", "officer leader distributor",
        "Điều 7 khoản 1 điểm a",
    ),
    "return_window": ("Trả lại nếu không thuộc thẩm quyền", "dispatch", "officer", "1wd", "", "", "Điều 7 khoản 4"),
    "processing": (
        "Xác minh và xử lý", "dispatch", "officer", "6wd", "1wd officer", "officer leader manager distributor",
        "Điều 7 khoản 3",
    ),
    "approval": ("Phê duyệt", "dispatch", "leader", "1wd", "2wh leader", "leader distributor", "Điều 8 khoản 3"),
    "publication": ("Kiểm tra và công khai", "case", "editor", "1wh", "15min editor", "editor owner", "Điều 9 khoản 3"),
    "clarification_reminder": ("Nhắc làm rõ", "case", "officer", "1wd", "", "officer leader", ""),
    "rating_window": ("Đánh giá kết quả", "case", "", "30d", "", "", ""),
}  # fmt: skip


@pytest.mark.rule("TG-6.3", "TG-6.3k", "TG-7.1a", "TG-7.3", "TG-7.4", "TG-8.3", "TG-9.3", "A-TG-4", "A-TG-7", "A-5")
def test_the_clocks_are_these_and_no_others() -> None:
    """How each is called, whose time, how long, who hears ahead and after, and where it is written."""
    clocks = pack_of("tien_giang").clocks.values()

    assert {
        c.id: (
            c.label,
            c.at,
            c.role,
            c.allowance,
            ", ".join(f"{warning.at} {' '.join(warning.tell)}" for warning in c.warnings),
            " ".join(c.breach.tell),
            c.article,
        )
        for c in clocks
    } == WRITTEN


@pytest.mark.rule("TG-6.3", "TG-7.3")
@pytest.mark.parametrize(
    ("clock", "words"),
    [("distribution", "Điều 6 khoản 3"), ("processing:d1", "Điều 7 khoản 3"), ("acceptance:d1", "Điều 7 khoản 1")],
)
def test_every_due_time_says_where_it_comes_from(clock: str, words: str) -> None:
    """Decision and article, beside the arithmetic."""
    sentence = distributed().it.clocks[clock].explanation_vi

    assert f"QĐ 2830/QĐ-UBND, {words}" in sentence
