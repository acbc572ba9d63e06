"""
From webhook to opened case, ours alone: a look for whoever works on that path.

    python -m bench.tickets --engine pg|sqlite [--seconds 6] [--in-flight 16] [--processes 1] [--no-sender]
                            [--profile FILE] [--json]

Starts its own PostgreSQL (fsync on) and its own gateway; the case is counted when its transaction is visible to others.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import uvloop

from bench.tickets_ours import Books, Load, measure_postgres, measure_sqlite
from bench.tickets_peer import peer_program
from tests.support.servers import PostgresServer

POSTGRES = {"shared_buffers": "1GB", "max_wal_size": "4GB"}


def one_run(engine: str, load: Load) -> Books:
    """One measurement on a fresh database."""
    with tempfile.TemporaryDirectory(prefix="langnghe-tickets-") as scratch:
        folder = Path(scratch)
        if engine == "sqlite":
            return uvloop.run(measure_sqlite(folder, load))
        with PostgresServer.start(settings=POSTGRES) as server:
            server.create_database("tickets")
            return uvloop.run(measure_postgres(server, "tickets", folder, load))


def described(books: Books) -> dict[str, float]:
    """The figures, rounded to what they are worth."""
    lap = books.lap
    server, database = lap.cpu_ms
    return {
        "cases_per_second": round(lap.rate, 1),
        "p50_ms": round(lap.milliseconds(0.5), 1),
        "p99_ms": round(lap.milliseconds(0.99), 1),
        "server_cpu_ms": round(server, 2),
        "database_cpu_ms": round(database, 2),
        "cases": books.added["case"],
        "unsent": books.added["outbox"],
    }


def main() -> None:
    """Measure once and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("pg", "sqlite"), default="pg")
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--warm-up", type=float, default=2.0)
    parser.add_argument("--in-flight", type=int, default=16)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--no-sender", action="store_true")
    parser.add_argument("--log-level", default="info")
    parser.add_argument("--profile", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if given.profile:
        peer_program("py-spy")
    load = Load(
        in_flight=given.in_flight,
        warm_up=given.warm_up,
        seconds=given.seconds,
        processes=given.processes,
        sender=not given.no_sender,
        log_level=given.log_level,
        profile=given.profile,
    )
    figures = described(one_run(given.engine, load))
    print(json.dumps(figures) if given.json else "  ".join(f"{name} {value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
