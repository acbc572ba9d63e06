"""
A link that opens, once, the question which the centre has put about a report: without code and PIN.

Nothing has to be kept for it. A link is the report, the number of the request in its case, and a keyed hash over both
and the case; that it was used is a key in the inbox, taken together with the answer. It ends with the wait for the
answer, with its use, or when something else is asked. Two who answer in the same moment are both heard.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from core.cases.events import SupplementRequested, parse_event
from core.cases.model import Case
from core.cases.sealed import SealedText
from core.contract.errors import NotFound
from core.regulations.model import Pack
from core.service.regulation import Regulation
from core.service.safe import Safe
from core.service.texts import Texts
from core.service.wanted import labels_of
from core.storage import cases, inbox_queue, reports
from core.storage.database import Connection, Database
from core.storage.reports import ReportRow
from core.storage.sealing import key_hash

CHANNELS = frozenset({"email", "web"})
"""Where a link is read by the one it was written to; a chat asks in the chat."""
PATTERN = "[0-9a-f]{32}-[0-9]{1,9}-[0-9a-f]{64}"
LONGEST = timedelta(days=30)
"""Product default, where the regulation gives the wait no limit."""
_ASKING = frozenset({"request_supplement", "request_sent", "request_delivered"})
_PURPOSE = "supplement"
_PAGE, _ACCOUNT = "web", "portal"


@dataclass(frozen=True)
class Question:
    """
    What a link opens.

    Args:
        spent: what an answer takes along with its own key, so that the link is known as used.
        used: an answer was handed in. `fields`: what is wanted, in words. `note`: what the receptionist wrote.
    """

    code: str
    conversation_id: str
    contact_id: str
    spent: str
    used: bool
    fields: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class _Found:
    report: ReportRow
    case: Case
    request: SupplementRequested | None
    used: bool


class SupplementLinks:
    """
    Makes links and opens them.

    Args:
        page: address under which links are opened, without a slash at its end.
    """

    def __init__(
        self,
        database: Database,
        *,
        safe: Safe,
        regulation: Regulation,
        texts: Texts,
        page: str,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._safe = safe
        self._regulation = regulation
        self._texts = texts
        self._page = page
        self._now = now

    def address(self, *, case_id: str, report_id: str, version: int) -> str:
        """The address for one report about the request that is event `version` of the case."""
        return f"{self._page}/{report_id}-{version}-{self._proof(case_id, report_id, version)}"

    async def open(self, token: str) -> Question | None:
        """The question; None where the link was never ours or has ended, without telling which."""
        if re.fullmatch(PATTERN, token) is None:
            return None
        report_id, number, proof = token.split("-")
        version, spent = int(number), f"{_PURPOSE}-{hashlib.sha256(token.encode()).hexdigest()}"
        find = partial(_find, report_id=report_id, version=version, taken=self._key(spent))
        found = await self._database.read(find)
        expected = self._proof(found.case.id if found else "", report_id, version)
        if not hmac.compare_digest(expected, proof) or found is None or found.request is None:
            return None
        pack = self._regulation.packs.get(found.case.regulation)
        if not found.used and self._now() >= _ends(found.case, found.request, pack):
            return None
        return await self._question(found, pack, note=found.request.note, spent=spent)

    async def took(self, submission: str) -> bool:
        """Whether something was handed in on our pages under this id."""
        key = self._key(submission)
        return await self._database.read(partial(_was_taken, key=key))

    def _key(self, submission: str) -> str:
        return key_hash(self._safe.blind.for_other("inbox"), f"{_PAGE}:{submission}")

    async def _question(self, found: _Found, pack: Pack, *, note: SealedText | None, spent: str) -> Question:
        row, words = found.report, await self._texts.read([note])
        return Question(
            code=row.code,
            conversation_id=row.conversation_id,
            contact_id=row.contact_id,
            spent=spent,
            used=found.used,
            fields=labels_of(pack, found.case.asked_for),
            note=words[note.id] if note else "",
        )

    def _proof(self, case_id: str, report_id: str, version: int) -> str:
        return self._safe.blind.other(_PURPOSE, f"{case_id}/{report_id}/{version}")


def _find(connection: Connection, *, report_id: str, version: int, taken: str) -> _Found | None:
    """The report with the case that answers it (A-3); its request, if it is the last and still waited for."""
    try:
        report = reports.load(connection, report_id)
        case = Case.model_validate(cases.load(connection, report.case_id).state)
        if case.merged_into is not None:
            case = Case.model_validate(cases.load(connection, case.merged_into).state)
    except NotFound:
        return None
    used = _was_taken(connection, key=taken)
    rows = [row for row in cases.load_events(connection, case.id) if row.name == "supplement_requested"]
    last = next((row for row in rows[-1:] if row.version == version and (case.asked_for or used)), None)
    request = parse_event(last.body) if last else None
    return _Found(report, case, request if isinstance(request, SupplementRequested) else None, used)


def _was_taken(connection: Connection, *, key: str) -> bool:
    return inbox_queue.was_taken(connection, channel=_PAGE, account=_ACCOUNT, key_hash=key)


def _ends(case: Case, request: SupplementRequested, pack: Pack) -> datetime:
    """With the wait that the request began; where the regulation has none, after a time of ours."""
    waits = [clock.late_from for clock in case.clocks.values() if _waits(pack, clock.name)]
    return min(waits, default=request.at + LONGEST)


def _waits(pack: Pack, clock: str) -> bool:
    spec = pack.clocks.get(clock)
    return spec is not None and not _ASKING.isdisjoint(spec.start)
