"""The one object that staff pages and the API read with."""

from __future__ import annotations

from core.service.reading.kin import ReadsKin
from core.service.reading.letters import ReadsLetters
from core.service.reading.mapped import ReadsMap
from core.service.reading.redacting import ReadsRedacted
from core.service.reading.talks import ReadsPeople
from core.service.reading.told import ReadsNotices


class CaseReader(ReadsMap, ReadsKin, ReadsRedacted, ReadsLetters, ReadsNotices, ReadsPeople):
    """Queues, search, cases, notices, conversations and contacts for members of staff."""
