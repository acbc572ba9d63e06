"""Figures that are read when somebody asks: what waits, how old it is, how much room is left, what ends when."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from channels.call_center.status import TelephonyStatus
from core.clock import VIETNAM, local
from core.clock.calendar import BusinessCalendar
from core.storage import upkeep
from core.storage.figures import TableFigures

LEAST_JUDGED = 50
"""Cases below which a share of them says nothing."""


@dataclass(frozen=True)
class Figure:
    """What a number means, and by what it is told apart."""

    means: str
    labels: tuple[str, ...] = ()


Samples = dict[str, dict[tuple[str, ...], float]]
"""Values by figure, and by the values of its labels in their order (an empty tuple where there are none)."""

FIGURES: Mapping[str, Figure] = {
    "database_up": Figure("1 when the database answers"),
    "redis_up": Figure("1 when Redis answers; nothing where none is configured"),
    "inbox_waiting": Figure("Items not yet taken up"),
    "inbox_oldest_seconds": Figure("Age of the oldest item not yet taken up"),
    "inbox_quarantined": Figure("Items nobody could read"),
    "intake_refused_lately": Figure("Deliveries refused within ten minutes: neither database nor journal took them"),
    "journal_segments": Figure("Files of the local journal that wait to be shipped"),
    "journal_bytes": Figure("What they hold"),
    "journal_waiting_seconds": Figure("For how long the local journal has not been empty"),
    "journal_set_aside_bytes": Figure("What no database takes of the journal, kept for a person"),
    "journal_damaged": Figure("Runs of unreadable bytes found in the journal, kept for a person"),
    "outbox_waiting": Figure("Messages to send, by state", ("state",)),
    "outbox_oldest_seconds": Figure("Age of the oldest unsent message"),
    "files_waiting": Figure("Files of citizens still to be fetched from providers"),
    "files_oldest_seconds": Figure("Age of the oldest file still to be fetched"),
    "telephony_up": Figure("1 while the telephony process says that calls can arrive; nothing where none should be"),
    "calls_up": Figure("Calls at this moment"),
    "calls_waiting": Figure("Calls in the spool, not handed over yet"),
    "calls_waiting_seconds": Figure("Since the oldest of them ended"),
    "calls_unkept": Figure("Calls refused since the telephony process began, for they could not have been kept"),
    "calls_cut": Figure("Recordings that the disk did not take whole, since the telephony process began"),
    "call_sound_late_ms": Figure("How late sound leaves (p99 of the last seconds)"),
    "calls_owed": Figure("Callers who wait for a call back"),
    "calls_late": Figure("Callers who should have been called back by now"),
    "data_requests_late": Figure("Requests of people about their data that are overdue"),
    "scanner_up": Figure("1 when the scanner of files answers; nothing where none is configured"),
    "files_infected": Figure("Files the scanner refused since this process began"),
    "outbox_unknown": Figure("Messages whose sending nobody knows the end of"),
    "outbox_failed": Figure("Messages given up, ever"),
    "outbox_failed_lately": Figure("Messages given up within an hour, as far as this process saw"),
    "staff_unreached": Figure("Notices to staff within a day that had no channel, no address or nobody to be told"),
    "diverted_seconds": Figure("Since the oldest diversion of which something is still there"),
    "otp_carried": Figure("0 when the regulation wants one-time passwords and no channel carries them, else 1"),
    "clock_overdue_seconds": Figure("How long the oldest due clock has waited to fire"),
    "clock_due": Figure("Clocks that are due and have not fired (counted up to 10,000)"),
    "timer_overdue_seconds": Figure("How long the oldest wait of a conversation is over"),
    "calendar_days_left": Figure("Days until the working calendar runs out, or its days are only expected"),
    "event_loop_lag_seconds": Figure("How late the event loop woke at worst within a minute"),
    "worker_up": Figure("1 while a background loop runs", ("loop",)),
    "worker_silent_seconds": Figure("Since a background loop's last good round", ("loop",)),
    "worker_failures": Figure("How many rounds of a background loop failed in a row", ("loop",)),
    "data_disk_free_bytes": Figure("Free space on the disk of the data folder"),
    "data_disk_free_percent": Figure("Free share of the disk of the data folder"),
    "channel_up": Figure("1 when a channel says that it could send now", ("channel",)),
    "channel_missing": Figure("Messages that came in each of the last weeks in the time of a silence", ("channel",)),
    "quota_day": Figure("Messages that a channel may send today", ("channel",)),
    "quota_spent": Figure("Messages of today's quota that are used up", ("channel",)),
    "certificate_days_left": Figure("Days until a certificate ends", ("of",)),
    "token_days_left": Figure("Days until a provider's token ends", ("of",)),
    "backup_age_seconds": Figure("Age of the last backup", ("of",)),
    "audit_root_late_seconds": Figure("For how long a day has been over that has no signed root"),
    "audit_age_seconds": Figure("Since the archive was last verified"),
    "audit_findings": Figure("What the last audit found"),
    "triage_right_percent": Figure("Categories that were guessed rightly, of cases kept back; nothing below fifty"),
}


def of_tables(read: TableFigures, *, now: datetime) -> Samples:
    """Inbox, outbox, due times, upkeep."""

    def age(since: datetime | None) -> float:
        return max(0.0, (now - since).total_seconds()) if since is not None else 0.0

    values: Samples = {
        "inbox_waiting": {(): read.inbox.waiting},
        "inbox_oldest_seconds": {(): age(read.inbox.oldest)},
        "inbox_quarantined": {(): read.inbox.quarantined},
        "outbox_waiting": {("pending",): read.outbox.pending, ("unknown",): read.outbox.unknown},
        "outbox_oldest_seconds": {(): age(read.outbox.oldest)},
        "files_waiting": {(): read.files.waiting},
        "files_oldest_seconds": {(): age(read.files.oldest)},
        "outbox_unknown": {(): read.outbox.unknown},
        "outbox_failed": {(): read.outbox.failed},
        "staff_unreached": {(): read.staff_unreached},
        "diverted_seconds": {(): age(read.oldest_diverted)},
        "calls_owed": {(): read.calls_owed},
        "calls_late": {(): read.calls_late},
        "data_requests_late": {(): read.data_requests_late},
        "clock_overdue_seconds": {(): age(read.oldest_clock)},
        "clock_due": {(): read.clocks_due},
        "timer_overdue_seconds": {(): age(read.oldest_timer)},
        "audit_root_late_seconds": {(): root_late(read.root_day, now=now)},
    }
    return values | _of_upkeep(read, now=now)


def _of_upkeep(read: TableFigures, *, now: datetime) -> Samples:
    """What was never done is as old as the deployment."""
    facts = read.upkeep
    began = facts.get(upkeep.SINCE, {"at": now})["at"]
    ages = {
        work: max(0.0, (now - facts.get(work, {"at": began})["at"]).total_seconds())
        for work in (upkeep.BACKUP, upkeep.KEY_BACKUP, upkeep.AUDIT)
    }
    judged = facts.get(upkeep.TRIAGE, {})
    enough = judged.get("seen", 0) >= LEAST_JUDGED
    return {
        "triage_right_percent": {(): 100 * judged["right"] / judged["seen"]} if enough else {},
        "backup_age_seconds": {("archive",): ages[upkeep.BACKUP], ("keys",): ages[upkeep.KEY_BACKUP]},
        "audit_age_seconds": {(): ages[upkeep.AUDIT]},
        "audit_findings": {(): float(facts.get(upkeep.AUDIT, {}).get("findings", 0))},
    }


def root_late(newest: str | None, *, now: datetime) -> float:
    """Since when, in seconds, the root of a day that is over in Vietnam is missing; 0 before the first."""
    if newest is None:
        return 0.0
    over = date.fromisoformat(newest) + timedelta(days=2)  # the day after the newest ends when the next one begins
    since = datetime(over.year, over.month, over.day, tzinfo=VIETNAM)
    return max(0.0, (now - since).total_seconds())


def of_calls(told: TelephonyStatus | None) -> Samples:
    """As the telephony process told last; silence is its absence."""
    if told is None:
        return {"telephony_up": {(): 0}}
    return {
        "telephony_up": {(): float(bool(told.listening))},
        "calls_up": {(): told.calls},
        "calls_waiting": {(): told.waiting},
        "calls_waiting_seconds": {(): told.oldest_waiting_s},
        "calls_unkept": {(): told.unkept},
        "calls_cut": {(): told.cut},
        "call_sound_late_ms": {(): told.late_ms},
    }


def of_calendar(calendar: BusinessCalendar, *, now: datetime) -> Samples:
    """Days in Vietnam, as the daily work counts them: to the end, or to the last day that is not only expected."""
    last = calendar.exhausts_on()
    if calendar.provisional_from is not None:
        last = min(last, calendar.provisional_from - timedelta(days=1))
    return {"calendar_days_left": {(): (last - local(now).date()).days}}


def of_disk(folder: Path) -> Samples:
    """Of what we may use, as `df` counts it: nothing kept for root or beyond a quota. May be called in a thread."""
    usage = shutil.disk_usage(folder)
    ours = usage.used + usage.free
    return {
        "data_disk_free_bytes": {(): usage.free},
        "data_disk_free_percent": {(): 100 * usage.free / ours if ours else 0.0},
    }


@dataclass(frozen=True)
class JournalFolder:
    """
    The journal as it lies there, sizes in bytes.

    `oldest_write`: when the segment that nobody has written for longest was written, in seconds since the epoch; 0
    when it is empty.
    """

    segments: int
    size: int
    set_aside: int
    damaged: int
    oldest_write: float


def look_at_journal(folder: Path) -> JournalFolder:
    """From outside, whoever writes in it. May be called in a thread."""
    found = list(_stats(folder))
    set_aside = folder / "set-aside.frames"
    return JournalFolder(
        segments=len(found),
        size=sum(size for size, _ in found),
        set_aside=set_aside.stat().st_size if set_aside.exists() else 0,
        damaged=sum(1 for _ in (folder / "damaged").glob("*.bytes")),
        oldest_write=min((at for _, at in found), default=0.0),
    )


def _stats(folder: Path) -> Iterator[tuple[int, float]]:
    for path in folder.glob("*.journal"):
        try:
            stat = path.stat()
        except FileNotFoundError:  # shipped meanwhile
            continue
        yield stat.st_size, stat.st_mtime
