"""A synthetic month through the API: every regulation gets somewhere, and two ways of counting agree."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from core.clock import VIETNAM
from core.regulations.loader import load_pack, pack_names
from core.storage.database import Connection, Database
from core.storage.punctuality import Ended, ended_by_clock
from gateway.cli import main
from gateway.simulation.chart import FAR, Chart
from gateway.simulation.figures import Figures
from gateway.simulation.month import Plan, simulate, usual_start
from gateway.simulation.page import PAGE, renew, sections
from tests.support.databases import on_both_engines

START = datetime(2026, 11, 2, tzinfo=VIETNAM)
BASE = [name for name in pack_names() if not load_pack(name).meta.variant_of]


@on_both_engines
async def test_three_days_of_ten_reports_are_counted_alike(database_url: str) -> None:
    """Staff of every role, real HTTP, simulated time; what the API shows is what SQL finds in the raw events."""
    server = "" if database_url.startswith("sqlite") else database_url.replace("+asyncpg", "")
    plan = Plan("thua_thien_hue", START, days=3, per_day=3 if server else 10)
    found = await simulate(plan, database_url=server)

    assert found.agree, (found.shown, found.raw)
    assert found.cases == plan.days * plan.per_day
    assert sum(one.in_time for one in found.raw.values()) > 5


@pytest.mark.parametrize("regulation", BASE)
async def test_every_regulation_can_be_simulated(regulation: str) -> None:
    """A few cases get as far as an agency."""
    found = await simulate(Plan(regulation, usual_start(load_pack(regulation)), days=2, per_day=2))

    assert found.agree, (found.shown, found.raw)
    assert found.cases == 4
    assert len(found.raw) >= 1


def test_a_regulation_is_simulated_when_it_was_in_force_as_far_as_the_calendar_goes_back() -> None:
    """On a Monday; one of former years on a Monday of the present."""
    starts = {name: usual_start(load_pack(name)) for name in BASE}

    assert {start.weekday() for start in starts.values()} == {0}
    assert starts["thua_thien_hue"] == START
    until = {name: load_pack(name).meta.in_force_until for name in BASE}
    assert all(start.date() <= day for name, start in starts.items() if (day := until[name]) and day.year >= 2025)


@pytest.mark.parametrize("regulation", BASE)
def test_an_answer_can_be_reached_from_the_first_stage(regulation: str) -> None:
    """The chart that officials are played by."""
    pack = load_pack(regulation)
    chart = Chart(pack)

    assert 0 < chart.steps(f"case_{pack.first_stage}") < FAR
    assert max(chart.gain(f"case_{pack.first_stage}", move.command) for move in pack.moves.values()) > 0


@pytest.mark.parametrize("regulation", BASE)
def test_giving_work_back_is_never_a_way_to_an_answer(regulation: str) -> None:
    """What goes back has all of the way before it; officials who took that for a short cut would do nothing else."""
    pack = load_pack(regulation)
    chart = Chart(pack)
    parts = {f"dispatch_{name}": stage for name, stage in pack.stages.dispatch.items()}

    assert all(chart.steps(node) < FAR for node, stage in parts.items() if stage.kind == "open")
    assert all(chart.gain(node, command) <= 0 for node in parts for command in ("send_back", "centre_return"))


def test_a_limit_is_met_by_what_the_regulation_says_and_not_by_passing_the_case_up() -> None:
    """An emergency is handed over, though no stage changes with that; going up the tree is nobody's usual way."""
    assert Chart(load_pack("quang_binh")).ends("hand_over", "hand_over_emergency")
    assert not Chart(load_pack("quang_binh")).ends("hand_over", "dispatch")
    assert "escalate" in load_pack("lang_son").clocks["pass_on"].stop
    assert not Chart(load_pack("lang_son")).ends("pass_on", "escalate")


