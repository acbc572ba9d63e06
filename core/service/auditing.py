"""
Does the archive still say what was written into it?

Three proofs, each closing a gap of the one before: every case's chain, from the bytes as stored; every case row, which
must be the fold of its events; every day's signed root over the heads that changed, without which a whole case could
disappear. Memory does not grow with the archive: pages of cases, and the heads of one day (69 bytes each).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from core.clock import local
from core.privacy.chain import Head
from core.privacy.errors import Tampered
from core.privacy.roots import (
    NO_RECORD,
    Leaves,
    RootRecord,
    read_leaves,
    read_root,
    sign_root,
    signing_key,
    verify_leaves,
    verify_root,
)
from core.service.checking import Checkers, Finding, check_page
from core.service.safe import Safe
from core.storage import audit
from core.storage.audit import RootRow
from core.storage.database import Database

_LOOKED_UP = 500
_LISTED = 1000
_OVERLAP = timedelta(days=1)
"""How much earlier than the last root an event may be dated that was stored after it."""


@dataclass
class AuditReport:
    """What was looked at, and what was found: at most a thousand findings, `more` says how many there are beyond."""

    cases: int = 0
    events: int = 0
    roots: int = 0
    findings: list[Finding] = field(default_factory=list)
    more: int = 0

    def add(self, found: Iterable[Finding]) -> None:
        """Note findings."""
        for one in found:
            if len(self.findings) < _LISTED:
                self.findings.append(one)
            else:
                self.more += 1


class Auditor:
    """Verifies, and makes the daily root. Reads in pages, beside running work."""

    def __init__(
        self,
        database: Database,
        *,
        safe: Safe,
        now: Callable[[], datetime],
        checkers: Callable[[], Checkers] = Checkers,
    ) -> None:
        self._database = database
        self._safe = safe
        self._now = now
        self._checkers = checkers

    async def verify(self) -> AuditReport:
        """Everything, from the stored bytes."""
        report = AuditReport()
        await self._verify_cases(report)
        await self._verify_roots(report)
        return report

    async def verify_case(self, case_id: str) -> list[Finding]:
        """One case, from the stored bytes: its chain, its row, its clocks in the index."""
        before = f"{int(case_id, 16) - 1:032x}"
        page = await self._database.read(partial(audit.case_page, after=before, most=1))
        return await asyncio.to_thread(check_page, page)

    async def _verify_cases(self, report: AuditReport) -> None:
        after, more = "", True
        async with self._checkers() as checkers:
            while more:
                page = await self._database.read(partial(audit.case_page, after=after))
                report.add(await checkers.check(page))
                report.cases += len(page.cases)
                report.events += sum(len(events) for events in page.events.values())
                after, more = page.last, bool(page.last)
            report.add(await checkers.rest())

    async def _verify_roots(self, report: AuditReport) -> None:
        """Backwards in time, each day by itself; one case is told once."""
        public = (await asyncio.to_thread(self._key)).public_key()
        told = {one.ref for one in report.findings if one.what == "case"}
        row = await self._database.read(audit.newest_root)
        while row is not None:
            before = await self._database.read(partial(audit.record_before, day=row.day))
            report.roots += 1
            try:
                await asyncio.to_thread(_prove, row, public, before)
            except Tampered as error:
                report.add([Finding("root", row.day, str(error))])
            else:
                await self._compare(row, told, report)
            row = await self._database.read(partial(_root_before, day=row.day))

    async def _compare(self, row: RootRow, told: set[str], report: AuditReport) -> None:
        """Whether the chains of today still hold what a day's leaves say."""
        rest = (leaf for leaf in read_leaves(row.leaves) if leaf.version)
        while batch := await asyncio.to_thread(_some, rest):
            places = [(leaf.case_id, leaf.version) for leaf in batch]
            hashes = await self._database.read(partial(audit.hashes_at, places=places))
            there = await self._database.read(partial(audit.living, ids=[leaf.case_id for leaf in batch]))
            lost = [finding for leaf in batch if (finding := _lost(leaf, there, hashes, row.day))]
            report.add(one for one in lost if one.ref not in told)
            told.update(one.ref for one in lost)

    async def make_root(self, day: date) -> RootRecord | None:
        """Sign the heads that changed since the last root as the record of a day; None when that day has one."""
        newest = await self._database.read(audit.newest_record)
        if newest is not None and newest[0] >= day.isoformat():
            return None
        previous = read_root(newest[1]) if newest else None
        since, made_at = previous.made_at - _OVERLAP if previous else None, self._now()
        leaves = await self._leaves(since)
        record = await asyncio.to_thread(self._sign, leaves, day=day, made_at=made_at, since=since, previous=previous)
        row = RootRow(day.isoformat(), record.cases, record.stored, leaves.packed)
        return record if await self._database.write(partial(audit.add_root, row=row)) else None

    async def _leaves(self, since: datetime | None) -> Leaves:
        leaves, after = Leaves(), ""
        while page := await self._database.read(partial(audit.heads, since=since, after=after)):
            await asyncio.to_thread(_add_all, leaves, page)
            after = page[-1][0]
        return leaves

    def _sign(self, leaves: Leaves, **facts: Any) -> RootRecord:
        return sign_root(leaves, key=self._key(), **facts)

    async def newest(self) -> dict[str, Any] | None:
        """The last record, and the public key that proves it, as JSON; None before the first."""
        found = await self._database.read(audit.newest_record)
        if found is None:
            return None
        day, record = found
        public = (await asyncio.to_thread(self._key)).public_key()
        return {
            "day": day,
            "cases": read_root(record).cases,
            "record": record.decode(),
            "public_key": public.public_bytes(Encoding.Raw, PublicFormat.Raw).hex(),
        }

    def yesterday(self) -> date:
        """The day whose root may be made: the last one that is over in Vietnam."""
        return local(self._now()).date() - timedelta(days=1)

    def _key(self) -> Ed25519PrivateKey:
        return signing_key(self._safe.keys.system_secret("root"))


def _add_all(leaves: Leaves, page: Iterable[tuple[str, int, bytes]]) -> None:
    for row in page:
        leaves.add(Head(*row))


def _some(rest: Iterator[Head]) -> list[Head]:
    return list(islice(rest, _LOOKED_UP))


def _root_before(connection: Any, *, day: str) -> RootRow | None:
    return next(audit.roots_backwards(connection, before=day), None)


def _prove(row: RootRow, public: Ed25519PublicKey, before: bytes | None) -> None:
    """Raises Tampered: signature, predecessor, or leaves do not fit."""
    record = verify_root(row.record, public, previous=read_root(before) if before else None)
    if before is None and record.previous != NO_RECORD:
        raise Tampered("the roots before it are gone")
    if record.day.isoformat() != row.day or record.cases != row.cases:
        raise Tampered("the row's day or count is not that of its record")
    verify_leaves(record, row.leaves)


def _lost(leaf: Head, there: set[str], hashes: dict[tuple[str, int], bytes], day: str) -> Finding | None:
    if leaf.case_id not in there:
        return Finding("case", leaf.case_id, f"deleted: it was there on {day}")
    found = hashes.get((leaf.case_id, leaf.version))
    if found is None:
        return Finding("case", leaf.case_id, f"event {leaf.version} is gone: it was there on {day}")
    if found != leaf.hash:
        return Finding("case", leaf.case_id, f"event {leaf.version} is not the one of {day}")
    return None
