"""From a complete draft to a report and its case: codes, identities, the sealed report, the first events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from core.cases.decide import Refusal
from core.contract.schema import Address, Consent, Place, Report, new_id
from core.identity.codes import hash_pin, new_code, new_pin
from core.identity.contacts import Proof
from core.intake.effects import ReportDraft
from core.intake.fold import fold
from core.privacy.erasure import terms_of
from core.privacy.keys import SYSTEM
from core.privacy.mask import mask_text
from core.privacy.redact import MARKER, redact
from core.service.desk import CaseDesk, clipped
from core.service.posting import READ_THERE
from core.service.regulation import pack_field
from core.service.safe import Safe
from core.service.stock import Stock
from core.service.subjects.taking import Entering, Taking
from core.service.talk import Talk
from core.service.work import Work
from core.storage import consents, contacts, reports
from core.storage.database import Database
from core.storage.reports import ReportRow
from core.subjects.request import ProvedBy, Via
from core.subjects.rights import Right

log = structlog.get_logger()

_PIN = SYSTEM + "pin"
_SHARED = (Report.model_fields.keys() & ReportDraft.model_fields.keys()) - {"id", "code"}


@dataclass(frozen=True)
class Received:
    """A report that was opened; `pin` is empty where the citizen was told it before (web form)."""

    report_id: str
    case_id: str
    code: str
    pin: str


class Receiving:
    """Opens reports within a unit of work."""

    def __init__(
        self,
        database: Database,
        *,
        safe: Safe,
        stock: Stock,
        desk: CaseDesk,
        requests: Taking,
        mailbox: str,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._mailbox = mailbox
        self._safe = safe
        self._stock = stock
        self._desk = desk
        self._requests = requests
        self._now = now

    async def open(self, work: Work, talk: Talk, draft: ReportDraft) -> Received | Refusal:
        """Store the report and open its case; a Refusal when the regulation does not take it."""
        draft = await self._with_own_code(talk, draft)
        code = draft.code or new_code()  # one that is taken (1 in 100,000) fails as a whole and is tried with another
        pin = "" if draft.pin_hash else new_pin()
        received = Received(report_id=new_id(), case_id=self._stock.case_id(), code=code, pin=pin)
        report = self._report(talk, draft, received)
        if (other := self._other_address(talk, report)) != talk.correspondent.copy_to:
            talk.correspondent = talk.correspondent.model_copy(update={"copy_to": other})
        refusal = await self._desk.receive(work, _payload(received, report, talk), search_text=_searchable(report))
        if isinstance(refusal, Refusal):
            return refusal
        await self._safe.bring(_PIN, new=True)
        seal = partial(self._sealed, report, received, draft, talk)
        row, profile, identities = await self._safe.aside(seal, talk.contact_id, _PIN)
        work.put(reports.REPORTS, row.__dict__)
        if report.consent is not None:
            wording, given = consents.rows_of(report.consent, report_id=report.id, contact_id=talk.contact_id)
            work.put(consents.WORDINGS, wording)
            work.put(consents.CONSENTS, given)
        if talk.newcomer:
            talk.profile = profile  # stored with the contact itself
        else:
            work.put(contacts.PROFILES, (talk.contact_id, profile))
        for kind, blind in identities:
            identity = contacts.identity_row(talk.contact_id, kind=kind, address_blind=blind, now=self._now())
            work.put(contacts.IDENTITIES, identity)
        self._note_proofs(work, talk, draft)
        return received

    async def wish_of_erasure(self, work: Work, talk: Talk) -> None:
        """Whoever this is wants to be erased: a request about their data, of somebody who is not proved yet."""
        wish = Entering(talk.contact_id, Right.ERASURE, Via.MESSAGE, ProvedBy.NOTHING)
        await self._requests.put(work, wish)

    def _note_proofs(self, work: Work, talk: Talk, draft: ReportDraft) -> None:
        """What a one-time password proved is verified; a number that none reached is a call for reception."""
        for address in draft.proved:
            blind = self._safe.blind.address(talk.row.channel, talk.row.account, address)
            work.add(
                partial(
                    contacts.verify_identity,
                    contact_id=talk.contact_id,
                    address_blind=blind,
                    by=Proof.OTP,
                    now=self._now(),
                )
            )
        talk.needs_human = talk.needs_human or draft.call_back

    async def _with_own_code(self, talk: Talk, draft: ReportDraft) -> ReportDraft:
        """
        Without the code that a page showed while the database was away, if it turns out to be somebody else's.

        The report gets another one, told in its conversation; since its reporter may look only at what the page
        showed, a person sees to it.
        """
        taken = partial(reports.is_of_another, code=draft.code, pin_hash=draft.pin_hash)
        if not draft.code or not await self._database.read(taken):
            return draft
        log.warning("promised_code_taken", channel=talk.row.channel, conversation=talk.row.id)
        talk.needs_human = True
        return draft.model_copy(update={"code": "", "pin_hash": ""})

    def _other_address(self, talk: Talk, report: Report) -> Address | None:
        """Where a channel without a reach of its own (a page) also tells the person: their mail address."""
        emails = report.reporter.emails
        if talk.row.channel not in READ_THERE or not emails or not self._mailbox:
            return talk.correspondent.copy_to
        return Address(channel="email", account=self._mailbox, value=emails[0])

    def _report(self, talk: Talk, draft: ReportDraft, received: Received) -> Report:
        shared = {name: getattr(draft, name) for name in _SHARED}
        return Report.model_validate(
            shared
            | {
                "id": received.report_id,
                "code": received.code,
                "regulation": self._desk.regulation.current.ref,
                "source_channel": talk.row.channel,
                "source_account": talk.row.account,
                "conversation_id": talk.row.id,
                "contact_id": talk.contact_id,
                "terms": self._terms(talk, draft),
            }
        )

    def _terms(self, talk: Talk, draft: ReportDraft) -> Consent | None:
        """What the regulation makes a reporter answer for: beside the form, else told with the code of their report."""
        wording = " ".join(self._desk.regulation.current.intake.consent.split())
        if not wording or draft.emergency:  # an emergency is told what helps, and nothing else
            return None
        return Consent.given(wording, covers=(), channel=talk.row.channel, at=self._now())

    def _sealed(
        self, report: Report, received: Received, draft: ReportDraft, talk: Talk
    ) -> tuple[ReportRow, bytes, list[tuple[str, str]]]:
        subject = talk.contact_id
        key = self._safe.keys.system_secret("pin")
        row = ReportRow(
            id=report.id,
            code=report.code,
            pin_hash=draft.pin_hash or hash_pin(received.pin, code=report.code, key=key),
            case_id=received.case_id,
            conversation_id=talk.row.id,
            contact_id=subject,
            channel=talk.row.channel,
            regulation=report.regulation,
            received_at=report.received_at,
            content_sealed=self._safe.seal(report, subject_id=subject, place=f"report:{report.id}"),
        )
        profile = self._safe.seal(report.reporter, subject_id=subject, place=f"contact:{subject}")
        blind = self._safe.blind
        identities = [("phone", blind.phone(phone)) for phone in report.reporter.phones]
        identities += [("email", blind.email(email)) for email in report.reporter.emails]
        return row, profile, identities


def _searchable(report: Report) -> str:
    """
    The words that staff find a case by, in clear: without the reporter, wherever they typed their name.

    Else a search for a name would tell who wrote what, also of those who asked to stay confidential.
    """
    words = redact(f"{report.content} {report.place.text}", terms_of(report.reporter))
    return fold(mask_text(words.replace(MARKER, " ")))


def _payload(received: Received, report: Report, talk: Talk) -> Mapping[str, Any]:
    """What the case may know of a report: facts, and words that are sealed on the way."""
    return {
        "case_id": received.case_id,
        "report_id": received.report_id,
        "code": received.code,
        "contact_id": talk.contact_id,
        "conversation_id": talk.row.id,
        "channel": talk.row.channel,
        "account": talk.row.account,
        "received_at": report.received_at,
        "content": clipped(report.content) or None,
        **where(report.place),
        "category": report.category_hint or None,
        "urgency": report.urgency,
        "confidential": report.confidential,
        "language": report.language,
        "completeness": {pack_field(name): state for name, state in report.completeness.items()},
        "media": tuple(file.stored_key for file in report.attachments if file.stored_key),
    }


def where(place: Place) -> dict[str, Any]:
    """What the case may know of where it happened; the words are sealed on the way."""
    return {
        "place": clipped(place.text.strip()) or None,
        "commune_code": place.commune_code,
        "point": _coarse(place),
    }


def _coarse(place: Place) -> tuple[int, int] | None:
    """Thousandths of a degree (about 100 m): what may be shown to everybody."""
    if place.point is None:
        return None
    return round(place.point.latitude * 1000), round(place.point.longitude * 1000)
