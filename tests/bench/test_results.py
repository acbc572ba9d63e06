"""Results are kept beside each other, judged honestly, and shown where they belong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench import before, render, results
from bench.__main__ import main, measure
from bench.measurement import Goal, Measurement, Result, Table, Terms
from bench.registry import all_measurements, choose

FAST = Goal("rate", "of the bare server's rate", at_least=0.5, unit="×")
SHORT = Goal("p99", "p99 at 500/s", at_most=15, unit="ms")


def measurement(name: str = "hook.some", *, found: Result | None = None) -> Measurement:
    def run(_terms: Terms) -> Result:
        if found is None:
            raise RuntimeError("the server did not start")
        return found

    return Measurement(name, "Some hook", (FAST, SHORT), run)


GOOD = Result({"rate": 0.5, "p99": 15.0}, (Table("More", ("a", "b"), ((1500, 0.25),)),), ("A note.",))


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A file for results that is not that of this machine."""
    return tmp_path / "build" / "bench.json"


@pytest.mark.parametrize(
    ("goal", "figure", "reached"),
    [
        (FAST, 0.5, True),
        (FAST, 0.4999, False),
        (SHORT, 15.0, True),
        (SHORT, 15.01, False),
        (FAST, float("nan"), False),
        (SHORT, float("nan"), False),
    ],
)
def test_a_goal_is_reached_or_not(goal: Goal, figure: float, reached: bool) -> None:
    """The limit itself is good enough; what is no number never is."""
    assert goal.is_reached_by(figure) is reached


@pytest.mark.parametrize("limits", [{}, {"at_least": 1.0, "at_most": 2.0}])
def test_a_goal_has_one_direction(limits: dict[str, float]) -> None:
    """Its author's mistake is told when it is made."""
    with pytest.raises(ValueError, match="at_least or at_most"):
        Goal("x", "x", **limits)  # type: ignore[arg-type]


def test_a_run_of_some_leaves_the_others(kept: Path) -> None:
    """Each with its own date, commit and machine."""
    assert measure(measurement("hook.one", found=GOOD), path=kept)
    assert measure(measurement("hook.two", found=GOOD), path=kept)
    found = results.read(kept)

    assert found.keys() == {"hook.one", "hook.two"}
    assert all(entry["at"] and entry["commit"] and "cores" in entry["machine"] for entry in found.values())


def test_what_cannot_be_measured_is_said(kept: Path) -> None:
    """Its old figures do not stand there as if they were new."""
    measure(measurement(found=GOOD), path=kept)

    assert not measure(measurement(), path=kept)
    lines = render.lines_of(measurement(), results.read(kept)["hook.some"])
    assert sum("not measured" in line for line in lines) == 2
    assert "Not measured: RuntimeError: the server did not start" in lines


def test_a_goal_without_a_figure_is_a_mistake(kept: Path) -> None:
    """Nobody forgets to measure what is in the table."""
    with pytest.raises(ValueError, match="measured nothing for p99"):
        results.keep(measurement(), Result({"rate": 1.0}), path=kept)


def test_a_table_says_yes_and_no() -> None:
    """Figure, goal, reached, and whether it is enough."""
    entry = {"figures": {"rate": 0.61, "p99": 20.3}, "tables": [], "notes": ["A note."], "failure": ""}
    lines = render.lines_of(measurement(), entry)

    assert "| of the bare server's rate | ≥ 0.50 × | 0.61 × | yes |" in lines
    assert "| p99 at 500/s | ≤ 15 ms | 20.3 ms | **no** |" in lines
    assert lines[-1] == "A note."


def test_a_page_is_filled_between_its_markers() -> None:
    """What people wrote around stays; filling again changes nothing."""
    page = "before\n<!-- bench:hook -->\nold\n<!-- /bench:hook -->\nafter\n"
    entry = {
        "figures": {"rate": 1.0, "p99": 1.0},
        "at": "2026-11-21 23:00",
        "commit": "abc",
        "machine": "m",
        "load": 0.5,
    }
    filled = render.fill(page, [measurement()], {"hook.some": entry})

    assert filled.startswith("before\n<!-- bench:hook -->\n")
    assert filled.endswith("<!-- /bench:hook -->\nafter\n")
    assert "old" not in filled
    assert "commit abc" in filled
    assert render.fill(filled, [measurement()], {"hook.some": entry}) == filled


def test_a_group_that_was_not_measured_here_keeps_its_tables() -> None:
    """The page was rendered on another machine."""
    page = "<!-- bench:hook -->\nold\n<!-- /bench:hook -->"

    assert render.fill(page, [measurement()], {}) == page


