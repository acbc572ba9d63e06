"""Every alarm has its page, its rule and its figure."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from gateway.settings.model import Alarms, Settings
from gateway.watch.alarms import ALARMS
from gateway.watch.figures import FIGURES
from gateway.watch.rules import prometheus_rules, runbook_index

ROOT = Path(__file__).parents[3]
MANUAL = ROOT / "docs" / "operations"
PROGRAMS = {"pg_isready"}


def test_the_rules_for_prometheus_are_current() -> None:
    """`langnghe config alarms > docs/operations/alarms.yml` after every change of the table."""
    assert (MANUAL / "alarms.yml").read_text(encoding="utf-8") == prometheus_rules(Alarms())


def test_the_index_of_the_runbook_is_current() -> None:
    """`langnghe config runbook > docs/operations/runbook.md`."""
    assert (MANUAL / "runbook.md").read_text(encoding="utf-8") == runbook_index(Alarms())


def test_there_is_a_page_for_each_alarm_and_no_other() -> None:
    """Whoever is woken finds what to do."""
    pages = {path.stem for path in (MANUAL / "runbook").glob("*.md")}

    assert pages == ALARMS.keys() | {"silent"}
    assert {name for name, alarm in ALARMS.items() if not (ROOT / alarm.page).is_file()} == set()


@pytest.mark.parametrize("name", ALARMS)
def test_a_page_says_where_to_look_or_what_to_do(name: str) -> None:
    """More than a heading, and its links lead somewhere."""
    text = (ROOT / ALARMS[name].page).read_text(encoding="utf-8")

    assert "**Do**" in text or "settles it by itself" in text
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (MANUAL / "runbook" / target).resolve().is_file(), target


def test_each_alarm_is_a_rule_over_its_figure_and_its_limit() -> None:
    """What Prometheus evaluates is what the process itself looks at."""
    read = YAML(typ="safe").load(prometheus_rules(Alarms()))
    rules = {rule["alert"]: rule for rule in read["groups"][0]["rules"]}

    assert rules.keys() == ALARMS.keys() | {"langnghe_silent"}
    for name, alarm in ALARMS.items():
        figure, sign, limit = rules[name]["expr"].split()
        assert (figure, float(limit)) == (alarm.figure, alarm.limit_in(Alarms()))
        assert sign == {"above": ">", "below": "<"}[alarm.rings]
        assert rules[name].get("for", "0s") == f"{alarm.holds}s"
        assert rules[name]["annotations"]["page"] == alarm.page


def test_every_alarm_looks_at_a_figure_that_exists() -> None:
    """One on a name that nobody exports never rings."""
    assert {alarm.figure for alarm in ALARMS.values()} <= FIGURES.keys()


def test_every_limit_that_can_be_set_belongs_to_an_alarm() -> None:
    """No setting without effect."""
    assert {alarm.limit for alarm in ALARMS.values() if isinstance(alarm.limit, str)} == set(Alarms.model_fields)


def test_the_figures_named_in_the_pages_exist() -> None:
    """A page that sends somebody to a figure nobody exports costs minutes that count."""
    from gateway import metrics

    counted = {getattr(one, "_name", "") for one in vars(metrics).values()}
    counted |= {f"{name}{end}" for name in counted for end in ("_total", "_count")}
    exported = set(FIGURES) | counted | {"event_loop_lag_histogram_seconds", "clock_lateness_seconds"}
    words = set()
    for page in (MANUAL / "runbook").glob("*.md"):
        words |= set(re.findall(r"`([a-z]+(?:_[a-z]+)+)(?:\{[^`]*)?`", page.read_text(encoding="utf-8")))
    logged = set(re.findall(r'log\.\w+\((?:[^"()]*,)?\s*"(\w+)"', _sources()))
    codes = set(re.findall(r'code = "(\w+)"', (ROOT / "core" / "contract" / "errors.py").read_text(encoding="utf-8")))

    settings = set(Alarms.model_fields) | set(Settings.model_fields)
    assert words - exported - logged - codes - settings - PROGRAMS == set()


def _sources() -> str:
    folders = (ROOT / "core", ROOT / "gateway", ROOT / "channels")
    return "\n".join(path.read_text(encoding="utf-8") for folder in folders for path in folder.rglob("*.py"))
