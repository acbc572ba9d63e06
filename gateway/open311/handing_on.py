"""
Cases of an agency that works in another city's Open311 system: handed over there, and brought up to what it tells.

Whoever distributes gives the case to that agency like to any other. What was reported goes over with its place and
without its reporter (VN-4); a case in which a state secret is suspected does not go (VN-3). Their word is carried out
in the agency's name, under our regulation: taken on, done, or sent back because they refuse it.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from channels.http import ProviderHttp
from core.cases.decide import Actor, Refusal
from core.cases.model import Case, Dispatch
from core.contract.errors import PermanentSendError, SendError, Throttled
from core.contract.schema import Model
from core.service.actors import Member
from core.service.reading import CaseReader
from core.service.reading.views import CaseView
from core.storage import case_search, cases, settings
from core.storage.case_search import Search
from gateway.deployment import Deployment
from gateway.links import steps
from gateway.links.steps import Hands, Step
from gateway.open311.client import Open311Client, Outgoing, Standing
from gateway.settings.open311 import Partner

AT_ONCE = 200
"""Open cases of one agency that are read in one go."""
UNANSWERED = 3
"""After so many questions in a row that nobody answered they are away: the round is over, and the rest waits."""
SENDING, SENT, ENDED = "sending", "sent", "ended"
_AGAIN = timedelta(minutes=10)
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_DONE = "Đơn vị đã xử lý xong."
_REFUSED = "Hệ thống của đơn vị không nhận hồ sơ này (mã {})."

log = structlog.get_logger()


class Handed(Model):
    """One dispatch over there. `state`: sending, sent, ended."""

    case_id: str
    state: str
    tried_at: datetime
    request_id: str = ""
    token: str = ""


@dataclass(frozen=True)
class _Part:
    case: Case
    dispatch: Dispatch

    @property
    def fact(self) -> str:
        """Parts are numbered within their case."""
        return f"open311:{self.case.id}:{self.dispatch.id}"


class HandingOn:
    """Exchanges the cases of one partner."""

    def __init__(self, deployment: Deployment, name: str, partner: Partner) -> None:
        self._deployment = one = deployment
        self._name = name
        self._partner = partner
        self._reader = CaseReader(one.database, safe=one.safe, regulation=one.regulation, now=one.now)
        self._unanswered = 0

    async def run_once(self) -> int:
        """Hand over what is new, and ask how the rest stands; returns how many were dealt with."""
        http = ProviderHttp(self._partner.url)
        client = Open311Client(
            http, api_key=self._partner.api_key.get_secret_value(), jurisdiction=self._partner.jurisdiction
        )
        self._unanswered = done = 0
        try:
            for part in [part async for part in self._parts()]:
                done += await self._look(client, part)
                if self._unanswered >= UNANSWERED:
                    break
        finally:
            await http.close()
        return done

    async def _parts(self) -> AsyncIterator[_Part]:
        """Every open part of theirs, of the newest case first."""
        wanted, before = Search(open_only=True, agencies=(self._partner.agency,)), None
        while True:
            look = partial(case_search.look, wanted=wanted, before=before, most=AT_ONCE)
            found = await self._deployment.database.read(look)
            for row in found.rows:
                case = Case.model_validate(row.state)
                for dispatch in case.dispatches:
                    if dispatch.agency_id == self._partner.agency and self._is_open(case, dispatch):
                        yield _Part(case, dispatch)
            if (before := found.last) is None:
                return

    def _is_open(self, case: Case, dispatch: Dispatch) -> bool:
        return self._deployment.regulation.packs.get(case.regulation).stage("dispatch", dispatch.stage).kind == "open"

    async def _look(self, client: Open311Client, part: _Part) -> int:
        """One dispatch; what does not work now, or is not known over there yet, is tried again in the next round."""
        now = self._deployment.now()
        fresh = Handed(case_id=part.case.id, state=SENDING, tried_at=now)
        claim = partial(settings.add, key=part.fact, value=fresh.model_dump(mode="json"))
        is_ours = await self._deployment.database.write(claim)
        handed = fresh if is_ours else await self._known(part)
        done = 0
        try:
            if handed.state == SENT:
                done = await self._follow(client, part, handed)
            elif is_ours or (handed.state == SENDING and now - handed.tried_at >= _AGAIN):
                done = await self._hand_over(client, part, handed.model_copy(update={"tried_at": now}))
        except SendError as error:
            if isinstance(error, PermanentSendError) and handed.state == SENDING:
                return await self._refused(part, handed, error)
            self._unanswered += not error.provider_code or isinstance(error, Throttled)
            log.warning("open311_not_now", partner=self._name, code=error.provider_code or error.code)
        else:
            self._unanswered = 0
        return done

    async def _known(self, part: _Part) -> Handed:
        return Handed.model_validate(await self._deployment.database.read(partial(settings.get, key=part.fact)))

    async def _keep(self, part: _Part, handed: Handed) -> None:
        value = handed.model_dump(mode="json")
        await self._deployment.database.write(partial(settings.put, key=part.fact, value=value))

    async def _hand_over(self, client: Open311Client, part: _Part, handed: Handed) -> int:
        if part.case.flags.secret:
            return 0
        await self._keep(part, handed)
        view = await self._reader.case_page(part.case.id, self._member(part.case))
        receipt = await client.post(self._outgoing(view, part))
        found = {"state": SENT, "request_id": _id(receipt.request_id), "token": _id(receipt.token)}
        await self._keep(part, handed.model_copy(update=found))
        await self._carry_out(part, steps.taken(self._hands(part)))
        log.info("open311_handed_over", partner=self._name, case=part.case.id)
        return 1

    def _outgoing(self, view: CaseView, part: _Part) -> Outgoing:
        report = view.reports[0]
        latitude, longitude = report.place.latitude, report.place.longitude
        return Outgoing(
            service=self._partner.services.get(part.case.category or "", self._partner.service),
            description=report.content,
            key=f"{part.case.code}-{part.dispatch.id}",
            address=report.place.text,
            point=None if latitude is None or longitude is None else (latitude, longitude),
        )

    async def _follow(self, client: Open311Client, part: _Part, handed: Handed) -> int:
        if not handed.request_id:
            found = _id(await client.resolve(handed.token))
            if not found:
                return 0
            handed = handed.model_copy(update={"request_id": found})
            await self._keep(part, handed)
        standing = await client.standing(handed.request_id)
        if not standing.closed:
            return 0
        if not await self._carry_out(part, self._done(part, standing)):
            log.warning("open311_result_not_taken", partner=self._name, case=part.case.id)
            return 0
        await self._keep(part, handed.model_copy(update={"state": ENDED}))
        log.info("open311_ended", partner=self._name, case=part.case.id)
        return 1

    async def _refused(self, part: _Part, handed: Handed, error: PermanentSendError) -> int:
        """A person looks at it again, and learns why; where nothing can be sent back, it is tried again."""
        log.warning("open311_refused", partner=self._name, case=part.case.id, code=error.provider_code or error.code)
        reason = _REFUSED.format(error.provider_code or error.code)
        if not await self._carry_out(part, steps.returned(self._hands(part), reason)):
            return 0
        await self._keep(part, handed.model_copy(update={"state": ENDED}))
        return 1

    def _done(self, part: _Part, standing: Standing) -> Iterable[Step]:
        words = standing.notes or _DONE
        result = f"{words} (Mã ở hệ thống của đơn vị: {standing.request_id})"
        return steps.answered(self._hands(part), result, at=self._deployment.now(), draft=words)

    async def _carry_out(self, part: _Part, wanted: Iterable[Step]) -> bool:
        """Their word in the agency's name; whether a result was reported by it, or the part is over."""
        for command, fields in wanted:
            await self._issue(part, command, fields)
        row = await self._deployment.database.read(partial(cases.load, case_id=part.case.id))
        case = Case.model_validate(row.state)
        after = case.dispatch(part.dispatch.id)
        return not self._is_open(case, after) or len(after.resolutions) > len(part.dispatch.resolutions)

    async def _issue(self, part: _Part, command: str, fields: Mapping[str, Any]) -> None:
        """In the agency's name; a step that the regulation does not have there is passed over."""
        payload = {**fields, "dispatch_id": part.dispatch.id}
        member = self._member(part.case)
        actor = Actor(member.id, frozenset(role for role, _ in member.grants), self._partner.agency)
        outcome = await self._deployment.clerk.execute(part.case.id, command, payload, actor=actor)
        if isinstance(outcome, Refusal):
            log.info("open311_step_passed_over", command=command, code=outcome.code)

    def _hands(self, part: _Part) -> Hands:
        pack = self._deployment.regulation.packs.get(part.case.regulation)
        return Hands(self._member(part.case), self._partner.agency, pack)

    def _member(self, case: Case) -> Member:
        """Whoever does there what officers and leaders of the agency, and of its unit, do here."""
        roles = self._deployment.regulation.packs.get(case.regulation).roles
        grants = tuple((name, self._partner.agency) for name, role in roles.items() if role.level in ("agency", "unit"))
        return Member(f"open311-{self._name}", grants)


def _id(given: str) -> str:
    """An id that may stand in an address; empty for anything else."""
    return given if _ID.fullmatch(given) else ""
