"""
Cases that go between two deployments: taken over from one, and brought up to what the other tells of it.

Whoever handed a case over keeps it, with its reporter; whoever took it over is its agency, and works on a case of its
own under the same public code. What is told twice changes nothing the second time.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from channels.own import Submission
from channels.partner.adapter import CHANNEL, PartnerChannel
from core.cases.decide import Refusal
from core.cases.model import Case, Dispatch
from core.contract.errors import NotFound
from core.contract.schema import Attachment, GeoPoint, Place, ReportForm
from core.identity.codes import hash_pin, new_pin, parse_code
from core.service.actors import Member, actor_for, may_see
from core.service.links.book import Link
from core.service.links.happenings import is_from, mirror_of
from core.service.links.news import Asked, DispatchFacts, Mirrored
from core.service.links.origins import Origin
from core.service.reading.views import CaseView, ReportView
from core.storage import cases, reports
from core.storage.cases import CaseRow
from core.storage.database import Connection
from gateway.deployment import Deployment
from gateway.links.carrying import LinkChannel
from gateway.links.partner import Partner

log = structlog.get_logger()

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MOST_FILES = 20
_WITH_THEM = "Hồ sơ liên thông: đơn vị chuyển hồ sơ giữ thông tin này"


@dataclass(frozen=True)
class Exchange:
    """What a deployment does with news of its peers. `way`: the way to their API."""

    deployment: Deployment
    way: LinkChannel

    async def take_over(self, link: Link, facts: DispatchFacts, at: datetime) -> None:
        """
        A case is handed to us: fetched with its files and put into the inbox; one that we have is worked on again.

        Raises: NotFound: no such thing. SendError: the other side does not give it out, or not now. IntakeUnavailable.
        """
        code = parse_code(facts.code)
        if code is None or not _ID.fullmatch(facts.case_id):
            raise NotFound("no case has such an id or code")
        ours = await self.ours(link, code)
        await self.deployment.clerk.origins.note(link.name, code, Origin(facts.case_id, facts.dispatch_id))
        if ours is None:
            await self._accept(await self._sheet(link, facts, code, at))
        else:
            await self.say(link, code, f"{facts.dispatch_id}/again", at, "Đơn vị chuyển hồ sơ chuyển lại việc này.")

    async def withdraw(self, link: Link, facts: DispatchFacts, at: datetime) -> None:
        """They gave it to somebody else, or ended it, before we were done: whoever works on it reads that."""
        code = parse_code(facts.code)
        ours = await self.ours(link, code) if code and not facts.open else None
        if code and ours and mirror_of(ours) in ("received", "taken"):
            text = f"Đơn vị chuyển hồ sơ đã kết thúc phần việc này: {facts.label}."
            await self.say(link, code, f"{facts.dispatch_id}/{facts.stage}", at, text)

    async def reflect(self, link: Link, told: Mirrored, at: datetime, *, member: Member) -> Refusal | None:
        """
        A case of ours stands so at the partner: what that means under our regulation is done in their agency's name.

        Returns: why the regulation does not let them; None where the case stands as they say, or went on without them.
        Raises NotFound: no case or part of theirs.
        """
        case, part = await self.part(link, told, member)
        refusal = None
        for command, fields in _steps(told, user_id=member.id) if self.is_open(case, part) else ():
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
        page = CaseView.model_validate_json(reply.body)
        files = [await self.file(way, facts.case_id, one.key, contact) for one in page.files[:_MOST_FILES]]
        key = self.deployment.safe.keys.system_secret("pin")
        known = self.deployment.regulation.current.intake.categories
        category = page.category.id if page.category and page.category.id in known else ""
        form = _form(page.reports[0], code, hash_pin(new_pin(), code=code, key=key), contact, category)
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

    async def file(self, way: Partner, case_id: str, key: str, contact: str) -> Attachment:
        """A file of a case of theirs, fetched and kept under our contact."""
        found = await way.read(f"/api/v1/cases/{case_id}/files/{key}")
        return await self.deployment.media.put_file(found.body, subject_id=contact, name="")

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


def _steps(told: Mirrored, *, user_id: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Commands that bring a part to where they are; those that a regulation does not have there are passed over."""
    if told.state == "returned":
        yield "send_back", {"reason": told.text, "agency_unknown": True}
    if told.state in ("taken", "answered"):
        yield "accept_dispatch", {}
    if told.state == "answered":
        yield "assign_staff", {"staff": user_id}
        yield "submit_result", {"result": told.text, "draft_answer": told.text, "evidence": told.files}
        yield "approve", {}
