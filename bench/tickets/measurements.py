"""
From webhook to opened case, beside django-helpdesk's ticket API on the same PostgreSQL; and with a full archive.

    python -m bench.tickets --engine pg|sqlite [--seconds 6] [--processes 1] [--no-sender] [--form] [--profile FILE]

is a look at our side alone, for whoever works on that path; the measurements are run by `python -m bench`.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import Protocol

import uvloop

from bench.hook import NAMES
from bench.launch import postgres
from bench.measurement import Cell, Goal, Measurement, Result, Table, Terms
from bench.tickets.archive import Archive, archive
from bench.tickets.helpdesk import WORKERS, helpdesk
from bench.tickets.loop import Lap, Load
from bench.tickets.ours import Variant, ours
from bench.tickets.profile import profiled

PEER = "django-helpdesk 2.6.1"
ONE = "PostgreSQL, one process"
COLUMNS = (
    "what", "tickets/s", "of the peer", "p50 ms", "p99 ms", "server CPU ms", "database CPU ms", "tickets",
    "unsent at the end",
)  # fmt: skip
ROUNDS = 4
WARM_UP = 3
"""Rounds after which what is used of a large store lies in memory, as in one that is in use."""


class Side(Protocol):
    """One of those who are compared."""

    async def lap(self, load: Load) -> Lap:
        """Let citizens write to it; RuntimeError unless each message became one ticket."""


def measurements() -> list[Measurement]:
    """What this group measures."""
    return [
        Measurement(
            "tickets.peer",
            f"From webhook to opened case, beside {PEER}'s ticket API, closed loop of 16",
            (
                Goal("ratio", f"cases/s on PostgreSQL, one process, against {PEER}", at_least=10, unit="×"),
                Goal("p99_ratio", "our p99 from webhook to case against its p99", at_most=0.2, unit="×", source="ours"),
            ),
            measure_peer,
        ),
        Measurement(
            "tickets.archive",
            "From webhook to opened case with 1,000,000 cases in store",
            tuple(
                Goal(engine, f"cases/s with 1,000,000 in store against an empty one, {name}", at_least=0.8, unit="×")
                for engine, name in NAMES.items()
            ),
            measure_archive,
        ),
    ]


def measure_peer(terms: Terms) -> Result:
    """Everybody in turn, on one server: laps alternate, so that a busy moment of the machine hits all."""
    load = Load(warm_up=0.5, seconds=1.5 if terms.quick else 4)
    with ExitStack() as stack:
        server = stack.enter_context(postgres())
        variants = [
            Variant(ONE, server, "one"),
            Variant("the same, answers not sent", server, "unsent", sender=False),
            Variant("the same, a form with fields", server, "form", form=True),
            Variant("PostgreSQL, two processes", server, "two", processes=2),
            Variant("SQLite, one process"),
        ]
        for name in ("peer", *(one.database for one in variants if one.server)):
            server.create_database(name)
        terms.say(f"starting {PEER}")
        sides: dict[str, Side] = {PEER: stack.enter_context(helpdesk(server, "peer", terms.folder / "peer"))}
        for number, variant in enumerate(variants):
            sides[variant.name] = stack.enter_context(ours(variant, terms.folder / f"ours-{number}"))
        laps = uvloop.run(_in_turn(sides, load, rounds=1 if terms.quick else ROUNDS, terms=terms))
    return compared({name: Lap.joined(found) for name, found in laps.items()})


def measure_archive(terms: Terms) -> Result:
    """A full and an empty store in turn, on one server."""
    figures: dict[str, float] = {}
    rows: list[tuple[Cell, ...]] = []
    for engine, name in NAMES.items():
        with archive(engine, terms) as store:
            full, empty = _full_and_empty(store, terms)
        figures[engine] = full.rate / empty.rate
        labels = (f"{name}, empty", f"{name}, {store.cases:,} cases")
        rows += [_row(label, lap, empty) for label, lap in zip(labels, (empty, full), strict=True)]
    columns = tuple("of the empty one" if column == COLUMNS[2] else column for column in COLUMNS)
    notes = (
        "Laps alternate between the full and the empty store, in one process each; on PostgreSQL one server. "
        "Both are warm: straight from a cold disk the first laps on the full SQLite file are a third slower.",
    )
    return Result(figures, (Table("Tickets with a full archive", columns, tuple(rows)),), notes)


def _full_and_empty(store: Archive, terms: Terms) -> tuple[Lap, Lap]:
    load = Load(warm_up=0.5, seconds=1.5 if terms.quick else 4)
    if store.server:
        store.server.execute("DROP DATABASE IF EXISTS empty")  # of a store that was written to before
        store.server.create_database("empty")
    with (
        ours(Variant("full", store.server, store.database), terms.folder / "full", data=store.data) as full,
        ours(Variant("empty", store.server, "empty"), terms.folder / f"empty-{store.data.parent.name}") as empty,
    ):
        terms.say("waiting for what fell due since the store was made")
        uvloop.run(full.rest())
        sides: dict[str, Side] = {"full": full, "empty": empty}
        if not terms.quick:
            terms.say("warming up")
            uvloop.run(_in_turn(sides, load, rounds=WARM_UP, terms=terms))
        laps = uvloop.run(_in_turn(sides, load, rounds=1 if terms.quick else ROUNDS, terms=terms))
    return Lap.joined(laps["full"]), Lap.joined(laps["empty"])


async def _in_turn(sides: dict[str, Side], load: Load, *, rounds: int, terms: Terms) -> dict[str, list[Lap]]:
    laps: dict[str, list[Lap]] = {name: [] for name in sides}
    for number in range(rounds):
        for name in sides if number % 2 == 0 else reversed(sides):
            laps[name].append(await sides[name].lap(load))
            terms.say(f"{name}: {laps[name][-1].rate:.0f}/s")
    return laps


def compared(laps: dict[str, Lap]) -> Result:
    """The figures of everybody against the peer."""
    peer, one = laps[PEER], laps[ONE]
    figures = {
        "ratio": one.rate / peer.rate,
        "p99_ratio": one.milliseconds(0.99) / peer.milliseconds(0.99),
        "cpu_ratio": sum(peer.cpu_ms) / sum(one.cpu_ms),
    }
    return Result(
        figures=figures,
        tables=(Table("Tickets", COLUMNS, tuple(_row(name, lap, peer) for name, lap in laps.items())),),
        notes=(
            "One message of 70 Vietnamese words, from a person of their own, is a complete report: a signed webhook of "
            "a citizens' app, which the dialogue reads at once (in a chat it waits three seconds for more, by design). "
            "A case counts when its transaction is visible to others; it is looked for every 5 ms.",
            f"The peer: POST /api/tickets/ with a token, gunicorn with {WORKERS} workers, persistent connections, one "
            "transaction a request, no debug, no logs, no mail; it checks no signature, keeps no repeat away, encrypts "
            "nothing and tells the citizen nothing. Both databases are on one server, fsync on.",
            f"Processor time for one ticket, server and database: ours is 1/{figures['cpu_ratio']:.1f} of the peer's.",
        ),
    )


def _row(name: str, lap: Lap, peer: Lap) -> tuple[Cell, ...]:
    server, database = lap.cpu_ms
    return (
        name,
        round(lap.rate),
        f"{lap.rate / peer.rate:.1f} ×",
        round(lap.milliseconds(0.5), 1),
        round(lap.milliseconds(0.99), 1),
        round(server, 2),
        round(database, 2),
        lap.opened,
        lap.behind,
    )


def look(arguments: Sequence[str] | None = None) -> None:
    """Measure our side once and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("pg", "sqlite"), default="pg")
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--warm-up", type=float, default=2.0)
    parser.add_argument("--in-flight", type=int, default=16)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--no-sender", action="store_true")
    parser.add_argument("--form", action="store_true", help="fields instead of words, as the peer takes them")
    parser.add_argument("--log-level", default="info")
    parser.add_argument("--profile", type=Path, help="folded stacks of the (first) process, by py-spy")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="langnghe-tickets-") as scratch, ExitStack() as stack:
        server = stack.enter_context(postgres()) if given.engine == "pg" else None
        if server:
            server.create_database("tickets")
        variant = Variant(
            given.engine,
            server,
            "tickets",
            given.processes,
            sender=not given.no_sender,
            form=given.form,
            log_level=given.log_level,
        )
        side = stack.enter_context(ours(variant, Path(scratch)))
        load = Load(given.in_flight, given.warm_up, given.seconds)
        stack.enter_context(profiled(side.pids[0], given.profile, load) if given.profile else nullcontext())
        lap = uvloop.run(side.lap(load))
    for column, value in zip(COLUMNS, _row(given.engine, lap, lap), strict=True):
        print(f"{column}: {value}")
