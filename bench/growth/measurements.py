"""
What grows with the archive, and what does not: 10,000, 100,000 and 1,000,000 cases on both databases.

Stores are made where `LANGNGHE_BENCH_STORES` says (default `build/growth`) and kept: a million cases take half an hour
to make and some fifty gigabytes. `sqlite` and `pg` hold a million; the others are called `sqlite-10000`, `pg-10000`.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.growth.copy import copy
from bench.growth.load import NOTE, load
from bench.growth.questions import FLAT, SEARCHES
from bench.growth.server import KeptPostgres
from bench.growth.timing import ROUNDS, RUNS, Timing, time_postgres, time_sqlite
from bench.measurement import Cell, Goal, Measurement, Result, Table, Terms

SIZES = (10_000, 100_000, 1_000_000)
QUICK_SIZES = (1_000, 4_000)
ENGINES = ("sqlite", "pg")
Found = Mapping[tuple[str, int], Mapping[str, Timing]]
"""Every question's time by engine and size."""
_NAMES = {"sqlite": "SQLite", "pg": "PostgreSQL"}


def measurements() -> list[Measurement]:
    """The one measurement of this module: all questions are put to each store while it is open."""
    flat = [
        Goal(f"{engine}_{_key(name)}_{what}", f"{name}, {_NAMES[engine]}, {told}", at_most=most, unit=unit)
        for engine in ENGINES
        for name in FLAT
        for what, told, most, unit in (
            ("growth", "1,000,000 against 10,000 cases", 2.0, "×"),
            ("ms", "at 1,000,000 cases", 1.0, "ms"),
        )
    ]
    searches = [
        Goal(f"{engine}_{_key(name)}_ms", f"{name}, newest 50, {_NAMES[engine]}, at 1,000,000", at_most=25.0, unit="ms")
        for engine in ENGINES
        for name in SEARCHES
    ]
    plans = [
        Goal(f"{engine}_whole", f"questions that read a large table through, {_NAMES[engine]}", at_most=0)
        for engine in ENGINES
    ]
    return [
        Measurement("growth.questions", "What is asked most, as the archive grows", (*flat, *searches, *plans), run)
    ]


def run(terms: Terms) -> Result:
    """Time every question at every size."""
    sizes = QUICK_SIZES if terms.quick else SIZES
    found = {(engine, size): _timed(terms, terms.stores, engine, size) for engine in ENGINES for size in sizes}
    return Result(figures_of(found, sizes), tuple(_table(engine, sizes, found) for engine in ENGINES), _notes())


def figures_of(found: Found, sizes: Sequence[int]) -> dict[str, float]:
    """What every question costs at the largest size, and how that compares with the smallest."""
    figures: dict[str, float] = {}
    for engine in ENGINES:
        first, last = found[engine, sizes[0]], found[engine, sizes[-1]]
        for name, timing in last.items():
            figures[f"{engine}_{_key(name)}_ms"] = timing.ms
            figures[f"{engine}_{_key(name)}_growth"] = timing.ms / first[name].ms
        figures[f"{engine}_whole"] = len({name for name, one in last.items() if one.whole})
    return figures


def _timed(terms: Terms, place: Path, engine: str, size: int) -> Mapping[str, Timing]:
    terms.say(f"{_NAMES[engine]} with {size:,} cases")
    embedded = place / _called("sqlite", size)
    if not (embedded / NOTE).exists():
        terms.say(f"  making {embedded}")
        shutil.rmtree(embedded, ignore_errors=True)  # what was left of a try that was interrupted
        asyncio.run(load(embedded, cases=size, templates=26 if terms.quick else 300))
    if engine == "sqlite":
        return time_sqlite(embedded, runs=RUNS)
    served = place / _called("pg", size)
    with KeptPostgres.open(served) as server:
        if not (served / "var" / NOTE).exists():
            terms.say(f"  copying it to {served}")
            asyncio.run(copy(embedded, served / "var", database_url=server.address))
        return time_postgres(served / "var", server.address, runs=RUNS)


def _called(engine: str, size: int) -> str:
    """The name of a store's folder."""
    return engine if size == SIZES[-1] else f"{engine}-{size}"


def _table(engine: str, sizes: tuple[int, ...], found: Found) -> Table:
    columns = ("question", *(f"{size:,} cases" for size in sizes), "growth")
    rows: list[tuple[Cell, ...]] = []
    for name in found[engine, sizes[0]]:
        times = [found[engine, size][name].ms for size in sizes]
        rows.append((name, *(round(one, 3) for one in times), round(times[-1] / times[0], 1)))
    return Table(f"{_NAMES[engine]}, milliseconds", columns, tuple(rows))


def _notes() -> tuple[str, ...]:
    return (
        f"Median of {RUNS} warm runs over the bare driver, the best of {ROUNDS} such rounds; every statement that the "
        "question needs, page size 50.",
        "Two years of cases, 28 to 44 words each, 300 agencies (the largest has one case in twenty); open work is 30 "
        "times the square root of the archive, and grows with it.",
    )


def _key(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name.replace("'", ""))
