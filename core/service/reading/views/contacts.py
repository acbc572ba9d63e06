"""Somebody who writes to us: by which ways, and as whom they were joined."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from core.contract.schema import Model
from core.service.reading.views.cases import ReporterView
from core.service.reading.views.lines import Labelled
from core.service.reading.views.talks import ConversationLine


class IdentityView(Model):
    """One way a contact reaches us, and whether it is proved."""

    kind: str
    asserted_at: datetime
    verified_at: datetime | None
    verified_by: str | None


class JoinedView(Model):
    """Another contact that proved the same number: one person, until somebody undoes it."""

    id: str = Field(description="Of the link")
    contact_id: str
    at: datetime


class ContactView(Model):
    """A person who wrote to us: masked, or in clear where revealed."""

    id: str
    reporter: ReporterView
    identities: tuple[IdentityView, ...]
    reports: tuple[Labelled, ...] = Field(description="Report code and the id of its case")
    conversations: tuple[ConversationLine, ...]
    joined: tuple[JoinedView, ...] = Field(
        default=(), description="Contacts that are the same person; their reports and conversations stand here too"
    )
