"""
The page of simulated months: one section for each regulation, renewed by the command that simulates it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from core.regulations.model import Pack
from core.regulations.rules import ROOT
from gateway.simulation.figures import NOTHING, Figures, rate
from gateway.simulation.month import Plan

PAGE = ROOT / "docs" / "simulation.md"

_HEAD = """\
# A month under each regulation

Each section is a synthetic month of one regulation, worked through the API of a running gateway by a simulated clock;
written by the command it names, nobody types it. A row is one time limit of the regulation: how many times it ended in
time, ended late, and still ran when the month was over, then the rate of those that ended, as the API shows every
case and as SQL counts the raw events, which must be equal. The people are invented (most act in time, some do not), so
the rates tell nothing of a province; they show that every limit is started, stopped and counted."""


def renew(plan: Plan, pack: Pack, found: Figures, *, page: Path = PAGE) -> None:
    """Write the section of this regulation anew, the others as they are."""
    told = sections(page.read_text(encoding="utf-8")) if page.exists() else {}
    told[plan.regulation] = "\n".join(_section(plan, pack, found))
    parts = (f"## {name}\n\n{text}" for name, text in sorted(told.items()))
    page.write_text("\n\n".join((_HEAD, *parts)) + "\n", encoding="utf-8")


def sections(page: str) -> dict[str, str]:
    """What stands below each regulation's heading."""
    _, *parts = re.split(r"^## ", page, flags=re.MULTILINE)
    split = (part.partition("\n") for part in parts)
    return {name.strip(): text.strip() for name, _, text in split}


def command_of(plan: Plan) -> str:
    """What makes the same month again."""
    length = f"--days {plan.days} --per-day {plan.per_day} --start {plan.start:%Y-%m-%d} --seed {plan.seed}"
    return f"langnghe simulate --regulation {plan.regulation} {length} --write"


def _section(plan: Plan, pack: Pack, found: Figures) -> Iterator[str]:
    verdict = "both counts agree" if found.agree else "the counts DIFFER"
    yield f"`{command_of(plan)}`: {found.cases} cases, {found.answered} with an answer; {verdict}."
    yield ""
    yield "| limit | rules | in time | late | still running | by the API | by SQL |"
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: |"
    for name in found.names(pack):
        clock, one, other = pack.clocks[name], found.shown.get(name, NOTHING), found.raw.get(name, NOTHING)
        counts = f"{one.in_time} | {one.late} | {one.open} | {rate(one)} | {rate(other)}"
        yield f"| {clock.label} | {', '.join(clock.cites)} | {counts} |"
