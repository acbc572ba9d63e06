"""
Every alarm there is, in one table: what it means, the figure it looks at, the setting that holds its limit.

From this table come the alarms at `/healthz`, the lines in the log, the rules for Prometheus and the index of the
runbook; a test asserts that each has its page and can ring.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from gateway.settings.model import Alarms

RUNBOOK = "docs/operations/runbook"


@dataclass(frozen=True)
class Alarm:
    """
    Something a person must look at.

    Args:
        means: one sentence for whoever is woken by it.
        figure: what it looks at, a name of `gateway.watch.figures.FIGURES`.
        rings: on which side of its limit it rings.
        limit: a setting of `[alarms]`, or a number that nobody would want to move.
        holds: how many seconds it must be so before it rings.
        severity: `now` wakes somebody, `today` waits for the morning.
    """

    name: str
    means: str
    figure: str
    rings: Literal["above", "below"]
    limit: str | float
    holds: int = 0
    severity: Literal["now", "today"] = "now"

    @property
    def page(self) -> str:
        """What to do, in the manual."""
        return f"{RUNBOOK}/{self.name}.md"

    def limit_in(self, settings: Alarms) -> float:
        """The number it rings beyond."""
        return float(getattr(settings, self.limit)) if isinstance(self.limit, str) else self.limit

    def concerns(self, value: float, settings: Alarms) -> bool:
        """Whether a value lies beyond the limit."""
        limit = self.limit_in(settings)
        return value > limit if self.rings == "above" else value < limit


_ALL = (
    Alarm(
        "intake_refused",
        "Senders were asked to come back: neither the database nor the journal took their messages.",
        "intake_refused_lately",
        "above",
        0,
    ),
    Alarm("database_away", "The database does not answer.", "database_up", "below", 1, holds=60),
    Alarm(
        "journal_not_empty",
        "Confirmed messages wait in the local journal and do not reach the database.",
        "journal_waiting_seconds",
        "above",
        "journal_seconds",
    ),
    Alarm(
        "journal_set_aside",
        "The database refused confirmed messages for what is in them; they lie apart, unread.",
        "journal_set_aside_bytes",
        "above",
        0,
        severity="today",
    ),
    Alarm(
        "journal_damaged",
        "The disk has damaged the local journal; confirmed messages may be in what cannot be read.",
        "journal_damaged",
        "above",
        0,
        severity="today",
    ),
    Alarm(
        "inbox_old",
        "Messages are accepted and not taken up: citizens wait for their receipt.",
        "inbox_oldest_seconds",
        "above",
        "inbox_seconds",
    ),
    Alarm(
        "quarantine",
        "Messages nobody could read; they are somebody's only copy.",
        "inbox_quarantined",
        "above",
        0,
        severity="today",
    ),
    Alarm("outbox_old", "Answers do not go out.", "outbox_oldest_seconds", "above", "outbox_seconds"),
    Alarm(
        "outbox_unknown",
        "Nobody knows whether these answers went out; they are never sent again blindly.",
        "outbox_unknown",
        "above",
        0,
        severity="today",
    ),
    Alarm(
        "outbox_failed", "Answers were given up.", "outbox_failed_lately", "above", "outbox_failed", severity="today"
    ),
    Alarm(
        "files_old",
        "Citizens' photos and recordings lie with a provider, and its links will end.",
        "files_oldest_seconds",
        "above",
        "files_seconds",
    ),
    Alarm(
        "telephony_away",
        "The telephony process is silent, or its address cannot be had: callers hear nothing of us.",
        "telephony_up",
        "below",
        1,
        holds=30,
    ),
    Alarm(
        "calls_not_kept",
        "Calls are refused, since the spool takes no records: nobody may be promised what is not kept.",
        "calls_unkept",
        "above",
        0,
    ),
    Alarm(
        "calls_cut",
        "The disk does not take what callers say: calls go on, parts of their recordings are silence.",
        "calls_cut",
        "above",
        0,
    ),
    Alarm(
        "calls_not_handed_over",
        "Calls that are over wait in the spool and do not reach reception.",
        "calls_waiting_seconds",
        "above",
        "calls_seconds",
    ),
    Alarm(
        "calls_late",
        "Callers were promised a call, and nobody called in time.",
        "calls_late",
        "above",
        "calls_late",
        severity="today",
    ),
    Alarm(
        "data_requests_late",
        "Somebody asked about their data, and the time that the law gives for it is over.",
        "data_requests_late",
        "above",
        "data_requests_late",
        severity="today",
    ),
    Alarm(
        "scanner_away",
        "The scanner of files does not answer: no file is taken until it does.",
        "scanner_up",
        "below",
        1,
        holds=60,
    ),
    Alarm(
        "staff_unreached",
        "The regulation names forms of telling officers which went nowhere: no channel, no address, or nobody.",
        "staff_unreached",
        "above",
        0,
        severity="today",
    ),
    Alarm(
        "diverted_left",
        "A report the desk has diverted should be gone, and erasing it keeps failing.",
        "diverted_seconds",
        "above",
        "diverted_seconds",
        severity="today",
    ),
    Alarm(
        "otp_uncarried",
        "The regulation wants reporters' numbers proved, and no channel can carry a one-time password.",
        "otp_carried",
        "below",
        1,
    ),
    Alarm(
        "clocks_late",
        "Clocks of cases are due and do not fire.",
        "clock_overdue_seconds",
        "above",
        "clock_seconds",
        holds=60,
    ),
    Alarm(
        "loop_lag",
        "The process answers late: something holds its event loop.",
        "event_loop_lag_seconds",
        "above",
        "lag_seconds",
        holds=60,
    ),
    Alarm(
        "loop_dead",
        "A background loop has ended, hangs, or fails every time.",
        "worker_silent_seconds",
        "above",
        "loop_seconds",
    ),
    Alarm("redis_away", "Processes no longer wake each other.", "redis_up", "below", 1, holds=600, severity="today"),
    Alarm("disk_full", "The disk of the data folder fills.", "data_disk_free_percent", "below", "disk_free_percent"),
    Alarm(
        "calendar_ends",
        "The working calendar runs out, or its next days are only expected.",
        "calendar_days_left",
        "below",
        "calendar_days",
        severity="today",
    ),
    Alarm(
        "certificate_ends",
        "A certificate ends soon; after that nobody can reach us, or we cannot send.",
        "certificate_days_left",
        "below",
        "certificate_days",
        severity="today",
    ),
    Alarm(
        "token_ends",
        "A provider's token ends soon and was not renewed; after that its channel is silent.",
        "token_days_left",
        "below",
        "token_days",
        severity="today",
    ),
    Alarm(
        "channel_silent",
        "Nothing comes by a channel by which something always came at this time of the week.",
        "channel_missing",
        "above",
        "silent_messages",
        severity="today",
    ),
    Alarm("channel_down", "A channel says that it cannot send now.", "channel_up", "below", 1, holds=600),
    Alarm(
        "backup_old",
        "The last backup of the archive or of its keys is too old.",
        "backup_age_seconds",
        "above",
        "backup_seconds",
        severity="today",
    ),
    Alarm(
        "root_missing",
        "A day is over and has no signed root.",
        "audit_root_late_seconds",
        "above",
        "root_seconds",
        severity="today",
    ),
    Alarm("audit_failed", "The last audit found what is not as it was written.", "audit_findings", "above", 0),
    Alarm(
        "audit_old",
        "Nobody has verified the archive for too long.",
        "audit_age_seconds",
        "above",
        "audit_seconds",
        severity="today",
    ),
    Alarm(
        "triage_poor",
        "Suggested categories are wrong too often: the desk is better off without them.",
        "triage_right_percent",
        "below",
        "triage_percent",
        severity="today",
    ),
)

ALARMS: Mapping[str, Alarm] = {alarm.name: alarm for alarm in _ALL}
