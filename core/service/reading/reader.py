"""The one object that staff pages and the API read with."""

from __future__ import annotations

from core.service.reading.letters import ReadsLetters
from core.service.reading.listing import ReadsLists
from core.service.reading.talks import ReadsPeople


class CaseReader(ReadsLists, ReadsLetters, ReadsPeople):
    """Queues, search, cases, conversations and contacts for members of staff."""
