"""
Figures of 10,000, 100,000 and 1,000,000 cases; on PostgreSQL of the first two.

Stores hold what figures are counted from and no more (`bench.growth.stories.COUNTED`): cases, their events, milestones
and clocks, as of people who have all been erased. They are kept beside those of `growth.questions`, and made anew after
half a day, when the next time limit of a case would run out.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles

from bench.growth.copy import copy
from bench.growth.load import NOTE, load
from bench.growth.stories import COUNTED
from bench.launch import postgres
from bench.measurement import Cell, Goal, Measurement, Result, Table, Terms
from bench.statistics.page import CHANGES, Looked, look, periods
from bench.statistics.report import RUNS, Reported, differing, time_report

ENGINES: Mapping[str, str] = {"sqlite": "SQLite", "pg": "PostgreSQL"}
SIZES: Mapping[str, tuple[int, ...]] = {"sqlite": (10_000, 100_000, 1_000_000), "pg": (10_000, 100_000)}
"""The largest is copied to no server: it would take longer than everything else."""
QUICK_SIZES = (1_000, 4_000)
_FRESH = timedelta(hours=11)
_SOURCE = "issue 8"


@dataclass(frozen=True)
class Found:
    """What was found at one size on one database."""

    reported: Reported
    looked: Looked
    differing: int


def measurements() -> list[Measurement]:
    """The one measurement of this module."""
    goals = [
        goal
        for engine, name in ENGINES.items()
        for goal in (
            Goal(
                f"{engine}_report",
                f"monthly report, {name}, at {SIZES[engine][-1]:,}",
                at_most=5,
                unit="s",
                source=_SOURCE,
            ),
            Goal(
                f"{engine}_flat",
                f"counting, per case counted, {name}, {SIZES[engine][-1]:,} against 10,000",
                at_most=2,
                unit="×",
                source=_SOURCE,
            ),
            Goal(
                f"{engine}_page",
                f"statistics page while reports come in, {name}, at {SIZES[engine][-1]:,}, p95",
                at_most=300,
                unit="ms",
                source=_SOURCE,
            ),
            Goal(f"{engine}_differing", f"figures unlike their recomputation, {name}", at_most=0, source=_SOURCE),
        )
    ]
    return [Measurement("statistics.period", "Figures of a period, as the archive grows", tuple(goals), run)]


def run(terms: Terms) -> Result:
    """Count, report and look at every size."""
    sizes_of = dict.fromkeys(ENGINES, QUICK_SIZES) if terms.quick else SIZES
    found = {(engine, size): _measured(terms, engine, size) for engine in ENGINES for size in sizes_of[engine]}
    figures: dict[str, float] = {}
    for engine, sizes in sizes_of.items():
        first, last = found[engine, sizes[0]], found[engine, sizes[-1]]
        figures[f"{engine}_report"] = last.reported.whole
        figures[f"{engine}_flat"] = last.reported.per_case_us / first.reported.per_case_us
        figures[f"{engine}_page"] = 1000 * _p95(last.looked.again)
        figures[f"{engine}_differing"] = sum(found[engine, size].differing for size in sizes)
    return Result(figures, tuple(_table(engine, sizes, found) for engine, sizes in sizes_of.items()), _notes())


def _measured(terms: Terms, engine: str, size: int) -> Found:
    terms.say(f"{ENGINES[engine]} with {size:,} cases")
    embedded = _store(terms, size)
    if engine == "sqlite":
        return _found(terms, embedded)
    with postgres() as server:
        beside, url = terms.folder / f"pg-{size}", server.create_database("counted").replace("+asyncpg", "")
        asyncio.run(copy(embedded, beside, database_url=url))
        return _found(terms, beside, url)


def _store(terms: Terms, size: int) -> Path:
    """The embedded store of this size, made today."""
    store = terms.stores / f"counted-{size}"
    note = store / NOTE
    made = datetime.fromisoformat(json.loads(note.read_text())["as_of"]) if note.exists() else None
    if made and datetime.now(UTC) - made < _FRESH:
        return store
    shutil.rmtree(store, ignore_errors=True)
    terms.say(f"  making {store}")
    asyncio.run(load(store, cases=size, templates=26 if terms.quick else 100, tables=COUNTED))
    return store


def _found(terms: Terms, store: Path, database_url: str = "") -> Found:
    reported = asyncio.run(time_report(store, database_url=database_url))
    looked = asyncio.run(look(store, database_url=database_url, changes=4 if terms.quick else CHANGES))
    return Found(reported, looked, asyncio.run(differing(store, periods(), database_url=database_url)))


def _table(engine: str, sizes: tuple[int, ...], found: Mapping[tuple[str, int], Found]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            size,
            one.reported.cases,
            round(one.reported.counting, 3),
            round(one.reported.per_case_us, 1),
            round(one.reported.whole, 2),
            round(max(one.looked.first), 3),
            round(1000 * _p95(one.looked.again), 1),
        )
        for size in sizes
        for one in (found[engine, size],)
    ]
    columns = (
        "cases",
        "of the month",
        "counting, s",
        "a case, µs",
        "whole report, s",
        "first look, s",
        "page p95, ms",
    )
    return Table(ENGINES[engine], columns, tuple(rows))


def _notes() -> tuple[str, ...]:
    return (
        f"The last whole month, from nothing, median of {RUNS}: cases that came in it and those still open when it "
        "began; the report with its tables, spreadsheet and PDF. The first look is the slowest of three periods that "
        "nobody had asked for (running month, last month, year); the page is that of a gateway at work, into which a "
        "report comes every five looks.",
        "Stores with what figures are counted from: cases, events, milestones, clocks; no words, no people.",
    )


def _p95(taken: list[float]) -> float:
    return quantiles(taken, n=100, method="inclusive")[94]
