"""
Does the archive still say what was written into it?

Three proofs, each closing a gap of the one before: every case's chain, from the bytes as stored; every case row, which
must be the fold of its events; every day's signed root over all heads, without which a whole case could disappear.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from core.cases.events import Event, parse_event
from core.cases.evolve import fold
from core.cases.model import Case
from core.clock import local
from core.privacy.chain import ChainedEvent, Head, verify_chain
from core.privacy.errors import Tampered
from core.privacy.roots import (
    RootRecord,
    pack_leaves,
    read_root,
    sign_root,
    signing_key,
    unpack_leaves,
    verify_leaves,
    verify_root,
)
from core.service.safe import Safe
from core.storage import audit
from core.storage.audit import RootRow, StoredCase
from core.storage.cases import EventRow
from core.storage.database import Database

_LOOKED_UP = 500


@dataclass(frozen=True)
class Finding:
    """
    Something that is not as it was written.

    Args:
        what: chain, fold, index, root, case. ref: a case id, or a day.
        problem: in English, without a word of what was written.
    """

    what: str
    ref: str
    problem: str


@dataclass
class AuditReport:
    """What was looked at, and what was found. Grows while the audit runs."""

    cases: int = 0
    events: int = 0
    roots: int = 0
    findings: list[Finding] = field(default_factory=list)


class Auditor:
    """Verifies, and makes the daily root. Reads in pages, beside running work."""

    def __init__(self, database: Database, *, safe: Safe, now: Callable[[], datetime]) -> None:
        self._database = database
        self._safe = safe
        self._now = now

    async def verify(self) -> AuditReport:
        """Everything, from the stored bytes."""
        report = AuditReport()
        await self._verify_cases(report)
        await self._verify_roots(report)
        return report

    async def _verify_cases(self, report: AuditReport) -> None:
        after = ""
        while page := await self._database.read(partial(audit.case_page, after=after)):
            findings = await asyncio.to_thread(
                lambda cases: [one for stored in cases for one in check_case(stored)], page
            )
            report.findings += findings
            report.cases += len(page)
            report.events += sum(len(stored.events) for stored in page)
            after = page[-1].row.id
        lost = await self._database.read(audit.orphans)
        report.findings += [Finding("case", case_id, "events without a case") for case_id in lost]

    async def _verify_roots(self, report: AuditReport) -> None:
        """Backwards in time: a case that stood unchanged the day after is proved by that day."""
        public = (await asyncio.to_thread(self._key)).public_key()
        later: dict[str, Head] = {}
        row = await self._database.read(audit.newest_root)
        while row is not None:
            before = await self._database.read(partial(_root_before, day=row.day))
            report.roots += 1
            try:
                previous = read_root(before.record) if before else None
                leaves = await asyncio.to_thread(_proved_leaves, row, public, previous)
            except Tampered as error:
                report.findings.append(Finding("root", row.day, str(error)))
                leaves = {}
            told = {one.ref for one in report.findings if one.what == "case"}
            changed = [leaf for leaf in leaves.values() if later.get(leaf.case_id) != leaf and leaf.case_id not in told]
            report.findings += await self._compare(changed, day=row.day)
            row, later = before, leaves or later

    async def _compare(self, leaves: Iterable[Head], *, day: str) -> list[Finding]:
        """Whether the chains of today still hold what a day's leaves say."""
        found, rest = [], iter(leaves)
        while batch := list(islice(rest, _LOOKED_UP)):
            places = [(leaf.case_id, leaf.version) for leaf in batch if leaf.version]
            hashes = await self._database.read(partial(audit.hashes_at, places=places))
            there = await self._database.read(partial(audit.living, ids=[leaf.case_id for leaf in batch]))
            found += [finding for leaf in batch if (finding := _lost(leaf, there, hashes, day))]
        return found

    async def make_root(self, day: date) -> RootRecord | None:
        """Sign the heads of all cases as the record of a day; None when that day has one."""
        newest = await self._database.read(audit.newest_root)
        if newest is not None and newest.day >= day.isoformat():
            return None
        heads = [Head(*row) for row in await self._database.read(audit.all_heads)]
        record = await asyncio.to_thread(self._sign, heads, day, newest)
        row = RootRow(day.isoformat(), record.cases, record.stored, pack_leaves(heads))
        return record if await self._database.write(partial(audit.add_root, row=row)) else None

    def _sign(self, heads: list[Head], day: date, newest: RootRow | None) -> RootRecord:
        previous = read_root(newest.record) if newest else None
        return sign_root(heads, day=day, made_at=self._now(), previous=previous, key=self._key())

    async def newest(self) -> dict[str, Any] | None:
        """The last record, and the public key that proves it, as JSON; None before the first."""
        row = await self._database.read(audit.newest_root)
        if row is None:
            return None
        public = (await asyncio.to_thread(self._key)).public_key()
        return {
            "day": row.day,
            "cases": row.cases,
            "record": row.record.decode(),
            "public_key": public.public_bytes(Encoding.Raw, PublicFormat.Raw).hex(),
        }

    def yesterday(self) -> date:
        """The day whose root may be made: the last one that is over in Vietnam."""
        return local(self._now()).date() - timedelta(days=1)

    def _key(self) -> Ed25519PrivateKey:
        return signing_key(self._safe.keys.system_secret("root"))


