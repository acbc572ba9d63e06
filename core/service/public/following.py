"""
What a report's own reporter sees once code and PIN were right: their words, the conversation, and how it stands.

Reading the rows is one thing (at one moment, in a transaction), opening the seals another (in a thread).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.cases.model import Case
from core.cases.sealed import SealedText
from core.contract.errors import NotFound
from core.contract.schema import Attachment, Report
from core.privacy.errors import Erased
from core.service.public.progress import Progress, Reader, texts_for_reporters
from core.service.regulation import Regulation
from core.service.safe import Safe
from core.service.talk import MessageContent
from core.storage import cases, conversations, reports
from core.storage.conversations import MessageRow
from core.storage.database import Connection
from core.storage.reports import ReportRow, VaultRow


@dataclass(frozen=True)
class Line:
    """One message of the conversation; `ours`: from the centre."""

    at: datetime
    ours: bool
    text: str
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class FollowView:
    """One report as its reporter may see it; every field is put here on purpose. The ids are for us, not for pages."""

    code: str
    report_id: str
    case_id: str
    conversation_id: str
    contact_id: str
    received_at: datetime
    channel: str
    content: str = ""
    place: str = ""
    occurred: str = ""
    confidential: bool = False
    files: tuple[Attachment, ...] = ()
    lines: tuple[Line, ...] = ()
    progress: Progress = field(default_factory=Progress)

    @property
    def stored_keys(self) -> frozenset[str]:
        """Every file this reporter may open."""
        own = (file.stored_key for file in (*self.files, *(file for line in self.lines for file in line.files)))
        return frozenset([*own, *(key for answer in self.progress.answers for key in answer.files)]) - {""}


@dataclass(frozen=True)
class Reading:
    """
    The rows behind one report, still sealed. `case` is None in the moment before it was opened.

    A report whose case was linked to another is answered there (A-3): then `case` is that one.
    """

    report: ReportRow
    case: Case | None
    messages: tuple[MessageRow, ...] = ()
    texts: Mapping[str, VaultRow] = field(default_factory=dict)

    @classmethod
    def of(cls, connection: Connection, code: str) -> Reading | None:
        """Read everything at one moment; None for a code that no report holds."""
        try:
            report = reports.by_code(connection, code)
        except NotFound:
            return None
        case = _answering_case(connection, report.case_id)
        rows = reports.texts(connection, [text.id for text in texts_for_reporters(case)] if case else [])
        messages = conversations.messages(connection, report.conversation_id)
        return cls(report, case, tuple(messages), {row.id: row for row in rows})


def read_follow(reading: Reading, *, safe: Safe, regulation: Regulation, now: datetime) -> FollowView:
    """Open the seals and put the view together; runs in a thread. What was erased stays empty."""
    opener = _Opener(reading, safe)
    row, report, case = reading.report, opener.report(), reading.case
    reader = Reader(row.id, row.contact_id, regulation=regulation, text=opener.text, now=now)
    progress = reader.progress(case) if case else Progress(confidential=report.confidential if report else False)
    return FollowView(
        code=row.code,
        report_id=row.id,
        case_id=case.id if case else row.case_id,
        conversation_id=row.conversation_id,
        contact_id=row.contact_id,
        received_at=row.received_at,
        channel=row.channel,
        content=report.content_as_sent if report else "",
        place=report.place.text if report else "",
        occurred=report.occurred if report else "",
        confidential=progress.confidential,
        files=shown(report.attachments) if report else (),
        lines=tuple(opener.lines()),
        progress=progress,
    )


def shown(files: Sequence[Attachment]) -> tuple[Attachment, ...]:
    """Files as a page describes them: not where they come from, nor where a photo was taken."""
    return tuple(file.model_copy(update={"source_url": None, "taken": None}) for file in files)


@dataclass(frozen=True)
class _Opener:
    reading: Reading
    safe: Safe

    def report(self) -> Report | None:
        row = self.reading.report
        return self.safe.open_or_none(row.content_sealed, Report, subject_id=row.contact_id, place=f"report:{row.id}")

    def lines(self) -> Iterator[Line]:
        subject = self.reading.report.contact_id
        for row in self.reading.messages:
            said = self.safe.open_or_none(
                row.content_sealed, MessageContent, subject_id=subject, place=f"message:{row.id}"
            )
            if said is not None and (said.text.strip() or said.attachments):
                yield Line(row.at, row.direction == "out", said.text, shown(said.attachments))

    def text(self, sealed: SealedText) -> str:
        row = self.reading.texts.get(sealed.id)
        if row is None or row.sealed is None:
            return ""
        try:
            return self.safe.vault.open(
                row.sealed, vault_id=row.id, subject_id=row.subject_id, expected=sealed.commitment
            )
        except Erased:
            return ""


def _answering_case(connection: Connection, case_id: str) -> Case | None:
    own = _case(connection, case_id)
    return own if own is None or own.merged_into is None else _case(connection, own.merged_into)


def _case(connection: Connection, case_id: str) -> Case | None:
    try:
        return Case.model_validate(cases.load(connection, case_id).state)
    except NotFound:
        return None
