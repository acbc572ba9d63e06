"""
The durable webhook: how much of the bare server's rate is left when every message is on disk before its answer.

Closed loop against the limit in slices; open loop beside the case worker; a slow disk; several processes; repeats.
After every run the books are compared with the database. Sources: issue 3, "Figures to reach".
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from bench.client import Client, Slice, load_client
from bench.launch import Gateway, Target, Watch, bare_server, disk, gateway, postgres
from bench.measurement import Cell, Goal, Measurement, Result, Table, Terms
from bench.meter import Meter
from bench.slices import Pair, alternate, middle_half, ratio, typical

if TYPE_CHECKING:
    from bench.books import Books

CONNECTIONS = (64, 256)
REPEATS = 0.05
RATES = (500, 1500)
SLOW_US = 4000
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
COLUMNS = (
    "connections", "what", "requests/s", "p50 ms", "p99 ms", "ratio", "middle half", "server µs", "database µs",
    "syncs", "log lines",
)  # fmt: skip
_BOOKS = (
    Goal("missing", "acknowledged messages that are not stored", at_most=0),
    Goal("twice", "messages stored twice", at_most=0),
)


def measurements() -> list[Measurement]:
    """All of the hook."""
    return [
        Measurement("hook.limit", "The bare server against itself, and what the client costs", (), measure_limit),
        *(_durable(engine, *least) for engine, least in (("sqlite", (0.50, 0.55)), ("postgresql", (0.60, 0.70)))),
        *(_slow(engine) for engine in NAMES),
        Measurement(
            "hook.processes",
            "Two processes on one PostgreSQL",
            (Goal("ratio", "two processes against one, 64 connections", at_least=1.25, unit="×"), *_BOOKS),
            measure_processes,
        ),
        *(_open(engine) for engine in NAMES),
    ]


def _durable(engine: str, least_64: float, least_256: float) -> Measurement:
    goals = (
        Goal("ratio_64", "of the bare server's rate, 64 connections", at_least=least_64, unit="×"),
        Goal("ratio_256", "of the bare server's rate, 256 connections", at_least=least_256, unit="×"),
        Goal("syncs_64", "syncs for one accepted message, 64 connections", at_most=0.06),
        Goal("repeat", "rate of repeats against that of new messages, 64 connections", at_least=1.0, unit="×"),
        Goal("lines", "log lines for one accepted message (one for hundreds may tell of trouble)", at_most=0.01),
        *_BOOKS,
    )
    run = partial(measure_durable, engine=engine)
    return Measurement(f"hook.{engine}", f"Durable webhook on {NAMES[engine]}, one process", goals, run)


def _slow(engine: str) -> Measurement:
    goals = tuple(
        Goal(f"ratio_{count}", f"of the bare server's rate, {count} connections", at_least=0.35, unit="×")
        for count in CONNECTIONS
    )
    title = f"The same on {NAMES[engine]} with 4 ms added to every sync"
    return Measurement(f"hook.slow_{engine}", title, (*goals, *_BOOKS), partial(measure_slow, engine=engine))


def _open(engine: str) -> Measurement:
    goals = tuple(
        Goal(f"p99_{rate}", f"p99 at {rate:,} messages a second, 5 % of them repeats", at_most=most, unit="ms")
        for rate, most in zip(RATES, (15, 30), strict=True)
    )
    title = f"Fixed rate on {NAMES[engine]}, the case worker in the same process"
    return Measurement(f"hook.open_{engine}", title, (*goals, *_BOOKS), partial(measure_open, engine=engine))


def pairs_of(terms: Terms) -> int:
    """How many slices of each of two."""
    return 3 if terms.quick else 16


def seconds_of(terms: Terms) -> float:
    """How long a slice is."""
    return 0.4 if terms.quick else 1.0


@dataclass
class Stage:
    """What one measurement has standing: the limit, the gateway, a client, and what watches the disk."""

    terms: Terms
    bare: Target
    gateway: Gateway
    client: Client
    disk: Watch
    database: list[int]

    @property
    def pairs(self) -> int:
        """How many slices of each."""
        return pairs_of(self.terms)

    @property
    def crowds(self) -> tuple[int, ...]:
        """Numbers of connections."""
        return CONNECTIONS[:1] if self.terms.quick else CONNECTIONS

    @property
    def seconds(self) -> float:
        """How long a slice is."""
        return seconds_of(self.terms)

    def slice_of_bare(self, connections: int) -> Slice:
        """The limit."""
        return self.client.closed(self.bare, connections=connections, seconds=self.seconds, recycled=True)

    def slice_of(self, target: Target, connections: int, *, repeats: float = 0.0) -> Slice:
        """The measured design."""
        return self.client.closed(target, connections=connections, seconds=self.seconds, repeats=repeats)

    def books(self) -> Books:
        """Stop, and compare."""
        from bench.books import check  # loads the gateway, which a list of goals does not need

        acknowledged = self.client.acknowledged()
        self.terms.say(f"books: {len(acknowledged):,} acknowledged")
        return check(self.gateway, self.client.prefix, acknowledged)


@contextmanager
def stage(terms: Terms, engine: str, *, roles: str = "web", processes: int = 1, delay_us: int = 0) -> Iterator[Stage]:
    """Start all that a measurement needs; the delay is added beneath the gateway and its database."""
    with ExitStack() as stack:
        watch = stack.enter_context(disk(delay_us=delay_us))
        url, database = "", []
        if engine == "postgresql":
            server = stack.enter_context(postgres(watch.environment))
            url, database = server.create_database("bench"), [server.pid]
        terms.say(f"starting the gateway on {NAMES[engine]}")
        place = terms.folder / "gateway"
        started = stack.enter_context(
            gateway(place, database_url=url, roles=roles, processes=processes, environment=watch.environment)
        )
        bare = stack.enter_context(bare_server(terms.folder))
        client = stack.enter_context(load_client(terms.folder))
        standing = Stage(terms, bare, started, client, watch, database)
        for target in (bare, started):
            client.closed(target, connections=32, seconds=0.3, recycled=target is bare)
        yield standing


def measure_limit(terms: Terms) -> Result:
    """Two bare servers: how far from 1 the method itself may be."""
    with bare_server(terms.folder) as one, bare_server(terms.folder) as two, load_client(terms.folder) as client:
        seconds = seconds_of(terms)
        runs = [partial(client.closed, each, connections=64, seconds=seconds, recycled=True) for each in (one, two)]
        pairs = alternate(*runs, pairs=pairs_of(terms))
    low, high = middle_half([pair.ratio for pair in pairs])
    cost = typical([pair.base for pair in pairs]).client_us
    return Result(
        figures={"ratio": ratio(pairs), "middle_low": low, "middle_high": high, "client_us": cost},
        notes=(
            f"The bare server against itself over {len(pairs)} pairs: {ratio(pairs):.2f}, middle half "
            f"{low:.2f}–{high:.2f}: differences below that say nothing.",
            f"The load client spends {cost:.0f} µs of processor time on one request.",
        ),
    )


def measure_durable(terms: Terms, *, engine: str) -> Result:
    """Slices against the limit at 64 and at 256 connections, then repeats against new messages."""
    with stage(terms, engine) as on:
        figures, rows = _against_bare(on)
        terms.say("repeats against new messages")
        new, again = (partial(on.slice_of, on.gateway, 64, repeats=share) for share in (0.0, 1.0))
        pairs = alternate(new, again, pairs=on.pairs)
        figures["repeat"] = ratio(pairs)
        return _closed(on.books(), figures, rows)


def measure_slow(terms: Terms, *, engine: str) -> Result:
    """The same slices on a slow disk."""
    with stage(terms, engine, delay_us=SLOW_US) as on:
        figures, rows = _against_bare(on)
        return _closed(on.books(), figures, rows)


def measure_processes(terms: Terms) -> Result:
    """Both processes run all the time; the client asks one of them, or both in turn."""
    with stage(terms, "postgresql", processes=2) as on:
        alone = Target(on.gateway.ports[:1], on.gateway.pids[:1])
        pairs = alternate(partial(on.slice_of, alone, 64), partial(on.slice_of, on.gateway, 64), pairs=on.pairs)
        rows = (_row(64, "one process", [pair.base for pair in pairs]), _row(64, "two", [p.other for p in pairs]))
        low, high = middle_half([pair.ratio for pair in pairs])
        notes = (f"Over {len(pairs)} pairs; middle half {low:.2f}–{high:.2f}. Database and client share the machine.",)
        table = Table("Two processes", COLUMNS[:5], rows)
        return _with_books(on.books(), {"ratio": ratio(pairs)}, (table,), notes)


def measure_open(terms: Terms, *, engine: str) -> Result:
    """Messages arrive at their own pace, and the worker makes cases of them meanwhile."""
    seconds = 1.5 if terms.quick else 20.0
    with stage(terms, engine, roles="web,worker") as on:
        figures: dict[str, float] = {}
        rows: list[tuple[Cell, ...]] = []
        for rate in RATES:
            terms.say(f"{rate} messages a second for {seconds:.0f} s")
            found = on.client.open(on.gateway, rate=rate, seconds=seconds, repeats=REPEATS)
            figures |= {f"p50_{rate}": found.p50_ms, f"p99_{rate}": found.p99_ms}
            rows.append((rate, found.requests, round(found.p50_ms, 1), round(found.p99_ms, 1)))
        table = Table("Open loop", ("messages/s", "sent", "p50 ms", "p99 ms"), tuple(rows))
        books = on.books()
        notes = (
            "Latency from the instant a message was due; the client looks once a millisecond.",
            f"Meanwhile the worker took up {books.worked:,} messages.",
        )
        return _with_books(books, figures, (table,), notes)


def _against_bare(on: Stage) -> tuple[dict[str, float], list[tuple[Cell, ...]]]:
    figures: dict[str, float] = {}
    rows: list[tuple[Cell, ...]] = []
    for connections in on.crowds:
        on.terms.say(f"slices at {connections} connections")
        limit, design = Meter(on.bare), Meter(on.gateway, on.database, on.disk)
        pairs = alternate(
            partial(limit.around, partial(on.slice_of_bare, connections)),
            partial(design.around, partial(on.slice_of, on.gateway, connections)),
            pairs=on.pairs,
        )
        figures |= {
            f"ratio_{connections}": ratio(pairs),
            f"syncs_{connections}": design.syncs,
            f"lines_{connections}": design.lines,
        }
        rows += _rows(connections, limit, design, pairs)
    figures["lines"] = max(figures[f"lines_{connections}"] for connections in on.crowds)
    return figures, rows


def _rows(connections: int, limit: Meter, design: Meter, pairs: list[Pair]) -> list[tuple[Cell, ...]]:
    low, high = middle_half([pair.ratio for pair in pairs])
    costs = (round(design.server_us), round(design.database_us), round(design.syncs, 3), round(design.lines, 2))
    return [
        (*_row(connections, "bare", limit.slices), "", "", round(limit.server_us), "", "", ""),
        (*_row(connections, "gateway", design.slices), round(ratio(pairs), 2), f"{low:.2f}–{high:.2f}", *costs),
    ]


def _row(connections: int, what: str, slices: list[Slice]) -> tuple[Cell, ...]:
    found = typical(slices)
    return connections, what, round(found.rate), round(found.p50_ms, 1), round(found.p99_ms, 1)


def _closed(books: Books, figures: dict[str, float], rows: list[tuple[Cell, ...]]) -> Result:
    return _with_books(books, figures, (Table("Closed loop", COLUMNS, tuple(rows)),), ())


def _with_books(books: Books, figures: dict[str, float], tables: tuple[Table, ...], notes: tuple[str, ...]) -> Result:
    said = (
        f"{books.acknowledged:,} messages acknowledged, {books.stored:,} stored; {books.journaled:,} deliveries went "
        "through the journal.",
    )
    return Result({**figures, "missing": books.missing, "twice": books.twice}, tables, (*notes, *said))
