"""
A store of any number of cases, as two years of work would have left it.

    python -m bench.growth.load --cases 100000 --data FOLDER [--database-url postgresql://…]

Some hundred cases are taken through the real service code to different ends; the rest are copies of them with fresh
ids, codes, people, words, dates, keys and seals, chained and hashed anew. `langnghe audit verify` finds nothing wrong
with them, every text opens, every person can be erased. The folder must be new; its master key is FOLDER/master.key.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import tempfile
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import structlog

from bench.growth.copies import Copier, Rows, Secrets
from bench.growth.lives import AFTER, AGENCY, live
from bench.growth.patterns import Cutter, Pattern, moved
from bench.growth.plan import Job, open_cases, plan
from bench.growth.store import Bulk, PostgresBulk, SqliteBulk, counted, merged
from bench.growth.stories import TABLES, tell
from core.storage import search_schema
from gateway.admin.services import auditor_of
from gateway.deployment import Deployment, open_deployment
from gateway.settings import Settings
from tests.support.deployments import open_world
from tests.support.usual import REGULATION

NOTE = "growth.json"
TEMPLATES = 300
BODIES_KEPT = timedelta(days=30)
_AT_ONCE = 400


@dataclass(frozen=True)
class Loaded:
    """What was made."""

    cases: int
    open: int
    rows: int
    seconds: float
    as_of: str
    templates: int


def settings_of(data: Path, database_url: str = "") -> Settings:
    """The deployment that is filled: production's settings, no mail, the key beside the data."""
    return Settings.model_validate(
        {
            "mode": "demo",
            "regulation": REGULATION,
            "data": data,
            "database_url": database_url.replace("+asyncpg", ""),
            "http": {"port": 0},
            "email": {"enabled": False},
            "logs": {"level": "warning"},
        }
    )


async def load(
    data: Path,
    *,
    cases: int,
    database_url: str = "",
    templates: int = TEMPLATES,
    processes: int = 1,
    seed: int = 1,
    tables: Collection[str] = TABLES,
) -> Loaded:
    """Make the store, with every table or some (`stories.COUNTED`). ValueError: there is one already, whole or half."""
    if data.exists() and any(data.iterdir()):
        raise ValueError(f"{data} is not empty: what is in it, a store that was not finished perhaps, has to go first")
    began, as_of, chance = time.monotonic(), datetime.now(UTC).replace(microsecond=0), Random(seed)
    patterns, agencies = await _patterns(as_of, templates, chance, tables)
    settings = settings_of(data, database_url)
    async with open_deployment(settings) as deployment:
        secrets = await _secrets(deployment)
        await deployment.database.write(search_schema.pause)
    jobs = plan([one.story for one in patterns], cases=cases, as_of=as_of, chance=chance)
    setting = _Setting(patterns, secrets, agencies, as_of, seed)
    bulk: Bulk = await PostgresBulk.open(database_url) if database_url else SqliteBulk(data)
    rows = done = 0
    async for part, copies in _made(setting, jobs, processes):
        await bulk.add(part)
        rows, done = rows + counted(part), done + copies
        _say(done, cases, began)
    await bulk.finish()
    async with open_deployment(settings, now=lambda: as_of) as deployment:
        await deployment.database.write(search_schema.resume)
        await auditor_of(deployment).make_root(as_of.date() - timedelta(days=1))
    made = Loaded(cases, open_cases(cases), rows, time.monotonic() - began, as_of.isoformat(), len(patterns))
    (data / NOTE).write_text(json.dumps(asdict(made), indent=2) + "\n")
    return made


async def _patterns(
    as_of: datetime, many: int, chance: Random, tables: Collection[str]
) -> tuple[list[Pattern], list[tuple[str, str]]]:
    with tempfile.TemporaryDirectory() as folder:
        async with open_world(Path(folder) / "var", regulation=REGULATION) as world:
            monday = as_of - AFTER - timedelta(days=as_of.weekday())
            world.clock.at = monday.replace(hour=0, minute=0, second=0)
            lives = await live(world, many=many, chance=chance)
            deployment = world.deployment
            stories = await tell(deployment.database, deployment.safe, lives)
            tree = deployment.regulation.agencies
            known = [(one.id, one.name) for one in tree.agencies.values() if tree.is_active(one.id)]
    return [Cutter(story, tree.name(AGENCY), tables=tables).cut() for story in stories], known


async def _secrets(deployment: Deployment) -> Secrets:
    blind = await asyncio.to_thread(deployment.safe.keys.system_secret, "blind")
    await asyncio.to_thread(deployment.safe.keys.system_secret, "pin")
    web: Any = deployment.channels["web"]
    return Secrets(deployment.keys.ring, blind, web._secret)


@dataclass(frozen=True)
class _Setting:
    patterns: Sequence[Pattern]
    secrets: Secrets
    agencies: Sequence[tuple[str, str]]
    as_of: datetime
    seed: int

    def copier(self) -> Copier:
        number = next(iter(multiprocessing.current_process()._identity), 0)
        kept = int((self.as_of - BODIES_KEPT).timestamp() * 1_000_000)
        chance = Random(self.seed + number)
        return Copier(self.secrets, agencies=self.agencies, bodies_since=kept, chance=chance, number=number)


_given: dict[str, Any] = {}


def _prepare(setting: _Setting) -> None:
    os.nice(5)
    _given.update(patterns=setting.patterns, copier=setting.copier())


def _make(jobs: Sequence[Job]) -> Rows:
    copier: Copier = _given["copier"]
    return merged(copier.copies(moved(_given["patterns"][job.story], job.weeks), job.copies) for job in jobs)  # type: ignore[return-value]


async def _made(setting: _Setting, jobs: Sequence[Job], processes: int) -> Any:
    """Rows with the number of their cases, in order of time; made in processes of their own, a few ahead."""
    context = multiprocessing.get_context("fork")
    with context.Pool(processes, _prepare, (setting,)) as pool:
        ahead: list[tuple[Any, int]] = []
        for some in _batches(jobs):
            ahead.append((pool.apply_async(_make, (some,)), sum(job.copies for job in some)))
            if len(ahead) > processes + 1:
                result, copies = ahead.pop(0)
                yield await asyncio.to_thread(result.get), copies
        for result, copies in ahead:
            yield await asyncio.to_thread(result.get), copies


def _batches(jobs: Sequence[Job]) -> Iterator[list[Job]]:
    batch: list[Job] = []
    for job in jobs:
        batch.append(job)
        if sum(one.copies for one in batch) >= _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _say(done: int, cases: int, began: float) -> None:
    if done % 20_000 < _AT_ONCE * 2 or done == cases:
        print(f"{done:>9,} of {cases:,} cases, {done / (time.monotonic() - began):,.0f}/s", flush=True)


def main() -> None:
    """Make one store."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--database-url", default="")
    parser.add_argument("--templates", type=int, default=TEMPLATES)
    parser.add_argument("--processes", type=int, default=1)
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    made = asyncio.run(
        load(
            given.data,
            cases=given.cases,
            database_url=given.database_url,
            templates=given.templates,
            processes=given.processes,
        )
    )
    print(json.dumps(asdict(made)))


if __name__ == "__main__":
    main()
