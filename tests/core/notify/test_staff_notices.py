"""Notices to staff: from events to who is told in which form, in words that hold nothing anybody wrote."""

from __future__ import annotations

import pytest

from core.cases.decide.facts import facts_of, holds
from core.notify.house import House
from core.notify.letters import STAFF_PLACEHOLDERS, staff_templates
from core.notify.plan import Notice, plan
from core.regulations.lint import lint_pack
from core.regulations.loader import load_pack
from tests.core.cases.bench import Bench
from tests.core.regulations.desk import DISTRIBUTOR
from tests.core.regulations.tien_giang_states import clarifying, distributed, received

HOUSE = House("Trung tâm", "1022", "https://x.example.vn/tra-cuu", case_url="https://x.example.vn/console/ho-so")


def planned(bench: Bench, last: int) -> list[Notice]:
    """What the last events of a case cause."""
    facts = facts_of(bench.pack, bench.agencies, bench.it)
    events = bench.events[-last:]
    return plan(bench.pack, events, first_version=len(bench.events) - last + 1, holds=lambda n, _: holds(n.when, facts))


@pytest.mark.rule("TG-7.1a")
@pytest.mark.parametrize("name", staff_templates())
def test_a_notice_says_its_case_and_leaves_nothing_open(name: str) -> None:
    """From a closed set of facts, short enough for one short message of several parts; empty lines are left out."""
    template = staff_templates()[name]
    assert template.holes <= STAFF_PLACEHOLDERS
    assert {"code", "link"} <= template.holes

    full = dict.fromkeys(STAFF_PLACEHOLDERS, "x" * 40) | {"code": "2026 1123 0017"}
    assert len(template.fill(full).text) <= 306
    bare = HOUSE.write_to_staff(name, {"code": "2026 1123 0017", "task": "chờ nhận xử lý"}, case_id="c1")
    assert "2026 1123 0017" in bare.subject
    assert "Hạn:" not in bare.text
    assert bare.text.splitlines()[-1] == "https://x.example.vn/console/ho-so/c1"


def test_an_unknown_template_never_stops_a_command() -> None:
    """It reads like any new work; the linter is who complains."""
    assert HOUSE.write_to_staff("no_such", {"code": "1"}, case_id="c1").subject == "Việc mới: phản ánh 1"


@pytest.mark.rule("TG-7.1a", "TG-6.1b.2")
def test_a_distribution_tells_the_officers_of_each_part() -> None:
    """One notice about all parts that were opened, in the forms of the pack."""
    bench = distributed("so_giao_thong", "cong_an")
    found = [notice for notice in planned(bench, len(bench.events)) if notice.notification == "officer_new"]

    assert [(notice.staff, notice.via, notice.parts) for notice in found] == [
        (("officer",), ("console", "push", "sms"), ("d1", "d2"))
    ]


@pytest.mark.rule("TG-7.1a", "A-TG-7")
@pytest.mark.parametrize(
    ("state", "clock", "moment", "expected"),
    [
        (distributed, "acceptance:d1", "2026-11-20 09:45", ("warning:acceptance", "task_due_soon", ("officer",))),
        (
            distributed,
            "acceptance:d1",
            "2026-11-20 10:00:01",
            ("breach:acceptance", "task_late", ("officer", "leader", "distributor")),
        ),
        (
            clarifying,
            "clarification_reminder",
            "2026-11-23 17:30:01",
            ("breach:clarification_reminder", "task_waited", ("officer", "leader")),
        ),
    ],
)
def test_a_limit_speaks_for_itself(state: object, clock: str, moment: str, expected: tuple[object, ...]) -> None:
    """Ahead of it, past it, and of a wait that nobody is late with; in the console, about its own part."""
    bench = state()  # type: ignore[operator]
    bench.until(moment).fire(clock)

    (notice,) = planned(bench, 1)

    assert (notice.notification, notice.template, notice.to) == expected
    assert (notice.via, notice.clock_id) == (("console",), clock)
    assert notice.parts == (("d1",) if ":" in clock else ())


def test_a_limit_that_names_nobody_is_silent() -> None:
    """The end of the window for a return."""
    bench = distributed()
    bench.until("2026-11-23 17:30:01").fire("return_window:d1")

    assert planned(bench, 1) == []


@pytest.mark.rule("TG-6.3k")
def test_an_emergency_tells_the_desk_in_every_form() -> None:
    """Whoever raised it."""
    bench = received()
    bench.do(DISTRIBUTOR, "raise_emergency")
    found = [notice for notice in planned(bench, len(bench.events)) if notice.notification == "emergency_raised"]

    assert [(notice.staff, notice.via) for notice in found] == [
        (("receptionist", "distributor"), ("console", "push", "sms"))
    ]


def test_the_linter_finds_a_delivered_notice_without_words() -> None:
    """Only where a form is named; what merely stands in the work list needs none."""
    pack = load_pack("tien_giang")
    broken = pack.notifications["officer_new"].model_copy(update={"template": "no_such"})
    quiet = broken.model_copy(update={"via": ()})

    def found(notice: object) -> list[str]:
        changed = pack.model_copy(update={"notifications": pack.notifications | {"officer_new": notice}})
        return [item.message for item in lint_pack(changed) if item.kind.value == "template_missing"]

    assert found(broken) == ["there is no notice to staff 'no_such'"]
    assert found(quiet) == []
