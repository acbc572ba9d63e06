"""Quảng Bình: reports of different people about one thing, and nothing that goes out by itself."""

from __future__ import annotations

import pytest

from core.cases.automatic import automatic_command
from core.cases.decide import Actor
from core.cases.evolve import fold
from tests.core.cases.bench import SYSTEM, Bench
from tests.core.regulations.desk import AN, DISTRIBUTOR, EDITOR, RECEPTIONIST
from tests.core.regulations.qb_states import DONE, UNIT_LEADER, UNIT_STAFF, processing, received

BINH = Actor.reporter("binh")


def together() -> tuple[Bench, Bench]:
    """An's case is being worked on when Bình reports the same thing, ten minutes ago."""
    main, other = processing(), received("2026-11-20 09:00", case_id="c2", contact_id="binh")
    main.others = {"c2": other.wait(minutes=10).it}
    decision = main.wait(minutes=10).do(RECEPTIONIST, "link_report", other_case="c2", reason="Cùng một ổ gà")
    other.events += decision.elsewhere["c2"]
    other.case = fold(decision.elsewhere["c2"], other.case)
    return main, other


@pytest.mark.rule("A-3", "QB-IV.1.1a.x1", "A-QB-2")
def test_both_reporters_are_answered_and_may_rate() -> None:
    """The second report's hour rests while it hangs on the first; nobody's report is cancelled."""
    main, other = together()
    assert (other.stage, other.it.merged_into, other.it.clocks["intake"].state) == ("linked", "c1", "paused")
    main.then(UNIT_STAFF, "submit_result", **DONE).then(UNIT_LEADER, "approve").then(EDITOR, "publish", text="Đã vá")

    main.then(AN, "rate", level="satisfied").then(BINH, "rate", level="dissatisfied")

    assert [given.report_id for given in main.it.publications[0].ratings] == ["r-c1", "r-c2"]


@pytest.mark.rule("A-3", "QB-IV.1.1b.d")
def test_what_was_linked_by_mistake_runs_on_with_what_it_had_left() -> None:
    """Ten minutes had passed of its hour."""
    main, other = together()
    main.others = {"c2": other.it}

    decision = main.until("2026-11-20 15:00").do(DISTRIBUTOR, "unlink_report", other_case="c2", reason="Nơi khác")

    other.events += decision.elsewhere["c2"]
    other.case = fold(decision.elsewhere["c2"], other.case)
    assert (other.stage, other.it.merged_into, other.due("intake")) == ("received", None, "2026-11-20 15:50:00")
    assert [report.report_id for report in main.it.reports] == ["r-c1"]


@pytest.mark.rule("QB-IV.1.1a.2")
def test_nothing_is_distributed_by_itself() -> None:
    """7.1 has a dash for routing by configuration: whatever the category, a person chooses the agency."""
    pack = received().pack

    assert not any(category.automatic for category in pack.intake.categories.values())
    assert not any("system" in row.by for row in pack.moves_for("dispatch"))
    bench = received(category="traffic_order").then(RECEPTIONIST, "accept")
    assert automatic_command(bench.ctx(SYSTEM), bench.it) is None