def event(connection: Connection, version: int, kind: str, **body: object) -> None:
    values = {"v": version, "k": kind, "b": json.dumps({"kind": kind, **body}).encode()}
    statement = (
        "INSERT INTO case_event (case_id, version, name, at, actor, body, hash) VALUES ('c', :v, :k, 0, '', :b, :b)"
    )
    connection.execute(text(statement), values)


@on_both_engines
async def test_only_the_last_end_of_a_limit_counts(database: Database) -> None:
    """Stopped late, given anew, stopped in time: in time. Waits are no deadlines; what rests has not ended."""

    def write(connection: Connection) -> None:
        for version, name in ((1, "intake"), (4, "approval"), (6, "supplement")):
            purpose = "wait" if name == "supplement" else "deadline"
            event(connection, version, "clock_started", clock_id=name, name=name, purpose=purpose)
        event(connection, 2, "clock_stopped", clock_id="intake", late_s=5)
        event(connection, 3, "clock_started", clock_id="intake", name="intake", purpose="deadline")
        event(connection, 5, "clock_paused", clock_id="approval")
        event(connection, 7, "clock_stopped", clock_id="intake", late_s=0)
        event(connection, 8, "case_moved", to="accepted")

    await database.write(write)

    assert dict(await database.read(ended_by_clock)) == {"intake": Ended(1, 0, 0), "approval": Ended(0, 0, 1)}


def test_figures_that_differ_are_said_and_fail() -> None:
    """The reason for counting twice."""
    found = Figures(3, 2, {"acceptance": Ended(2, 1, 0)}, {"acceptance": Ended(3, 0, 0)})

    assert not found.agree
    assert "66.7 %" in "\n".join(found.lines(load_pack("thua_thien_hue")))
    assert list(found.lines(load_pack("thua_thien_hue")))[-1] == "3 cases, 2 answered; both counts DIFFER"


def test_a_section_is_renewed_and_the_others_stay(tmp_path: Path) -> None:
    """The page is put together from months that were worked one by one."""
    page, pack = tmp_path / "simulation.md", load_pack("thua_thien_hue")
    first = Figures(3, 2, {"acceptance": Ended(2, 1, 0)}, {"acceptance": Ended(2, 1, 0)})
    second = Figures(4, 3, {"acceptance": Ended(4, 0, 0)}, {"acceptance": Ended(4, 0, 0)})
    for name, found in (("thua_thien_hue", first), ("dak_lak", first), ("thua_thien_hue", second)):
        renew(Plan(name, START, days=1, per_day=4), pack, found, page=page)

    told = sections(page.read_text(encoding="utf-8"))

    assert list(told) == ["dak_lak", "thua_thien_hue"]
    assert "| 2 | 1 | 0 | 66.7 % | 66.7 % |" in told["dak_lak"]
    assert "| 4 | 0 | 0 | 100.0 % | 100.0 % |" in told["thua_thien_hue"]
    assert "--days 1 --per-day 4 --start 2026-11-02 --seed 1 --write`: 4 cases, 3 with" in told["thua_thien_hue"]


@pytest.mark.parametrize(("regulation", "text"), sections(PAGE.read_text(encoding="utf-8")).items())
def test_the_page_tells_of_limits_that_the_regulation_has(regulation: str, text: str) -> None:
    """Both counts the same, in every row; every limit still there, with the rules it rests on."""
    clocks = load_pack(regulation).clocks.values()
    known = {(clock.label, ", ".join(clock.cites)) for clock in clocks}
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")][2:]

    assert rows
    assert {(label, rules) for label, rules, *_ in rows} <= known
    assert all(by_api == by_sql for *_, by_api, by_sql in rows)


def test_the_command_prints_both_figures(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 0 when they agree."""
    assert main(["simulate", "--regulation", "thua_thien_hue", "--days", "1", "--per-day", "2"]) == 0

    printed = capsys.readouterr().out
    assert "Nhận xử lý" in printed
    assert "both counts agree" in printed
