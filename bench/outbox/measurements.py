"""The figures of what leaves."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from bench.launch import postgres
from bench.measurement import Goal, Measurement, Result, Table, Terms
from bench.outbox.stage import Stage, staged
from bench.processes import cpu_seconds
from tests.support.servers import PostgresServer, RedisServer

ISSUE = "issue 5"
LIMIT = 200
_WARM = 500
_HELD_UP = 100


def measurements() -> list[Measurement]:
    """Throughput on both engines, two processes under one limit, a restart, a sick provider."""
    rate = "messages a second of one worker, the provider answering in 50 ms"
    return [
        Measurement(
            "outbox.rate",
            "What one worker sends",
            (
                Goal("sqlite", f"{rate}, SQLite", at_least=500, unit="/s", source=ISSUE),
                Goal("postgresql", f"{rate}, PostgreSQL", at_least=500, unit="/s", source=ISSUE),
                Goal(
                    "sqlite_ms",
                    "processor time of that worker, a message, SQLite",
                    at_most=2.0,
                    unit="ms",
                    source=ISSUE,
                ),
                Goal("postgresql_ms", "the same, PostgreSQL", at_most=2.0, unit="ms", source=ISSUE),
                Goal("twice", "messages that a phone showed twice", at_most=0, source=ISSUE),
            ),
            measure_rate,
        ),
        Measurement(
            "outbox.limit",
            "Two processes under one limit",
            (
                Goal("most", f"busiest second against the limit of {LIMIT}", at_most=1.0, unit="×", source=ISSUE),
                Goal("used", "share of the limit that was used", at_least=0.8, unit="×", source="ours"),
            ),
            measure_limit,
        ),
        Measurement(
            "outbox.restart",
            "100,000 waiting notices and a killed process",
            (
                Goal(
                    "seconds", "until they flow again, from the start of the process", at_most=5, unit="s", source=ISSUE
                ),
                Goal("ready", "the same, from when it answers", at_most=5, unit="s", source=ISSUE),
                Goal("lost", "notices that are neither sent, waiting nor shown to a person", at_most=0, source=ISSUE),
            ),
            measure_restart,
        ),
        Measurement(
            "outbox.sick",
            "One provider that never answers",
            (
                Goal(
                    "ratio", "what another channel sends meanwhile, against alone", at_least=0.9, unit="×", source=ISSUE
                ),
            ),
            measure_sick,
        ),
    ]


def measure_rate(terms: Terms) -> Result:
    """One process, a backlog, the rate after the first few hundred."""
    count = 2_000 if terms.quick else 10_000
    with staged(terms.folder / "sqlite") as stage:
        sqlite = _sent(stage, count)
        twice = stage.seen()["twice"]
    with postgres() as server, staged(terms.folder / "postgresql", database_url=_database(server)) as stage:
        postgresql = _sent(stage, count)
        twice += stage.seen()["twice"]
    return Result(
        {
            "sqlite": sqlite.rate,
            "postgresql": postgresql.rate,
            "sqlite_ms": sqlite.worker_ms,
            "postgresql_ms": postgresql.worker_ms,
            "twice": twice,
        },
        notes=(
            f"{count:,} notices; the SMS channel, its provider's sandbox in a process of its own.",
            "Messages a second need the machine for themselves; a millisecond of processor time does not.",
        ),
    )


def measure_limit(terms: Terms) -> Result:
    """Both on one PostgreSQL and one Redis; every arrival at the provider is noted."""
    count = LIMIT * (5 if terms.quick else 20)
    with postgres() as server, RedisServer.start() as redis:
        further = {"redis_url": redis.url(), "sending": {"per_second": {"sms": LIMIT}}}
        with staged(terms.folder, database_url=_database(server), further=further) as stage:
            stage.write(sms=count)
            stage.start(1)
            stage.start(2)
            told = stage.until(count)
    took = told["last"] - told["first"]
    return Result({"most": told["busiest"] / LIMIT, "used": count / took / LIMIT}, notes=(f"{count:,} notices.",))


def measure_restart(terms: Terms) -> Result:
    """Killed in the middle of sending; the time counts from the start of the next process to its first message."""
    count = 5_000 if terms.quick else 100_000
    with staged(terms.folder) as stage:
        stage.write(sms=count)
        stage.start()
        stage.until(_WARM)
        stage.workers.pop().kill()
        stage.seen("forget")
        began = time.monotonic()
        stage.start()
        ready = time.monotonic()
        first = stage.until(1)["first"]
        stage.workers.pop().stop()
        states = stage.states()
    kept = sum(states[name] for name in ("sent", "pending", "unknown"))
    table = Table("Afterwards", ("state", "notices"), tuple(sorted(states.items())))
    figures = {"seconds": first - began, "ready": max(0.0, first - ready), "lost": count - kept}
    return Result(figures, (table,))


def measure_sick(terms: Terms) -> Result:
    """Two gateways at the same time, one of them with a channel whose every message waits for its time-out."""
    count = 1_000 if terms.quick else 4_000
    with staged(terms.folder / "alone") as alone, staged(terms.folder / "beside") as beside:
        alone.write(sms=count)
        beside.write(sms=count, facebook=_HELD_UP)
        for stage in (alone, beside):
            stage.start()
        rates = {name: _rate(stage.until(count)) for name, stage in (("alone", alone), ("beside", beside))}
    rows = tuple((name, round(rate)) for name, rate in rates.items())
    return Result({"ratio": rates["beside"] / rates["alone"]}, (Table("SMS sent a second", ("", "/s"), rows),))


def _rate(told: Mapping[str, float]) -> float:
    return told["count"] / (told["last"] - told["first"])


@dataclass(frozen=True)
class _Sent:
    """Messages a second, and what one cost the worker's processor."""

    rate: float
    worker_ms: float


def _sent(stage: Stage, count: int, *, facebook: int = 0) -> _Sent:
    """Of a backlog; what the start costs is not counted."""
    stage.write(sms=count, facebook=facebook)
    worker = stage.start().pid
    begun, before = stage.until(_WARM), cpu_seconds([worker])
    told, after = stage.until(count), cpu_seconds([worker])
    messages = told["count"] - begun["count"]
    return _Sent(messages / (told["last"] - begun["last"]), 1000 * (after - before) / messages)


_database = partial(PostgresServer.create_database, name="outbox")
