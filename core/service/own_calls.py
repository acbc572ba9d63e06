"""
What a call of ours means for what it was about: a call that was owed, a report to be verified, news to be told.

Whoever answers at the number that called us, or gives the PIN of a report in our call, has confirmed that number: it is
verified by callback from then on (design, Identity and privacy).
"""

from __future__ import annotations

from functools import partial

import structlog

from core.cases.decide import Refusal
from core.contract.errors import NotFound
from core.contract.schema import CallFacts, CallOutcome
from core.identity.contacts import Proof
from core.service.actors import Member, actor_for
from core.service.desk import CaseDesk
from core.service.safe import Safe
from core.service.work import Work
from core.storage import calls, contacts, outbox, people
from core.storage.database import Database

log = structlog.get_logger()

REACHED, NOT_REACHED = "reached", "not_reached"


class OwnCalls:
    """Follows up calls that we made, in the work that notes them."""

    def __init__(self, database: Database, *, safe: Safe, desk: CaseDesk) -> None:
        self._database = database
        self._safe = safe
        self._desk = desk

    async def explained(self, facts: CallFacts) -> CallFacts:
        """A call of the machine with the case that its message is about, so that it is found and kept with that."""
        told = await self._database.read(partial(outbox.told, entry_id=facts.message)) if facts.message else None
        return facts.model_copy(update={"about": f"case:{told.case_id}"}) if told and told.case_id else facts

    async def follow_up(self, work: Work, facts: CallFacts) -> None:
        """
        Log it as an attempt of a call that was owed, or of verifying a report, and note whose number was confirmed.

        That nobody was reached is a fact, and is logged in the agent's name where the regulation has it. Whether it
        was the reporter who answered only the agent knows, who says so on the case. A machine verifies no report.
        """
        if facts.outcome is CallOutcome.NOT_TRIED:
            return
        reached = facts.outcome is CallOutcome.SERVED
        kind, _, about = facts.about.partition(":")
        if facts.message:
            await self._told(work, facts)
        elif kind == "call":
            await self._called_back(work, about, facts, reached=reached)
        elif kind == "case" and not reached:
            await self._not_reached(work, about, facts)

    async def _called_back(self, work: Work, call_id: str, facts: CallFacts, *, reached: bool) -> None:
        result = REACHED if reached else NOT_REACHED
        tried = partial(calls.called_back, call_id=call_id, result=result, settles=reached)
        work.add(partial(tried, by=facts.agent, at=facts.ended_at))
        if not reached:
            return
        try:
            owed = await self._database.read(partial(calls.find, call_id=call_id))
        except NotFound:
            return
        self._confirm(work, owed.subject_id, facts)

    async def _told(self, work: Work, facts: CallFacts) -> None:
        told = await self._database.read(partial(outbox.told, entry_id=facts.message)) if facts.proved else None
        if told is not None:
            self._confirm(work, told.subject_id, facts)

    def _confirm(self, work: Work, contact_id: str, facts: CallFacts) -> None:
        """The number is theirs, where it is one that they, or the network, had named."""
        blind = self._safe.blind.phone(facts.call_back_to)
        verify = partial(contacts.verify_identity, contact_id=contact_id, address_blind=blind)
        work.add(partial(verify, by=Proof.CALLBACK, now=facts.ended_at))

    async def _not_reached(self, work: Work, case_id: str, facts: CallFacts) -> None:
        grants = await self._database.read(partial(people.grants, user_id=facts.agent))
        try:
            file = await self._desk.open(work, case_id)
        except NotFound:
            return
        agencies = self._desk.regulation.agencies
        by = actor_for(Member(facts.agent, tuple(grants)), file.case, pack=file.pack, agencies=agencies)
        payload = {"outcome": NOT_REACHED, "call_id": facts.id}
        answer = await self._desk.issue(work, case_id, "log_verification_call", payload, by)
        log.info("call_attempt", call=facts.id, outcome=answer.code if isinstance(answer, Refusal) else "logged")
