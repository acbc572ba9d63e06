"""
Cases that go between two deployments: taken over from one, and brought up to what the other tells of it.

Whoever handed a case over keeps it, with its reporter; whoever took it over is its agency, and works on a case of its
own under the same public code. What is told twice changes nothing the second time.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any

import structlog

from channels.own import Submission
from channels.partner.adapter import CHANNEL, PartnerChannel
from core.cases.decide import Actor, Refusal
from core.cases.model import Case, Dispatch
from core.contract.errors import NotFound, ProviderRefused
from core.contract.schema import Attachment, GeoPoint, Place, ReportForm
from core.identity.codes import hash_pin, new_pin, parse_code
from core.intake.signals.help import hear_help
from core.intake.words import Texts
from core.privacy.errors import MediaRefused
from core.privacy.media_types import WHY_NOT
from core.service.actors import Member, actor_for, may_see
from core.service.desk import clipped
from core.service.links.book import Link
from core.service.links.happenings import is_from, mirror_of
from core.service.links.news import Asked, DispatchFacts, Mirrored
from core.service.links.origins import Origin
from core.service.reading.views import CaseView, ReportView
from core.storage import cases, reports
from core.storage.cases import CaseRow
from core.storage.database import Connection
from gateway.deployment import Deployment
from gateway.links import steps
from gateway.links.carrying import LinkChannel
from gateway.links.partner import Partner
from gateway.links.steps import Hands, Step

log = structlog.get_logger()

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MOST_FILES = 20
_GONE = "không còn ở nơi chuyển"
_RETURNED = ("revision_requested", "result_returned")
_TO_BE_MENDED = "Đơn vị chuyển hồ sơ trả lại kết quả để hoàn thiện:"
_IN_USE = "Mã hồ sơ này đã có ở hệ thống nhận. Nếu hồ sơ do hệ thống đó chuyển đến, vui lòng trả lại kèm lý do."
_WITH_THEM = "Hồ sơ liên thông: đơn vị chuyển hồ sơ giữ thông tin này"


@dataclass(frozen=True)
class Exchange:
    """What a deployment does with news of its peers. `way`: the way to their API."""

    deployment: Deployment
    way: LinkChannel

    async def take_over(self, link: Link, facts: DispatchFacts, at: datetime) -> Refusal | None:
        """
        A case is handed to us: fetched with its files and put into the inbox; one that we have is worked on again.

        Returns: why it is not taken: we have a case with this code that is none of theirs, as where it came from us.
        Raises: NotFound: no such thing. SendError: the other side does not give it out, or not now. IntakeUnavailable.
        """
        code = parse_code(facts.code)
        if code is None or not _ID.fullmatch(facts.case_id):
            raise NotFound("no case has such an id or code")
        ours, origins = await self.ours(link, code), self.deployment.clerk.origins
        if ours is None and await self.deployment.database.read(partial(_by_code, code=code)) is not None:
            return Refusal("code_in_use", HTTPStatus.CONFLICT, _IN_USE)
        known = await origins.of(link.name, code)
        here = ours is not None or bool(known and known.here)  # its case, or still on its way through the inbox
        if here and known and known.dispatch_id == facts.dispatch_id:
            return None
        origin = Origin(facts.case_id, facts.dispatch_id, here)
        await origins.note(link.name, code, origin)
        if here:
            await self.say(link, code, f"{facts.dispatch_id}/again", at, "Đơn vị chuyển hồ sơ chuyển lại việc này.")
        else:
            await self._accept(await self._sheet(link, facts, code, at))
            await origins.note(link.name, code, replace(origin, here=True))
        return None

    async def moved(self, link: Link, facts: DispatchFacts, at: datetime) -> None:
        """
        They gave it to somebody else or ended it before we were done, or want our answer mended: whoever works on it
        reads that, also where the case is still on its way through the inbox.

        Raises SendError: the other side does not say why, or not now.
        """
        code = parse_code(facts.code)
        ours = await self.ours(link, code) if code else None
        origin = await self.deployment.clerk.origins.of(link.name, code) if code else None
        if code is None or origin is None or not (ours or origin.here):
            return
        state = mirror_of(ours) if ours else "received"
        if not facts.open and state in ("received", "taken"):
            text = f"Đơn vị chuyển hồ sơ đã kết thúc phần việc này: {facts.label}."
            await self.say(link, code, f"{facts.dispatch_id}/{facts.stage}", at, text)
        elif ours and facts.open and state == "answered":
            await self._take_back(link, ours, facts, at)

    async def _take_back(self, link: Link, ours: Case, facts: DispatchFacts, at: datetime) -> None:
        """Whoever handed it over is its reporter: a result that they return is feedback, for whoever answered."""
        reply = await self.way.partner(link).read(f"/api/v1/cases/{facts.case_id}")
        for entry in CaseView.model_validate_json(reply.body, extra="ignore").timeline:
            if entry.kind in _RETURNED and entry.dispatch_id == facts.dispatch_id and entry.at == at:
                text = clipped(f"{_TO_BE_MENDED} {' '.join(one.text for one in entry.texts)}")
                report = ours.reports[0]
                actor, fields = Actor.reporter(report.contact_id), {"text": text, "report_id": report.report_id}
                outcome = await self.deployment.clerk.execute(ours.id, "give_feedback", fields, actor=actor)
                if isinstance(outcome, Refusal):  # a regulation without it, or not now: a person reads it
                    await self.say(link, ours.code, f"{facts.dispatch_id}/{entry.version}", at, text)

    async def reflect(self, link: Link, told: Mirrored, at: datetime, *, member: Member) -> Refusal | None:
        """
        A case of ours stands so at the partner: what that means under our regulation is done in their agency's name.

        Returns: why the regulation does not let them; None where the case stands as they say, or went on without them.
        Raises NotFound: no case or part of theirs.
        """
        case, part = await self.part(link, told, member)
        refusal = None
        hands = Hands(member, link.agency, self.deployment.regulation.packs.get(case.regulation))
        done_at = min(at, self.deployment.now())  # their clock may be ahead
        for command, fields in _steps(told, hands, done_at) if self.is_open(case, part) else ():
            outcome = await self._issue(link, case, told, member, command, fields)
            refusal = outcome if isinstance(outcome, Refusal) else None
        case, after = await self.part(link, told, member)
        if refusal is not None and not self._stands(case, part, after, told):
            return refusal
        await self.deployment.clerk.origins.reflect(link.name, told, at)
        return None

    async def _issue(
        self, link: Link, case: Case, told: Mirrored, member: Member, command: str, fields: Mapping[str, Any]
    ) -> object:
        regulation = self.deployment.regulation
        pack = regulation.packs.get(case.regulation)
        about = {"acting": link.agency, "about": told.dispatch_id}
        actor = actor_for(member, case, pack=pack, agencies=regulation.agencies, **about)
        payload = {**fields, "dispatch_id": told.dispatch_id}
        return await self.deployment.clerk.execute(case.id, command, payload, actor=actor)

    async def part(self, link: Link, told: Mirrored | Asked, member: Member) -> tuple[Case, Dispatch]:
        """The part of a case of ours that the link's agency has. NotFound: none."""
        case = Case.model_validate((await self._row(told.case_id)).state)
        regulation = self.deployment.regulation
        pack = regulation.packs.get(case.regulation)
        part = next((one for one in case.dispatches if one.id == told.dispatch_id), None)
        theirs = part is not None and link.agency and link.agency in (part.agency_id, part.unit_id)
        if part is None or not theirs or not may_see(member, case, pack=pack, agencies=regulation.agencies):
            raise NotFound("no part of this case is theirs")
        return case, part

    def is_open(self, case: Case, part: Dispatch) -> bool:
        """Whether they still work on it."""
        return self.deployment.regulation.packs.get(case.regulation).stage("dispatch", part.stage).kind == "open"

    def _stands(self, case: Case, before: Dispatch, after: Dispatch, told: Mirrored) -> bool:
        """Whether it came as far as they say, whichever steps the regulation has on the way."""
        if not self.is_open(case, after):
            return True
        if told.state == "answered":
            return len(after.resolutions) > len(before.resolutions)
        return told.state != "returned"

    async def _sheet(self, link: Link, facts: DispatchFacts, code: str, at: datetime) -> Submission:
        submission = hashlib.sha256(f"{link.name}\0{facts.case_id}\0{facts.dispatch_id}".encode()).hexdigest()
        way, contact = self.way.partner(link), submission[:32]
        reply = await way.read(f"/api/v1/cases/{facts.case_id}")
        page = CaseView.model_validate_json(reply.body, extra="ignore")
        files, lacking = await self.files(way, facts.case_id, [one.key for one in page.files[:_MOST_FILES]], contact)
        key = await asyncio.to_thread(self.deployment.safe.keys.system_secret, "pin")  # nobody may have used it lately
        known = self.deployment.regulation.current.intake.categories
        category = page.category.id if page.category and page.category.id in known else ""
        form = _form(page.reports[0], code, hash_pin(new_pin(), code=code, key=key), contact, category)
        urgent = "disaster" if facts.emergency and hear_help(Texts()[form.content]) is None else ""
        form = form.model_copy(update={"content": form.content + lacking, "emergency": urgent})
        return Submission(
            what="form",
            id=submission,
            code=code,
            sent_at=at,
            account=link.name,
            text=form.content,
            form=form,
            attachments=tuple(files),
        )

    async def files(
        self, way: Partner, case_id: str, keys: Sequence[str], contact: str
    ) -> tuple[list[Attachment], str]:
        """Files of a case of theirs, kept under our contact; and a line on those that cannot be had, for people."""
        kept, why = list[Attachment](), list[str]()
        for key in keys:
            try:
                data = await way.file(f"/api/v1/cases/{case_id}/files/{key}")
                kept.append(await self.deployment.media.put_file(data, subject_id=contact, name=""))
            except MediaRefused as error:
                why.append(WHY_NOT.get(error.reason, error.reason))
            except ProviderRefused:  # one that lies with a provider still, or that was erased
                why.append(_GONE)
        if why:
            log.warning("link_files_left", case=case_id, count=len(why))
        return kept, f"\n({len(why)} tệp không nhận được: {', '.join(dict.fromkeys(why))}.)" if why else ""

    async def say(
        self, link: Link, code: str, cause: str, at: datetime, text: str, files: Sequence[Attachment] = ()
    ) -> None:
        """Put something into the conversation of a case of theirs, once for each cause."""
        said = hashlib.sha256(f"{link.name}\0{code}\0{cause}".encode()).hexdigest()
        sheet = Submission(what="text", id=said, code=code, sent_at=at, account=link.name, text=text)
        await self._accept(sheet.model_copy(update={"attachments": tuple(files)}))

    async def _accept(self, submission: Submission) -> None:
        channel = self.deployment.channels[CHANNEL]
        assert isinstance(channel, PartnerChannel)
        delivery, items = channel.compose(submission)
        await self.deployment.inbox.accept(delivery, items)

    async def ours(self, link: Link, code: str) -> Case | None:
        """The case that we made of one of theirs."""
        found = await self.deployment.database.read(partial(_by_code, code=code))
        case = Case.model_validate(found.state) if found else None
        return case if case and is_from(case, link) else None

    async def _row(self, case_id: str) -> CaseRow:
        return await self.deployment.database.read(partial(cases.load, case_id=case_id))