def _check_all(page: Iterable[StoredCase]) -> list[Finding]:
    return [finding for stored in page for finding in check_case(stored)]


def check_case(stored: StoredCase) -> Iterator[Finding]:
    """Everything that is wrong with one case; pure."""
    row = stored.row
    chained = (ChainedEvent(event.version, event.body, event.hash) for event in stored.events)
    broken = verify_chain(chained, case_id=row.id, head=Head(row.id, row.version, row.head))
    if broken is not None:
        yield Finding("chain", row.id, f"event {broken.version}: {broken.problem}")
    try:
        events = [parse_event(event.body) for event in stored.events]
        case = fold(events)
    except ValueError:
        yield Finding("fold", row.id, "the events cannot be read or folded")
        return
    for event, parsed in zip(stored.events, events, strict=True):
        if not _columns_tell(event, parsed):
            yield Finding("fold", row.id, f"event {event.version}: its columns differ from its bytes")
    yield from _check_row(stored, case)


def _columns_tell(event: EventRow, parsed: Event) -> bool:
    return (event.name, event.at, event.actor) == (parsed.kind, parsed.at, parsed.by.id)


def _check_row(stored: StoredCase, case: Case) -> Iterator[Finding]:
    row = stored.row
    if row.state != case.model_dump(mode="json"):
        yield Finding("fold", row.id, "the row's state is not the fold of its events")
    for name in ("code", "regulation", "version", "stage", "urgency", "received_at"):
        if getattr(row, name) != getattr(case, name):
            yield Finding("fold", row.id, f"the row's {name} is not that of its events")
    if row.category != (case.category or ""):
        yield Finding("fold", row.id, "the row's category is not that of its events")
    fires = {clock.id: clock.fires_at for clock in case.clocks.values() if clock.fires_at is not None}
    if stored.clocks != fires:
        yield Finding("index", row.id, "the due-time index does not hold the clocks of the case")


def _root_before(connection: Any, *, day: str) -> RootRow | None:
    return next(audit.roots_backwards(connection, before=day), None)


def _proved_leaves(row: RootRow, public: Any, previous: RootRecord | None) -> dict[str, Head]:
    record = verify_root(row.record, public, previous=previous)
    if record.day.isoformat() != row.day or record.cases != row.cases:
        raise Tampered("the row's day or count is not that of its record")
    leaves = unpack_leaves(row.leaves)
    verify_leaves(record, leaves)
    return {leaf.case_id: leaf for leaf in leaves}


def _lost(leaf: Head, there: set[str], hashes: dict[tuple[str, int], bytes], day: str) -> Finding | None:
    if leaf.case_id not in there:
        return Finding("case", leaf.case_id, f"deleted: it was there on {day}")
    found = hashes.get((leaf.case_id, leaf.version))
    if found is None:
        return Finding("case", leaf.case_id, f"event {leaf.version} is gone: it was there on {day}")
    if found != leaf.hash:
        return Finding("case", leaf.case_id, f"event {leaf.version} is not the one of {day}")
    return None
