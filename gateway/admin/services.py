"""The use cases of upkeep and of offices, built over a deployment."""

from __future__ import annotations

from channels.call_center.adapter import CallCenterChannel
from channels.call_center.facts import CHANNEL as CALLS
from core.service.auditing import Auditor
from core.service.diverted import LettingGo
from core.service.erasing import Eraser
from core.service.offices import Successions
from core.service.retaining import RecordingRetention, Retention
from core.service.shredding import Shredder
from core.service.statistics import Rebuilding
from core.service.subjects.desk import SubjectDesk
from core.service.triage.school import School
from gateway.deployment import Deployment


def auditor_of(deployment: Deployment) -> Auditor:
    """Verifies the archive and makes its daily root."""
    return Auditor(deployment.database, safe=deployment.safe, now=deployment.now)


def shredder_of(deployment: Deployment) -> Shredder:
    """Destroys keys, files and traces."""
    return Shredder(
        deployment.database,
        key_database=deployment.keys.database,
        safe=deployment.safe,
        media=deployment.media,
        now=deployment.now,
    )


def eraser_of(deployment: Deployment) -> Eraser:
    """Erases persons."""
    calls = deployment.channels.get(CALLS)
    spool = calls if isinstance(calls, CallCenterChannel) else None
    return Eraser(shredder_of(deployment), inbox=deployment.inbox, calls=spool)


def subject_desk_of(deployment: Deployment) -> SubjectDesk:
    """Answers what people ask about their data."""
    return SubjectDesk(
        deployment.database,
        clerk=deployment.clerk,
        eraser=eraser_of(deployment),
        safe=deployment.safe,
        media=deployment.media,
        regulation=deployment.regulation,
        now=deployment.now,
    )


def letting_go_of(deployment: Deployment) -> LettingGo:
    """Takes away what the desk diverted."""
    return LettingGo(shredder_of(deployment), eraser=eraser_of(deployment), regulation=deployment.regulation)


def rebuilding_of(deployment: Deployment) -> Rebuilding:
    """Reads milestones off events that are older than they."""
    return Rebuilding(deployment.database, packs=lambda: deployment.regulation.packs)


def retention_of(deployment: Deployment) -> Retention:
    """Lets identifiers of long closed cases go."""
    wanted = deployment.settings.retention
    return Retention(
        deployment.database,
        eraser=eraser_of(deployment),
        now=deployment.now,
        years=wanted.pseudonymise_after_years,
        most=wanted.most_a_day,
    )


def recording_retention_of(deployment: Deployment) -> RecordingRetention:
    """Erases recordings of calls that have served."""
    wanted = deployment.settings.retention
    return RecordingRetention(
        deployment.database,
        book=deployment.intake.calls,
        media=deployment.media,
        now=deployment.now,
        days=wanted.recordings_days,
        most=wanted.most_a_day,
    )


def successions_of(deployment: Deployment) -> Successions:
    """Lists open work and hands it over."""
    return Successions(deployment.database, regulation=deployment.regulation, clerk=deployment.clerk)


def school_of(deployment: Deployment) -> School:
    """Makes models of what the desk decided, and says how good they are."""
    return School(
        deployment.database,
        safe=deployment.safe,
        regulation=deployment.regulation,
        sorters=deployment.sorters,
        now=deployment.now,
    )