def _by_code(connection: Connection, *, code: str) -> CaseRow | None:
    try:
        return cases.load(connection, reports.by_code(connection, code).case_id)
    except NotFound:
        return None


def _form(report: ReportView, code: str, pin_hash: str, contact: str, category: str) -> ReportForm:
    """What their officer may read; who reported stays with them."""
    place = report.place
    point = None
    if place.latitude is not None and place.longitude is not None:
        point = GeoPoint(latitude=place.latitude, longitude=place.longitude)
    lacking = ("time", "name", "phone", "email", "address", "identity", "contact", "media")
    return ReportForm(
        content=report.content,
        place=Place(text=place.text, point=point),  # a commune's code is one of their list, of their day
        occurred=report.occurred,
        category_hint=category,
        confidential=report.confidential,
        declared_none=dict.fromkeys(lacking, _WITH_THEM),
        examined=True,
        code=code,
        pin_hash=pin_hash,
        contact_id=contact,
    )


def _steps(told: Mirrored, hands: Hands, at: datetime) -> Iterator[Step]:
    """Commands that bring a part to where they are."""
    if told.state == "returned":
        yield from steps.returned(hands, told.text)
    elif told.state == "answered":
        yield from steps.answered(hands, told.text, at=at, files=told.files)
    elif told.state == "taken":
        yield from steps.taken(hands)