def test_a_measurement_that_was_not_made_here_keeps_its_table() -> None:
    """One of a group is measured anew on another machine."""
    entry = {"figures": {"rate": 1.0, "p99": 1.0}, "at": "", "commit": "abc", "machine": "m", "load": 0.5}
    fresh, other = measurement("hook.fresh"), Measurement("hook.other", "Another hook", (FAST,), lambda _: GOOD)
    page = render.fill("<!-- bench:hook -->\n<!-- /bench:hook -->", [fresh, other], {"hook.other": entry})
    filled = render.fill(page, [fresh, other], {"hook.fresh": {**entry, "commit": "def"}})

    assert filled.count("not measured") == 0
    assert filled.index("commit def") < filled.index("### Another hook") < filled.index("commit abc")
    assert render.fill(filled, [fresh, other], {"hook.fresh": {**entry, "commit": "def"}}) == filled


def test_an_earlier_commit_stands_beside_today() -> None:
    """For what was measured of both; judged by today's figure."""
    page = "<!-- bench:before -->\n<!-- /bench:before -->"
    then = {"hook.some": {"figures": {"rate": 0.2}, "commit": "old"}}
    now = {"hook.some": {"figures": {"rate": 0.6, "p99": 3.0}, "commit": "new"}, "hook.other": {}}
    filled = render.compare(page, [measurement()], then, now)

    assert "| Some hook | of the bare server's rate | ≥ 0.50 × | 0.20 (old) | 0.60 (new) | yes |" in filled
    assert "p99" not in filled
    assert render.compare(page, [measurement()], {}, now) == page


def test_a_page_without_a_place_is_refused() -> None:
    """Rather than losing a table in silence."""
    entry = {"figures": {}, "at": "", "commit": "", "machine": "", "load": 0.0}
    with pytest.raises(render.MarkersMissing, match="bench:hook"):
        render.fill("nothing", [measurement()], {"hook.some": entry})


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (1.0, "1"), (0.0333, "0.033"), (0.5, "0.50"), (20.31, "20.3"), (153.4, "153"), (12345.6, "12,346")],
)
def test_numbers_are_short(value: float, text: str) -> None:
    """As many digits as somebody can use."""
    assert render.number(value) == text


def test_names_below_a_name_are_chosen() -> None:
    """And an unknown one is told."""
    some = [measurement("hook.one"), measurement("hook.two"), measurement("growth.one")]

    assert [one.name for one in choose(some, ["hook"])] == ["hook.one", "hook.two"]
    assert [one.name for one in choose(some, ["hook.two", "growth"])] == ["hook.two", "growth.one"]
    assert choose(some, []) == some
    with pytest.raises(LookupError, match="hoo"):
        choose(some, ["hoo"])


def test_only_what_is_wanted_is_loaded() -> None:
    """An earlier commit lacks what measurements of other groups lean on."""
    script = (
        "import sys; from bench.registry import all_measurements as found\n"
        "print(*(one.name for one in found(['hook.sqlite', 'media'])))\n"
        "print(*sys.modules)"
    )
    told = subprocess.check_output([sys.executable, "-c", script], cwd=results.ROOT, text=True)
    names, modules = map(str.split, told.splitlines())

    assert {name.partition(".")[0] for name in names} == {"hook", "media"}
    assert "bench.hook" in modules
    assert "bench.tickets.measurements" not in modules


def test_every_measurement_has_a_place_in_the_docs() -> None:
    """Names are unique, groups have their markers."""
    entry = {"figures": {}, "at": "2026-11-21", "commit": "abc", "machine": "m", "load": 0.5}
    everything = all_measurements()
    page = render.PAGE.read_text(encoding="utf-8")

    assert render.fill(page, everything, {one.name: entry for one in everything}).count("not measured") >= len(
        [goal for one in everything for goal in one.goals]
    )


def test_an_earlier_commit_is_measured_by_todays_bench(tmp_path: Path) -> None:
    """Its own product, our bench, and what set-up made."""
    before.copy("HEAD", tmp_path / "tree")

    assert (tmp_path / "tree" / "bench" / "before.py").read_bytes() == Path(before.__file__).read_bytes()
    assert (tmp_path / "tree" / "gateway" / "app.py").exists()
    assert (tmp_path / "tree" / ".venv").resolve() == (results.ROOT / ".venv").resolve()


def test_the_command_line_lists_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    """Names, and goals in short."""
    assert main(["--list", "--only", "hook.sqlite"]) == 0
    assert "≥ 0.50 ×" in capsys.readouterr().out

    assert main(["--only", "nothing"]) == 2
