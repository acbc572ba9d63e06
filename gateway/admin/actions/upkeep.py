"""Quarantine, audit, backup, erasure, keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from core.contract.errors import ConfigError, NotFound
from core.privacy.erasure import ErasureMode
from core.service.keyhouse import rotate as rotate_keys
from core.storage import backup, housekeeping, inbox_queue, upkeep
from core.storage.database import Connection
from gateway.admin.services import auditor_of, eraser_of, recording_retention_of
from gateway.deployment import Deployment

log = structlog.get_logger()

Arguments = Mapping[str, Any]
_LARGEST = 2**63 - 1
MOST_DAYS = 36_525
"""A hundred years: nothing was recorded before."""


async def quarantine(deployment: Deployment, _arguments: Arguments) -> Any:
    """Items nobody could read, the oldest first."""
    rows = await deployment.database.read(housekeeping.quarantined)
    return [
        {"item": item, "channel": channel, "received_at": at.isoformat(), "reason": reason, "replayable": there}
        for item, channel, at, reason, there in rows
    ]


async def replay(deployment: Deployment, arguments: Arguments) -> Any:
    """One item (by number), or every one whose body is there (item None) → how many. NotFound."""
    if (item := arguments.get("item")) is not None:
        if not 0 < int(item) <= _LARGEST:
            raise NotFound(f"no quarantined item {item}")
        await deployment.database.write(partial(inbox_queue.replay, item_id=int(item)))
        done = 1
    else:
        done = await deployment.database.write(_replay_all)
    deployment.inbox.arrived.set()
    log.info("items_replayed", count=done)
    return done


def _replay_all(connection: Connection) -> int:
    done = 0
    while there := [row[0] for row in housekeeping.quarantined(connection) if row[4]]:
        for item in there:
            inbox_queue.replay(connection, item)
        done += len(there)
    return done


async def verify(deployment: Deployment, _arguments: Arguments) -> Any:
    """Everything, from the stored bytes → counts and findings."""
    report = await auditor_of(deployment).verify()
    await _note(deployment, upkeep.AUDIT, findings=len(report.findings) + report.more, cases=report.cases)
    if report.findings:
        log.error("audit_failed", findings=len(report.findings) + report.more, first=asdict(report.findings[0]))
    return asdict(report)


async def root(deployment: Deployment, _arguments: Arguments) -> Any:
    """The newest signed daily root. NotFound before the first."""
    newest = await auditor_of(deployment).newest()
    if newest is None:
        raise NotFound("no daily root yet: the first is made when the first day is over")
    return newest


async def backup_archive(deployment: Deployment, arguments: Arguments) -> Any:
    """path → manifest."""
    manifest = await backup.back_up(
        deployment.database,
        Path(arguments["path"]),
        vault=deployment.safe.vault,
        media=deployment.settings.data / "media",
        now=deployment.now(),
    )
    await _note(deployment, upkeep.BACKUP, rows=sum(manifest.tables.values()))
    log.info("backup_made", rows=sum(manifest.tables.values()), files=manifest.media_files)
    return asdict(manifest)


async def backup_keys(deployment: Deployment, arguments: Arguments) -> Any:
    """path → manifest."""
    manifest = await backup.back_up_keys(deployment.keys.database, Path(arguments["path"]), now=deployment.now())
    await _note(deployment, upkeep.KEY_BACKUP, rows=sum(manifest.tables.values()))
    log.info("key_backup_made", rows=sum(manifest.tables.values()))
    return asdict(manifest)


async def _note(deployment: Deployment, work: str, **facts: int) -> None:
    """For the alarms: that it was done, and when."""
    at = deployment.now()
    await deployment.database.write(lambda connection: upkeep.note(connection, work, at=at, facts=facts))


async def recordings_due(deployment: Deployment, arguments: Arguments) -> Any:
    """What `recordings_days` would erase tonight if it were so many days → counts; erases nothing. ConfigError."""
    days = int(arguments["days"])
    if not 1 <= days <= MOST_DAYS:
        raise ConfigError("days", "not a number of days", example="365")
    most = deployment.settings.retention.most_a_day
    calls = await recording_retention_of(deployment).due(days, most=most)
    return {"days": days, "calls": len(calls), "files": sum(len(call.stored_keys) for call in calls), "at_most": most}


async def erase(deployment: Deployment, arguments: Arguments) -> Any:
    """contact, or report (its code), and mode → what was done. NotFound."""
    mode, eraser = ErasureMode(arguments["mode"]), eraser_of(deployment)
    if arguments.get("report"):
        return asdict(await eraser.erase_reporter(arguments["report"], mode))
    if not arguments.get("contact"):
        raise ConfigError("contact", "whom?", example="erase --report 1234-5678")
    return asdict(await eraser.erase_contact(arguments["contact"], mode))


async def rotate(deployment: Deployment, _arguments: Arguments) -> Any:
    """Every key under the newest master key → how many were wrapped anew."""
    await deployment.inbox.ship()
    done = await rotate_keys(deployment.keys, deployment.database, deployment.safe.zone)
    log.info("keys_rotated", subjects=done.subjects, raw_bodies=done.raw_bodies)
    return asdict(done)
